# SPDX-License-Identifier: MIT
"""What was measured, as it was printed: a line of JSON for each."""
import json
from typing import Any, Iterable


def load(paths: Iterable[str]) -> list[dict[str, Any]]:
    """All records, in order.  A line that is no record is an error."""
    records = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            records += [json.loads(line) for line in file if line.strip()]
    return records
