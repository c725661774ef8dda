# SPDX-License-Identifier: GPL-2.0-only
# The machine is the one of x86_64.
# shellcheck shell=sh disable=SC2034
. testbed/kernels/arch/x86_64.sh
uname=i686
triplet=i686-linux-gnu
debian=i386
