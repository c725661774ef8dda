# SPDX-License-Identifier: GPL-2.0-only
# What profiles of AppArmor allow, in the classic way and with the flags. Where a
# profile refuses the mount, the flags fail with EPERM, on which runtimes fall
# back.
# shellcheck shell=sh

# profile FLAGS RULES: load it. It allows everything that is not about mounts.
profile() {
	apparmor_parser -r <<-END
	profile mntns flags=($1) {
		file,
		capability,
		network,
		signal,
		ptrace,
		unix,
		$2
	}
	END
}

under() { aa-exec -p mntns -- "$@"; }

# The launcher of the samples by one of its ways; into a tmpfs, and into a tree
launch() { # WAY
	container_root root
	launcher=${0%/*}/mntns-launch
	{
		under "$launcher" -w "$1" -p none /bin/busybox true
		under "$launcher" -w "$1" -p none -d root /bin/true
	} 2>&1
}

launches() { # WAY
	rm -rf root
	launch "$1" >said || { cat said; return 1; }
	cat said
}

# refuses WAY ERROR: both calls of the flags fail with that
refuses() {
	rm -rf root
	launch "$1" >said && return 1
	cat said
	[ "$(grep -c "^  $1: .*(.*): $2" said)" = 2 ]
}

# What it does if the way is up to it
falls_back_to() { # WAY
	rm -rf root
	container_root root
	under "${0%/*}/mntns-launch" -p none -d root /bin/true 2>&1 | tee said
	grep "way: $1," said
}

# By the system calls that were there before fsmount()
classic() { # SOURCE [OPTION...]
	rm -rf new
	mkdir new
	# shellcheck disable=SC2016
	under unshare -m --propagation unchanged /bin/busybox sh -euxc '
		mount() { /bin/busybox mount "$@"; }
		mount --make-rprivate /
		mount "$@" new
		cd new
		/bin/busybox pivot_root . .
		/bin/busybox umount -l .' sh "$@"
}

EPERM='Operation not permitted'
EACCES='Permission denied'

apparmor_mount_rule_with_attach_disconnected_allows_all() {
	profile attach_disconnected 'mount, umount, pivot_root,'
	classic -t tmpfs tmpfs
	launches namespace
	launches empty
	falls_back_to namespace
}

# On every kernel: the file of a mount namespace has no path.
apparmor_mount_rule_without_attach_disconnected_is_eacces() {
	profile mediate_deleted 'mount, umount, pivot_root,'
	classic -t tmpfs tmpfs
	refuses namespace "$EACCES"
}

apparmor_move_to_the_root_allows_the_flags() {
	profile attach_disconnected 'mount options=(move) -> /,
		mount options=(rprivate) -> /, umount,'
	! classic -t tmpfs tmpfs
	launches namespace
	falls_back_to namespace
}

apparmor_no_mount_rule_is_eperm() {
	profile attach_disconnected ''
	! classic -t tmpfs tmpfs
	refuses namespace "$EPERM"
}

apparmor_deny_mount_is_eperm() {
	profile attach_disconnected 'mount, deny mount, umount, pivot_root,'
	! classic -t tmpfs tmpfs
	refuses namespace "$EPERM"
}

# As a runtime of before the flags was confined
apparmor_bind_and_pivot_root_only_is_eperm() {
	profile attach_disconnected 'mount options=(rprivate) -> /,
		mount options=(bind), mount options=(rbind), umount, pivot_root,'
	mkdir old
	classic --bind old
	refuses namespace "$EPERM"
}

# What containers of docker run under
apparmor_docker_default_is_eperm() {
	profile attach_disconnected,mediate_deleted "umount,
		deny @{PROC}/* w,
		deny @{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w,
		deny @{PROC}/sysrq-trigger rwklx,
		deny @{PROC}/kcore rwklx,
		deny mount,
		deny /sys/[^f]*/** wklx,
		deny /sys/firmware/** rwklx,"
	! classic -t tmpfs tmpfs
	refuses namespace "$EPERM"
}

apparmor_is_enabled_as_debian_has_it() {
	[ "$(cat /sys/module/apparmor/parameters/enabled)" = Y ]
	systemctl is-active apparmor.service
	aa-exec --version
}
