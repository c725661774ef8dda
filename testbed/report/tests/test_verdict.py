# SPDX-License-Identifier: GPL-2.0-only
import re

import expected
import verdict
from tests import scene

GOOD = {
    "vm.list": "fs:one\tKTAP\nfs:two.sh\n",
    "vm.ktap": """\
# mntns: kernel Linux 6.12 i686
TAP version 13
1..2
# selftests: fs: one
# TAP version 13
# 1..3
# # Starting 3 tests from 2 test cases.
# #  RUN           global.a ...
# #            OK  global.a
# ok 1 global.a
# # one.c:7:b:Expected 0 (0) == 1 (1)
# ok 2 table.variant.b
# ok 3 table.variant.c
# # Totals: pass:3 fail:0 xfail:0 xpass:0 skip:0 error:0
ok 1 selftests: fs: one
# selftests: fs: two.sh
# whatever it says
ok 2 selftests: fs: two.sh
# mntns: tainted 0
# mntns: exit 0
""",
    "vm.console": """\
<5>[    0.000000] Linux version 6.12
<4>[    0.880224] something old is used
<12>[    1.709626] kselftest: Running tests in fs
<0>[    3.202752] reboot: Restarting system
""",
    "check.ktap": "1..1\nok 1 a check\n# mntns: exit 0\n",
    "skips": "vm\tfs:one:table.variant.c\tas agreed\n",
}

# Name, how many pass and fail, what the report says, what is spoiled
# fmt: off
RESULTS = (
    ("a good run", 5, 0, "^vm: .*6.12 i686, 1 kernel"),
    ("a skip that did not happen", 5, 0, "variant.c was not"),
    ("carriage returns", 5, 0, "", ("vm.ktap", "$", "\r")),
    ("a failed case", 4, 1, "one.c:7:b:Expected 0",
     ("vm.ktap", "^# ok 2", "# not ok 2")),
    ("a failed program", 4, 1, "FAILED  vm: fs:two.sh$",
     ("vm.ktap", "^(ok 2 .*)", r"not \1 # exit=1")),
    ("a program that fails after its cases", 5, 1, "exit=139",
     ("vm.ktap", "^(ok 1 .*)", r"not \1 # exit=139")),
    ("a program that timed out", 4, 1, "TIMEOUT 45",
     ("vm.ktap", "^(ok 2 .*)", r"not \1 # TIMEOUT 45 seconds")),
    ("a program that timed out amid its cases", 4, 1,
     r"one announced 3 tests, but reported 2\n(.*\n)*.*TIMEOUT 300",
     ("vm.ktap", "^# ok 3.*\n", ""),
     ("vm.ktap", "^(ok 1 .*)", r"not \1 # TIMEOUT 300 seconds")),
    ("a skip that is listed", 4, 0, r"variant.c \(as agreed\)\n(.*\n)*vm: .*, 1 skipped",
     ("vm.ktap", "^(# ok 3.*)", r"\1 # SKIP no such thing")),
    ("all skips that are listed", 3, 0, r"2 of .*table.\* \(as",
     ("skips", ":table.*c\t", ":table.*\t"),
     ("vm.ktap", "^(# ok [23].*)", r"\1 # SKIP no such thing")),
    ("a skip listed for another bed", 4, 1, "c was skipped",
     ("skips", "^vm", "bed"), ("vm.ktap", "^(# ok 3.*)", r"\1 # SKIP no such thing")),
    ("a skip that is not listed", 4, 1, "variant.b was skipped",
     ("vm.ktap", "^(# ok 2.*)", r"\1 # SKIP no such thing")),
    ("a skip in the other form", 4, 1, "variant.b was skipped",
     ("vm.ktap", "^# ok 2.*", "# ok 2 # SKIP table.variant.b")),
    ("a skipped program", 4, 1, "fs:two.sh was skipped",
     ("vm.ktap", "^(ok 2 .*)", r"\1 # SKIP")),
    ("an expected failure", 4, 1, "XFAIL known",
     ("vm.ktap", "^(# ok 2.*)", r"\1 # XFAIL known")),
    ("a case too few", 4, 1, "announced 3 tests.*reported 2",
     ("vm.ktap", "^# ok 3.*\n", "")),
    ("a result reported twice", 6, 2, "ok 3 again",
     ("vm.ktap", "^(# ok 3.*)", r"\1\n# ok 3 again")),
    ("no plan", 5, 1, "announced no plan",
     ("vm.ktap", r"^# 1\.\.3\n", "")),
    ("a program that ran no case", 2, 1, "no plan",
     ("vm.ktap", r"^# 1\.\.(.*\n)*# ok 3.*\n", "")),
    ("a program too few", 4, 1, "two.sh has not reported",
     ("vm.ktap", ".*two.sh\n", "")),
    ("no end", 3, 3, "ends in fs:one",
     ("vm.ktap", "^# ok 3(.*\n)*", "")),
    ("an end in the middle of a line", 5, 1, "the output ends:",
     ("vm.ktap", "exit 0\n", "exit ")),
    ("an exit status", 5, 1, "exit status is 3",
     ("vm.ktap", "exit 0", "exit 3")),
    ("no results", 1, 3, "vm.ktap is empty", ("vm.ktap", "", None)),
    ("a note", 5, 0, "^note    check: by the way",
     ("check.ktap", r"\A", "# note: by the way\n")),
    ("a check that did not run", 4, 1, "check.ktap is empty",
     ("check.ktap", "", None)),
    ("a tainted kernel", 5, 1, "vm: .* is tainted: 512",
     ("vm.ktap", "tainted 0", "tainted 512")),
    ("a tainted kernel of a check", 5, 1, "check: .* tainted: 32",
     ("check.ktap", r"\A", "# mntns: tainted 32\n# mntns: tainted 0\n")),
    ("a kernel that does not say", 5, 1, "if the kernel",
     ("vm.ktap", ".*tainted 0\n", "")),
)
# fmt: on

