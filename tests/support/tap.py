# SPDX-License-Identifier: MIT
"""TAP.  No result at all is a failure."""
import sys
from typing import Iterable, NoReturn


class Tap:
    def __init__(self) -> None:
        self.count = self.failed = 0

    def ok(self, good: object, name: str, *why: object) -> bool:
        self.count += 1
        self.failed += not good
        print("ok" if good else "not ok", self.count, "-", name)
        if not good:
            self.note(*why)
        return bool(good)

    def same(self, found: Iterable[object], expected: Iterable[object],
             name: str) -> bool:
        found, expected = set(found), set(expected)
        missing, more = map(str, expected - found), map(str, found - expected)
        return self.ok(found == expected and expected, name,
                       f"missing: {' '.join(sorted(missing)) or '-'}",
                       f"too many: {' '.join(sorted(more)) or '-'}")

    @staticmethod
    def note(*lines: object) -> None:
        for line in lines:
            print("#", str(line).replace("\n", "\n# "))

    def skip(self, name: str, why: str) -> None:
        self.count += 1
        print("ok", self.count, "-", name, "# SKIP", why)

    @staticmethod
    def skip_all(why: str) -> NoReturn:
        print("1..0 # SKIP", why)
        sys.exit()

    def finish(self) -> NoReturn:
        print(f"1..{self.count}")
        if self.count == 0:
            self.note("nothing was tested")
        sys.exit(self.failed > 0 or self.count == 0)
