# SPDX-License-Identifier: MIT
"""Which rule is the tightest, and where was it found?

    python3 snapshot.py [SYSROOT]
"""
import signal
import sys
from typing import Optional, Union

import mymem

Facts = Union[mymem.Snapshot, mymem.Constraint]


def text(told: Facts, value: Optional[int], fact: mymem.Want) -> str:
    if value is not None:
        return str(value)
    return "no limit" if fact in told.none else "unknown"


def by(constraint: Optional[mymem.Constraint]) -> str:
    return "" if constraint is None else f", by {constraint.kind}"


# The reader of the output may stop early, as head(1) does.
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
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
limit = text(snapshot, snapshot.limit, mymem.Want.LIMIT)
available = text(snapshot, snapshot.available, mymem.Want.AVAILABLE)
print(f"limit      {limit}{by(snapshot.limit_by)}")
print(f"available  {available}{by(snapshot.available_by)}")
print(f"trust      {snapshot.flags}")
