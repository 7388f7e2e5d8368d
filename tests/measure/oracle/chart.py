# SPDX-License-Identifier: MIT
"""The chart of the table: how wrong each library is.

One dot for each situation, on the kernel where it was worst: what was promised
less what was got.  Right of the middle is a promise that ends in a kill.
"""
import math
from typing import Any

import table
from svg import escape, line, picture, text

WIDTH, LEFT, RIGHT, TOP, ROW = 860, 150, 130, 64, 56
TICKS = [-1000, -100, -10, 0, 10, 100, 1000, 10000]


def scale(mib: float) -> float:
    """Linear within 10 MiB, logarithmic beyond."""
    if abs(mib) <= 10:
        return mib / 10
    return math.copysign(math.log10(abs(mib)), mib)


def across(mib: float) -> float:
    low, high = scale(TICKS[0]) - 0.3, scale(TICKS[-1]) + 0.5
    share = (scale(mib) - low) / (high - low)
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(share, 0), 1)


def worst(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Of each situation the row that is beyond the bar, or the farthest off."""
    found: dict[str, tuple[tuple[bool, float], dict[str, Any]]] = {}
    for row in rows:
        if row["said"][name] is None:
            continue
        error = abs(row["said"][name] - row["truth"])
        key = not row["right"][name], error
        best = found.get(row["situation"])
        if best is None or key > best[0]:
            found[row["situation"]] = key, row
    return [row for _, row in found.values()]


def dots(rows: list[dict[str, Any]], name: str, middle: int) -> list[str]:
    out = []
    for index, row in enumerate(worst(rows, name)):
        error = row["said"][name] - row["truth"]
        kind = "right" if row["right"][name] else \
            "over" if error > 0 else "under"
        # Spread a little, always in the same way.
        y = middle + (index * 7 % 23 - 11)
        hint = f"{row['situation']} on {row['kernel']}: {error:+.1f} MiB"
        out.append(f'<circle class="{kind}" cx="{across(error):.1f}" cy="{y}" '
                   f'r="3.5"><title>{escape(hint)}</title></circle>')
    return out


def chart(libraries: list[str], rows: list[dict[str, Any]]) -> str:
    bottom = TOP + ROW * len(libraries)
    out = ["<style>text { font-family: sans-serif } "
           "circle { fill-opacity: 0.6 } .right { fill: #1a7f37 } "
           ".over { fill: #c0392b } .under { fill: #d68910 }</style>",
           '<rect width="100%" height="100%" fill="white"/>',
           text(LEFT, 24, "promised available memory − memory really got, MiB",
                "start", 15),
           text(across(-50), 48, "too careful", color="#d68910"),
           text(across(300), 48, "promised too much: killed",
                color="#c0392b"),
           text(WIDTH - RIGHT / 2, 48, "within the bar")]
    for tick in TICKS:
        x = across(tick)
        out.append(line(x, TOP, x, bottom, "#ddd" if tick else "#333"))
        out.append(text(x, bottom + 18, f"{tick:+d}" if tick else "0", size=11))
    scores = table.scores(libraries, rows)
    for index, name in enumerate(libraries):
        middle = TOP + ROW * index + ROW // 2
        right, total = scores[name]
        out += dots(rows, name, middle)
        out.append(text(LEFT - 10, middle + 4, name, "end", 13))
        out.append(text(WIDTH - RIGHT / 2, middle + 4, f"{right} of {total}",
                        size=13))
    count = len({row["situation"] for row in rows})
    kernels = table.kernels(rows)
    out.append(text(LEFT, bottom + 44, f"{count} situations on "
                    f"{', '.join(kernels)}; a dot is one, where it was worst",
                    "start", 11, "#666"))
    return picture(WIDTH, bottom + 60, out)
