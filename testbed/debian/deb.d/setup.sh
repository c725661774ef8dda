# SPDX-License-Identifier: GPL-2.0-only
# A disk that boots by UEFI, as Debian's installer would leave it
# shellcheck shell=sh

# The parameters are those of the machine that runs this: the console, what
# systemd tells it, the frequency of the clock.
disk_boots_by_uefi() {
	resize2fs /dev/vda2
	mkdir /boot/efi
	printf '/dev/disk/by-uuid/%s %s %s %s 0 2\n' \
		"$(blkid -s UUID -o value /dev/vda2)" / ext4 defaults \
		"$(blkid -s UUID -o value /dev/vda1)" /boot/efi vfat umask=0077 \
		>/etc/fstab
	mount /dev/vda1 /boot/efi
	cat >/etc/default/grub <<-END
	GRUB_TIMEOUT=0
	GRUB_CMDLINE_LINUX="$(tr ' ' '\n' </proc/cmdline |
		grep -v -e '^root=' -e '^initrd=' -e BOOT_IMAGE | xargs)"
	END
	grub-install --target=x86_64-efi --removable --no-nvram
	update-grub
	sync
}
