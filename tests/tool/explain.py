#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""explain.py MYMEM_FREE: TAP on standard output.

mymem-free --explain, on machines that are made here: the bars, the tree, why
nothing can be swapped out, and colours.  What it says of all frozen machines,
fixtures.py compares."""
import os
import pathlib
import pty
import re
import subprocess
import sys
from typing import Optional

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from tap import Tap  # noqa: E402
from tree import GIB, MIB, V1, V1_GROUP, V2, Files, group, machine, meminfo  # noqa: E402

TOOL = str(pathlib.Path(sys.argv[1]).resolve())
OWN = "sys/fs/cgroup/pods/app"
LIMIT = 160 * MIB
# How the row of the process's group looks: 16 characters for 160 MiB.
BARS: list[tuple[dict[str, str], str]] = [
    ({"current": "0", "stat": ""}, "[................]"),
    ({"current": str(160 * MIB), "stat": ""}, "[################]"),
    ({"current": str(100 * MIB)}, "[########==......]"),
    ({"current": str(100 * MIB), "high": str(150 * MIB)}, "[########==....|.]"),
    ({"current": str(100 * MIB), "high": str(90 * MIB)}, "[########|=......]"),
    ({"current": str(100 * MIB), "high": "0"}, "[|#######==......]"),
    ({"current": str(100 * MIB), "high": str(200 * MIB)}, "[########==......]"),
    # The limit was lowered below what is used.
    ({"current": str(400 * MIB)}, "[################]"),
    ({"current": str(400 * MIB), "high": str(160 * MIB)}, "[###############|]"),
    # Cache that was counted a moment later than the usage.
    ({"current": str(10 * MIB)}, "[=...............]"),
    ({"current": "x"}, " " * 18),
]
NO_SWAP = meminfo(SwapTotal=0, SwapFree=0)
# Why nothing, or how much, can be swapped out.
SWAPS: list[tuple[str, Files, Files, str]] = [
    ("some", V2, {}, r"4\.0Gi, of which 4\.0Gi can be used"),
    ("a part", V2, group("max", swap_max=str(GIB), swap_current=str(600 * MIB)),
     r"1\.0Gi, of which 424Mi can be used"),
    ("the machine has none", V2, NO_SWAP,
     r"0: the machine has none \(SwapTotal in /proc/meminfo\)"),
    ("none, and none allowed", V2, {**NO_SWAP, **group("max", swap_max="0")},
     r"0: the machine has none"),
    ("none allowed", V2, group("max", swap_max="0"),
     r"0: /sys/fs/cgroup/pods/app/memory\.swap\.max allows none"),
    ("none allowed above", V2, group("max", "sys/fs/cgroup/pods", swap_max="0"),
     r"0: /sys/fs/cgroup/pods/memory\.swap\.max allows none"),
    ("none allowed in v1", V1, {V1_GROUP + "memsw.limit_in_bytes": str(512 * MIB)},
     r"0: /sys/fs/cgroup/memory/app/memory\.memsw\.limit_in_bytes allows none"),
    ("all used", V2, meminfo(SwapFree=0), r"0 of 4\.0Gi: all that /proc/meminfo allows"),
    ("all used that is allowed", V2,
     group("max", swap_max=str(GIB), swap_current=str(GIB)),
     r"0 of 1\.0Gi: all that \S+/app/memory\.swap\.max allows is used"),
    ("too much", V2, group("max", swap_high=str(GIB), swap_current=str(2 * GIB)),
     r"0 of 4\.0Gi: more is swapped out than \S+/app/memory\.swap\.high allows"),
    ("swappiness", V2, {"proc/sys/vm/swappiness": "0\n"},
     r"0 of 4\.0Gi: /proc/sys/vm/swappiness is 0"),
    ("swappiness of v1", V1, {V1_GROUP + "swappiness": "0\n"},
     r"0 of 512Mi: /sys/fs/cgroup/memory/app/memory\.swappiness is 0"),
    ("kept from it", V2, group(str(LIMIT), zswap_writeback="0"),
     r"0 of 4\.0Gi: memory\.zswap\.writeback is 0 in /sys/fs/cgroup/pods/app or above"),
    ("the sum of both is reached", V1, {V1_GROUP + "memsw.usage_in_bytes": str(900 * MIB),
                                        V1_GROUP + "limit_in_bytes": str(500 * MIB)},
     r"0 of 524Mi: all that \S+/memory\.memsw\.limit_in_bytes allows is used"),
    ("a resource limit", V2, {"proc/self/limits": "Limit Soft Limit Hard Limit Units\n"
                              "Max address space         500000000            unlimited"
                              "            bytes\n"},
     r"0 of 4\.0Gi: swapping makes no room under /proc/self/limits"),
    ("a resource limit, and swappiness", V2, {
        "proc/self/limits": "Limit Soft Limit Hard Limit Units\n"
        "Max address space         500000000            unlimited            bytes\n",
        "proc/sys/vm/swappiness": "0\n"}, r"0 of 4\.0Gi: .* under /proc/self/limits"),
    ("unknown", V2, {"proc/meminfo": None}, r"unknown"),
]


def run(root: str, *more: str) -> str:
    ran = subprocess.run([TOOL, "--explain", "--sysroot", root, *more],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         stdin=subprocess.DEVNULL, encoding="utf-8", timeout=60)
    return ran.stdout if ran.returncode == 0 else repr(ran)


def on_terminal(root: str, **environment: Optional[str]) -> str:
    """What is printed on a terminal, with its newlines."""
    ours, theirs = pty.openpty()
    kept = {**os.environ, "TERM": "xterm", "NO_COLOR": None, **environment}
    with subprocess.Popen([TOOL, "--explain", "--sysroot", root], stdout=theirs,
                          env={k: v for k, v in kept.items() if v is not None}):
        os.close(theirs)
        text = b""
        try:
            while True:
                text += os.read(ours, 4096)
        except OSError:
            # The other side is closed.
            pass
    os.close(ours)
    return text.decode().replace("\r\n", "\n")


def check_bars(t: Tap) -> None:
    for files, bar in BARS:
        with machine(V2, group(str(LIMIT), **files)) as root:
            text = run(root)
        row = re.search(r"^..  `-app.{22}(.{18})", text, re.M)
        t.ok(row and row[1] == bar, f"the bar of {files}", bar, text)
    with machine(V2, group("max", high=str(LIMIT))) as root:
        text = run(root)
    t.ok(re.search(r"^ A  `-app +\[########==.....\|\]  none 160Mi 100Mi", text, re.M),
         "without a limit, the bar is that of memory.high", text)


def check_tree(t: Tap) -> None:
    names = [f"level-{i}-with-a-name-that-is-very-long" for i in range(12)]
    files: dict[str, Optional[str]] = {"proc/self/cgroup": f"0::/{'/'.join(names)}\n"}
    for i in range(len(names)):
        files.update(group("max", "sys/fs/cgroup/" + "/".join(names[:i + 1])))
    with machine(V2, files) as root:
        text = run(root)
    rows = re.findall(r"^   ( *`-)(\S+)\.\.\.(\S+) ", text, re.M)
    t.ok([len(row[0]) for row in rows] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10],
         "each group is below the one above, as far as there is room", text)
    t.ok(all(name.startswith(row[1]) and name.endswith(row[2])
             for row, name in zip(rows, names)), "long names lose their middle", text)
    t.ok(f"group      /sys/fs/cgroup/{'/'.join(names)}\n" in text,
         "the whole path is there", text)
    t.ok(all(len(line) <= 80 for line in text.split("\n")
             if not line.startswith("group ")), "in 80 columns", text)
    # Wide characters take a column each, and none is cut in two.
    name = "\u00e9\u20ac" * 30
    with machine(V2, {"proc/self/cgroup": f"0::/{name}\n"},
                 group("max", f"sys/fs/cgroup/{name}")) as root:
        text = run(root)
    row = re.search(r"^   `-(\S+)\.\.\.(\S+) ", text, re.M)
    t.ok(row and name.startswith(row[1]) and name.endswith(row[2]) and
         len(row[0]) == 31, "no character is cut", text)


def check_swap(t: Tap) -> None:
    for name, base, files, wanted in SWAPS:
        with machine(base, files) as root:
            text = run(root)
        said = re.search(r"^swap +(.*?)\npressure", text, re.M | re.S)
        t.ok(said and re.match(wanted, re.sub(r"\s+", " ", said[1])), f"swap: {name}",
             wanted, text)


def check_rest(t: Tap) -> None:
    stalls = ("some avg10=12.50 avg60=0.00 avg300=0.00 total=0\n"
              "full avg10=11.00 avg60=0.00 avg300=0.00 total=0\n")
    with machine(V2, group(str(LIMIT), current=str(158 * MIB), stat="", pressure=stalls,
                           events="oom_kill 5\n")) as root:
        text = run(root)
    t.ok("\npressure   critical by headroom by psi (PSI of cgroup: some 12.50%, "
         "full 11.00%)\nkills      5 in this group\n" in text, "pressure and kills", text)
    with machine(V2, {"proc/pressure/memory": None, OWN + "/memory.pressure": None,
                      OWN + "/memory.events": None}) as root:
        text = run(root)
    t.ok("\npressure   none (there is no PSI)\nkills      unknown\n" in text,
         "neither can be seen", text)
    t.ok(text.count("\n") == 14, "and nothing else that is not so", text)


def check_colours(t: Tap) -> None:
    with machine(V2) as root:
        plain = run(root)
        coloured = on_terminal(root)
        t.ok("\x1b[" not in plain, "no colours in a log", plain)
        t.ok("\x1b[1;33mLA" in coloured, "colours on a terminal",
             repr(coloured))
        t.ok(re.sub(r"\x1b\[[\d;]+m", "", coloured) == plain, "and the same text",
             repr(coloured))
        t.ok(coloured.count("\x1b[0m") > 0 and
             re.findall(r"\x1b\[([\d;]+)m", coloured)[-1] == "0", "which end")
        refusals: list[dict[str, Optional[str]]] = [
            {"NO_COLOR": "1"}, {"NO_COLOR": ""}, {"TERM": "dumb"}, {"TERM": None}]
        for environment in refusals:
            text = on_terminal(root, **environment)
            t.ok(text == plain, f"{environment}: none", repr(text))


def main() -> None:
    t = Tap()
    check_bars(t)
    check_tree(t)
    check_swap(t)
    check_rest(t)
    check_colours(t)
    t.finish()


main()
