#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""installed.py ROOT BUILD MESON...: every public symbol has a page of its own
name where man(1) looks for it, and what is installed sends nobody to files that
are not."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from source import Header, Page, pages
from tap import Tap


FOLDERS = "bindings|docs|examples|lib|tests|tools"


def check_paths(t: Tap, path: pathlib.Path) -> None:
    """A path of the source tree is said to be one: "docs/x.md of the source"."""
    text = " ".join(re.sub(r"^ ?\*|^\.\w+ ", " ", path.read_text(), flags=re.M).split())
    astray = [match[0] for match in
              re.finditer(rf"(?<![\w/.])(?:{FOLDERS})/[\w./-]*\w", text)
              if not re.match(r" of (?:the|its) source\b", text[match.end():])]
    t.ok(not astray, f"{path.name}: names no file that is not installed", *astray)


def main() -> None:
    root, build = map(pathlib.Path, sys.argv[1:3])
    t = Tap()
    with tempfile.TemporaryDirectory() as top:
        environment = dict(os.environ, DESTDIR=top)
        run = subprocess.run(
            sys.argv[3:] + ["install", "-C", str(build), "--no-rebuild",
                            "--tags", "man"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)
        t.ok(run.returncode == 0, "meson install", run.stdout)
        installed = {path.name: path for path in pathlib.Path(top).rglob("man?/*")}
        t.ok(installed, "pages are installed")
        for name in Header(root).functions:
            path = installed.get(f"{name}.3")
            t.ok(path and path.parent.name == "man3" and path.exists()
                 and name in Page(path).names(), f"{name}(3)", path)
        for page in pages(root):
            t.ok(page.path.name in installed, f"{page.path.name} is installed")
            check_paths(t, page.path)
        check_paths(t, root / "include/mymem.h")
    t.finish()


main()
