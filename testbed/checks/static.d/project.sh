# SPDX-License-Identifier: GPL-2.0-only
# The project's files
# Variables are static's.
# shellcheck shell=sh disable=SC2154

project_files() {
	find . \( -name .git -o -name __pycache__ -o -path ./build \) -prune -o -type f \
		! -name '*~' ! -name '.*.sw?' -print | sed 's,^\./,,' | sort
}

shell_scripts_are_clean_and_short() {
	status=0
	project_files | while IFS= read -r file; do
		case $file in
		*.sh | *.awk) echo "$file" ;;
		*) ! head -n 1 "$file" | grep -q '^#!.*sh$' || echo "$file" ;;
		esac
	done >"$notes/scripts"
	while IFS= read -r file; do
		lines=$(wc -l <"$file")
		[ "$lines" -lt 150 ] || {
			echo "$file: $lines lines"
			status=1
		}
	done <"$notes/scripts"
	[ $status = 0 ] || way_out "below 150 lines: split it, or make it a" \
		"rule of a Makefile or a C program" || :
	grep -v '\.awk$' "$notes/scripts" | xargs shellcheck -f gcc || {
		status=1
		way_out "correct them; where shellcheck errs, say why in a comment" \
			"and disable that one there" || :
	}
	return $status
}

# The license has none, and neither do mails and texts for readers.
files_have_spdx() {
	project_files | grep -v -x -e COPYING -e MAINTAINERS -e '.*\.md' \
		-e '.*\.patch' -e '.*\.svg' \
		-e 'patches/[^/]*/cover-letter.*' |
	while IFS= read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: ' ||
			printf '%s\n' "$file"
	done >"$notes/unlicensed"
	[ -s "$notes/unlicensed" ] || return 0
	cat "$notes/unlicensed"
	way_out "SPDX-License-Identifier: GPL-2.0-only in a comment at their top"
}

# A directory in /tmp is that of whoever ran something here, except for those
# that tests and samples make in a machine of their own.
no_paths_of_a_machine() {
	status=0
	before='(^|[^[:alnum:]_./~}*-])'
	project_files >"$notes/files"
	xargs grep -n -E "$before/(home|root|work|workspace|Users)/" \
		<"$notes/files" && status=1
	grep -v -e ^tools/ -e ^samples/ "$notes/files" |
		xargs grep -n -E "$before/tmp/[[:alnum:]._-]+" && status=1
	xargs grep -n -F -e "$PWD/" <"$notes/files" && status=1
	[ $status = 0 ] || way_out "name files relative to the project or, in" \
		"scripts, by mktemp"
}

patches_are_bare() {
	! grep -n -E -e '^Signed-off-by: ' -e '^Change-Id: ' \
		-e '^index [0-9a-f]+\.\.' "$patches"/*.patch ||
		way_out "take the lines away. Whoever sends the series signs it off" \
			"(make series SIGNOFF=1), and ids of blobs are noise"
}
