# SPDX-License-Identifier: GPL-2.0-only
# Parts of the series, and make quilt
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154,SC2164

in_parts() { # the first commit in part core, the second in part local
	sed -i 's/^fs-add/# Part: core\n&/; s/^fs-edit/# Part: local\n&/' \
		"$patches/series"
	mk tree
}

parts_stay_when_commits_come_and_go() {
	in_parts
	mk refresh
	cd "$composed"
	seq 3 >fs/b.c
	commit 'fs: one more'
	dev -c sequence.editor="sed -i '1!G;h;\$!d'" rebase -q -i HEAD~2
	cd "$project"
	mk refresh
	grep -v '^$\|^# Default' "$patches/series" | tr -d '\t' >"$tmp/got"
	diff - "$tmp/got" <<-'END'
	# Part: core
	fs-add-a-its-tool.patch
		fs/a.c
		tools/run.sh
	fs-one-more.patch
		fs/b.c
	# Part: local
	fs-edit-only.patch
	END
	tree reset -q --hard base
	tree commit -q --allow-empty -m x
	tree cherry-pick refs/mntns/composed
	tree rebase -q --onto base HEAD^
	mk refresh
	diff - "$patches/series" <<-'END'
	# Default base

	# Part: local
	fs-edit-only.patch
	END
}

parts_are_chosen_and_local_is_not_mailed() {
	in_parts
	mk series
	[ "$(find build/series -type f | wc -l)" = 2 ]
	mk series PART='core local'
	grep -F '[PATCH 2/2] fs: edit only' build/series/0002-*
	[ ! -e build/series/0000-cover-letter.patch ]
	saved "$kernel"
	refuses 'no part cor, but core local' mk apply PART=cor
	unchanged "$kernel"
	mk apply PART=local
	[ "$(git -C "$kernel" log -1 --format=%s)" = 'fs: edit only' ]
	[ ! -e "$kernel/fs/a.c" ]
	git -C "$kernel" checkout -q -
	mk apply BRANCH=mailed
	[ "$(git -C "$kernel" log -1 --format=%s)" = 'fs: Add a & its tool' ]
	mk pull-request BRANCH=mailed
	queue/pull-request "$patches" "$composed" "$branch" build/results
	grep -F 'A Dev (1)' build/pull-request
}

parts_that_are_mailed_apart_go_on_top() {
	in_parts
	sed -i 's/^# Part: local/# Part: rfc/; 1i # Apart: rfc' "$patches/series"
	printf 'fs: rfc\n\nabout the rfc\n' >"$patches/cover-letter-rfc"
	mk tree
	mk series
	[ "$(find build/series -type f | wc -l)" = 2 ]
	mk series PART=rfc
	grep '1/1\] fs: edit only' build/series/*0001-*
	grep 'about the rfc' build/series/*0000-cover-letter.patch
	[ "$(find build/series -type f | wc -l)" = 2 ]
	mk apply
	mk pull-request
	grep -F 'A Dev (1)' build/pull-request
}

quilt_applies_the_whole_series() {
	mk quilt
	git -C "$composed" archive base --prefix=base/ | tar -C "$tmp" -x
	QUILT_PATCHES=$project/build/quilt
	export QUILT_PATCHES
	(cd "$tmp/base" && quilt push -a --fuzz=0)
	rm -rf "$tmp/base/.pc" "$tmp/composed"
	git -C "$composed" archive HEAD --prefix=composed/ | tar -C "$tmp" -x
	diff -r "$tmp/base" "$tmp/composed"
	[ -x "$tmp/base/tools/run.sh" ]
}
