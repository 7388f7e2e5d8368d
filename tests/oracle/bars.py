# SPDX-License-Identifier: MIT
"""What was promised against what was got, and how far apart they may be."""
import json

MIB = 1 << 20

LIBRARIES = [
    # key, name; "ours" is mym_available()
    ("ours", "libmymem"),
    ("libuv", "libuv"),
    ("libuv_available", "libuv (available)"),
    ("limit_usage", "limit − usage"),
    ("working_set", "limit − working set"),
    ("memavailable", "MemAvailable"),
    ("sysconf", "sysconf"),
    ("node", "Node"),
    ("java", "Java"),
]


def load(paths):
    """All records, in order.  A line that is no record is an error."""
    records = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            records += [json.loads(line) for line in file if line.strip()]
    return records


def measured(record):
    return "truth" in record


def answers(record):
    """Library to bytes or None.  With swap, the promise and the truth are of
    memory and swap; the others know of no swap, but for their own."""
    promised = record["available"]
    if promised is not None and record["bar"] == "swap":
        promised += record["swap_available"] or 0
    return {"ours": promised, **record["peers"]}


def allowed(record):
    """(over, under) in bytes; None: any."""
    limit, truth = record["by_limit"], record["truth"]
    bar = record["bar"]
    if bar == "host":
        return max(limit * 2 // 100, 8 * MIB), limit * 15 // 100
    if bar == "swap":
        return truth * 3 // 100, None
    over, under = max(limit * 2 // 100, 4 * MIB), max(limit * 4 // 100, 6 * MIB)
    # cgroup v1 does not say how much slab can be reclaimed.
    if bar == "slab" and record["cgroup"] == 1:
        under = None
    return over, under


def within(record, promised):
    """Whether a promise, of whomever, is within the bar."""
    over, under = allowed(record)
    error = promised - record["truth"]
    return error <= over and (under is None or -error <= under)


def doubt(record):
    """What could not be known when asked: the flag that has to say so, and how
    much of the promise may be wrong."""
    if record["bar"] == "swap":
        return "swap-estimated", record["swap_available"]
    if record["bar"] == "slab" and record["cgroup"] == 2:
        return "estimated", record["by_reclaimable"]
    # v2 cannot see above its namespace.
    if record["bar"] == "flag" and record["cgroup"] == 2:
        return "hidden-ancestors", record["available"]
    return None, 0


def verdict(record):
    """None if the bar is met, or what is beyond it was flagged; else why not."""
    if "failed" in record:
        return record["failed"]
    promised = answers(record)["ours"]
    if promised is None:
        return "nothing was promised"
    if record["ended"] == "limit-of-test":
        return "the kernel did not stop it"
    over, under = allowed(record)
    error = promised - record["truth"]
    flag, most = doubt(record)
    if error > over + (most if flag in record["flags"] else 0):
        return f"over by {error / MIB:.1f} MiB, {over / MIB:.1f} are allowed" \
            + (f", and no more with {flag}" if flag else "")
    if under is not None and -error > under:
        return f"under by {-error / MIB:.1f} MiB, {under / MIB:.1f} are allowed"
    # A context that was opened earlier says the same; but the machine's
    # numbers move by themselves.
    apart = abs(record["available"] - record["available_of_context"])
    if apart > over and record["bar"] != "host":
        return f"a context says otherwise, by {apart / MIB:.1f} MiB"
    return None
