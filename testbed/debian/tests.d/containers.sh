# SPDX-License-Identifier: GPL-2.0-only
# Programs that start containers
# shellcheck shell=sh

bubblewrap_starts_a_container() {
	container_root root
	bwrap --ro-bind root / --proc /proc --dev /dev --unshare-all \
		--as-pid-1 --die-with-parent /inside 1
}
rootless_bubblewrap_starts_a_container() { bubblewrap_starts_a_container; }

rootless_bubblewrap_starts_bubblewrap() {
	bwrap --ro-bind / / --tmpfs /tmp --bind "$PWD" "$PWD" --proc /proc \
		--dev /dev --unshare-all "$0" bubblewrap_starts_a_container
}

crun_starts_a_container() { run_container crun; }
rootless_crun_starts_a_container() { run_container crun; }
runc_starts_a_container() { run_container runc; }
rootless_runc_starts_a_container() { run_container runc; }

# By MS_MOVE in pivot_root()'s stead, as on an initramfs
crun_no_pivot_starts_a_container() { run_container crun --no-pivot; }
runc_no_pivot_starts_a_container() { run_container runc --no-pivot; }

crun_enters_a_container() { enter_container crun; }
rootless_crun_enters_a_container() { enter_container crun; }
runc_enters_a_container() { enter_container runc; }
rootless_runc_enters_a_container() { enter_container runc; }
