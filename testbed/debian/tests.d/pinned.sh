# SPDX-License-Identifier: GPL-2.0-only
# A host as snapd leaves it, with mount namespaces that are kept as bind mounts
# shellcheck shell=sh disable=SC2154 # variables of common*.sh

pinned_namespace_is_joined_and_discarded() {
	pin classic unshare -m
	joins_and_discards
}

pinned_namespace_of_the_launcher_is_joined_and_discarded() {
	container_root root
	for root in '' '-d root'; do
		# shellcheck disable=SC2086
		pin launched "$launcher" -p none $root
		joins_and_discards
	done
}

pinned_namespaces_leave_containers_alone() {
	pin first unshare -m
	container_root root
	pin second "$launcher" -p none -d root
	bwrap --ro-bind root / --proc /proc --dev /dev --unshare-all \
		--as-pid-1 /inside 1
	systemd-nspawn -q --pipe -D root /inside 1
	"$launcher" -p none -d / true
	run_container crun
	umount -l "$pins"/first.mnt "$pins"/second.mnt
}
