# SPDX-License-Identifier: GPL-2.0-only
"""The console of a kernel.

Most faults taint a kernel, which the init process reports at the end. This module
finds faults that leave no taint, and the lines that explain a taint.
"""
import re

TROUBLE = re.compile(
    # lockdep, RCU, KASAN, slabs; whatever shows a stack
    r"WARNING:|\bBUG[: ]|UBSAN:|Call Trace|general protection"
    # hangs
    r"|detected .*stall|hard LOCKUP|blocked for more than"
    # leaks
    r"|unreferenced object|suspected memory leaks|process .* leaked|ref_tracker: "
    # nothing looks for mistakes any more
    r"|leak detector disabled|locking correctness validator|ODEBUG"
    r"|non-static key|atomic context"
    # memory
    r"|allocation failure"
)
QUOTED = 25


class OutOfMemory:
    """Whether the machine is out of memory, or a cgroup, which tests cause."""

    def __init__(self):
        self.pending = self.traces = 0

    def takes(self, line):
        """Does the line belong to it? One trace of calls does."""
        if "invoked oom-killer: " in line:
            self.pending += 1
            self.traces = 1
            return True
        if self.pending and self.traces and line.endswith("Call Trace:"):
            self.traces -= 1
            return True
        if "oom-kill:constraint=CONSTRAINT_MEMCG" in line:
            self.pending = self.traces = 0
        return False


def judge(lines, name):
    """Return the problems, with the lines that show them, and count warnings."""
    oom = OutOfMemory()
    empty, ended, trouble, warnings, quoted = True, False, 0, 0, []
    for line in lines:
        empty = False
        if not oom.takes(line) and TROUBLE.search(line):
            trouble += 1
        if trouble and len(quoted) < QUOTED:
            quoted.append(line)
        if "reboot: Restarting system" in line:
            ended = True
        elif re.match(r"<[0-4]>", line):
            warnings += 1
    problems = []
    if oom.pending:
        problems.append((f"out of memory, see {name}", []))
    if trouble:
        problems.append((f"{trouble} lines with problems in {name}", quoted))
    if empty:
        problems.append((f"{name} is empty", []))
    elif not ended:
        problems.append((f"the machine did not reset itself, see {name}", []))
    return problems, warnings
