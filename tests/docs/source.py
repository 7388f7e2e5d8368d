# SPDX-License-Identifier: MIT
"""What the checks read of the source: the header, the pages, the Markdown."""
import os
import pathlib
import re
from typing import Optional


def words(text: str) -> str:
    """C text in one spelling: single blanks, none beside a star."""
    return re.sub(r" ?\* ?", " *", " ".join(text.split())).strip()


class Header:
    def __init__(self, root: pathlib.Path) -> None:
        self.text = (root / "include/mymem.h").read_text()
        code = re.sub(r"/\*.*?\*/", "", self.text, flags=re.S)
        self.constants = {
            name for name in re.findall(r"^#define\s+(MYM_\w+)", code, re.M)
            if name != "MYM_PUBLIC"}
        for body in re.findall(r"\benum\b[^{;]*\{(.*?)\}", code, re.S):
            self.constants |= set(re.findall(r"\b(MYM_\w+)", body))
        self.structs = {
            name: re.findall(r"\b(\w+);", body) for name, body in
            re.findall(r"^struct (\w+) \{(.*?)^\};", code, re.S | re.M)}
        self.functions = {}
        for comment, kind, name, arguments in re.findall(
                r"/\*((?:(?!\*/).)*)\*/\s*MYM_PUBLIC\s+([^(;]*?[\s*])(\w+)\(([^)]*)\);",
                self.text, re.S):
            self.functions[name] = (comment, words(kind),
                                    [words(a) for a in arguments.split(",")])


def errors_of(comment: str) -> set[str]:
    """The -E... codes of a function's comment."""
    return set(re.findall(r"-(E[A-Z]+)", comment))


class Page:
    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.sections: dict[str, list[str]] = {}
        name = ""
        for line in path.read_text().splitlines():
            if line.startswith(".Sh "):
                name = line[4:]
                self.sections[name] = []
            elif name:
                self.sections[name].append(line)

    def names(self) -> list[str]:
        return [line[4:].rstrip(" ,") for line in self.sections.get("NAME", [])
                if line.startswith(".Nm ")]

    def prototypes(self) -> dict[str, tuple[str, list[str]]]:
        """name: (type, arguments), from .Ft and .Fn or .Fo, .Fa, .Fc."""
        found: dict[str, tuple[str, list[str]]] = {}
        kind = name = ""
        for line in self.sections.get("SYNOPSIS", []):
            macro, _, rest = line.partition(" ")
            quoted = [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', rest)]
            if macro == ".Ft":
                kind = words(" ".join(quoted))
            elif macro == ".Fn":
                found[quoted[0]] = (kind, [words(a) for a in quoted[1:]])
            elif macro == ".Fo":
                name = quoted[0]
                found[name] = (kind, [])
            elif macro == ".Fa":
                found[name][1].append(words(quoted[0]))
        return found

    def blocks(self) -> list[str]:
        """The literal blocks of EXAMPLES, as text."""
        blocks: list[str] = []
        block: Optional[list[str]] = None
        for line in self.sections.get("EXAMPLES", []):
            if line.startswith(".Bd -literal"):
                block = []
            elif line == ".Ed" and block is not None:
                blocks.append("\n".join(block) + "\n")
                block = None
            elif block is not None:
                block.append(line.replace("\\&", "").replace("\\-", "-")
                             .replace("\\e", "\\"))
        return blocks


def pages(root: pathlib.Path) -> list[Page]:
    return [Page(path) for path in sorted((root / "docs").glob("*.[1-9]"))]


def markdown(root: pathlib.Path) -> list[pathlib.Path]:
    """All Markdown of the project: no build directory, no frozen machine."""
    found = []
    for name, directories, files in os.walk(root):
        top = pathlib.Path(name)
        directories[:] = sorted(
            d for d in directories
            if not d.startswith(".") and d not in ("build", "node_modules")
            and not (top / d / "meson-private").exists()
            and not (top / d / "expect").exists())
        found += [top / file for file in sorted(files) if file.endswith(".md")]
    return found


# What newcomers read: each block of them is tried.
GUIDES = ("README.md", "CONTRIBUTING.md", "docs/coming-from.md", "docs/faq.md",
          "docs/jobs.md", "docs/kubernetes.md", "docs/systemd.md")


def guides(root: pathlib.Path) -> list[pathlib.Path]:
    return [root / name for name in GUIDES]


def fences(path: pathlib.Path) -> list[tuple[str, str]]:
    """(language, text) of each fenced block."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", path.read_text(), re.S | re.M)


def prose(path: pathlib.Path) -> str:
    """The text without fenced and indented code."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.S | re.M)
    return re.sub(r"^    .*$", "", text, flags=re.M)
