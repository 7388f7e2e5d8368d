#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""readers.py MYMEM_FREE FIXTURES: what `mymem-free --meminfo` prints stands in for
/proc/meminfo.  Mounted over it in a mount namespace, it is read by the programs that
people have, and each of them shows the limit."""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from machines import in_namespace, run, some_numbers, tree
from tap import Tap  # noqa: E402

TOOL, FIXTURES = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
# Of each kind of rule one, and no swap, a little and much.
MACHINES = ("v2-limit-on-parent", "avail-tmpfs", "v1-k8s-pod-limit-in-hml",
            "rlimit-and-cgroup", "value-usage-above-limit")
RANDOM = 4
MOUNTED = 'mount --bind "$1" /proc/meminfo && '
Numbers = dict[str, int]


def numbers(text: str) -> Numbers:
    return {key: int(value) for key, value in
            re.findall(r"^(\S+): +(\d+)(?: kB)?$", text, re.M)}


def cache(m: Numbers) -> int:
    return m["Buffers"] + m["Cached"] + m.get("SReclaimable", 0)


def row(text: str, name: str) -> list[str]:
    """The numbers behind a name."""
    found = re.search(rf"^{re.escape(name)} +(.*)$", text, re.M)
    return found[1].split() if found else []


def free(text: str, m: Numbers) -> bool:
    memory, swap = row(text, "Mem:"), row(text, "Swap:")
    return memory[0] == str(m["MemTotal"]) and memory[2] == str(m["MemFree"]) and \
        memory[4:] == [str(cache(m)), str(m["MemAvailable"])] and \
        swap[0] == str(m["SwapTotal"])


def busybox(text: str, m: Numbers) -> bool:
    """It asks sysinfo(2) for all but what is cached and available: the total is the
    machine's whatever the file says."""
    kib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024
    memory = row(text, "Mem:")
    buffers = int(memory[4]) - m["Cached"] - m.get("SReclaimable", 0)
    return int(memory[0]) == kib and memory[5] == str(m["MemAvailable"]) and \
        0 <= buffers < kib


def vmstat(text: str, m: Numbers) -> bool:
    shown = {name: int(value) for value, name in
             re.findall(r"^ *(\d+) K (.*)$", text, re.M)}
    return shown["total memory"] == m["MemTotal"] and \
        shown["free memory"] == m["MemFree"] and \
        shown["buffer memory"] + shown["swap cache"] == cache(m) and \
        shown["total swap"] == m["SwapTotal"] and shown["free swap"] == m["SwapFree"]


def top(text: str, m: Numbers) -> bool:
    """It shows tenths of a MiB, and rounds somehow."""
    memory = re.search(r"^MiB Mem : *([\d.]+)[ +]total, *([\d.]+)[ +]free", text, re.M)
    swap = re.search(r"^MiB Swap: *([\d.]+)[ +]total,.* used\. *([\d.]+)[ +]avail",
                     text, re.M)
    pairs = zip((*memory.groups(), *swap.groups()) if memory and swap else [],
                (m["MemTotal"], m["MemFree"], m["SwapTotal"], m["MemAvailable"]))
    near = [abs(float(shown) - number / 1024) <= 0.1 for shown, number in pairs]
    return len(near) == 4 and all(near)


def psutil(text: str, m: Numbers) -> bool:
    return text.split() == [str(1024 * number) for number in (
        m["MemTotal"], m["MemAvailable"], m["MemFree"], m["SwapTotal"], m["SwapFree"])]


def htop(text: str, m: Numbers) -> bool:
    """Its bars: what is used, and of how much."""
    shown = re.findall(r"(Mem|Swp)\[[|\s]*([\d.]+[KMGTP]?)/([\d.]+[KMGTP]?)\]", text)
    totals = {name: total for name, _, total in shown}
    wanted = {"Mem": m["MemTotal"], "Swp": m["SwapTotal"]}
    return set(totals) == set(wanted) and all(
        abs(in_kib(totals[name]) - number) <= max(1, number * 0.006)
        for name, number in wanted.items())


