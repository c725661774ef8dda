# SPDX-License-Identifier: GPL-2.0-only
# make tree and make clean
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154,SC2164

edit_patch() { sed -i 's/^+forty/+FORTY/' "$patches/fs-edit-only.patch"; }

composing_twice_gives_the_same_ids() {
	first=$(tree rev-parse HEAD)
	rm -rf build
	GIT_COMMITTER_NAME=Somebody GIT_AUTHOR_DATE=2001-01-01 mk tree
	[ "$first" = "$(tree rev-parse HEAD)" ]
}

odd_git_configuration_changes_nothing() {
	cat >"$tmp/config" <<-EOF
	[commit] gpgSign = true
	[core] autocrlf = true
	[core] hooksPath = /nonexistent
	[diff] noprefix = true
	[apply] ignoreWhitespace = change
	[format] attach = true
	EOF
	saved .
	first=$(tree rev-parse HEAD)
	rm -rf build
	GIT_CONFIG_GLOBAL=$tmp/config mk tree
	GIT_CONFIG_GLOBAL=$tmp/config mk refresh
	unchanged .
	[ "$first" = "$(tree rev-parse HEAD)" ]
}

tree_keeps_a_developers_work() {
	sed -i 's/^1$/one/' "$composed/fs/namespace.c"
	mk tree | grep 'stays as it is'
	grep '^one$' "$composed/fs/namespace.c"
	edit_patch
	refuses 'make refresh|checkout -f' mk tree
	tree commit -q -a -m work
	refuses 'make refresh|checkout -f' mk tree
	grep '^one$' "$composed/fs/namespace.c"
}

tree_takes_an_edited_patch() {
	edit_patch
	touch -d @1 "$composed/fs/a.c"
	mk tree
	grep '^FORTY$' "$composed/fs/namespace.c"
	[ "$(stat -c %Y "$composed/fs/a.c")" = 1 ]
	mk refresh
}

tree_names_what_does_not_compose() {
	touch fs/stray.c
	refuses fs/stray.c mk tree
	rm fs/stray.c
	touch "$patches/stray.patch"
	refuses stray.patch mk tree
	rm "$patches/stray.patch"
	cp "$patches/series" "$tmp/series"
	printf '\tfs/a.c\n' >>"$patches/series"
	refuses 'fs/a.c twice' mk tree
	{ cat "$tmp/series"; printf '\tfs/missing.c\n'; } >"$patches/series"
	refuses "names fs/missing.c, which is not there" mk tree
	{ cat "$tmp/series"; printf '\tfs/namespace.c\n'; } >"$patches/series"
	cp "$kernel/fs/namespace.c" fs
	refuses 'fs/namespace.c: the base already has' mk tree
	rm fs/namespace.c
	cp "$tmp/series" "$patches/series"
	mk tree
}

clean_keeps_work() {
	printf 'int more;\n' >>"$composed/fs/a.c"
	mk clean
	grep more "$composed/fs/a.c"
	tree checkout -q -f
	mk clean
	[ ! -e build ]
}

tree_takes_an_unpacked_kernel() {
	rm -rf build "$kernel/.git"
	mk tree
	grep '^forty$' "$composed/fs/namespace.c"
	sed -i 's/^60$/sixty/' "$kernel/fs/namespace.c"
	mk tree
	grep '^sixty$' "$composed/fs/namespace.c"
	rm -rf build
	rm "$kernel/Makefile"
	refuses "is not a kernel tree" mk tree
}
