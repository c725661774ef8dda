# SPDX-License-Identifier: GPL-2.0-only
# make pull-request MERGE_WITH=...
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154,SC2164

other() { # FILE SED-EXPRESSION: a branch of that name edits the file
	git -C "$kernel" checkout -q -b other
	sed -i "$2" "$kernel/$1"
	dev -C "$kernel" commit -q -a -m 'other work'
	git -C "$kernel" checkout -q -
}

pull_request_merges_to_see_conflicts() {
	applied
	other fs/namespace.c 's/^20$/other/'
	git -C "$kernel" checkout -q -b far
	sed -i 's/^60$/sixty/' "$kernel/fs/namespace.c"
	dev -C "$kernel" commit -q -a -m 'far away'
	mk pull-request MERGE_WITH="far $tmp/linux#other"
	sed -n '/Conflicts/,/following/p' "$mail" >"$tmp/conflicts"
	cat "$tmp/conflicts"
	id=$(git -C "$kernel" rev-parse --short=12 far)
	grep -x -F "None with far ($id (\"far away\"))." "$tmp/conflicts"
	id=$(git -C "$kernel" rev-parse --short=12 other)
	grep -x -F -A 1 "With other ($id (\"other work\")), in:" \
		"$tmp/conflicts" | grep -x '  fs/namespace.c'
	not grep 'No known' "$tmp/conflicts"
}

pull_request_names_what_it_cannot_merge() {
	applied
	rm -f "$mail"
	pull_request_refuses 'has no branch nosuch|#BRANCH' MERGE_WITH=nosuch
	pull_request_refuses "cannot fetch x of /nonexistent" \
		MERGE_WITH='/nonexistent#x'
	git init -q "$tmp/unrelated"
	dev -C "$tmp/unrelated" commit -q --allow-empty -m unrelated
	pull_request_refuses "cannot be merged|unrelated histories" \
		MERGE_WITH="$tmp/unrelated#HEAD"
	git_fails merge-tree 129
	PATH=$tmp/bin:$PATH pull_request_refuses '2.38' MERGE_WITH="$branch"
}
