# SPDX-License-Identifier: GPL-2.0-only
"""The results of a part of the tests.

RESULTS/PART.ktap is what the part printed. It is that of a virtual machine if
there is RESULTS/PART.list: the programs that have to report, with KTAP after a
tab if they have to say how many tests they run. RESULTS/PART.console then is
the console of its kernel. Other parts are checks, which print KTAP themselves.
"""
import re
from dataclasses import dataclass
from pathlib import Path

import console

OWN = re.compile(r"# mntns: (?:kernel (.+)|exit ([0-9]+)|tainted ([0-9]+))$")
RESULT = re.compile(r"(not )?ok ([0-9]+)(.*)")
PROGRAM = re.compile(r"(not )?ok [0-9]+ selftests: ([^ ]+): (.*)")
DIRECTIVE = re.compile(r"# *(SKIP|XFAIL|XPASS|TODO|error).*")
PLAN = re.compile(r"1\.\.([0-9]+)")
QUOTED = 15


@dataclass
class Program:
    """A test program as it runs, or a check, which has no name."""

    name: str = ""
    planned: int = None
    results: int = 0


@dataclass
class Item:
    """Something to judge, with the last lines before it, which explain it.

    kind is CASE, the result of a test; WHOLE, that of a program by its runner;
    NOTE, for the reader; or something that is wrong, which is no result.
    """

    kind: str
    what: str
    output: list
    program: Program
    ok: bool = False
    directive: str = ""


CASE, WHOLE, NOTE = "case", "whole", "note"
PROBLEM = "problem"
NO_PLAN = "a program did not announce its tests"
STATUS = "the exit status, which counts if nothing else is wrong"


def read_lines(path):
    """Yield the lines of a file, if it exists, without the CR of a terminal."""
    if path.exists():
        with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
            for line in file:
                yield line.rstrip("\n").removesuffix("\r")


def quote(output):
    """Return lines of output as the reports have them."""
    return ["    | " + line for line in output]


def split_result(text):
    """Return the name and the directive in what follows the number of a test.

    That is "- name # SKIP reason", or "# SKIP name" by kselftest.h.
    """
    name, directive = re.sub(r"^ *(- )?", "", text), ""
    found = DIRECTIVE.search(name)
    if found:
        name, directive = name[: found.start()], found[0]
        if not name.strip(" "):
            name = re.sub(r"^# *[A-Za-z]+ *", "", directive)
    return re.sub(r" *(#.*)?$", "", name, count=1), directive


class Part:
    """All of a part, as items in their order."""

    def __init__(self, results, name, is_machine=False):
        """Read it. Some machines have no list, and print KTAP as checks do."""
        path = Path(results, name)
        self.name = name
        self.kernel = self.status = self.tainted = None
        self.warnings = 0
        self.items = []
        self.reported = set()
        self._program = Program()
        self._output = []
        rows = [line.split("\t") for line in read_lines(Path(f"{path}.list"))]
        self._listed = {row[0]: row[1:] == ["KTAP"] for row in rows}
        lines = list(read_lines(Path(f"{path}.ktap")))
        for line in lines:
            self._read(line)
        self._end(bool(lines))
        if self._listed or is_machine:
            self._judge_machine(Path(f"{path}.console"))

    def _add(self, kind, what, output=None, **details):
        if output is None:
            output, self._output = self._output[-QUOTED:], []
        self.items.append(Item(kind, what, output, self._program, **details))

    def _read(self, line):
        own = OWN.match(line)
        if own:
            self._read_own(*own.groups())
        elif not self._listed:
            self._read_inner(line)
        elif line.startswith("# selftests: "):
            name = line.removeprefix("# selftests: ").replace(": ", ":", 1)
            self._program, self._output = Program(name), []
        elif PROGRAM.match(line):
            self._end_program(line)
        elif self._program.name and line.startswith("# "):
            self._read_inner(line[2:])
        else:
            self._output.append(line)

    def _read_own(self, kernel, status, taint):
        """Read what the init process or the runner of a check adds."""
        if kernel:
            self.kernel = kernel
        elif status:
            self.status = int(status)
        else:
            self.tainted = int(taint)
            if self.tainted:
                self._add(PROBLEM, f"the kernel is tainted: {taint}", [])

    def _read_inner(self, line):
        """Read a line that a program printed."""
        plan, result = PLAN.match(line), RESULT.match(line)
        if plan:
            self._program.planned = int(plan[1])
        elif result:
            self._program.results += 1
            self._add_case(line, *result.groups())
        elif line.startswith("# note: "):
            self._add(NOTE, line.removeprefix("# note: "), [])
        else:
            self._output.append(line)

    def _add_case(self, line, negation, number, text):
        count = self._program.results
        if number != str(count) or text[:1] not in ("", " "):
            self._add(PROBLEM, f"result {count} has another number", [line])
        name, directive = split_result(text)
        if self._program.name:
            name = f"{self._program.name}:{name}"
        self._output.append(line)
        self._add(CASE, name, ok=not negation, directive=directive)

    def _end_program(self, line):
        negation, collection, text = PROGRAM.match(line).groups()
        name, directive = split_result(f"{collection}:{text}")
        self.reported.add(name)
        self._output.append(line)
        self._check_plan(self._listed.get(name))
        self._output = self._output or [line]
        self._add(WHOLE, name, ok=not negation, directive=directive)
        self._program = Program()

    def _check_plan(self, must):
        """Has the program reported what it announced?"""
        planned, results = self._program.planned, self._program.results
        name = self._program.name or "it"
        if planned is None and (results or must):
            self._add(NO_PLAN, f"{name} announced no plan, but reported {results}")
        elif planned is not None and planned != results:
            what = f"{name} announced {planned} tests, but reported {results}"
            self._add(PROBLEM, what)

    def _end(self, said_something):
        where = f" in {self._program.name}" if self._program.name else ""
        if not said_something:
            self._add(PROBLEM, f"{self.name}.ktap is empty")
        elif self.status is None:
            what = f"the output ends{where}: a crash, a hang or a time-out"
            self._add(PROBLEM, what)
        elif self.status:
            self._add(STATUS, f"the exit status is {self.status}")
        if not self._listed:
            self._check_plan(said_something)

    def _judge_machine(self, path):
        self._program = Program()
        for name in self._listed:
            if name not in self.reported:
                self._add(PROBLEM, f"{name} has not reported", [])
        if self.status is not None and self.tainted is None:
            self._add(PROBLEM, "the output does not show if the kernel is tainted", [])
        problems, self.warnings = console.judge(read_lines(path), path.name)
        for what, output in problems:
            self._add(PROBLEM, what, output)
