# SPDX-License-Identifier: MIT
"""What was to be reached, against the table."""
from typing import Any, Callable, Iterator

Key = tuple[str, ...]
Value = Callable[[Key], Any]
Computed = Callable[[Value], Any]

PPID: Key = ("kernel", "getppid")
COARSE: Key = ("kernel", "clock_gettime MONOTONIC_COARSE")
LIMIT: Key = ("fresh", "mym_limit")
WARM: list[Key] = [("warm", name) for name in
        ("mym_limit", "mym_available", "mym_pressure", "mym_workers")]
UV: Key = ("peers", "libuv uv_get_constrained_memory")
MANY = "10000 mounts, "


def ratio(tops: list[tuple[str, ...]], bottom: tuple[str, ...]) -> Computed:
    """The worst of a few rows, against one."""
    return lambda value: max(map(value, tops)) / value(bottom)


def difference(section: str, top: str, bottom: str) -> Computed:
    return lambda value: value((section, top)) - value((section, bottom))


def one_trigger(value: Value) -> Any:
    return value(("watch", "floor: close of one PSI trigger")) / 1e6


V2 = "6.12-v2"
SNAPSHOT = "mym_snapshot MYM_WANT_ALL"
MEAN = "mym_snapshot MYM_WANT_AVAILABLE, mean of all calls"
RAW = "raw preads: all files of MYM_WANT_ALL"


def emulated(section: str, row: str, other_section: str, other_row: str) -> Computed:
    """Of two rows on v2, which is emulated."""
    return ratio([(V2, section, row)], (V2, other_section, other_row))


