#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""free.py MYMEM_FREE FIXTURES: free(1) of procps stands beside ours.  It reads what
`mymem-free --meminfo` prints, mounted over /proc/meminfo in a mount namespace, and
must show the same, byte by byte."""
import os
import pathlib
import random
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from machines import in_namespace, run, some_numbers, tree
from tap import Tap  # noqa: E402

TOOL, FIXTURES = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
PROCPS = "/usr/bin/free"
NEWEST = os.access(PROCPS, os.X_OK) and "--line" in run(PROCPS, "--help").stdout
RANDOM = 40
# Each option alone, in its long form too, and those that change one another.
OPTIONS = """
,-b,--bytes,--kilo,--mega,--giga,--tera,--peta,-k,--kibi,-m,--mebi,-g,--gibi,--tebi,
--pebi,-h,--human,--si,-l,--lohi,-t,--total,-v,--committed,-w,--wide,
-h --si,-b --si,--si -m,--mega --si,-m -h,-h -b,-hw,-ltvw,-wh --si -l -t -v,
-b -l -t -v -w,--comm --tot --lo --wi --hu,-c 1,-c 2 -s 0.01,-s.01 -c 2 -t,-c 01,
--count=1,--seconds=1000 --count=1,-s 0,01 -c 2 -h,-L,--line,-L -h,-L -m -c 2 -s .01,
-L -w -l -t -v
""".replace("\n", "").replace("0,01", "0;01").split(",")
OPTIONS = [option.replace(";", ",") for option in OPTIONS]
WRONG = """
-x;--foo;extra;-b extra;-s;-c;-s 0;-s -1;-s abc;-s 1x;-s 1e3;-s 0x1;-s inf;-s nan;-c 0;
-c -1;-c 1.5;-c abc;-c 0x10;--human=1;-b -k;-m --kilo;-g -g;--tebi --tera;--me;--help=1;
--explain;--json;--limit;--available;--sysroot /
""".replace("\n", "").split(";")


def beside(meminfo: str, options: list[str]) -> list[str]:
    """What procps prints for each of the options if this is /proc/meminfo."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(meminfo)
        file.flush()
        shown = in_namespace(
            'mount --bind "$1" /proc/meminfo || exit; shift; '
            f'for options; do {PROCPS} $options; echo "rc $?"; done',
            file.name, *options)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout.split("rc 0\n")[:-1]


def compare(t: Tap, name: str, sysroot: pathlib.Path, options: list[str]) -> bool:
    """Returns whether there was anything to compare: procps has no word for what
    is not known."""
    ours = run(TOOL, "--meminfo", "--sysroot", str(sysroot))
    if ours.returncode != 0:
        return False
    # By that name, --line is another option.
    found = [run(TOOL, "--sysroot", str(sysroot),
                 *words.replace("--line", "-L").split()).stdout for words in options]
    # Nor for "none is available", which it takes for an old kernel's silence.
    if any(re.search(r" -( |$)", text, re.M) for text in found) or \
            re.search(r"^MemAvailable: +1 kB$", ours.stdout, re.M):
        return False
    for words, text, expected in zip(options, found, beside(ours.stdout, options)):
        # Where more is promised than the limit, procps 4.0.4 says 0, and 4.0.2 how
        # much.
        if NEWEST and re.search(r"^Comm: .* -", text, re.M):
            text, expected = (
                re.sub(" +", " ", re.sub(r"(?m)^(Comm: .*\S) +\S+$", r"\1", shown))
                for shown in (text, expected))
        # The same options again, if one of them is not as it should be.
        if not t.ok(text == expected, f"{name}: free {words}", "procps:", expected,
                    "ours:", text):
            t.note(ours.stdout)
    return True


