# SPDX-License-Identifier: GPL-2.0-only
# What checkpatch says of commits, less the exceptions. The first file has
# these, in the second a paragraph is one complaint or "COMMIT subject".

FNR == NR {
	if ($0 !~ /^#/ && split($0, field, "\t") == 3) {
		type[++n] = field[1]
		path[n] = field[2] == "*" ? "" : field[2]
	}
	next
}
/^COMMIT / { commit = substr($0, 8); next }
/^(ERROR|WARNING|CHECK):/ {
	split($0, part, ":")
	file = $0
	if (!sub(/.*\nFILE: |.*FILE: /, "", file))
		file = ""
	for (i = 1; i <= n; i++) {
		if (type[i] == part[2] && index(file, path[i]) == 1) {
			used[i] = 1
			next
		}
	}
	print
	print "^ " commit
	bad = 1
}
END {
	for (i = 1; i <= n; i++) {
		if (!(i in used)) {
			print "nothing needs the exception " type[i] " " path[i]
			bad = 1
		}
	}
	exit bad
}
