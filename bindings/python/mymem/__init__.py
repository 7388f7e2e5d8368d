# SPDX-License-Identifier: MIT
"""How much memory may this process use, and how much can it still get?

The machine's numbers (/proc/meminfo, psutil) are the wrong ones in a
container.  libmymem looks at the rules that can stop this process from getting
memory, as far as they can be seen, and answers with the tightest:

    >>> import mymem
    >>> mymem.limit(), mymem.available()
    (536870912, 499122176)

The functions answer in bytes.  A Context tells more: which constraint is the
tightest, where it was found, how much of it is used, and how far the numbers
can be trusted.

Three states are told apart.  A number is known; None with the fact's bit in
the member `none` is "no limit here"; None without that bit is unknown:

    >>> with mymem.Context() as context:
    ...     snapshot = context.snapshot()
    >>> snapshot.high is None and mymem.Want.HIGH in snapshot.none
    True

An error of the library is raised as an OSError with its errno; ENODATA means
that nothing at all could be found out.  mymem.h, the manual, says what each
number means.  The calls keep the GIL.
"""
from __future__ import annotations

import ctypes
import enum
import errno
import operator
import os
import threading
import weakref
from dataclasses import dataclass
from types import TracebackType
from typing import (Callable, Dict, Iterator, List, Optional, Type, TypeVar,
                    Union)

from . import _load

__all__ = [
    "Cause", "Constraint", "Context", "Event", "EventKind", "Flags", "Kind",
    "Pressure", "Scope", "Snapshot", "Source", "WANT_ALL", "Want", "Watch",
    "available", "limit", "pressure", "seal", "set_max_age", "version", "workers",
]

_i64, _u64 = ctypes.c_int64, ctypes.c_uint64
_i32, _u32 = ctypes.c_int, ctypes.c_uint


def _word(name: str) -> str:
    return name.lower().replace("_", "-")


class _Choice(enum.IntEnum):
    """Printed as a word, such as cgroup-hidden, and not as a number."""

    def __str__(self) -> str:
        return _word(self.name)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class _Bits(enum.IntFlag):
    """Printed as words, or "-".  Bits of a newer library are kept."""

    def __str__(self) -> str:
        known = [bit for bit in type(self) if bit in self]
        words = [_word(str(bit.name)) for bit in known]
        rest = int(self) & ~sum(known)
        if rest:
            words.append(hex(rest))
        return " ".join(words) or "-"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class Want(_Bits):
    """The facts: what a snapshot is asked for, and the bits of `none`."""

    LIMIT = 1 << 0
    AVAILABLE = 1 << 1
    USED = 1 << 2
    RECLAIMABLE = 1 << 3
    HIGH = 1 << 4
    SWAP_LIMIT = 1 << 5
    SWAP_AVAILABLE = 1 << 6
    HOST_TOTAL = 1 << 7
    HOST_AVAILABLE = 1 << 8
    PRESSURE = 1 << 9
    PSI_SOME = 1 << 10
    PSI_FULL = 1 << 11
    OOM_KILLS = 1 << 12
    CGROUP_VERSION = 1 << 13
    SHMEM = 1 << 14
    SWAP_USED = 1 << 15
    SWAP_HIGH = 1 << 16


WANT_ALL = (1 << 64) - 1
"""Everything that the library in use can answer, whatever its version."""


class Flags(_Bits):
    """How far the numbers can be trusted."""

    HIDDEN_ANCESTORS = 1 << 0  # groups above cannot be seen
    HEURISTIC = 1 << 1         # the process's group is not known for certain
    PARTIAL = 1 << 2           # something was unreadable: Constraint.failed
    UNVERIFIED = 1 << 3        # a cgroup file is not on a cgroup file system
    NO_CGROUP = 1 << 4         # no memory control group was found
    ESTIMATED = 1 << 5         # reclaim may get less, or MemAvailable was computed
    SWAP_ESTIMATED = 1 << 6    # swap_available is an upper bound
    VIRTUAL = 1 << 7           # /proc/meminfo is not the kernel's


