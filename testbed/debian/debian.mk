# SPDX-License-Identifier: GPL-2.0-only
# Programs that exist, in a suite of Debian with systemd: on the kernel with the
# series they do what they do on the base.

SUITE ?= trixie
DEBIAN = build/debian-$(SUITE)
debian-patched_KERNEL := debian
debian-base_KERNEL := debian-base

.PHONY: userland debian-image run-debian-patched run-debian-base

debian-image: packages
	@testbed/install-packages $(BASE) $(call sq,$(KERNEL)) userland
	@testbed/debian/image $(call sq,$(DEBIAN)) $(call sq,$(SUITE))

run-debian-patched run-debian-base: run-%: debian-image kernel-$$($$*_KERNEL)
	@testbed/debian/vm $* $(RESULTS) $(call image,$($*_KERNEL)) \
		$(DEBIAN)/image.ext4 vda 'tests.d/*.sh' \
		build/debian$(SUFFIX)/samples/vfs/mntns-launch

# The launcher is the one that is built with the series.
run-debian-base: kernel-debian

userland: run-debian-patched run-debian-base
	@testbed/report/report table $(RESULTS) debian-patched debian-base

# The package of make deb as a user has it: installed into a Debian 13 that boots
# by UEFI, run, and taken away again.
.PHONY: deb-test debian-disk
debian-disk: debian-image
	@testbed/install-packages $(BASE) $(call sq,$(KERNEL)) deb-test
	@testbed/debian/disk $(DEBIAN)/image.ext4 $(DEBIAN)/disk.img $(RESULTS)

deb-test: deb debian-disk userland-$(HOST)
	@testbed/debian/deb-test $(RESULTS) $(DEBIAN)/disk.img build/deb$(SUFFIX) \
		build/product$(SUFFIX)/samples/vfs/mntns-launch \
		$(dir $(call initramfs,$(HOST)))root/kselftest
