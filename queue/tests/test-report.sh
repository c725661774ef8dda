# SPDX-License-Identifier: GPL-2.0-only
# What make test leaves for make pull-request
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154,SC2164

configured() { # DIR COMPILER: as Kbuild leaves it
	mkdir -p "$1"
	printf '# a configuration\nCONFIG_CC_VERSION_TEXT="%s"\n' "$2" >"$1/.config"
}

tested() { # and all is well
	mk apply
	suffix=${composed#*/build/tree}
	configured "build/bed$suffix" 'gcc (Debian) 12'
	configured "build/check$suffix/gcc" 'gcc (Debian) 12'
	configured "build/check$suffix/clang" 'clang 14'
	mkdir build/results
	cat >build/results/static.ktap <<-'END'
	1..2
	ok 1 - series_builds_with_clang
	ok 2 - selftests_build_with_gcc_and_clang
	# mntns: exit 0
	END
	cat >build/results/bed-64.ktap <<-'END'
	# mntns: kernel Linux 6.12 i686
	TAP version 13
	1..1
	# selftests: fs: two.sh
	ok 1 selftests: fs: two.sh
	# mntns: tainted 0
	# mntns: exit 0
	END
	echo fs:two.sh >build/results/bed-64.list
	echo '<0>[    3.202752] reboot: Restarting system' \
		>build/results/bed-64.console
}

report() { # of all that make test runs
	testbed/report/test-report "$patches" \
		"build/tree$suffix" build/results static bed-64
}

testing() { # print that section of the mail
	mk pull-request >"$tmp/said"
	cat "$tmp/said" >&2
	sed -n '/Testing/,/Conflicts/p' build/pull-request | sed '1,2d; $d' |
		tee "$tmp/testing"
}

test_report_is_that_of_the_pull_request() {
	tested
	report | tail -n 1 | grep '^3 passed, 0 failed$'
	cat >"$tmp/want" <<-'END'
	gcc (Debian) 12
	clang 14

	No build failures or new warnings were observed.

	The selftests, by kernel and by word size of the programs:

	  Linux 6.12 i686 (bed-64):
	    1 passed, 0 failed, 0 skipped, 0 kernel warnings

	END
	testing | diff "$tmp/want" -
	not grep 'make test' "$tmp/said"
}

test_report_tells_failures() {
	tested
	sed -i 's/^ok 1/not &/' build/results/static.ktap
	not report >"$tmp/report"
	tail -n 1 "$tmp/report" | grep '^2 passed, 1 failed$'
	testing
	not grep '^No build failures' "$tmp/testing"
	grep '^Build failures or new warnings were observed' "$tmp/testing"
	grep '^  FAILED  static: series_builds_with_clang$' "$tmp/testing"
	grep '^  2 passed, 1 failed$' "$tmp/testing"
	sed -i '/_with_/d' build/results/static.ktap
	not report
	testing | grep '^No build was checked for failures'
}

test_report_is_of_the_same_sources_only() {
	tested
	sed -i 's/^1$/one/' "$composed/fs/namespace.c"
	report
	testing | grep '^None of exactly these sources'
	tree checkout -q -f
	report
	testing | grep '^No build failures'
	git -C "$kernel" checkout -q "$branch"
	sed -i 's/^1$/one/' "$kernel/fs/namespace.c"
	dev -C "$kernel" commit -q -a --amend --no-edit
	testing | grep '^None of exactly these sources'
	grep 'the results of make test' "$tmp/said"
}
