# SPDX-License-Identifier: GPL-2.0-only
"""The verdict on the results of parts: every problem is a failure."""
from collections import Counter, namedtuple

import expected
import ktap

UNLISTED = f" was skipped, and is not in {expected.SKIPS}"

# What is FAILED, with the lines that explain it
Failure = namedtuple("Failure", "part what quoted")


class Verdict:
    """The verdict on one part."""

    def __init__(self, part, skips):
        """Judge a ktap.Part, where skips are the rows of expected.SKIPS.

        They are for a part, the bed that it runs on, or (*) for all.
        """
        bed, _, bits = part.name.rpartition("-")
        names = ("*", part.name, bed if bits.isdecimal() else part.name)
        self.part = part
        self.passed = self.skipped = 0
        self.failures = []
        self.lines = []
        self._reasons = {row[1]: row[2] for row in skips if row[0] in names}
        self._used = Counter()
        self._failed_programs = set()
        for item in part.items:
            self._judge(item)
        self._judge_skips()

    def _say(self, kind, text):
        self.lines.append(f"{kind:7} {self.part.name}: {text}")

    def _fail(self, item, what):
        self._say("FAILED", what)
        quoted = ktap.quote(item.output)
        self.lines += quoted
        self.failures.append(Failure(self.part.name, what, quoted))
        self._failed_programs.add(id(item.program))

    def _judge(self, item):
        if item.kind == ktap.NOTE:
            self._say("note", item.what)
        elif item.kind == ktap.CASE:
            self._judge_test(item)
        elif item.kind == ktap.WHOLE:
            self._judge_program(item)
        elif item.kind != ktap.STATUS or not self.failures:
            self._fail(item, item.what)

    def _judge_test(self, item):
        if item.ok and not item.directive:
            self.passed += 1
        elif not item.ok or "SKIP" not in item.directive:
            self._fail(item, item.what)
        elif not self._may_skip(item.what):
            self._fail(item, item.what + UNLISTED)
        else:
            self.skipped += 1

    def _judge_program(self, item):
        """Judge a program, which is a test if it has no cases."""
        if id(item.program) in self._failed_programs:
            return
        if not item.program.results:
            self._judge_test(item)
        elif not item.ok:
            self._fail(item, f"{item.what} failed, but none of its tests did")

    def _may_skip(self, name):
        """Is it listed? An entry may end with a *, which stands for the rest."""
        for entry, reason in self._reasons.items():
            is_stem = entry.endswith("*")
            if name == entry or is_stem and name.startswith(entry[:-1]):
                self._used[entry] += 1
                if not is_stem:
                    self._say("skipped", f"{name} ({reason})")
                return True
        return False

    def _judge_skips(self):
        """An entry without a skip would hide a later one."""
        for entry, reason in self._reasons.items():
            used = self._used[entry]
            if used and entry.endswith("*"):
                self._say("skipped", f"{used} of {entry} ({reason})")
            elif not used and entry.rpartition(":")[0] in self.part.reported:
                need = f"remove it from {expected.SKIPS}"
                self._say("note", f"{entry} was not skipped: {need}")

    def counts(self):
        failed = len(self.failures)
        return f"{self.passed} passed, {failed} failed, {self.skipped} skipped"

    def summary(self):
        """Return the line of the part."""
        text = f"{self.part.name + ':':14} {self.counts()}"
        if self.part.kernel:
            text += f" on {self.part.kernel}, {self.part.warnings} kernel warnings"
        return text


class Report:
    """The verdict on several parts, which ends with "N passed, N failed"."""

    def __init__(self, results, parts, skips):
        self.verdicts = [Verdict(ktap.Part(results, part), skips) for part in parts]
        self.failures = [f for verdict in self.verdicts for f in verdict.failures]
        self.lines = [line for verdict in self.verdicts for line in verdict.lines]
        self.lines += [verdict.summary() for verdict in self.verdicts]
        passed = sum(verdict.passed for verdict in self.verdicts)
        self.lines.append(f"{passed} passed, {len(self.failures)} failed")
        self.status = int(bool(self.failures) or not passed)


def main(results, *parts):
    report = Report(results, parts, expected.read(expected.SKIPS, 3))
    return report.lines, report.status
