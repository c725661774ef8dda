# SPDX-License-Identifier: GPL-2.0-only
# A work tree to go through the series in, and the comparison with the base
# Variables are static's.
# shellcheck shell=sh disable=SC2154

prepare_work() {
	[ -e "$work/.git" ] || progress "laying out $work"
	work_tree "$tree" "$work" "$tip"
}

at() { # COMMIT: have that in the work tree
	[ "$(commit_id "$work" HEAD)" = "$(commit_id "$tree" "$1")" ] ||
		kgit -C "$work" checkout -q -f --detach "$1"
}

# touched [PATHSPEC...]: what of the series is in the work tree now
touched() {
	kgit -C "$tree" diff --name-only --diff-filter=d base "$tip" "$@" |
	while IFS= read -r file; do
		[ ! -e "$work/$file" ] || printf '%s\n' "$file"
	done
}

# note COMMAND: what it says of the base;
# compare COMMAND: print what it says of the series only. It must be nothing.
note() {
	[ -e "$notes/$1.base" ] || { at base && "$1" >"$notes/$1.base"; }
}
compare() {
	at "$tip" && "$1" >"$notes/$1" && only_new "$notes/$1.base" "$notes/$1"
}

# only_new OLD NEW: the lines of NEW that OLD does not have, wherever in their
# file they point to
only_new() {
	awk '
	{ key = $0; gsub(/:[0-9]+/, "", key); sub(/\+0x[0-9a-f]+/, "", key) }
	FILENAME == ARGV[1] { old[key]++; next }
	old[key]-- <= 0 { print; new = 1 }
	END { exit new }' "$1" "$2"
}

# Of what compilers and sparse print, that which is about a place
warnings() {
	awk -v prefix=".*/$work/" '
	{ sub(prefix, "") }
	/: note: / { next }
	/^[^ :]+:[0-9]+:[0-9]+: / || /: (error|warning): /'
}
