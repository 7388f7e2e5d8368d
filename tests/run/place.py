# SPDX-License-Identifier: MIT
"""Where commands of little memory run: a control group, or a container."""
import pathlib
from typing import NamedTuple

# How long it takes until the limit is halved, where it is to be.
HALVED_AFTER = 0.7
# Nothing else, so that it is the same everywhere.
ENVIRONMENT = {"LC_ALL": "C",
               "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
LONGEST = ["timeout", "-s", "KILL", "300"]


class Ended(NamedTuple):
    status: int
    text: str
    # Whether the kernel has killed there for lack of memory meanwhile.
    killed: bool

    def __str__(self) -> str:
        killed = "; the kernel has killed" if self.killed else ""
        return f"status {self.status}{killed}: {self.text[-3000:]}"


class Place:
    # The modes of mymem-run that cannot be had there, and what it says of it.
    denied: dict[str, str] = {}

    def run(self, limit: int, command: str, where: pathlib.Path,
            halved: bool = False) -> Ended:
        """A line of sh, with so many MiB, in this directory."""
        raise NotImplementedError
