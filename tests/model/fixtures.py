#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fixtures.py DIRECTORY: the model must give the answer that was written by
hand for each frozen machine.  Speaks TAP."""
import difflib
import os
import sys

import model


def main():
    directory = sys.argv[1]
    cases = sorted(case for case in os.listdir(directory)
                   if os.path.exists(os.path.join(directory, case, 'about')))
    print('1..%d' % (len(cases) + 1))
    bad = 0
    for number, case in enumerate(cases, 1):
        sysroot = os.path.join(directory, case)
        with open(os.path.join(sysroot, 'expect'), 'rb') as file:
            expect = file.read()
        got = model.answer(model.load(sysroot))
        print('%sok %d - %s' % ('' if got == expect else 'not ', number, case))
        if got != expect:
            bad += 1
            for line in difflib.unified_diff(
                    expect.decode('latin-1').split('\n'),
                    got.decode('latin-1').split('\n'),
                    'expect', 'model', lineterm=''):
                print('# ' + line)
    # Fewer means that they were not found.
    enough = len(cases) >= 90
    print('%sok %d - enough cases' % ('' if enough else 'not ', len(cases) + 1))
    return bool(bad or not enough)


if __name__ == '__main__':
    sys.exit(main())
