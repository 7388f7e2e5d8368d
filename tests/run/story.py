#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""story.py MYMEM_RUN group LIMITED
story.py MYMEM_RUN container IMAGE

Programs that size themselves by the machine are killed where they may use little,
and end well under mymem-run."""
import os
import pathlib
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from place import ENVIRONMENT  # noqa: E402
from table import STORIES  # noqa: E402
from tap import Tap  # noqa: E402
from ways import Ways, parser  # noqa: E402

MUCH = 200_000_000


def write_much(path: pathlib.Path) -> None:
    with path.open("w") as file:
        for number in range(0, MUCH // 9, 1000):
            file.write("".join(f"{n:08}\n" for n in range(number, number + 1000)))


def main() -> None:
    options, t = parser(__doc__).parse_args(), Tap()
    # Not on a tmpfs: that would be memory of the group.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        work = pathlib.Path(name)
        ways = Ways(options, work)
        write_much(work / "much")
        for story in STORIES:
            first = ways.first(story.command)
            if not shutil.which(first, path=ENVIRONMENT["PATH"]):
                t.skip(story.name, f"no {first}")
                continue
            if len(os.sched_getaffinity(0)) < story.processors:
                t.skip(story.name, f"needs {story.processors} processors")
                continue
            for mode in ("none", *story.modes):
                ended = ways.place[mode].run(
                    story.limit, ways.line(story.command, mode), work)
                what = f"{story.name}, in {story.limit} MiB: {mode}: "
                if mode == "none":
                    t.ok(ended.status != 0 and ended.killed, what + "it is killed",
                         ended)
                else:
                    t.ok(ended.status == 0 and not ended.killed,
                         what + "it ends well", ended)
    t.finish()


if __name__ == "__main__":
    main()
