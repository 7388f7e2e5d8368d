#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fixtures.py DIRECTORY: the model must give the answer that was written by
hand for each frozen machine.  Speaks TAP."""
import difflib
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             '../support'))

import model
import tap


def main():
    directory = sys.argv[1]
    cases = sorted(case for case in os.listdir(directory)
                   if os.path.exists(os.path.join(directory, case, 'about')))
    t = tap.Tap()
    for case in cases:
        sysroot = os.path.join(directory, case)
        with open(os.path.join(sysroot, 'expect'), 'rb') as file:
            expect = file.read()
        got = model.answer(model.load(sysroot))
        t.ok(got == expect, case, *difflib.unified_diff(
            expect.decode('latin-1').split('\n'),
            got.decode('latin-1').split('\n'),
            'expect', 'model', lineterm=''))
    # Fewer means that they were not found.
    t.ok(len(cases) >= 90, 'enough cases')
    t.finish()


main()
