#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""header.py ROOT: the header and the man pages say the same, and all of it."""
import pathlib
import re
import sys
from typing import Optional

from source import Header, Page, errors_of, pages
from tap import Tap

SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "RETURN VALUES", "EXAMPLES",
            "ERRORS", "SEE ALSO", "HISTORY", "CAVEATS"]


def check_function(t: Tap, name: str, function: tuple[str, str, list[str]],
                   page: Optional[Page]) -> None:
    comment, kind, arguments = function
    t.ok(re.match(r"\s*\*?\s*" + name + r"\(\) - ", comment),
         f"{name}: the comment begins with its name")
    t.ok("Since:" in comment and ("Returns:" in comment or "Errors:" in comment),
         f"{name}: the comment has Since:, and Returns: or Errors:")
    if not t.ok(page, f"{name}: has a page") or not page:
        return
    t.ok(page.prototypes().get(name) == (kind, arguments),
         f"{name}: {page.path.name} has the header's prototype",
         page.prototypes().get(name), (kind, arguments))
    history = "\n".join(page.sections.get("HISTORY", []))
    since = re.search(r"Since: ([\d.]+)", comment)
    t.ok(f".Fn {name}" in history and since and
         re.search(rf"libmymem {re.escape(since[1])}\b", history),
         f"{name}: HISTORY says since when")


def check_page(t: Tap, page: Page, header: Header) -> None:
    text = re.sub(r"^\.Dt .*", "", page.path.read_text(), flags=re.M)
    if page.path.suffix == ".3":
        order = [s for s in page.sections if s in SECTIONS]
        t.ok(order == SECTIONS, f"{page.path.name}: all sections, in order", order)
        codes = set()
        for name in page.names():
            codes |= errors_of(header.functions.get(name, ("",))[0])
        rows = re.findall(r"\.It .*?\bEr .*", "\n".join(page.sections["ERRORS"]))
        found = set(re.findall(r"\b(E[A-Z]{2,})\b", " ".join(rows)))
        t.ok(found == codes, f"{page.path.name}: ERRORS are the header's",
             sorted(found), sorted(codes))
        t.ok(set(page.names()) <= set(header.functions),
             f"{page.path.name}: every name is in the header", page.names())
    else:
        t.ok("HISTORY" in page.sections and "CAVEATS" in page.sections,
             f"{page.path.name}: HISTORY and CAVEATS")
    unknown = {word for word in re.findall(r"\bMYM_[A-Z]\w*[A-Z]\b", text)
               if word not in header.constants}
    t.ok(not unknown, f"{page.path.name}: no constant that is not in the header",
         *unknown)


def check_tool(t: Tap, root: pathlib.Path, page: Page) -> None:
    """mymem-free(1) has every word that the tool may print."""
    told = set(re.findall(r"^\.(?:Pq )?Ql (\S+)", page.path.read_text(), re.M))
    tables = re.findall(r"^const struct name (\w+)_names\[\] = \{(.*?)^\};",
                        (root / "mymem-free/names.c").read_text(), re.S | re.M)
    t.ok({"kind", "level", "cause", "scope", "flag"} <= {name for name, _ in tables},
         "the tool's words are found")
    for table, body in tables:
        # Facts have their own names, which are members.
        for word in re.findall(r'"([\w-]+)"', body) if table != "fact" else ():
            t.ok(word in told, f"{page.path.name}: the {table} {word}")


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    header, man = Header(root), pages(root)
    by_name = {name: page for page in man for name in page.names()}
    t = Tap()

    public = re.findall(r"^MYM_PUBLIC\b[^(]*?(\w+)\(", header.text, re.M)
    t.same(header.functions, public, "each MYM_PUBLIC function has a comment")
    for name, function in header.functions.items():
        check_function(t, name, function, by_name.get(name))
    for page in man:
        check_page(t, page, header)
        if page.path.name == "mymem-free.1":
            check_tool(t, root, page)

    section = re.findall(r"^\.Sh SANDBOXES$(.*?)^\.Sh ", (
        root / "docs/libmymem.7").read_text(), re.S | re.M)[0]
    for name in header.functions:
        t.ok(f".Xr {name} 3" in section, f"{name}: which system calls it makes")

    text = "\n".join(page.path.read_text() for page in man)
    t.ok(header.constants, "there are constants")
    for name in sorted(header.constants):
        t.ok(re.search(rf"(\.Dv|\.Fd #define|\.It Dv) {name}\b", text),
             f"{name} is in a page")
    members = {word for line in re.findall(r"^\.It Va (.*)", text, re.M)
               for word in line.split(" , ")}
    t.same(members, {m for s in header.structs.values() for m in s},
           "the pages have every member of every struct")
    own = set(re.findall(r"^\.Xr ((?:lib)?mym\S*) (\d)", text, re.M))
    t.ok(own, "pages refer to each other")
    for name, section in sorted(own):
        there = name in by_name and by_name[name].path.suffix == f".{section}"
        t.ok(there, f"{name}({section}) is a page")
    t.finish()


main()
