# SPDX-License-Identifier: MIT
"""The table: what was measured, a row for each.

Written in Markdown, and read again: the goals and the chart are made from what
is printed.

table.py RESULTS.json: the table, on standard output.
"""
import json
import sys
from typing import Any, Optional

Rows = list[dict[str, Any]]

HEADS = ["what", "row", "min", "median", "", "× getppid", "batches"]
NONE = "–"
UNITS = {"us": "µs"}
# Sections that an emulator tells nothing about.
ALIKE = ["peers", "cold", "threads"]


def load(path: str,
         world: Optional[str] = None) -> tuple[dict[str, Any], Rows, Rows]:
    """(head, rows, missing): what the machine is, what was measured, and why
    what is missing is missing.  world: in that of tests/vm, not here."""
    with open(path, encoding="utf-8") as file:
        records = [json.loads(line) for line in file if line.strip()]
    records = [record for record in records if record.get("world") == world]
    head: dict[str, Any] = next((record for record in records if "kernel" in record),
                                {})
    rows = [record for record in records if "row" in record]
    # What belongs together stands together.
    sections = list(dict.fromkeys(row["section"] for row in rows))
    rows.sort(key=lambda row: sections.index(row["section"]))
    return head, rows, [record for record in records if "missing" in record]


def worlds(path: str) -> list[str]:
    """The worlds that something was measured in, in order."""
    with open(path, encoding="utf-8") as file:
        found = [json.loads(line).get("world") for line in file if line.strip()]
    return [world for world in dict.fromkeys(found) if world]


def cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or NONE
    if isinstance(value, int):
        return str(value)
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 \
        else f"{value:.0f}"


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """What is in another process has no ratio of its own: it gets that to the
    getppid of the main one."""
    unit = next((row["median"] for row in rows if row["row"] == "getppid"), None)
    out = ["| " + " | ".join(HEADS) + " |", "|---|---|---:|---:|---|---:|---:|"]
    for row in rows:
        ratio = row["median"] / unit if unit and row["unit"] == "ns" else None
        cells = [row["section"], row["row"], cell(row.get("min")),
                 cell(row["median"]), UNITS.get(row["unit"], row["unit"]),
                 cell(ratio), cell(row.get("batches"))]
        out.append("| " + " | ".join(cells) + " |")
    return out


def emulated(path: str) -> list[str]:
    """What was measured in worlds: only how many times as long as getppid(2)
    there."""
    out = ["| world | what | row | least | median | batches |",
           "|---|---|---|---:|---:|---:|"]
    for world in worlds(path):
        _, rows, _ = load(path, world)
        unit = next(row["median"] for row in rows if row["row"] == "getppid")
        for row in rows:
            if row["unit"] == "ns" and row["section"] not in ALIKE:
                cells = [world, row["section"], row["row"],
                         cell(row["min"] / unit), cell(row["median"] / unit),
                         cell(row["batches"])]
                out.append("| " + " | ".join(cells) + " |")
    return out


def read_emulated(text: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """The rows of that table: (world, section, row) to a dict."""
    cells = [[cell.strip() for cell in line.strip("|\n").split(" | ")]
             for line in text.splitlines() if line.startswith("| ")]
    return {tuple(one[:3]): {"min": number(one[3]), "median": number(one[4])}
            for one in cells[1:] if len(one) == 6}


def number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return None if text == NONE else text


def read(text: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """The rows of the table in a text: (section, row) to a dict."""
    cells = [[cell.strip() for cell in line.strip("|\n").split(" | ")]
             for line in text.splitlines() if line.startswith("| ")]
    start = cells.index(next(row for row in cells if row[:2] == HEADS[:2]))
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in cells[start + 1:]:
        if len(one) != len(HEADS):
            break
        rows[one[0], one[1]] = {
            "min": number(one[2]), "median": number(one[3]), "unit": one[4],
            "ratio": number(one[5]), "batches": number(one[6])}
    return rows


def text(rows: list[dict[str, Any]]) -> str:
    """The same for a terminal."""
    cells = [[cell.strip() for cell in line.strip("|\n").split(" | ")]
             for line in lines(rows) if not line.startswith("|---")]
    widths = [max(len(row[i]) for row in cells) for i in range(len(HEADS))]
    left = [0, 1, 4]
    return "\n".join("  ".join(
        f"{row[i]:{'<' if i in left else '>'}{widths[i]}}"
        for i in range(len(HEADS))).rstrip() for row in cells)


def main() -> None:
    _, rows, missing = load(sys.argv[1])
    print(text(rows))
    for line in emulated(sys.argv[1])[2:]:
        print(line.strip("| "))
    for one in missing:
        print(f"not measured: {one['missing']}: {one['why']}")


if __name__ == "__main__":
    main()
