#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""story.py LIMITED OBJECT: programs that size themselves by the machine are killed in a
small group, and with libmymem-preload.so they end well."""
import os
import pathlib
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from group import Group  # noqa: E402
from table import STORIES  # noqa: E402
from tap import Tap  # noqa: E402

MUCH = 200_000_000


def write_much(path: pathlib.Path) -> None:
    with path.open("w") as file:
        for number in range(0, MUCH // 9, 1000):
            file.write("".join(f"{n:08}\n" for n in range(number, number + 1000)))


def main() -> None:
    limited, preload = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:])
    t, group = Tap(), Group(limited)
    # Not on a tmpfs: that would be memory of the group.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as work:
        where = pathlib.Path(work)
        write_much(where / "much")
        for story in STORIES:
            if not shutil.which(story.needs):
                t.skip(story.name, f"no {story.needs}")
                continue
            if len(os.sched_getaffinity(0)) < story.processors:
                t.skip(story.name, f"needs {story.processors} processors")
                continue
            command = story.command.replace("HERE", str(HERE / "programs"))
            done = group.run(story.limit, "", command, where)
            t.ok(done.returncode != 0 and "limited: the kernel has killed" in done.stdout,
                 f"{story.name}, in {story.limit} MiB: without, it is killed",
                 done.returncode, done.stdout)
            done = group.run(story.limit, preload, command, where)
            t.ok(done.returncode == 0 and "limited: the kernel" not in done.stdout,
                 f"{story.name}: with the object, it ends well",
                 done.returncode, done.stdout)
    t.finish()


if __name__ == "__main__":
    main()
