# SPDX-License-Identifier: GPL-2.0-only
import conformance
from tests import scene
from verdict import UNLISTED, Failure

VERSIONS = ("7.1.2+deb", "7.3.4+deb")
FAILURES = (
    Failure("7.1.2+deb", "fs:one:a.b", ["    | one.c:7: an explanation"]),
    Failure("7.3.4+deb", "fs:one:a.b", []),
    Failure("7.3.4+deb", "fs:one:c" + UNLISTED, []),
)
A_B = (r".*:a\.b", "7.1-", "it does")
C = (".*:c", "7.3-7.3", "not there")


class Conformance(scene.TestCase):
    def judge(self, wanted, *rows, versions=VERSIONS):
        reasons = [conformance.Reason(*row) for row in rows]
        lines, status = conformance.judge(FAILURES, reasons, versions)
        self.assertEqual(status, wanted)
        return "\n".join(lines)

    def test_groups_differences_by_reason(self):
        self.assertEqual(
            self.judge(0, A_B, C),
            "==> it does\n"
            "    fs:one:a.b (7.1.2 7.3.4)\n"
            "==> not there\n"
            "    fs:one:c (7.3.4)\n"
            "3 differences, 0 without a reason; 0 reasons out of date",
        )

    def test_reports_what_has_no_reason(self):
        said = self.judge(1, (r".*:a\.b", "7.2-", "x"), (".*:c", "-7.3", "y"))
        self.assertIn("    7.1.2+deb: fs:one:a.b\n", said)
        self.assertIn("one.c:7: an explanation", said)
        self.assertIn("3 differences, 1 without a reason; 1 reasons out", said)
        said = self.judge(1, (".*:a", "7.1-", "a part of the name"), C)
        self.assertIn("3 differences, 2 without a reason", said)

    def test_reports_reasons_that_are_out_of_date(self):
        always = (".*:c", "7.1-", "not there")
        said = self.judge(1, A_B, always)
        self.assertIn("7.1.2+deb does not differ: not there", said)
        said = self.judge(0, A_B, always, versions=())
        self.assertIn("0 reasons out of date", said)
        self.judge(0, A_B, (".*:c", "7.1-", "at times: not there"))

    def test_tells_kernels_with_the_series_from_mainlines(self):
        rows = (A_B, C, (".*:c", "patched:7.3-7.3", "skipped"))
        said = self.judge(1, *rows, versions=(*VERSIONS, "patched-7.3"))
        self.assertIn("out of date, patched-7.3 does not differ: skipped", said)
        self.judge(0, *rows, versions=(*VERSIONS, "patched-6.12"))

    def test_refuses_a_broken_range(self):
        with self.assertRaisesRegex(ValueError, "no range FROM-TO.*: 7.1"):
            conformance.Reason(".*:c", "7.1", "not there")
