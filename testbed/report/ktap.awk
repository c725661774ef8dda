# SPDX-License-Identifier: GPL-2.0-only
# Reads the KTAP of programs and checks, and what says that they ended. The
# verdicts, problem(), no_plan() and note() are up to its user: testbed/report/report
# judges what a part printed, testbed/report/compare compares two.

# What was printed since the last result explains the next one.
function remember(line) { recent[++nrecent] = line }

function recall(lines,    i, text) {
	for (i = nrecent > lines ? nrecent - lines + 1 : 1; i <= nrecent; i++)
		text = text (text == "" ? "" : "\n") "    | " recent[i]
	nrecent = 0
	return text
}

# One result: "ok 3 name # SKIP reason", or as kselftest.h's own functions
# have it, "ok 3 # SKIP name"
function result(line,    name, directive) {
	name = line
	sub(/^(not )?ok [0-9]+ *(- )?/, "", name)
	if (match(name, /# *(SKIP|XFAIL|XPASS|TODO|error)/)) {
		directive = substr(name, RSTART)
		name = substr(name, 1, RSTART - 1)
		if (name ~ /^ *$/) {
			name = directive
			sub(/^# *[A-Za-z]+ */, "", name)
		}
	}
	sub(/ *(#.*)?$/, "", name)
	if (program != "")
		name = program ":" name

	remember(line)
	verdict(name, line ~ /^ok/ ? "ok" : "not ok", directive)
}

# A line of KTAP that one program printed
function inner(line) {
	if (line ~ /^1\.\.[0-9]+/) {
		planned = substr(line, 4) + 0
	} else if (line ~ /^(not )?ok [0-9]+/) {
		results++
		if (line !~ "^(not )?ok " results "( |$)")
			problem("result " results " has another number",
				"    | " line)
		result(line)
	} else if (line ~ /^# note: /) {
		print "note    " part ": " substr(line, 9)
	} else {
		remember(line)
	}
}

function program_begin(name) {
	program = name
	planned = -1
	results = nrecent = 0
	failed_before = failed[part]
}

# Has it reported what it announced?
function check_plan(must) {
	if (planned < 0 && (results || must))
		no_plan()
	else if (planned >= 0 && planned != results)
		problem(program " announced " planned " tests, but reported " \
			results, recall(15))
}

# The runner's verdict
function program_end(line,    name) {
	name = line
	sub(/^(not )?ok [0-9]+ selftests: /, "", name)
	sub(/ *(#.*)?$/, "", name)
	sub(/: /, ":", name)
	reported[part, name] = 1
	check_plan(ktap[part, name])
	program_verdict(name, line)
	program = ""
}

# All of a part
function read_part(    file, vm, i, line, listed, status, seen) {
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
		} else if (!vm && sub(/^# note: /, "", line)) {
			note(line)
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
			": a crash, a hang or a time-out", recall(15))
	else if (status != 0 && !failed[part])
		problem("its exit status is " status, recall(15))
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
