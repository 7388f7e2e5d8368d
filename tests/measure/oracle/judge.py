#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""judge.py RESULTS.json...: TAP on standard output, and the table behind it.

One test for each situation on each kernel: is the promise within its bar?
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
    for record in records:
        name = f"{record['situation']} on {record['world']}"
        # What this kernel has not got is no test that was left out: another
        # world has it.
        if "skipped" in record:
            t.note(f"not asked: {name}: {record['skipped']}")
            continue
        why = bars.verdict(record)
        t.ok(not why, name, why)
    t.note(*table.lines(records))
    t.finish()


main()