class Cause(_Bits):
    """The rules that give a level of pressure."""

    HEADROOM = 1 << 0
    PSI = 1 << 1
    EVENTS = 1 << 2   # this and the next two are applied only by a watch
    GROWTH = 1 << 3
    MANAGER = 1 << 4


class Pressure(_Choice):
    """Compare with >=.  A level between these counts as the one below it."""

    NONE = 0
    LOW = 50        # drop caches that are cheap to refill
    MEDIUM = 100    # shrink pools, start nothing new
    CRITICAL = 255  # shed load: a kill may be next

    @classmethod
    def _missing_(cls, value: object) -> Optional[Pressure]:
        below = [level for level in cls
                 if isinstance(value, int) and level.value <= value]
        return max(below, default=None)


class Kind(_Choice):
    """What sort of rule a constraint is."""

    UNKNOWN = 0        # a kind that the library knows and this module does not
    HOST = 1           # the machine's RAM
    CGROUP = 2         # one visible control group
    CGROUP_HIDDEN = 3  # v1: a limit above the visible groups
    RLIMIT_AS = 4
    RLIMIT_DATA = 5
    COMMIT = 6         # overcommit mode 2
    NUMA = 7           # the allowed NUMA nodes
    CGROUP_MEMSW = 8   # v1: memory and swap of a visible group, together
    RLIMIT_MEMLOCK = 9  # where every new mapping is locked
    ADDRESS_SPACE = 10  # what a 32-bit process can map

    @classmethod
    def _missing_(cls, value: object) -> Optional[Kind]:
        return cls.UNKNOWN if isinstance(value, int) else None


class Scope(_Choice):
    """Whose PSI, or whose shortage, it is."""

    CGROUP = 1   # that of the process's group
    HOST = 2     # that of the machine
    ABOVE = 3    # that of a limited group above the process's
    PROCESS = 4  # that of this process alone: an rlimit


class Source(_Bits):
    """What a watch can read, and what wakes it up."""

    HEADROOM = 1 << 0       # can be read: limit and available
    PSI = 1 << 1            # can be read: PSI
    EVENTS = 1 << 2         # can be read: the kernel's counters
    GROUP_TRIGGER = 1 << 3  # wakes it up: stalls of the group
    HOST_TRIGGER = 1 << 4   # wakes it up: stalls of the machine
    EVENT_WAKES = 1 << 5    # wakes it up: counters that change
    LIMIT_WRITES = 1 << 6   # wakes it up: writes to limit files
    MANAGER = 1 << 7        # wakes it up: the service manager


class EventKind(_Choice):
    """What a watch reports."""

    UNKNOWN = 0  # a kind that the library knows and this module does not
    PRESSURE = 1
    LIMIT_CHANGED = 2
    OOM_KILL = 3
    MOVED = 4
    DEGRADED = 5

    @classmethod
    def _missing_(cls, value: object) -> Optional[EventKind]:
        return cls.UNKNOWN if isinstance(value, int) else None


# Numbers, because arithmetic with enums is slow.
_BITS = {name.lower(): bit.value for name, bit in Want.__members__.items()}


class _Raw(ctypes.Structure):
    valid: int

    def known(self, *names: str) -> Dict[str, Optional[int]]:
        """The members, or None where the bit in `valid` is not set."""
        valid = self.valid
        return {name: getattr(self, name) if valid & _BITS[name] else None
                for name in names}


class _RawSnapshot(_Raw):
    """struct mym_snapshot"""

    _fields_ = [
        ("valid", _u64), ("flags", _u64), ("time", _i64), ("limit", _i64),
        ("available", _i64), ("limit_by", _u64), ("available_by", _u64),
        ("constraints", _u64), ("used", _i64), ("reclaimable", _i64),
        ("high", _i64), ("swap_limit", _i64), ("swap_available", _i64),
        ("host_total", _i64), ("host_available", _i64), ("pressure", _i64),
        ("pressure_cause", _u64), ("pressure_sources", _u64),
        ("psi_some", _i64), ("psi_full", _i64), ("psi_scope", _i64),
        ("oom_kills", _i64), ("cgroup_version", _i64), ("shmem", _i64),
        ("none", _u64), ("cgroup_error", _i64),
    ]


