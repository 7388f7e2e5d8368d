# SPDX-License-Identifier: MIT
"""Machines to try programs on: /proc/meminfo replaced, in a mount namespace, and
groups of random numbers as files."""
import os
import pathlib
import random
import subprocess


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, text=True, timeout=60)


def in_namespace(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return run("unshare", *([] if os.geteuid() == 0 else ["-r"]), "-m", "sh", "-c",
               script, "sh", *map(str, arguments))


def tree(where: pathlib.Path, numbers: dict[str, int]) -> None:
    """A machine with a group of these numbers."""
    group = where / "sys/fs/cgroup/app"
    (where / "proc/self").mkdir(parents=True)
    group.mkdir(parents=True)
    host = 1 << 52
    (where / "proc/meminfo").write_text(
        "".join(f"{key + ':':<15} {value:8} kB\n" for key, value in {
            "MemTotal": host, "MemFree": host, "MemAvailable": host, "Buffers": 7,
            "Cached": 9, "SwapCached": 0, "Active": 3, "Inactive": 4,
            "Active(anon)": 1, "Inactive(anon)": 1, "Active(file)": 2,
            "Inactive(file)": 3, "SwapTotal": numbers["swap"],
            "SwapFree": numbers["swap"], "Shmem": 0, "KReclaimable": 1, "Slab": 5,
            "SReclaimable": 2, "SUnreclaim": 3, "CommitLimit": numbers["commit"],
            "Committed_AS": numbers["promised"]}.items()))
    (where / "proc/self/cgroup").write_text("0::/app\n")
    (where / "proc/self/mountinfo").write_text(
        "26 20 0:23 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
    for name in "controllers", "events":
        (group / f"cgroup.{name}").write_text("memory\n")
    (group / "memory.max").write_text(f"{numbers['limit']}\n")
    (group / "memory.high").write_text("max\n")
    (group / "memory.current").write_text(f"{numbers['used']}\n")
    (group / "memory.swap.max").write_text("max\n")
    (group / "memory.swap.current").write_text("0\n")
    (group / "memory.stat").write_text("".join(
        f"{key} {numbers[key]}\n" for key in (
            "anon", "file", "shmem", "active_file", "inactive_file",
            "slab_reclaimable", "slab_unreclaimable")))


def some_number(random_: random.Random, bits: int) -> int:
    return random_.randrange(1 << random_.randrange(12, bits)) // 4096 * 4096


def some_numbers(random_: random.Random, bits: int = 50) -> dict[str, int]:
    limit = some_number(random_, bits) + 4096
    rest = used = random_.randrange(limit)
    numbers = {"limit": limit, "used": used}
    for key in "active_file", "inactive_file", "shmem", "slab_reclaimable":
        numbers[key] = random_.randrange(rest + 1)
        rest -= numbers[key]
    numbers["file"] = sum(numbers[key] for key in
                          ("active_file", "inactive_file", "shmem"))
    numbers["anon"], numbers["slab_unreclaimable"] = rest, 0
    for key in "swap", "promised":
        numbers[key] = some_number(random_, bits) // 1024
    numbers["commit"] = numbers["promised"] + some_number(random_, bits) // 1024
    return numbers
