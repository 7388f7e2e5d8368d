# SPDX-License-Identifier: MIT
"""What pip makes of this directory, without a network: as the README says.

    LIBMYMEM_PATH=.../libmymem.so.1 python3 -m unittest -v
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import unittest
import zipfile
from typing import Dict, List, Optional

from test_examples import blocks
from test_load import SONAME, library, put

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = "python3-venv python3-setuptools python3-wheel"
TOOLS = """
import ensurepip, setuptools, venv
try: import setuptools.command.bdist_wheel
except ImportError: import wheel.bdist_wheel
"""
PIP = ["--no-index", "--no-build-isolation"]


def python() -> Optional[str]:
    """One that has the tools: this, or the system's."""
    for path in sys.executable, "/usr/bin/python3":
        try:
            if subprocess.run([path, "-c", TOOLS], cwd="/",
                              stderr=subprocess.DEVNULL).returncode == 0:
                return path
        except OSError:
            pass
    return None


PYTHON = python()


@unittest.skipIf(PYTHON is None, f"no Python has what {PACKAGES} bring")
class Package(unittest.TestCase):
    """In a copy of the tree; the virtual environment is made once."""

    tree: pathlib.Path
    source: pathlib.Path
    bundled: pathlib.Path
    environment: Dict[str, str]
    installed: str  # what was said by the README's commands
    MODULE = ["__init__.py", "_load.py", "py.typed"]

    @classmethod
    def setUpClass(cls) -> None:
        assert PYTHON is not None
        holder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(holder.cleanup)
        cls.tree = pathlib.Path(holder.name)
        cls.source = cls.tree / "bindings" / "python"
        cls.bundled = cls.source / "mymem" / SONAME
        shutil.copytree(HERE, cls.source, symlinks=True,
                        ignore=shutil.ignore_patterns(
                            SONAME, "build", "*.egg-info", "__pycache__",
                            ".mypy_cache"))
        shutil.copy(HERE / "LICENSE", cls.tree)
        # No settings but those of the README's commands.
        cls.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("PIP_", "PYTHON"))}
        cls.environment.update(
            HOME=holder.name, PIP_CONFIG_FILE=os.devnull,
            PATH=f"{os.path.dirname(PYTHON)}:{os.environ['PATH']}")
        cls.installed = cls.shell(blocks("sh")[1])

    @classmethod
    def shell(cls, commands: str) -> str:
        return cls.run_checked("sh", "-eu", "-c", commands)

    @classmethod
    def run_checked(cls, *command: str, **environment: str) -> str:
        child = subprocess.run(
            command, cwd=cls.tree, env={**cls.environment, **environment},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
            universal_newlines=True)
        said = str(child.stdout)
        if child.returncode:
            raise AssertionError(f"{command}: {child.returncode}\n{said}")
        return said

    def setUp(self) -> None:
        self.wheels = self.tree / "wheels"
        for path in self.wheels, self.source / "build":
            shutil.rmtree(path, ignore_errors=True)
        if self.bundled.exists():
            self.bundled.unlink()

    def wheel(self, *arguments: str, source: str = "bindings/python"
              ) -> pathlib.Path:
        """Makes one; nothing that it is made with is out of date."""
        shutil.rmtree(self.wheels, ignore_errors=True)
        said = self.run_checked("venv/bin/pip", "-v", "wheel", *PIP, *arguments,
                                "--wheel-dir=wheels", source)
        self.assertNotIn("Deprecat", said)
        return self.made()

    def made(self) -> pathlib.Path:
        path, = self.wheels.iterdir()
        return path

    @staticmethod
    def tag(wheel: pathlib.Path) -> str:
        """As its name says."""
        return "-".join(wheel.stem.split("-")[2:])

    def contents(self, path: pathlib.Path) -> Dict[str, List[str]]:
        """The names in each directory of it, and what it says of itself."""
        found: Dict[str, List[str]] = {}
        with zipfile.ZipFile(path) as wheel:
            for name in wheel.namelist():
                folder, _, rest = name.partition("/")
                folder = "info" if folder.endswith(".dist-info") else folder
                found.setdefault(folder, []).append(rest)
                if rest in ("METADATA", "WHEEL"):
                    found[rest] = wheel.read(name).decode().splitlines()
        self.assertEqual(set(found), {"mymem", "info", "METADATA", "WHEEL"})
        self.assertIn("License: MIT", found["METADATA"])
        self.assertIn("License-File: LICENSE", found["METADATA"])
        return found

    def platform(self) -> str:
        """As wheels write it."""
        return re.sub("[-.]", "_", sysconfig.get_platform())

    def test_readme_names_the_tools(self) -> None:
        self.assertEqual(blocks("sh")[0], f"sudo apt install {PACKAGES}\n")

    def test_readme_installs(self) -> None:
        self.assertRegex(self.installed, r"(?m)^1\.\d+\.\d+ \d+$")

    def test_readme_makes_a_wheel(self) -> None:
        self.shell(blocks("sh")[2])
        self.assertEqual(self.tag(self.made()),
                         f"py3-none-{self.platform()}")
        self.assertFalse(self.bundled.exists())

    def test_wheel_without_the_library_is_for_any_platform(self) -> None:
        wheel = self.wheel()
        self.assertEqual(self.tag(wheel), "py3-none-any")
        contents = self.contents(wheel)
        self.assertEqual(sorted(contents["mymem"]), self.MODULE)
        self.assertIn("Tag: py3-none-any", contents["WHEEL"])
        self.assertIn("Root-Is-Purelib: true", contents["WHEEL"])

    def test_wheel_with_the_library_is_for_this_platform(self) -> None:
        self.bundled.write_bytes(library())
        wheel = self.wheel()
        tag = f"py3-none-{self.platform()}"
        self.assertEqual(self.tag(wheel), tag)
        contents = self.contents(wheel)
        self.assertEqual(sorted(contents["mymem"]),
                         sorted([*self.MODULE, SONAME]))
        self.assertIn(f"Tag: {tag}", contents["WHEEL"])
        self.assertIn("Root-Is-Purelib: false", contents["WHEEL"])
        # It is used where it is installed, and nothing else is.
        target = self.tree / "target"
        self.run_checked("venv/bin/pip", "install", *PIP, f"--target={target}",
                         str(wheel))
        self.addCleanup(shutil.rmtree, target)
        said = self.run_checked(
            "venv/bin/python", "-c",
            "import mymem; print(mymem.limit() > 0, mymem._library._name)",
            PYTHONPATH=os.fspath(target), LIBMYMEM_PATH="/nonexistent.so")
        self.assertEqual(said, f"True {target}/mymem/{SONAME}\n")
        # And the next wheel has nothing of it, though build/ is still there.
        self.bundled.unlink()
        plain = self.wheel()
        self.assertEqual(self.tag(plain), "py3-none-any")
        self.assertNotIn(SONAME, self.contents(plain)["mymem"])

    def test_library_for_another_platform(self) -> None:
        self.bundled.write_bytes(put(library(), 18, b"\xee\xee"))
        with self.assertRaisesRegex(AssertionError,
                                    "not for this machine; give --plat-name"):
            self.wheel()
        wheel = self.wheel("--config-settings=--build-option="
                           "--plat-name=linux_riscv64")
        self.assertEqual(self.tag(wheel), "py3-none-linux_riscv64")

    def test_source_distribution(self) -> None:
        self.bundled.write_bytes(library())
        self.run_checked(
            "venv/bin/python", "-c",
            "import os, setuptools.build_meta as backend\n"
            "os.chdir('bindings/python')\n"
            "backend.build_sdist('../../sdist')")
        self.bundled.unlink()
        path, = (self.tree / "sdist").iterdir()
        with tarfile.open(path) as archive:
            files = {member.name.partition("/")[2]: member
                     for member in archive if not member.isdir()}
        wanted = ["LICENSE", "MANIFEST.in", "README.md", "mymem/py.typed",
                  "pyproject.toml", "setup.py"]
        wanted += [file.relative_to(HERE).as_posix()
                   for folder in ("mymem", "examples")
                   for file in (HERE / folder).glob("*.py")]
        for name in wanted:
            self.assertIn(name, files)
            self.assertTrue(files[name].isfile(), name)
        self.assertNotIn(f"mymem/{SONAME}", files)
        wheel = self.wheel(source=str(path))
        self.assertEqual(self.tag(wheel), "py3-none-any")
        self.assertEqual(sorted(self.contents(wheel)["mymem"]), self.MODULE)

    def test_editable(self) -> None:
        environment = self.tree / "editable"
        assert PYTHON is not None
        self.run_checked(PYTHON, "-m", "venv", "--system-site-packages",
                         "--without-pip", str(environment))
        python = f"{environment}/bin/python"
        self.run_checked("venv/bin/pip", "--python", python, "install", *PIP,
                         "-e", "bindings/python")
        said = self.run_checked(python, "-c",
                                "import mymem; print(mymem.__file__)")
        self.assertEqual(said, f"{self.source}/mymem/__init__.py\n")

    @unittest.skipIf(shutil.which("mypy") is None, "mypy is not installed")
    def test_installed_module_is_typed(self) -> None:
        program = self.tree / "program.py"
        program.write_text("import mymem\nreveal_type(mymem.limit())\n"
                           "text: str = mymem.limit()\n")
        with self.assertRaises(AssertionError) as raised:
            self.run_checked("mypy", "--strict", "--cache-dir=cache",
                             "--python-executable=venv/bin/python",
                             str(program))
        said = str(raised.exception)
        self.assertRegex(said, r':2: note: Revealed type is "(builtins\.)?int"')
        self.assertRegex(said, r":3: error: .*\[assignment\]")
        self.assertIn("Found 1 error", said)


if __name__ == "__main__":
    unittest.main()
