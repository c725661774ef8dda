# SPDX-License-Identifier: GPL-2.0-only
"""The lists of what may be skipped, be missing or differ, with reasons."""
from pathlib import Path

TOP = Path(__file__).parents[2]
SKIPS = "testbed/checks/expected/skips"
UNCOVERED = "testbed/checks/expected/uncovered"
DIFFERENCES = "testbed/checks/expected/conformance"
CHECKPATCH = "testbed/checks/expected/checkpatch"


def read(name, columns):
    """Return the rows of a list, whose columns are separated by tabs."""
    rows = []
    for line in (TOP / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            rows.append(line.split("\t"))
            if len(rows[-1]) != columns:
                raise ValueError(f"{name}: not {columns} columns: {line}")
    return rows
