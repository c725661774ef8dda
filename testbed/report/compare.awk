# SPDX-License-Identifier: GPL-2.0-only
# The comparison of compare; the arguments are the names of two parts.

# What is wrong even if it's the same with both: something crashed, hung, is
# missing
function problem(what, quoted) {
	failed[part]++
	trouble[++ntroubles] = part ": " what
	said[ntroubles] = quoted
}

function observe(name, what,    plain, again) {
	plain = name
	for (again = 2; (part, name) in seen; again++)
		name = plain " (" again ")"
	if (!(name in known))
		names[++nnames] = name
	known[name] = 1
	seen[part, name] = what
	quote[part, name] = recall(5)
}

# Some of the kernel's programs don't say how many tests they run.
function no_plan() { }

function note(text) { print "# note: " text }

# The result of a test
function verdict(name, what, directive) {
	if (match(directive, /[A-Za-z]+/))
		what = what " # " substr(directive, RSTART, RLENGTH)
	if (what != "ok")
		explained[part, program] = 1
	observe(name, what)
}

# The runner's, which tells how the program ended
function program_verdict(name, line,    what) {
	what = line ~ /^ok/ ? "ok" : "not ok"
	if (match(line, /#.*/))
		what = what " " substr(line, RSTART)
	remember(line)
	observe(name, what)
	if (what ~ /TIMEOUT|exit=(12[89]|1[3-9].|2..)$/)
		problem(name " crashed or hung: " what, quote[part, name])
}

function not_ok(name, text) {
	gsub(/\n/, "\n# ", text)
	if (text != "")
		print "# " text
	print "not ok " ++number " - " name
	bad = 1
}

function told(part, name) {
	if (!((part, name) in seen))
		return part ": no such result"
	return part ": " seen[part, name] "\n" quote[part, name]
}

# A result that is the same and not what one would like to see
function note_odd(name, what) {
	if (what == "ok" || (first, name) in explained)
		return
	count[what]++
	list[what] = list[what] (count[what] > 1 ? ", " : "") name
}

function compare(name) {
	if ((first, name) in seen && (second, name) in seen &&
	    seen[first, name] == seen[second, name]) {
		print "ok " ++number " - " name
		note_odd(name, seen[first, name])
	} else {
		not_ok(name, told(first, name) "\n" told(second, name))
	}
}

BEGIN {
	first = ARGV[1]
	second = ARGV[2]
	for (i = 1; i < ARGC; i++) {
		part = ARGV[i]
		read_part()
	}
	print "KTAP version 1"
	print "1.." nnames + ntroubles
	for (i = 1; i <= nnames; i++)
		compare(names[i])
	for (i = 1; i <= ntroubles; i++)
		not_ok(trouble[i], said[i])
	for (what in count)
		note(count[what] " " what " on both: " list[what])
	exit bad
}
