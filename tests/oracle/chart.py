#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""chart.py RESULTS.json... > CHART.svg: how wrong each library is.

One dot for each situation on each kernel: what was promised less what was
got.  Right of the middle is a promise that ends in a kill.
"""
import math
import sys

import bars

WIDTH, LEFT, RIGHT, TOP, ROW = 860, 150, 130, 64, 56
TICKS = [-1000, -100, -10, 0, 10, 100, 1000, 10000]
FONT = 'font-family="sans-serif"'


def scale(mib):
    """Linear within 10 MiB, logarithmic beyond."""
    if abs(mib) <= 10:
        return mib / 10
    return math.copysign(math.log10(abs(mib)), mib)


def across(mib):
    low, high = scale(TICKS[0]) - 0.3, scale(TICKS[-1]) + 0.5
    share = (scale(mib) - low) / (high - low)
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(share, 0), 1)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def text(x, y, words, anchor="middle", size=12, color="#333"):
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" '
            f'font-size="{size}" fill="{color}" {FONT}>{escape(words)}</text>')


def dots(records, key, middle):
    """The dots of one library, and how it did: right, of how many."""
    out, right, total = [], 0, 0
    for index, record in enumerate(records):
        said = bars.answers(record)[key]
        if said is None:
            continue
        error = said - record["truth"]
        over, under = bars.allowed(record)
        fits = error <= over and (under is None or -error <= under)
        total += 1
        right += fits
        color = "#1a7f37" if fits else "#c0392b" if error > 0 else "#d68910"
        # Spread a little, always in the same way.
        y = middle + (index * 7 % 23 - 11)
        hint = (f"{record['situation']} on {record['world']}: "
                f"{error / bars.MIB:+.1f} MiB")
        out.append(f'<circle cx="{across(error / bars.MIB):.1f}" cy="{y}" '
                   f'r="3.5" fill="{color}" fill-opacity="0.6">'
                   f"<title>{escape(hint)}</title></circle>")
    return out, right, total


def chart(records):
    libraries = [(key, name) for key, name in bars.LIBRARIES
                 if any(bars.answers(r)[key] is not None for r in records)]
    bottom = TOP + ROW * len(libraries)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
           f'height="{bottom + 60}" viewBox="0 0 {WIDTH} {bottom + 60}">',
           '<rect width="100%" height="100%" fill="white"/>',
           text(LEFT, 24, "promised available memory − memory really got, MiB",
                "start", 15),
           text(across(-50), 48, "too careful", color="#d68910"),
           text(across(300), 48, "promised too much: killed",
                color="#c0392b"),
           text(WIDTH - RIGHT / 2, 48, "within the bar")]
    for tick in TICKS:
        x = across(tick)
        out.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" '
                   f'stroke="{"#333" if tick == 0 else "#ddd"}"/>')
        out.append(text(x, bottom + 18, f"{tick:+d}" if tick else "0", size=11))
    for index, (key, name) in enumerate(libraries):
        middle = TOP + ROW * index + ROW // 2
        circles, right, total = dots(records, key, middle)
        out += circles
        out.append(text(LEFT - 10, middle + 4, name, "end", 13))
        out.append(text(WIDTH - RIGHT / 2, middle + 4, f"{right} of {total}",
                        size=13))
    count = len({r["situation"] for r in records})
    kernels = sorted({r["world"] for r in records})
    out.append(text(LEFT, bottom + 44, f"{count} situations on "
                    f"{', '.join(kernels)}; a dot is one of them",
                    "start", 11, "#666"))
    return "\n".join(out + ["</svg>", ""])


def main():
    records = [r for r in bars.load(sys.argv[1:]) if bars.measured(r)]
    if not records:
        sys.exit("nothing was measured")
    sys.stdout.write(chart(records))


main()
