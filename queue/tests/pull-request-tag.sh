# SPDX-License-Identifier: GPL-2.0-only
# The tag that make pull-request makes
# Variables are run's, and set -e holds.
# shellcheck shell=sh disable=SC2154,SC2164

key() { # that git is configured to sign with
	rm -f "$tmp/key"
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
	printf 's@example.org %s\n' "$(cat "$tmp/key.pub")" >"$tmp/signers"
	cat >"$tmp/config" <<-EOF
	[user] name = S
	[user] email = s@example.org
	[user] signingKey = $tmp/key
	[gpg] format = ssh
	[gpg "ssh"] allowedSignersFile = $tmp/signers
	[color] ui = always
	EOF
	GIT_CONFIG_GLOBAL=$tmp/config
	export GIT_CONFIG_GLOBAL
}

signed_off() { # as applied, and the user has a key
	applied
	key
	git -C "$kernel" checkout -q "$branch"
	git -C "$kernel" rebase -q --signoff HEAD~2
	git -C "$kernel" checkout -q -
}

pull_request_makes_a_signed_tag() {
	signed_off
	sed '/ name/d' "$tmp/config" >"$tmp/nobody"
	GIT_CONFIG_GLOBAL=$tmp/nobody mk pull-request | grep 'a signed tag;'
	mk pull-request TAG=vfs-mntns >"$tmp/said"
	not grep 'a signed tag;' "$tmp/said"
	git -C "$kernel" verify-tag vfs-mntns
	[ "$(git -C "$kernel" rev-parse 'vfs-mntns^{commit}')" = \
		"$(git -C "$kernel" rev-parse "$branch")" ]
	grep -x -F '  *** URL HERE *** tags/vfs-mntns' "$mail"
	grep -x 'signed vfs-mntns tag.' "$mail"
	not grep -e SIGNATURE -e "$(printf '\033')" "$mail"
	cp "$mail" "$tmp/first"
	saved "$kernel"
	mk pull-request TAG=vfs-mntns
	unchanged "$kernel"
	diff "$tmp/first" "$mail"
	mk pull-request
	git -C "$kernel" verify-tag "$(echo "$branch" | tr / -)"
}

pull_request_signs_with_gpg_too() {
	signed_off
	GNUPGHOME=$tmp/gnupg
	export GNUPGHOME
	mkdir -m 700 "$GNUPGHOME"
	gpg -q --batch --passphrase '' --quick-gen-key 'S <s@example.org>' \
		ed25519 sign never
	sed -i '/signingKey/d; /gpg/d' "$tmp/config"
	mk pull-request >"$tmp/said"
	not grep 'a signed tag;' "$tmp/said"
	git -C "$kernel" verify-tag "$(echo "$branch" | tr / -)"
	not grep -e SIGNATURE "$mail"
	gpgconf --kill all
}

pull_request_waits_for_the_sign_off_with_the_tag() {
	applied
	key
	saved "$kernel"
	mk pull-request | grep 'a signed tag: .* when the commits are final'
	unchanged "$kernel"
	grep -x -F "  *** URL HERE *** $branch" "$mail"
}

pull_request_keeps_no_tag_without_a_signature() {
	signed_off
	git -C "$kernel" config user.signingKey "$tmp/no key"
	saved "$kernel"
	mk pull-request | grep 'a signed tag;'
	unchanged "$kernel"
	printf '#!/bin/sh\nexit 1\n' >"$tmp/no-signer"
	chmod +x "$tmp/no-signer"
	git -C "$kernel" config gpg.ssh.program "$tmp/no-signer"
	mk pull-request | grep 'a signed tag;'
	unchanged "$kernel"
}

pull_request_refuses_a_tag_of_something_else() {
	signed_off
	git -C "$kernel" tag -s -m x other HEAD
	pull_request_refuses 'a tag other already|TAG=' TAG=other
	git -C "$kernel" tag light "$branch"
	pull_request_refuses 'a tag light already|TAG=' TAG=light
	git -C "$kernel" tag -a -m x unsigned "$branch"
	pull_request_refuses 'a tag unsigned already|TAG=' TAG=unsigned
	pull_request_refuses 'no name' TAG='a b'
}

pull_request_takes_its_tag_back_when_it_fails() {
	signed_off
	git_fails request-pull 1
	PATH=$tmp/bin:$PATH pull_request_refuses 'request-pull failed'
}
