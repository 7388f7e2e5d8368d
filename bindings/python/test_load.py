# SPDX-License-Identifier: MIT
"""Which library is loaded, and what is said where none can be.

    LIBMYMEM_PATH=.../libmymem.so.1 python3 -m unittest -v
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
from typing import Callable, Dict, Optional

import mymem

MODULE = pathlib.Path(mymem.__file__).resolve().parent
SONAME = "libmymem.so.1"


def library() -> bytes:
    """The one that was loaded here."""
    with open("/proc/self/maps", errors="surrogateescape") as rows:
        for row in rows:
            if "/libmymem.so.1" in row:
                return pathlib.Path(row.split(None, 5)[5].rstrip("\n")
                                    ).read_bytes()
    raise AssertionError("libmymem is not loaded")


def replace(old: bytes, new: bytes) -> bytes:
    """The library with another text of the same length."""
    before = library()
    assert len(old) == len(new) and old in before, old
    return before.replace(old, new)


def version(number: str) -> bytes:
    return replace(b"\0" + mymem.version().encode() + b"\0",
                   b"\0" + number.encode() + b"\0")


def put(data: bytes, offset: int, new: bytes) -> bytes:
    return data[:offset] + new + data[offset + len(new):]


class Load(unittest.TestCase):
    """A copy of the module, without a library beside it."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.top = pathlib.Path(holder.name)
        self.module = self.top / "mymem"
        shutil.copytree(MODULE, self.module, ignore=shutil.ignore_patterns(
            SONAME, "__pycache__"))

    def write(self, content: bytes, name: str = "other.so") -> str:
        path = self.top / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return os.fspath(path)

    def said(self, path: str = "", where: Optional[pathlib.Path] = None,
             before: Optional[Callable[[], None]] = None,
             **more: str) -> str:
        """What an import says: why it failed, or the library's version."""
        environment: Dict[str, str] = dict(
            os.environ, LIBMYMEM_PATH=path, PYTHONDONTWRITEBYTECODE="1",
            PYTHONPATH=os.fspath(where or self.top), **more)
        child = subprocess.run(
            [sys.executable, "-c", "try: import mymem\n"
             "except ImportError as error: print(error.name, error)\n"
             "else: print(mymem.version())"],
            cwd="/", env=environment, preexec_fn=before, timeout=60,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            universal_newlines=True)
        self.assertEqual((child.returncode, child.stderr), (0, ""))
        return child.stdout.rstrip("\n")

    def refused(self, content: bytes, why: str) -> None:
        path = self.write(content)
        said = self.said(path)
        self.assertRegex(said, rf"(?m)^  LIBMYMEM_PATH: {path}: {why}$")
        # What was named is used, or nothing.
        self.assertNotIn("  the system's:", said)

    def hide_the_systems(self) -> None:
        """There may be one; so let the module look for another name."""
        source = self.module / "_load.py"
        text = source.read_text()
        self.assertIn(f'"{SONAME}"', text)
        source.write_text(text.replace(SONAME, "libmymem-none.so.1"))

    def test_found_nowhere(self) -> None:
        self.hide_the_systems()
        said = self.said()
        for line in (
                r"^mymem mymem needs the library libmymem, version 1\.\d+ ",
                rf"^  beside the module: there is none in {self.module}$",
                r"^  LIBMYMEM_PATH: not set$",
                r"^  the system's: libmymem-none\.so\.1: .*"
                r"(No such file|not found|Error loading)",
                r"package libmymem1 ", r"docs/install\.md", r"run ldconfig\.",
                r"the file that LIBMYMEM_PATH names"):
            self.assertRegex(said, rf"(?m){line}")

    def test_there_is_no_such_file(self) -> None:
        said = self.said("/nonexistent/lib.so")
        self.assertRegex(said, r"(?m)^  LIBMYMEM_PATH: .*/nonexistent/lib\.so")
        self.assertNotIn("architecture", said)

    def test_directory(self) -> None:
        self.assertRegex(self.said(os.fspath(self.top)),
                         rf"(?m)^  LIBMYMEM_PATH: .*{self.top}")

    def test_not_a_library(self) -> None:
        self.assertIn("LIBMYMEM_PATH: ",
                      self.said(self.write(b"#!/bin/sh\n" * 100)))

    def test_truncated(self) -> None:
        self.assertIn("LIBMYMEM_PATH: ", self.said(self.write(library()[:30])))

    def test_other_processor(self) -> None:
        foreign = put(library(), 18, b"\xee\xee")
        self.refused(foreign, r".*\(it is made for another architecture\)")

    def test_other_word_size(self) -> None:
        size = library()[4]
        self.refused(put(library(), 4, bytes([3 - size])),
                     r".*\(it is made for another architecture\)")

    def test_other_library(self) -> None:
        self.refused(replace(b"\0mym_version\0", b"\0own_version\0"),
                     "this is not libmymem")

    def test_too_old(self) -> None:
        self.refused(version("0.9.9"), r"its version, 0\.9\.9, is too old")

    def test_too_new(self) -> None:
        self.refused(version("2.0.0"), r"its version, 2\.0\.0, is too new")

    def test_later_minor_version(self) -> None:
        self.assertEqual(self.said(self.write(version("1.7.3"))), "1.7.3")

    def test_version_that_is_none(self) -> None:
        self.refused(version("x.y.z"), "this is not libmymem")

    def test_symbol_that_it_lacks(self) -> None:
        self.refused(replace(b"\0mym_watch_next\0", b"\0mym_watch_nest\0"),
                     r"version [\d.]+, but it lacks mym_watch_next\(\)")

    def test_beside_the_module_comes_first(self) -> None:
        self.write(version("1.8.0"), f"mymem/{SONAME}")
        self.assertEqual(self.said("/nonexistent/lib.so"), "1.8.0")

    def test_bad_one_beside_the_module(self) -> None:
        path = self.write(version("0.1.0"), f"mymem/{SONAME}")
        said = self.said(self.write(library()))
        self.assertIn(f"  beside the module: {path}: its version, 0.1.0, is "
                      "too old\n", said)
        self.assertNotIn("  LIBMYMEM_PATH:", said)

    def test_dangling_link_beside_the_module(self) -> None:
        (self.module / SONAME).symlink_to("nothing")
        self.assertIn(f"  beside the module: {self.module / SONAME}: ",
                      self.said(self.write(library())))

    def test_the_systems_comes_last(self) -> None:
        folder = os.fspath(self.top / "lib")
        self.write(version("1.6.0"), f"lib/{SONAME}")
        self.assertEqual(self.said(LD_LIBRARY_PATH=folder), "1.6.0")
        self.write(version("3.0.0"), f"lib/{SONAME}")
        self.assertRegex(self.said(LD_LIBRARY_PATH=folder),
                         r"(?m)^  the system's: .* is too new$")

    @unittest.skipIf(os.geteuid() != 0, "only root can take other rights")
    def test_environment_is_not_believed_with_more_rights(self) -> None:
        self.hide_the_systems()
        os.chmod(self.top, 0o755)
        said = self.said("/nonexistent/lib.so",
                         before=lambda: os.setreuid(65534, 0))
        self.assertIn("  LIBMYMEM_PATH: ignored in a program with more rights "
                      "than its user\n", said)
        self.assertNotIn("/nonexistent", said)

    def test_in_an_archive(self) -> None:
        archive = self.top / "app.pyz"
        with zipfile.ZipFile(archive, "w") as file:
            for path in self.module.iterdir():
                file.write(path, f"mymem/{path.name}")
        shutil.rmtree(self.module)
        self.assertEqual(self.said(self.write(library()), archive),
                         mymem.version())
        self.assertIn("  beside the module: the module is in an archive, "
                      "where no library can be loaded\n",
                      self.said("/nonexistent/lib.so", archive))


if __name__ == "__main__":
    unittest.main()