# what; must; aim; the unit; whether more is better; how it is computed.  What
# must be reached may itself be computed.
GOALS = [
    ("warm simple call (the most expensive of the four), against getppid",
     0.12, 0.075, "", False, ratio(WARM, PPID)),
    ("warm simple call, against one CLOCK_MONOTONIC_COARSE read",
     1.4, 1.1, "", False, ratio(WARM, COARSE)),
    ("warm, 4 threads against 1 (per call)", 1.05, 1.00, "", False,
     ratio([("threads", "mym_limit, warm, 4 threads")],
           ("threads", "mym_limit, warm, 1 thread"))),
    ("fresh limit, depth 1, against getppid", 6, 2.2, "", False,
     ratio([LIMIT], PPID)),
    ("fresh limit, between whole passes, depth 64 against depth 1", 40, 1.3, "", False,
     ratio([("depth 64", "mym_limit, fresh")], LIMIT)),
    ("fresh available, depth 1, under the group's limit, against raw preads of "
     "usage, limit and stat", 1.5, 1.1, "", False,
     ratio([("fresh", "mym_available")], ("raw preads", "usage, limit, stat"))),
    ("`mym_snapshot(MYM_WANT_ALL)`, depth 1, against raw preads of the files it "
     "needs", 1.4, 1.1, "", False,
     ratio([("mym_snapshot", "MYM_WANT_ALL")],
           ("raw preads", "all files of MYM_WANT_ALL"))),
    ("`mym_limit()` once after the limit was written, with an age of 0", 500, 100,
     " µs", False,
     lambda value: value(("fresh", "mym_limit, once after the limit was written"))
     / 1000),
    ("fresh available, 32 threads against 1 (processor time per call)", 3, 2, "",
     False, ratio([("threads", "mym_available, fresh, 32 threads")],
                  ("threads", "mym_available, fresh, 1 thread"))),
    ("fresh available, depth 16 with a limit at the top, against depth 1", 1.2, 1.0,
     "", False, ratio([("depth 16", "mym_available, fresh")],
                      ("fresh", "mym_available"))),
    ("`mym_snapshot(MYM_WANT_ALL)` at depth 16, against raw preads", 1.5, 1.3, "",
     False, ratio([("depth 16", "mym_snapshot MYM_WANT_ALL")],
                  ("depth 16", "raw preads: all files of MYM_WANT_ALL"))),
    ("the same at depth 64", 2, 1.5, "",
     False, ratio([("depth 64", "mym_snapshot MYM_WANT_ALL")],
                  ("depth 64", "raw preads: all files of MYM_WANT_ALL"))),
    ("v2, emulated: `mym_snapshot(MYM_WANT_ALL)` against raw preads, depth 1", 1.4,
     1.25, "", False, emulated("mym_snapshot", "MYM_WANT_ALL",
                               "raw preads", "all files of MYM_WANT_ALL")),
    ("the same at depth 16", 1.5, 1.3, "", False,
     emulated("depth 16", SNAPSHOT, "depth 16", RAW)),
    ("the same at depth 64", 2, 1.5, "", False,
     emulated("depth 64", SNAPSHOT, "depth 64", RAW)),
    ("v2, emulated: the mean of snapshots of what is available, one after the "
     "other, 1000 groups below a limit against 1", 1.5, 1.2, "", False,
     emulated("1000 groups below a limit", MEAN, "1 group below a limit", MEAN)),
    ("twenty callers, each five times a second: a limit and what is available "
     "(the more expensive of the two), against libuv 1.52's system calls", 0.6, 0.4,
     "", False,
     ratio([("sparse callers", "mym_limit"), ("sparse callers", "mym_available")],
           ("sparse callers", "libuv 1.52's system calls, emulated"))),
    ("constrained_memory of Debian's libuv, against a fresh `mym_limit`", 4, 12, "",
     True, ratio([UV], LIMIT)),
    ("the same against a warm `mym_limit`", 250, 300, "", True,
     ratio([UV], WARM[0])),
    ("discovery and first answer, 10 000 mounts against 50, statmount kernel",
     1.5, 1.1, "", False,
     ratio([(MANY + "statmount", "mym_open, limit")],
           ("50 mounts, statmount", "mym_open, limit"))),
    ("the same by the library's own reader of mountinfo, 10 000 mounts, against "
     "a raw read of it", 1.2, 1.03, "", False,
     ratio([(MANY + "own reader", "mym_open, limit")],
           (MANY + "own reader", "raw read of mountinfo"))),
    ("the same by libmount", 1.2, 1.03, "", False,
     ratio([(MANY + "libmount", "mym_open, limit")],
           (MANY + "libmount", "raw read of mountinfo"))),
    ("`mym_open`, the limit and `mym_close`, against the raw system calls that they "
     "need", 1.7, 1.4, "", False,
     ratio([("first answer", "mym_open, MYM_WANT_LIMIT, mym_close")],
           ("first answer", "raw: each file opened, read and closed"))),
    ("an idle watch's look, against a read of usage and setting a timer", 4, 2, "",
     False, ratio([("watch", "mym_watch_next, an idle look")],
                  ("watch", "floor: pread of usage, timerfd_settime"))),
    ("a thousand idle watches, in groups of 64 MiB", 0.1, 0.04, " CPUs", False,
     lambda value: value(("idle", "mym_watch_next, a thousand watches"))),
    ("`mym_watch_close`, at most the close of one PSI trigger", one_trigger, 1, " ms",
     False, lambda value: value(("watch", "mym_watch_close")) / 1e6),
    ("exit with a watch open, at most the same", one_trigger, 1, " ms", False,
     lambda value: value(("watch", "exit with one watch open")) / 1e6),
    ("start-up over a program with an empty library", 20, 10, " µs", False,
     difference("start-up", "with libmymem", "with an empty library")),
    ("static mymem-free, from start to end, against busybox's `free`", 1.1, 1.0, "",
     False, ratio([("start-up", "mymem-free, static")],
                  ("start-up", "busybox free"))),
    ("RSS over a plain C program", 200, 100, " KiB", False,
     difference("memory", "with libmymem", "a C program")),
    ("DT_NEEDED", "libc.so.6", "libc.so.6", "", False,
     lambda value: value(("needed", "DT_NEEDED of libmymem"))),
]


def verdict(measured: Any, must: Any, aim: Any, more: bool) -> str:
    if isinstance(measured, str):
        return "aim" if measured == aim else "**missed**"
    if more:
        measured, must, aim = -measured, -must, -aim
    return "aim" if measured <= aim else "must" if measured <= must \
        else "**missed**"


def show(value: Any, unit: str) -> str:
    if isinstance(value, str):
        return value
    text = f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
    return text + unit


def judge(rows: dict[tuple[str, ...], dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """(what, must, aim, measured, verdict) of each goal, as text."""
    def value(key: tuple[str, ...]) -> Any:
        return rows[key]["median"]

    for what, must, aim, unit, more, compute in GOALS:
        try:
            measured = compute(value)
            must = must(value) if callable(must) else must
        except KeyError:
            measured = None
        sign = "" if isinstance(must, str) else "≥ " if more else "≤ "
        yield (what, "–" if callable(must) else sign + show(must, unit),
               sign + show(aim, unit),
               "–" if measured is None else show(measured, unit),
               "not measured" if measured is None
               else verdict(measured, must, aim, more))


def lines(rows: dict[tuple[str, ...], dict[str, Any]]) -> list[str]:
    judged = list(judge(rows))
    missed = sum("missed" in goal[-1] for goal in judged)
    return [f"{missed} of {len(judged)} are missed." if missed else
            "None is missed.", "",
            "| what | must | aim | measured | reached |",
            "|---|---:|---:|---:|---|"] + \
           ["| " + " | ".join(goal) + " |" for goal in judged]