class _RawConstraint(_Raw):
    """struct mym_constraint"""

    _fields_ = [
        ("kind", _u64), ("valid", _u64), ("limit", _i64), ("high", _i64),
        ("used", _i64), ("reclaimable", _i64), ("available", _i64),
        ("swap_limit", _i64), ("swap_used", _i64), ("shmem", _i64),
        ("none", _u64), ("failed", _u64), ("error", _i64),
        ("swap_high", _i64),
    ]


class _RawOptions(ctypes.Structure):
    """struct mym_watch_options"""

    _fields_ = [
        ("flags", _u64), ("rules", _u64), ("headroom_share_low", _i64),
        ("headroom_share_medium", _i64), ("headroom_share_critical", _i64),
        ("headroom_bytes_low", _i64), ("headroom_bytes_medium", _i64),
        ("headroom_bytes_critical", _i64),
        ("psi_low", _i64), ("psi_medium", _i64), ("psi_critical", _i64),
        ("growth_low", _i64), ("growth_medium", _i64),
        ("growth_critical", _i64), ("cooldown", _i64), ("margin", _i64),
        ("hold_off", _i64), ("event_window", _i64), ("interval_min", _i64),
        ("interval_max", _i64),
    ]


class _RawEvent(_Raw):
    """struct mym_event"""

    _fields_ = [
        ("kind", _u64), ("valid", _u64), ("time", _i64), ("level", _i64),
        ("old_level", _i64), ("cause", _u64), ("scope", _i64),
        ("limit", _i64), ("old_limit", _i64), ("available", _i64),
        ("psi_some", _i64), ("psi_full", _i64), ("constraint", _u64),
        ("constraint_kind", _u64), ("oom_kills", _i64), ("sources", _u64),
        ("lost", _u64),
    ]


_text, _ptr, _size = ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t
_library = _load.load([
    ("mym_limit", _i64, []),
    ("mym_available", _i64, []),
    ("mym_pressure", _i32, []),
    ("mym_workers", _i32, [_i64, _i32]),
    ("mym_seal", _i32, [ctypes.c_void_p]),
    ("mym_set_max_age", _i32, [_i64]),
    ("mym_open", _i32, [ctypes.POINTER(_ptr), _text, _u32]),
    ("mym_open_pid", _i32, [ctypes.POINTER(_ptr), _i32, _u32]),
    ("mym_close", _ptr, [_ptr]),
    ("mym_snapshot", _i32,
     [_ptr, _u64, ctypes.POINTER(_RawSnapshot), _size]),
    ("mym_constraint", _i32,
     [_ptr, _u32, ctypes.POINTER(_RawConstraint), _size]),
    ("mym_constraint_path", _text, [_ptr, _u32]),
    ("mym_cgroup_path", _text, [_ptr]),
    ("mym_watch_open", _i32,
     [ctypes.POINTER(_ptr), ctypes.POINTER(_RawOptions), _size]),
    ("mym_watch_fd", _i32, [_ptr]),
    ("mym_watch_sources", _u64, [_ptr]),
    ("mym_watch_next", _i32, [_ptr, ctypes.POINTER(_RawEvent), _size]),
    ("mym_watch_close", _ptr, [_ptr]),
    ("mym_version", _text, []),
])


def _check(result: int, filename: object = None) -> int:
    if result < 0:
        raise OSError(-result, os.strerror(-result), filename)
    return result


def limit() -> int:
    """How many bytes this process may use at most; the machine's RAM where
    nothing limits it."""
    return _check(_library.mym_limit())


