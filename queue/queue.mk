# SPDX-License-Identifier: GPL-2.0-only
# The base kernel, the series on top of it, and the commands that convert them

# Quote for the shell; paths may hold spaces, so none is ever a target.
sq = '$(subst ','\'',$(1))'

DEFAULT_BASE := $(notdir $(patsubst %/series,%,\
	$(shell grep -l -x '\# Default base' patches/*/series)))
BASE ?= $(DEFAULT_BASE)
PATCHES := patches/$(BASE)
PACKAGE := $(subst linux-,linux-source-,$(BASE))
PARTS := $(shell sed -n 's/^\# Part: //p' $(PATCHES)/series)
SERIES := $(shell sed -n 's/^\# Version: //p' $(PATCHES)/series)
BRANCH ?= mntns/$(BASE)

# One tree for each base and kernel, so that going from one to the other loses
# nothing.
OTHER := $(addprefix -,$(filter-out $(DEFAULT_BASE),$(BASE)))
TREE := build/tree$(OTHER)
ifneq ($(KERNEL),)
TREE := $(TREE)-$(shell cd -- $(call sq,$(KERNEL)) 2>/dev/null && \
	pwd -P | sed 's,^/,,; s,[^A-Za-z0-9._+-],-,g')
endif

.PHONY: packages packages-test tree refresh apply quilt series pull-request deb
.PHONY: check-drift

# What the programs and kernels of an architecture take
arch_packages = $(1) $(if $(filter $(HOST),$(1)),,cross-$(1))
packages: packages-$$(ARCH)
packages-%:
	@testbed/install-packages $(BASE) $(call sq,$(KERNEL)) tree run \
		$(call arch_packages,$*)

packages-test: kbuild-path
	@testbed/install-packages $(BASE) $(call sq,$(KERNEL)) tree run test docs \
		$(foreach arch,$(USERLANDS),$(call arch_packages,$(arch)))

tree:
	@testbed/install-packages $(BASE) $(call sq,$(KERNEL)) tree
	@queue/tree $(PATCHES) $(TREE) $(call sq,$(KERNEL))

refresh:
	@OWN=$(call sq,$(OWN)) queue/refresh $(PATCHES) $(TREE)

apply:
	@ANY_BASE=$(call sq,$(ANY_BASE)) PART=$(call sq,$(PART)) queue/apply $(PATCHES) \
		$(call sq,$(KERNEL)) $(call sq,$(BRANCH))

quilt: tree
	@PART=$(call sq,$(PART)) queue/quilt $(PATCHES) $(TREE)

series: tree
	@PART=$(call sq,$(PART)) SIGNOFF=$(call sq,$(SIGNOFF)) VERSION=$(call sq,$(VERSION)) \
		queue/series $(PATCHES) $(TREE)

# Debian's configuration is not needed when one is given.
deb: kbuild-path packages tree
	@testbed/install-packages $(BASE) $(call sq,$(KCONFIG)) deb
	@FLAVOUR=$(call sq,$(FLAVOUR)) KCONFIG=$(call sq,$(KCONFIG)) \
		DEBUG_LESS=$(call sq,$(DEBUG_LESS)) queue/deb $(PATCHES) $(TREE) \
		$(ARCH) build/deb$(SUFFIX)

# Of a branch that the user has, or of what make tree lays out.
pull-request: $(if $(KERNEL),,tree)
	@URL=$(call sq,$(URL)) TAG=$(call sq,$(TAG)) \
		MERGE_WITH=$(call sq,$(MERGE_WITH)) queue/pull-request \
		$(PATCHES) $(call sq,$(or $(KERNEL),$(TREE))) \
		$(call sq,$(BRANCH)) $(RESULTS)

# What `make refresh` would write is what is there.
check-drift: tree
	@queue/refresh --check $(PATCHES) $(TREE)
