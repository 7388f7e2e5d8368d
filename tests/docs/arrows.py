#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""arrows.py ROOT: what is included in lib/ stands below, and not above."""
import pathlib
import re
import sys
from typing import Optional

from tap import Tap

# From the ground up; what is in lib/ itself is the border and what it stands on.
FLOORS = ["base", "discover", "answer", "read",
          "context latch snapshot", "seal", "fast", "watch", "border mymem mymem-watch"]


def floor(path: pathlib.PurePath) -> Optional[int]:
    """How high a file of lib/ stands."""
    room = path.parts[0] if len(path.parts) > 1 else path.stem
    for height, names in enumerate(FLOORS):
        if room in names.split():
            return height
    return None


def main() -> None:
    lib = pathlib.Path(sys.argv[1]).resolve() / "lib"
    t = Tap()
    seen = 0
    for path in sorted(lib.rglob("*.[ch]")):
        name = path.relative_to(lib)
        wrong = []
        t.ok(floor(name) is not None, f"{name} is in a room")
        for included in re.findall(r'^#include "([^"]+)"', path.read_text(), re.M):
            if included == "mymem.h":
                continue
            target = (path.parent / included).resolve()
            seen += 1
            if not target.is_file() or lib not in target.parents:
                wrong.append(f"{included} is not there")
            elif (floor(target.relative_to(lib)) or 0) > (floor(name) or 0):
                wrong.append(included)
        t.ok(not wrong, f"{name} includes nothing of the floors above it", wrong)
    t.ok(seen > 200, "includes were seen", seen)
    t.finish()


if __name__ == "__main__":
    main()