def available() -> int:
    """How many bytes this process can get now, without swap.  Others may take
    the memory first.  0 is a real answer."""
    return _check(_library.mym_available())


def pressure() -> Pressure:
    """How hard this process is being squeezed.  Compare with >=."""
    return Pressure(_check(_library.mym_pressure()))


def workers(bytes_each: int, max: int) -> int:
    """How many more workers of `bytes_each` > 0 bytes fit now: 0 to `max`."""
    return _check(_library.mym_workers(_clamp(bytes_each, 63),
                                       _clamp(max, 31)))


def set_max_age(ns: int) -> None:
    """Set how old the answers of the functions above may be, in nanoseconds.
    The default is 10 ms."""
    _check(_library.mym_set_max_age(_clamp(ns, 63)))


def seal() -> None:
    """Open what later answers of the functions above need, before a sandbox is
    entered that ends the program at an unknown system call."""
    _check(_library.mym_seal(None))


def version() -> str:
    """The version of the library in use, such as "1.0.0"."""
    return str(_library.mym_version().decode())


def _clamp(number: int, bits: int) -> int:
    """ctypes would cut the number off.  The answer stays the same."""
    return min(max(operator.index(number), -1), (1 << bits) - 1)


@dataclass(frozen=True)
class Constraint:
    """One rule that can stop the process from getting memory.

    A number that is None is unknown, or "no limit here" if its bit is in
    `none`, or was not asked for.
    """

    kind: Kind
    path: str  # the directory of the group, or the file that has the number
    limit: Optional[int]
    high: Optional[int]
    used: Optional[int]
    reclaimable: Optional[int]
    available: Optional[int]
    swap_limit: Optional[int]
    swap_used: Optional[int]
    shmem: Optional[int]
    none: Want
    failed: Want  # facts that should be here and could not be read
    error: int    # why the first of them could not be read: an errno, or 0
    swap_high: Optional[int]


@dataclass(frozen=True)
class Snapshot:
    """The answers, from one pass.

    A number that is None is unknown, or "no limit here" if its bit is in
    `none`, or was not asked for.
    """

    time: int  # as time.monotonic_ns(), when the pass began
    limit: Optional[int]
    limit_by: Optional[Constraint]
    available: Optional[int]
    available_by: Optional[Constraint]
    used: Optional[int]         # of limit_by, page cache included
    reclaimable: Optional[int]  # the part of used that can be taken back
    shmem: Optional[int]        # the part of used that is tmpfs and shared
    high: Optional[int]
    swap_limit: Optional[int]
    swap_available: Optional[int]
    host_total: Optional[int]
    host_available: Optional[int]
    pressure: Optional[Pressure]
    pressure_cause: Cause
    pressure_sources: Cause  # pressure NONE without any is "cannot see"
    psi_some: Optional[int]  # avg10, in hundredths of a percent
    psi_full: Optional[int]
    psi_scope: Optional[Scope]
    oom_kills: Optional[int]
    cgroup_version: Optional[int]  # 0: no memory control group
    cgroup_error: int  # why the process's group was not found: an errno, or 0
    none: Want
    flags: Flags


class _Closable:
    """What Context and Watch share: a handle of the library, which one thread
    at a time may use until it is closed."""

    def __init__(self, handle: ctypes.c_void_p,
                 close: Callable[[ctypes.c_void_p], object]):
        self._lock = threading.Lock()
        self._handle = handle
        self._close = weakref.finalize(self, close, handle)
        # A daemon thread may use it until the very end.
        self._close.atexit = False
        _closables.add(self)

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]],
                 error: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        self.close()

    def close(self) -> None:
        """Release it; a second time does nothing."""
        with self._lock:
            self._close()

    def _opened(self) -> ctypes.c_void_p:
        if not self._close.alive:
            name = type(self).__name__.lower()
            raise ValueError(f"operation on a closed {name}")
        return self._handle


_Self = TypeVar("_Self", bound=_Closable)
_closables: weakref.WeakSet[_Closable] = weakref.WeakSet()


