# SPDX-License-Identifier: MIT
"""What was promised of a watch, and what each run came to."""
import os
import statistics
from typing import Any, Iterable, Optional

MS = 1_000_000
S = 1_000_000_000
# Up to this rate a warning comes before the kill, whatever happens.
WARNED_UP_TO = 200_000_000
LISTENERS = [
    # key, name; "lead" is a watch's
    ("lead", "libmymem"),
    ("plain", "plain trigger"),
    ("glib", "GLib"),
    ("systemd", "systemd"),
]


def measured(record: dict[str, Any]) -> bool:
    return "skipped" not in record and "failed" not in record


def is_ramp(record: dict[str, Any]) -> bool:
    return str(record["situation"]).startswith("ramp-")


def groups(records: Iterable[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(situation, world) to its records, in order."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for record in records:
        found.setdefault((record["situation"], record["world"]), []).append(record)
    return found


def rate(records: list[dict[str, Any]]) -> float:
    """Median of what was reached, in bytes a second."""
    return float(statistics.median(record["rate"] for record in records))


def room(records: list[dict[str, Any]]) -> float:
    return float(statistics.median(record["room"] for record in records))


def leads(records: list[dict[str, Any]], key: str) -> list[int]:
    """The leads of those runs in which there was a warning."""
    return [record[key] for record in records if record[key] is not None]


def false_alarms(record: dict[str, Any]) -> int:
    return int(record["warnings"] - record["stall_warnings"])


def ramp(record: dict[str, Any]) -> Optional[str]:
    if record["touched"] < record["limit"] * 9 // 10:
        return "it died of something else"
    if record["asked"] <= WARNED_UP_TO and record["lead"] is None:
        return "killed without a warning"
    return None


def others(record: dict[str, Any]) -> Optional[str]:
    if record["touched"] < record["room"] * 8 // 10:
        return "they died of something else"
    if record["asked"] <= WARNED_UP_TO and record["lead"] is None:
        return "killed without a warning"
    return None


def steady(record: dict[str, Any]) -> Optional[str]:
    """Nothing but what a program does that is well."""
    if false_alarms(record):
        return f"{false_alarms(record)} false alarms: {record['cause']}"
    if record["strangers"]:
        return f"{record['strangers']} by the machine's stalls"
    return None


def tooth(record: dict[str, Any]) -> Optional[str]:
    """What grows is no trouble before little is left, but may be soon."""
    if record["criticals"]:
        return f"{record['criticals']} times CRITICAL: {record['cause']}"
    return None


def packed(record: dict[str, Any]) -> Optional[str]:
    # What takes no more than that is a ramp, of which a watch has to warn.
    return None if record["rate"] <= WARNED_UP_TO else tooth(record)


def warned(record: dict[str, Any]) -> Optional[str]:
    return None if record["lag"] is not None else "no warning"


def churn(record: dict[str, Any]) -> Optional[str]:
    if false_alarms(record):
        return f"{false_alarms(record)} false alarms: {record['cause']}"
    # As often as where little is left, and not as often as the kernel tells.
    if record["wakes"] > 20 * record["seconds"]:
        return f"{record['wakes']} wake-ups"
    return None


def swap(record: dict[str, Any]) -> Optional[str]:
    if record["stall_lag"] is None:
        return "no level by stalls"
    # Else it would be no wonder that they are silent elsewhere.
    silent = [name for key, name in LISTENERS[1:]
              if record[f"{key}_lag"] is None]
    return f"cannot hear {', '.join(silent)}" if silent else None


def hurried() -> bool:
    """Beside other tests: who has been told at all was told in time."""
    return bool(os.environ.get("QUICK"))


def counted(record: dict[str, Any]) -> Optional[str]:
    if record["lag"] is None:
        return "the kernel counted it, and nobody told"
    if hurried() or record["lag"] <= S:
        return None
    return f"told after {record['lag'] / MS:.0f} ms"


def limits(record: dict[str, Any]) -> Optional[str]:
    in_time = record["told"] == record["changes"]
    if record["changes"] and (in_time or hurried()):
        return None
    return f"{record['told']} of {record['changes']} in time, " \
        f"the last after {record['lag'] / MS:.0f} ms"


def sibling(record: dict[str, Any]) -> Optional[str]:
    if (record["kill_events"], record["kills"]) == (1, 1):
        return None
    return f"{record['kill_events']} events of {record['kills']} kills"


def wakes(record: dict[str, Any]) -> float:
    """A second, when nothing is done."""
    return float(record["relaxed_wakes"] * S / record["relaxed"])


def long_churn(record: dict[str, Any]) -> Optional[str]:
    before, after = record["descriptors_before"], record["descriptors_after"]
    if before != after:
        return f"{before} descriptors, and then {after}"
    if wakes(record) >= 2:
        return f"{wakes(record):.1f} wake-ups a second"
    return churn(record)


VERDICTS = {
    "above-100": others,
    "above-200": others,
    "above-400": others,
    "machine-100": others,
    "machine-200": others,
    "machine-400": others,
    "sawtooth": tooth,
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


def verdict(record: dict[str, Any]) -> Optional[str]:
    """None if all is as promised, else why not."""
    if "failed" in record:
        return str(record["failed"])
    return VERDICTS.get(record["situation"], ramp)(record)
