# SPDX-License-Identifier: GPL-2.0-only
"""The complaints of checkpatch about commits, without the exceptions."""
import re
from pathlib import Path

import expected


def judge(text, exceptions, all_needed):
    """Return the complaints that no exception covers.

    A paragraph of the text is a complaint or "COMMIT subject". An exception names a
    type of complaint and the beginning of a path.
    """
    used, commit, left = set(), "", []
    for paragraph in re.split(r"\n\n+", text.strip("\n")):
        if paragraph.startswith("COMMIT "):
            commit = paragraph.removeprefix("COMMIT ")
        complaint = re.match(r"(ERROR|WARNING|CHECK):([^:]*):", paragraph)
        if not complaint:
            continue
        named = re.search(r"FILE: (.*)", paragraph)
        file = named[1] if named else ""
        for kind, path, _ in exceptions:
            if kind == complaint[2] and (path == "*" or file.startswith(path)):
                used.add((kind, path))
                break
        else:
            left += [paragraph, f"^ {commit}"]
    for kind, path, _ in exceptions:
        if all_needed and (kind, path) not in used:
            left.append(f"nothing needs the exception {kind} {path}")
    return left


def main(file, default_base=""):
    """Judge the text in a file. Only the default base has to need each exception."""
    text = Path(file).read_text(encoding="utf-8", errors="replace")
    left = judge(text, expected.read(expected.CHECKPATCH, 3), bool(default_base))
    return left, int(bool(left))
