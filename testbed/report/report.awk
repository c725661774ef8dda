# SPDX-License-Identifier: GPL-2.0-only
# The judgement of testbed/report/report; the arguments are the names of parts.

function problem(what, quoted) {
	failed[part]++
	print "FAILED  " part ": " what
	if (quoted != "")
		print quoted
}

function no_plan() {
	problem(program " announced no plan, but reported " results, recall(15))
}

function note(text) { print "note    " part ": " text }

# Is that entry of testbed/checks/expected/skips for this part, or the bed that it runs on?
function concerns(i) {
	return where[i] == part || part ~ "^" where[i] "-[0-9]+$"
}

# Does that entry of testbed/checks/expected/skips mean this test? It may end with a *.
function means(i, name,    stem) {
	stem = test[i]
	if (sub(/\*$/, "", stem))
		return index(name, stem) == 1
	return name == stem
}

# The reason why a test may be skipped here: "*" is that of many, or nothing
function may_skip(name,    i) {
	for (i = 1; i <= nallowed; i++)
		if (means(i, name) && concerns(i)) {
			used[i]++
			return test[i] ~ /\*$/ ? "*" : reason[i]
		}
	return ""
}

# The result of a test
function verdict(name, what, directive,    why) {
	if (what == "ok" && directive == "") {
		passed[part]++
		nrecent = 0
	} else if (what != "ok" || directive !~ /SKIP/) {
		problem(name, recall(15))
	} else if ((why = may_skip(name)) != "") {
		skipped[part]++
		if (why != "*")
			print "skipped " part ": " name " (" why ")"
		nrecent = 0
	} else {
		problem(name " was skipped, and isn't in testbed/checks/expected/skips",
			recall(15))
	}
}

# The runner's is the only result of a program that has no cases.
function program_verdict(name, line) {
	if (failed[part] > failed_before)
		return
	if (results == 0) {
		program = ""
		sub(/selftests: [^ ]+: [^ ]+/, name, line)
		result(line)
	} else if (line !~ /^ok/) {
		problem(name " failed as a whole", recall(15) "    | " line)
	}
}

# A skip that is agreed to but doesn't happen would hide one that does later.
function judge_skips(    i, program) {
	for (i = 1; i <= nallowed; i++) {
		if (i in used && test[i] ~ /\*$/)
			print "skipped " part ": " used[i] " of " test[i] \
			      " (" reason[i] ")"
		program = test[i]
		sub(/:[^:]*$/, "", program)
		if (concerns(i) && (part, program) in reported && !(i in used))
			note(test[i] " wasn't skipped; testbed/checks/expected/skips needn't " \
			     "list it")
	}
	split("", used)
}

BEGIN {
	while ((getline line < skips) > 0)
		if (split(line, field, "\t") == 3 && line !~ /^#/) {
			where[++nallowed] = field[1]
			test[nallowed] = field[2]
			reason[nallowed] = field[3]
		}
	for (i = 1; i < ARGC; i++) {
		part = ARGV[i]
		failed[part] = passed[part] = skipped[part] = warnings[part] = 0
		read_part()
		judge_skips()
	}
	for (i = 1; i < ARGC; i++) {
		part = ARGV[i]
		printf "%-14s %d passed, %d failed, %d skipped", part ":",
		       passed[part], failed[part], skipped[part]
		if (part in kernel)
			printf "%s, %d kernel warnings", kernel[part],
			       warnings[part]
		print ""
		all_passed += passed[part]
		all_failed += failed[part]
	}
	printf "%d passed, %d failed\n", all_passed, all_failed
	exit all_failed > 0 || !all_passed
}
