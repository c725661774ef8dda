# SPDX-License-Identifier: GPL-2.0-only
# The package goes again, as a user would remove it
# shellcheck shell=sh

apt_takes_the_package_away() {
	release=$(uname -r)
	apt-get purge -y "linux-image-$release"
	[ -z "$(find /boot /lib/modules -path "*$release*")" ]
	! grep "$release" /boot/grub/grub.cfg
	sync
}
