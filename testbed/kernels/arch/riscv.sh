# SPDX-License-Identifier: GPL-2.0-only
# Compiled only: there is no machine of it here.
# shellcheck shell=sh disable=SC2034
uname=riscv64
triplet=riscv64-linux-gnu
