# SPDX-License-Identifier: MIT
"""The table: a row for each situation on each kernel, in MiB; and a short one,
with a column for each kernel.

Written in Markdown, and read again: the short one, the chart and the summary
are made from what is printed.
"""
import bars
from typing import Any, Optional, Sequence

ENDINGS = {
    "killed": "killed",
    "enomem": "ENOMEM",
    "throttled": "throttled",
    "limit-of-test": "not stopped",
}
HEADS = ["situation", "kernel", "bound by", "ended", "truth", "may be off",
         "error"]
NONE = "–"


def mib(value: Optional[float]) -> str:
    return NONE if value is None else f"{value / bars.MIB:.1f}"


def promise(record: dict[str, Any], value: Optional[int]) -> str:
    """Bold where it is beyond the bar."""
    if value is None:
        return NONE
    text = mib(value)
    return text if bars.within(record, value) else f"**{text}**"


def signed(value: float) -> str:
    return f"{value / bars.MIB:+.1f}".replace("-", "−")


def span(record: dict[str, Any]) -> str:
    over, under = bars.allowed(record)
    return f"{'any' if under is None else signed(-under)} … {signed(over)}"


def row(record: dict[str, Any], libraries: list[tuple[str, str]]) -> list[str]:
    said = bars.answers(record)
    error = NONE
    if said["ours"] is not None:
        error = signed(said["ours"] - record["truth"])
    mark, _, _ = bars.excuse(record)
    if mark and not bars.within(record, said["ours"] or 0) and \
            not bars.verdict(record):
        error += f" `{mark}`"
    return [record["situation"], record["world"], record["by"],
            ENDINGS[record["ended"]], mib(record["truth"]), span(record),
            error] + [promise(record, said[key]) for key, _ in libraries]


def worst(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One record for each situation and kernel: the largest error of all."""
    def error(record: dict[str, Any]) -> int:
        return abs((bars.answers(record)["ours"] or 0) - int(record["truth"]))

    found: dict[tuple[str, str], dict[str, Any]] = {}
    for record in records:
        key = record["situation"], record["world"]
        if key not in found or error(record) > error(found[key]):
            found[key] = record
    return list(found.values())


def lines(records: list[dict[str, Any]]) -> list[str]:
    records = worst([r for r in records if bars.measured(r)])
    # Who never answered has no column.
    libraries = [(key, name) for key, name in bars.LIBRARIES
                 if any(bars.answers(r)[key] is not None for r in records)]
    heads = HEADS + [name for _, name in libraries]
    rows = [row(record, libraries) for record in records]
    return ["| " + " | ".join(heads) + " |",
            "|---" * 4 + "|---:" * (len(heads) - 4) + "|"] + \
           ["| " + " | ".join(cells) + " |" for cells in rows]


def number(text: str) -> Optional[float]:
    text = text.strip("*")
    return None if text == NONE else float(text)


def read(text: str) -> tuple[list[str], list[dict[str, Any]]]:
    """(libraries, rows) of the table in a text.  A row is a dict: the heads,
    "truth" in MiB, "said": library to MiB, or None, "right": library to
    whether that is within the bar, and "excuse": what excuses that ours is
    not, or None."""
    cells = [[cell.strip() for cell in line.strip("| \n").split(" | ")]
             for line in text.splitlines() if line.startswith("| ")]
    starts = [i for i, row in enumerate(cells) if row[:len(HEADS)] == HEADS]
    libraries = cells[starts[0]][len(HEADS):]
    rows = []
    for one in cells[starts[0] + 1:]:
        if len(one) != len(HEADS) + len(libraries):
            continue
        rows.append(dict(zip(HEADS, one)) | {
            "truth": number(one[4]),
            "excuse": one[6].split("`")[1] if "`" in one[6] else None,
            "said": dict(zip(libraries, map(number, one[len(HEADS):]))),
            "right": {name: "**" not in cell for name, cell in
                      zip(libraries, one[len(HEADS):])},
        })
    return libraries, rows


def scores(libraries: list[str],
           rows: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Library to (right, of how many)."""
    return {name: (sum(row["right"][name] for row in rows
                       if row["said"][name] is not None),
                   sum(row["said"][name] is not None for row in rows))
            for name in libraries}


def kernels(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(row["kernel"] for row in rows))


def situations(rows: list[dict[str, Any]]) -> list[str]:
    """In the order of the oracle, of which each kernel has left out some."""
    found: list[str] = []
    for kernel in kernels(rows):
        place = 0
        for row in rows:
            if row["kernel"] != kernel:
                continue
            if row["situation"] not in found:
                found.insert(place, row["situation"])
            place = found.index(row["situation"]) + 1
    return found


def span_of(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} … {high:.0f}"


def errors(rows: list[dict[str, Any]]) -> list[str]:
    """Ours only: a row for each situation."""
    columns = kernels(rows)
    lines = ["| situation | in doubt | truth | " + " | ".join(columns) + " |",
             "|---|---|---:|" + "---:|" * len(columns)]
    for situation in situations(rows):
        here = {row["kernel"]: row for row in rows
                if row["situation"] == situation}
        excuses = sorted({f"`{row['excuse']}`" for row in here.values()
                          if row["excuse"]})
        cells = []
        for kernel in columns:
            row = here.get(kernel)
            cell = row["error"].split(" ")[0] if row else NONE
            if row and row["excuse"]:
                cell += "*"
            elif row and not row["right"]["libmymem"]:
                cell = f"**{cell}**"
            cells.append(cell)
        lines.append("| " + " | ".join(
            [situation, ", ".join(excuses),
             span_of([row["truth"] for row in here.values()])] + cells) + " |")
    return lines
