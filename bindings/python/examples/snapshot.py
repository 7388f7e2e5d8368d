# SPDX-License-Identifier: MIT
"""Which rule binds, and where was it found?

    python3 snapshot.py [SYSROOT]
"""
import sys
from typing import Optional

import mymem


def text(told: mymem.Constraint, value: Optional[int],
         fact: mymem.Want) -> str:
    if value is not None:
        return str(value)
    return "no limit" if fact in told.none else "unknown"


try:
    with mymem.Context(sys.argv[1] if len(sys.argv) > 1 else None) as context:
        snapshot = context.snapshot()
        constraints = context.constraints()
except OSError as error:
    sys.exit(f"snapshot: {error}")

for constraint in constraints:
    limit = text(constraint, constraint.limit, mymem.Want.LIMIT)
    available = text(constraint, constraint.available, mymem.Want.AVAILABLE)
    # A group's name may hold any byte; ascii() escapes what a terminal obeys.
    print(f"{constraint.kind:13} limit {limit:>20}  available {available:>20}"
          f"  {ascii(constraint.path)}")
print()
if snapshot.limit_by:
    print(f"limit      {snapshot.limit}, by {snapshot.limit_by.kind}")
if snapshot.available_by:
    print(f"available  {snapshot.available}, by {snapshot.available_by.kind}")
print(f"trust      {snapshot.flags}")
