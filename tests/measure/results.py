# SPDX-License-Identifier: MIT
"""What was measured, as it was printed: a line of JSON for each."""
import json


def load(paths):
    """All records, in order.  A line that is no record is an error."""
    records = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            records += [json.loads(line) for line in file if line.strip()]
    return records
