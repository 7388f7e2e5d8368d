# SPDX-License-Identifier: MIT
"""The tables: warnings before a kill, and the other situations.

Written in Markdown, and read again: the summary is made from what is printed.
"""
import statistics
from typing import Any

import bars

HEADS = ["world", "MB/s", "reached", "runs", "stalls of"]
OTHER_HEADS = ["situation", "world", "runs", "what was found"]
NONE = "–"


def ms(time: float) -> str:
    return f"{time / bars.MS:.0f}"


def cell(records: list[dict[str, Any]], key: str) -> str:
    """How many runs were warned: median lead, worst lead."""
    found = bars.leads(records, key)
    if not found:
        return "0"
    return f"{len(found)}: {ms(statistics.median(found))}, {ms(min(found))}"


def markdown(heads: list[str], alignment: list[str],
             rows: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(heads) + " |", "|" + "|".join(alignment) + "|"] \
        + ["| " + " | ".join(cells) + " |" for cells in rows]


def ramps(records: list[dict[str, Any]]) -> list[str]:
    rows = []
    found = bars.groups(r for r in records
                        if bars.is_ramp(r) and bars.measured(r))
    for (_, world), runs in sorted(found.items(), key=lambda item:
                                    int(item[1][0]["asked"])):
        listening = runs[0]["stalls"] != "none"
        rows.append([
            world, f"{runs[0]['asked'] / 1e6:.0f}",
            f"{bars.rate(runs) / 1e6:.0f}", str(len(runs)), runs[0]["stalls"],
        ] + [cell(runs, key) if key == "lead" or listening else NONE
             for key, _ in bars.LISTENERS])
    return markdown(HEADS + [name for _, name in bars.LISTENERS],
                    ["---"] + ["---:"] * 3 + ["---"] + ["---:"] * 4, rows)


def churn(runs: list[dict[str, Any]]) -> str:
    return f"{sum(map(bars.false_alarms, runs))} false alarms and " \
        f"{sum(r['stall_warnings'] for r in runs)} by stalls in " \
        f"{sum(r['seconds'] for r in runs)} s, " \
        f"{sum(r['touched'] for r in runs) / 1e9:.1f} GB read, " \
        f"{sum(r['wakes'] for r in runs) / sum(r['seconds'] for r in runs):.1f} " \
        "wake-ups a second"


def latest(runs: list[dict[str, Any]], *keys: str) -> str:
    found = [[r[key] for key in keys] for r in runs]
    lags = [max(lags) for lags in found if None not in lags]
    return f"in {len(lags)}, after {ms(max(lags, default=0))} ms at most"


def others_ramp(runs: list[dict[str, Any]]) -> str:
    rate = bars.rate(runs) / 1e6
    return f"{rate:.0f} MB/s, {bars.room(runs) / 1e6:.0f} MB: warned " \
        f"{cell(runs, 'lead')} ms before"


def steady(runs: list[dict[str, Any]]) -> str:
    return f"{sum(r['criticals'] for r in runs)} times CRITICAL and " \
        f"{sum(map(bars.false_alarms, runs))} times MEDIUM or more, " \
        f"{sum(r['stall_warnings'] for r in runs)} more by stalls, in " \
        f"{sum(r['seconds'] for r in runs)} s"


def packed(runs: list[dict[str, Any]]) -> str:
    quick = [r for r in runs if r["rate"] > bars.WARNED_UP_TO]
    return f"{len(quick)} of them at once: {steady(quick)}"


def warned(runs: list[dict[str, Any]]) -> str:
    return f"warned {latest(runs, 'lag')}"


def swap(runs: list[dict[str, Any]]) -> str:
    return f"a level by stalls {latest(runs, 'stall_lag')}; " \
        "all the others' triggers " + \
        latest(runs, *(f"{key}_lag" for key, _ in bars.LISTENERS[1:]))


def counted(runs: list[dict[str, Any]]) -> str:
    return f"reported {latest(runs, 'lag')}"


def limits(runs: list[dict[str, Any]]) -> str:
    return f"{sum(r['told'] for r in runs)} of " \
        f"{sum(r['changes'] for r in runs)} within 100 ms; " \
        f"median {runs[0]['median_lag'] / bars.MS:.1f}, " \
        f"worst {max(r['lag'] for r in runs) / bars.MS:.1f} ms"


def sibling(runs: list[dict[str, Any]]) -> str:
    return f"{sum(r['kill_events'] for r in runs)} events of " \
        f"{sum(r['kills'] for r in runs)} kills, " \
        f"after {ms(max(0, *(r['lag'] or 0 for r in runs)))} ms at most"


def long_churn(runs: list[dict[str, Any]]) -> str:
    run = runs[0]
    return f"{run['descriptors_after'] - run['descriptors_before']} " \
        f"descriptors more after {run['seconds']} s, " \
        f"{bars.false_alarms(run)} false alarms and " \
        f"{run['stall_warnings']} by stalls, {run['wakes']} wake-ups; " \
        f"{bars.wakes(run):.1f} a second in the " \
        f"{run['relaxed'] / bars.S:.0f} s of rest that followed"


TELLERS = {
    "above-100": others_ramp,
    "above-200": others_ramp,
    "above-400": others_ramp,
    "machine-100": others_ramp,
    "machine-200": others_ramp,
    "machine-400": others_ramp,
    "sawtooth": steady,
    "packed-start": packed,
    "copy": steady,
    "build": steady,
    "reread": warned,
    "reread-machine": warned,
    "high-throttle": warned,
    "cache-churn": churn,
    "swap-storm": swap,
    "high-breach": counted,
    "sock-throttle": counted,
    "limit-changed": limits,
    "sibling-kill": sibling,
    "long-churn": long_churn,
}


def others(records: list[dict[str, Any]]) -> list[str]:
    rows = []
    found = bars.groups(r for r in records if bars.measured(r))
    for situation, tell in TELLERS.items():
        rows += [[situation, world, str(len(runs)), tell(runs)]
                 for (name, world), runs in found.items() if name == situation]
    return markdown(OTHER_HEADS, ["---", "---", "---:", "---"], rows)


def read(text: str) -> list[dict[str, Any]]:
    """The rows of the first table in a text, as dicts: the heads, and for each
    listener how many runs it was warned in, or None."""
    names = [name for _, name in bars.LISTENERS]
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("| \n").split(" | ")]
        if len(cells) != len(HEADS) + len(names) or not cells[1].isdigit():
            continue
        row: dict[str, Any] = dict(zip(HEADS + names, cells))
        row["warned"] = {
            name: None if row[name] == NONE else int(row[name].split(":")[0])
            for name in names}
        rows.append(row)
    return rows


def summary(rows: list[dict[str, Any]]) -> list[str]:
    """How many runs of each rate ended with a warning, in all worlds."""
    lines = ["| MB/s | runs | " + " | ".join(
        name for _, name in bars.LISTENERS) + " |", "|" + "---:|" * 6]
    for rate in dict.fromkeys(row["MB/s"] for row in rows):
        here = [row for row in rows if row["MB/s"] == rate]
        cells = [rate, str(sum(int(row["runs"]) for row in here))]
        for _, name in bars.LISTENERS:
            heard = [row for row in here if row["warned"][name] is not None]
            runs = sum(int(row["runs"]) for row in heard)
            warned = sum(row["warned"][name] for row in heard)
            cells.append(f"{warned} of {runs}")
        lines.append("| " + " | ".join(cells) + " |")
    return lines
