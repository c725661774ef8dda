# SPDX-License-Identifier: GPL-2.0-only
import compare
import ktap
from tests import scene

GOOD = {
    f"{part}.{kind}": text
    for part in ("base", "new")
    for kind, text in {
        "list": "fs:one\tKTAP\nfs:two\n",
        "ktap": """\
TAP version 13
1..2
# selftests: fs: one
# TAP version 13
# 1..3
# # a.c:7:a:Expected 0 (0) == 0 (0)
# ok 1 global.a
# # one.c:7:b:Expected 0 (0) == 1 (1)
# not ok 2 global.b
# ok 3 global.c # SKIP no such thing
not ok 1 selftests: fs: one # exit=1
# selftests: fs: two
# whatever it says
ok 2 selftests: fs: two
# mntns: tainted 0
# mntns: exit 0
""",
        "console": """\
<5>[    0.000000] Linux version 6.12
<12>[    1.709626] kselftest: Running tests in fs
<0>[    3.202752] reboot: Restarting system
""",
    }.items()
}


def both(kind, pattern, replacement):
    return [(f"{part}.{kind}", pattern, replacement) for part in ("base", "new")]


# Name, how many pass and fail, what it says, what is spoiled
# fmt: off
CASES = (
    ("no difference", 5, 0, ["^# note: 1 not ok on both: fs:one:global.b$",
     "^# note: 1 ok # SKIP on both: fs:one:global.c$"]),
    ("a test that fails with one only", 4, 1, [
     "^not ok 1 - fs:one:global.a$", "base: ok$", "new: not ok$",
     r"\(0\) == 0 \(0\)$", r"\(9\) == 0 \(0\)$"],
     ("new.ktap", r"7:a:Expected 0 \(0\)", "7:a:Expected 0 (9)"),
     ("new.ktap", "^# ok 1", "# not ok 1")),
    ("a test that passes with one only", 4, 1, ["^not ok .*one:global.b"],
     ("new.ktap", "^# not ok 2", "# ok 2")),
    ("a test that is skipped with one only", 4, 1, ["base: ok$", "new: ok # SKIP"],
     ("base.ktap", " # SKIP.*", "")),
    ("a skip in the other form", 5, 0, [],
     ("new.ktap", "^# ok 3.*", "# ok 3 # SKIP global.c")),
    ("a program that fails with one only", 4, 1,
     ["^not ok .*fs:two$", "new: not ok # exit=1"],
     ("new.ktap", "^(ok 2.*)", r"not \1 # exit=1")),
    ("another exit status", 4, 1, ["exit=1$", "exit=2$"],
     ("new.ktap", "exit=1", "exit=2")),
    ("a test too few", 4, 1, ["one:global.c$", "new: no result"],
     ("new.ktap", r"1\.\.3", "1..2"), ("new.ktap", "^# ok 3.*\n", "")),
    ("a test too many", 4, 1, ["one:global.c$", "base: no result"],
     ("base.ktap", r"1\.\.3", "1..2"), ("base.ktap", "^# ok 3.*\n", "")),
    ("too few tests for the plan of both", 4, 2,
     ["one announced 3 tests, but reported 2"], *both("ktap", "^# ok 3.*\n", "")),
    ("a program too few on both", 4, 2,
     ["base: fs:two has not reported", "new: fs:two has not reported"],
     *both("ktap", ".*two.*\n", "")),
    ("both: TIMEOUT", 5, 2, ["two crashed.* TIMEOUT 300 seconds"],
     *both("ktap", "^(ok 2.*)", r"not \1 # TIMEOUT 300 seconds")),
    ("both: exit=139", 5, 2, ["two crashed.* exit=139"],
     *both("ktap", "^(ok 2.*)", r"not \1 # exit=139")),
    ("a machine that hung", 1, 7, ["ends in fs:one"],
     ("new.ktap", "^# not ok 2(.*\n)*", "")),
    ("both machines hung", 1, 6, ["base: the output ends", "new: the output ends"],
     *both("ktap", "^# not ok 2(.*\n)*", "")),
    ("a machine that said nothing", 0, 8, ["base.ktap is empty"],
     ("base.ktap", "", None)),
    ("on the console of base", 5, 1, ["base: .*problems"],
     ("base.console", r"^(<12>)", r"<4>[ 1.1] WARNING: CPU: 0 PID: 1\n\1")),
    ("on the console of new", 5, 1, ["new: .*problems"],
     ("new.console", r"^(<12>)", r"<4>[ 1.1] WARNING: CPU: 0 PID: 1\n\1")),
    ("a machine that did not end", 5, 1, ["new: .*did not reset"],
     ("new.console", ".*Restarting.*\n", "")),
    ("an exit status", 5, 1, ["new: the exit status is 3"],
     ("new.ktap", "exit 0", "exit 3")),
    ("a tainted kernel", 5, 1, ["new: the kernel is tainted: 512"],
     ("new.ktap", "tainted 0", "tainted 512")),
)
# fmt: on


class Comparisons(scene.TestCase):
    def test_compare(self):
        for name, passed, failed, said, *edits in CASES:
            with self.subTest(name):
                directory = self.lay_out(scene.spoil(GOOD, *edits))
                machines = [
                    compare.Machine(ktap.Part(directory, part))
                    for part in ("base", "new")
                ]
                lines, status = compare.compare(*machines)
                self.assert_said(said, "\n".join(lines))
                results = [line.split()[0] for line in lines]
                self.assertEqual(results.count("ok"), passed)
                self.assertEqual(results.count("not"), failed)
                self.assertEqual(lines[1], f"1..{passed + failed}")
                self.assertEqual(status, int(failed > 0))
