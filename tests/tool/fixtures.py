#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fixtures.py MYMEM_FREE FIXTURES: TAP on standard output.

For every frozen machine, what mymem-free prints as JSON, as a table and as an
explanation must agree with the case's `expect`, to the byte where that is
possible.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
from typing import Any, Callable, NoReturn, Optional

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             "../support"))

from tap import Tap

try:
    from jsonschema import (  # type: ignore[import]  # its types are not in Debian
        Draft202012Validator)
except ImportError:
    Draft202012Validator = None

LEAST_CASES = 90
VALIDATOR: Any = None

# SPEC, `--json`: the keys, in this order.
KEYS = [
    "schema", "limit", "available", "used", "reclaimable", "high",
    "limit_by", "available_by", "pressure", "swap", "host", "cgroup",
    "oom_kills", "flags", "constraints",
]
BY_KEYS = ["kind", "path"]
PRESSURE_KEYS = ["level", "cause", "some_avg10", "full_avg10", "scope"]
SWAP_KEYS = ["limit", "available"]
HOST_KEYS = ["total", "available"]
CGROUP_KEYS = ["version", "path", "dir"]
CONSTRAINT_KEYS = [
    "kind", "path", "limit", "high", "used", "reclaimable", "available",
]

HEADER = ("               total        used        free      shared"
          "  buff/cache   available")
# Also bytes that are not UTF-8.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\udc80-\udcff]")


Expect = dict[str, Any]
Result = subprocess.CompletedProcess[bytes]


class Percent(str):
    """A number with a fraction, as it was written."""


def text(raw: bytes) -> str:
    """Names are bytes, mostly UTF-8."""
    return raw.decode("utf-8", "surrogateescape")


def in_json(name: Optional[str]) -> Optional[str]:
    """What is not UTF-8 is U+FFFD, each byte."""
    return name and re.sub("[\udc80-\udcff]", "\ufffd", name)


# --- expect ------------------------------------------------------------------

def number(word: str) -> Optional[int]:
    """Unknown and none are both null in JSON."""
    return None if word in ("unknown", "none") else int(word)


def percent(word: str) -> Optional[Percent]:
    return None if word == "unknown" else Percent(word)


def names(line: str) -> list[str]:
    return [] if line == "-" else line.split(" ")


def read_expect(path: str) -> Optional[Expect]:
    """The lines of an expect by their first word; None if it is an error."""
    facts: Expect = {}
    constraints: list[dict[str, str]] = []
    with open(path, "rb") as file:
        for line in text(file.read()).rstrip("\n").split("\n"):
            key, _, rest = line.partition(" ")
            if key == "constraint":
                rest, _, where = rest.partition(" path=")
                kind, *pairs = rest.split(" ")
                constraint = dict(pair.split("=", 1) for pair in pairs)
                constraints.append({"kind": kind, "path": where, **constraint})
            elif key in facts:
                raise ValueError(f"{path}: two lines {key}")
            else:
                facts[key] = rest
    if "error" in facts:
        return None
    facts["constraints"] = constraints
    return facts


def answer(line: str) -> tuple[Optional[int], Optional[dict[str, str]]]:
    """'123 by cgroup /a/b' in its parts; nothing of it where unknown."""
    if " by " not in line:
        return number(line), None
    value, _, by = line.partition(" by ")
    kind, _, path = by.partition(" ")
    return int(value), {"kind": kind, "path": path}


def expected_object(expect: Expect) -> dict[str, Any]:
    """The object that SPEC wants for this expect."""
    def by(rule: Optional[dict[str, str]]) -> Optional[dict[str, Any]]:
        return {**rule, "path": in_json(rule["path"])} if rule else None

    limit, limit_by = answer(expect["limit"])
    available, available_by = answer(expect["available"])
    level, *causes = expect["pressure"].split(" ")
    some, full, scope = expect["psi"].split(" ")
    version, _, group = expect["cgroup"].partition(" ")
    there = version != "0"
    constraints = expect["constraints"]
    first = constraints[0] if constraints else None
    in_group = there and first and first["kind"] == "cgroup"
    return {
        "schema": 1,
        "limit": limit,
        "available": available,
        "used": number(expect["used"]),
        "reclaimable": number(expect["reclaimable"]),
        "high": number(expect["high"]),
        "limit_by": by(limit_by),
        "available_by": by(available_by),
        "pressure": {
            "level": None if level == "unknown" else level,
            "cause": causes,
            "some_avg10": percent(some),
            "full_avg10": percent(full),
            "scope": None if scope == "unknown" else scope,
        },
        "swap": {
            "limit": number(expect["swap_limit"]),
            "available": number(expect["swap_available"]),
        },
        "host": {
            "total": number(expect["host_total"]),
            "available": number(expect["host_available"]),
        },
        "cgroup": {
            "version": int(version) if there else None,
            "path": in_json(group) if there and group != "unknown" else None,
            "dir": in_json(first["path"]) if in_group else None,
        },
        "oom_kills": number(expect["oom_kills"]),
        "flags": names(expect["flags"]),
        "constraints": [
            {key: in_json(c[key]) if key in BY_KEYS else number(c[key])
             for key in CONSTRAINT_KEYS}
            for c in constraints
        ],
    }


