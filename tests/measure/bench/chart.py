# SPDX-License-Identifier: MIT
"""The chart of the table: what a call costs, on a logarithmic scale.

A row for each: from the least to the median, where the dot is.
"""
import math
from typing import Any

from svg import escape, line, picture, text

WIDTH, LEFT, RIGHT, TOP, ROW, GAP = 860, 330, 60, 56, 16, 10
LOW, HIGH = 1, 1e8
SECTIONS = {
    "kernel": "#57606a", "raw preads": "#57606a", "warm": "#1a7f37",
    "fresh": "#1a7f37", "mym_snapshot": "#1a7f37", "peers": "#c0392b",
}
# A control, once for each depth and number of threads.
LEFT_OUT = {(section, "getppid") for section in
            ("depth 4", "depth 16", "depth 64")}
OURS, FLOOR = "#1a7f37", "#57606a"


def color(section: str, row: str) -> str:
    return SECTIONS.get(section) or (OURS if row.startswith("mym_") else FLOOR)


def across(ns: float) -> float:
    share = math.log10(max(ns, LOW) / LOW) / math.log10(HIGH / LOW)
    return LEFT + (WIDTH - LEFT - RIGHT) * min(share, 1)


def duration(ns: float) -> str:
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns:.3g} ns"


def mark(y: int, section: str, name: str, row: dict[str, Any]) -> list[str]:
    fill = color(section, name)
    least, median = across(row["min"]), across(row["median"])
    return [text(LEFT - 8, y + 4, name, "end", 11),
            line(least, y, median, y, fill, ' stroke-width="3"'),
            f'<circle cx="{median:.1f}" cy="{y}" r="4" fill="{fill}">'
            f'<title>{escape(f"{section}: {name}")}</title></circle>',
            text(median + 8, y + 4, duration(row["median"]), "start", 10)]


def chart(rows: dict[tuple[str, ...], dict[str, Any]]) -> str:
    body, y, last = [], TOP, None
    for (section, name), row in rows.items():
        if row["unit"] != "ns" or (section, name) in LEFT_OUT:
            continue
        if section != last:
            y += GAP
            last = section
            body.append(text(10, y + 4, section, "start"))
            # Long names have a line of their own.
            if section not in SECTIONS:
                y += ROW
        body += mark(y, section, name, row)
        y += ROW
    bottom = y + GAP
    out = ["<style>text { font-family: sans-serif }</style>",
           '<rect width="100%" height="100%" fill="white"/>',
           text(10, 24, "what a call costs: least to median", "start", 15),
           text(LEFT, 44, "libmymem", "start", color=OURS),
           text(LEFT + 80, 44, "the kernel's floor", "start", color=FLOOR),
           text(LEFT + 200, 44, "others", "start",
                color=SECTIONS["peers"])]
    for power in range(int(math.log10(HIGH)) + 1):
        x = across(10 ** power)
        out.append(line(x, TOP, x, bottom, "#ddd"))
        out.append(text(x, bottom + 18, duration(10 ** power), "middle", 11))
    return picture(WIDTH, bottom + 30, out + body)
