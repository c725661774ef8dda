# SPDX-License-Identifier: GPL-2.0-only
# What it costs: the kernel of the series, the base, and mainline's kernels as
# Debian has them, in machines whose time is the number of instructions.

.PHONY: bench profile packages-bench

packages-bench:
	@testbed/install-packages $(BASE) $(call sq,$(KERNEL)) tree run bench

# MOUNTS=N and TASKS=N bound the axes; MAINLINE=no leaves mainline out.
bench: packages-bench kernel-product kernel-base userland-64
	@[ "$(MAINLINE)" = no ] || testbed/kernels/mainline build/mainline
	@testbed/bench/bench build/bench$(SUFFIX) $(call initramfs,64) \
		series=$(call vmlinux,product) base=$(call vmlinux,base) \
		$(if $(filter no,$(MAINLINE)),,$$(cd build/mainline && \
			for kernel in */vmlinuz; do echo \
			"$${kernel%%+*}=build/mainline/$$kernel"; done))

# Where the instructions go, by function
profile: packages-bench kernel-product userland-64
	@testbed/bench/profile $(call vmlinux,product) $(call initramfs,64) \
		build/logs/profile
