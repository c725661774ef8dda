# SPDX-License-Identifier: GPL-2.0-only
"""Which of the lines that the series adds did the selftests execute?

The output of the parts has the counts of gcov in the kernel. Prints KTAP, a test
for each file.
"""
import base64
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import expected
import ktap

GCOV = "# gcov: "
KERNEL_CODE = ["*.c", "*.h", ":!tools", ":!samples", ":!Documentation"]


def function_names(lines):
    """Return the function that each line is in, a system call by its name."""
    name, names = "", []
    for line in lines:
        call = re.match(r"SYSCALL_DEFINE[0-9]\(([a-z0-9_]+)", line)
        if call:
            name = call[1]
        elif re.match(r"[a-z_].*[a-z0-9_]\(", line) and not line.endswith(";"):
            name = re.split(r"[ *]", line.partition("(")[0])[-1]
        names.append(name)
    return names


def added_lines(diff):
    """Return {file: {number: text}} of what a diff without context adds."""
    added, lines, number, left = {}, {}, 0, 0
    for line in diff:
        if left and line.startswith("+"):
            lines[number] = " ".join(line[1:].split())
            number += 1
            left -= 1
        elif line.startswith("+++ b/"):
            lines = added.setdefault(line.removeprefix("+++ b/"), {})
        elif line.startswith("@@ "):
            number, _, count = line.split()[2].partition(",")
            number, left = int(number), int(count or 1)
    return added


def executed_lines(counts, files):
    """Return {file: {number: did it run?}} of the lines that have code.

    gcov has "        4*:  120:the line", with "-" in place of a count if there
    is no code, "#####" if it did not run.
    """
    ran, file = defaultdict(dict), None
    for line in counts:
        count, number, text = (line.split(":", 2) + ["", ""])[:3]
        if not number.strip().isdecimal():
            continue
        number = int(number)
        if text.startswith("Source:") and not number:
            source = "/" + text.removeprefix("Source:")
            file = next((f for f in files if source.endswith("/" + f)), None)
        elif number and file and count.strip() != "-":
            before = ran[file].get(number, False)
            ran[file][number] = before or bool(re.search("[0-9]", count))
    return ran


def judge(added, ran, functions, excuses):
    """Return the coverage as lines of KTAP, and the exit status.

    The arguments are by file; excuses are the rows of expected.UNCOVERED.
    """
    lines, results, failed = ["KTAP version 1"], 0, 0
    excused, used = {tuple(row[:3]) for row in excuses}, set()
    for file in added:
        code = sorted(added[file].keys() & ran[file].keys())
        missing = [number for number in code if not ran[file][number]]
        agreed = 0
        for number in missing:
            key = (file, functions[file][number - 1], added[file][number])
            agreed += key in excused
            used.add(key)
            what = "not executed, as listed" if key in excused else "not executed"
            lines.append(f"# {what}: {file}:{number}: {key[1]}(): {key[2]}")
        if not code:
            continue
        results += 1
        failed += len(missing) - agreed
        lines.append(
            f"# {file:20} {len(code) - len(missing):3} of {len(code):3} added "
            f"lines executed, {len(missing)} not executed, {agreed} of them listed"
        )
        ok = "ok" if len(missing) == agreed else "not ok"
        lines.append(f"{ok} {results} {file}")
    for file, function, text in sorted(excused - used):
        place = f"{file}: {function}(): {text}"
        what = f"is executed: remove it from {expected.UNCOVERED}"
        lines.append(f"# note: {place} {what}")
    lines.append(f"1..{results}")
    return lines, int(failed > 0 or not results)


def unpack(results, part, to):
    """Unpack what gcov counted in a part."""
    printed = ktap.read_lines(results / f"{part}.ktap")
    lines = [line[len(GCOV) :] for line in printed if line.startswith(GCOV)]
    to.mkdir(parents=True)
    archive = base64.b64decode("".join(lines))
    if subprocess.run(["tar", "-C", to, "-xzm"], input=archive).returncode:
        raise ValueError(f"{part}: its output ends without the counts of gcov")


def run_gcov(work, out):
    """Yield the lines of gcov, which wants the compiler's notes beside counts."""
    for counts in work.rglob("*.gcda"):
        built = str(counts).partition(f"{out.resolve()}/")[2]
        notes = (out / built).with_suffix(".gcno")
        shutil.copy(notes, counts.with_suffix(".gcno"))
        command = ["gcov", "--stdout", counts]
        done = subprocess.run(command, capture_output=True, errors="replace")
        yield from done.stdout.split("\n")


def series_diff(tree):
    """Return the lines of what the series changes in the kernel's C code."""
    command = ["git", "-C", tree, "-c", "safe.directory=*", "diff-index", "-p"]
    command += ["-U0", "--diff-filter=d", "base", "--", *KERNEL_CODE]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode(errors="replace").split("\n")


def main(tree, out, results, *parts):
    results = Path(results)
    work = results / "coverage"
    shutil.rmtree(work, ignore_errors=True)
    for part in parts:
        unpack(results, part, work / part)
    added = added_lines(series_diff(tree))
    ran = executed_lines(run_gcov(work, Path(out)), added)
    functions = {
        file: function_names(ktap.read_lines(Path(tree, file))) for file in added
    }
    return judge(added, ran, functions, expected.read(expected.UNCOVERED, 4))
