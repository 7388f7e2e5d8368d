#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What each part costs of a program, from the linker's map: how far it is from where
it begins to where the next one does, in what is loaded from the file.

parts.py MAP PROGRAM: a line for each part, and the whole."""
import pathlib
import re
import sys

LOADED = (r"\.init|\.plt|\.text|\.fini|\.rodata|\.eh_frame|\.init_array|\.fini_array|"
          r"\.data\.rel\.ro|\.got|\.got\.plt|\.data|\.tdata|\.ctors|\.dtors")
REST = "ELF headers, padding"
MUSL = "musl"
Costs = dict[str, int]


def part(name: str) -> str:
    """Of an object file: its source, of the library the folder, or who made it."""
    tool = re.search(r"mymem-free\.p/(?:.*_)?([\w-]+\.c)\.o$", name)
    room = re.search(r"libmymem\.a\((?:([a-z]+)_)?[\w-]+\.c\.o\)$", name)
    if tool:
        return f"mymem-free/{tool[1]}"
    if room:
        return f"lib/{room[1]}" if room[1] else "lib"
    if re.search(r"musl.*/|/(libc\.a|S?crt[1in]\.o)", name):
        return MUSL
    return "gcc" if "/gcc/" in name else name


def begins(text: str) -> list[tuple[int, str]]:
    """(address, part) in the order of the map; "" is the end of a section.  Strings
    that several files have are told for each of them, at one address."""
    found: list[tuple[int, str]] = []
    text = re.sub(r"\n +(?=0x[0-9a-f]+ +0x[0-9a-f]+ )", " ", text)
    end = 0
    for line in text.partition("Linker script and memory map")[2].splitlines():
        section = re.match(r"(\.\S+) +0x([0-9a-f]+) +0x([0-9a-f]+)", line)
        if section or line[:1] == ".":
            if end:
                found.append((end, ""))
            end = 0
            if section and re.fullmatch(LOADED, section[1]) and int(section[3], 16):
                start = int(section[2], 16)
                end = start + int(section[3], 16)
                found.append((start, REST))
        entry = re.match(r" \S+ +0x([0-9a-f]+) +0x([0-9a-f]+) (\S.*)$", line)
        if end and entry and int(entry[2], 16):
            found.append((int(entry[1], 16), part(entry[3])))
    return found


def costs(map_: pathlib.Path, program: pathlib.Path) -> Costs:
    found: Costs = {}
    places = begins(map_.read_text())
    for (address, name), (following, _) in zip(places, places[1:]):
        if name:
            found[name] = found.get(name, 0) + following - address
    found[REST] = found.get(REST, 0) + program.stat().st_size - sum(found.values())
    return {name: size for name, size in found.items() if size}


def main() -> None:
    found = costs(*map(pathlib.Path, sys.argv[1:]))
    for name, size in sorted(found.items()):
        print(f"{size:7} {name}")
    print(f"{sum(found.values()):7} all of it")


if __name__ == "__main__":
    main()
