# SPDX-License-Identifier: MIT
"""Commands in containers of Docker, with its own seccomp profile and capabilities.
The image need not have programs: those of this machine are there."""
import atexit
import itertools
import pathlib
import subprocess
import threading
from typing import Iterable

from place import ENVIRONMENT, HALVED_AFTER, LONGEST, Ended, Place

NUMBERS = itertools.count(1)
KILLED = "container: the kernel has killed"
# Its group, of either version, has counted them since the container began.
COUNTED = f"""
killed() {{
	sed -n "s/^oom_kill //p" /sys/fs/cgroup/memory/memory.oom_control \
		/sys/fs/cgroup/memory.events 2>/dev/null
}}
before=$(killed)
{" ".join(LONGEST)} sh -c "$0" 2>&1
status=$?
[ "$(killed)" = "$before" ] || echo "{KILLED}"
exit $status
"""


def docker(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["docker", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace",
                          stdin=subprocess.DEVNULL)


class Container(Place):
    denied = {"mount": "files cannot be mounted: mount namespaces are not allowed here"}

    def __init__(self, image: str, needs: Iterable[pathlib.Path],
                 work: pathlib.Path, options: Iterable[str] = ()) -> None:
        """Options of docker run."""
        self.image, self.options, self.limit = image, options, 0
        self.name = f"{image}-{next(NUMBERS)}"
        # Under the same names, once each.
        self.binds = [f"--volume={work}:{work}"] + [
            f"--volume={path}:{path}:ro" for path in
            dict.fromkeys([pathlib.Path("/usr"), pathlib.Path("/opt"), *needs])
            if path.exists()]
        atexit.register(self.remove)

    def remove(self) -> None:
        if self.limit:
            docker("rm", "--force", self.name)
        self.limit = 0

    def begin(self, limit: int) -> None:
        """Of this limit, where it has another one."""
        if self.limit != limit:
            self.remove()
            self.limit = limit
            done = docker("run", "--detach", "--network=none",
                          f"--name={self.name}", "--tmpfs=/tmp", *self.binds,
                          *self.limited(limit << 20), *self.options, self.image, "sleep", "infinity")
            if done.returncode != 0:
                raise SystemExit(f"Bail out! no container: {done.stdout}")

    @staticmethod
    def limited(limit: int) -> list[str]:
        """Without swap."""
        return [f"--memory={limit}", f"--memory-swap={limit}"]

    def update(self, limit: int) -> None:
        docker("update", *self.limited(limit), self.name)

    def run(self, limit: int, command: str, where: pathlib.Path,
            halved: bool = False) -> Ended:
        self.begin(limit)
        halve = threading.Timer(HALVED_AFTER, self.update, [limit << 19])
        if halved:
            halve.start()
        done = docker("exec", f"--workdir={where}",
                      *(f"--env={name}={value}" for name, value in ENVIRONMENT.items()),
                      self.name, "sh", "-c", COUNTED, command)
        if halved:
            halve.join()
            self.update(limit << 20)
        return Ended(done.returncode, done.stdout, KILLED in done.stdout)
