# SPDX-License-Identifier: GPL-2.0-only
import ktap
import table
from tests import scene

GOOD = {
    f"{part}.{kind}": text
    for part in ("patched", "base")
    for kind, text in {
        "ktap": """\
KTAP version 1
# mntns: kernel Linux 6.12 x86_64
# note: Debian 13 with systemd 257
ok 1 - boots
# a reason\033[0m
not ok 2 - the unit a.service
1..2
# mntns: tainted 0
# mntns: exit 0
""",
        "console": "<0>[    3.202752] reboot: Restarting system\n",
    }.items()
}
# Name, how many pass and fail (and are skipped), what it says, what is spoiled
# fmt: off
CASES = (
    ("the same", 2, "0 failed", [
     "^Debian 13 with", "^patched: Linux 6.12", "^boots +ok +ok$",
     r"^the unit a.service +FAILS +FAILS$", r"^    \| a reason$"]),
    ("a test that fails", 1, "1 failed", ["^boots .*FAILS +ok   <-- w"],
     ("patched.ktap", "^ok 1", "not ok 1")),
    ("a test that fails on the base", 2, "0 failed", ["^boots +ok +FAILS$"],
     ("base.ktap", "^ok 1", "not ok 1")),
    ("a unit that fails", 1, "1 failed", ["^the unit.*FAILS +ok   <-- w"],
     ("base.ktap", "^not ok 2.*\n", ""), ("base.ktap", r"1\.\.2", "1..1")),
    ("a test too few", 1, "2 failed", ["^boots +missing", "no plan"],
     ("patched.ktap", "^ok 1.*\n", ""), ("patched.ktap", "^not ok 2", "not ok 1"),
     ("patched.ktap", r"^1\.\.2\n", "")),
    ("a machine that hung", 2, "1 failed", ["^patched: the output ends"],
     ("patched.ktap", "^# mntns: (tainted|exit).*\n", "")),
    ("a tainted kernel", 2, "1 failed", ["^patched: the kernel is tainted"],
     ("patched.ktap", "tainted 0", "tainted 128")),
    ("a client that uses a flag", 2, "0 failed", [
     r"^a uses X, 5 ms a start; base: tries X in vain, 20 ms: 0\.25 of its time$"],
     ("patched.ktap", "^ok 1", "# note: a uses X, 5 ms a start\nok 1"),
     ("base.ktap", "^ok 1", "# note: a tries X in vain, 20 ms a start\nok 1")),
    ("a client that uses none", 2, "0 failed", ["^a uses none$"],
     ("patched.ktap", "^ok 1", "# note: a uses none\nok 1"),
     ("base.ktap", "^ok 1", "# note: a uses none\nok 1")),
    ("a test that is skipped", 1, "0 failed, 1 skipped", [
     "^boots +skipped +skipped$", "^boots: skipped: no BTF$"],
     ("patched.ktap", "boots$", "boots # SKIP no BTF"),
     ("base.ktap", "boots$", "boots # SKIP no BTF")),
    ("a test that the base does not skip", 1, "1 failed", ["^boots +skipped +ok +<-- w"],
     ("patched.ktap", "boots$", "boots # SKIP no BTF")),
    ("a test that is skipped and fails", 1, "1 failed", ["^boots +FAILS +ok +<-- w"],
     ("patched.ktap", "^ok 1(.*)", r"not ok 1\1 # SKIP no BTF")),
    ("trouble on a console", 2, "1 failed", ["^base: 1 lines with problems"],
     ("base.console", r"\A", "<4>[ 1.1] WARNING: x\n")),
)
# fmt: on


class Tables(scene.TestCase):
    def test_table(self):
        for name, passed, failed, said, *edits in CASES:
            with self.subTest(name):
                directory = self.lay_out(scene.spoil(GOOD, *edits))
                parts = [ktap.Part(directory, p, True) for p in ("patched", "base")]
                lines, status = table.table(*map(table.Machine, parts))
                self.assert_said(said, "\n".join(lines))
                self.assertEqual(lines[-1], f"{passed} passed, {failed}")
                self.assertEqual(status, int(failed[0] != "0"))
