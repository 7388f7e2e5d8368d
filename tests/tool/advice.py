#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""advice.py MYMEM_FREE ROOT: TAP on standard output.

mymem-free --advice.  Each advice has a machine that needs it and one near that,
which does not; the numbers that it shows are those of the machine.  The manual page
has a section for each, and for no other."""
import os
import pathlib
import re
import subprocess
import sys
from typing import Optional

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from tap import Tap  # noqa: E402
from tree import (  # noqa: E402
    GIB, MIB, MOUNT, V1, V1_GROUP, V2, Files, group, machine, meminfo, stat)

TOOL, ROOT = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
OWN = "sys/fs/cgroup/pods/app/"
PODS = "sys/fs/cgroup/pods"
LIMIT = str(512 * MIB)
VM = "proc/sys/vm/"


def limits(what: str, soft: int) -> Files:
    return {"proc/self/limits": f"Limit Soft Limit Hard Limit Units\nMax {what:21} "
            f"{soft:<20} unlimited            bytes\n"}


def zones(present: int, managed: int) -> Files:
    """MiB, in pages."""
    return {"proc/zoneinfo":
            f"Node 0, zone   Normal\n  pages free     9\n        min      1\n"
            f"        spanned  {present * 256}\n        present  {present * 256}\n"
            f"        managed  {managed * 256}\n"}


def shm(options: str) -> Files:
    return {"proc/self/mountinfo":
            MOUNT + f"40 20 0:50 / /dev/shm rw,nosuid - tmpfs shm rw{options}\n"
            "41 20 0:51 / /tmp rw - tmpfs tmp rw,size=1024k\n"}


def killed(count: int) -> Files:
    return {OWN + "memory.events": f"max 0\noom {count}\noom_kill {count}\n"}


def commit(mode: int, **values: int) -> Files:
    return {VM + "overcommit_memory": f"{mode}\n",
            **meminfo(CommitLimit=8192, Committed_AS=8000, **values)}


LAZY: dict[str, Optional[str]] = {
    **group(LIMIT, current=str(400 * MIB), stat=stat(slab=300)),
    "proc/self/mountinfo": MOUNT + "30 20 8:1 / / rw - ext4 /dev/sda1 rw,lazytime\n"}
# A machine without swap, whose group has little left.
LITTLE = {**group(LIMIT, current=str(480 * MIB)), **meminfo(SwapTotal=0, SwapFree=0)}
HALF_SWAPPED = meminfo(SwapFree=1000)

# Each advice: the machine, what makes it need the advice, what is shown of that, and
# what is near and needs none.
CASES: list[tuple[str, Files, Files, str, Files]] = [
    ("MYM001", V2, killed(3), r"3 processes .*oom_kill in /\S+/app/memory\.events", killed(0)),
    ("MYM001", V1, {V1_GROUP + "oom_control": "oom_kill_disable 0\noom_kill 2\n"},
     r"2 processes .*memory\.oom_control", {V1_GROUP + "oom_control": "oom_kill 0\n"}),
    ("MYM002", V2, {**commit(2), OWN + "memory.max": "max\n"},
     r"overcommit_memory is 2.* 8\.0Gi \(CommitLimit\) 7\.8Gi are", commit(0)),
    ("MYM003", V2, group(LIMIT, high=str(100 * MIB), current=str(115 * MIB)),
     r"Above /\S+/app/memory\.high \(100Mi\) .* cannot take back 95Mi",
     # As near to it, but cache.
     group(LIMIT, high=str(100 * MIB), current=str(99 * MIB))),
    ("MYM003", V2, group("max", PODS, high=str(100 * MIB), current=str(115 * MIB)),
     r"/pods/memory\.high", group(str(50 * MIB), PODS, high=str(100 * MIB))),
    ("MYM004", V2, group(LIMIT, swap_max="0"), r"app/memory\.swap\.max leaves",
     group(LIMIT, swap_max="4096")),
    ("MYM004", V1, {V1_GROUP + "memsw.limit_in_bytes": LIMIT},
     r"memory\.memsw\.limit_in_bytes leaves", {}),
    ("MYM004", V2, group(LIMIT, swap_max="0"), r"memory\.swap\.max",
     {**group(LIMIT, swap_max="0"), **meminfo(SwapTotal=0, SwapFree=0)}),
    ("MYM005", V2, group("max", low=str(64 * MIB)), r"app/memory\.low keeps 64Mi",
     group(LIMIT, low=str(64 * MIB))),
    ("MYM005", V2, group("max", min=str(64 * MIB)), r"app/memory\.min keeps 64Mi",
     group("max")),
    ("MYM005", V1, {V1_GROUP + "limit_in_bytes": str((1 << 63) - 4096),
                    V1_GROUP + "soft_limit_in_bytes": LIMIT,
                    V1_GROUP + "memsw.limit_in_bytes": None,
                    V1_GROUP + "stat": "total_cache 0\n"},
     r"soft_limit_in_bytes keeps 512Mi", {V1_GROUP + "soft_limit_in_bytes": LIMIT}),
    ("MYM006", V2, group(LIMIT, current=str(400 * MIB), stat=stat(shmem=300)),
     r"Of 400Mi in use 300Mi is tmpfs .*shmem in /\S+/app/memory\.stat",
     group(LIMIT, current=str(400 * MIB), stat=stat(shmem=190))),
    ("MYM006", V2, {**group("max"), **meminfo(Shmem=6000)},
     r"Of 8\.0Gi in use 5\.9Gi .*/proc/meminfo", {**group("max"), **meminfo(Shmem=600)}),
    # Most of it, but of little.
    ("MYM006", V2, group(LIMIT, stat=stat(shmem=300), current=str(400 * MIB)), r"300Mi",
     group(LIMIT, stat=stat(shmem=60))),
    ("MYM007", V2, shm(",size=32768k"), r"32Mi \(free: \?\)", shm(",size=65536k")),
    ("MYM007", V2, shm(",nr_inodes=9,size=32768k"), r"32Mi", shm("")),
    ("MYM008", V2, group(LIMIT, current=str(400 * MIB), stat=stat(slab=300)),
     r"Of 400Mi in use 300Mi is slab.* \(/\S+/app/memory\.stat\)",
     group(LIMIT, current=str(400 * MIB), stat=stat(slab=100))),
    ("MYM008", V1, {V1_GROUP + "usage_in_bytes": str(400 * MIB),
                    V1_GROUP + "memsw.usage_in_bytes": str(400 * MIB),
                    V1_GROUP + "kmem.usage_in_bytes": str(300 * MIB)},
     r"300Mi is slab.*memory\.kmem\.usage_in_bytes", {}),
    ("MYM008", V2, {**group("max"), **meminfo(Slab=6000)},
     r"Of 8\.0Gi in use 5\.9Gi is slab.*/proc/meminfo", {**group("max"), **meminfo(Slab=600)}),
    ("MYM009", V2, {VM + "vfs_cache_pressure": "0\n"}, r"/vfs_cache_pressure is 0",
     {VM + "vfs_cache_pressure": "1\n"}),
    ("MYM010", V2, LAZY, r"43200 s \(/proc/sys/vm/dirtytime_expire_seconds\)",
     {"proc/self/mountinfo": LAZY["proc/self/mountinfo"]}),
    ("MYM010", V2, LAZY, r"43200", {**LAZY, "proc/self/mountinfo": MOUNT}),
    ("MYM011", V2, limits("address space", 450 * MIB),
     r"450Mi \(/proc/self/limits\), 390Mi is used.*ulimit -v, LimitAS=",
     limits("address space", 4 * GIB)),
    ("MYM011", V2, limits("data size", 150 * MIB), r"150Mi .*97Mi is used.*ulimit -d, LimitDATA=",
     limits("data size", GIB)),
    ("MYM012", V2, {**group("max"), **group(LIMIT, PODS)},
     r"shares /sys/fs/cgroup/pods/memory\.max \(512Mi, used: 100Mi\)",
     {**group(str(600 * MIB)), **group(LIMIT, PODS)}),
    ("MYM013", V2, {"proc/pressure/memory": None, OWN + "memory.pressure": None},
     r"there is no /proc/pressure/memory", {"proc/pressure/memory": None}),
    # Hidden, as the other files of the machine are.
    ("MYM013", V2, {"proc/pressure/memory": None, OWN + "memory.pressure": None}, r"PSI",
     {"proc/pressure/memory": None, OWN + "memory.pressure": None, "proc/meminfo": None}),
    ("MYM014", V2, {VM + "min_free_kbytes": f"{2 << 20}\n"}, r"min_free_kbytes keeps 2\.0Gi of 16Gi",
     {VM + "min_free_kbytes": f"{1 << 20}\n"}),
    ("MYM015", V2, {VM + "watermark_scale_factor": "1000\n"},
     r"watermark_scale_factor is 1000: .* back 1\.6Gi earlier",
     {VM + "watermark_scale_factor": "500\n"}),
    ("MYM016", V2, LITTLE, r"52Mi is available and there is no swap \(SwapTotal in /proc/meminfo",
     meminfo(SwapTotal=0, SwapFree=0)),
    ("MYM016", V2, LITTLE, r"52Mi", group(LIMIT, current=str(480 * MIB))),
    ("MYM017", V2, HALF_SWAPPED, r"Of 4\.0Gi swap 3\.0Gi is in use \(/proc/meminfo\)",
     meminfo(SwapFree=2048)),
    ("MYM017", V2, group(LIMIT, swap_max=str(100 * MIB), swap_current=str(60 * MIB)),
     r"Of 100Mi swap 60Mi is in use \(/sys/fs/cgroup/pods/app\)",
     group(LIMIT, swap_max=str(100 * MIB), swap_current=str(40 * MIB))),
    ("MYM018", V2, {"proc/swaps": "Filename Type\n/dev/zram0 partition 4 0 100\n"},
     r"zram \(/proc/swaps\)", {"proc/swaps": "Filename Type\n/dev/sda9 partition 4\n"}),
    ("MYM019", V2, {VM + "swappiness": "0\n"}, r"/proc/sys/vm/swappiness is 0",
     {VM + "swappiness": "1\n"}),
    ("MYM019", V1, {V1_GROUP + "swappiness": "0\n"}, r"/memory/app/memory\.swappiness is 0",
     {VM + "swappiness": "0\n"}),
    ("MYM019", V2, {VM + "swappiness": "0\n"}, r"swappiness",
     {VM + "swappiness": "0\n", **meminfo(SwapTotal=0, SwapFree=0)}),
    ("MYM020", V2, group(LIMIT, oom_group="1"), r"app/memory\.oom\.group is 1: .* all 3 processes",
     group(LIMIT, oom_group="0")),
    ("MYM020", V2, {**group("max", PODS, oom_group="1"), PODS + "/pids.current": "7\n"},
     r"/pods/memory\.oom\.group is 1: .* all 7 processes", {}),
    ("MYM021", V2, meminfo(Hugetlb=2048),
     r"2\.0Gi is set aside",
     meminfo(Hugetlb=512)),
    ("MYM022", {**V2, **{path: None for path in V2 if "/memory." in path}},
     {"sys/fs/cgroup/cgroup.controllers": "cpuset cpu io pids\n"},
     r"off \(/sys/fs/cgroup/cgroup\.controllers\).*cgroup_enable=memory .*in /boot/firmware/cmdline",
     # It is on, and only this group does without it.
     {"sys/fs/cgroup/cgroup.controllers": "cpu memory\n"}),
    ("MYM022", {**V2, "proc/self/cgroup": "2:cpu:/\n", "proc/self/mountinfo": "\n",
                "sys/fs/cgroup/cgroup.controllers": None,
                **{path: None for path in V2 if "/memory." in path}},
     {"proc/cgroups": "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t2\t1\t1\n"
      "memory\t0\t1\t0\n"}, r"off \(/proc/cgroups\)",
     {"proc/cgroups": "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t2\t1\t0\n"
      "memory\t0\t1\t1\n"}),
    ("MYM023", V2, meminfo(CmaTotal=2048, CmaFree=512), r"2\.0Gi of MemTotal is CMA, free: 512Mi",
     meminfo(CmaTotal=256, CmaFree=8)),
    ("MYM024", V2, zones(20480, 16384), r"keeps 4\.0Gi, beside the 16Gi of MemTotal \(present, managed in /proc/zoneinfo",
     zones(16800, 16384)),
    ("MYM025", V1, {V1_GROUP + "oom_control": "oom_kill_disable 1\nunder_oom 0\n"},
     r"oom_kill_disable in /\S+/app/memory\.oom_control", {}),
]

# Frozen machines that others read, too.
FROZEN = {
    "no-memory-v2-pi": "MYM022", "commit-exhausted": "MYM002", "swap-zram": "MYM018",
    "avail-hugetlb": "MYM021", "avail-tmpfs": "MYM006", "psi-absent": "MYM013",
    "vfs-cache-pressure-zero": "MYM009", "v2-swappiness-zero": "MYM019",
    "v1-memsw-equals-limit": "MYM004",
    "v2-limit-on-parent": "MYM012", "rlimit-as-and-data": "MYM011",
}
# The knobs of the kernel and of Docker, and where they matter.
KNOBS = {
    "overcommit_memory": {"MYM002"}, "min_free_kbytes": {"MYM014"},
    "swappiness": {"MYM019"}, "vfs_cache_pressure": {"MYM008", "MYM009"},
    "dirtytime_expire_seconds": {"MYM010"}, "--memory-swap ": {"MYM004"},
    "--oom-kill-disable": {"MYM025"}, "watermark_scale_factor": {"MYM015"},
    "cgroup_enable=memory": {"MYM022"},
}
NOTHING = "Nothing to advise.\n"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TOOL, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          encoding="utf-8", timeout=60)


def ids(text: str) -> list[str]:
    return re.findall(r"^(MYM\d{3}) ", text, re.M)


def advice(*files: Files) -> str:
    with machine(*files) as root:
        ran = run("--advice", "--sysroot", root)
    return ran.stdout if ran.returncode == 0 and not ran.stderr else repr(ran)


def fits(text: str) -> bool:
    """In 80 columns, but for paths that alone are longer."""
    return all(len(line) <= 80 or " " not in line.strip() for line in text.split("\n"))


def check_cases(t: Tap) -> None:
    for number, (name, base, needs, shows, near) in enumerate(CASES):
        text = advice(base, needs)
        flat = re.sub(r"\s+", " ", text)
        about = f"{name}, case {number}"
        t.ok(ids(text) == [name] or name == "MYM010" and ids(text) == ["MYM008", name],
             f"{about}: the machine that needs it, and nothing else", text)
        t.ok(re.search(shows, flat), f"{about}: its numbers", shows, text)
        t.ok(fits(text), f"{about}: in 80 columns", text)
        text = advice(base, near)
        t.ok(name not in ids(text) and (ids(text) or text == NOTHING),
             f"{about}: not the machine near it", text)


def check_text(t: Tap) -> None:
    """The table and the manual page."""
    source = (ROOT / "mymem-free/advice.c").read_text()
    rows = {row[:6]: row for row in (
        "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', strings)) for strings in
        re.findall(r"\t\{ \w+,\n((?:\t  \"(?:[^\"\\]|\\.)*\"\s*)+)\}", source))}
    page = (ROOT / "docs/mymem-free.1").read_text()
    sections = dict(re.findall(r"^\.It Sy (MYM\d{3})\n((?:(?!\.It|\.El).*\n)*)", page, re.M))
    t.ok(len(rows) == source.count("\tMYM") + source.count('"MYM'), "the rows are found",
         *rows)
    t.same({name for name, *_ in CASES}, rows, "every advice has a case")
    t.same(sections, rows, "every advice has a section of mymem-free(1)")
    t.same([f"{name}: {len(text) > 80}" for name, text in sections.items()],
           [f"{name}: True" for name in rows], "a section says something")
    t.ok(list(rows) == sorted(rows), "in order", *rows)
    lines = [line for row in rows.values() for line in row.split("\\n")]
    t.ok(len(set(lines)) == len(lines), "no line twice")
    for knob, where in KNOBS.items():
        t.same({name for name, row in rows.items() if knob in row}, where,
               f"{knob}: only where it matters")
    for knob in set(re.findall(r"\bvm\.(\w+)", " ".join(rows.values()) + page)):
        t.ok(os.path.exists(f"/proc/sys/vm/{knob}"), f"the kernel has vm.{knob}")


def check_frozen(t: Tap) -> None:
    bad = []
    for expect in sorted((ROOT / "tests/fixtures").glob("*/expect")):
        ran = run("--advice", "--sysroot", str(expect.parent))
        if expect.read_text().startswith("error"):
            good = ran.returncode == 1
        else:
            good = ran.returncode == 0 and not ran.stderr and fits(ran.stdout) and \
                (ran.stdout == NOTHING or bool(ids(ran.stdout)))
        if not good:
            bad += [expect.parent.name, ran]
    t.ok(not bad, "every frozen machine gets an answer", *bad)
    for name, wanted in FROZEN.items():
        ran = run("--advice", "--sysroot", str(ROOT / "tests/fixtures" / name))
        t.ok(wanted in ids(ran.stdout), f"{name}: {wanted}", ran.stdout)


def check_running(t: Tap) -> None:
    ran = run("--advice")
    t.ok(ran.returncode == 0 and not ran.stderr and
         (ran.stdout == NOTHING or ids(ran.stdout)), "this machine", ran)
    if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode:
        t.skip("/dev/shm", "no mount namespace can be had")
        return
    for size, wanted in ("8m", True), ("50%", False):
        shown = subprocess.run(
            ["unshare", "-m", "sh", "-ec",
             'mount -t tmpfs -o size="$2" shm /dev/shm; exec "$1" --advice', "sh", TOOL,
             size], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        t.ok(shown.returncode == 0 and ("MYM007" in ids(shown.stdout)) == wanted and
             ("8.0Mi (free: 8.0Mi)" in shown.stdout) == wanted,
             f"/dev/shm of {size}", shown.stdout)
    with subprocess.Popen(
            ["unshare", "-m", "sh", "-ec",
             "mount -t tmpfs -o size=9m shm /dev/shm; echo; exec sleep 60"],
            stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        ran = run("--advice", "--pid", str(other.pid))
        other.kill()
    t.ok("9.0Mi (free: 9.0Mi)" in ran.stdout, "/dev/shm of another process", ran)


def main() -> None:
    t = Tap()
    for name, base in ("v2", V2), ("v1", V1):
        text = advice(base)
        t.ok(text == NOTHING, f"a healthy machine, {name}", text)
    check_cases(t)
    # What a name is made of reaches no terminal.
    evil = "a\x1b]0;\r\x07t"
    text = advice(V2, {"proc/self/cgroup": f"0::/pods/{evil}\n"},
                  group(LIMIT, PODS), group("max", f"{PODS}/{evil}"), {
                      f"{PODS}/{evil}/cgroup.events": "populated 1\n"},
                  group("max", f"{PODS}/{evil}", oom_group="1"))
    t.ok(ids(text) == ["MYM012", "MYM020"] and "a\\x1b]0;\\x0d\\x07t/memory.oom" in text and
         not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text), "evil names", repr(text))
    check_text(t)
    check_frozen(t)
    check_running(t)
    t.finish()


main()
