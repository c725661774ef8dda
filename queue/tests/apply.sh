# SPDX-License-Identifier: GPL-2.0-only
# make apply
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154,SC2164

# Whatever is in the way is named, and the user's tree stays as it was.
apply_refuses() { # WORDS [VARIABLE=VALUE]
	words=$1
	shift
	saved "$kernel"
	refuses "$words" mk apply "$@"
	unchanged "$kernel"
}

apply_puts_the_series_on_a_branch() {
	head=$(git -C "$kernel" rev-parse HEAD)
	mk apply
	[ "$(git -C "$kernel" symbolic-ref HEAD)" = "refs/heads/$branch" ]
	[ "$(git -C "$kernel" rev-list --count "$head..")" = 2 ]
	cmp "$kernel/fs/namespace.c" "$composed/fs/namespace.c"
	[ -x "$kernel/tools/run.sh" ]
	[ -z "$(git -C "$kernel" status --porcelain)" ]
	git -C "$kernel" checkout -q -
	mk apply BRANCH=other
	git -C "$kernel" rev-parse --verify other
}

apply_refuses_a_base_that_is_too_old() {
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 9\n' \
		>"$kernel/Makefile"
	dev -C "$kernel" commit -q -a -m 'an old kernel'
	sed -i '1a # Needs 6.12.10: a fix\n# Needs: another one' "$patches/series"
	apply_refuses 'is Linux 6.12.9|needs 6.12.10|a fix|another one|ANY_BASE=1'
	mk apply ANY_BASE=1
	git -C "$kernel" checkout -q -
	git -C "$kernel" branch -D "$branch"
	sed -i 's/^SUBLEVEL.*/SUBLEVEL = 10/' "$kernel/Makefile"
	dev -C "$kernel" commit -q -a -m 'a new kernel'
	mk apply
}

apply_names_patch_file_and_hunk_that_do_not_fit() {
	sed -i 's/^41$/changed/' "$kernel/fs/namespace.c"
	dev -C "$kernel" commit -q -a -m 'another kernel'
	apply_refuses \
		'fs-edit-only.patch|fs/namespace.c|@@ -37,7 +37,7 @@|another kernel'
}

apply_tells_the_series_from_its_base() {
	mk apply
	apply_refuses 'has the series already' BRANCH=other
	refuses 'has the series already' mk tree
	git -C "$kernel" rm -q fs/a.c
	dev -C "$kernel" commit -q -m 'a part of it'
	apply_refuses "does not fit" BRANCH=other
}

apply_takes_no_fuzz_but_offsets() {
	sed -i '1i new' "$kernel/fs/namespace.c"
	dev -C "$kernel" commit -q -a -m 'point release'
	mk apply
	git -C "$kernel" checkout -q -
	git -C "$kernel" branch -D "$branch"
	sed -i 's/^37$/context/' "$kernel/fs/namespace.c"
	dev -C "$kernel" commit -q -a -m 'another kernel'
	apply_refuses fs/namespace.c
}

apply_refuses_a_dirty_tree() {
	echo >>"$kernel/fs/namespace.c"
	apply_refuses 'uncommitted|fs/namespace.c'
}

apply_refuses_amid_a_merge() {
	git -C "$kernel" rev-parse HEAD >"$kernel/.git/MERGE_HEAD"
	apply_refuses MERGE_HEAD
}

apply_refuses_an_existing_branch() {
	git -C "$kernel" branch "$branch"
	apply_refuses "$branch already|BRANCH="
	apply_refuses 'no name' BRANCH='a b'
}

apply_refuses_untracked_files_in_the_way() {
	echo mine >"$kernel/fs/a.c"
	apply_refuses 'fs/a.c|as it was'
	grep mine "$kernel/fs/a.c"
}

apply_refuses_what_is_no_kernel_git_tree() {
	rm -rf "$kernel/.git"
	apply_refuses 'git init'
	rm "$kernel/Makefile"
	apply_refuses "is not a kernel tree"
	refuses 'no such directory' make -s apply KERNEL=/nonexistent
	refuses 'KERNEL=DIR' make -s apply
}
