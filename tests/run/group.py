# SPDX-License-Identifier: MIT
"""Commands in a control group of ours, by limited.c."""
import pathlib
import subprocess

from place import ENVIRONMENT, HALVED_AFTER, LONGEST, Ended, Place
from tap import Tap

MISSING = 77
KILLED = "limited: the kernel has killed"


class Group(Place):
    def __init__(self, limited: str, *_: object) -> None:
        self.limited = str(pathlib.Path(limited).resolve())
        tried = subprocess.run([self.limited, "1048576", "true"],
                               stderr=subprocess.PIPE, text=True)
        if tried.returncode == MISSING:
            Tap.skip_all(tried.stderr.strip())

    def run(self, limit: int, command: str, where: pathlib.Path,
            halved: bool = False) -> Ended:
        if halved:
            command = (f"(sleep {HALVED_AFTER}; echo {limit << 19} >$LIMIT_FILE) & " +
                       command)
        done = subprocess.run(
            [self.limited, str(limit << 20), *LONGEST, "sh", "-c", command],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", stdin=subprocess.DEVNULL, cwd=where, env=ENVIRONMENT)
        return Ended(done.returncode, done.stdout, KILLED in done.stdout)
