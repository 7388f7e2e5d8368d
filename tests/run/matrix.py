#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""matrix.py LIMITED OBJECT OBJECT-32: what unmodified programs say of the machine's
memory in a group of 512 MiB, as they are and with libmymem-preload.so."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Optional

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from group import Group  # noqa: E402
from table import LETTERS, PROGRAMS, SOURCES, Program  # noqa: E402
from tap import Tap  # noqa: E402

LIMIT = 512


def machine() -> float:
    """In MiB."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def expected(program: Program, total: float) -> float:
    return min(total * program.share, program.most)


def fits(program: Program, said: Optional[float], total: float) -> bool:
    """Whether a machine of this size would have been told so."""
    whole = expected(program, total)
    if said is None:
        return False
    if program.free:
        return whole / 4 < said <= whole
    # Some print no more than three digits.
    return abs(said - whole) <= program.slack + whole / 200


class Matrix:
    def __init__(self, group: Group, objects: dict[int, str], work: pathlib.Path) -> None:
        self.group, self.objects, self.work = group, objects, work
        self.made: dict[str, bool] = {}

    def make(self, name: str) -> bool:
        """Makes one of SOURCES."""
        if name not in self.made:
            command = SOURCES[name].replace("HERE", str(HERE / "programs")).replace(
                "OUT", str(self.work / name))
            done = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True,
                                  stdin=subprocess.DEVNULL, cwd=self.work)
            self.made[name] = done.returncode == 0
            if done.returncode != 0:
                Tap.note(f"{name}: {done.stdout}")
        return self.made[name]

    def missing(self, program: Program) -> Optional[str]:
        """Why it cannot be run here."""
        for name in re.findall(r"@(\w+)", program.command):
            if not self.make(name):
                return f"{name} cannot be made here"
        if not self.objects[program.bits]:
            return f"no object of {program.bits} bits"
        first = program.needs or program.command.split()[0]
        return None if first[0] == "@" or shutil.which(first) else f"no {first}"

    def ask(self, program: Program, preload: str) -> tuple[Optional[float], str]:
        """What it says, in MiB, and all of it."""
        command = re.sub(r"@(\w+)", lambda name: str(self.work / name[1]),
                         program.command)
        done = self.group.run(LIMIT, preload, command, self.work)
        text = re.sub(r"\x1b(\[[\d;?]*[a-zA-Z]|\(B)", "", done.stdout)
        said = None
        for find in re.finditer(program.pattern, text, re.M):
            unit = LETTERS[find[2]] if find.lastindex == 2 else program.unit
            said = float(find[1]) * unit
        return said, f"status {done.returncode}: {text[-3000:]}"


def cell(said: Optional[float]) -> str:
    return "-" if said is None else f"{said:.0f}"


def main() -> None:
    limited, object_64, object_32 = (str(pathlib.Path(path).resolve())
                                     for path in sys.argv[1:])
    group = Group(limited)
    t, rows = Tap(), []
    has_32 = os.path.getsize(object_32) > 0
    with tempfile.TemporaryDirectory() as work:
        matrix = Matrix(group, {64: object_64, 32: object_32 if has_32 else ""},
                        pathlib.Path(work))
        for program in PROGRAMS:
            missing = matrix.missing(program)
            if missing:
                t.skip(program.name, missing)
                continue
            without, text = matrix.ask(program, "")
            t.ok(fits(program, without, machine()),
                 f"{program.name}: without, the machine", without, text)
            shown, text = matrix.ask(program, matrix.objects[program.bits])
            total = machine() if program.static else LIMIT / (1 + program.halved)
            t.ok(fits(program, shown, total),
                 f"{program.name}: with the object, " +
                 ("the machine: it is static" if program.static else "its own"),
                 shown, text)
            rows.append((program.name, cell(without), cell(shown)))
    t.ok(len(rows) > 15, "most of the programs are here", len(rows))
    t.note(f"{'in MiB, with a limit of ' + str(LIMIT):40} {'without':>10} {'preload':>10}",
           *(f"{name:40} {without:>10} {shown:>10}" for name, without, shown in rows))
    t.finish()


if __name__ == "__main__":
    main()
