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

# unit [SETTING...] COMMAND...: it's run as a service, and forgotten if it fails
unit() { systemd-run -q --collect --wait --pipe "$@"; }

# mount_beneath UNSHARE-OPTION PATH: exchange what's mounted there for a tmpfs.
# Debian 13 has util-linux 2.41, and the option came with 2.42.
mount_beneath() {
	# shellcheck disable=SC2016
	unshare "$1" sh -euxc '
		export PATH="/opt/util-linux/usr/bin:$PATH"
		LD_LIBRARY_PATH=$(echo /opt/util-linux/usr/lib/*-linux-gnu)
		export LD_LIBRARY_PATH
		mount -V
		mount --beneath -t tmpfs -o size=1M tmpfs "$1"
		umount -l "$1"
		[ "$(stat -f -c %T "$1")" = tmpfs ]
		[ -z "$(ls -A "$1")" ]' sh "$2"
}

# profile FLAGS RULES: load it. It allows everything that is not about mounts.
profile() {
	apparmor_parser -r <<-END
	include <tunables/global>
	profile mntns flags=($1) {
		file,
		capability,
		network,
		signal,
		ptrace,
		unix,
		$2
	}
	END
}

under() { aa-exec -p mntns -- "$@"; }

# classic SOURCE [OPTION...]: by the system calls from before fsmount(), which
# busybox still makes
classic() {
	mkdir new
	# shellcheck disable=SC2016
	under unshare -m /bin/busybox sh -euxc '
		/bin/busybox mount "$@" new
		[ -e new/bin/busybox ] || /bin/busybox cp -r root/bin new
		cd new
		/bin/busybox pivot_root . .
		/bin/busybox umount -l .' sh "$@"
}

refuses_classic() { # SOURCE [OPTION...]
	if classic "$@" >said 2>&1; then
		cat said
		return 1
	fi
	cat said
	grep -i 'permission denied' said
}

# launch [OPTION...]: the launcher of the samples, into a tmpfs (by fsmount())
# and into a tree (by open_tree())
launch() {
	launched=0
	for root in '' '-d root'; do
		# shellcheck disable=SC2086
		under "${0%/*}/mntns-launch" -p none "$@" $root \
			/bin/busybox true || launched=$?
	done >said 2>&1
	cat said
	return $launched
}

# refuses_flags ERROR: both calls fail with that
refuses_flags() {
	if launch -w namespace; then
		return 1
	fi
	grep "^  namespace: fsmount(.*): $1" said
	grep "^  namespace: open_tree(.*): $1" said
}

# takes WAY: the best that there is, for both
takes() {
	launch
	[ "$(grep -c "way: $1," said)" = 2 ]
}

has_no_way() {
	if launch; then
		return 1
	fi
	[ "$(grep -c 'no way to the new root' said)" = 2 ]
}
