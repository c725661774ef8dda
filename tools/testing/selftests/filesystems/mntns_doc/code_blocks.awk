# SPDX-License-Identifier: GPL-2.0
# Print the C code blocks of a document, one after the other. Any other code in
# it is an error.

/^\.\. code-block:: c$/ {
	printf "#line %d \"%s\"\n", FNR + 1, FILENAME
	code = ++blocks
	next
}
code && /^\t/ { print substr($0, 2); next }
code && /^$/ { print; next }
{ code = 0 }
/^ *\.\. *(code|code-block|sourcecode|parsed-literal|literalinclude)::/ ||
(/::$/ && !/^ *\.\. /) {
	printf "%s:%d: code that is not C\n", FILENAME, FNR >"/dev/stderr"
	bad = 1
}
END {
	if (!blocks) {
		printf "%s: no code\n", FILENAME >"/dev/stderr"
		bad = 1
	}
	exit bad
}
