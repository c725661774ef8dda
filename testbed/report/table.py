# SPDX-License-Identifier: GPL-2.0-only
"""A table of the results of the same tests on the patched kernel and on the base.

Each test has to pass on the patched kernel. A unit of Debian's may fail on both, and
a test may be skipped on both.
"""
import re

import ktap

QUOTED = 9
# How long a client that uses the flags takes to start
TIMED = re.compile(r"(\S+) (.*), ([0-9]+) ms a start")
# Control sequences, which systemd and getty write to the console
OBEYED = re.compile("\033\\[[0-9;?!]*[A-Za-z]|[\001-\010\013-\037]")


def is_unit(name):
    return name.startswith("the unit ")


class Machine:
    """The tests that one machine ran, and what explains failures."""

    def __init__(self, part):
        self.name = part.name
        self.kernel = part.kernel
        self.notes = []
        self.results = {}
        self.failures = []
        self.problems = []
        for item in part.items:
            if item.kind == ktap.NOTE:
                self.notes.append(item.what)
            elif item.kind == ktap.CASE:
                self._observe(item)
            elif item.kind != ktap.STATUS or not self.problems:
                self.problems.append(self._explain(item, item.output))

    def _explain(self, item, output):
        quoted = [OBEYED.sub("", line) for line in ktap.quote(output)]
        return ["", f"{self.name}: {item.what}", *quoted]

    def _observe(self, item):
        skipped = item.ok and "SKIP" in item.directive
        self.results[item.what] = "skipped" if skipped else "ok" if item.ok else "FAILS"
        if skipped:
            reason = re.sub(r"^# *SKIP *", "", item.directive)
            self.notes.append(f"{item.what}: skipped: {reason}")
        elif not item.ok:
            output = [line.removeprefix("# ") for line in item.output]
            self.failures.append(self._explain(item, output[-QUOTED:-1]))

    def said(self, name):
        """Return a result: a unit that did not fail has none."""
        return self.results.get(name, "ok" if is_unit(name) else "missing")


def is_wrong(name, patched, base):
    """Is the result unexpected? Units may fail on both kernels."""
    said = patched.said(name)
    if said == "ok":
        return False
    return not (is_unit(name) or said == "skipped") or said != base.said(name)


def compare_notes(patched, base):
    """Yield what the patched kernel's machine notes, and how the base's differs."""
    timed = [TIMED.fullmatch(note) for note in base.notes]
    times = {found[1]: found for found in timed if found}
    for note in patched.notes[1:]:
        found = TIMED.fullmatch(note)
        if found and found[1] in times:
            _, what, time = times[found[1]].groups()
            ratio = int(found[3]) / max(int(time), 1)
            note += f"; {base.name}: {what}, {time} ms: {ratio:.2f} of its time"
        yield note


def table(patched, base):
    """Return the table and the explanations as lines, and the exit status."""
    names = list({**patched.results, **base.results})
    wrong = [name for name in names if is_wrong(name, patched, base)]
    lines = ["", *base.notes[:1]]
    lines += [f"{machine.name}: {machine.kernel}" for machine in (patched, base)]
    lines += ["", f"{'':60} {'patched':8} base"]
    for name in names:
        mark = "   <-- wrong" if name in wrong else ""
        lines.append(f"{name:60} {patched.said(name):8} {base.said(name)}{mark}")
    if not any(is_unit(name) for name in names):
        lines.append("No unit has failed.")
    lines += ["", *compare_notes(patched, base)]
    problems = patched.problems + base.problems
    for explanation in patched.failures + base.failures + problems:
        lines += explanation
    failed = len(wrong) + len(problems)
    right = [patched.said(name) for name in names if name not in wrong]
    skipped = right.count("skipped")
    counts = f"{len(right) - skipped} passed, {failed} failed"
    lines += ["", counts + f", {skipped} skipped" * (skipped > 0)]
    return lines, int(failed > 0)


def main(results, patched, base):
    parts = [ktap.Part(results, part, is_machine=True) for part in (patched, base)]
    return table(*map(Machine, parts))
