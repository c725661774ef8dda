# SPDX-License-Identifier: GPL-2.0-only
# A second base
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154,SC2164

mk_other() { mk "$@" BASE=linux-other; }
in_other() { dev -C "$theirs" "$@"; }

second_base() { # that has tools/run.sh itself, with fs/a.c and a file of its own
	first=$(tree rev-parse HEAD)
	theirs=${composed%/tree-*}/tree-linux-other-${composed##*/tree-}
	git -C "$kernel" checkout -q -b other
	echo '# theirs' >"$kernel/tools/run.sh"
	dev -C "$kernel" add -f tools/run.sh
	dev -C "$kernel" commit -q -m 'another kernel'
	mkdir patches/linux-other
	cp "$patches/cover-letter" patches/linux-other
	printf '# Version: 1\n' >patches/linux-other/series
	mk_other tree
	cp fs/a.c "$theirs/fs"
	echo 'int o;' >"$theirs/fs/o.c"
	in_other add -A
	in_other commit -q -m 'fs: bring a'
	mk_other refresh
}

fix_up() { # TEXT, in the file that both have
	echo "$1" >"$theirs/fs/a.c"
	in_other commit -q -a --fixup=HEAD
}

a_base_gets_the_files_that_its_series_names() {
	second_base
	[ "$(cat fs/o.c)" = 'int o;' ]
	git -C "$kernel" checkout -q -
	mk tree
	[ "$(tree rev-parse HEAD)" = "$first" ]
	git -C "$kernel" checkout -q other
	rm -rf build
	mk_other tree
	ls "$theirs/fs/a.c" "$theirs/fs/o.c"
	grep theirs "$theirs/tools/run.sh"
	touch fs/stray.c
	refuses 'fs/stray.c' mk_other tree
}

bases_share_the_files_that_both_name() {
	second_base
	fix_up 'int shared;'
	mk_other refresh
	[ "$(cat fs/a.c)" = 'int shared;' ]
	git -C "$kernel" checkout -q -
	mk tree
	grep shared "$composed/fs/a.c"
	tree reset -q --hard base
	mk refresh
	[ "$(find fs tools -type f | sort | xargs)" = 'fs/a.c fs/o.c' ]
}

what_differs_by_base_is_in_its_patch() {
	second_base
	fix_up 'int own;'
	mk_other refresh OWN=fs/a.c
	grep '^+int own;' patches/linux-other/fs-bring-a.patch
	fix_up 'int still_own;'
	mk_other refresh
	echo 'int later;' >>"$theirs/fs/a.c"
	in_other commit -q -a -m 'fs: more of a'
	mk_other refresh
	[ "$(cat fs/a.c)" = 'int a;' ]
	mk_other check-drift
	rm -rf build
	mk_other tree
	[ "$(xargs <"$theirs/fs/a.c")" = 'int still_own; int later;' ]
}
