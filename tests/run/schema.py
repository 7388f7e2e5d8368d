#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""schema.py SCHEMA REPORT...: the reports are what the schema says, and it refuses
what is not so.  Without python3-jsonschema they are only JSON."""
import json
import pathlib
import sys

try:
    from jsonschema import (  # type: ignore[import]  # its types are not in Debian
        Draft202012Validator)
except ImportError:
    Draft202012Validator = None


def main() -> None:
    schema, *reports = [json.loads(pathlib.Path(name).read_text(errors="strict"))
                        for name in sys.argv[1:]]
    if not reports:
        sys.exit("no reports")
    if Draft202012Validator is None:
        print("no python3-jsonschema", file=sys.stderr)
        return
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for report in reports:
        validator.validate(report)
    bad = {**reports[0], "killed_by": "?", "status": -1}
    if len(list(validator.iter_errors(bad))) != 2:
        sys.exit("the schema allows what is not so")


main()
