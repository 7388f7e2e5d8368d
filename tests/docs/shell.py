#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""shell.py ROOT: what the pages tell to type is there, and mymem-free(1) has
the options of the tool."""
import os
import pathlib
import re
import shlex
import shutil
import sys
from typing import Iterator

from source import fences, guides, prose
from tap import Tap

# Known, though this machine may not have them.
COMMANDS = {"cc", "docker", "exec", "export", "git", "jq", "kubectl", "man", "meson",
            "ninja", "pip", "pkg-config", "python3", "sh", "systemctl",
            "systemd-run", "cd"}

# What a reader has that this tree has not: addresses, and the reader's own.
READERS = {"./server"}


def lines(text: str) -> list[str]:
    """The lines of a shell block, with those that a backslash continues."""
    return re.sub(r"\\\n\s*", " ", text).splitlines()


def commands(line: str) -> Iterator[list[str]]:
    """The commands of a line, as lists of words."""
    words: list[str] = []
    # name=$(command ...)
    line = re.sub(r"^\w+=\$\((.*)\)$", r"\1", line)
    for word in shlex.split(line, comments=True) + [";"]:
        if word in ("&&", "||", "|", ";"):
            if words:
                yield words
            words = []
        elif words or not re.match(r"\w+=", word) and word != "sudo":
            words.append(word)


def typed(path: pathlib.Path) -> Iterator[list[str]]:
    """The commands of the shell blocks of a page."""
    for language, text in fences(path):
        for line in lines(text) if language in ("sh", "console") else ():
            if language == "sh" or line.startswith("$ "):
                yield from commands(line.removeprefix("$ "))


def mentioned(path: pathlib.Path) -> Iterator[list[str]]:
    """The commands in the text, such as `meson test -C b fixtures`."""
    for code in re.findall(r"`([^`\n]+)`", prose(path)):
        if re.match(r"(?:mymem-free|meson|tools/[\w-]+) ", code):
            yield from commands(re.sub(r" > .*", "", code))


def options(root: pathlib.Path) -> set[str]:
    """Those of mymem-free, not only of free."""
    rows = re.findall(r"\{ ('.'|\w+), (?:OWN|BOTH), (NULL|\"[\w-]+\")",
                      (root / "mymem-free/request.c").read_text())
    return {f"-{letter[1]}" for letter, _ in rows if letter[0] == "'"} | \
        {f"--{name[1:-1]}" for _, name in rows if name != "NULL"}


def check(t: Tap, root: pathlib.Path, words: list[str]) -> None:
    command, shown = words[0], " ".join(words)
    if command in READERS:
        return
    if "/" in command:
        t.ok(os.access(root / command, os.X_OK), f"{shown}: is in the tree")
    else:
        t.ok(command in COMMANDS or command == "mymem-free" or
             shutil.which(command), f"{shown}: is a command")
    for tool in (i for i, word in enumerate(words) if word == "mymem-free"):
        for word in words[tool + 1:]:
            if word.startswith("-"):
                word = word.partition("=")[0]
                t.ok(word in options(root), f"{shown}: mymem-free has {word}")
    if command == "meson":
        for word, value in zip(words, words[1:] + [""]):
            if word == "--native-file":
                t.ok((root / value).exists(), f"{shown}: {value} exists")
            named = re.match(r"-D([\w-]+)=", word)
            if named and not named[1].startswith(("b_", "c_")):
                known = (root / "meson_options.txt").read_text() + \
                    "'buildtype''prefix''default_library''werror'"
                t.ok(f"'{named[1]}'" in known, f"{shown}: {named[1]} is an option")


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    t = Tap()
    t.ok({"-m", "--json", "--explain", "--sysroot"} <= options(root),
         "the tool's options are found", *options(root))
    page = (root / "docs/mymem-free.1").read_text()
    told = re.findall(r"^\.It Fl (.*)$", page, re.M)
    t.same({f"-{word}" for line in told for word in
            re.findall(r"(?:^|, )(?:Fl )?([\w-]+)", line)},
           options(root), "mymem-free(1) has the options of the tool")
    for path in guides(root):
        found = list(typed(path)) + list(mentioned(path))
        t.ok(found, f"{path.relative_to(root)} tells what to type")
        for words in found:
            check(t, root, words)
    t.finish()


if __name__ == "__main__":
    main()
