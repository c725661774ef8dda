# SPDX-License-Identifier: GPL-2.0-only
# Debian packages, as far as they can be tested without building a kernel
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154

deb_needs_a_configuration() {
	for file in none queue queue/deb; do
		KCONFIG=$file refuses "KCONFIG=$file is not a configuration" \
			queue/deb "$patches" "$composed" x86_64 build/deb
	done
	[ ! -e build/deb ]
}

deb_forgets_a_configuration_that_it_refused() {
	# shellcheck disable=SC2016
	printf 'olddefconfig:\n\nkernelrelease:\n\t$(error configured)\n' \
		>>"$composed/Makefile"
	printf 'CONFIG_%s=y\n' NAMESPACES MODULES BLK_DEV_INITRD >good
	echo CONFIG_MODULES=y >bad
	set -- queue/deb "$patches" "$composed" x86_64 build/deb
	KCONFIG=good refuses configured "$@"
	KCONFIG=bad refuses 'bad lacks CONFIG_NAMESPACES=y' "$@"
	KCONFIG=good refuses configured "$@"
	grep NAMESPACES build/deb/custom/kernel/.config
}

# As the kernel's mkdebian writes them
deb_packages_say_what_they_are() {
	mkdir debian
	cat >debian/changelog <<-'END'
	linux-mntns (6.12.117-mntns2) UNRELEASED; urgency=low

	  * Custom built Linux kernel.

	 -- A Dev <dev@example.org>  Thu, 01 Jan 1970 00:00:00 +0000
	END
	cat >debian/control <<-'END'
	Source: linux-mntns

	Package: linux-image-6.12.117-mntns2-x
	Description: Linux kernel
	 A kernel.

	Package: linux-libc-dev
	Description: headers

	Package: linux-headers-6.12.117-mntns2-x
	END
	printf '%s\n' '## Version 2' '' '- new,' '  and newer' '' '## Version 1' '' \
		'- old' >changes
	BASE='Linux 6.12.117 (x)' SERIES=2 CONFIGURATION=config CHANGES=changes \
		queue/deb-describe
	diff - debian/changelog <<-'END'
	linux-mntns (6.12.117-mntns2) UNRELEASED; urgency=low

	  * Linux 6.12.117 (x) with version 2 of the mntns series
	  * configuration: config
	  * new,
	    and newer

	 -- A Dev <dev@example.org>  Thu, 01 Jan 1970 00:00:00 +0000
	END
	grep '^Package:' debian/control | diff /dev/fd/3 - 3<<-'END'
	Package: linux-image-6.12.117-mntns2-x
	Package: linux-headers-6.12.117-mntns2-x
	END
	grep -x ' Configuration: config' debian/control
}
