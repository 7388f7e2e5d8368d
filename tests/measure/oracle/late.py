#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""late.py RECORDS [AGAIN]: what a slow disk may have spoiled, or RECORDS with those
of AGAIN in the place of their situation.

What is dirty has to be written before the kernel can take it back.  An emulator's
disk may be so slow that it gives up before, and kills: that says nothing of what was
promised unless it happens twice.
"""
import json
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(TESTS / "support"), str(TESTS / "measure")]

import bars
import results

BY_DISK = {"cache-dirty"}


def main(first: str, *others: str) -> None:
    records = results.load([first])
    again = {record["situation"]: record for record in results.load(others)}
    for record in records:
        name = record["situation"]
        if others:
            print(json.dumps(again.get(name, record)))
        elif name in BY_DISK and "skipped" not in record and bars.verdict(record):
            print(name)


main(*sys.argv[1:])
