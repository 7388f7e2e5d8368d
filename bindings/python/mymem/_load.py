# SPDX-License-Identifier: MIT
"""Finds libmymem, and says what is wrong where it cannot be used."""
from __future__ import annotations

import ctypes
import os
from typing import Any, Iterable, Iterator, List, Optional, Tuple

SONAME = "libmymem.so.1"
OLDEST = (1, 0)  # the first version that has all that the module uses

# The name of a function, the type of its result, those of its arguments.
Function = Tuple[str, Any, List[Any]]


def _secure_getenv(name: str) -> Optional[str]:
    """The variable, but not in a program that runs with more rights than the
    user who started it."""
    libc = ctypes.PyDLL(None)
    libc.secure_getenv.restype = ctypes.c_char_p
    libc.secure_getenv.argtypes = [ctypes.c_char_p]
    value = libc.secure_getenv(name.encode())
    return None if value is None else os.fsdecode(value)


def _places() -> Iterator[Tuple[str, Optional[str], str]]:
    """For each place its name, the library there, and why there is none."""
    folder = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(folder, SONAME)
    if not os.path.isdir(folder):
        why = "the module is in an archive, where no library can be loaded"
    else:
        why = f"there is none in {folder}"
    yield ("beside the module", path if os.path.lexists(path) else None, why)

    path = _secure_getenv("LIBMYMEM_PATH") or ""
    if os.environ.get("LIBMYMEM_PATH"):
        why = "ignored in a program with more rights than its user"
    else:
        why = "not set"
    yield "LIBMYMEM_PATH", path or None, why

    yield "the system's", SONAME, ""


def _machine(path: str) -> bytes:
    """The word size, byte order and processor that an ELF file is for, or
    an empty string."""
    try:
        with open(path, "rb") as file:
            header = file.read(20)
    except OSError:
        return b""
    if header[:4] != b"\x7fELF":
        return b""
    return header[4:6] + header[18:]


def _open(path: str, functions: Iterable[Function]) -> ctypes.PyDLL:
    """The library with its functions declared, or an ImportError."""
    try:
        library = ctypes.PyDLL(path)
    except OSError as error:
        # For a library of another processor the loader says "No such file".
        machine = _machine(path)
        foreign = machine and machine != _machine("/proc/self/exe")
        raise ImportError(f"{error} (it is made for another architecture)"
                          if foreign else str(error)) from None
    try:
        library.mym_version.restype = ctypes.c_char_p
        version = library.mym_version().decode()
        numbers = tuple(int(word) for word in version.split(".")[:2])
    except (AttributeError, ValueError):
        raise ImportError(f"{path}: this is not libmymem") from None
    if numbers < OLDEST:
        raise ImportError(f"{path}: its version, {version}, is too old")
    if numbers[0] > OLDEST[0]:
        raise ImportError(f"{path}: its version, {version}, is too new")
    for name, result, arguments in functions:
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(f"{path}: version {version}, but it lacks "
                              f"{name}()") from None
        function.restype, function.argtypes = result, arguments
    return library


def load(functions: Iterable[Function]) -> ctypes.PyDLL:
    """The first library that exists.  If it cannot be used, none of the others
    is tried, because that would hide the fault."""
    tried = []
    for place, path, why in _places():
        if path is not None:
            try:
                return _open(path, functions)
            except ImportError as error:
                why = str(error)
        tried.append(f"  {place}: {why}")
        if path is not None:
            break
    raise ImportError("\n".join([
        "mymem needs the library libmymem, version "
        f"{OLDEST[0]}.{OLDEST[1]} or a later {OLDEST[0]}.x:",
        *tried,
        "Install it: the package libmymem1 on Debian and Ubuntu, elsewhere as "
        "docs/install.md",
        f"in the sources of libmymem says; then run ldconfig.  {SONAME} beside "
        "the module is",
        "used first, then the file that LIBMYMEM_PATH names, then the "
        "system's."]), name="mymem")
