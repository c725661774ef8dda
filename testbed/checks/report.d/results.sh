# SPDX-License-Identifier: GPL-2.0-only
# What the tests and checks say, and leave unsaid
# Variables are report's.
# shellcheck shell=sh disable=SC2154

expect 'a good run' '5 passed, 0 failed' '^vm: .*6.12 i686, 1 kernel'
expect 'a skip that did not happen' '5 passed, 0 failed' "variant.c wasn't"
edit vm.ktap 's/$/\r/'
expect 'carriage returns' '5 passed, 0 failed' .

edit vm.ktap 's/^# ok 2/# not ok 2/'
expect 'a failed case' '4 passed, 1 failed' 'one.c:7:b:Expected 0'
edit vm.ktap 's/^ok 2 .*/not & # exit=1/'
expect 'a failed program' '4 passed, 1 failed' 'fs:two.sh'
edit vm.ktap 's/^ok 1 .*/not & # exit=139/'
expect 'a program that fails after its cases' '5 passed, 1 failed' exit=139
edit vm.ktap 's/^ok 2 .*/not & # TIMEOUT 45 seconds/'
expect 'a program that timed out' '4 passed, 1 failed' 'TIMEOUT 45'
edit vm.ktap 's/^# ok 3.*/& # SKIP no such thing/'
expect 'a skip that is listed' '4 passed, 0 failed' 'variant.c (as agreed)'
edit skips 's/:table.*c/:table.*/'
edit vm.ktap 's/^# ok [23].*/& # SKIP no such thing/'
expect 'all skips that are listed' '3 passed, 0 failed' '2 of .*table.\* (as'
edit skips 's/^vm/bed/'
edit vm.ktap 's/^# ok 3.*/& # SKIP no such thing/'
expect 'a skip listed for another bed' '4 passed, 1 failed' 'c was skipped'
edit vm.ktap 's/^# ok 2.*/& # SKIP no such thing/'
expect 'a skip that is not listed' '4 passed, 1 failed' 'variant.b was skipped'
edit vm.ktap 's/^# ok 2.*/# ok 2 # SKIP table.variant.b/'
expect 'a skip in the other form' '4 passed, 1 failed' 'variant.b was skipped'
edit vm.ktap 's/^ok 2 .*/& # SKIP/'
expect 'a skipped program' '4 passed, 1 failed' 'fs:two.sh was skipped'
edit vm.ktap 's/^# ok 2.*/& # XFAIL known/'
expect 'an expected failure' '4 passed, 1 failed' 'XFAIL known'
edit vm.ktap '/^# ok 3/d'
expect 'a case too few' '4 passed, 1 failed' 'announced 3 tests.*reported 2'
edit vm.ktap 's/^# ok 3.*/&\n# ok 3 again/'
expect 'a result reported twice' '6 passed, 2 failed' 'ok 3 again'
edit vm.ktap '/^# 1\.\.3/d'
expect 'no plan' '5 passed, 1 failed' 'announced no plan'
edit vm.ktap '/^# 1\.\./,/^# ok 3/d'
expect 'a program that ran no case' '2 passed, 1 failed' 'no plan'
edit vm.ktap '/two.sh/d'
expect 'a program too few' '4 passed, 1 failed' "two.sh hasn't reported"
# shellcheck disable=SC2016
edit vm.ktap '/^# ok 3/,$d'
expect 'no end' '3 passed, 3 failed' 'broke off in fs:one'
edit vm.ktap 's/exit 0/exit 3/'
expect 'an exit status' '5 passed, 1 failed' 'exit status is 3'
rm "$dir/vm.ktap"
expect 'no results' '1 passed, 3 failed' 'nothing in vm.ktap'
edit check.ktap '1s/^/# note: by the way\n/'
expect 'a note' '5 passed, 0 failed' '^note    check: by the way'
rm "$dir/check.ktap"
expect 'a check that did not run' '4 passed, 1 failed' 'nothing in check.ktap'
