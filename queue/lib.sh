# SPDX-License-Identifier: GPL-2.0-only
# Shared by the scripts around the composed tree. They run in the project's
# top directory and are given relative paths: only REPO may be anywhere.
# shellcheck shell=sh

LC_ALL=C
export LC_ALL
# A hook that runs make must not lend its repository to ours.
# shellcheck disable=SC2046
unset $(git rev-parse --local-env-vars 2>/dev/null) 2>/dev/null || :

say() { printf '==> %s\n' "$*"; }
die() { printf '%s: error: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# run_logged NAME COMMAND...: keep the output in a log, name it on failure
run_logged() {
	log=build/logs/$1.log
	shift
	mkdir -p build/logs
	"$@" >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		printf '%s failed; the whole log: %s\n' "$*" "$log" >&2
		return 1
	}
}

# git that nothing but its arguments decides: no configuration of the user's
kgit() {
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1 \
	git -c safe.directory='*' -c core.hooksPath=/dev/null \
	    -c core.autocrlf=false -c core.safecrlf=false \
	    -c core.excludesFile=/dev/null -c core.attributesFile=/dev/null \
	    -c core.fsmonitor=false -c core.quotePath=false \
	    -c commit.gpgSign=false -c i18n.commitEncoding=UTF-8 \
	    -c apply.whitespace=nowarn -c apply.ignoreWhitespace=no \
	    -c diff.noprefix=false -c diff.mnemonicPrefix=false \
	    -c gc.auto=0 -c advice.detachedHead=false "$@"
}

# commit_id REPO REV: its id, nothing if there is no such commit
commit_id() { kgit -C "$1" rev-parse -q --verify "$2^{commit}" || :; }

uncommitted() { kgit -C "$1" status --porcelain --untracked-files=no; }

# sources_id REPO REV: one id of all its files. make tree takes Debian's lines
# out of the .gitignore at the top, so that one does not count.
sources_id() {
	kgit -C "$1" ls-tree "$2" | grep -v '	\.gitignore$' |
		kgit hash-object --stdin
}

# The overlay of ROOT: files in directories that the kernel has at its top, less
# what editors leave behind, and less the files that only other bases' series name
overlay() { # ROOT REPO BASE PATCHES
	kgit -C "$2" ls-tree -d --name-only "$3" | while read -r dir; do
		[ ! -d "$1/$dir" ] || (cd "$1" && find "$dir" ! -type d \
			! -name '*~' ! -name '.*.sw?')
	done | sort | grep -v -F -x -e "$(brought_elsewhere "$4")" || :
}

# brought_elsewhere PATCHES: the new files that other bases' series name and that
# PATCHES/series does not
brought() { sed -n 's/^\t//p' "$1"; }
brought_elsewhere() {
	for series in patches/*/series; do
		[ "$series" = "patches/${1##*/}/series" ] || brought "$series"
	done | grep -v -F -x -e "$(brought "$1/series")" || :
}

# suite_of PATCHES: Debian's suite that has the base, if this machine's does not
suite_of() { sed -n 's/^# Suite: //p' "$1/series"; }

# below PATCHES PACKAGE: where the files of the base's PACKAGE are
below() { [ -z "$(suite_of "$1")" ] || echo "build/packages/$2"; }

# parts_of PATCHES: the parts of the series
parts_of() { sed -n 's/^# Part: //p' "$1/series" | xargs; }

# version_of PATCHES: the series' own
version_of() { sed -n 's/^# Version: //p' "$1/series"; }

# needed_by PATCHES: the version of the kernel that the series needs
needed_by() { sed -n 's/^# Needs \([0-9.]*\): .*/\1/p' "$1/series"; }

# too_old PATCHES VERSION: is that kernel older?
too_old() {
	[ "$(printf '%s\n' "$(needed_by "$1")" "$2" | sort -V | head -n 1)" != \
		"$(needed_by "$1")" ]
}

# apart_from PATCHES: the parts that are not mailed with the others
apart_from() { { echo local; sed -n 's/^# Apart: //p' "$1/series"; } | xargs -n 1; }

# mailed_parts PATCHES: those that are
mailed_parts() {
	parts_of "$1" | tr ' ' '\n' | grep -v -F -x -e "$(apart_from "$1")" | xargs
}

# compose_mailed REPO COMMIT PATCHES: as compose, the parts in PART, else all that
# are mailed
compose_mailed() { PART=${PART:-$(mailed_parts "$3")} queue/compose "$@"; }

# inputs_id PATCHES TREE: one id for all that make tree reads of the project
inputs_id() {
	{
		find "$1" -type f \( -name series -o -name '*.patch' \) | sort
		overlay . "$2" base "$1"
	} >"$2/.git/mntns-inputs"
	{
		kgit hash-object --no-filters --stdin-paths
		while IFS= read -r file; do
			[ ! -x "$file" ] || printf 'executable '
			printf '%s\n' "$file"
		done <"$2/.git/mntns-inputs"
	} <"$2/.git/mntns-inputs" | kgit -C "$2" hash-object -w --stdin
}

# What make tree last laid out: its last commit and its inputs_id
recorded_inputs() { kgit -C "$1" rev-parse -q --verify refs/mntns/inputs || :; }
record() { # TREE COMMIT INPUTS
	kgit -C "$1" update-ref refs/mntns/composed "$2"
	kgit -C "$1" update-ref refs/mntns/inputs "$3"
}

# Has a developer been at work in TREE since?
edited() {
	[ "$(commit_id "$1" HEAD)" != "$(commit_id "$1" refs/mntns/composed)" ] ||
		[ -n "$(uncommitted "$1")" ]
}

# is_kernel TEXT: is that the top Makefile of a kernel?
is_kernel() {
	printf '%s\n' "$1" | grep -q '^VERSION = ' &&
		printf '%s\n' "$1" | grep -q '^PATCHLEVEL = '
}

# work_tree TREE WORK COMMIT: have WORK, another work tree of TREE's repository,
# at COMMIT. Files that are the same there keep their times.
work_tree() {
	if [ -e "$2/.git" ] && kgit -C "$2" reset -q --hard &&
	   kgit -C "$2" checkout -q -f --detach "$3"; then
		return
	fi
	say "laying out $2"
	rm -rf "$2"
	mkdir -p "$(dirname "$2")"
	kgit -C "$1" worktree add -q -f --detach "$PWD/$2" "$3"
}
