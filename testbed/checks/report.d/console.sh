# SPDX-License-Identifier: GPL-2.0-only
# What the kernel says on its console
# Variables are report's.
# shellcheck shell=sh disable=SC2154

rm "$dir/vm.console"
expect 'no console' '5 passed, 1 failed' 'nothing in vm.console'
edit vm.console '/Restarting/d'
expect 'a machine that did not end' '5 passed, 1 failed' "didn't reset"
while read -r text; do
	edit vm.console "2s,^,<4>[ 1.1] $text\n,"
	expect "on the console: $text" '5 passed, 1 failed' "$text"
done <<'END'
WARNING: CPU: 0 PID: 1 at fs/namespace.c:12
WARNING: possible circular locking dependency detected
WARNING: suspicious RCU usage
BUG: KASAN: slab-use-after-free in x
BUG: sleeping function called from invalid context at y.c:1
BUG kmalloc-64 (Not tainted): Poison overwritten
UBSAN: shift-out-of-bounds in fs/namespace.c:12
kernel BUG at fs/namespace.c:12!
Kernel panic - not syncing: Attempted to kill init!
list_add corruption. prev->next should be next
refcount_t: underflow; use-after-free.
ODEBUG: free active (active state 0) object: x
INFO: task mount:12 blocked for more than 120 seconds.
rcu: INFO: rcu_preempt self-detected stall on CPU
watchdog: BUG: soft lockup - CPU#0 stuck for 61s!
kmemleak: 1 new suspected memory leaks
unreferenced object 0xffff888003d05800 (size 1024):
kmemleak: Kernel memory leak detector disabled
turning off the locking correctness validator.
ref_tracker: net_refcnt has 1/1 users at
VFS: Busy inodes after unmount of tmpfs
END
for kind in MEMCG NONE; do
	oom="<4>[ 1.1] a invoked oom-killer: order=0\n<4>[ 1.1] Call Trace:"
	edit vm.console "2s/^/$oom\n<6>[ 1.1] oom-kill:constraint=CONSTRAINT_$kind,\n/"
	case $kind in
	MEMCG) expect 'a cgroup out of memory' '5 passed, 0 failed' . ;;
	NONE) expect 'out of memory' '5 passed, 1 failed' 'vm: out of memory' ;;
	esac
done
edit vm.console "2s/^/$oom\n<4>[ 1.1] Call Trace:\n<6>[ 1.1] oom-kill:constraint=CONSTRAINT_MEMCG,\n/"
expect 'a second trace while a cgroup is out of memory' \
	'5 passed, 1 failed' '1 lines of trouble'
