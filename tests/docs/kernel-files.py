#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""kernel-files.py ROOT: docs/kernel-files.md names every file that the library
reads, every edge case, every frozen machine where its `about` puts it, and no
test that is not there."""
import collections
import pathlib
import re
import sys
from typing import Counter, Iterator

from tap import Tap

LAST = 152

# Why a case has no test.
EXCUSES = "By design",


def literals(root: pathlib.Path) -> set[str]:
    """The names of kernel files in the source, with its macros put in."""
    found = set()
    for path in sorted((root / "lib").rglob("*.c")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        macros = dict(re.findall(r'^#define (\w+) "(/[^"]*/)"$', text, re.M))
        text = re.sub(r"^#define \w+ \"/[^\"]*/\"$", "", text, flags=re.M)
        for macro, value in macros.items():
            text = re.sub(rf'\b{macro} "', f'"{value}', text)
        # A list of names in one string, each with its end.
        text = re.sub(r'"\s*\n\s*"', "", text).replace("\\0", '" "')
        found |= set(re.findall(
            r'"(/(?:proc|sys)/[^"]*|(?:memory|cgroup)\.[a-z_.]+)"', text))
    return found


def rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def tests_of(root: pathlib.Path, text: str) -> tuple[list[str], list[str]]:
    """The tests that a row names, "file: `name`, `name`", and those of them
    that are not there."""
    named, missing = [], []
    for file, names in re.findall(
            r"\b([a-z]+/[\w./-]+): ((?:`[^`]+`(?:, )?)+)", text):
        path = root / "tests" / file
        content = path.read_text() if path.is_file() else ""
        for name in re.findall(r"`([^`]+)`", names):
            named.append(f"{file}: {name}")
            sought = (rf"START_TEST\({re.escape(name)}\)" if path.suffix == ".c"
                      else rf"[\" ]{re.escape(name)}\"")
            if not re.search(sought, content):
                missing.append(named[-1])
    return named, missing


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    files, _, cases = (root / "docs/kernel-files.md").read_text().partition(
        "## 2. Edge cases")
    t = Tap()

    table = [row for row in rows(files) if re.match(r"`[^`]+`$", row[0])]
    t.same([row[0].strip("`") for row in table], literals(root),
           "the files of the table are the files of the source")
    for row in table:
        readers = re.findall(r"`(lib/[^`]+)`", row[1])
        t.ok(len(row) == 5 and all(row) and readers and
             all((root / reader).exists() for reader in readers),
             f"{row[0]}: five cells, and who reads it", row)

    frozen = collections.defaultdict(set)
    machines = {path.parent.name for path in
                (root / "tests/fixtures").glob("*/about")}
    for machine in machines:
        first = (root / "tests/fixtures" / machine / "about").open().readline()
        for number in re.findall(r"\d+", first):
            frozen[int(number)].add(machine)
    t.ok(machines, "there are frozen machines")

    seen: Counter[int] = collections.Counter()
    named: set[str] = set()
    for row in rows(cases):
        if not row[0].isdigit():
            continue
        number = int(row[0])
        seen[number] += 1
        machines_of, rest = re.findall(r"^((?:`[a-z0-9-]+`(?:, )?)*)(.*)",
                                       row[2] if row[2:] else "")[0]
        fixtures = set(re.findall(r"`([^`]+)`", machines_of))
        named |= fixtures
        t.ok(len(row) == 3 and row[1], f"case {number}: what it is", row)
        t.ok(fixtures <= machines, f"case {number}: its machines exist",
             *(fixtures - machines))
        t.ok(fixtures == frozen[number], f"case {number}: the machines that name it",
             f"missing here: {' '.join(sorted(frozen[number] - fixtures)) or '-'}",
             f"do not name it: {' '.join(sorted(fixtures - frozen[number])) or '-'}")
        tests, missing = tests_of(root, rest)
        t.ok(not missing, f"case {number}: its tests exist", *missing)
        t.ok(fixtures or tests or rest.startswith(EXCUSES),
             f"case {number}: what holds it")
    t.ok(all(seen[n] == 1 for n in range(1, LAST + 1)),
         f"each of 1 to {LAST} once",
         *(n for n in range(1, LAST + 1) if seen[n] != 1))
    t.ok(not [n for n in frozen if frozen[n] and not seen[n]],
         "each number of a machine is a row",
         *(n for n in frozen if frozen[n] and not seen[n]))
    t.same(named, machines, "each machine is named")
    t.finish()


main()
