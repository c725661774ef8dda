# SPDX-License-Identifier: GPL-2.0-only
# podman, on a directory as its root
# shellcheck shell=sh

podman_starts_a_container() {
	container_root root
	in_podman --rm --rootfs "$PWD/root" /inside 1
}
rootless_podman_starts_a_container() { podman_starts_a_container; }

podman_by_runc_starts_a_container() {
	container_root root
	runtime=runc in_podman --rm --rootfs "$PWD/root" /inside 1
}

podman_enters_a_container() {
	container_root root
	in_podman -d --name "entered-$$" --rootfs "$PWD/root" sleep 60
	podman exec "entered-$$" /inside
	podman rm -f -t 0 "entered-$$"
}
rootless_podman_enters_a_container() { podman_enters_a_container; }