# --- what the tool prints ----------------------------------------------------

def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([tool, *arguments], capture_output=True, check=False,
                          stdin=subprocess.DEVNULL,
                          env={**os.environ, "LC_ALL": "C"}, timeout=60)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError(f"a key twice: {keys}")
    return dict(pairs)


def refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def parse(output: bytes) -> Any:
    return json.loads(output.decode("utf-8"), object_pairs_hook=unique,
                      parse_float=Percent, parse_constant=refuse)


def same_keys(where: str, got: Any, wanted: list[str], problems: list[str]) -> bool:
    """Reports keys that differ, also in their order; whether to go on."""
    if got is None:
        return False
    if not isinstance(got, dict) or list(got) != wanted:
        problems.append(f"{where}: keys {got}, wanted {wanted}")
        return False
    return True


def check_keys(got: Any, problems: list[str]) -> None:
    if not same_keys("object", got, KEYS, problems):
        return
    for key, wanted in (("limit_by", BY_KEYS), ("available_by", BY_KEYS),
                        ("pressure", PRESSURE_KEYS), ("swap", SWAP_KEYS),
                        ("host", HOST_KEYS), ("cgroup", CGROUP_KEYS)):
        if got[key] is None and not key.endswith("_by"):
            problems.append(f"{key} is null, not an object")
        same_keys(key, got[key], wanted, problems)
    for i, constraint in enumerate(got["constraints"]):
        if constraint is None:
            problems.append(f"constraint {i} is null")
        same_keys(f"constraint {i}", constraint, CONSTRAINT_KEYS, problems)


