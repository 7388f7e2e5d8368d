#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""denied.py MYMEM_RUN container IMAGE

What of mymem-run's modes a container denies, by the options of docker run: it says
so, and takes the next best."""
import json
import os
import pathlib
import re
import sys
import tempfile
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from container import Container  # noqa: E402
from table import LIMIT  # noqa: E402
from tap import Tap  # noqa: E402
from ways import MODES, Ways, parser  # noqa: E402


class Setting(NamedTuple):
    """Whether system calls can be trapped in it, and files be mounted."""
    options: str
    traps: bool
    mounts: bool
    # What its seccomp profile denies beside, in the place of Docker's own.
    denies: tuple[str, ...] = ()


SETTINGS = [
    # Docker's own profile.
    Setting("", traps=True, mounts=False),
    # All that makes it stricter.
    Setting("--user=1000 --cap-drop=ALL --read-only --security-opt=no-new-privileges",
            traps=True, mounts=False),
    Setting("--cap-add=SYS_ADMIN", traps=True, mounts=True),
    Setting("--security-opt=seccomp=unconfined", traps=True, mounts=True),
    Setting("--security-opt=seccomp=unconfined --user=1000", traps=True, mounts=True),
    Setting("", traps=False, mounts=True, denies=("seccomp",)),
    Setting("", traps=False, mounts=False, denies=("seccomp", "unshare")),
    Setting("--cap-add=SYS_ADMIN", traps=False, mounts=False,
            denies=("seccomp", "mount")),
]

NO_TRAP = "system calls cannot be trapped: it is not allowed here"
NO_MOUNT = Container.denied["mount"]
NO_SYSINFO = "sysinfo(2) is not answered, only files are shown"
STATIC = "will see the memory of the machine: the command is linked statically"
NOTHING = "will see the memory of the machine"
# By (traps, mounts), what is said of a static program.
SAID: dict[tuple[bool, bool], dict[str, list[str]]] = {
    (True, True): {"preload": [STATIC], "trap": [], "mount": [], "auto": []},
    (True, False): {"preload": [STATIC], "trap": [], "mount": [NO_MOUNT], "auto": []},
    (False, True): {"preload": [STATIC], "trap": [NO_TRAP, NO_SYSINFO],
                    "mount": [NO_TRAP, NO_SYSINFO], "auto": [NO_TRAP, NO_SYSINFO]},
    (False, False): {"preload": [STATIC], "trap": [NO_TRAP, NO_MOUNT, NOTHING],
                     "mount": [NO_TRAP, NO_MOUNT, NOTHING],
                     "auto": [NO_TRAP, NO_MOUNT, NOTHING]},
}
COMMAND = "busybox sh -c 'busybox head -n 1 /proc/meminfo; busybox free'"
# In KiB; the second asks sysinfo(2).
ASKED = {"the file": r"^MemTotal: +(\d+)", "sysinfo(2)": r"^Mem: +(\d+)"}
SAYS = "mymem-run: busybox: "


def machine() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024


def sees(mode: str, setting: Setting, way: str) -> bool:
    """Whether a static program sees its own memory."""
    return mode != "preload" and (setting.traps or
                                  setting.mounts and way == "the file")


def options(setting: Setting, work: pathlib.Path) -> list[str]:
    words = setting.options.split()
    if setting.denies:
        profile = work / "profile.json"
        profile.write_text(json.dumps({
            "defaultAction": "SCMP_ACT_ALLOW",
            "syscalls": [{"names": setting.denies, "action": "SCMP_ACT_ERRNO"}]}))
        words.append(f"--security-opt=seccomp={profile}")
    return words


def check(t: Tap, ways: Ways, setting: Setting) -> None:
    place = Container(ways.options.by, ways.needs, ways.work,
                      options(setting, ways.work))
    denied = ", without " + " and ".join(f"{call}(2)" for call in setting.denies)
    name = f"docker run {setting.options}".strip() + denied * bool(setting.denies)
    for mode in MODES[1:]:
        messages = SAID[setting.traps, setting.mounts][mode]
        ended = place.run(LIMIT, ways.line(COMMAND, mode), ways.work)
        said = [line for line in ended.text.splitlines() if line.startswith(SAYS)]
        t.ok(len(said) == len(messages) and all(
            line.startswith(SAYS + message) for line, message in zip(said, messages)),
            f"{name}: {mode}: says {'; '.join(messages) or 'nothing'}", ended)
        for way, pattern in ASKED.items():
            own, found = sees(mode, setting, way), re.search(pattern, ended.text, re.M)
            t.ok(found and int(found[1]) == (LIMIT << 10 if own else machine()),
                 f"{name}: {mode}, {way}: {'its own' if own else 'the machine'}", ended)
    place.remove()


def main() -> None:
    told, t = parser(__doc__).parse_args(), Tap()
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        # For other users.
        work.chmod(0o755)
        ways = Ways(told, work)
        for setting in SETTINGS:
            check(t, ways, setting)
    t.finish()


if __name__ == "__main__":
    main()
