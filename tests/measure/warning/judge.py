#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""judge.py RESULTS.json...: TAP on standard output, and the tables behind it.

One test for each scene in each world: was every run as promised?
"""
import sys

import bars
import table


def tap(records):
    failures = judged = 0
    missing = set()
    for (scene, world), runs in bars.groups(records).items():
        name = f"{scene} on {world}"
        # What this world has not got is no test that was left out: another
        # has it.
        if "skipped" in runs[0]:
            missing.add(runs[0]["skipped"])
            print(f"# not played: {name}: {runs[0]['skipped']}")
            continue
        judged += 1
        whys = [why for why in map(bars.verdict, runs) if why]
        print(f"{'not ok' if whys else 'ok'} {judged} - {name}, "
              f"{len(runs)} runs")
        for why in whys:
            print(f"# {why}")
        failures += bool(whys)
    if judged == 0 and missing:
        print(f"1..0 # SKIP {', '.join(sorted(missing))}")
        return True
    print(f"1..{judged}")
    if judged == 0:
        print("# nothing was measured")
    return failures == 0 and judged > 0


def main():
    records = bars.load(sys.argv[1:])
    passed = tap(records)
    for line in table.ramps(records) + table.others(records):
        print("# " + line)
    return 0 if passed else 1


sys.exit(main())
