# SPDX-License-Identifier: MIT
"""The frozen machines, one real limited group, and the borders of the API.

    LIBMYMEM_PATH=.../libmymem.so.1 python3 -m unittest -v
"""
import asyncio
import ctypes
import dataclasses
import errno
import importlib
import os
import pathlib
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from typing import Callable, Dict, List, Optional, Union

import mymem
from mymem import Cause, Flags, Kind, Pressure, Want

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parent.parent
FIXTURES = TREE / "tests" / "fixtures"
MIB = 1 << 20


def amount(told: Union[mymem.Snapshot, mymem.Constraint], name: str) -> str:
    value = getattr(told, name)
    if value is not None:
        return str(value)
    return "none" if Want[name.upper()] in told.none else "unknown"


def by(constraint: Optional[mymem.Constraint]) -> str:
    return f" by {constraint.kind} {constraint.path}" if constraint else ""


def percent(hundredths: Optional[int]) -> str:
    return "unknown" if hundredths is None else f"{hundredths / 100:.2f}"


def show_snapshot(snapshot: mymem.Snapshot, path: Optional[str]) -> List[str]:
    level = "unknown" if snapshot.pressure is None else str(snapshot.pressure)
    cause = f" {snapshot.pressure_cause}" if snapshot.pressure_cause else ""
    scope = "unknown" if snapshot.psi_scope is None else snapshot.psi_scope
    if not snapshot.cgroup_version or path is None:
        path = "unknown"
    return [
        f"limit {amount(snapshot, 'limit')}{by(snapshot.limit_by)}",
        f"available {amount(snapshot, 'available')}"
        f"{by(snapshot.available_by)}",
    ] + [
        f"{name} {amount(snapshot, name)}"
        for name in ("used", "reclaimable", "shmem", "high", "swap_limit",
                     "swap_available", "host_total", "host_available")
    ] + [
        f"pressure {level}{cause}",
        f"sources {snapshot.pressure_sources}",
        f"psi {percent(snapshot.psi_some)} {percent(snapshot.psi_full)} "
        f"{scope}",
        f"oom_kills {amount(snapshot, 'oom_kills')}",
        f"cgroup {snapshot.cgroup_version or 0} {path}",
        f"flags {snapshot.flags}",
    ]


def show_constraint(constraint: mymem.Constraint) -> str:
    words = [f"constraint {constraint.kind}"] + [
        f"{name}={amount(constraint, name)}"
        for name in ("limit", "high", "used", "reclaimable", "available",
                     "shmem", "swap_limit", "swap_used")
    ]
    failed = ",".join(str(fact.name).lower() for fact in Want
                      if fact in constraint.failed)
    return " ".join(words + [f"failed={failed or '-'}",
                             f"path={constraint.path}"])


def show(sysroot: Union[str, bytes, "os.PathLike[str]"]) -> str:
    """The text that tests/fixtures/show.c writes."""
    try:
        with mymem.Context(sysroot) as context:
            lines = show_snapshot(context.snapshot(), context.cgroup_path)
            lines += map(show_constraint, context.constraints())
    except OSError as error:
        lines = [f"error {errno.errorcode[error.errno or 0]}"]
    return "".join(line + "\n" for line in lines)


class Fixtures(unittest.TestCase):
    """One test for each frozen machine."""

    maxDiff = None

    def test_there_are_fixtures(self) -> None:
        self.assertTrue(any(FIXTURES.glob("*/expect")))


def fixture_test(case: pathlib.Path) -> Callable[[Fixtures], None]:
    def test(self: Fixtures) -> None:
        expected = os.fsdecode((case / "expect").read_bytes())
        self.assertEqual(expected, show(case))
    return test


for expect in sorted(FIXTURES.glob("*/expect")):
    setattr(Fixtures, f"test_{expect.parent.name}",
            fixture_test(expect.parent))


def unescape(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), field)


