#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""dlopen-note.py FILE SONAME [padded]: is this section a note that SONAME is loaded?

https://uapi-group.org/specifications/specs/elf_dlopen_metadata/
"""
import json
import struct
import sys

TYPE = 0x407c0c0a
PRIORITIES = ("required", "recommended", "suggested")


def main() -> None:
    path, soname = sys.argv[1:3]
    padding = sys.argv[3:] == ["padded"]
    with open(path, "rb") as file:
        note = file.read()
    name_size, size, kind = struct.unpack_from("=III", note)
    assert (name_size, note[12:16]) == (4, b"FDO\0"), "the owner is not FDO"
    assert kind == TYPE, f"the type is {kind:#x}"
    text, rest = note[16:16 + size], note[16 + size:]
    assert size % 4 == 0 and len(text) == size, f"{len(note)} bytes"
    # Sanitizers pad all data.
    assert not rest or padding and not rest.strip(b"\0"), "more than one note"
    assert text.endswith(b"\0"), "the text has no end"
    entries = json.loads(text.rstrip(b"\0"))
    assert isinstance(entries, list), "not a list"
    mine = [entry for entry in entries if soname in entry["soname"]]
    assert len(mine) == 1, f"{len(mine)} entries for {soname}"
    assert mine[0]["priority"] in PRIORITIES, "no such priority"
    assert mine[0]["feature"] and mine[0]["description"], "does not say what for"


main()
