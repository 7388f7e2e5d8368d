# SPDX-License-Identifier: MIT
"""TAP for the checks of the documentation.  No result at all is a failure."""
import sys


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, name, *why):
        self.count += 1
        self.failed += not good
        print("ok" if good else "not ok", self.count, "-", name)
        for line in [] if good else why:
            print("#", str(line).replace("\n", "\n# "))
        return bool(good)

    def same(self, found, expected, name):
        found, expected = set(found), set(expected)
        return self.ok(found == expected and expected, name,
                       f"missing: {' '.join(sorted(expected - found)) or '-'}",
                       f"too many: {' '.join(sorted(found - expected)) or '-'}")

    def finish(self):
        print(f"1..{self.count}")
        sys.exit(self.failed > 0 or self.count == 0)
