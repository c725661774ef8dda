# SPDX-License-Identifier: GPL-2.0-only
"""Compare the results of two virtual machines, test by test.

The results have to be the same, none may be missing, and neither machine may have a
problem. Prints KTAP, and notes the tests that fail or are skipped in both machines.
"""
import re

import ktap

QUOTED = 5
CRASHED = re.compile(r"TIMEOUT|exit=(12[89]|1[3-9].|2..)$")


def outcome(item):
    """Return "ok" or "not ok" with the directive, or with the reason of a program."""
    pattern, text = r"# *[A-Za-z]+", item.directive
    if item.kind == ktap.WHOLE:
        pattern, text = r"#.*", item.output[-1]
    comment = re.search(pattern, text)
    return ("ok" if item.ok else "not ok") + (f" {comment[0]}" if comment else "")


class Machine:
    """The outcomes of the tests in one machine, and its problems."""

    def __init__(self, part):
        self.name = part.name
        self.outcomes = {}
        self.quotes = {}
        self.problems = []
        self.explained = set()
        for item in part.items:
            if item.kind in (ktap.CASE, ktap.WHOLE):
                self._observe(item)
            elif item.kind == ktap.PROBLEM:
                self._add_problem(item.what, item.output)
            elif item.kind == ktap.STATUS and not self.problems:
                self._add_problem(item.what, item.output)

    def _add_problem(self, what, output):
        self.problems.append((f"{self.name}: {what}", ktap.quote(output)))

    def _observe(self, item):
        name, again, what = item.what, 1, outcome(item)
        while name in self.outcomes:
            again += 1
            name = f"{item.what} ({again})"
        output = item.output[-QUOTED:]
        self.outcomes[name] = what
        self.quotes[name] = ktap.quote(output)
        if item.kind == ktap.CASE and what != "ok":
            self.explained.add(item.program.name)
        elif item.kind == ktap.WHOLE and CRASHED.search(what):
            self._add_problem(f"{item.what} crashed or hung: {what}", output)

    def said(self, name):
        """Return the lines that report the result of a test."""
        if name not in self.outcomes:
            return [f"{self.name}: no result"]
        return [f"{self.name}: {self.outcomes[name]}", *self.quotes[name]]


def compare(first, second):
    """Return what differs between machines and is wrong, as lines of KTAP."""
    results, odd = [], {}
    for name in {**first.outcomes, **second.outcomes}:
        what = first.outcomes.get(name)
        if what != second.outcomes.get(name):
            results.append(("not ok", name, first.said(name) + second.said(name)))
            continue
        results.append(("ok", name, []))
        if what != "ok" and name not in first.explained:
            odd.setdefault(what, []).append(name)
    results += [("not ok", *problem) for problem in first.problems]
    results += [("not ok", *problem) for problem in second.problems]

    lines = ["KTAP version 1", f"1..{len(results)}"]
    for number, (verdict, name, explanation) in enumerate(results, 1):
        lines += ["# " + line for line in explanation]
        lines.append(f"{verdict} {number} - {name}")
    for what, names in odd.items():
        lines.append(f"# note: {len(names)} {what} on both: {', '.join(names)}")
    return lines, int(any(verdict != "ok" for verdict, _, _ in results))


def main(results, first, second):
    machines = [Machine(ktap.Part(results, part)) for part in (first, second)]
    return compare(*machines)
