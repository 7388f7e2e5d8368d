# SPDX-License-Identifier: MIT
"""Documentation that is generated: what is between two marks of a text, and
whole files."""
import pathlib
import re
import sys
from typing import Callable

from tap import Tap

ROOT = pathlib.Path(__file__).resolve().parents[2]


def put(text: str, mark: str, lines: list[str]) -> str:
    """What is between two marks of a text, replaced."""
    pattern = re.compile(f"(<!-- {mark} -->\n).*?(<!-- end of {mark} -->)",
                         re.S)
    if len(pattern.findall(text)) != 1:
        sys.exit(f"no place for the {mark}")
    body = "\n" + "\n".join(lines) + "\n\n"
    return pattern.sub(lambda match: match[1] + body + match[2], text)


def publish(made: Callable[[list[str]], dict[str, str]], script: str) -> None:
    """Write the files that made(results) gives; with --check only compare, and
    tell in TAP what is not as it would be."""
    check = sys.argv[1:] == ["--check"]
    t = Tap()
    for name, text in made([] if check else sys.argv[1:]).items():
        path = ROOT / name
        if check:
            t.ok(path.exists() and path.read_text() == text, name,
                 f"it is not what its source says: run {script}")
        else:
            path.write_text(text)
    if check:
        t.finish()
