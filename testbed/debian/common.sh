# SPDX-License-Identifier: GPL-2.0-only
# What the tests share
# shellcheck shell=sh

# selftests COLLECTION: its programs, by the kernel's own runner
selftests() {
	"${0%/*}/kselftest/run_kselftest.sh" -o 600 -c "$1" >said
	grep -v '^# ok' said
	grep '^ok' said
	! grep '^not ok' said
}

# skip REASON: the test has no place on this machine
skip() {
	echo "skip: $*"
	exit 4
}

# container_root DIR: a file system with a program /inside that succeeds if it
# has left ours behind. Its argument is the process id that it's to have.
container_root() {
	mkdir "$1" "$1/bin" "$1/dev" "$1/etc" "$1/proc" "$1/sys" "$1/tmp" \
		"$1/usr"
	cp /bin/busybox "$1/bin"
	for applet in cat grep mount sh sleep umount; do
		ln -s busybox "$1/bin/$applet"
	done
	cat >"$1/inside" <<-'END'
	#!/bin/sh
	set -eux
	export PATH=/bin
	[ "${1-$$}" = $$ ]
	[ -x /inside ]
	[ ! -e /etc/passwd ]
	[ -e /proc/self/mounts ] || mount -t proc proc /proc
	cat /proc/self/mounts
	! grep -e /run/credentials -e /run/user /proc/self/mounts
	END
	chmod +x "$1/inside"
}

# bundle RUNTIME COMMAND: what it's to run, here
bundle() {
	container_root rootfs
	if [ "$(id -u)" = 0 ]; then
		"$1" spec
	else
		"$1" spec --rootless
	fi
	sed -i "s|\"sh\"\$|$2|; s|\"terminal\": true|\"terminal\": false|" \
		config.json
	name=$1-$$
}

run_container() { # RUNTIME [OPTION]
	bundle "$1" '"/inside", "1"'
	"$1" run ${2:+"$2"} "$name"
}

enter_container() { # RUNTIME
	bundle "$1" '"sleep", "60"'
	"$1" run -d "$name" </dev/null >said 2>&1 || {
		cat said
		return 1
	}
	"$1" exec "$name" /inside
	"$1" kill "$name" KILL
	"$1" delete -f "$name"
}

# in_podman OPTION... --rootfs DIR COMMAND...: there is no image to fetch
in_podman() {
	podman ${runtime:+--runtime "$runtime"} run --network none \
		--passwd=false --log-driver none "$@"
}

# unit [SETTING...] COMMAND...: it's run as a service, and forgotten if it fails
unit() { systemd-run -q --collect --wait --pipe "$@"; }

# Debian 13 has util-linux 2.41, and mount --beneath came with 2.42, which the image
# has there, then.
newer_mount() { # COMMAND...
	env PATH="/opt/util-linux/usr/bin:$PATH" \
		LD_LIBRARY_PATH="$(echo /opt/util-linux/usr/lib/*-linux-gnu)" "$@"
}

# mount_beneath UNSHARE-OPTION PATH: exchange what's mounted there for a tmpfs
mount_beneath() {
	# shellcheck disable=SC2016
	newer_mount unshare "$1" sh -euxc '
		mount -V
		mount --beneath -t tmpfs -o size=1M tmpfs "$1"
		umount -l "$1"
		[ "$(stat -f -c %T "$1")" = tmpfs ]
		[ -z "$(ls -A "$1")" ]' sh "$2"
}
