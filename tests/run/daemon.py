# SPDX-License-Identifier: MIT
"""lxcfs(1) at a place of our own."""
import os
import pathlib
import shutil
import subprocess
import time
from typing import Optional

ROOT = pathlib.Path(__file__).resolve().parents[2]


def missing() -> Optional[str]:
    """Why it cannot be had here.  It is installed only where CI is set: it stays on
    the machine."""
    if os.geteuid() != 0:
        return "needs root"
    if not os.path.exists("/dev/fuse"):
        return "needs /dev/fuse"
    if "CI" in os.environ:
        subprocess.run([ROOT / "tools/install", "lxcfs"], check=True)
    return None if shutil.which("lxcfs") else "needs lxcfs"


class DoesNotStart(Exception):
    pass


class Lxcfs:
    """Runs while this is in use; its files are below `place`."""

    def __init__(self, work: pathlib.Path) -> None:
        self.place, self.pid = work / "lxcfs", work / "lxcfs.pid"
        self.log = work / "lxcfs.log"
        self.place.mkdir()

    @property
    def meminfo(self) -> pathlib.Path:
        return self.place / "proc/meminfo"

    def __enter__(self) -> "Lxcfs":
        self.start()
        return self

    def __exit__(self, *what: object) -> None:
        self.kill()
        self.leave()

    def start(self) -> None:
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["lxcfs", "-p", str(self.pid), str(self.place)], stdout=log,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        for _ in range(100):
            if self.meminfo.exists():
                return
            time.sleep(0.1)
        self.kill()
        self.leave()
        raise DoesNotStart(self.log.read_text().splitlines()[-1])

    def kill(self) -> None:
        """As kill -9: what is mounted stays."""
        self.process.kill()
        self.process.wait()

    def leave(self) -> None:
        """What it has mounted here, and not in other namespaces."""
        subprocess.run(["umount", "-l", str(self.place)], stderr=subprocess.DEVNULL)
