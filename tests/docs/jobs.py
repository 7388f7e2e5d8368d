#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""jobs.py ROOT: what the table of docs/jobs.md tells to type is in one of its blocks,
which blocks.py runs, and each job has a thread that asked for it."""
import pathlib
import re
import sys

from source import fences
from tap import Tap

THREAD = r"[\w.-]+/[\w.-]+#\d+"


def main() -> None:
    page = pathlib.Path(sys.argv[1]) / "docs/jobs.md"
    t = Tap()
    asked = [line.removeprefix("$ ") for _, text in fences(page)
             for line in text.splitlines() if line.startswith("$ ")]
    tried = [re.split(r" (?:\|\|?|&&) ", re.sub(r" --sysroot \S+", "", line))[0] + " "
             for line in asked]
    table = page.read_text().partition("\n|---|---|---|\n")[2].partition("\n\n")[0]
    t.ok(table, "there are jobs")
    for line in table.splitlines():
        job, typed, threads = line.strip("| ").split(" | ")
        t.ok(any(one.startswith(typed.strip("`") + " ") for one in tried),
             f"{job}: {typed} is tried", *tried)
        t.ok(re.fullmatch(rf"{THREAD}(, {THREAD})*", threads), f"{job}: who asked",
             threads)
    t.finish()


main()
