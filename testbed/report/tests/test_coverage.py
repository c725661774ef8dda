# SPDX-License-Identifier: GPL-2.0-only
import coverage
from tests import scene

DIFF = """\
diff --git a/fs/a.c b/fs/a.c
--- a/fs/a.c
+++ b/fs/a.c
@@ -2,0 +3,2 @@ x
+\tif (a)
+\t\treturn  b;
@@ -9 +11 @@ x
-\tx();
+++i;
""".splitlines()
COUNTS = """\
        -:    0:Source:/tree/fs/a.c
        -:    1:int f(int a)
        4:    3:\tif (a)
    #####:    4:\t\treturn  b;
       2*:   11:++i;
        -:    0:Source:/tree/include/a.h
    #####:    3:x
""".splitlines()
FILE = "fs/a.c"
EXCUSE = (FILE, "f", "return b;", "it cannot be")


class Coverage(scene.TestCase):
    def judge(self, wanted, counts, *excuses):
        added = coverage.added_lines(DIFF)
        ran = coverage.executed_lines(counts, added)
        functions = {FILE: ["f"] * 11}
        lines, status = coverage.judge(added, ran, functions, excuses)
        self.assertEqual(status, wanted)
        return "\n".join(lines)

    def test_added_lines(self):
        lines = {3: "if (a)", 4: "return b;", 11: "++i;"}
        self.assertEqual(coverage.added_lines(DIFF), {FILE: lines})

    def test_function_names(self):
        lines = [
            "static int f(int a)",
            "\tg(a);",
            "SYSCALL_DEFINE2(unshare, int, a)",
            "struct x *h(void)",
            "extern int i(void);",
        ]
        names = ["f", "f", "unshare", "h", "h"]
        self.assertEqual(coverage.function_names(lines), names)

    def test_reports_what_did_not_run(self):
        said = self.judge(1, COUNTS)
        self.assertIn("# not executed: fs/a.c:4: f(): return b;\n", said)
        self.assertIn("2 of   3 added lines executed, 1 not executed, 0 of", said)
        self.assertIn("\nnot ok 1 fs/a.c\n", said)

    def test_accepts_an_excuse(self):
        said = self.judge(0, COUNTS, EXCUSE)
        self.assertIn("# not executed, as listed: fs/a.c:4: f()", said)
        self.assertIn("\nok 1 fs/a.c\n1..1", said)

    def test_notes_excuses_that_are_not_needed(self):
        again = ["    1:    4:\t\treturn  b;"]
        said = self.judge(0, COUNTS + [COUNTS[0]] + again, EXCUSE)
        self.assertIn("# note: fs/a.c: f(): return b; is executed", said)

    def test_fails_without_counts(self):
        self.assertIn("1..0", self.judge(1, []))