def sums(t: Tap, name: str, sysroot: pathlib.Path) -> None:
    """What is in one another is no more than the whole, and nothing is negative."""
    text = run(TOOL, "--meminfo", "--sysroot", str(sysroot)).stdout
    rows = re.findall(r"^(\S+): +(-?\d+)(?: kB)?$", text, re.M)
    m = {key: int(value) for key, value in rows}
    wrong = [key for key, value in m.items() if value < 0]
    if len(rows) != text.count("\n"):
        wrong.append("a line that is none of the kernel's")
    if len(m) != len(rows):
        wrong.append("a line twice")
    for part, whole in (("MemFree", "MemTotal"), ("MemAvailable", "MemTotal"),
                        ("SwapFree", "SwapTotal"), ("Shmem", "Cached"),
                        ("SReclaimable", "Slab"), ("Dirty", "Cached"),
                        ("AnonHugePages", "AnonPages"), ("Mlocked", "Unevictable")):
        if part in m and whole in m and m[part] > m[whole]:
            wrong.append(f"{part} > {whole}")
    parts = [m.get(key, 0) for key in ("MemFree", "Buffers", "Cached", "SReclaimable")]
    # lxcfs may say so, and nothing limits the process but that.
    if sum(parts) > m.get("MemTotal", sum(parts)) and "lxcfs" not in name:
        wrong.append("more cache than memory")
    t.ok(not wrong, f"{name}: --meminfo agrees with itself", *wrong, text)


def as_free(t: Tap, here: pathlib.Path) -> None:
    """Called as free: its options, and only those."""
    free = here / "free"
    free.symlink_to(TOOL)
    usage = run(PROCPS, "--help").stdout
    # procps with the units of its newest version.
    known = [words for words in OPTIONS
             if "L" not in words and "line" not in words or "--line" in usage]
    t.ok(len(known) >= 40, "the options are tried")
    for words in known:
        theirs = run(PROCPS, *words.split())
        ours = run(str(free), *words.split())
        t.ok(ours.returncode == theirs.returncode == 0 and not ours.stderr,
             f"free {words}: is taken", ours.stderr, theirs.stderr)
        layout = [re.sub(r" *\S+", lambda word: "x" * (
            len(word[0]) if not words.startswith("-L") else 0), text)
            for text in (ours.stdout, theirs.stdout)]
        t.ok([len(line) for line in layout[0].splitlines()] ==
             [len(line) for line in layout[1].splitlines()],
             f"free {words}: has as many lines, as long", ours.stdout,
             theirs.stdout)
    for words in WRONG:
        theirs = run(PROCPS, *words.split())
        ours = run(str(free), *words.split())
        t.ok(ours.returncode == theirs.returncode == 1 and ours.stdout == "" and
             ours.stderr.startswith("free: "), f"free {words}: ends with 1",
             ours.returncode, ours.stdout, ours.stderr, theirs.returncode)
    told = set(re.findall(r"(?<=[ ,])(?:-\w|--\w+)\b", usage))
    mine = set(re.findall(r"(?<=[ ,])(?:-\w|--\w+)\b",
                          run(str(free), "--help").stdout))
    t.ok(told <= mine, "free --help: has every option of procps",
         *sorted(told - mine))
    t.ok(mine - told <= {"-L", "--line"}, "free --help: has no other",
         *sorted(mine - told))


def main() -> None:
    t = Tap()
    if not os.access(PROCPS, os.X_OK) or \
            "procps" not in run(PROCPS, "--version").stdout:
        t.skip_all("There is no free(1) of procps.")
    if in_namespace("mount --bind /dev/null /proc/meminfo").returncode != 0:
        t.skip_all("There are no mount namespaces to be had here.")
    options = [words for words in OPTIONS
               if NEWEST or "L" not in words and "line" not in words]
    compared = 0
    machines = sorted(path for path in FIXTURES.iterdir()
                      if (path / "expect").exists())
    for number, machine in enumerate(machines):
        some = [options[(number * 4 + i) % len(options)] for i in range(4)]
        compared += compare(t, machine.name, machine, ["", *some])
        sums(t, machine.name, machine)
    t.ok(compared > len(machines) // 2, "most machines are compared", compared,
         len(machines))
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 30)))
    t.note(f"SEED={seed}")
    random_ = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        here = pathlib.Path(name)
        compared = 0
        for number in range(RANDOM):
            tree(here / str(number), some_numbers(random_))
            compared += compare(t, f"random machine {number}", here / str(number),
                                random_.sample(options, 8) + ["-h", "-h --si"])
            sums(t, f"random machine {number}", here / str(number))
        t.ok(compared > RANDOM // 2, "most random machines are compared", compared)
        as_free(t, here)
    t.finish()


main()
