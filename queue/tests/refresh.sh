# SPDX-License-Identifier: GPL-2.0-only
# make refresh
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154,SC2164

refresh_without_an_edit_changes_nothing() {
	saved .
	mk refresh
	unchanged .
	mk check-drift
}

edits_come_back_as_they_were() {
	sed -i 's/^1$/one/' "$composed/fs/namespace.c"
	printf 'int b;\n' >"$composed/fs/b.c"
	tree add -A
	tree commit -q -m 'fs: bring ü' -m '    diff --git a/x b/x' -m '# yes' \
		--author='J. "Q" Ö <j@example.org>'
	tree log -1 --format='%an %ae %at %B' >"$tmp/want"
	tree rev-parse 'HEAD^{tree}' >>"$tmp/want"
	mk refresh
	[ "$(cat fs/b.c)" = 'int b;' ]
	rm -rf build
	mk tree
	{
		tree log -1 --format='%an %ae %at %B'
		tree rev-parse 'HEAD^{tree}'
	} | diff "$tmp/want" -
	[ -x "$composed/tools/run.sh" ]
	[ ! -x "$composed/fs/b.c" ]
}

an_edit_of_one_commit_changes_its_patch_only() {
	sed -i 's/^forty$/Forty/' "$composed/fs/namespace.c"
	tree commit -q -a --amend --no-edit
	cp "$patches/fs-add-a-its-tool.patch" "$tmp/first"
	mk refresh
	grep '^+Forty' "$patches/fs-edit-only.patch"
	cmp "$tmp/first" "$patches/fs-add-a-its-tool.patch"
	! grep -r '^index ' "$patches"
}

a_newer_base_leaves_no_noise() {
	sed -i '1i new\nnew' "$kernel/fs/namespace.c"
	dev -C "$kernel" commit -q -a -m 'point release'
	saved .
	mk tree
	tree show HEAD | grep '^@@ -39,'
	mk refresh
	unchanged .
}

an_edit_that_only_moves_is_no_noise() {
	yes x | head -n 60 >"$kernel/fs/same.c"
	dev -C "$kernel" add -f fs/same.c
	dev -C "$kernel" commit -q -m 'repeated lines'
	mk tree
	sed -i '20s/x/y/' "$composed/fs/same.c"
	commit 'fs: edit a line'
	mk refresh
	sed -i '20s/y/x/; 40s/x/y/' "$composed/fs/same.c"
	tree commit -q -a --amend --no-edit
	mk refresh
	rm -rf build
	mk tree
	[ "$(sed -n 40p "$composed/fs/same.c")" = y ]
}

a_removed_commit_takes_its_files_along() {
	tree reset -q --hard base
	mk refresh
	[ ! -e fs ]
	[ ! -e tools ]
	[ "$(cat "$patches/series")" = '# Default base' ]
	[ -z "$(find patches -name '*.patch')" ]
}

comments_of_the_series_stay() {
	printf '# at the end\n' >>"$patches/series"
	sed -i 's/^fs-edit-only/# about the edit\n&/' "$patches/series"
	mk tree
	saved .
	mk refresh
	unchanged .
}

fixups_go_where_they_belong() {
	printf 'int fixed;\n' >"$composed/fs/a.c"
	first=$(tree rev-parse HEAD~)
	tree commit -q -a --fixup="$first"
	mk refresh
	grep fixed fs/a.c
	[ "$(tree rev-list --count base..HEAD)" = 2 ]
	tree commit -q --allow-empty -m 'fixup! nothing there'
	refuses 'nothing there' mk refresh
}

refresh_refuses_a_later_edit_of_a_new_file() {
	printf 'int more;\n' >>"$composed/fs/a.c"
	commit 'fs: more of a'
	saved .
	refuses 'fs: more of a|fs: Add a & its tool|fs/a.c|--fixup' mk refresh
	unchanged .
}

refresh_refuses_what_it_would_lose() {
	printf 'int more;\n' >>"$composed/fs/a.c"
	refuses 'uncommitted|fs/a.c' mk refresh
	tree checkout -q -f
	printf 'int more;\n' >>fs/a.c
	saved .
	refuses 'overlay changed' mk refresh
	unchanged .
	tree checkout -q base
	refuses 'finish' mk refresh
}

refresh_refuses_a_message_that_is_no_mail() {
	sed -i 's/^1$/one/' "$composed/fs/namespace.c"
	tree commit -q -a -m 'fs: one' -m 'above
---
below'
	saved .
	refuses "'---'" mk refresh
	unchanged .
}
