# SPDX-License-Identifier: GPL-2.0-only
# Run by gdb for profile: step through system calls of the machine that
# waits on the socket, and tell in a table how many instructions their functions
# take.
import bisect
import collections

import gdb

# The system call, its argument with the flags as an offset in struct pt_regs,
# the flags, which of these calls, and what to call it. The first call meets what
# nothing has touched before. Leaving follows making at once.
DI, SI = 112, 104
CALLS = (
    ("__x64_sys_unshare", DI, 0x04000000, 3, "unshare(CLONE_NEWUTS)"),
    ("__x64_sys_unshare", DI, 0x00100000, 3, "unshare(UNSHARE_EMPTY_MNTNS)"),
    ("__x64_sys_setns", SI, 0x00020000, 1, "setns() out of that"),
    ("__x64_sys_fsmount", SI, 0x00000002, 3, "fsmount(FSMOUNT_NAMESPACE)"),
    ("__x64_sys_setns", SI, 0x00020000, 1, "setns() into that"),
    ("__x64_sys_setns", SI, 0x00020000, 1, "setns() out of that"),
)
SHOWN = 20

lines = [line.split() for line in open(out + ".functions")]
starts = [int(line[0], 16) for line in lines]


def value(expression):
    return int(gdb.parse_and_eval(expression)) & 0xffffffffffffffff


def run_to(function, offset, flags, nth):
    stop = gdb.Breakpoint("*(long)&" + function)
    seen = 0
    while seen < nth:
        gdb.execute("continue")
        seen += value(f"*(unsigned long *)($rdi + {offset})") == flags
    stop.delete()


# The functions that are being executed are those whose return address lies
# above the stack pointer; a jump to the start of one is a call, too.
def step_through():
    taken, within = collections.Counter(), collections.Counter()
    calls = collections.Counter()
    stack = []
    bottom = value("$rsp")
    while True:
        pc, sp = value("$pc"), value("$rsp")
        while stack and sp > stack[-1][1]:
            stack.pop()
        if sp > bottom:
            return taken, within, calls
        at = bisect.bisect_right(starts, pc) - 1
        name = lines[at][1]
        if starts[at] == pc:
            stack.append((name, sp))
            calls[name] += 1
        taken[name] += 1
        within.update({entry for entry, _ in stack})
        gdb.execute("stepi")


gdb.execute("set pagination off")
gdb.execute("target remote " + socket)
with open(out + ".table", "w") as table:
    for function, offset, flags, nth, title in CALLS:
        run_to(function, offset, flags, nth)
        taken, within, calls = step_through()
        print(f"{title}: {sum(taken.values()):,} instructions", file=table)
        print("    in all  itself   calls  function", file=table)
        for name, total in within.most_common(SHOWN):
            print(f"    {total:6,}  {taken[name]:6,}  {calls[name]:6}  {name}",
                  file=table)
gdb.execute("kill")
