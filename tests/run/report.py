# SPDX-License-Identifier: MIT
"""What programs have said, as a table of Markdown."""
from typing import Mapping, NamedTuple, Optional

from table import LIMIT, Program
from ways import MODES


class Row(NamedTuple):
    program: Program
    # In MiB, in each mode.
    said: list[Optional[float]]


class Notes:
    """Each once, with a number where it is told of."""
    def __init__(self) -> None:
        self.notes: list[str] = []

    def mark(self, note: str) -> str:
        if note not in self.notes:
            self.notes.append(note)
        return f" ({self.notes.index(note) + 1})"

    def __str__(self) -> str:
        return "\n".join(f"{number}. {note}" for number, note in
                         enumerate(self.notes, 1))


def sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def markdown(rows: list[Row], machine: float, denied: Mapping[str, str]) -> str:
    notes = Notes()
    heads = [mode + (notes.mark(f"`mymem-run` says here that {denied[mode]}; it "
                                "takes the next best mode.") if mode in denied else "")
             for mode in MODES]
    lines = [["what is asked", "right", *heads], ["---"] + ["--:"] * (1 + len(MODES))]
    for program, said in rows:
        right = f"{'≤ ' * program.free}{program.of(program.limit()):.0f}"
        cells = [("-" if number is None else f"{number:.0f}") +
                 (notes.mark(sentence(program.machine[mode]))
                  if mode in program.machine else "")
                 for mode, number in zip(MODES, said)]
        lines.append([program.name, right, *cells])
    return "\n".join([
        f"In MiB, where {LIMIT} may be used of a machine of {machine:.0f}.  “Right” is "
        f"what a machine of {LIMIT} would show; “none” is without `mymem-run`.", "",
        *("| " + " | ".join(line) + " |" for line in lines), "", str(notes)])
