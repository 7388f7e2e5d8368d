# SPDX-License-Identifier: MIT
"""A picture of a terminal: what was typed and printed, at the pace at which it
was.  Where pictures do not move all of it is there from the beginning."""
import re
from typing import Iterator

import svg

WIDTH, MARGIN, LINE, SIZE = 860, 16, 18, 13
BEFORE, AFTER = 1.0, 0.5 # a command, in seconds


def kind(line: str) -> str:
    if line.startswith(("$ ", "> ")):
        return "typed"
    if line == "137":
        return "killed"
    return "decided" if " s " in line and ": " in line else "printed"


def times(lines: list[str]) -> Iterator[float]:
    """When each line appears.  A pool tells its own time, from its start on."""
    now = start = 0.0
    for line in lines:
        own = re.match(r" *(\d+\.\d\d) s ", line)
        if own:
            now = max(now, start + float(own[1]))
        elif line.startswith("$ "):
            now += BEFORE
        yield now
        if kind(line) == "typed":
            now += AFTER
            start = now if line.startswith("$ docker run") else start


def picture(lines: list[str], title: str) -> str:
    height = 2 * MARGIN + LINE * (len(lines) + 1)
    out = [f"<title>{svg.escape(title)}</title>",
           "<style>text { font-family: ui-monospace, monospace; "
           f"font-size: {SIZE}px; fill: #c9d1d9; "
           "animation: appear 1ms backwards } "
           ".typed { fill: #fff; font-weight: bold } .decided { fill: #7ee787 } "
           ".killed { fill: #ff7b72; font-weight: bold } "
           ".head { fill: #8b949e } @keyframes appear { from { opacity: 0 } } "
           "@media (prefers-reduced-motion) { text { animation: none } }</style>",
           '<rect width="100%" height="100%" rx="8" fill="#161b22" '
           'stroke="#6e7681"/>',
           f'<text class="head" x="{MARGIN}" y="{MARGIN + SIZE}">'
           f"# {svg.escape(title)}</text>"]
    for number, (line, when) in enumerate(zip(lines, times(lines)), 1):
        out.append(f'<text class="{kind(line)}" x="{MARGIN}" '
                   f'y="{MARGIN + SIZE + LINE * number}" '
                   f'style="animation-delay: {when:.2f}s">{svg.escape(line)}</text>')
    return svg.picture(WIDTH, height, out, 'xml:space="preserve" ')
