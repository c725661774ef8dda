# SPDX-License-Identifier: GPL-2.0-only
# What the series and the project have for readers
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

manual_pages_are_clean() {
	find man -name '*.[1-9]' ! -name '.*' | sort >"$notes/pages"
	[ -s "$notes/pages" ] && xargs mandoc -T lint -W warning <"$notes/pages"
}
