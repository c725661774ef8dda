# SPDX-License-Identifier: GPL-2.0-only
import checkpatch
import expected
from tests import scene

COMPLAINTS = """\
COMMIT 12 fs: one

WARNING:LONG_LINE: line length of 120 exceeds 100 columns
#7: FILE: fs/a.c:7:
+a long line

ERROR:SPACING: space required
#9: FILE: fs/b.c:9:

CHECK:FILE_PATH_CHANGES: added file

total: 1 errors, 2 warnings
"""
ALL = (
    ("LONG_LINE", "fs/", "-"),
    ("SPACING", "*", "-"),
    ("FILE_PATH_CHANGES", "*", "-"),
)


class Lists(scene.TestCase):
    def test_read(self):
        directory = self.lay_out({"list": "# about it\n\na\tb c\n"})
        path = f"{directory}/list"
        self.assertEqual(expected.read(path, 2), [["a", "b c"]])
        with self.assertRaisesRegex(ValueError, "list: not 3 columns: a\tb c"):
            expected.read(path, 3)

    def test_lists_have_their_columns(self):
        for name, columns in (
            (expected.SKIPS, 3),
            (expected.UNCOVERED, 4),
            (expected.DIFFERENCES, 3),
            (expected.CHECKPATCH, 3),
        ):
            self.assertTrue(expected.read(name, columns))


class Checkpatch(scene.TestCase):
    def test_allows_exceptions(self):
        self.assertEqual(checkpatch.judge(COMPLAINTS, ALL, True), [])

    def test_reports_the_rest(self):
        elsewhere = (("LONG_LINE", "fs/b", "-"), *ALL[1:])
        left = checkpatch.judge(COMPLAINTS, elsewhere, True)
        self.assertIn("+a long line", left[0])
        self.assertEqual(
            left[1:], ["^ 12 fs: one", "nothing needs the exception LONG_LINE fs/b"]
        )
        self.assertEqual(checkpatch.judge(COMPLAINTS, elsewhere, False), left[:2])