def in_kib(text: str) -> float:
    unit = "KMGTP".find(text[-1])
    return float(text.rstrip("KMGTP")) * float(1024 ** max(unit, 0))


PSUTIL = '''/usr/bin/python3 -W ignore -c '
import psutil
m, s = psutil.virtual_memory(), psutil.swap_memory()
print(m.total, m.available, m.free, s.total, s.free)' '''
# name: what must be there, what is typed, what is true of what it prints
READERS = {
    "free of procps": ("/usr/bin/free --version | grep -q procps", "/usr/bin/free",
                       free),
    "free of busybox": ("busybox free", "busybox free", busybox),
    "vmstat -s": ("vmstat -V | grep -q procps", "vmstat -s", vmstat),
    "top -b -n 1": ("top -V | grep -q procps", "HOME=/nowhere top -b -n 1 -E m", top),
    "psutil of Python": ("/usr/bin/python3 -c 'import psutil'", PSUTIL, psutil),
}


def on_a_terminal(meminfo: str, command: str, pattern: str) -> str:
    """What a program that ends with nobody's help shows there, once it shows that."""
    server = ["tmux", "-L", f"mymem-test-{os.getpid()}", "-f", "/dev/null"]
    with tempfile.TemporaryDirectory() as home:
        subprocess.run([*server, "new-session", "-d", "-x", "100", "-y", "30", "unshare",
                        *([] if os.geteuid() == 0 else ["-r"]), "-m", "sh", "-c",
                        f'{MOUNTED} HOME="$2" exec {command}', "sh", meminfo, home],
                       check=True, stdin=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 30
            while True:
                shown = run(*server, "capture-pane", "-p").stdout
                if re.search(pattern, shown) or time.monotonic() > deadline:
                    return shown
                time.sleep(0.1)
        finally:
            run(*server, "kill-server")


def read(t: Tap, name: str, sysroot: pathlib.Path) -> None:
    text = run(TOOL, "--meminfo", "--sysroot", str(sysroot)).stdout
    limit = run(TOOL, "--limit", "-k", "--sysroot", str(sysroot)).stdout
    m = numbers(text)
    t.ok(limit.strip() == str(m["MemTotal"]), f"{name}: MemTotal is the limit", limit,
         text)
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(text)
        file.flush()
        for reader, (there, command, right) in READERS.items():
            if run("sh", "-c", there).returncode != 0:
                t.skip(f"{name}: {reader}", "it is not installed")
                continue
            shown = in_namespace(f"{MOUNTED} {command}", file.name)
            t.ok(shown.returncode == 0 and right(shown.stdout, m),
                 f"{name}: {reader} reads it", shown.stdout[:1000], shown.stderr, text)
        if shutil.which("htop") and shutil.which("tmux"):
            screen = on_a_terminal(file.name, "htop", r"Swp\[.*/.*\]")
            t.ok(htop(screen, m), f"{name}: htop reads it", screen, text)
        else:
            t.skip(f"{name}: htop", "htop or tmux is not installed")


def main() -> None:
    t = Tap()
    if in_namespace("mount --bind /dev/null /proc/meminfo").returncode != 0:
        t.skip_all("There are no mount namespaces to be had here.")
    for name in MACHINES:
        read(t, name, FIXTURES / name)
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 30)))
    t.note(f"SEED={seed}")
    random_ = random.Random(seed)
    with tempfile.TemporaryDirectory() as here:
        for number in range(RANDOM):
            sysroot = pathlib.Path(here, str(number))
            # vmstat keeps 24 bits of a number, busybox subtracts from the machine's.
            tree(sysroot, some_numbers(random_, 31))
            read(t, f"random machine {number}", sysroot)
    t.finish()


main()
