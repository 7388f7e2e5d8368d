# SPDX-License-Identifier: MIT
"""What pictures are made of."""
from typing import Iterable


def escape(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")


def text(x: float, y: float, words: str, anchor: str = "middle", size: int = 12,
         color: str = "#333") -> str:
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" '
            f'font-size="{size}" fill="{color}">{escape(words)}</text>')


def line(x1: float, y1: float, x2: float, y2: float, color: str, more: str = "") -> str:
    return (f'<line x1="{x1:.1f}" y1="{y1}" x2="{x2:.1f}" y2="{y2}" '
            f'stroke="{color}"{more}/>')


def picture(width: float, height: float, body: Iterable[str], more: str = "") -> str:
    """A whole file."""
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {more}width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}">',
        # REUSE-IgnoreStart
        "<!-- SPDX-License-Identifier: MIT -->",
        # REUSE-IgnoreEnd
        *body, "</svg>", ""])
