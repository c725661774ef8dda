# SPDX-License-Identifier: GPL-2.0-only
# The table of testbed/report/debian-table; the arguments are the names of two parts.

# Without what a terminal would obey: systemd and getty say it to the console.
function plain(text) {
	gsub(/\033\[[0-9;?!]*[A-Za-z]|[\001-\010\013-\037]/, "", text)
	return text
}

# What is wrong with a whole machine: it crashed, hung, its kernel complained
function problem(what, quoted) {
	failed[part]++
	trouble[++ntroubles] = part ": " what
	said[ntroubles] = plain(quoted)
}

function no_plan() { problem("it doesn't say how many tests there are") }
function program_verdict(name, line) { }
function note(text) { versions = text }

function verdict(name, what,    text) {
	sub(/^it:/, "", name)
	if (!(name in known))
		names[++nnames] = name
	known[name] = 1
	seen[part, name] = what
	text = recall(9)
	sub(/(^|\n)[^\n]*$/, "", text)
	gsub(/\| # /, "| ", text)
	quote[part, name] = plain(text)
}

# There is no result of a unit that didn't fail.
function unit(name) { return name ~ /^the unit / }

function told(part, name) {
	if (!((part, name) in seen))
		return unit(name) ? "ok" : "missing"
	return seen[part, name] == "ok" ? "ok" : "FAILS"
}

# A test that doesn't pass on the patched kernel is wrong, one that fails on
# both as well: the base ought to run it. Debian's units are not ours.
function wrong(name) {
	if (told(patched, name) == "ok")
		return 0
	return !unit(name) || told(base, name) == "ok"
}

function why(part, name) {
	if (told(part, name) == "FAILS")
		printf "\n%s: %s\n%s\n", part, name, quote[part, name]
}

BEGIN {
	patched = ARGV[1]
	base = ARGV[2]
	for (i = 1; i < ARGC; i++) {
		part = ARGV[i]
		read_part()
		judge_console(part ".console")
	}
	print "\n" versions
	print patched ":" substr(kernel[patched], 4)
	print base ":" substr(kernel[base], 4) "\n"
	printf "%-60s %-8s %s\n", "", "patched", "base"
	for (i = 1; i <= nnames; i++) {
		name = names[i]
		printf "%-60s %-8s %s%s\n", name, told(patched, name),
		       told(base, name), wrong(name) ? "   <-- wrong" : ""
		bad += wrong(name)
		units += unit(name)
	}
	if (!units)
		print "No unit has failed."
	for (i = 1; i <= nnames; i++) {
		why(patched, names[i])
		why(base, names[i])
	}
	for (i = 1; i <= ntroubles; i++) {
		print "\n" trouble[i]
		if (said[i] != "")
			print said[i]
	}
	print "\n" nnames - bad " passed, " bad + ntroubles " failed"
	exit bad + ntroubles > 0
}
