# SPDX-License-Identifier: MIT
"""The examples and the README's programs, as they are written.

    LIBMYMEM_PATH=.../libmymem.so.1 python3 -m unittest -v
"""
import contextlib
import dataclasses
import doctest
import io
import os
import pathlib
import re
import runpy
import signal
import subprocess
import sys
import unittest
from typing import Any, Callable, Dict, List, Optional, Tuple
from unittest import mock

import mymem

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = sorted((HERE / "examples").glob("*.py"))
FIXTURES = HERE.parent.parent / "tests" / "fixtures"
# How many seconds watch.py watches here, if nothing ends it.
ARGUMENTS = {"watch.py": ["0.2"]}


def blocks(language: str) -> List[str]:
    """The README's blocks of code."""
    found = re.findall(rf"^```{language}\n(.*?)^```$",
                       (HERE / "README.md").read_text(), re.M | re.S)
    assert found, language
    return found


def start(*arguments: str, stdout: int = subprocess.PIPE,
          before: Optional[Callable[[], None]] = None
          ) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "error", *arguments], cwd="/",
        env=dict(os.environ, PYTHONPATH=str(HERE)), stdout=stdout,
        stderr=subprocess.PIPE, preexec_fn=before, universal_newlines=True)


def end(child: "subprocess.Popen[str]") -> Tuple[int, str, str]:
    """Its status, and what it wrote since."""
    try:
        out, err = child.communicate(timeout=60)
    finally:
        child.kill()
        child.wait()
    return child.returncode, out, err


class Readme(unittest.TestCase):

    def test_programs(self) -> None:
        for number, code in enumerate(blocks("python")):
            with self.subTest(number):
                status, out, err = end(start("-c", code))
                self.assertEqual((status, err), (0, ""))
                if "asyncio" not in code:
                    self.assertNotEqual(out, "")

    def test_programs_where_nothing_is_known(self) -> None:
        """What is None is not taken for a number."""
        asked = mymem.Context.snapshot
        for none in mymem.Want(0), mymem.Want.HIGH:

            def snapshot(context: mymem.Context) -> mymem.Snapshot:
                return dataclasses.replace(
                    asked(context), limit=None, limit_by=None, available=None,
                    available_by=None, high=None, none=none)

            for code in blocks("python"):
                if "asyncio" in code:
                    continue
                with mock.patch("mymem.Context.snapshot", snapshot), \
                        contextlib.redirect_stdout(io.StringIO()):
                    exec(code, {})

    def test_docstring(self) -> None:
        """It runs; the numbers are those of some other machine."""
        assert mymem.__doc__ is not None
        names: Dict[str, Any] = {}
        found = doctest.DocTestParser().get_examples(mymem.__doc__)
        self.assertTrue(found)
        with contextlib.redirect_stdout(io.StringIO()):
            for statement in found:
                exec(compile(statement.source, "docstring", "single"), names)


