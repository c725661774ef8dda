# SPDX-License-Identifier: GPL-2.0-only
# Documents, manual pages and other texts
# Variables are static's.
# shellcheck shell=sh disable=SC2154

docs=Documentation/filesystems

# Sphinx reads what the series touches and the index that leads there, in place
# of the hundreds of files there are. What it warns of then is missing is left
# out, but not that a document is in no index.
sphinx() {
	rm -rf "$check/sphinx"
	mkdir -p "$check/sphinx"
	{ touched -- "$docs/*.rst" && echo "$docs/index.rst"; } | sort -u |
		sed "s,^,$work/," | xargs cp -t "$check/sphinx"
	srctree=$work PYTHONDONTWRITEBYTECODE=1 sphinx-build -q -b dummy \
		-c "$work/Documentation" "$check/sphinx" "$check/sphinx/out" \
		2>&1 >/dev/null |
	sed -n "s,^.*/sphinx/\([^/]*\.rst:\),$docs/\1,p" |
		grep -v 'toctree contains reference to nonexisting' || :
	[ -e "$check/sphinx/out/.doctrees/environment.pickle" ] ||
		{ echo "sphinx-build failed" >&2; return 1; }
}
before_documentation_builds() { note sphinx; }
documentation_builds() {
	compare sphinx || way_out "correct this in $tree"
}

# `make man` fetches the pages, applies the patches and checks what comes out.
patches_of_manual_pages_are_well_formed() {
	kgit apply --numstat man/*.patch >"$notes/man"
}

# The errors of CALL: of the tables below the document's headings that name it,
# and of its manual page: those that the patch adds, and those of the page that
# its message names
errors_in_document() {
	awk -v call="(^|[^a-z_])${1}3?[(][)]" '
	/^[-=]+$/ { inside = heading ~ call }
	{ heading = $0 }
	inside && /^``E[A-Z]+``/ { gsub(/`/, ""); print $1 }
	' "$docs/mount-namespace-flags.rst" | sort -u
}
errors_in_patch() {
	awk '
	/^Errors that the page has already: / {
		for (i = 7; i <= NF; i++)
			print $i
	}
	tag && /^[+]\.BR? E/ {
		sub(/ ["(].*/, "")
		gsub(/,\\~/, "")
		for (i = 2; i <= NF; i++)
			print $i
	}
	{ tag = /^[ +]\.TP/ }' "man/$1.2.patch" | sort -u
}
document_and_manual_pages_have_the_same_errors() {
	for call in clone unshare open_tree fsmount move_mount; do
		errors_in_document "$call" >"$notes/errors"
		[ -s "$notes/errors" ] || { echo "$call: none in the document"; return 1; }
		errors_in_patch "$call" | diff "$notes/errors" - ||
			way_out "make man/$call.2.patch (>) and the document (<) agree" ||
			return
	done
}

# The numbers that stand in documents, samples and tests are the uapi headers'.
numbers_are_those_of_the_headers() {
	at "$tip" || return
	names=$(kgit -C "$tree" diff base "$tip" -- include/uapi |
		sed -n 's/^+#define \([A-Z_]*\)[[:space:]].*/\1/p' | paste -s -d '|')
	defined="[[:space:]]*#define[[:space:]]+($names|MOVE_MOUNT_BENEATH)[[:space:]]+"
	{
		sed -n -E "s,^$defined(.*),#define KERNEL_\1 (\2),p" \
			"$work"/include/uapi/linux/sched.h \
			"$work"/include/uapi/linux/mount.h \
			"$work"/include/uapi/linux/magic.h
		grep -r -E "^$defined" README.md Documentation samples tools |
			sed -E "s,^([^:]*):$defined(.*),_Static_assert((\3) == KERNEL_\2\, \"\1\");,"
		sed -n -E "s,.*\`($names)\`\, \`([^\`]*)\`.*,_Static_assert((\2) == KERNEL_\1\, \"README.md: \1\");,p" \
			README.md
	} >"$notes/numbers.c"
	gcc -fsyntax-only "$notes/numbers.c"
}

# Relative links lead to files, or to headings of the same file.
links_lead_somewhere() {
	project_files | grep '\.md$' | while IFS= read -r file; do
		grep -o '](\([^)]*\))' "$file" | sed 's/^](//; s/)$//' |
		while IFS= read -r link; do
			case $link in
			*://*) continue ;;
			'#'*) grep '^#' "$file" | tr A-Z' ' a-z- |
				tr -d '?.,:`()' | grep -q -x -e "#*-${link#?}" ;;
			*) [ -e "$(dirname "$file")/${link%%#*}" ] ;;
			esac || echo "$file: $link"
		done
	done >"$notes/links"
	[ ! -s "$notes/links" ] || { cat "$notes/links"; return 1; }
}

# The commands that READMEs name are in make help, but for run-PART.
commands_are_in_make_help() {
	make -s help | sed -n 's/^  make \([a-z-]*\).*/\1/p' >"$notes/commands"
	project_files | grep '\.md$' |
		xargs grep -o -E '(`|^ {4})make [a-z][a-z-]*' | sed 's/.*make //' |
		grep -v '^run-' | sort -u | grep -v -x -F -f "$notes/commands" \
		>"$notes/unknown" || return 0
	cat "$notes/unknown"
	return 1
}
