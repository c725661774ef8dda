# SPDX-License-Identifier: GPL-2.0-only
# make pull-request
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154,SC2164

mail=build/pull-request

applied() { # on a branch of a kernel that has a history; $tmp/linux is that, too
	dev -C "$kernel" commit -q --allow-empty -m 'Linux 6.12.1'
	mk apply
	git -C "$kernel" checkout -q -
	ln -s -f -n "$kernel" "$tmp/linux"
}

all_of_the_repository() { # to compare
	find "$kernel/.git" -type f ! -name index -exec cksum {} + | sort
	state "$kernel"
}

pull_request_refuses() { # WORDS [VARIABLE=VALUE...], and leaves no half of it
	words=$1
	shift
	saved "$kernel"
	refuses "$words" mk pull-request "$@"
	unchanged "$kernel"
	[ -z "$(find build -name 'pull-request*' -o -name 'try-merge*')" ]
}

git_fails() { # COMMAND STATUS, in $tmp/bin
	mkdir -p "$tmp/bin"
	printf '#!/bin/sh\ncase " $* " in *" %s "*) exit %s; esac\nexec %s "$@"\n' \
		"$1" "$2" "$(command -v git)" >"$tmp/bin/git"
	chmod +x "$tmp/bin/git"
}

pull_request_has_all_that_it_takes() {
	applied
	COLUMNS=20 mk pull-request
	{
		echo "Subject: [GIT PULL for v${base#linux-}] $(
			head -n 1 "$patches/cover-letter")"
		echo '/* Summary */'
		tail -n 1 "$patches/cover-letter"
		echo '/* Testing */'
		echo '/* Conflicts */'
		echo 'No known conflicts.'
		echo "The following changes since commit $(
			git -C "$kernel" rev-parse HEAD):"
		echo 'are available in the Git repository at:'
		echo "  *** URL HERE *** $branch"
		echo "for you to fetch changes up to $(
			git -C "$kernel" rev-parse "$branch"):"
		echo 'A Dev (2):'
		echo '      fs: Add a & its tool'
		echo '      fs: edit only'
		echo ' fs/namespace.c | 4 ++--'
		echo ' 3 files changed, 4 insertions(+), 2 deletions(-)'
	} >"$tmp/want"
	grep -x -F -f "$tmp/want" "$mail" | diff "$tmp/want" -
	not grep -F -e "$tmp" "$mail"
	sed '1d; /^The following/,$d' "$mail" >"$tmp/text"
	not grep '.\{76\}' "$tmp/text"
}

pull_request_says_what_is_missing() {
	applied
	mk pull-request >"$tmp/said"
	cat "$tmp/said"
	for words in 'results of make test' 'a signed tag' 'URL=' \
		"rebase --signoff $(git -C "$kernel" rev-parse HEAD) $branch"
	do
		grep -F -e "$words" "$tmp/said"
	done
	not grep 'a base that' "$tmp/said"
	dev -C "$kernel" rebase -q --signoff HEAD "$branch"
	mk pull-request >"$tmp/said"
	not grep 'sign-off' "$tmp/said"
	queue/pull-request "$patches" "$composed" "$branch" build/results |
		grep 'a base that others have'
}

pull_request_says_that_it_is_not_at_the_url() {
	applied
	git init -q --bare "$tmp/public.git"
	mk pull-request URL="$tmp/public.git" >"$tmp/said"
	grep -F "push '$tmp/public.git' refs/heads/$branch" "$tmp/said"
	grep -x -F "  $tmp/public.git $branch" "$mail"
	git -C "$kernel" push -q "$tmp/public.git" "$branch"
	mk pull-request URL="$tmp/public.git" >"$tmp/said"
	not grep -e 'push' -e URL= "$tmp/said"
}

pull_request_touches_nothing() {
	applied
	other fs/namespace.c 's/^20$/other/'
	echo edited >>"$kernel/fs/namespace.c"
	echo staged >"$kernel/fs/staged.c"
	git -C "$kernel" add -f fs/staged.c
	echo stray >"$kernel/fs/a.c"
	git -C "$kernel" fetch -q . other
	all_of_the_repository >"$tmp/before"
	mk pull-request MERGE_WITH="other $tmp/linux#other"
	all_of_the_repository | diff "$tmp/before" -
	[ "$(echo build/*request* build/*merge*)" = "$mail build/*merge*" ]
}

pull_request_refuses_what_is_not_the_series() {
	pull_request_refuses "no branch $branch|make apply"
	applied
	git -C "$kernel" checkout -q "$branch"
	dev -C "$kernel" commit -q --allow-empty -m 'fs: more'
	pull_request_refuses "are not the 2 of $patches/series|BRANCH="
	git -C "$kernel" reset -q --hard HEAD~2
	pull_request_refuses "are not the 2"
	git -C "$kernel" reset -q --hard "$(
		git -C "$kernel" rev-list --max-parents=0 HEAD)"
	pull_request_refuses "are not the 2"
	refuses 'KERNEL=/nonexistent: there is no such directory' \
		make -s pull-request KERNEL=/nonexistent
	printf '# Default base\n' >"$patches/series"
	pull_request_refuses 'series is empty'
}

pull_request_takes_a_branch_that_was_made_to_fit() {
	applied
	sed -i 's/^37$/context/' "$kernel/fs/namespace.c"
	dev -C "$kernel" commit -q -a -m 'another kernel'
	refuses "does not fit" mk apply BRANCH=new
	onto=$(git -C "$kernel" rev-parse HEAD)
	git -C "$kernel" checkout -q "$branch"
	dev -C "$kernel" rebase -q --onto "$onto" HEAD~2
	mk pull-request
	grep "since commit $onto" "$mail"
}

pull_request_refuses_work_not_taken_back() {
	sed -i 's/^1$/one/' "$composed/fs/namespace.c"
	refuses 'make refresh' queue/pull-request "$patches" "$composed" \
		"$branch" build/results
}
