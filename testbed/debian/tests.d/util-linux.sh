# SPDX-License-Identifier: GPL-2.0-only
# The programs of util-linux that handle mount namespaces
# shellcheck shell=sh

unshare_mounts_for_itself() {
	unshare -m sh -euxc 'mount -t tmpfs tmpfs /mnt; touch /mnt/mine'
	[ ! -e /mnt/mine ]
}
rootless_unshare_mounts_for_itself() {
	unshare -Urm sh -euxc 'mount -t tmpfs tmpfs /mnt; touch /mnt/mine'
	[ ! -e /mnt/mine ]
}

rootless_unshare_mounts_a_proc_of_its_own() {
	# shellcheck disable=SC2016
	unshare -Upf --map-root-user --mount-proc sh -euxc '
		[ $$ = 1 ]
		set -- /proc/[0-9]*
		[ $# = 1 ]'
}

unshare_keeps_a_namespace_that_nsenter_joins() {
	mkdir kept
	mount --bind --make-private kept kept
	touch kept/ns
	unshare --mount=kept/ns \
		sh -euxc 'mount -t tmpfs tmpfs /mnt; touch /mnt/kept'
	nsenter --mount=kept/ns test -e /mnt/kept
	[ ! -e /mnt/kept ]
	umount kept/ns kept
}

rootless_nsenter_joins_a_namespace() {
	mkfifo ready
	unshare -Urm sh -euxc '
		mount -t tmpfs tmpfs /mnt
		touch /mnt/theirs
		echo >ready
		exec sleep 60' &
	read -r _ <ready
	nsenter -U -m --preserve-credentials -t $! test -e /mnt/theirs
	kill $!
}

# In a user namespace all that's inherited is locked: only kernels with the
# series take that.
mount_beneath_takes_a_mount_away() { mount_beneath -m /dev/shm; }
mount_beneath_takes_an_inherited_proc_away() { mount_beneath -Urm /proc; }
rootless_mount_beneath_takes_an_inherited_proc_away() { mount_beneath -Urm /proc; }
mount_beneath_takes_an_inherited_sys_away() { mount_beneath -Urm /sys; }
rootless_mount_beneath_takes_an_inherited_sys_away() { mount_beneath -Urm /sys; }

# The one that mounts keeps the old root; a task that comes in gets the new one.
mount_beneath_switches_the_root() {
	container_root root
	mkfifo ready
	# shellcheck disable=SC2016
	newer_mount unshare "${1--m}" sh -euxc '
		exec 9>ready
		mount --rbind /proc root/proc
		mount --beneath --rbind root /
		umount -l /
		echo $$ >&9
		exec 9>&-
		read -r _ <ready' &
	read -r task <ready
	if [ "$(id -u)" = 0 ]; then
		nsenter -m -t "$task" /inside
	else
		nsenter -U -m --preserve-credentials -t "$task" /inside
	fi
	echo >ready
	wait $!
}
rootless_mount_beneath_switches_the_root() { mount_beneath_switches_the_root -Urm; }

pivot_root_leaves_the_old_root() {
	container_root root
	unshare -m sh -euxc '
		mount --bind root root
		cd root
		pivot_root . .
		/bin/umount -l .
		exec /inside'
}

switch_root_leaves_the_old_root() {
	container_root root
	# shellcheck disable=SC2016
	unshare -mpf sh -euxc '
		mount --bind root root
		exec switch_root "$PWD/root" /inside 1'
}

findmnt_sees_by_listmount_what_mountinfo_has() {
	for method in mountinfo listmount; do
		findmnt --kernel=$method -r -n -o TARGET,FSTYPE,PROPAGATION |
			sort >$method
	done
	diff mountinfo listmount
}