def _forked() -> None:
    """In the child a lock that another thread held would never be released.
    That thread was not inside the library, for it did not have the GIL."""
    for closable in _closables:
        closable._lock = threading.Lock()


os.register_at_fork(after_in_child=_forked)


class Context(_Closable):
    """Reads the running system, or a tree with proc/ and sys/ below `sysroot`.
    With `pid` it is about another process, whose end makes snapshot() raise
    ProcessLookupError.

    A context may be shared by threads; they take turns.  Once closed, it
    raises ValueError as a closed file does.
    """

    def __init__(self, sysroot: Union[str, bytes, os.PathLike[str],
                                      os.PathLike[bytes], None] = None, *,
                 pid: Optional[int] = None):
        if sysroot is not None and pid is not None:
            raise TypeError("either a sysroot or a pid")
        path = None if sysroot is None else os.fsencode(sysroot)
        if path is not None and b"\0" in path:
            _check(-errno.EINVAL, sysroot)
        self._sysroot = sysroot
        self._pid = pid
        handle = ctypes.c_void_p()
        if pid is None:
            _check(_library.mym_open(ctypes.byref(handle), path, 0), sysroot)
        else:
            _check(_library.mym_open_pid(ctypes.byref(handle),
                                         _clamp(pid, 31), 0), pid)
        super().__init__(handle, _library.mym_close)

    def __repr__(self) -> str:
        closed = "" if self._close.alive else " (closed)"
        about = (f"sysroot={self._sysroot!r}" if self._pid is None
                 else f"pid={self._pid}")
        return f"<mymem.Context {about}{closed}>"

    def seal(self) -> None:
        """Open what later snapshots need, before a sandbox is entered that ends
        the program at an unknown system call."""
        with self._lock:
            _check(_library.mym_seal(self._opened()), self._sysroot)

    def snapshot(self, want: int = WANT_ALL) -> Snapshot:
        """Make a fresh pass.  Only what the Want bits need is read."""
        if want >> 64:
            _check(-errno.EINVAL)
        raw = _RawSnapshot()
        with self._lock:
            _check(_library.mym_snapshot(self._opened(), want,
                                         ctypes.byref(raw),
                                         ctypes.sizeof(raw)))
            limit_by = available_by = None
            if raw.valid & _BITS["limit"]:
                limit_by = self._constraint(raw.limit_by)
            if raw.valid & _BITS["available"]:
                available_by = self._constraint(raw.available_by)
        numbers = raw.known(
            "limit", "available", "used", "reclaimable", "shmem", "high",
            "swap_limit", "swap_available", "host_total", "host_available",
            "psi_some", "psi_full", "oom_kills", "cgroup_version")
        level = raw.known("pressure")["pressure"]
        return Snapshot(
            time=raw.time, limit_by=limit_by, available_by=available_by,
            pressure=None if level is None else Pressure(level),
            pressure_cause=Cause(raw.pressure_cause),
            pressure_sources=Cause(raw.pressure_sources),
            psi_scope=Scope(raw.psi_scope) if raw.psi_scope else None,
            cgroup_error=-raw.cgroup_error, none=Want(raw.none),
            flags=Flags(raw.flags), **numbers)

    def constraints(self) -> List[Constraint]:
        """All constraints of the last successful snapshot, from the process's
        group to the machine; an empty list before the first snapshot."""
        found: List[Constraint] = []
        with self._lock:
            self._opened()
            while True:
                constraint = self._constraint(len(found))
                if constraint is None:
                    return found
                found.append(constraint)

    @property
    def cgroup_path(self) -> Optional[str]:
        """The process's group as /proc/self/cgroup named it at the last
        snapshot; None where it is not known."""
        with self._lock:
            path = _library.mym_cgroup_path(self._opened())
        return None if path is None else os.fsdecode(path)

    def _constraint(self, index: int) -> Optional[Constraint]:
        raw = _RawConstraint()
        handle = self._handle
        result = _library.mym_constraint(handle, index, ctypes.byref(raw),
                                         ctypes.sizeof(raw))
        if result == -errno.ERANGE:
            return None
        _check(result)
        path = os.fsdecode(_library.mym_constraint_path(handle, index))
        numbers = raw.known("limit", "high", "used", "reclaimable",
                            "available", "swap_limit", "swap_used", "shmem",
                            "swap_high")
        return Constraint(
            kind=Kind(raw.kind), path=path, none=Want(raw.none),
            failed=Want(raw.failed), error=-raw.error, **numbers)


