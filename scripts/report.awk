# SPDX-License-Identifier: GPL-2.0-only
# The judgement of scripts/report; the arguments are the names of parts.

function problem(what, quoted) {
	failed[part]++
	print "FAILED  " part ": " what
	if (quoted != "")
		print quoted
}

# What was printed since the last result explains the next one.
function remember(line) { recent[++nrecent] = line }

function recall(    i, text) {
	for (i = nrecent > 15 ? nrecent - 14 : 1; i <= nrecent; i++)
		text = text (text == "" ? "" : "\n") "    | " recent[i]
	nrecent = 0
	return text
}

function judge(    file, vm, i, line, listed, status, seen) {
	failed[part] = passed[part] = skipped[part] = warnings[part] = 0
	while ((getline line < (part ".list")) > 0) {
		split(line, field, "\t")
		listed[++vm] = field[1]
		ktap[part, field[1]] = field[2] == "KTAP"
	}
	file = part ".ktap"
	program_begin("")
	while ((getline line < file) > 0) {
		seen = 1
		sub(/\r$/, "", line)
		if (line ~ /^# mntns: exit [0-9]+$/) {
			status = substr(line, 15)
		} else if (line ~ /^# mntns: kernel /) {
			kernel[part] = " on" substr(line, 16)
		} else if (!vm) {
			inner(line)
		} else if (line ~ /^# selftests: /) {
			sub(/^# selftests: /, "", line)
			sub(/: /, ":", line)
			program_begin(line)
		} else if (line ~ /^(not )?ok [0-9]+ selftests: /) {
			program_end(line)
		} else if (program != "" && line ~ /^# /) {
			inner(substr(line, 3))
		} else {
			remember(line)
		}
	}
	if (!seen)
		problem("there is nothing in " file)
	else if (status == "")
		problem("it broke off" (program != "" ? " in " program : "") \
			": a crash, a hang or a time-out", recall())
	else if (status != 0 && !failed[part])
		problem("its exit status is " status, recall())
	if (!vm) {
		program = "it"
		check_plan(seen)
		return
	}
	for (i = 1; i <= vm; i++)
		if (!((part, listed[i]) in reported))
			problem(listed[i] " hasn't reported")
	judge_console(part ".console")
}

# Is that entry of scripts/skips for this part, or the bed that it runs on?
function concerns(i) {
	return where[i] == part || part ~ "^" where[i] "-[0-9]+$"
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
			print "note    " part ": " test[i] " wasn't skipped; " \
			      "scripts/skips needn't list it"
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
		judge()
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
