# SPDX-License-Identifier: GPL-2.0-only
# The package is installed, as a user would, on Debian's own kernel
# shellcheck shell=sh

own_kernel_is_debian_s() {
	[ -d /sys/firmware/efi ]
	uname -r | grep '+deb'
}

apt_installs_the_package() {
	apt-get install -y --no-install-recommends "${0%/*}"/linux-image-*.deb
	release=$(cd /lib/modules && echo *-mntns*)
	ls -l /boot/*-"$release"
	[ -s "/boot/initrd.img-$release" ]
	grep "vmlinuz-$release" /boot/grub/grub.cfg
	sync
}
