# SPDX-License-Identifier: GPL-2.0-only
"""The report of a whole make test, and the summary for a pull request.

The latter is kept in RESULTS/testing, below the ID of the sources.
"""
import re
from pathlib import Path

import expected
import ktap
import verdict

# With each warning that the base does not have, one of these tests fails.
BUILDS = re.compile(r".*_builds?_with_")


def compilers(builds):
    """Return the compilers, as Kbuild keeps their names in configurations."""
    names = []
    for build in builds:
        for line in ktap.read_lines(Path("build", build, ".config")):
            names += re.findall(r'^CONFIG_CC_VERSION_TEXT="(.*)"$', line)
    return list(dict.fromkeys(names))


def describe_builds(items):
    """Say what came of the builds that look for warnings."""
    results = [i.ok for i in items if i.kind == ktap.CASE and BUILDS.match(i.what)]
    if not results:
        return "No build was checked for failures and warnings."
    if not all(results):
        return "Build failures or new warnings were observed, see below."
    return "No build failures or new warnings were observed."


def describe(report):
    """Return what a pull request says of the report, as lines."""
    items = [item for judged in report.verdicts for item in judged.part.items]
    lines = ["", describe_builds(items), ""]
    lines += ["The selftests, by kernel and by word size of the programs:", ""]
    for judged in report.verdicts:
        part = judged.part
        if part.kernel:
            lines.append(f"  {part.kernel} ({part.name}):")
            lines.append(f"    {judged.counts()}, {part.warnings} kernel warnings")
    if report.status:
        lines.append("")
        lines += [f"  FAILED  {f.part}: {f.what}" for f in report.failures]
        lines.append(f"  {report.lines[-1]}")
    return lines


def main(sources, suffix, results, *parts):
    report = verdict.Report(results, parts, expected.read(expected.SKIPS, 3))
    beds = [part.rpartition("-")[0] for part in parts]
    builds = [f"{bed}{suffix}" for bed in beds if bed]
    builds += [f"check{suffix}/gcc", f"check{suffix}/clang"]
    lines = [sources, *compilers(builds), *describe(report)]
    Path(results, "testing").write_text("\n".join(lines) + "\n")
    return report.lines, report.status
