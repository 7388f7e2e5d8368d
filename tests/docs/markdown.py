#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""markdown.py ROOT: links lead somewhere and to every page, paths exist,
licences are told, and lib/README.md knows every file."""
import pathlib
import re
import sys

from source import markdown, prose
from tap import Tap

FOLDERS = "bindings|docs|examples|include|lib|tests|tools"


def slugs(path: pathlib.Path) -> set[str]:
    """The anchors of a file's headings."""
    heads = re.findall(r"^#+ +(.*)$", path.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def check_links(t: Tap, root: pathlib.Path, path: pathlib.Path,
                linked: set[pathlib.Path]) -> None:
    name = path.relative_to(root)
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        there = (path.parent / target).resolve() if target else path
        t.ok(there.exists() and (not anchor or anchor in slugs(there)),
             f"{name}: {link}")
        if there != path:
            linked |= {there, there / "README.md"}
    for code in re.findall(r"`([^`\n]+)`", prose(path)):
        word = code.split()[0].rstrip("/")
        if re.match(rf"(?:{FOLDERS})/[\w./-]+$", word):
            t.ok((root / word).exists() or (path.parent / word).exists(),
                 f"{name}: `{word}`")


def main() -> None:
    root = pathlib.Path(sys.argv[1]).resolve()
    t = Tap()
    files = markdown(root)
    t.ok(files, "there is Markdown")
    linked: set[pathlib.Path] = set()
    for path in files:
        check_links(t, root, path, linked)
    for path in files:
        t.ok(path in linked or path == root / "README.md",
             f"{path.relative_to(root)}: a link leads to it")
    mine = files + [path for folder in ("docs", "tests/docs") for path in
                    (root / folder).iterdir() if path.is_file()]
    for path in sorted(set(mine)):
        # What can have no comments has them in a file beside it, as REUSE wants.
        beside = path.with_name(path.name + ".license")
        with (beside if beside.exists() else path).open() as file:
            # REUSE-IgnoreStart
            t.ok("SPDX-License-Identifier: MIT" in file.read(200),
                 f"{path.relative_to(root)}: SPDX")
            # REUSE-IgnoreEnd
    lib = root / "lib"
    listed = re.findall(r"\]\(([\w/-]+\.\w+)\)", (lib / "README.md").read_text())
    t.same(listed, (str(path.relative_to(lib)) for path in lib.rglob("*")
                    if path.is_file() and path.name != "README.md"),
           "lib/README.md has every file of lib/")
    t.finish()


main()
