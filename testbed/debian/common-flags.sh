# SPDX-License-Identifier: GPL-2.0-only
# Which of the flags a program uses
# shellcheck shell=sh

# flags_in TRACE: which of them are in what strace wrote
flags_in() {
	perl -ne '
		sub has { $flags{$_[0]} = 1 if defined $_[1] && hex($_[1]) & $_[2] }
		has("CLONE_EMPTY_MNTNS", /clone3\(\{flags=(0x\w+)/, 1 << 37);
		has("UNSHARE_EMPTY_MNTNS", /unshare\((0x\w+)/, 0x100000);
		has("OPEN_TREE_NAMESPACE", /open_tree\(.*, (0x\w+)/, 2);
		has("FSMOUNT_NAMESPACE", /fsmount\([^,]*, (0x\w+)/, 2);
		END { print join(" and ", sort keys %flags), "\n" }' "$1"
}

# trace TRACE COMMAND...: its calls that have such flags, if they succeeded
trace() {
	file=$1
	shift
	strace -f -qq -X raw --seccomp-bpf -o "$file.all" \
		-e trace=clone3,unshare,open_tree,fsmount "$@"
	grep -v ' = -1 ' "$file.all" >"$file"
}

# uses CLIENT COMMAND...: a program's; the note, with the time of a start if it tried one
uses() {
	client=$1
	shift
	trace calls "$@"
	tried=$(flags_in calls.all)
	used=$(flags_in calls)
	if [ -z "$tried" ]; then
		echo "note: $client uses none of the flags"
		return
	fi
	start=$(date +%s%N)
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		"$@"
	done
	took=$((($(date +%s%N) - start) / 10000000))
	if [ -n "$used" ]; then
		what="uses $used"
	else
		what="tries $tried in vain"
	fi
	echo "note: $client $what, $took ms a start"
}
