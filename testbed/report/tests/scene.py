# SPDX-License-Identifier: GPL-2.0-only
"""What tests leave behind when all is well, to be spoiled in one way each."""
import re
import tempfile
import unittest
from pathlib import Path


def spoil(files, *edits):
    """Return files after edits: a file, a pattern and what takes its place.

    None takes the place of a whole file.
    """
    files = dict(files)
    for file, pattern, replacement in edits:
        if replacement is None:
            del files[file]
            continue
        before = files[file]
        files[file] = re.sub(pattern, replacement, before, flags=re.M)
        if files[file] == before:
            raise ValueError(f"{pattern} is not in {file}")
    return files


class TestCase(unittest.TestCase):
    """A test case with a directory of results."""

    def lay_out(self, files):
        """Write the files; return their directory."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        for name, text in files.items():
            Path(directory.name, name).write_text(text, newline="\n")
        return directory.name

    def assert_said(self, patterns, text):
        for pattern in patterns:
            self.assertRegex(text, re.compile(pattern, re.M))
