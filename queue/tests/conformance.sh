# SPDX-License-Identifier: GPL-2.0-only
# make conformance, less the machines: what it makes of a report
# shellcheck shell=sh disable=SC2154,SC2164

judges() { # STATUS REASONS WORDS [PART]: of a report with three differences
	printf '%b' "$2" >reasons
	cat >report <<-'END'
	FAILED  7.1.2+deb: fs:one:a.b
	    | one.c:7: an explanation
	FAILED  7.3.4+deb: fs:one:a.b
	FAILED  7.3.4+deb: fs:one:c was skipped, and isn't in testbed/checks/expected/skips
	7.1.2+deb:  9 passed, 1 failed, 0 skipped, 0 kernel messages
	END
	status=0
	awk -v versions='7.1.2+deb 7.3.4+deb ' -v part="${4-}" \
		-f testbed/report/conformance.awk reasons report >said || status=$?
	cat said
	[ "$status" = "$1" ]
	grep -F -e "$3" said
}

conformance_groups_differences_by_reason() {
	judges 0 '# x\n.*:a\\.b\t7.1-\tit does\n.*:c\t7.3-7.3\tnot there\n' \
		'3 differences, 0 without a reason; 0 reasons out of date'
	grep -x '==> it does' said
	grep -x '    fs:one:a.b (7.1.2 7.3.4)' said
	grep -x '    fs:one:c (7.3.4)' said
}

conformance_tells_what_has_no_reason() {
	judges 1 '.*:a\\.b\t7.2-\tit does\n.*:c\t-7.3\tnot there\n' \
		'3 differences, 1 without a reason; 1 reasons out of date'
	grep -x '    7.1.2+deb: fs:one:a.b' said
	grep 'one.c:7: an explanation' said
	judges 1 '.*:a\t7.1-\tonly a part of the name\n.*:c\t7.1-\tx\n' \
		'3 differences, 2 without a reason'
}

conformance_tells_what_reasons_are_out_of_date() {
	reasons='.*:a\\.b\t7.1-\tit does\n.*:c\t7.1-\tnot there\n'
	judges 1 "$reasons" '7.1.2+deb has no such difference: not there'
	judges 0 "$reasons" '0 reasons out of date' fs:one
}

conformance_refuses_a_broken_list() {
	judges 1 '.*:c 7.1- not there\n' 'no three columns: .*:c 7.1- not there'
	judges 1 '.*:c\t7.1\tnot there\n' 'no range FROM-TO of versions: 7.1'
}
