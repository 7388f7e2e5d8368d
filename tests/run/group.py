# SPDX-License-Identifier: MIT
"""Commands in a control group of ours, by limited.c."""
import os
import pathlib
import subprocess

from tap import Tap

MISSING = 77


class Group:
    def __init__(self, limited: str) -> None:
        self.limited = limited
        tried = subprocess.run([limited, "1048576", "true"], stderr=subprocess.PIPE,
                               text=True)
        if tried.returncode == MISSING:
            Tap.skip_all(tried.stderr.strip())

    def run(self, limit: int, preload: str, command: str,
            where: pathlib.Path) -> "subprocess.CompletedProcess[str]":
        """A line of sh, with so many MiB and with this object, or "" for none."""
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("LD_", "ASAN_", "UBSAN_"))}
        environment |= {"LC_ALL": "C", "LIMIT": str(limit << 20)}
        return subprocess.run(
            [self.limited, str(limit << 20), "timeout", "-s", "KILL", "300", "env",
             f"LD_PRELOAD={preload}", "sh", "-c", command], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
            stdin=subprocess.DEVNULL, cwd=where, env=environment)
