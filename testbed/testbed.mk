# SPDX-License-Identifier: GPL-2.0-only
# Kernels, virtual machines, and the tests that run in them.

# The selftests that run, as directories of tools/testing/selftests: what the
# series brings, and those of the system calls that it is about
TARGETS := filesystems/statmount $(shell sed -n \
	's,^\ttools/testing/selftests/\(.*\)/Makefile$$,\1,p' $(PATCHES)/series)

# A bed is a kernel to test on: ARCH and configuration, on top of tinyconfig;
# what its machine needs beyond the usual, and how long it takes to build.
BEDS := product debug i386 gcov debian
product_ARCH := x86_64
product_CONFIGS := product
product_MINUTES := 4
debug_ARCH := x86_64
debug_CONFIGS := product debug
debug_VM = QEMU_ARGS="-m 2G $$QEMU_ARGS" TIMEOUT=$${TIMEOUT:-1800}
debug_MINUTES := 10
i386_ARCH := i386
i386_CONFIGS := product i386
i386_MINUTES := 4
gcov_ARCH := x86_64
gcov_CONFIGS := product gcov
gcov_MINUTES := 4
debian_ARCH := x86_64
debian_CONFIGS := product debian
debian_MINUTES := 5

# Only these beds are configured as these tests ask for: the others skip them.
DEBUG_TARGETS := filesystems/mntns_faults
targets = $(if $(filter debug gcov,$(1)),$(TARGETS),$(filter-out \
	$(DEBUG_TARGETS),$(TARGETS)))

# What `make test` runs: checks, each a program that prints KTAP and what that
# needs, and beds with the programs of 64 or 32 bits
CHECKS := queue static report boot initramfs launch compare coverage
queue_RUN := queue/tests/run
static_RUN = testbed/checks/static $(PATCHES) $(TREE)
static_NEEDS := tree
report_RUN := env -C testbed/report python3 -B -m tests
boot_RUN = testbed/checks/boot $(call vmlinux,product) $(call initramfs,64)
boot_NEEDS := kernel-product userland-64
initramfs_RUN = testbed/checks/initramfs $(call vmlinux,product) \
	$(call initramfs,64)
initramfs_NEEDS := kernel-product userland-64
launch_RUN = testbed/checks/launch $(call vmlinux,product) \
	$(call vmlinux,base) $(call initramfs,64)
launch_NEEDS := kernel-product kernel-base userland-64
coverage_RUN = testbed/report/report coverage $(TREE) build/gcov$(SUFFIX) \
	$(RESULTS) gcov-64
coverage_NEEDS := run-gcov-64
RUNS := product-64 debug-64 gcov-64 product-32 i386-32

# The user space of a machine needs a busybox that its kernel can run.
BUSYBOX_64 := /bin/busybox
BUSYBOX_32 := build/busybox-i386

# Every tree (KERNEL=DIR) has its own of what is built from it.
SUFFIX := $(TREE:build/tree%=%)
vmlinux = build/$(1)$(SUFFIX)/vmlinux
initramfs = build/userland-$(1)$(SUFFIX)/initramfs.cpio
RESULTS := build/results

export TARGETS

# Kbuild uses all processors on its own; what `make test` runs does not.
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif

.PHONY: kernel run shell explore test test-quick coverage soak conformance
.PHONY: kbuild-path
.PHONY: $(BEDS:%=kernel-%) userland-64 userland-32
.PHONY: $(CHECKS:%=run-%) $(RUNS:%=run-%)

kernel: kernel-product
	@echo $(call sq,$(CURDIR)/$(call vmlinux,product))

# Kbuild can't; better said before any long step than by it.
kbuild-path:
	@case $(call sq,$(CURDIR)) in *[[:space:]:]*) \
		echo "error: the kernel can't be built below a path with spaces" \
		     "or colons; move the project out of" \
		     $(call sq,$(CURDIR)) >&2; exit 1 ;; esac

$(BEDS:%=kernel-%): kernel-%: kbuild-path packages tree
	@testbed/step build/logs/kernel-$*$(SUFFIX).log \
		"$* kernel: building (from nothing: $($*_MINUTES) minutes)" \
		env TARGETS="$(call targets,$*) $($*_TARGETS)" \
			testbed/kernels/kernel $(TREE) build/$*$(SUFFIX) $($*_ARCH) \
			$($*_CONFIGS:%=testbed/kernels/%.config)

userland-64 userland-32: userland-%: kernel-product
	@testbed/step build/logs/userland-$*$(SUFFIX).log \
		"user space of $* bits: building" \
		testbed/machine/userland $(TREE) build/userland-$*$(SUFFIX) $* \
			$(BUSYBOX_$*) build/product$(SUFFIX)

