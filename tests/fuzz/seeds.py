#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seeds.py FUZZER FIXTURES OUT: what a fuzzer begins with, OUT/TARGET/*: the
fixtures' files that the table in fuzz.c names, and each fixture as one text, as
machine.h describes it."""
import fnmatch
import hashlib
import pathlib
import subprocess
import sys

LONGEST = 16384


def packed(machine: pathlib.Path) -> bytes:
    """A frozen machine in one text.  What cannot be read is a directory there."""
    parts = []
    for path in sorted(machine.rglob("*")):
        name = path.relative_to(machine).as_posix()
        if name.split("/")[0] not in ("proc", "sys"):
            continue
        if path.is_file() and path.name != ".keep":
            content = path.read_bytes()
            end = b"" if content.endswith(b"\n") else b"\n"
            parts.append(b"@ /%s\n%s%s" % (name.encode(), content, end))
        elif path.is_dir() and not any(path.iterdir()):
            parts.append(b"@ /%s/\n" % name.encode())
    return b"".join(parts)


def main() -> None:
    fuzzer, fixtures, out = sys.argv[1:]
    machines = sorted(path.parent for path in
                      pathlib.Path(fixtures).glob("*/about"))
    files = {path: path.read_bytes() for machine in machines
             for path in sorted(machine.rglob("*"))
             if path.is_file() and path.parent != machine}
    table = subprocess.run([fuzzer, "--target=list"], check=True,
                           capture_output=True, text=True).stdout
    for line in table.splitlines():
        target, *patterns = line.split(" ")
        seeds = [content for path, content in files.items()
                 if any(fnmatch.fnmatch(str(path), pattern) for pattern in patterns)]
        if target in ("tree", "denied"):
            seeds = [packed(machine) for machine in machines]
        if target == "call":
            # Each call of each architecture, and its head as called.c has it.
            seeds = [bytes((arch, call, 0, 0, 0, 0, path, 0)) + memory
                     for arch in range(4) for call in range(8)
                     for path, memory in ((0, b"/proc/meminfo\0"), (0, b"swaps\0"),
                                          (24, bytes(24) + b"/proc/swaps\0"))]
        if target == "lines":
            seeds = [b"\x0f\x07" + seed for seed in seeds]
        folder = pathlib.Path(out, target)
        folder.mkdir(parents=True, exist_ok=True)
        for seed in seeds:
            if 0 < len(seed) <= LONGEST:
                name = hashlib.sha1(seed).hexdigest()
                (folder / name).write_bytes(seed)


main()
