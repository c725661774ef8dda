# SPDX-License-Identifier: GPL-2.0-only
# Compiled only: there is no machine of it here.
# shellcheck shell=sh disable=SC2034
uname=s390x
triplet=s390x-linux-gnu
