# SPDX-License-Identifier: GPL-2.0-only
# The judgement of testbed/report/conformance: compares the list of differences, the
# first file, with what testbed/report/report says of all VERSIONS, the second. With
# PART only some of the tests were run.

function minor(version,    part) {
	split(version, part, ".")
	return part[1] * 1000 + part[2]
}

# Is that one of the kernels FROM-TO, both as 7.1, or nothing if there's no end?
function in_range(version, range,    end) {
	if (split(range, end, "-") != 2) {
		print "error: no range FROM-TO of versions: " range
		exit broken = 1
	}
	return (end[1] == "" || minor(version) >= minor(end[1])) &&
	       (end[2] == "" || minor(version) <= minor(end[2]))
}

function explain(version, name,    i) {
	for (i = 1; i <= nreasons; i++)
		if (in_range(version, range[i]) &&
		    name ~ "^(" pattern[i] ")( |$)") {
			used[version, i] = 1
			return i
		}
	return 0
}

# A reason that was true of a kernel once hides what's wrong later. Some tests
# differ only at times.
function check_use(i,    n, version, v) {
	n = split(versions, version, " ")
	for (v = 1; v <= n; v++) {
		if (!in_range(version[v], range[i]) ||
		    (version[v], i) in used || reason[i] ~ /^at times: /)
			continue
		print "==> out of date, as " version[v] \
		      " has no such difference: " reason[i] "\n    (" pattern[i] ")"
		stale++
	}
}

# One thing that isn't as on our kernel
function difference(version, name,    i) {
	i = explain(version, name)
	quoting = !i
	if (!i) {
		unexplained = unexplained "    " version ": " name "\n"
		missing++
		return
	}
	if (!((i, name) in where))
		names[i] = names[i] name "\n"
	sub(/\+.*/, "", version)
	where[i, name] = where[i, name] " " version
	explained++
}

BEGIN { FS = "\t" }

FILENAME == ARGV[1] && !/^#/ {
	if (NF != 3) {
		print "error: no three columns: " $0
		exit broken = 1
	}
	pattern[++nreasons] = $1
	range[nreasons] = $2
	reason[nreasons] = $3
}
FILENAME == ARGV[1] { next }

/^FAILED  / {
	version = name = substr($0, 9)
	sub(/: .*/, "", version)
	sub(/^[^:]*: /, "", name)
	sub(/ was skipped, and isn't in testbed\/checks\/expected\/skips$/, "", name)
	difference(version, name)
	next
}
/^    \| / && quoting { unexplained = unexplained "    " $0 "\n"; next }
/ passed, .* failed, / { totals = totals $0 "\n" }

END {
	if (broken)
		exit 1
	for (i = 1; i <= nreasons; i++) {
		if (names[i] == "")
			continue
		print "==> " reason[i]
		n = split(names[i], listed, "\n") - 1
		for (j = 1; j <= n; j++)
			print "    " listed[j] " (" substr(where[i, listed[j]], 2) ")"
	}
	if (missing)
		printf "==> no reason is known for:\n%s", unexplained
	for (i = 1; i <= nreasons && !part; i++)
		check_use(i)
	printf "%s%d differences, %d without a reason; %d reasons out of date\n",
	       totals, explained + missing, missing, stale
	exit missing > 0 || stale > 0
}