def memory_mounts() -> Dict[int, pathlib.Path]:
    """Where memory groups can be made, by cgroup version."""
    found = {}
    with open("/proc/self/mountinfo", errors="surrogateescape") as rows:
        for row in rows:
            mount, _, filesystem = row.rstrip("\n").partition(" - ")
            kind, _, options = filesystem.split(" ", 2)
            point = pathlib.Path(unescape(mount.split(" ")[4]))
            if kind == "cgroup" and "memory" in options.split(","):
                found[1] = point
            elif kind == "cgroup2":
                switch = point / "cgroup.subtree_control"
                if switch.exists() and "memory" in switch.read_text().split():
                    found[2] = point
    return found


class LimitedGroup(unittest.TestCase):
    """This kernel, with a limit that was really set."""

    CHILD = """
import os, pathlib, sys
group = pathlib.Path(sys.argv[1])
(group / "cgroup.procs").write_text(str(os.getpid()))
import mymem
with mymem.Context() as context:
    snapshot = context.snapshot()
print(mymem.limit(), mymem.available(), snapshot.limit_by.kind,
      snapshot.limit_by.path)
"""

    @staticmethod
    def remove(group: pathlib.Path) -> None:
        """The kernel may need a moment to let go of the child."""
        for _ in range(100):
            try:
                return group.rmdir()
            except OSError as error:
                if error.errno != errno.EBUSY:
                    raise
                time.sleep(0.05)
        group.rmdir()

    @unittest.skipIf(os.geteuid() != 0, "only root can make a group")
    def test_limit_of_64_mib(self) -> None:
        mounts = memory_mounts()
        if not mounts:
            self.skipTest("no mount where memory groups can be made")
        version, mount = min(mounts.items())
        group = mount / f"mymem-test-python-{os.getpid()}"
        try:
            group.mkdir()
        except OSError as error:
            self.skipTest(f"no group can be made: {error}")
        try:
            name = "memory.max" if version == 2 else "memory.limit_in_bytes"
            (group / name).write_text(str(64 * MIB))
            child = subprocess.run(
                [sys.executable, "-c", self.CHILD, str(group)], cwd=str(HERE),
                stdout=subprocess.PIPE, timeout=60, check=True,
                universal_newlines=True)
        finally:
            self.remove(group)
        limit, available, kind, path = child.stdout.rstrip("\n").split(" ", 3)
        self.assertEqual(64 * MIB, int(limit))
        self.assertGreater(int(available), 0)
        self.assertLessEqual(int(available), int(limit))
        self.assertEqual((kind, path), ("cgroup", str(group)))


