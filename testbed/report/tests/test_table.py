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
# Name, how many pass and fail, what it says, what is spoiled
# fmt: off
CASES = (
    ("the same", 2, 0, [
     "^Debian 13 with", "^patched: Linux 6.12", "^boots +ok +ok$",
     r"^the unit a.service +FAILS +FAILS$", r"^    \| a reason$"]),
    ("a test that fails", 1, 1, ["^boots .*FAILS +ok   <-- w"],
     ("patched.ktap", "^ok 1", "not ok 1")),
    ("a test that fails on the base", 2, 0, ["^boots +ok +FAILS$"],
     ("base.ktap", "^ok 1", "not ok 1")),
    ("a unit that fails", 1, 1, ["^the unit.*FAILS +ok   <-- w"],
     ("base.ktap", "^not ok 2.*\n", ""), ("base.ktap", r"1\.\.2", "1..1")),
    ("a test too few", 1, 2, ["^boots +missing", "no plan"],
     ("patched.ktap", "^ok 1.*\n", ""), ("patched.ktap", "^not ok 2", "not ok 1"),
     ("patched.ktap", r"^1\.\.2\n", "")),
    ("a machine that hung", 2, 1, ["^patched: it broke off"],
     ("patched.ktap", "^# mntns: (tainted|exit).*\n", "")),
    ("a tainted kernel", 2, 1, ["^patched: the kernel is tainted"],
     ("patched.ktap", "tainted 0", "tainted 128")),
    ("trouble on a console", 2, 1, ["^base: 1 lines of trouble"],
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
                self.assertEqual(lines[-1], f"{passed} passed, {failed} failed")
                self.assertEqual(status, int(failed > 0))
