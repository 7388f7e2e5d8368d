# SPDX-License-Identifier: MIT
"""Of docs/run.md: how large mymem-run is, and what the page says of its own tables."""
import pathlib
import re
import subprocess
import sys
import tempfile

from generated import ROOT

MODES = ("preload", "trap", "mount")


# --- sizes and lines ---------------------------------------------------------------


def stripped(program: pathlib.Path) -> int:
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["strip", "-o", file.name, str(program)], check=True)
        return pathlib.Path(file.name).stat().st_size


def build_static(build: pathlib.Path) -> pathlib.Path:
    """As it is made for any image: with musl, for size."""
    done = subprocess.run(
        f"CC=musl-gcc meson setup {build} {ROOT} --buildtype=minsize "
        "-Ddefault_library=static -Dlibmount=disabled -Dstatic-tools=true "
        f"-Ddocs=false && ninja -C {build} mymem-run/mymem-run", shell=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"publish: {done.stdout}")
    return build / "mymem-run/mymem-run"


def sizes(build: pathlib.Path) -> list[str]:
    with tempfile.TemporaryDirectory() as work:
        static = stripped(build_static(pathlib.Path(work) / "b"))
    rows = {
        "`mymem-run`, static, with musl": static,
        "`mymem-run`, which needs the two below":
            stripped(build / "mymem-run/mymem-run"),
        "`libmymem.so.1`": stripped(build / "lib/libmymem.so.1"),
        "`libmymem-preload.so`":
            stripped(build / "mymem-run/preload/libmymem-preload.so"),
        "`libmymem-preload.so`, for 32-bit programs":
            stripped(build / "tests/run/libmymem-preload-32.so"),
    }
    return ["| stripped | bytes |", "|---|---:|",
            *(f"| {name} | {size} |" for name, size in rows.items())]


def code(text: str) -> int:
    """The lines that have more than a comment."""
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return sum(bool(line.strip()) for line in bare.splitlines())


def lines() -> list[str]:
    table = ["| folder | files | lines | of code |", "|---|---:|---:|---:|"]
    for folder in ("mymem-run", "mymem-run/preload"):
        texts = [path.read_text() for path in sorted((ROOT / folder).glob("*.[ch]"))]
        table.append(f"| `{folder}` | {len(texts)} | "
                     f"{sum(text.count(chr(10)) for text in texts)} | "
                     f"{sum(map(code, texts))} |")
    return table


# --- what the tables say -------------------------------------------------------------


def read(page: str, name: str) -> dict[str, dict[str, str]]:
    """The rows of a table by their first cells, as cells by their columns."""
    text = page.partition(f"<!-- {name} -->")[2].partition(f"<!-- end of {name} -->")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines() if line.startswith("|")]
    return {row[0]: dict(zip(rows[0][1:], row[1:])) for row in rows[2:]}


def listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def swap_facts(row: dict[str, str]) -> str:
    if row["machine"] == "0":
        return "The machine had no swap."
    return f"Of {row['machine']} MiB of swap {row['the truth']} MiB may be used; " \
        f"`mymem-run` shows {row['trap']} MiB, and lxcfs {row['lxcfs']} MiB."


def values(page: str, which: str = "") -> list[str]:
    table, agree = read(page, "values" + which), read(page, "agreement" + which)
    row = table["`MemAvailable`"]
    lx, truth = int(row["lxcfs"]), int(row["the truth"])
    ours = [abs(int(row[mode]) - truth) for mode in MODES]
    info = table["sysinfo(2), MemTotal"]
    good = [mode for mode in MODES if agree[mode]["what does not agree"] == "nothing"]
    return [
        f"{truth} MiB could still be had, {table['`Shmem`']['the truth']} MiB were tmpfs. "
        f"By `mymem-run`, in all modes, `MemAvailable` is at most {max(ours)} MiB from "
        f"that; lxcfs shows {lx} MiB, {abs(lx - truth)} MiB too "
        f"{'many' if lx > truth else 'few'}. To sysinfo(2), with which BusyBox and "
        f"programs in Go ask, the machine has {info['lxcfs']} MiB below lxcfs, and "
        f"{info['trap']} MiB below `mymem-run`. {swap_facts(table['`SwapTotal`'])} "
        f"Nothing contradicts itself in the modes {listed(good)}.",
    ]


LEAST = r"([\d.]+) / "


def least(row: dict[str, str], column: str) -> float:
    found = re.match(LEAST, row[column])
    return float(found[1]) if found else float("nan")


def cost_facts(page: str) -> list[str]:
    table = read(page, "costs")
    opened = table["open, read and close `/proc/meminfo`"]
    other = table["open and close another file to read it"]
    start = table["start and end `true` by `mymem-run`"]
    ways = ("preload", "trap", "mount", "lxcfs")
    order = sorted(ways, key=lambda way: least(opened, way))
    return [
        "To open, read and close `/proc/meminfo` takes "
        f"{least(opened, 'none'):.0f} µs where nothing is shown, and " +
        listed([f"{least(opened, way):.0f} µs by {way}" for way in order]) + ". "
        f"Any other file that is opened to be read takes {least(other, 'trap'):.0f} µs in "
        f"mode trap, instead of {least(other, 'none'):.1f} µs, and "
        f"{max(least(other, way) for way in ways if way != 'trap'):.1f} µs at most by all "
        "others. To start and end `true` by `mymem-run` takes " + listed([
            f"{least(start, mode) / 1000:.1f} ms in mode {mode}" for mode in MODES]) +
        ".",
    ]


def size_facts(page: str) -> list[str]:
    table = read(page, "sizes")
    count = read(page, "lines")

    def kib(name: str) -> str:
        return f"{int(table[name]['bytes']) / 1024:.0f} KiB"

    return [
        f"One static file of {kib('`mymem-run`, static, with musl')} has the modes trap "
        "and mount. For mode preload it needs an object of "
        f"{kib('`libmymem-preload.so`')} beside it, and no library. "
        f"Both are {sum(int(row['of code']) for row in count.values())} lines of code, "
        "without what they share with the library and `mymem-free`.",
    ]


def sentences(page: str) -> dict[str, list[str]]:
    return {"values in words": values(page),
            "values of v2 in words": values(page, " of v2"), "costs in words": cost_facts(page),
            "sizes in words": size_facts(page)}
