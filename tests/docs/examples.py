#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""examples.py ROOT TOOL COMPILER...: the programs in the man pages compile, and
mymem-free(1) shows what the tool prints."""
import pathlib
import re
import subprocess
import sys
import tempfile

from source import Page, pages
from tap import Tap

FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-pedantic", "-Werror",
         "-fsyntax-only", "-x", "c"]


def compiles(t: Tap, root: pathlib.Path, compiler: list[str], name: str,
             text: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
        file.write(text)
        file.flush()
        run = subprocess.run(
            compiler + FLAGS + ["-I", str(root / "include"), file.name],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    t.ok(run.returncode == 0, f"{name} compiles", run.stdout)
    t.ok("int main(" in text and "#include <mymem.h>" in text,
         f"{name} is a program")


def prints(t: Tap, tool: str, machine: pathlib.Path, name: str, text: str) -> None:
    """A block "$ mymem-free ..." and what it prints of a captured machine."""
    command, _, expected = text.partition("\n")
    words = command.split()[1:]
    if "|" in words or not expected:
        return
    with tempfile.TemporaryDirectory() as here:
        (pathlib.Path(here) / "captured").symlink_to(machine)
        run = subprocess.run([tool] + words[1:], cwd=here, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    t.ok(run.returncode == 0 and run.stdout == expected,
         f"{name} prints what the page says", f"$ {command}", run.stdout)


def captured(root: pathlib.Path, page: Page) -> pathlib.Path:
    """The machine that a page examines."""
    named = re.findall(r"tests/fixtures/[\w-]+", page.path.read_text())
    return root.resolve() / str(named[0])


def main() -> None:
    root, compiler = pathlib.Path(sys.argv[1]), sys.argv[3:]
    tool = str(pathlib.Path(sys.argv[2]).resolve())
    t = Tap()
    for page in pages(root):
        blocks = page.blocks()
        t.ok(blocks, f"{page.path.name} has examples")
        for number, text in enumerate(blocks, 1):
            name = f"{page.path.name}, example {number}"
            if page.path.name == "libmymem-preload.7":
                # tests/run has programs with it.
                t.ok("libmymem-preload.so" in text, f"{name} has the object")
            elif page.path.suffix != ".1":
                compiles(t, root, compiler, name, text)
            elif page.path.name == "mymem-free.1":
                prints(t, tool, captured(root, page), name, text)
    t.finish()


main()
