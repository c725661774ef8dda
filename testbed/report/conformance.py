# SPDX-License-Identifier: GPL-2.0-only
"""Where other kernels differ from this one, and whether a reason is known.

There is a part for each VERSION. No test may be skipped: every test that does not
pass is a difference. Each difference needs a reason in the
list, and each reason a difference.
"""
import math
import re

import expected
import verdict


def minor(version):
    """Return (7, 1) for 7.1 and for 7.1.2+deb13."""
    return tuple(int(number) for number in re.findall(r"[0-9]+", version)[:2])


class Reason:
    """Why tests differ in the versions FROM-TO; either end may be missing.

    patched:FROM-TO: on these with the series.
    """

    def __init__(self, pattern, versions, text):
        self.patched = versions.startswith("patched:")
        first, dash, last = versions.removeprefix("patched:").partition("-")
        if not dash:
            raise ValueError(f"no range FROM-TO of versions: {versions}")
        self.first = minor(first)
        self.last = minor(last) if last else (math.inf,)
        self.pattern = pattern
        self.text = text
        self.differences = {}
        self.used = set()

    def concerns(self, version):
        if version.startswith("patched-") != self.patched:
            return False
        return self.first <= minor(version) <= self.last

    def explains(self, version, name):
        pattern = f"(?:{self.pattern})( |$)"
        return self.concerns(version) and re.match(pattern, name)

    def add(self, version, name):
        self.used.add(version)
        self.differences.setdefault(name, []).append(version.partition("+")[0])

    def is_stale(self, version):
        """A reason without a difference would hide a later fault."""
        needed = self.concerns(version) and not self.text.startswith("at times: ")
        return needed and version not in self.used


def judge(failures, reasons, versions):
    """Return the lines of the report and the exit status.

    The first reason that matches counts. No reason may be out of date in versions.
    """
    missing, unexplained, lines = 0, [], []
    for failure in failures:
        name = failure.what.removesuffix(verdict.UNLISTED)
        found = [r for r in reasons if r.explains(failure.part, name)]
        if found:
            found[0].add(failure.part, name)
        else:
            missing += 1
            unexplained += [f"{failure.part}: {name}", *failure.quoted]
    for reason in reasons:
        if reason.differences:
            lines.append(f"==> {reason.text}")
        for name, where in reason.differences.items():
            lines.append(f"    {name} ({' '.join(where)})")
    if unexplained:
        lines.append("==> no reason is known for:")
        lines += ["    " + line for line in unexplained]
    stale = [(v, r) for r in reasons for v in versions if r.is_stale(v)]
    for version, reason in stale:
        lines.append(
            f"==> out of date, {version} does not differ: "
            f"{reason.text}\n    ({reason.pattern})"
        )
    lines.append(
        f"{len(failures)} differences, {missing} without a reason; "
        f"{len(stale)} reasons out of date"
    )
    return lines, int(bool(missing or stale))


def main(results, tests, *versions):
    """Judge all tests, or only some if they are named."""
    reasons = [Reason(*row) for row in expected.read(expected.DIFFERENCES, 3)]
    report = verdict.Report(results, versions, skips=[])
    lines, status = judge(report.failures, reasons, [] if tests else versions)
    lines[-1:-1] = [judged.summary() for judged in report.verdicts]
    return lines, status
