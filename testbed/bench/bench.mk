# SPDX-License-Identifier: GPL-2.0-only
# What it costs: the kernel of the series, the base, and mainline's kernels as
# Debian has them, in machines whose time is the number of instructions.

.PHONY: bench profile packages-bench only-x86

packages-bench:
	@testbed/install-packages $(BASE) $(call sq,$(KERNEL)) tree run bench
BASE_BED = $(if $(filter product,$(BED)),base,$(BED)-base)

# MOUNTS=N and TASKS=N bound the axes; MAINLINE=no leaves mainline out, whose
# kernels are this machine's.
NO_TRACED = $(filter-out product,$(BED))
NO_MAINLINE = $(filter no,$(MAINLINE))$(NO_TRACED)
# The debian bed has the probes and the processors that the product kernel lacks.
TRACED = $(if $(NO_TRACED),,:$(call image,debian$(1)))
bench: packages-bench machine-$(BED) kernel-$$(BASE_BED) \
		$(if $(NO_TRACED),,kernel-debian kernel-debian-base)
	@[ "$(NO_MAINLINE)" ] || testbed/kernels/mainline build/mainline
	@MACHINE=$(BED_ARCH) testbed/bench/bench \
		build/bench$(SUFFIX)$(filter-out -product,-$(BED)) \
		$(call initramfs,$(BED_ARCH)) \
		series=$(call image,$(BED))$(call TRACED) \
		base=$(call image,$(BASE_BED))$(call TRACED,-base) \
		$(if $(NO_MAINLINE),,$$(cd build/mainline && \
			for kernel in */vmlinuz; do echo \
			"$${kernel%%+*}=build/mainline/$$kernel"; done))

# Where the instructions go, by function
profile: only-x86 packages-bench kernel-product userland-$(HOST)
	@testbed/bench/profile $(call image,product) $(call initramfs,$(HOST)) \
		build/logs/profile

only-x86:
	@[ '$(HOST) $(ARCH)' = 'x86_64 x86_64' ] || { \
		echo "error: profile knows the registers of x86_64 only" >&2; exit 1; }
