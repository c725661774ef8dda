# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own tests of what the series is about: they have to give the same
# results on the base and with the series, in two machines that differ in their
# kernel only.

COMPARED := mount mount_setattr move_mount_set_group filesystems/statmount \
	filesystems/overlayfs nsfs pidfd clone3 proc
# Programs that they run, and the initramfs has none of
COMPARED_TOOLS := /bin/bash /sbin/mkfs.ext4

# The product kernel gets what they need, and the base that configuration.
product_TARGETS := $(COMPARED)
product_FRAGMENT := scripts/compare.config

compare_ARGS = $(RESULTS) base-compare product-compare
compare_NEEDS := run-base-compare run-product-compare

.PHONY: compare kernel-base userland-compare run-base-compare run-product-compare

kernel-base: kernel-product
	@scripts/step build/logs/kernel-base$(SUFFIX).log \
		"base kernel: building (about 4 minutes when from nothing)" \
		scripts/base-kernel $(TREE) build/base$(SUFFIX) \
			$(product_ARCH) build/product$(SUFFIX)

# One user space for both, built from the base: programs that exist have to go
# on working as they are, so neither may know of the series.
userland-compare: kernel-base packages-test
	@scripts/step build/logs/userland-compare$(SUFFIX).log \
		"user space of the comparison: building" \
		env TARGETS="$(COMPARED)" scripts/userland \
			build/base$(SUFFIX)/tree build/userland-compare$(SUFFIX) \
			64 $(BUSYBOX_64) build/base$(SUFFIX) $(COMPARED_TOOLS)

# The real root is on top of the initramfs: of a mount namespace that still lives
# on the initramfs the base reports next to nothing, which the series corrects.
run-base-compare run-product-compare: run-%-compare: kernel-% userland-compare
	@ROOT=tmpfs scripts/run-vm $*-compare $(RESULTS) $(call vmlinux,$*) \
		$(call initramfs,compare) $(call sq,$(TESTS))

# TESTS="collection[:test] ..." is a part of them.
compare: run-compare
	@scripts/report $(RESULTS) compare
