# SPDX-License-Identifier: GPL-2.0-only
# Which clients use the new flags, as notes: none fails for that. The launcher shows
# that they are seen.
# shellcheck shell=sh disable=SC2154 # variables of common*.sh

flags_of_launcher_are_counted() {
	container_root root
	uses mntns-launch "$launcher" -d root /inside
	[ -n "$tried" ]
}
flags_of_bubblewrap_are_counted() {
	container_root root
	uses bubblewrap bwrap --bind root / --proc /proc --dev /dev \
		--unshare-all --as-pid-1 /inside 1
}
flags_of_crun_are_counted() {
	bundle crun '"/inside", "1"'
	uses crun crun run "$name"
}
flags_of_runc_are_counted() {
	bundle runc '"/inside", "1"'
	uses runc runc run "$name"
}
flags_of_podman_are_counted() {
	container_root root
	uses podman podman run --network none --passwd=false \
		--log-driver none --rm --rootfs "$PWD/root" /inside 1
}
flags_of_nspawn_are_counted() {
	container_root root
	uses systemd-nspawn systemd-nspawn -q --pipe -D root /inside 1
}
flags_of_unshare_are_counted() { uses unshare unshare -m true; }
