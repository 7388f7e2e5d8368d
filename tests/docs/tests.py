#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests.py ROOT BUILD: tests/README.md knows every folder of tests/, a test for
each source file of the library, and every test of this build.  No test sends a
signal to more than one process."""
import json
import pathlib
import re
import sys
from typing import Iterator

from tap import Tap


def table(text: str, heading: str) -> list[list[str]]:
    """The rows of the table below a heading, as cells."""
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines()
            if line.startswith("| ")]
    return [[cell.strip().replace("\\*", "*") for cell in row]
            for row in rows[1:]]


def folders(tests: pathlib.Path) -> Iterator[str]:
    """The folders of tests/, and the parts of tests/measure instead of it."""
    for path in tests.iterdir():
        if path.name == "measure":
            yield from (f"measure/{part.name}" for part in path.iterdir()
                        if (part / "meson.build").exists())
        elif path.is_dir() and any(file.is_file() and file.suffix != ".pyc"
                                   for file in path.rglob("*")):
            yield path.name


# What may reach all processes where a process id is -1 or 0.
SIGNALS = (r"\b(kill|killpg|tkill|tgkill|sigqueue|pidfd_send_signal)\s*\("
           r"|\bSYS_(kill|tkill|tgkill|pidfd_send_signal)\b")
SHELL = r"\b(pkill|killall)\b|\bkill\b[^#\n]*\s(--|0|-1)(\s|$)"


def signals(t: Tap, tests: pathlib.Path) -> None:
    """C sends them by kill.h alone, a shell names processes, and Python uses
    subprocess, or the kernel's list of its children (mutants/run)."""
    sent = 0
    for path in tests.rglob("*"):
        if not path.is_file() or path.suffix == ".pyc":
            continue
        text = path.read_bytes().decode(errors="replace")
        if path.suffix in (".c", ".h"):
            code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
            sent += len(re.findall(r"\bkill_one\(", code))
            found = path.name != "kill.h" and re.search(SIGNALS, code)
        elif text.startswith("#!/bin/sh"):
            found = re.search(SHELL, re.sub(r"(?m)^\s*#.*", "", text))
        elif text.startswith("#!") and "python" in text.splitlines()[0]:
            found = path.parent.name != "mutants" and \
                re.search(r"\bos\.kill(pg)?\(", text)
        else:
            continue
        if found:
            t.ok(False, f"{path.relative_to(tests)}: kill_one() instead", found[0])
    t.ok(sent > 8, "signals are sent to one process each", sent)


def main() -> None:
    root, build = map(pathlib.Path, sys.argv[1:])
    tests = root / "tests"
    text = (tests / "README.md").read_text()
    t = Tap()
    told = [re.findall(r"^[\w/-]+", target)[0].removesuffix("/README")
            for row in table(text, "The folders")
            for target in re.findall(r"\]\(([^)]+)\)", row[0])]
    t.same(told, folders(tests), "the folders")

    files = {row[0]: row[1].split(", ")
             for row in table(text, "Which test is for which file")}
    lib = root / "lib"
    t.same(files, (str(path.relative_to(lib)) for path in lib.rglob("*.c")),
           "the files of lib/")
    for name, named in files.items():
        t.ok(all(any(tests.glob(test)) for test in named), f"lib/{name}: its tests",
             *named)

    names = re.findall(r"`([^`]+)`", "".join(
        row[0] for row in table(text, "Where each test of `meson test` is")))
    known = "|".join(re.escape(name).replace("WORLD", r"[\w.+-]+") for name in names)
    intro = json.loads((build / "meson-info/intro-tests.json").read_text())
    built = [test["name"] for test in intro
             if any(suite.split(":")[0] == "libmymem" for suite in test["suite"])]
    t.ok(built, "there are tests")
    for name in built:
        t.ok(re.fullmatch(known, name), f"{name} is told")
    signals(t, tests)
    t.finish()


main()
