# SPDX-License-Identifier: GPL-2.0-only
# What profiles of AppArmor allow, in the classic way, which is the same on all
# kernels, and with the flags. If a profile refuses the mount, the flags fail with
# EPERM.
# shellcheck shell=sh

EPERM='Operation not permitted'
EACCES='Permission denied'

apparmor_is_enabled_as_debian_has_it() {
	aa-enabled
	systemctl is-active apparmor.service
}

apparmor_mount_rule_allows_the_classic_way() {
	profile attach_disconnected 'mount, umount, pivot_root,'
	container_root root
	classic -t tmpfs tmpfs
}
apparmor_mount_rule_allows_the_flags() {
	profile attach_disconnected 'mount, umount, pivot_root,'
	container_root root
	launch -w namespace
	launch -w empty
	takes namespace
}

# On every kernel: the file of a mount namespace has no path.
apparmor_without_attach_disconnected_allows_the_classic_way() {
	profile mediate_deleted 'mount, umount, pivot_root,'
	container_root root
	classic -t tmpfs tmpfs
}
apparmor_without_attach_disconnected_refuses_the_file() {
	profile mediate_deleted 'mount, umount, pivot_root,'
	container_root root
	refuses_flags "$EACCES"
	takes empty
}

move='mount options=(move) -> /, mount options=(rprivate) -> /, umount,
	pivot_root,'
apparmor_move_to_the_root_refuses_the_classic_way() {
	profile attach_disconnected "$move"
	container_root root
	refuses_classic --bind root
}
apparmor_move_to_the_root_allows_the_flags() {
	profile attach_disconnected "$move"
	container_root root
	takes namespace
}

# As a runtime of before the flags was confined
bind='mount options=(rprivate) -> /, mount options=(bind),
	mount options=(rbind), umount, pivot_root,'
apparmor_bind_and_pivot_root_allow_the_classic_way() {
	profile attach_disconnected "$bind"
	container_root root
	classic --bind root
}
apparmor_bind_and_pivot_root_refuse_the_flags() {
	profile attach_disconnected "$bind"
	container_root root
	refuses_flags "$EPERM"
}

apparmor_no_mount_rule_refuses_the_classic_way() {
	profile attach_disconnected ''
	container_root root
	refuses_classic --bind root
}
apparmor_no_mount_rule_refuses_the_flags() {
	profile attach_disconnected ''
	container_root root
	refuses_flags "$EPERM"
	has_no_way
}

deny='mount, deny mount, umount, pivot_root,'
apparmor_deny_mount_refuses_the_classic_way() {
	profile attach_disconnected "$deny"
	container_root root
	refuses_classic --bind root
}
apparmor_deny_mount_refuses_the_flags() {
	profile attach_disconnected "$deny"
	container_root root
	refuses_flags "$EPERM"
	has_no_way
}

# What containers of docker run under
docker='umount,
	deny @{PROC}/* w,
	deny @{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w,
	deny @{PROC}/sysrq-trigger rwklx,
	deny @{PROC}/kcore rwklx,
	deny mount,
	deny /sys/[^f]*/** wklx,
	deny /sys/firmware/** rwklx,'
apparmor_docker_default_refuses_the_classic_way() {
	profile attach_disconnected,mediate_deleted "$docker"
	container_root root
	refuses_classic --bind root
}
apparmor_docker_default_refuses_the_flags() {
	profile attach_disconnected,mediate_deleted "$docker"
	container_root root
	refuses_flags "$EPERM"
	has_no_way
}
