# SPDX-License-Identifier: MIT
"""What mypy says of the module, the tests, the examples, the README; and
whether the oldest Python can read them.

    LIBMYMEM_PATH=.../libmymem.so.1 python3 -m unittest -v
"""
import ast
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
from typing import Tuple

from test_examples import blocks

HERE = pathlib.Path(__file__).resolve().parent
MYPY = shutil.which("mypy")


class Syntax(unittest.TestCase):

    def test_oldest_python(self) -> None:
        code = {str(path.relative_to(HERE)): path.read_text()
                for path in HERE.glob("**/*.py")}
        self.assertIn("mymem/__init__.py", code)
        for number, block in enumerate(blocks("python")):
            code[f"README.md {number}"] = block
        for name, text in code.items():
            with self.subTest(name):
                ast.parse(text, name, feature_version=(3, 8))

    def test_too_new_syntax_is_found(self) -> None:
        with self.assertRaises(SyntaxError):
            ast.parse("match 1:\n  case 1: pass", feature_version=(3, 8))


@unittest.skipIf(MYPY is None, "mypy is not installed")
class Types(unittest.TestCase):

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.directory = pathlib.Path(holder.name)

    def mypy(self, *arguments: str) -> Tuple[int, str]:
        child = subprocess.run(
            ["mypy", f"--cache-dir={self.directory / 'cache'}", *arguments],
            cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=300, universal_newlines=True)
        return child.returncode, child.stdout

    def program(self, code: str) -> str:
        path = self.directory / f"program{len(list(self.directory.iterdir()))}"
        path.with_suffix(".py").write_text(code)
        return os.fspath(path.with_suffix(".py"))

    def test_everything(self) -> None:
        """The module, its tests and examples, strictly: see pyproject.toml."""
        status, said = self.mypy()
        self.assertEqual(status, 0, said)
        count = len([path for path in HERE.glob("**/*.py")
                     if path.name != "setup.py" and "build" not in path.parts])
        self.assertIn(f"no issues found in {count} source files", said)

    def test_readme(self) -> None:
        programs = [self.program(code) for code in blocks("python")]
        status, said = self.mypy("--strict", *programs)
        self.assertEqual(status, 0, said)

    def test_oldest_python(self) -> None:
        """As far as this mypy knows it."""
        status, said = self.mypy("--python-version=3.8", "mymem", "examples")
        oldest = re.search(r"must\s+be\s+(\d\.\d+)\s+or\s+higher", said)
        if oldest:
            status, said = self.mypy(f"--python-version={oldest[1]}", "mymem",
                                     "examples")
        self.assertEqual(status, 0, said)

    def test_mistakes_are_found(self) -> None:
        status, said = self.mypy("--strict", self.program(
            "import mymem\n"
            "limit: str = mymem.limit()\n"
            "print(mymem.Context().snapshot().limit_by.kind)\n"
            "print(mymem.Context().snapshot().limit + 1)\n"))
        self.assertEqual(status, 1, said)
        for line, error in ((2, "assignment"), (3, "union-attr"),
                            (4, "operator")):
            self.assertRegex(said, rf"(?m):{line}: error: .*\[{error}\]$")
        self.assertIn("Found 3 errors", said)


if __name__ == "__main__":
    unittest.main()
