# SPDX-License-Identifier: GPL-2.0-only
.DELETE_ON_ERROR:
.SECONDEXPANSION:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

define help
The mount namespace flags of Linux 7.1 for $(BASE:linux-%=Linux %), version $(SERIES).

  make run          boot the patched kernel in QEMU and show every flag
                    (installs missing packages, builds what is not up to date)
  make shell [FILES="FILE ..."]
                    open a shell in that machine, with the FILEs in its PATH
  make kernel       build the kernel only; the last line is the image's path
  make test         run all that CI runs
  make test-quick [TESTS="COLLECTION[:PROGRAM] ..."] [BITS=32]
                    run the product kernel's tests only, all or these
  make test-rt      run them all on a debug kernel with PREEMPT_RT
  make compare      run the kernel's own tests with and without the series
  make userland [SUITE=trixie|forky|sid]
                    run systemd, podman, crun, criu and others in that Debian
                    (trixie is 13), with and without the series, and report
                    which of them use the flags
  make bench        measure what mount namespaces cost, in instructions
  make profile      count the instructions of each function of the kernel
  make coverage     report which lines of the series the tests execute
  make soak [MINUTES=10] [SEED=N]
                    test mount namespaces under pressure, longer than make test
  make conformance  run the tests on Debian's kernels 7.x, and mainline's tests
                    on this kernel, and report where they differ
  make bases        report which sources of $(BASE) in Debian the series fits
  make explore [SECONDS=300] [SEED=N]
                    look for leaks at random, longer than make test
  make explore REPLAY='SEQUENCE'
                    replay the sequence that a failure has printed

  make tree         lay out base + series as git commits in $(TREE)
  make refresh [OWN="FILE ..."]
                    take the commits made there back to patches/ and overlay,
                    the edits of these FILEs of the overlay to patches/, too
  make apply KERNEL=DIR [BRANCH=NAME] [ANY_BASE=1]
                    put the series on a new branch of your own kernel tree
  make quilt        write the series to build/quilt, for quilt, Debian's
                    debian/patches and Yocto
  make series [SIGNOFF=1] [VERSION=N]
                    write the series as mails to build/series, as [PATCH vN]
  make deb [FLAVOUR=cloud-amd64] [KCONFIG=FILE] [DEBUG_LESS=1]
                    build Debian packages of the patched kernel, to install,
                    with Debian's configuration or FILE; DEBUG_LESS=1 without
                    BTF
  make deb-test     install that package in a Debian 13 in QEMU, boot it, test
                    it, and remove it again
  make pull-request [KERNEL=DIR [BRANCH=NAME]] [URL=...] [TAG=NAME]
                    [MERGE_WITH="BRANCH REPOSITORY#BRANCH ..."]
                    write the mail that asks to pull a branch that has the
                    series, and make the signed tag; sends nothing

  make man [PAGE=fsmount]
                    show the manual pages with the flags added

  make clean        remove build/, except a tree with work not taken back
  make help         show this text

ARCH=x86_64 or ARCH=arm64 with run, shell, kernel, test-quick, soak, explore and
bench: the machine to emulate; the default is the architecture of this machine.
The other one needs a cross compiler, which make installs.

BASE=NAME: another base than $(DEFAULT_BASE). There is $(filter-out \
	$(DEFAULT_BASE),$(notdir $(wildcard patches/linux-*))).

PART="NAME ..." with apply, quilt and series: these parts only. There are
$(PARTS);
all but local, and those that are mailed apart, are the default.

KERNEL=DIR with the other commands: build on that kernel (a git tree's HEAD, or
an unpacked tarball) instead of Debian's $(PACKAGE). Each such kernel
has its own tree, build/tree-<its path>.
endef

.PHONY: help clean man
help:
	$(info $(help))
	@:

clean:
	@queue/clean

# Either of two programs will do to show them.
man:
	@command -v man >/dev/null || command -v mandoc >/dev/null || \
		testbed/install-packages $(BASE) $(call sq,$(KERNEL)) docs
	@man/show $(call sq,$(PAGE))

include queue/queue.mk
include testbed/testbed.mk
include testbed/compare.mk
include testbed/debian/debian.mk
include testbed/bench/bench.mk
