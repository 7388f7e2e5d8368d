# SPDX-License-Identifier: MIT
"""What was promised against what was got, and how far apart they may be."""
from typing import Any, Optional

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


def measured(record: dict[str, Any]) -> bool:
    return "truth" in record


def answers(record: dict[str, Any]) -> dict[str, Optional[int]]:
    """Library to bytes or None.  With swap, the promise and the truth are of
    memory and swap; the others know of no swap, but for their own."""
    promised = record["available"]
    if promised is not None and record["bar"] in ("swap", "sum"):
        promised += record["swap_available"] or 0
    return {"ours": promised, **record["peers"]}


def allowed(record: dict[str, Any]) -> tuple[int, Optional[int]]:
    """(over, under) in bytes; None: any."""
    limit, truth = record["by_limit"], record["truth"]
    bar = record["bar"]
    if bar in ("host", "live", "bare"):
        return max(limit * 2 // 100, 8 * MIB), limit * 5 // 100
    if bar == "swap":
        return truth * 3 // 100, None
    over, under = max(limit * 2 // 100, 4 * MIB), max(limit * 4 // 100, 6 * MIB)
    # cgroup v1 does not say how much slab can be reclaimed.
    if bar == "slab" and record["cgroup"] == 1:
        under = None
    return over, under


def within(record: dict[str, Any], promised: int) -> bool:
    """Whether a promise, of whomever, is within the bar."""
    over, under = allowed(record)
    error = promised - record["truth"]
    return error <= over and (under is None or -error <= under)


# What the documentation says that nobody can know: no flag has to say so.
DOCUMENTED = "documented"


def doubt(record: dict[str, Any]) -> tuple[Optional[str], int, int]:
    """What could not be known when asked: the flag that has to say so, or
    DOCUMENTED, and by how much the promise may be over and under for it."""
    bar, cgroup = record["bar"], record["cgroup"]
    if bar == "swap":
        return "swap-estimated", record["swap_available"] or 0, 0
    if bar == "slab" and cgroup == 2:
        return "estimated", record["by_reclaimable"] or 0, 0
    # v2 cannot see above its namespace.
    if bar == "flag" and cgroup == 2:
        return "hidden-ancestors", record["available"], 0
    if bar == "cache":
        return DOCUMENTED, record["by_reclaimable"] or 0, 0
    if bar == "text":
        return "estimated", record["by_reclaimable"] or 0, 0
    # All the cache of a machine.
    if bar == "live":
        return "estimated", record["available"], 0
    # Of CMA, what is left over when page tables find no room.
    if bar == "host" and record["cma"]:
        return DOCUMENTED, 0, record["cma"]
    # What kswapd gives back last stays with the CPU that it runs on, one of many.
    if bar == "host" and record["cpus"] > 2:
        return DOCUMENTED, record["by_limit"] // 32, 0
    # What is on the lists of the CPUs: an eighth of a machine, at most.
    if bar == "bare":
        return DOCUMENTED, record["by_limit"] // 8, record["by_limit"] // 8
    if bar == "huge":
        return DOCUMENTED, 0, record["by_used"] or 0
    # Each page takes another.
    if bar == "tables":
        return DOCUMENTED, record["available"] // 2, 0
    return None, 0, 0


def excuse(record: dict[str, Any]) -> tuple[Optional[str], int, int]:
    """The same, where it is so: (None, 0, 0) without its flag."""
    mark, over, under = doubt(record)
    if mark == DOCUMENTED or mark in record["flags"]:
        return mark, over, under
    return None, 0, 0


def verdict(record: dict[str, Any]) -> Optional[str]:
    """None if the bar is met, or what is beyond it was excused; else why not."""
    if "failed" in record:
        return str(record["failed"])
    promised = answers(record)["ours"]
    if promised is None:
        return "nothing was promised"
    if record["ended"] == "limit-of-test":
        return "the kernel did not stop it"
    over, under = allowed(record)
    error = promised - record["truth"]
    mark, more_over, more_under = excuse(record)
    if error > over + more_over:
        return f"over by {error / MIB:.1f} MiB, {over / MIB:.1f} are allowed" \
            + (f", and {more_over / MIB:.1f} more with {mark}" if mark else "")
    if under is not None and -error > under + more_under:
        return f"under by {-error / MIB:.1f} MiB, {under / MIB:.1f} are allowed"
    # Huge pages that are set aside are no memory for us.
    if record["limit"] > record["ram"] - record["pool"]:
        return "the limit counts the pool of huge pages, " \
            f"{record['pool'] / MIB:.1f} MiB"
    # A context that was opened earlier says the same; but the machine's
    # numbers move by themselves.
    apart = abs(record["available"] - record["available_of_context"])
    if apart > over and record["by"] not in ("host", "numa"):
        return f"a context says otherwise, by {apart / MIB:.1f} MiB"
    return None
