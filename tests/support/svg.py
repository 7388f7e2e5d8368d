# SPDX-License-Identifier: MIT
"""What pictures are made of."""


def escape(words):
    return words.replace("&", "&amp;").replace("<", "&lt;")


def text(x, y, words, anchor="middle", size=12, color="#333"):
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" '
            f'font-size="{size}" fill="{color}">{escape(words)}</text>')


def line(x1, y1, x2, y2, color, more=""):
    return (f'<line x1="{x1:.1f}" y1="{y1}" x2="{x2:.1f}" y2="{y2}" '
            f'stroke="{color}"{more}/>')


def picture(width, height, body, more=""):
    """A whole file."""
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {more}width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}">',
        # REUSE-IgnoreStart
        "<!-- SPDX-License-Identifier: MIT -->",
        # REUSE-IgnoreEnd
        *body, "</svg>", ""])
