# SPDX-License-Identifier: MIT
"""TAP.  No result at all is a failure."""
import sys


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, name, *why):
        self.count += 1
        self.failed += not good
        print("ok" if good else "not ok", self.count, "-", name)
        if not good:
            self.note(*why)
        return bool(good)

    def same(self, found, expected, name):
        found, expected = set(found), set(expected)
        return self.ok(found == expected and expected, name,
                       f"missing: {' '.join(sorted(expected - found)) or '-'}",
                       f"too many: {' '.join(sorted(found - expected)) or '-'}")

    @staticmethod
    def note(*lines):
        for line in lines:
            print("#", str(line).replace("\n", "\n# "))

    def skip(self, name, why):
        self.count += 1
        print("ok", self.count, "-", name, "# SKIP", why)

    @staticmethod
    def skip_all(why):
        print("1..0 # SKIP", why)
        sys.exit()

    def finish(self):
        print(f"1..{self.count}")
        if self.count == 0:
            self.note("nothing was tested")
        sys.exit(self.failed > 0 or self.count == 0)
