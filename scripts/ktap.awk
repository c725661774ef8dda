# SPDX-License-Identifier: GPL-2.0-only
# The part of scripts/report that reads KTAP

# Does that entry of scripts/skips mean this test? It may end with a *.
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

# One result: "ok 3 name # SKIP reason", or as kselftest.h's own functions
# have it, "ok 3 # SKIP name"
function result(line,    name, directive, why) {
	name = line
	sub(/^(not )?ok [0-9]+ *(- )?/, "", name)
	if (match(name, /# *(SKIP|XFAIL|XPASS|TODO)/)) {
		directive = substr(name, RSTART)
		name = substr(name, 1, RSTART - 1)
		if (name ~ /^ *$/) {
			name = directive
			sub(/^# *[A-Z]+ */, "", name)
		}
	}
	sub(/ *(#.*)?$/, "", name)
	if (program != "")
		name = program ":" name

	remember(line)
	if (line ~ /^ok/ && directive == "") {
		passed[part]++
		nrecent = 0
	} else if (line !~ /^ok/ || directive !~ /SKIP/) {
		problem(name, recall())
	} else if ((why = may_skip(name)) != "") {
		skipped[part]++
		if (why != "*")
			print "skipped " part ": " name " (" why ")"
		nrecent = 0
	} else {
		problem(name " was skipped, and isn't in scripts/skips",
			recall())
	}
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
function check_plan(must,    plan) {
	plan = planned < 0 ? "no plan" : planned " tests"
	if (planned < 0 ? results || must : planned != results)
		problem(program " announced " plan ", but reported " results,
			recall())
}

# The runner's verdict; it is the only result of a program that has no cases.
function program_end(line,    name) {
	name = line
	sub(/^(not )?ok [0-9]+ selftests: /, "", name)
	sub(/ *(#.*)?$/, "", name)
	sub(/: /, ":", name)
	reported[part, name] = 1
	check_plan(ktap[part, name])
	if (results == 0 && failed[part] == failed_before) {
		program = ""
		sub(/selftests: [^ ]+: [^ ]+/, name, line)
		result(line)
	} else if (line !~ /^ok/ && failed[part] == failed_before) {
		problem(name " failed as a whole", recall() "    | " line)
	}
	program = ""
}