def differences(where: str, got: Any, wanted: Any, problems: list[str]) -> None:
    """Types count: true is not 1, and 0.10 is not 0.1."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key, value in wanted.items():
            differences(f"{where}.{key}", got.get(key, "(missing)"), value,
                        problems)
    elif isinstance(wanted, list) and isinstance(got, list) and \
            len(wanted) == len(got):
        for i, value in enumerate(wanted):
            differences(f"{where}[{i}]", got[i], value, problems)
    elif type(got) is not type(wanted) or got != wanted:
        problems.append(f"{where}: {got!r}, wanted {wanted!r}")


def check_json(result: Result, expect: Expect) -> list[str]:
    problems: list[str] = []
    if re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", result.stdout):
        problems.append("raw control characters")
    if not result.stdout.endswith(b"}\n"):
        problems.append("does not end with a newline")
    got = parse(result.stdout)
    problems += [error.message for error in
                 VALIDATOR.iter_errors(json.loads(result.stdout))] \
        if VALIDATOR else []
    check_keys(got, problems)
    differences("", got, expected_object(expect), problems)
    return problems


def check_table(result: Result, expect: Expect) -> list[str]:
    """The table counts in KiB, and has words for no more than free(1) has; what it
    takes from /proc/meminfo or memory.stat is compared with procps' elsewhere."""
    limit, by = answer(expect["limit"])
    available, _ = answer(expect["available"])
    usage = number(expect["used"])
    swap = number(expect["swap_limit"])
    swap_available = number(expect["swap_available"])
    group = by is not None and by["kind"].startswith("cgroup")
    problems = []

    def check(name: str, cell: str, *values: Optional[int]) -> None:
        kib = [value // 1024 for value in values if value is not None]
        wanted = "-" if len(kib) < len(values) else \
            str(max(0, kib[0] - sum(kib[1:])) * 1024)
        if cell != wanted:
            problems.append(f"{name} is {cell}, wanted {wanted}")

    got = result.stdout.decode("ascii")
    rows = re.fullmatch(HEADER + r"\nMem:  ((?: +[\d-]+){6})\nSwap: ((?: +[\d-]+){3})\n",
                        got)
    if not rows or [len(line) for line in got.splitlines()] != [80, 80, 44]:
        return ["not the table of free(1):", got]
    mem, swaps = rows[1].split(), rows[2].split()
    check("total", mem[0], limit)
    check("available", mem[5], available)
    if group:
        check("free", mem[2], limit, usage)
    if usage is not None or group:
        check("used", mem[1], limit, available if usage is not None else None)
    if group and mem[3] != "0":
        check("shared", mem[3], number(expect["shmem"]))
    check("swap", swaps[0], swap)
    check("swap used", swaps[1], swap, swap_available)
    check("swap free", swaps[2], swap_available)
    return problems + ([got] if problems else [])


def explained(line: str) -> Optional[tuple[Any, ...]]:
    """A row of the explanation: marks, name, bar, cells."""
    match = re.fullmatch(r"([L ])([A ]) (.{27}) (\[[#=.|]{16}\]| {18})"
                         r" *(\S+) +(\S+) +(\S+) +(\S+) +(\S+)", line)
    return match.groups() if match else None


def in_tree(constraints: list[dict[str, str]]) -> list[tuple[str, dict[str, str]]]:
    """The rules in the order of the explanation, with what begins their names: groups
    from the top down, memory and swap below each, then what is not a group."""
    rows: list[tuple[str, dict[str, str]]] = []
    depth = 0

    def branch() -> str:
        return " " * (min(depth, 9) - 1) + "`-" if depth else ""

    for group in reversed([c for c in constraints if c["kind"] == "cgroup"]):
        above = rows[-1][1]["path"] + "/" if depth else "/////"
        rows.append((branch() + group["path"].removeprefix(above), group))
        depth += 1
        rows += [(branch() + "(memory and swap)", c) for c in constraints
                 if (c["kind"], c["path"]) == ("cgroup-memsw", group["path"])]
    return rows + [(c["kind"] + " " + c["path"], c) for c in constraints
                   if c["kind"] not in ("cgroup", "cgroup-memsw")]


def shortened(shown: str, name: str) -> bool:
    """Whether a name stands in its column, without its middle if it is too long."""
    head, dots, tail = shown.rstrip().partition("...")
    if len(name) <= 27:
        return shown.rstrip() == name
    return bool(dots) and name.startswith(head) and name.endswith(tail) and \
        len(shown.rstrip()) > 20


def escaped(path: str) -> str:
    """A path as text that plays no tricks on a terminal."""
    def codes(match: re.Match[str]) -> str:
        raw = match.group().encode("utf-8", "surrogateescape")
        return "".join(f"\\x{byte:02x}" for byte in raw)

    return UNPRINTABLE.sub(codes, path)


def check_row(row: tuple[Any, ...], name: str, constraint: dict[str, str],
              problems: list[str]) -> None:
    if not shortened(row[2], escaped(name)):
        problems.append(f"row {row}, wanted {escaped(name)}")
        return
    for key, cell in zip(("limit", "high", "used", "reclaimable", "available"),
                         row[4:9]):
        value = constraint[key]
        if value == "none":
            good = cell == "none"
        elif value == "unknown":
            good = cell == "?"
        else:
            good = re.fullmatch(r"[0-9]+(\.[0-9])?([KMGTPE]i|B)", cell)
        if not good:
            problems.append(f"{name}: {key} is shown as {cell}, is {value}")
    whole = constraint["limit"] if constraint["limit"].isdigit() else \
        constraint["high"]
    if (row[3][0] == "[") != (whole.isdigit() and constraint["used"].isdigit()):
        problems.append(f"{name}: the bar {row[3]}")


def check_marks(rows: list[tuple[Any, ...]], tree: list[tuple[str, dict[str, str]]],
                mark: str, by: Optional[dict[str, str]], problems: list[str]) -> None:
    """The rule that binds is marked, and no other."""
    marked = [(rule["kind"], rule["path"]) for row, (_, rule) in zip(rows, tree)
              if row[0 if mark == "L" else 1] == mark]
    wanted = [(by["kind"], by["path"])] if by else []
    if marked != wanted:
        problems.append(f"marked {mark}: {marked}, wanted {wanted}")


def check_failures(output: str, constraint: dict[str, str],
                   problems: list[str]) -> None:
    """What could not be read, and why."""
    start = f"Not known of {escaped(constraint['path'])}: "
    failed = [] if constraint["failed"] == "-" else \
        constraint["failed"].split(",")
    found = [words for words in re.findall(re.escape(start) + r"([^(]*) \(([^)]+)\)",
                                           output)
             if sorted(words[0].split(" and ")) == sorted(failed) and
             not re.match("Success|Unknown error", words[1])]
    if failed and not found:
        problems.append(f"{start}, wanted {failed} and a reason")


def check_explain(result: Result, expect: Expect) -> list[str]:
    problems: list[str] = []
    output = text(result.stdout)
    lines = output.split("\n")
    # Sentences end their lines anywhere.
    flat = re.sub(r"\s+", " ", output)
    rows = [row for row in map(explained, lines) if row and row[4] != "limit"]
    constraints = expect["constraints"]
    if not constraints or len(rows) != len(constraints):
        return [f"{len(rows)} rows for {len(constraints)} constraints:", output]
    if UNPRINTABLE.search(output.replace("\n", "")):
        problems.append("raw control characters, or no UTF-8")
    # Paths are whole: beside the answers, and in lines of their own.
    problems += [f"longer than 80 columns: {line}" for line in lines
                 if len(line) > 80 and " " in line.strip() and
                 not re.match("limit |available |group ", line)]
    tree = in_tree(constraints)
    for row, (name, constraint) in zip(rows, tree):
        check_row(row, name, constraint, problems)
        check_failures(flat, constraint, problems)
    named = {escaped(c["path"]) for c in constraints if c["failed"] != "-"}
    for path in re.findall("Not known of (.*?): ", flat):
        if path not in named:
            problems.append(f"nothing failed there: {path}")
    for what, mark in (("limit", "L"), ("available", "A")):
        value, by = answer(expect[what])
        wanted = f"{what:10} unknown" if value is None or not by else \
            f"{what:10} {value} bytes, by {by['kind']} {escaped(by['path'])}"
        if wanted not in lines:
            problems.append(f"no line: {wanted}")
        check_marks(rows, tree, mark, by, problems)
    if constraints[0]["kind"] == "cgroup" and \
            f"group      {escaped(constraints[0]['path'])}" not in lines:
        problems.append("the whole path of the group is missing")
    kills = number(expect["oom_kills"])
    if f"kills      {'unknown' if kills is None else f'{kills} in this group'}" \
            not in lines:
        problems.append(f"kills, wanted {kills}")
    level, *causes = expect["pressure"].split(" ")
    seen = expect["sources"] != "-" and level != "unknown"
    wanted = " ".join(["pressure  ", level if seen else "unknown"] +
                      [f"by {cause}" for cause in causes])
    if not any(line.startswith(wanted + " (") for line in lines):
        problems.append(f"no line: {wanted}")
    swap = number(expect["swap_available"])
    if not re.search("^swap       " + (
            "unknown$" if swap is None else "0" if swap == 0 else
            r"\S+, of which \S+ can be used$"), output, re.M):
        problems.append(f"swap, wanted {swap}")
    flags = names(expect["flags"])
    for flag, words in (("hidden-ancestors", "not visible"),
                        ("heuristic", "could not be named"),
                        ("partial", "could not be read"),
                        ("unverified", "is not the kernel's"),
                        ("no-cgroup", "No memory control group"),
                        ("estimated", "is an estimate"),
                        ("swap-estimated", "all the swap"),
                        ("virtual", "describes another machine")):
        if (words in flat) != (flag in flags):
            problems.append(f"'{words}' and the flags {flags}")
    if problems:
        problems.append(output)
    return problems


# --- TAP ---------------------------------------------------------------------

def check_error(result: Result) -> list[str]:
    """Nothing is known: one line that says so, and status 1."""
    problems = []
    if result.returncode != 1:
        problems.append(f"status {result.returncode}, wanted 1")
    if result.stdout:
        problems.append(f"printed {result.stdout!r}")
    if not re.fullmatch(rb"mymem-free: [^\n]*no memory facts found\n",
                        result.stderr):
        problems.append(f"on standard error {result.stderr!r}")
    return problems


def check_case(tool: str, directory: str, option: str,
               check: Callable[[Result, Expect], list[str]]) -> list[str]:
    path = os.path.join(directory, "expect")
    try:
        expect = read_expect(path)
        result = run(tool, option, "--sysroot", directory)
        if expect is None:
            return check_error(result)
        if result.returncode != 0 or result.stderr:
            return [f"status {result.returncode}, {result.stderr!r}"]
        return check(result, expect)
    except (OSError, ValueError, KeyError, IndexError, TypeError,
            subprocess.TimeoutExpired) as error:
        return [f"{type(error).__name__}: {error}"]


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} MYMEM_FREE FIXTURES")
    tool, fixtures = sys.argv[1:]
    cases = sorted(entry.name for entry in os.scandir(fixtures)
                   if os.path.exists(os.path.join(entry.path, "about")))
    checks = (("--json", check_json), ("-b", check_table),
              ("--explain", check_explain))
    t = Tap()
    schema = json.loads((pathlib.Path(__file__).parents[2] /
                         "docs/mymem-free.schema.json").read_text())
    global VALIDATOR
    if Draft202012Validator:
        Draft202012Validator.check_schema(schema)
        VALIDATOR = Draft202012Validator(schema)
        bad = {**json.loads(run(tool, "--json").stdout), "limit": -1, "flags": ["?"]}
        t.ok(len(list(VALIDATOR.iter_errors(bad))) == 2,
             "the schema refuses what is not so")
    else:
        t.skip("the schema", "no python3-jsonschema")
    t.ok(len(cases) >= LEAST_CASES, f"{LEAST_CASES} cases or more")
    for case in cases:
        for option, check in checks:
            problems = check_case(tool, os.path.join(fixtures, case), option,
                                  check)
            t.ok(not problems, f"{case} {option}", "\n".join(problems).encode(
                "ascii", "backslashreplace").decode())
    t.finish()


main()
