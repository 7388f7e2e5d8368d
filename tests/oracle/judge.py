#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""judge.py [--table TABLE.md] RESULTS.json...: TAP on standard output.

One test for each situation on each kernel: is the promise within its bar?
Also writes the table of all that was measured, in Markdown.
"""
import argparse
import sys

import bars

ENDINGS = {
    "killed": "killed",
    "enomem": "ENOMEM",
    "throttled": "throttled",
    "limit-of-test": "not stopped",
}


def mib(value):
    return "–" if value is None else f"{value / bars.MIB:.1f}"


def number(record, value):
    """A peer's answer: bold where it promises more than our bar allows."""
    if value is None:
        return "–"
    over, _ = bars.allowed(record)
    text = f"{value / bars.MIB:.1f}"
    return f"**{text}**" if value - record["truth"] > over else text


def row(record, peers):
    said = bars.answers(record)
    error = "–"
    if said["ours"] is not None:
        error = f"{(said['ours'] - record['truth']) / bars.MIB:+.1f}"
    if bars.verdict(record):
        error = f"**{error}**"
    cells = [record["situation"], record["world"], record["by"],
             ENDINGS[record["ended"]], mib(record["truth"]), mib(said["ours"]),
             error]
    cells += [number(record, said[key]) for key, _ in peers]
    return cells


def shown(records):
    """The peers' columns.  Debian's libuv has no uv_get_available_memory."""
    return [(key, name) for key, name in bars.LIBRARIES[1:]
            if key != "libuv_available" or
            any(r["peers"][key] is not None for r in records)]


def worst(records):
    """One record for each situation and kernel: the largest error of all."""
    table = {}
    for record in records:
        key = record["situation"], record["world"]
        old = table.get(key)
        if old is None or abs(error_of(record)) > abs(error_of(old)):
            table[key] = record
    return list(table.values())


def error_of(record):
    return (bars.answers(record)["ours"] or 0) - record["truth"]


def write_table(path, records):
    peers = shown(records)
    heads = ["situation", "kernel", "bound by", "ended", "truth", "ours",
             "error"] + [name for _, name in peers]
    with open(path, "w", encoding="utf-8") as file:
        file.write("| " + " | ".join(heads) + " |\n")
        file.write("|---" * 4 + "|---:" * (len(heads) - 4) + "|\n")
        for record in worst(records):
            file.write("| " + " | ".join(row(record, peers)) + " |\n")


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table")
    parser.add_argument("results", nargs="+")
    arguments = parser.parse_args()
    records = bars.load(arguments.results)
    if arguments.table:
        write_table(arguments.table, [r for r in records if bars.measured(r)])
    return 0 if tap(records) else 1


sys.exit(main())
