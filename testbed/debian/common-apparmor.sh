# SPDX-License-Identifier: GPL-2.0-only
# What the tests of AppArmor share
# shellcheck shell=sh disable=SC2154 # variables of common*.sh

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
		under "$launcher" -p none "$@" $root \
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
