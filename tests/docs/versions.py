#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""versions.py ROOT: one version everywhere; and all say the same of whether it is
released, and when."""
import datetime
import email.utils
import pathlib
import re
import sys
from typing import Optional

from source import Header, pages
from tap import Tap


def one(path: pathlib.Path, pattern: str) -> str:
    """What a pattern finds first in a file, or ''."""
    match = re.search(pattern, path.read_text(), re.M)
    return match[1] if match else ""


def day(text: str, form: str) -> Optional[datetime.date]:
    try:
        return datetime.datetime.strptime(text, form).date()
    except ValueError:
        return None


def check_symbols(t: Tap, root: pathlib.Path, version: str) -> None:
    """Each function is as old for Debian as the header says."""
    numbers = version.split(".")
    since = {name: re.search(r"Since: ([\d.]+)", function[0])
             for name, function in Header(root).functions.items()}
    told = dict(re.findall(r"^ (mym_\w+)@MYMEM_\d+ (\S+)$",
                           (root / "debian/libmymem1.symbols").read_text(), re.M))
    t.same(told, since, "debian/libmymem1.symbols has the functions")
    for name, match in since.items():
        first = match[1] if match else "?"
        t.ok(told.get(name) == f"{first}.0~", f"{name}: Debian has it since {first}",
             told.get(name))
        t.ok(match and [int(n) for n in first.split(".")] <=
             [int(n) for n in numbers[:2]], f"{name}: not newer than the library")


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    t = Tap()
    version = one(root / "meson.build", r"^  version: '([^']+)'")
    t.ok(re.fullmatch(r"\d+\.\d+\.\d+", version), "meson.build has a version", version)
    soname = one(root / "meson.build", r"^soversion = '(\d+)'")
    t.ok(soname == "1", "the soname is the one that never changes", soname)

    header = root / "include/mymem.h"
    found = ".".join(one(header, rf"^#define MYM_VERSION_{part} (\d+)$")
                     for part in ("MAJOR", "MINOR", "PATCH"))
    t.ok(found == version, "the header has it", found)
    found = one(root / "bindings/python/pyproject.toml", r'^version = "([^"]+)"')
    t.ok(found == version, "the Python package has it", found)
    for template in ("libmymem.pc.in", "cmake/libmymem-config-version.cmake.in"):
        text = (root / template).read_text()
        t.ok("@version@" in text and not re.search(r"\d+\.\d+\.\d+", text),
             f"{template} takes it from meson")
    found = one(root / "NEWS.md", r"^## (.*)")
    t.ok(found.startswith(version + ", "), "NEWS.md begins with it", found)
    check_symbols(t, root, version)

    # Its date is what makes it a release.
    date = day(found.partition(", ")[2], "%Y-%m-%d")
    t.ok(date or found.endswith(", unreleased"), "NEWS.md says when, or unreleased",
         found)
    debian = root / "debian/changelog"
    found = one(debian, r"^(libmymem \(.*)")
    pattern = (rf"libmymem \({re.escape(version)}-\d\w*\) (?!UNRELEASED)\w+; .*" if date
               else rf"libmymem \({re.escape(version)}~dev-\w+\) UNRELEASED; .*")
    t.ok(re.fullmatch(pattern, found), "debian/changelog says the same", found)
    found = one(debian, r"^ -- .*>  (.*)$")
    signed = email.utils.parsedate_to_datetime(found).date() if found else None
    t.ok(signed and (not date or signed == date), "debian/changelog has a date", found)
    man = pages(root)
    t.ok(man, "there are manual pages")
    for page in man:
        found = one(page.path, r"^\.Dd (.*)$")
        dated = day(found, "%B %d, %Y")
        t.ok(dated and (not date or dated == date), f"{page.path.name} has a date",
             found)
    t.finish()


main()