@dataclass(frozen=True)
class Event:
    """Something has changed.  A number that is None is unknown."""

    kind: EventKind
    time: int  # as time.monotonic_ns(), when the watch noticed it
    level: Pressure      # now
    old_level: Pressure  # before a PRESSURE event
    cause: Cause
    scope: Optional[Scope]
    limit: Optional[int]      # now
    old_limit: Optional[int]  # before a LIMIT_CHANGED
    available: Optional[int]
    psi_some: Optional[int]  # avg10, in hundredths of a percent
    psi_full: Optional[int]
    constraint_kind: Optional[Kind]  # of the constraint that gave the limit
    oom_kills: int   # OOM_KILL: how many processes were killed
    sources: Source  # those in use now
    lost: Source     # DEGRADED: those that have vanished


class Watch(_Closable):
    """Is readable when there may be an event, for select, asyncio and others:

        with mymem.Watch() as watch:
            select.select([watch], [], [])
            for event in watch:
                print(event.kind, event.level)

    Iterating takes the events that have occurred, and never waits.  The
    options are the members of struct mym_watch_options in mymem.h.  A watch
    may be shared by threads; they take turns.  In the child of a fork it
    raises ChildProcessError.
    """

    def __init__(self, **options: int):
        raw = _RawOptions()
        known = {field[0] for field in _RawOptions._fields_}
        for name, value in options.items():
            if name not in known:
                raise TypeError(f"unknown option {name!r}")
            if name in ("flags", "rules"):
                if value >> 64:
                    _check(-errno.EINVAL)
            else:
                value = _clamp(value, 63)
            setattr(raw, name, value)
        handle = ctypes.c_void_p()
        _check(_library.mym_watch_open(ctypes.byref(handle), ctypes.byref(raw),
                                       ctypes.sizeof(raw)))
        super().__init__(handle, _library.mym_watch_close)

    def __repr__(self) -> str:
        if not self._close.alive:
            return "<mymem.Watch (closed)>"
        return f"<mymem.Watch sources={self.sources}>"

    def fileno(self) -> int:
        """The descriptor to wait for.  It belongs to the watch."""
        with self._lock:
            return _check(_library.mym_watch_fd(self._opened()))

    @property
    def sources(self) -> Source:
        """Which sources the watch uses now."""
        with self._lock:
            return Source(_library.mym_watch_sources(self._opened()))

    def next(self) -> Optional[Event]:
        """The next event, or None.  It never waits."""
        raw = _RawEvent()
        with self._lock:
            result = _check(_library.mym_watch_next(
                self._opened(), ctypes.byref(raw), ctypes.sizeof(raw)))
        if result == 0:
            return None
        limited = bool(raw.valid & _BITS["limit"])
        return Event(
            kind=EventKind(raw.kind), time=raw.time,
            level=Pressure(raw.level), old_level=Pressure(raw.old_level),
            cause=Cause(raw.cause),
            scope=Scope(raw.scope) if raw.scope else None,
            old_limit=raw.old_limit if limited else None,
            constraint_kind=Kind(raw.constraint_kind) if limited else None,
            oom_kills=raw.oom_kills, sources=Source(raw.sources),
            lost=Source(raw.lost),
            **raw.known("limit", "available", "psi_some", "psi_full"))

    def __iter__(self) -> Iterator[Event]:
        while True:
            event = self.next()
            if event is None:
                return
            yield event