# The C library of 32 bits is for the tests only.
userland-32 kernel-i386: packages-test
userland-32: $(BUSYBOX_32)
build/busybox-i386:
	@testbed/step build/logs/busybox-i386.log "busybox of 32 bits: fetching" \
		testbed/machine/busybox i386 $@

run: kernel-product userland-64
	@testbed/machine/boot run $(call vmlinux,product) $(call initramfs,64) \
		build/logs/run

# FILES="FILE ..." are in its /bin.
shell: kernel-product userland-64
	$(if $(FILES),@testbed/machine/add-files $(call initramfs,64) \
		build/shell.cpio $(foreach file,$(FILES),$(call sq,$(file))))
	@testbed/machine/boot shell $(call vmlinux,product) \
		$(if $(FILES),build/shell.cpio,$(call initramfs,64)) \
		build/logs/shell

SECONDS = 300
SEED = $(shell date +%s)
explore: kernel-product userland-64
	@testbed/machine/boot explore $(call vmlinux,product) $(call initramfs,64) \
		build/logs/explore mntns.seconds=$(SECONDS) \
		mntns.seed=$(SEED) $(call sq,$(REPLAY:%=mntns.replay=%))

# Each part of the tests leaves its results for the report, good or bad.
.SECONDEXPANSION:
$(CHECKS:%=run-%): run-%: packages-test $$($$*_NEEDS)
	@testbed/checks/run $* $(RESULTS) $($*_RUN)

bed = $(firstword $(subst -, ,$(1)))
bits = $(lastword $(subst -, ,$(1)))
$(RUNS:%=run-%): run-%: kernel-$$(call bed,$$*) userland-$$(call bits,$$*)
	@$($(call bed,$*)_VM) testbed/machine/run-tests $* $(RESULTS) \
		$(call vmlinux,$(call bed,$*)) \
		$(call initramfs,$(call bits,$*)) $(call sq,$(TESTS))

# TESTS="collection[:test] ..." is a part of them.
test-quick: run-product-64
	@testbed/report/report verdict $(RESULTS) product-64

# Which of the lines that the series adds do the tests execute?
coverage: run-coverage
	@sed -n 's/^# //p' $(RESULTS)/coverage.ktap
	@testbed/report/report verdict $(RESULTS) gcov-64 coverage

# Mount namespaces under pressure for MINUTES, with the random numbers of SEED
MINUTES ?= 10
soak: kernel-product userland-64
	@seconds=$$(($(MINUTES) * 60)) && limit=$$((seconds * 2 + 600)) && \
	TIMEOUT=$$limit testbed/machine/run-tests soak-64 $(RESULTS) \
		$(call vmlinux,product) $(call initramfs,64) \
		filesystems/mntns_soak mntns.timeout=$$limit \
		SOAK_SECONDS=$$seconds $(SEED:%=SOAK_SEED=%)
	@sed -n '/^# # /s/^# # //p' $(RESULTS)/soak-64.ktap
	@testbed/report/report verdict $(RESULTS) soak-64

# Two parts at a time, those that take long first. A pull request tells the results
# of all tests only.
test: packages-test tree
	@$(MAKE) -j 2 SIDE_BY_SIDE=1 $(RUNS:%=run-%) $(CHECKS:%=run-%)
	@testbed/report/$(if $(TESTS),report verdict,test-report $(PATCHES) $(TREE)) \
		$(RESULTS) $(CHECKS) $(RUNS)

# The selftests on mainline's own kernels, and mainline's on this one; needs the
# network the first time.
MAINLINE_TARGETS := $(addprefix filesystems/,empty_mntns fscontext_ns \
	fsmount_ns mntns_unbindable mount_cycle move_mount open_tree_ns \
	umount_propagation)

.PHONY: mainline userland-mainline
mainline:
	@testbed/kernels/mainline build/mainline

# Which of Debian's sources of the base does the series fit?
.PHONY: bases
bases: tree
	@testbed/kernels/bases $(PATCHES) build/bases

userland-mainline: mainline kernel-product packages-test
	@testbed/step build/logs/userland-mainline.log \
		"user space with mainline's tests: building" \
		env TARGETS="$(MAINLINE_TARGETS)" testbed/machine/userland \
			build/mainline/source build/userland-mainline \
			64 $(BUSYBOX_64) build/product$(SUFFIX)

conformance: userland-64 userland-mainline
	@testbed/checks/conformance build/conformance build/mainline \
		$(call initramfs,64) $(call vmlinux,product) \
		build/userland-mainline/initramfs.cpio $(call sq,$(TESTS))
