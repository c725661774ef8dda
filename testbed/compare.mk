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
product_CONFIGS += compare

compare_RUN = testbed/report/report compare $(RESULTS) base-compare \
	product-compare
compare_NEEDS := run-base-compare run-product-compare

.PHONY: compare $(BASES:%=kernel-%) userland-compare
.PHONY: run-base-compare run-product-compare

# The base, configured as one of the beds is
BASES := base debian-base $(OTHERS:%=%-base)
base_AS := product
$(foreach base,$(filter-out base,$(BASES)),$(eval $(base)_AS := $(base:%-base=%)))
BASE_TREE = build/base$(SUFFIX)/tree

$(BASES:%=kernel-%): kernel-%: kernel-$$($$*_AS)
	@testbed/step build/logs/kernel-$*$(SUFFIX).log \
		"$* kernel: building (from nothing: $($($*_AS)_MINUTES) minutes)" \
		testbed/kernels/base-kernel $(TREE) $(BASE_TREE) build/$*$(SUFFIX) \
			$($($*_AS)_ARCH) build/$($*_AS)$(SUFFIX)

# One user space for both, built from the base: programs that exist have to go
# on working as they are, so neither may know of the series.
userland-compare: kernel-base packages-test
	@testbed/step build/logs/userland-compare$(SUFFIX).log \
		"user space of the comparison: building" \
		env TARGETS="$(COMPARED)" testbed/machine/userland \
			$(BASE_TREE) build/userland-compare$(SUFFIX) \
			$(HOST) /bin/busybox build/base$(SUFFIX) $(COMPARED_TOOLS)

# The root filesystem is on top of the initramfs: the base reports next to nothing of
# a mount namespace whose root is the initramfs, which the series corrects.
run-base-compare run-product-compare: run-%-compare: kernel-% userland-compare
	@ROOT=tmpfs testbed/machine/run-tests $*-compare $(RESULTS) \
		$(call image,$*) $(call initramfs,compare) $(call sq,$(TESTS))

# TESTS="collection[:test] ..." is a part of them.
compare: run-compare
	@testbed/report/report verdict $(RESULTS) compare
