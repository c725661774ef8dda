# SPDX-License-Identifier: GPL-2.0-only
# make series
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154,SC2164

series_is_mails_with_a_cover_letter() {
	mk series VERSION=2
	cd build/series
	subject=$(head -n 1 "$OLDPWD/$patches/cover-letter")
	tr -d '\n' <v2-0000-cover-letter.patch |
		grep -F "Subject: [PATCH v2 0/2] $subject"
	grep -F 'From: A Dev <dev@example.org>' v2-0000-cover-letter.patch
	grep 'fs/a.c' v2-0001-*.patch
	[ -f v2-0002-fs-edit-only.patch ]
	! grep Signed-off-by ./*
}

series_is_signed_off_by_its_sender() {
	refuses user.name mk series SIGNOFF=1
	printf '[user]\nname = S\nemail = s@example.org\n' >"$tmp/config"
	GIT_CONFIG_GLOBAL=$tmp/config mk series SIGNOFF=1
	grep 'Signed-off-by: S <s@example.org>' build/series/0002-*.patch
	grep 'From: S <s@example.org>' build/series/0000-*.patch
}

series_refuses_work_not_taken_back() {
	sed -i 's/^1$/one/' "$composed/fs/namespace.c"
	refuses 'make refresh' mk series
}
