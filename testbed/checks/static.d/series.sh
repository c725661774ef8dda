# SPDX-License-Identifier: GPL-2.0-only
# The series as text
# Variables are static's.
# shellcheck shell=sh disable=SC2154

# refresh says the way out.
patches_and_tree_agree() { queue/refresh --check "$patches" "$tree"; }

# The patches of each base fit the overlay, also those of bases not laid out here.
overlay_fits_every_base() (
	GIT_INDEX_FILE=$PWD/$notes/index
	export GIT_INDEX_FILE
	for series in patches/*/series; do
		kgit -C "$tree" read-tree --empty
		brought "$series" | while IFS= read -r file; do
			printf '100644 %s\t%s\n' "$(kgit -C "$tree" hash-object -w \
				--no-filters --stdin <"$file")" "$file"
		done | kgit -C "$tree" update-index --index-info
		brought "$series" | sed 's/^/--include=/' >"$notes/brought"
		brought "$series" | sed -n 's,/Makefile$,,p' |
			xargs -I '{}' find '{}' -type f ! -name '*~' |
			grep -v -F -x -e "$(brought "$series")" |
			sed "s,\$, is not in $series,"
		grep '^[^#].*\.patch$' "$series" | while IFS= read -r patch; do
			patch=${series%series}$patch
			edits=$(sed -n 's,^+++ b/,--include=,p' "$patch" |
				grep -F -x -f "$notes/brought") || continue
			# shellcheck disable=SC2086
			kgit -C "$tree" apply --cached $edits "$PWD/$patch" ||
				echo "$patch"
		done
	done >"$notes/unfit"
	[ -s "$notes/unfit" ] || return 0
	cat "$notes/unfit"
	way_out "make tree BASE=... names a hunk: make these fit the overlay"
)

patches_say_where_they_stand() {
	! grep -q '^# For mainline' "$patches/series" || return 0
	form='^Upstream: (not yet, |([0-9a-f]{12} )?\(?"|the series ").'
	for patch in "$patches"/*.patch; do
		[ "$(sed '/^---$/,$d' "$patch" | grep -c '^Upstream: ')" = 1 ] &&
			grep -q -E "$form" "$patch" || echo "$patch"
	done >"$notes/standing"
	[ -s "$notes/standing" ] || return 0
	cat "$notes/standing"
	way_out 'one line, Upstream: COMMIT ("SUBJECT"), IN WHAT IT DIFFERS' \
		'or Upstream: not yet, WHY'
}

# checkpatch.pl got to the end if it printed its summary, whatever its exit status.
checkpatch() {
	# shellcheck disable=SC2016
	printf '%s\n' "$commits" | xargs -P "$(nproc)" -I '{}' sh -c '
		cd "$1" && scripts/checkpatch.pl --strict --show-types \
			--no-signoff --git "$2" >"$3-$2" 2>"$3-$2.stderr" || :
	' checkpatch "$tree" '{}' "$PWD/$notes/checkpatch"
	for commit in $commits; do
		kgit -C "$tree" log -1 --format='COMMIT %s%n' "$commit"
		cat "$notes/checkpatch-$commit"
		echo
		grep -q '^total: ' "$notes/checkpatch-$commit" || {
			cat "$notes/checkpatch-$commit.stderr"
			return 1
		}
	done
}
commits_pass_checkpatch() {
	checkpatch >"$notes/checkpatch" || {
		tail -n 12 "$notes/checkpatch"
		way_out "make scripts/checkpatch.pl of $tree work (it needs perl)"
		return
	}
	testbed/report/report checkpatch "$notes/checkpatch" \
		"$(grep -x '# Default base' "$patches/series")" ||
		way_out "git -C $tree rebase -i base, make refresh. Where" \
			"checkpatch errs, add a line to testbed/checks/expected/checkpatch"
}

kernel_doc() {
	touched -- '*.[ch]' >"$notes/files"
	(cd "$work" && xargs scripts/kernel-doc -none -Wall 2>&1) \
		<"$notes/files" || :
}
before_kernel_doc_is_complete() { note kernel_doc; }
kernel_doc_is_complete() {
	compare kernel_doc || way_out "complete these comments in $tree"
}

# check-headers.sh does not report that a copy which differs already differs in more
# lines, and does not know every copy.
header_copies() {
	(cd "$work/tools/perf" && bash ./check-headers.sh 2>&1)
	touched -- include/uapi | while IFS= read -r file; do
		kgit -C "$work" ls-files "tools/*$file" |
		while IFS= read -r copy; do
			diff -B "$work/$copy" "$work/$file" |
				sed -n "s,^[<>],$copy: &,p"
		done
	done
}
before_header_copies_are_in_sync() { note header_copies; }
header_copies_are_in_sync() {
	compare header_copies || way_out "change the copies in tools/ alike" \
		"(a commit of its own: tools headers: sync ...)"
}
