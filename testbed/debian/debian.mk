# SPDX-License-Identifier: GPL-2.0-only
# Programs that exist, in Debian 13 with systemd: on the kernel with the series
# they do what they do on the base.

DEBIAN := build/debian13
debian-patched_KERNEL := debian
debian-base_KERNEL := debian-base

.PHONY: userland debian-image run-debian-patched run-debian-base

debian-image: packages
	@testbed/install-packages $(BASE) $(call sq,$(KERNEL)) userland
	@testbed/debian/image $(DEBIAN)

run-debian-patched run-debian-base: run-%: debian-image kernel-$$($$*_KERNEL)
	@testbed/debian/vm $* $(RESULTS) $(call vmlinux,$($*_KERNEL)) \
		$(DEBIAN)/image.ext4 build/debian$(SUFFIX)/samples/vfs/mntns-launch

# The launcher is the one that is built with the series.
run-debian-base: kernel-debian

userland: run-debian-patched run-debian-base
	@testbed/report/report table $(RESULTS) debian-patched debian-base
