# SPDX-License-Identifier: GPL-2.0-only
# Kernels, virtual machines, and the tests that run in them.

# The selftests that run, as directories of tools/testing/selftests: those that the
# series brings or changes
TARGETS := $(filter-out filesystems,$(sort $(shell sed -n \
	's,^\(\t\|+++ b/\)tools/testing/selftests/\(.*\)/[^/]*$$,\2,p' \
	$(PATCHES)/series $(PATCHES)/*.patch)))

# The architectures of kernels that run here, each a file of settings, this
# machine's own and the other ones
of = $(shell . testbed/kernels/arch/$(1).sh && echo "$$$(2)")
with = $(basename $(notdir $(shell grep -l -x "$(1)" testbed/kernels/arch/*.sh)))
MACHINES := $(call with,qemu=.*)
HOST := $(or $(filter $(MACHINES),$(call with,uname=$$(uname -m))),\
	$(shell uname -m))
OTHERS := $(filter-out $(HOST),$(MACHINES))
ARCH ?= $(HOST)

# A bed is a kernel to test on: ARCH and configuration, on top of tinyconfig;
# what its machine needs beyond the usual, and how long it takes to build.
BEDS := product debug rt i386 debian $(OTHERS) pages64k
product_ARCH := $(HOST)
product_CONFIGS := $(HOST) product
product_MINUTES := 4
debug_ARCH := x86_64
debug_CONFIGS := x86_64 product debug
debug_VM = QEMU_ARGS="-m 2G $$QEMU_ARGS" TIMEOUT=$${TIMEOUT:-1800}
debug_MINUTES := 10
rt_ARCH := x86_64
rt_CONFIGS := x86_64 product debug rt
rt_VM = $(debug_VM)
rt_MINUTES := 10
i386_ARCH := i386
i386_CONFIGS := x86_64 product i386
i386_MINUTES := 4
debian_ARCH := $(HOST)
debian_CONFIGS := $(HOST) product debian
debian_MINUTES := 5
define other
$(1)_ARCH := $(1)
$(1)_CONFIGS := $(1) product
$(1)_MINUTES := 6
endef
$(foreach arch,$(OTHERS),$(eval $(call other,$(arch))))
pages64k_ARCH := arm64
pages64k_CONFIGS := arm64 product pages64k
pages64k_MINUTES := 6

# The bed that ARCH=... selects
bed_on = $(or $(filter $(OTHERS),$(1)),product)
BED := $(call bed_on,$(ARCH))
BED_ARCH := $($(BED)_ARCH)
BITS := 64
RUN := run-$(BED)-$(BITS)

# Only these beds are configured as these tests ask for: the others skip them.
DEBUG_TARGETS := filesystems/mntns_faults
targets = $(if $(filter debug rt i386,$(1)),$(TARGETS),$(filter-out \
	$(DEBUG_TARGETS),$(TARGETS)))

# What `make test` runs: checks, each a program that prints KTAP and what that
# needs, and beds with the programs of 64 or 32 bits
CHECKS := queue static report boot initramfs launch compare coverage
queue_RUN := queue/tests/run
static_RUN = testbed/checks/static $(PATCHES) $(TREE)
static_NEEDS := tree
report_RUN := env -C testbed/report python3 -B -m tests
boot_RUN = testbed/checks/boot $(call image,product) $(call initramfs,$(HOST))
boot_NEEDS := kernel-product userland-$(HOST)
initramfs_RUN = testbed/checks/initramfs $(call image,product) \
	$(call initramfs,$(HOST))
initramfs_NEEDS := kernel-product userland-$(HOST)
launch_RUN = testbed/checks/launch $(call image,product) \
	$(call image,base) $(call initramfs,$(HOST))
launch_NEEDS := kernel-product kernel-base userland-$(HOST)
coverage_RUN = testbed/report/report coverage $(TREE) build/i386$(SUFFIX) \
	$(RESULTS) i386-32
coverage_NEEDS := run-i386-32
RUNS := product-64 debug-64 i386-32 $(OTHERS:%=%-64) product-32 $(OTHERS:%=%-32)

# Two collections take long, so some runs leave them out. A random scene is the same
# on any architecture; the soak runs once on each kernel. TESTS selects them anywhere.
WITHOUT_SOAK := product-32 $(OTHERS:%=%-32)
WITHOUT_EXPLORE := i386-32 $(OTHERS:%=%-64) $(WITHOUT_SOAK)
tests = $(strip $(or $(TESTS),$(if $(filter $(WITHOUT_EXPLORE),$(1)),\
	$(filter-out %_bench %_explore \
		$(if $(filter $(WITHOUT_SOAK),$(1)),%_soak),$(TARGETS)))))

# The programs of a machine and those of 32 bits, which it can run, too, are of
# two architectures; the kernel they are built with is the machine's.
$(foreach arch,$(MACHINES),$(foreach bits,64 32,\
	$(eval $(arch)_$(bits) := $(call of,$(arch),bits$(bits)))\
	$(eval $($(arch)_$(bits))_ON := $(arch))\
	$(eval USERLANDS += $($(arch)_$(bits)))))
i386_32 := i386

# Any busybox that the kernel can run
busybox = $(or $(BUSYBOX_$(1)),$(if $(filter $(HOST),$(1)),/bin/busybox,$\
	build/busybox-$(1)))

# Every tree (KERNEL=DIR) has its own of what is built from it.
SUFFIX := $(TREE:build/tree%=%)
image = build/$(1)$(SUFFIX)/$(call of,$($(or $($(1)_AS),$(1))_ARCH),image)
initramfs = build/userland-$(1)$(SUFFIX)/initramfs.cpio
RESULTS := build/results$(OTHER)

export TARGETS

# Kbuild uses all processors on its own; what `make test` runs does not.
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif

.PHONY: kernel run shell explore test test-quick test-rt coverage soak conformance
.PHONY: machine-$(BED) kbuild-path
.PHONY: $(BEDS:%=kernel-%) $(USERLANDS:%=userland-%)
.PHONY: $(CHECKS:%=run-%) $(RUNS:%=run-%) $(RUN)

kernel: kernel-$(BED)
	@echo $(call sq,$(CURDIR)/$(call image,$(BED)))

# Better said before any long step than by Kbuild or QEMU
kbuild-path:
	@[ '$(filter $(MACHINES),$(ARCH))' ] || { \
		echo "error: ARCH=$(ARCH): there are $(MACHINES). Any machine has" \
		     "them with run, shell, kernel, test-quick, soak, explore;" \
		     "for the other commands it has to be one itself" >&2; exit 1; }
	@case $(call sq,$(CURDIR)) in *[[:space:]:]*) \
		echo "error: the kernel can't be built below a path with spaces" \
		     "or colons; move the project out of" \
		     $(call sq,$(CURDIR)) >&2; exit 1 ;; esac

$(BEDS:%=kernel-%): kernel-%: kbuild-path packages-$$($$*_ARCH) tree
	@testbed/step build/logs/kernel-$*$(SUFFIX).log \
		"$* kernel: building (from nothing: $($*_MINUTES) minutes)" \
		env TARGETS="$(call targets,$*) $($*_TARGETS)" \
			testbed/kernels/kernel $(PATCHES) $(TREE) \
			build/$*$(SUFFIX) $($*_ARCH) \
			$($*_CONFIGS:%=testbed/kernels/%.config)

$(USERLANDS:%=userland-%): userland-%: packages-$$* \
		kernel-$$(call bed_on,$$($$*_ON)) \
		$$(filter build/busybox-%,$$(call busybox,$$*))
	@testbed/step build/logs/userland-$*$(SUFFIX).log \
		"user space of $*: building" \
		testbed/machine/userland $(TREE) build/userland-$*$(SUFFIX) $* \
			$(call busybox,$*) build/$(call bed_on,$($*_ON))$(SUFFIX)

build/busybox-%:
	@testbed/step build/logs/busybox-$*.log "busybox of $*: fetching" \
		testbed/machine/unpack $(call of,$*,debian) busybox-static $@.d
	@find $@.d -path '*bin/busybox' -exec mv {} $@ \; && rm -rf $@.d

# The machine that ARCH=... selects
machine = MACHINE=$(BED_ARCH) testbed/machine/boot $(1) $(call image,$(BED))
machine-$(BED): kernel-$(BED) userland-$(BED_ARCH)

run: machine-$(BED)
	@$(call machine,run) $(call initramfs,$(BED_ARCH)) build/logs/run

# FILES="FILE ..." are in its /bin.
shell: machine-$(BED)
	$(if $(FILES),@testbed/machine/add-files $(call initramfs,$(BED_ARCH)) \
		build/shell.cpio $(foreach file,$(FILES),$(call sq,$(file))))
	@$(call machine,shell) \
		$(if $(FILES),build/shell.cpio,$(call initramfs,$(BED_ARCH))) \
		build/logs/shell

SECONDS = 300
SEED = $(shell date +%s)
explore: machine-$(BED)
	@$(call machine,explore) $(call initramfs,$(BED_ARCH)) build/logs/explore \
		mntns.seconds=$(SECONDS) \
		mntns.seed=$(SEED) $(call sq,$(REPLAY:%=mntns.replay=%))

# Each part of the tests leaves its results for the report, good or bad.
$(CHECKS:%=run-%): run-%: packages-test $$($$*_NEEDS)
	@testbed/checks/run $* $(RESULTS) $($*_RUN)

bed = $(firstword $(subst -, ,$(1)))
bits = $(lastword $(subst -, ,$(1)))
bed_arch = $($(call bed,$(1))_ARCH)
programs = $($(call bed_arch,$(1))_$(call bits,$(1)))
$(sort $(RUNS:%=run-%) $(RUN)): run-%: kernel-$$(call bed,$$*) userland-$$(call programs,$$*)
	@MACHINE=$(call bed_arch,$*) $($(call bed,$*)_VM) \
		testbed/machine/run-tests $* $(RESULTS) \
		$(call image,$(call bed,$*)) \
		$(call initramfs,$(call programs,$*)) $(call sq,$(call tests,$*))

# TESTS="collection[:test] ..." is a part of them, BITS=32 takes the programs of
# 32 bits, BED=NAME another bed.
test-quick: $(RUN)
	@testbed/report/report verdict $(RESULTS) $(RUN:run-%=%)

# The debug kernel with PREEMPT_RT
test-rt:
	@$(MAKE) test-quick BED=rt

# Which of the lines that the series adds do the tests execute?
coverage: run-coverage
	@sed -n 's/^# //p' $(RESULTS)/coverage.ktap
	@testbed/report/report verdict $(RESULTS) i386-32 coverage

# Mount namespaces under pressure for MINUTES, with the random numbers of SEED
MINUTES ?= 10
soak: machine-$(BED)
	@seconds=$$(($(MINUTES) * 60)) && limit=$$((seconds * 2 + 600)) && \
	MACHINE=$(BED_ARCH) TIMEOUT=$$limit testbed/machine/run-tests soak-64 \
		$(RESULTS) $(call image,$(BED)) $(call initramfs,$(BED_ARCH)) \
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
			build/mainline/source build/userland-mainline$(SUFFIX) \
			$(HOST) /bin/busybox build/product$(SUFFIX)

conformance: userland-$(HOST) userland-mainline
	@testbed/checks/conformance build/conformance$(OTHER) build/mainline \
		$(call initramfs,$(HOST)) $(call image,product) $(BASE) \
		build/userland-mainline$(SUFFIX)/initramfs.cpio $(call sq,$(TESTS))
