#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""matrix.py [--table] [--made DIR] MYMEM_RUN group LIMITED
matrix.py [--table] [--made DIR] MYMEM_RUN container IMAGE
matrix.py --made DIR --make MYMEM_RUN group LIMITED

What unmodified programs say of the machine's memory where they may use 512 MiB: as
they are, and in each mode of mymem-run."""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import NamedTuple, Optional

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from place import ENVIRONMENT  # noqa: E402
from report import Row, markdown  # noqa: E402
from table import LETTERS, LIMIT, PROGRAMS, SOURCES, Program  # noqa: E402
from tap import Tap  # noqa: E402
from ways import MODES, Ways, parser  # noqa: E402


def machine() -> float:
    """In MiB."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def fits(program: Program, said: Optional[float], total: float) -> bool:
    """Whether a machine of this size would have been told so."""
    whole = program.of(total)
    if said is None:
        return False
    if program.free:
        return whole / 4 < said <= whole
    # Some print no more than three digits.
    near = program.slack + whole / 200
    least = program.least if total == machine() else 1
    return whole * least - near <= said <= whole + near


class Makes:
    """The programs of SOURCES."""
    def __init__(self, work: pathlib.Path) -> None:
        self.work = work
        self.good: dict[str, bool] = {}

    def make(self, name: str) -> bool:
        if name not in self.good:
            self.good[name] = (self.work / name).exists() or self.made(name)
        return self.good[name]

    def made(self, name: str) -> bool:
        command = SOURCES[name].replace("HERE", str(HERE / "programs")).replace(
            "OUT", str(self.work / name))
        done = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              stdin=subprocess.DEVNULL, cwd=self.work)
        if done.returncode != 0:
            Tap.note(f"{name}: {done.stdout}")
        return done.returncode == 0

    def missing(self, program: Program) -> Optional[str]:
        """Why it cannot be run here."""
        for name in re.findall(r"@(\w+)", program.command):
            if not self.make(name):
                return f"{name} cannot be made here"
        first = Ways.first(program.command)
        return None if first[0] == "@" or shutil.which(first, path=ENVIRONMENT["PATH"]) \
            else f"no {first}"


class Answer(NamedTuple):
    """In MiB, and all that was said."""
    said: Optional[float]
    text: str


def ask(ways: Ways, program: Program, mode: str) -> Answer:
    command = re.sub(r"@(\w+)", lambda name: str(ways.work / name[1]),
                     ways.line(program.command, mode))
    ended = ways.place[mode].run(LIMIT, command, ways.work, program.halved)
    text = re.sub(r"\x1b(\[[\d;?]*[a-zA-Z]|\(B)", "", ended.text)
    said = None
    for find in re.finditer(program.pattern, text, re.M):
        unit = LETTERS[find[2]] if find.lastindex == 2 else program.unit
        said = float(find[1]) * unit
    return Answer(said, str(ended))


def check_modes(t: Tap, ways: Ways) -> None:
    """Each can be had, or says what is missing."""
    for mode, place in ways.place.items():
        ended = place.run(LIMIT, ways.line("true", mode), ways.work)
        said, denied = ended.text.rstrip(), place.denied.get(mode, "")
        t.ok(ended.status == 0 and said == (denied and f"mymem-run: true: {denied}"),
             f"mode {mode}: " + (f"it says: {denied}" if denied else "nothing to say"),
             ended)


def check(t: Tap, ways: Ways, makes: Makes) -> list[Row]:
    """What each of them says in each mode."""
    rows = []
    with ThreadPoolExecutor(len(MODES)) as pool:
        for program in PROGRAMS:
            missing = makes.missing(program)
            if missing:
                t.skip(program.name, missing)
                continue
            answers = list(pool.map(ask, repeat(ways), repeat(program), MODES))
            for mode, answer in zip(MODES, answers):
                why = program.sees_machine(mode)
                t.ok(fits(program, answer.said, machine() if why else program.limit()),
                     f"{program.name}: {mode}: " +
                     (f"the machine: {why}" if why else "its own"), *answer)
            rows.append(Row(program, [answer.said for answer in answers]))
    t.ok(len(rows) > 15, "most of the programs are here", len(rows))
    return rows


def main() -> None:
    told = parser(__doc__)
    told.add_argument("--table", action="store_true", help="print what they say as "
                      "Markdown, and the results on standard error")
    told.add_argument("--made", metavar="DIR", type=pathlib.Path,
                      help="where programs are made, or have been")
    told.add_argument("--make", action="store_true",
                      help="only make them there, for another machine")
    options = told.parse_args()
    if options.make:
        makes = Makes(options.made.resolve())
        sys.exit(not all([makes.make(name) for name in SOURCES]))
    t, out = Tap(), sys.stdout
    if options.table:
        sys.stdout = sys.stderr
    with contextlib.ExitStack() as stack:
        work = options.made.resolve() if options.made else \
            pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ways = Ways(options, work)
        check_modes(t, ways)
        rows = check(t, ways, Makes(work))
    text = markdown(rows, machine(), ways.denied)
    if options.table:
        print(text, file=out)
    else:
        t.note(text)
    t.finish()


if __name__ == "__main__":
    main()
