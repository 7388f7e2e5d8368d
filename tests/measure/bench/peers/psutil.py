# SPDX-License-Identifier: MIT
"""What psutil's call costs, timed inside Python: a line of JSON."""
import json
import sys
import time

# Not this file.
sys.path.pop(0)
import psutil  # noqa: E402

BATCH = 300000


def batch(calls: int) -> int:
    begin = time.perf_counter_ns()
    for _ in range(calls):
        psutil.virtual_memory()  # type: ignore[attr-defined]  # it is not this file
    return time.perf_counter_ns() - begin


rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
calls = 1
while batch(calls) < BATCH:
    calls *= 2
each = sorted(batch(calls) / calls for _ in range(rounds))
print(json.dumps({"section": "peers", "row": "psutil virtual_memory",
                  "unit": "ns", "min": each[0], "median": each[rounds // 2],
                  "batches": rounds, "calls": calls}))
