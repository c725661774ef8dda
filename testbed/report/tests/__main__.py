# SPDX-License-Identifier: GPL-2.0-only
"""Run the tests, and print KTAP: a result for each test or row of a table."""
import os
import sys
import unittest


class KtapResult(unittest.TestResult):
    """Prints each result as it comes."""

    def __init__(self):
        super().__init__()
        self.number = 0

    def _print(self, test, err):
        self.number += 1
        name = test.id().removeprefix("tests.").replace("#", "")
        if err:
            text = self._exc_info_to_string(err, test)
            print("# " + text.rstrip("\n").replace("\n", "\n# "))
        print(f"{'not ok' if err else 'ok'} {self.number} - {name}")

    def addSuccess(self, test):
        self._print(test, None)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._print(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._print(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        self._print(subtest, err)


def main():
    """Return the exit status."""
    suite = unittest.defaultTestLoader.discover(
        os.path.dirname(__file__), top_level_dir="."
    )
    result = KtapResult()
    print("KTAP version 1")
    suite.run(result)
    print(f"1..{result.number}")
    return int(not result.wasSuccessful())


sys.exit(main())
