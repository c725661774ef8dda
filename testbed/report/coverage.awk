# SPDX-License-Identifier: GPL-2.0-only
# usage: awk -v excuses=FILE -f coverage.awk DIFF COUNTS, at the top of the tree
# The judgment of testbed/report/coverage: of the lines that DIFF (-U0) adds, which
# had code, and how often did it run, as COUNTS (gcov --stdout) has it?

function trimmed(text) {
	gsub(/[ \t]+/, " ", text)
	gsub(/^ | $/, "", text)
	return text
}

# Which function is each line of FILE in? A system call by its name.
function read_functions(file,    line, nr, name) {
	while ((getline line < file) > 0) {
		nr++
		if (match(line, /^SYSCALL_DEFINE[0-9]\([a-z0-9_]+/)) {
			name = substr(line, RSTART + 16, RLENGTH - 16)
		} else if (line ~ /^[a-z_].*[a-z0-9_]\(/ && line !~ /;$/) {
			name = line
			sub(/\(.*/, "", name)
			sub(/.*[ *]/, "", name)
		}
		within[file, nr] = name
	}
	close(file)
}

FILENAME == ARGV[1] && left && /^\+/ {
	text[file, new] = trimmed(substr($0, 2))
	last[file] = new++
	left--
	next
}
FILENAME == ARGV[1] && /^\+\+\+ / {
	file = substr($2, 3)
	files[++nfiles] = file
	read_functions(file)
}
FILENAME == ARGV[1] && /^@@ / {
	left = split($3, range, ",") == 2 ? range[2] : 1
	new = range[1] + 0
}
FILENAME == ARGV[1] { next }

# "        4*:  120:the line"; "-" has no code, ##### has but didn't run
{
	split($0, field, ":")
	nr = field[2] + 0
}
nr == 0 && field[3] == "Source" {
	source = ""
	for (i = 1; i <= nfiles; i++)
		if (index("/" field[4] "\n", "/" files[i] "\n"))
			source = files[i]
}
nr && source != "" && ((source, nr) in text) && field[1] !~ /^ *-$/ {
	code[source, nr] = 1
	if (field[1] ~ /[0-9]/)
		ran[source, nr] = 1
}

function excuse(file, nr,    key) {
	key = file SUBSEP within[file, nr] SUBSEP text[file, nr]
	if (!(key in reason))
		return 0
	used[key] = 1
	return 1
}

function judge(file,    nr, lines, executed, excused, missing, place) {
	for (nr = 1; nr <= last[file]; nr++) {
		if (!((file, nr) in code))
			continue
		lines++
		if ((file, nr) in ran) {
			executed++
			continue
		}
		place = file ":" nr ": " within[file, nr] "(): "
		if (excuse(file, nr)) {
			excused++
			print "# agreed to be missing: " place text[file, nr]
		} else {
			missing++
			print "# not executed: " place text[file, nr]
		}
	}
	if (!lines)
		return
	printf "# %-20s %3d of %3d added lines executed, %d missing, " \
	       "%d of them agreed to\n", file, executed, lines,
	       missing + excused, excused
	print (missing ? "not ok " : "ok ") ++results " " file
	failed += missing
}

END {
	while ((getline line < excuses) > 0)
		if (split(line, field, "\t") == 4 && line !~ /^#/)
			reason[field[1], field[2], field[3]] = field[4]
	print "KTAP version 1"
	for (i = 1; i <= nfiles; i++)
		judge(files[i])
	for (key in reason)
		if (!(key in used)) {
			split(key, field, SUBSEP)
			print "# note: " field[1] ": " field[2] "(): " \
			      field[3] ": testbed/checks/expected/uncovered needn't list it"
		}
	print "1.." results
	exit failed > 0 || !results
}
