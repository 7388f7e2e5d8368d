#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""readme.py ROOT: what README.md, CONTRIBUTING.md and mymem-free(1) tell to type
is there."""
import os
import pathlib
import re
import shlex
import shutil
import sys

from source import fences
from tap import Tap

# Known, though this machine may not have them.
COMMANDS = {"cc", "docker", "meson", "ninja", "pkg-config", "pip", "python3", "jq",
            "sh", "git", "man", "cd"}


def typed(path):
    """The commands of the shell blocks, as lists of words."""
    for language, text in fences(path):
        if language not in ("sh", "console"):
            continue
        for line in text.splitlines():
            if language == "console":
                if not line.startswith("$ "):
                    continue
                line = line[2:]
            words = []
            for word in shlex.split(line, comments=True) + [";"]:
                if word in ("&&", "||", "|", ";"):
                    if words:
                        yield words
                    words = []
                elif words or not re.match(r"\w+=", word) and word != "sudo":
                    words.append(word)


def options(root):
    usage = (root / "examples/mymem-free.c").read_text()
    return set(re.findall(r'"\s+(?:-\w, |    )(--[a-z]+)', usage)) | \
        set(re.findall(r'"  (-\w), --', usage))


def check(t, root, words):
    command, shown = words[0], " ".join(words)
    if "/" in command:
        t.ok(os.access(root / command, os.X_OK), f"{shown}: is in the tree")
    else:
        t.ok(command in COMMANDS or command == "mymem-free" or
             shutil.which(command), f"{shown}: is a command")
    for tool in (i for i, word in enumerate(words) if word == "mymem-free"):
        for word in words[tool + 1:]:
            if word.startswith("-"):
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


def main():
    root = pathlib.Path(sys.argv[1])
    t = Tap()
    t.ok({"-m", "--json", "--explain", "--sysroot"} <= options(root),
         "the tool's options are found", *options(root))
    page = (root / "docs/mymem-free.1").read_text()
    told = re.findall(r"^\.It Fl (.*?)(?: Ar \w+)?$", page, re.M)
    t.same({f"-{word}" for line in told for word in line.split(" , ")},
           options(root), "mymem-free(1) has the options of the tool")
    for name in ("README.md", "CONTRIBUTING.md"):
        commands = list(typed(root / name))
        t.ok(commands, f"{name} tells what to type")
        for words in commands:
            check(t, root, words)
    t.finish()


main()
