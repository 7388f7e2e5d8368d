#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""judge.py RESULTS.json...: TAP on standard output, and the tables behind it.

One test for each situation in each world: was every run as promised?
"""
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(TESTS / "support"), str(TESTS / "measure")]

import bars
import results
import table
from tap import Tap


def main() -> None:
    t = Tap()
    records = results.load(sys.argv[1:])
    missing = set()
    for (situation, world), runs in bars.groups(records).items():
        name = f"{situation} on {world}"
        # What this world has not got is no test that was left out: another
        # has it.
        if "skipped" in runs[0]:
            missing.add(runs[0]["skipped"])
            t.note(f"not measured: {name}: {runs[0]['skipped']}")
            continue
        whys = [why for why in map(bars.verdict, runs) if why]
        t.ok(not whys, f"{name}, {len(runs)} runs", *whys)
    t.note(*table.ramps(records), *table.others(records))
    if t.count == 0 and missing:
        t.skip_all(", ".join(sorted(missing)))
    t.finish()


main()
