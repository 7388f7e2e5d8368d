#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fixtures.py DIRECTORY LATELY: the model must give the answer that was written
by hand for each frozen machine, and a pass that takes what seldom changes from
the one before it must give the same (lately.c).  Speaks TAP."""
import difflib
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             '../support'))

import check
import model
import tap


def main() -> None:
    directory = sys.argv[1]
    lately = check.Library(sys.argv[2])
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
        complaints = [line for _ in range(check.TURNS)
                      for line in lately.ask(os.fsencode(sysroot)).split(b'\n')
                      if line.startswith(b'lately: ')]
        t.ok(not complaints, case + ', asked again', *complaints)
    # Fewer means that they were not found.
    t.ok(len(cases) >= 90, 'enough cases')
    t.finish()


main()
