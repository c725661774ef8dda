# SPDX-License-Identifier: GPL-2.0-only
# 32-bit programs for arm64: there is no such kernel here.
# shellcheck shell=sh disable=SC2034
uname=armv7l
triplet=arm-linux-gnueabihf
debian=armhf
