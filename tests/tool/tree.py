# SPDX-License-Identifier: MIT
"""Machines that are made for a test: a healthy one, and what is different."""
import contextlib
import os
import pathlib
import shutil
import tempfile
from typing import Iterator, Mapping, Optional

# What a file has, or None: there is no such file.
Files = Mapping[str, Optional[str]]

MIB = 1 << 20
GIB = 1 << 30
STALLS = "".join(f"{kind} avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
                 for kind in ("some", "full"))


def table(values: Mapping[str, int], unit: str = "") -> str:
    return "".join(f"{key} {value}{unit}\n" for key, value in values.items())


def meminfo(**other: int) -> dict[str, Optional[str]]:
    """A machine of 16 GiB, half of which is free, with 4 GiB of swap; in MiB."""
    values = {"MemTotal": 16384, "MemFree": 8192, "MemAvailable": 8192, "Shmem": 8,
              "SwapTotal": 4096, "SwapFree": 4096, "Slab": 100, **other}
    return {"proc/meminfo": "".join(
        f"{key}: {value * 1024} kB\n" for key, value in values.items())}


def stat(**other: int) -> str:
    """memory.stat of a group, in MiB."""
    return table({key: value * MIB for key, value in {
        "anon": 80, "file": 20, "shmem": 0, "active_file": 10, "inactive_file": 10,
        "slab_reclaimable": 0, "slab": 1, **other}.items()})


def group(limit: str, at: str = "sys/fs/cgroup/pods/app", **files: str
          ) -> dict[str, Optional[str]]:
    """The files memory.NAME of a group, whose dots are underscores here."""
    values = {"max": limit, "high": "max", "min": "0", "low": "0",
              "current": str(100 * MIB), "stat": stat(), "swap_max": "max",
              "swap_current": "0", "swap_high": "max", "oom_group": "0",
              "events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n",
              "pressure": STALLS, **files}
    return {f"{at}/memory.{name.replace('_', '.')}": text.rstrip("\n") + "\n"
            for name, text in values.items()}


COMMON: dict[str, Optional[str]] = {
    **meminfo(),
    "proc/pressure/memory": STALLS,
    "proc/swaps": "Filename Type Size Used Priority\n/dev/sda2 partition 4 0 -2\n",
    "proc/self/limits": "Limit Soft Limit Hard Limit Units\n" + "".join(
        f"Max {what:21} unlimited            unlimited            bytes\n"
        for what in ("data size", "address space", "locked memory")),
    "proc/self/status": table({"VmSize:": 400000, "VmData:": 100000, "VmLck:": 0},
                              " kB"),
    **{f"proc/sys/vm/{name}": f"{value}\n" for name, value in {
        "overcommit_memory": 0, "swappiness": 60, "min_free_kbytes": 67584,
        "watermark_scale_factor": 10, "vfs_cache_pressure": 100,
        "dirtytime_expire_seconds": 43200}.items()},
}
MOUNT = "26 20 0:23 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
# A group with a limit of 512 MiB, of which 100 are used, in one without.
V2: dict[str, Optional[str]] = {
    **COMMON,
    "proc/self/cgroup": "0::/pods/app\n",
    "proc/self/mountinfo": MOUNT,
    "sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
    **group("max", "sys/fs/cgroup/pods"),
    **group(str(512 * MIB)),
    "sys/fs/cgroup/pods/app/cgroup.events": "populated 1\n",
    "sys/fs/cgroup/pods/app/cgroup.procs": "1\n17\n42\n",
    "sys/fs/cgroup/pods/app/cgroup.pressure": "1\n",
}
V1_GROUP = "sys/fs/cgroup/memory/app/memory."
# The same in v1, where it may use as much swap.
V1: dict[str, Optional[str]] = {
    **COMMON,
    "proc/self/cgroup": "3:memory:/app\n",
    "proc/self/mountinfo":
        "26 20 0:23 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
    "sys/fs/cgroup/memory/cgroup.sane_behavior": "0\n",
    **{V1_GROUP + name: f"{value}\n" for name, value in {
        "limit_in_bytes": 512 * MIB, "usage_in_bytes": 100 * MIB,
        "memsw.limit_in_bytes": GIB, "memsw.usage_in_bytes": 100 * MIB,
        "soft_limit_in_bytes": (1 << 63) - 4096, "swappiness": 60,
        "kmem.usage_in_bytes": MIB, "use_hierarchy": 1,
        "oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 0"}.items()},
    V1_GROUP + "stat": table({
        "total_cache": 20 * MIB, "total_rss": 80 * MIB, "total_shmem": 0,
        "total_active_file": 10 * MIB, "total_inactive_file": 10 * MIB,
        "total_swap": 0, "hierarchical_memory_limit": 512 * MIB,
        "hierarchical_memsw_limit": GIB}),
}


@contextlib.contextmanager
def machine(*files: Files) -> Iterator[str]:
    """A directory with these files; the later ones replace the earlier."""
    root = tempfile.mkdtemp(prefix="mymem-tree-")
    try:
        merged = {path: text for some in files for path, text in some.items()}
        for path, text in merged.items():
            if text is None:
                continue
            at = pathlib.Path(root, path)
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_bytes(os.fsencode(text))
        yield root
    finally:
        shutil.rmtree(root)