class Examples(unittest.TestCase):

    def each(self, *more: str, stdout: int = subprocess.PIPE,
             before: Optional[Callable[[], None]] = None
             ) -> Dict[str, Tuple[int, str]]:
        """Runs every example; none may end in a traceback."""
        ended = {}
        self.assertTrue(EXAMPLES)
        for path in EXAMPLES:
            with self.subTest(path.name):
                status, out, err = end(start(
                    *more, str(path), *ARGUMENTS.get(path.name, []),
                    stdout=stdout, before=before))
                self.assertNotIn("Traceback", err)
                self.assertNotIn("Error", err)
                ended[path.name] = status, out or ""
        return ended

    def test_here(self) -> None:
        for name, (status, out) in self.each().items():
            self.assertEqual(status, 0, name)
            self.assertNotEqual(out, "", name)

    def test_without_docstrings(self) -> None:
        for name, (status, out) in self.each("-OO").items():
            self.assertEqual(status, 0, name)

    def test_nobody_reads(self) -> None:
        """As before head(1), which has ended."""
        reader, writer = os.pipe()
        os.close(reader)
        try:
            for name, (status, _) in self.each(stdout=writer).items():
                self.assertEqual(status, -signal.SIGPIPE, name)
        finally:
            os.close(writer)

    def test_no_output(self) -> None:
        for name, (status, _) in self.each(
                before=lambda: os.close(1)).items():
            self.assertEqual(status, 0, name)

    def alone(self, path: pathlib.Path, *arguments: str) -> Tuple[str, str]:
        """Runs it in this process: what it printed, why it ended early."""
        out, why = io.StringIO(), ""
        kept = [(number, signal.getsignal(number)) for number in
                (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM)]
        try:
            with mock.patch.object(sys, "argv", [str(path), *arguments]), \
                    contextlib.redirect_stdout(out):
                runpy.run_path(str(path), run_name="__main__")
        except SystemExit as error:
            why = str(error)
        finally:
            for number, handler in kept:
                signal.signal(number, handler)
        return out.getvalue(), why

    def test_nothing_can_be_found_out(self) -> None:
        error = OSError(61, "No data available")
        names = ["limit", "available", "pressure", "workers",
                 "Context.snapshot", "Watch.__init__"]
        with contextlib.ExitStack() as stack:
            for name in names:
                stack.enter_context(mock.patch(f"mymem.{name}",
                                               side_effect=error))
            said = {path.name: self.alone(path) for path in EXAMPLES}
        for name in "available", "snapshot", "watch":
            self.assertIn("No data available", said.pop(f"{name}.py")[1])
        self.assertIn("may hold 64 MiB", said.pop("size_cache.py")[0])
        self.assertEqual(said, {})

    def test_every_frozen_machine(self) -> None:
        path = HERE / "examples" / "snapshot.py"
        machines = sorted(FIXTURES.glob("*/expect"))
        self.assertTrue(machines)
        for machine in machines:
            with self.subTest(machine.parent.name):
                out, why = self.alone(path, str(machine.parent))
                expected = machine.read_text(errors="surrogateescape")
                if expected.startswith("error"):
                    self.assertNotEqual(why, "")
                    continue
                self.assertEqual(why, "")
                self.assertIn("\ntrust ", out)
                for name in "limit", "available":
                    value = re.search(rf"^{name} (\S+)", expected, re.M)
                    assert value is not None
                    text = value[1].replace("none", "no limit")
                    self.assertRegex(out, rf"(?m)^{name} +{text}(, by |$)")

    def test_sysroot_that_is_missing(self) -> None:
        _, why = self.alone(HERE / "examples" / "snapshot.py", "/nonexistent")
        self.assertIn("/nonexistent", why)


class Interrupted(unittest.TestCase):
    """watch.py has no other end."""

    PATH = str(HERE / "examples" / "watch.py")

    # There is an event at once, wherever this runs.
    PRESSED = f"""
import functools, mymem, runpy
mymem.Watch = functools.partial(mymem.Watch, headroom_share_low=10000,
                                headroom_bytes_low=1 << 62)
runpy.run_path({PATH!r}, run_name="__main__")
"""

    def watching(self, *arguments: str) -> "subprocess.Popen[str]":
        child = start(*arguments)
        assert child.stdout is not None
        self.assertIn("listening to headroom", child.stdout.readline())
        return child

    def test_signals(self) -> None:
        for number in signal.SIGINT, signal.SIGTERM:
            with self.subTest(number):
                child = self.watching(self.PATH)
                child.send_signal(number)
                status, _, err = end(child)
                self.assertEqual((status, err), (0, ""))

    def test_events_are_written_at_once(self) -> None:
        child = self.watching("-c", self.PRESSED)
        assert child.stdout is not None
        self.assertIn("pressure is", child.stdout.readline())
        child.send_signal(signal.SIGINT)
        status, _, err = end(child)
        self.assertEqual((status, err), (0, ""))


if __name__ == "__main__":
    unittest.main()