class Simple(unittest.TestCase):
    """The functions without a context."""

    def test_available_is_at_most_the_limit(self) -> None:
        self.assertGreater(mymem.limit(), 0)
        self.assertGreaterEqual(mymem.available(), 0)
        self.assertLessEqual(mymem.available(), mymem.limit())

    def test_pressure_is_a_level(self) -> None:
        self.assertIsInstance(mymem.pressure(), Pressure)

    def test_workers_are_bounded_by_max_and_memory(self) -> None:
        self.assertEqual(mymem.workers(1, 3), 3)
        self.assertEqual(mymem.workers(1, 0), 0)
        self.assertEqual(mymem.workers(1 << 62, 3), 0)

    def test_workers_do_not_cut_off_big_numbers(self) -> None:
        self.assertEqual(mymem.workers((1 << 64) + 1, 3), 0)
        self.assertGreater(mymem.workers(1, (1 << 32) + 1), 1)

    def test_workers_refuse_nonsense(self) -> None:
        for bytes_each, most in ((0, 1), (-1, 1), (-1 << 64, 1), (1, -1),
                                 (1, -1 << 32)):
            with self.subTest(bytes_each=bytes_each, max=most):
                with self.assertRaises(OSError) as raised:
                    mymem.workers(bytes_each, most)
                self.assertEqual(raised.exception.errno, errno.EINVAL)
        with self.assertRaises(TypeError):
            mymem.workers(1.5, 1)  # type: ignore[arg-type]  # a mistake

    def test_sealed(self) -> None:
        child = os.fork()
        if child == 0:
            good = False
            try:
                mymem.seal()
                good = 0 < mymem.available() <= mymem.limit()
            finally:
                os._exit(0 if good else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        with mymem.Context() as context:
            context.seal()
            self.assertIsNotNone(context.snapshot().limit)
        with mymem.Context("/") as context:
            with self.assertRaises(OSError) as raised:
                context.seal()
            self.assertEqual(raised.exception.errno, errno.EINVAL)

    def test_version(self) -> None:
        self.assertRegex(mymem.version(), r"\A1\.\d+\.\d+\Z")


class Contexts(unittest.TestCase):

    LIMITED = FIXTURES / "v2-limit-on-parent"

    def test_running_system(self) -> None:
        with mymem.Context() as context:
            snapshot = context.snapshot()
            constraints = context.constraints()
        self.assertEqual(snapshot.limit, mymem.limit())
        self.assertIn(snapshot.limit_by, constraints)
        self.assertIn(snapshot.available_by, constraints)
        self.assertLessEqual(snapshot.time, time.monotonic_ns())

    def test_only_what_was_asked_for(self) -> None:
        with mymem.Context(self.LIMITED) as context:
            snapshot = context.snapshot(Want.HOST_TOTAL | Want.USED)
        self.assertEqual(snapshot.host_total, 16694710272)
        self.assertEqual(snapshot.used, 1572864000)
        self.assertIsNone(snapshot.limit)
        self.assertIsNone(snapshot.limit_by)
        self.assertIsNone(snapshot.pressure)

    def test_no_limit_is_not_unknown(self) -> None:
        with mymem.Context(self.LIMITED) as context:
            context.snapshot()
            own, _, top, host = context.constraints()
        self.assertIsNone(own.limit)
        self.assertIn(Want.LIMIT, own.none)
        self.assertIsNone(top.limit)
        self.assertIn(Want.LIMIT, top.none)
        self.assertIs(host.kind, Kind.HOST)
        with mymem.Context(FIXTURES / "denied-own-limit") as context:
            context.snapshot()
            own = context.constraints()[0]
        self.assertIsNone(own.limit)
        self.assertNotIn(Want.LIMIT, own.none)

    def test_failure_says_why(self) -> None:
        with mymem.Context(FIXTURES / "denied-own-limit") as context:
            self.assertIn(Flags.PARTIAL, context.snapshot().flags)
            own = context.constraints()[0]
        self.assertIn(Want.LIMIT, own.failed)
        self.assertEqual(own.error, errno.EISDIR)

    def test_nothing_known_is_enodata(self) -> None:
        with mymem.Context(FIXTURES / "no-proc") as context:
            with self.assertRaises(OSError) as raised:
                context.snapshot()
        self.assertEqual(raised.exception.errno, errno.ENODATA)

    def test_unknown_bits_are_refused(self) -> None:
        with mymem.Context() as context:
            for want in (1 << 63, 1 << 64, -1):
                with self.subTest(want=want):
                    with self.assertRaises(OSError) as raised:
                        context.snapshot(want)
                    self.assertEqual(raised.exception.errno, errno.EINVAL)

    def test_before_a_snapshot(self) -> None:
        with mymem.Context() as context:
            self.assertEqual(context.constraints(), [])
            self.assertIsNone(context.cgroup_path)

    def test_sysroot_that_cannot_be_opened(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            with self.assertRaises(FileNotFoundError) as raised:
                mymem.Context(os.path.join(directory, "missing"))
            self.assertTrue(str(raised.exception.filename).endswith("missing"))
        with self.assertRaises(NotADirectoryError):
            mymem.Context(__file__)
        with self.assertRaises(OSError) as invalid:
            mymem.Context("/\0")
        self.assertEqual(invalid.exception.errno, errno.EINVAL)
        with self.assertRaises(TypeError):
            mymem.Context(1)  # type: ignore[arg-type]  # a mistake

    def test_another_process(self) -> None:
        child = subprocess.Popen(["sleep", "600"])
        try:
            resource.prlimit(child.pid, resource.RLIMIT_DATA,
                             (40 * MIB, 40 * MIB))
            with mymem.Context(pid=child.pid) as context:
                self.assertEqual(repr(context),
                                 f"<mymem.Context pid={child.pid}>")
                rule = context.snapshot().limit_by
                assert rule is not None
                self.assertIs(rule.kind, Kind.RLIMIT_DATA)
                self.assertEqual((rule.limit, rule.path),
                                 (40 * MIB, f"/proc/{child.pid}"))
                child.kill()
                child.wait()
                with self.assertRaises(ProcessLookupError):
                    context.snapshot()
        finally:
            child.kill()
            child.wait()
        with self.assertRaises(ProcessLookupError) as raised:
            mymem.Context(pid=child.pid)
        self.assertEqual(raised.exception.filename, child.pid)

    def test_pid_that_is_none(self) -> None:
        for pid in (0, -1, -(1 << 40)):
            with self.assertRaises(OSError) as raised:
                mymem.Context(pid=pid)
            self.assertEqual(raised.exception.errno, errno.EINVAL)
        with self.assertRaises(ProcessLookupError):
            mymem.Context(pid=1 << 40)
        with self.assertRaises(TypeError):
            mymem.Context(pid="1")  # type: ignore[arg-type]  # a mistake
        with self.assertRaises(TypeError):
            mymem.Context("/", pid=1)

    def test_sysroot_may_be_text_bytes_or_path(self) -> None:
        shown = show(self.LIMITED)
        sysroots: List[Union[str, bytes]] = [os.fspath(self.LIMITED),
                                            os.fsencode(self.LIMITED)]
        for sysroot in sysroots:
            self.assertEqual(show(sysroot), shown)

    def test_closed(self) -> None:
        context = mymem.Context()
        context.snapshot()
        context.close()
        context.close()
        with self.assertRaises(ValueError):
            context.snapshot()
        with self.assertRaises(ValueError):
            context.constraints()
        with self.assertRaises(ValueError):
            context.cgroup_path

    def test_snapshots_outlive_the_context(self) -> None:
        with mymem.Context(self.LIMITED) as context:
            snapshot = context.snapshot()
        assert snapshot.limit_by is not None
        self.assertEqual(snapshot.limit_by.path, "/sys/fs/cgroup/batch.slice")
        with self.assertRaises(dataclasses.FrozenInstanceError):
            snapshot.limit = 0  # type: ignore[misc]  # a mistake

    def test_group_name_that_is_not_utf8(self) -> None:
        files = {
            b"proc/meminfo": b"MemTotal: 1024 kB\n",
            b"proc/self/cgroup": b"0::/caf\xe9\n",
            b"proc/self/mountinfo":
                b"30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
            b"sys/fs/cgroup/caf\xe9/memory.max": b"4096\n",
        }
        with tempfile.TemporaryDirectory() as directory:
            for name, content in files.items():
                path = pathlib.Path(directory, os.fsdecode(name))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            with mymem.Context(directory) as context:
                snapshot = context.snapshot()
                path_of_group = context.cgroup_path
        assert snapshot.limit_by is not None and path_of_group is not None
        self.assertEqual(os.fsencode(path_of_group), b"/caf\xe9")
        self.assertEqual(os.fsencode(snapshot.limit_by.path),
                         b"/sys/fs/cgroup/caf\xe9")

    def test_threads_take_turns(self) -> None:
        shown = []

        def ask(context: mymem.Context) -> None:
            for _ in range(100):
                snapshot = context.snapshot()
                assert snapshot.limit_by is not None
                shown.append((snapshot.limit, snapshot.limit_by.path,
                              len(context.constraints()),
                              mymem.limit() > 0))

        with mymem.Context(self.LIMITED) as context:
            threads = [threading.Thread(target=ask, args=(context,))
                       for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(len(shown), 800)
        self.assertEqual(set(shown),
                         {(2147483648, "/sys/fs/cgroup/batch.slice", 4, True)})

    def test_forked_while_another_thread_had_its_turn(self) -> None:
        with mymem.Context(self.LIMITED) as context:
            context._lock.acquire()
            pid = os.fork()
            if pid == 0:
                signal.alarm(10)
                try:
                    os._exit(context.snapshot().limit != 2147483648)
                finally:
                    os._exit(1)
            context._lock.release()
            self.assertEqual(os.waitpid(pid, 0)[1], 0)

    def test_subinterpreter(self) -> None:
        interpreters = importlib.import_module(
            "_interpreters" if sys.version_info >= (3, 13) else
            "_xxsubinterpreters")
        reader, writer = os.pipe()
        # The ctypes of 3.12 refuses one that has a GIL of its own.
        shared = {"isolated": False} if sys.version_info[:2] == (3, 12) else {}
        other = interpreters.create(**shared)
        try:
            interpreters.run_string(other, f"""
import os, sys
sys.path[:] = {sys.path!r}
import mymem
with mymem.Context({str(self.LIMITED)!r}) as context:
    os.write({writer}, str(context.snapshot().limit).encode())
""")
        finally:
            os.close(writer)
            interpreters.destroy(other)
        with open(reader, "rb") as pipe:
            self.assertEqual(pipe.read(), b"2147483648")

    def test_lives_until_the_end(self) -> None:
        """Of the exit handlers, the first that was set is the last to run."""
        code = """
import atexit, sys
atexit.register(lambda: print(context.snapshot().limit))
import mymem
context = mymem.Context(sys.argv[1])
"""
        child = subprocess.run(
            [sys.executable, "-c", code, str(self.LIMITED)], cwd=str(HERE),
            stdout=subprocess.PIPE, timeout=60, check=True)
        self.assertEqual(child.stdout, b"2147483648\n")

    def test_repr(self) -> None:
        with mymem.Context("/") as context:
            self.assertEqual(repr(context), "<mymem.Context sysroot='/'>")
            self.assertIn("limit=", repr(context.snapshot()))
        self.assertIn("closed", repr(context))


class Watches(unittest.TestCase):
    """Readable when there is something to tell."""

    @staticmethod
    def pressed() -> mymem.Watch:
        """There is pressure, wherever this runs."""
        return mymem.Watch(rules=Cause.HEADROOM, headroom_share_low=10000,
                           headroom_bytes_low=1 << 62)

    def test_event(self) -> None:
        with self.pressed() as watch:
            self.assertTrue(select.select([watch], [], [], 10)[0])
            event, = watch
            self.assertIs(event.kind, mymem.EventKind.PRESSURE)
            self.assertGreaterEqual(event.level, Pressure.LOW)
            self.assertIs(event.old_level, Pressure.NONE)
            self.assertEqual(event.cause, Cause.HEADROOM)
            self.assertEqual(event.limit, mymem.limit())
            self.assertIn(mymem.Source.HEADROOM, event.sources)
            self.assertEqual(event.sources, watch.sources)
            self.assertIsNone(watch.next())

    def test_asyncio(self) -> None:
        async def first() -> mymem.Event:
            loop = asyncio.get_running_loop()
            found: "asyncio.Future[mymem.Event]" = loop.create_future()

            def take(watch: mymem.Watch) -> None:
                for event in watch:
                    found.set_result(event)

            with self.pressed() as watch:
                loop.add_reader(watch, take, watch)
                try:
                    return await asyncio.wait_for(found, 10)
                finally:
                    loop.remove_reader(watch)

        self.assertIs(asyncio.run(first()).kind, mymem.EventKind.PRESSURE)

    def test_options(self) -> None:
        with self.assertRaises(TypeError):
            mymem.Watch(nonsense=1)
        for options in ({"headroom_share_low": -1}, {"rules": 1 << 40},
                        {"flags": 1 << 70}, {"margin": 1 << 70}):
            with self.assertRaises(OSError) as raised:
                mymem.Watch(**options)
            self.assertEqual(raised.exception.errno, errno.EINVAL)

    def test_closed(self) -> None:
        watch = mymem.Watch()
        self.assertIn("headroom", repr(watch))
        watch.close()
        watch.close()
        self.assertIn("closed", repr(watch))
        with self.assertRaises(ValueError):
            watch.fileno()
        with self.assertRaises(ValueError):
            watch.next()

    def test_forked(self) -> None:
        with mymem.Watch() as watch:
            pid = os.fork()
            if pid == 0:
                try:
                    watch.next()
                except ChildProcessError:
                    os._exit(0)
                os._exit(1)
            self.assertEqual(os.waitpid(pid, 0)[1], 0)
            self.assertIsInstance(list(watch), list)


class Words(unittest.TestCase):
    """Enums print as the tools do, and survive a newer library."""

    def test_choices(self) -> None:
        self.assertEqual(f"{Kind.CGROUP_HIDDEN:>14}", " cgroup-hidden")
        self.assertEqual(str(Pressure.LOW), "low")
        self.assertIs(Kind(99), Kind.UNKNOWN)

    def test_bits(self) -> None:
        self.assertEqual(str(Flags.PARTIAL | Flags.NO_CGROUP), "partial no-cgroup")
        self.assertEqual(f"{Cause(0)}", "-")
        self.assertEqual(str(Flags.PARTIAL | Flags(1 << 40)),
                         "partial 0x10000000000")

    def test_level_between_two_is_the_lower(self) -> None:
        self.assertIs(Pressure(99), Pressure.LOW)
        self.assertIs(Pressure(1000), Pressure.CRITICAL)
        with self.assertRaises(ValueError):
            Pressure(-1)


class Header(unittest.TestCase):
    """The module says what mymem.h says."""

    TEXT = (TREE / "include" / "mymem.h").read_text()

    def struct(self, name: str) -> List[str]:
        body = re.search(rf"struct {name} {{(.*?)\n}};", self.TEXT, re.S)
        assert body is not None
        return re.findall(r"^\tu?int64_t (\w+);", body[1], re.M)

    def test_structs(self) -> None:
        for name, raw in (("mym_snapshot", mymem._RawSnapshot),
                          ("mym_constraint", mymem._RawConstraint),
                          ("mym_watch_options", mymem._RawOptions),
                          ("mym_event", mymem._RawEvent)):
            members = self.struct(name)
            self.assertEqual([field[0] for field in raw._fields_], members)
            self.assertEqual(ctypes.sizeof(raw), 8 * len(members))

    def test_bits(self) -> None:
        for prefix, bits in (("WANT", Want), ("FLAG", Flags),
                             ("PRESSURE_BY", Cause),
                             ("SOURCE", mymem.Source)):
            defines = re.findall(
                rf"#define MYM_{prefix}_(\w+) +\(\(uint64_t\)1 << (\d+)\)",
                self.TEXT)
            self.assertEqual({name: 1 << int(bit) for name, bit in defines},
                             {bit.name: bit.value for bit in bits})

    def test_choices(self) -> None:
        for prefix, choices in (("KIND", Kind), ("PRESSURE", Pressure),
                                ("SCOPE", mymem.Scope),
                                ("EVENT", mymem.EventKind)):
            constants = re.findall(rf"^\tMYM_{prefix}_(\w+) = (\d+)",
                                   self.TEXT, re.M)
            self.assertEqual({name: int(value) for name, value in constants},
                             {choice.name: choice.value for choice in choices
                              if choice.name != "UNKNOWN"})

    def test_functions(self) -> None:
        for name in re.findall(r"^MYM_PUBLIC .*?\b(mym_\w+)\(", self.TEXT,
                               re.M):
            self.assertIsNotNone(getattr(mymem._library, name).argtypes, name)


if __name__ == "__main__":
    unittest.main()
