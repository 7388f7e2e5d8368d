#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""judge.py RESULTS.json...: TAP on standard output, and the table behind it.

One test for each situation on each kernel: is the promise within its bar?
"""
import sys

import bars
import table


def tap(records):
    failures = judged = 0
    for record in records:
        name = f"{record['situation']} on {record['world']}"
        # What this kernel has not got is no test that was left out: another
        # world has it.
        if "skipped" in record:
            print(f"# not asked: {name}: {record['skipped']}")
            continue
        judged += 1
        why = bars.verdict(record)
        print(f"{'not ok' if why else 'ok'} {judged} - {name}")
        if why:
            failures += 1
            print(f"# {why}")
    print(f"1..{judged}")
    if judged == 0:
        print("# nothing was measured")
    return failures == 0 and judged > 0


def main():
    records = bars.load(sys.argv[1:])
    passed = tap(records)
    for line in table.lines(records):
        print("# " + line)
    return 0 if passed else 1


sys.exit(main())