TROUBLE = """\
WARNING: CPU: 0 PID: 1 at fs/namespace.c:12
WARNING: possible circular locking dependency detected
WARNING: suspicious RCU usage
BUG: KASAN: slab-use-after-free in x
BUG: sleeping function called from invalid context at y.c:1
BUG kmalloc-64 (Not tainted): Poison overwritten
UBSAN: shift-out-of-bounds in fs/namespace.c:12
kernel BUG at fs/namespace.c:12!
ODEBUG: free active (active state 0) object: x
INFO: task mount:12 blocked for more than 120 seconds.
rcu: INFO: rcu_preempt self-detected stall on CPU
watchdog: BUG: soft lockup - CPU#0 stuck for 61s!
kmemleak: 1 new suspected memory leaks
unreferenced object 0xffff888003d05800 (size 1024):
kmemleak: Kernel memory leak detector disabled
turning off the locking correctness validator.
traps: a[12] general protection fault ip:401000
watchdog: Watchdog detected hard LOCKUP on cpu 0
INFO: trying to register non-static key.
a: page allocation failure: order:0
ref_tracker: net_refcnt has 1/1 users at
""".splitlines()

# Those come with a warning that taints the kernel.
TAINTING = """\
list_add corruption. prev->next should be next
refcount_t: underflow; use-after-free.
VFS: Busy inodes after unmount of tmpfs
""".splitlines()

OOM = "<4>[ 1.1] a invoked oom-killer: order=0\n<4>[ 1.1] Call Trace:\n"
KILL = "<6>[ 1.1] oom-kill:constraint=CONSTRAINT_"


def on_console(text):
    return "vm.console", r"^(.*something old)", text + r"\1"


# fmt: off
CONSOLES = (
    ("no console", 5, 1, "vm.console is empty",
     ("vm.console", "", None)),
    ("a machine that did not end", 5, 1, "did not reset",
     ("vm.console", ".*Restarting.*\n", "")),
    ("a panic", 5, 1, "did not reset",
     ("vm.console", "reboot: .*", "Kernel panic - not syncing: Attempted")),
    ("a cgroup out of memory", 5, 0, "",
     on_console(f"{OOM}{KILL}MEMCG,\n")),
    ("out of memory", 5, 1, "vm: out of memory",
     on_console(f"{OOM}{KILL}NONE,\n")),
    ("a second trace while a cgroup is out of memory",
     5, 1, "1 lines with problems",
     on_console(f"{OOM}<4>[ 1.1] Call Trace:\n{KILL}MEMCG,\n")),
)
# fmt: on


class Verdicts(scene.TestCase):
    def check(self, name, passed, failed, said, *edits):
        with self.subTest(name):
            directory = self.lay_out(scene.spoil(GOOD, *edits))
            skips = expected.read(f"{directory}/skips", 3)
            report = verdict.Report(directory, ("vm", "check"), skips)
            self.assert_said([said], "\n".join(report.lines))
            total = f"{passed} passed, {failed} failed"
            self.assertEqual(report.lines[-1], total)
            self.assertEqual(report.status, int(failed > 0))

    def test_results(self):
        for row in RESULTS:
            self.check(*row)

    def test_console(self):
        for row in CONSOLES:
            self.check(*row)
        for text in TROUBLE:
            spoiled = on_console(f"<4>[ 1.1] {text}\n")
            self.check(text, 5, 1, re.escape(text), spoiled)
        for text in TAINTING:
            taint = ("vm.ktap", "tainted 0", "tainted 512")
            spoiled = on_console(f"<4>[ 1.1] {text}\n")
            self.check(text, 5, 1, "is tainted", spoiled, taint)
