# SPDX-License-Identifier: GPL-2.0-only
.DELETE_ON_ERROR:
.SECONDEXPANSION:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

define help
Empty mount namespaces and their kin for $(BASE:linux-%=Linux %), version $(SERIES).

  make run          boot the patched kernel in QEMU and show every flag
                    (installs what is missing, builds what isn't up to date)
  make shell [FILES="FILE ..."]
                    an interactive shell in that machine, FILEs on its PATH
  make kernel       build the kernel only; prints the image's path last
  make test         everything CI runs
  make test-quick [TESTS="COLLECTION[:PROGRAM] ..."] [BITS=32]
                    the product kernel's tests only, all or these
  make test-rt      the same on a debug kernel with PREEMPT_RT
  make compare      run the kernel's own tests with and without the series
  make userland [SUITE=trixie|forky|sid]
                    run systemd, podman, crun, criu and others in that Debian
                    (trixie is 13), with and without the series; which of them
                    use the flags
  make bench        what mount namespaces cost, in instructions
  make profile      which functions of the kernel take them
  make coverage     which of the series' lines do the tests execute?
  make soak [MINUTES=10] [SEED=N]
                    mount namespaces under pressure, for longer than in a test
  make conformance  the tests on Debian's kernels 7.x, and mainline's tests on
                    this one: where they differ
  make bases        say which of Debian's sources of $(BASE) the series fits
  make explore [SECONDS=300] [SEED=N]
                    look for leaks at random, longer than the tests do
  make explore REPLAY='SEQUENCE'
                    play what a failure has been reduced to

  make tree         lay out base + series as git commits in $(TREE)
  make refresh      take the commits made there back to patches/ and overlay
  make apply KERNEL=DIR [BRANCH=NAME] [ANY_BASE=1]
                    put the series on a new branch of your own kernel tree
  make quilt        write the series to build/quilt, for quilt, Debian's
                    debian/patches and Yocto
  make series [SIGNOFF=1] [VERSION=N]
                    write the series as mails to build/series, as [PATCH vN]
  make deb [FLAVOUR=cloud-amd64] [KCONFIG=FILE] [DEBUG_LESS=1]
                    make Debian packages of the patched kernel, to install, with
                    Debian's configuration or FILE; DEBUG_LESS=1 without BTF
  make pull-request [KERNEL=DIR [BRANCH=NAME]] [URL=...] [TAG=NAME]
                    [MERGE_WITH="BRANCH REPOSITORY#BRANCH ..."]
                    write the mail that asks to pull a branch that has the
                    series, and make the signed tag; sends nothing

  make man [PAGE=fsmount]
                    read what the flags add to the manual pages

  make clean        remove build/, except a tree with work not taken back
  make help         this text

ARCH=x86_64 or ARCH=arm64 with run, shell, kernel, test-quick, soak, explore and
bench: the machine to emulate; the default is this machine's own. The other one
needs a cross compiler, which is installed.

PART="NAME ..." with apply, quilt and series: these parts only. There are
$(PARTS);
all but local are the default.

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
