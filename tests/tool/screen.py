# SPDX-License-Identifier: MIT
"""screen.py: a picture of what tmux capture-pane -e has printed."""
import pathlib
import re
import sys
from typing import Iterator, NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import svg  # noqa: E402

WIDTH, HEIGHT, MARGIN, COLUMNS = 8.4, 17, 12, 80
BACKGROUND, FOREGROUND = "#161b22", "#c9d1d9"
COLORS = {1: "#da3633", 2: "#2ea043", 3: "#d29922", 6: "#56d4dd"}


class Run(NamedTuple):
    column: int
    text: str
    color: str
    behind: str


def runs(line: str) -> Iterator[Run]:
    """The parts of a line that have one color."""
    color, behind, column = FOREGROUND, "", 0
    for part in re.split(r"(\033\[[\d;]*m)", line):
        if not part.startswith("\033"):
            if part.strip() or behind:
                yield Run(column, part, color, behind)
            column += len(part)
            continue
        for code in map(int, part[2:-1].split(";") if part[2:-1] else ["0"]):
            if code in (0, 39):
                color = FOREGROUND
            if code in (0, 49):
                behind = ""
            if code // 10 == 3 and code % 10 in COLORS:
                color = COLORS[code % 10]
            if code // 10 == 4 and code % 10 in COLORS:
                behind = COLORS[code % 10]


def draw(line: str, y: float) -> Iterator[str]:
    for run in runs(line):
        x, width = MARGIN + WIDTH * run.column, WIDTH * len(run.text)
        if run.behind:
            yield (f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" '
                   f'height="{HEIGHT}" fill="{run.behind}"/>')
        if run.behind != run.color:
            yield (f'<text x="{x:.1f}" y="{y + 13}" textLength="{width:.1f}" '
                   f'fill="{run.color}">{svg.escape(run.text)}</text>')


def main() -> None:
    lines = sys.stdin.read().splitlines()
    body = ["<title>mymem-free --watch</title>",
            "<style>text { font-family: ui-monospace, monospace; font-size: 14px; "
            "white-space: pre }</style>",
            f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>']
    for number, line in enumerate(lines):
        body += draw(line, MARGIN + HEIGHT * number)
    print(svg.picture(round(2 * MARGIN + WIDTH * COLUMNS),
                      2 * MARGIN + HEIGHT * len(lines), body,
                      'xml:space="preserve" '), end="")


main()
