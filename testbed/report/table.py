# SPDX-License-Identifier: GPL-2.0-only
"""A table of what the same tests say on the patched kernel and on the base.

Each test has to pass on the patched kernel, a unit of Debian's may fail on both.
"""
import re

import ktap

QUOTED = 9
# What a terminal would obey: systemd and getty say it to the console.
OBEYED = re.compile("\033\\[[0-9;?!]*[A-Za-z]|[\001-\010\013-\037]")


def is_unit(name):
    return name.startswith("the unit ")


class Machine:
    """The tests that one machine ran, and what explains failures."""

    def __init__(self, part):
        self.name = part.name
        self.kernel = part.kernel
        self.versions = ""
        self.passed = {}
        self.failures = []
        self.problems = []
        for item in part.items:
            if item.kind == ktap.NOTE:
                self.versions = item.what
            elif item.kind == ktap.CASE:
                self._observe(item)
            elif item.kind != ktap.STATUS or not self.problems:
                self.problems.append(self._explain(item, item.output))

    def _explain(self, item, output):
        quoted = [OBEYED.sub("", line) for line in ktap.quote(output)]
        return ["", f"{self.name}: {item.what}", *quoted]

    def _observe(self, item):
        self.passed[item.what] = item.ok
        if not item.ok:
            output = [line.removeprefix("# ") for line in item.output]
            self.failures.append(self._explain(item, output[-QUOTED:-1]))

    def said(self, name):
        """There is no result of a unit that did not fail."""
        if name not in self.passed:
            return "ok" if is_unit(name) else "missing"
        return "ok" if self.passed[name] else "FAILS"


def is_wrong(name, patched, base):
    """Is it not as it ought to be? Units are not the project's."""
    if patched.said(name) == "ok":
        return False
    return not is_unit(name) or base.said(name) == "ok"


def table(patched, base):
    """Return the table and the explanations as lines, and the exit status."""
    names = list({**patched.passed, **base.passed})
    wrong = [name for name in names if is_wrong(name, patched, base)]
    lines = ["", base.versions]
    lines += [f"{machine.name}: {machine.kernel}" for machine in (patched, base)]
    lines += ["", f"{'':60} {'patched':8} base"]
    for name in names:
        mark = "   <-- wrong" if name in wrong else ""
        lines.append(f"{name:60} {patched.said(name):8} {base.said(name)}{mark}")
    if not any(is_unit(name) for name in names):
        lines.append("No unit has failed.")
    problems = patched.problems + base.problems
    for explanation in patched.failures + base.failures + problems:
        lines += explanation
    failed = len(wrong) + len(problems)
    lines += ["", f"{len(names) - len(wrong)} passed, {failed} failed"]
    return lines, int(failed > 0)


def main(results, patched, base):
    parts = [ktap.Part(results, part, is_machine=True) for part in (patched, base)]
    return table(*map(Machine, parts))
