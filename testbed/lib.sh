# SPDX-License-Identifier: GPL-2.0-only
# Shared by the scripts of the test bed, on top of the queue's
# shellcheck shell=sh

. queue/lib.sh

# QEMU's arguments for a machine that measures: time is the number of
# instructions, on one processor. Where things are in memory is up to random
# numbers: these and the clock, which goes into them, are the same each time.
# shellcheck disable=SC2034
icount='-icount shift=0,sleep=off -smp 1,sockets=1 -seed 1
	-rtc base=2026-01-01,clock=vm'

# architecture NAME: set what testbed/kernels/arch/NAME.sh says, and $cross, the
# prefix of its compiler: Debian's own one has none.
architecture() {
	arch=$1
	[ -f "testbed/kernels/arch/$arch.sh" ] || die "there is no architecture" \
		"$arch in testbed/kernels/arch"
	# shellcheck source=testbed/kernels/arch/x86_64.sh
	. "testbed/kernels/arch/$arch.sh"
	# shellcheck disable=SC2034
	[ "$uname" = "$(uname -m)" ] && cross='' || cross=$triplet-
}

# renamed PATCHES FRAGMENT: the configuration with the symbols' names of the base
renamed() {
	sed "$(sed -n 's/^# Renamed: \(.*\) \(.*\)$/s,CONFIG_\1\\>,CONFIG_\2,/p' \
		"$1/series")" "$2"
}

# The name of this machine's
own_architecture() {
	own=$(grep -l -x "uname=$(uname -m)" testbed/kernels/arch/*.sh) ||
		die "testbed/kernels/arch has no $(uname -m), as this machine is"
	own=${own##*/}
	echo "${own%.sh}"
}

# Where apt of this machine has Debian from, unless MIRROR says
debian_mirror() {
	command -v apt-get >/dev/null || die "apt-get is not there: this needs Debian"
	# shellcheck disable=SC2016
	mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' \
		'Label: Debian' 'Created-By: Packages' | sort -u | head -n 1)}
	[ -n "$mirror" ] ||
		die "apt has no mirror of Debian: give one, MIRROR=URL"
	echo "$mirror"
}

# How apt of this machine gets there, as lines of a configuration of apt's
apt_network() {
	apt-config dump | grep -E '^Acquire::(https?|Retries|Check-Valid-Until)' || :
}

# private_apt DIR "URL SUITE COMPONENT"...: from here on, apt has these sources only
# and all of its state below DIR. How to reach the mirror is the machine's, whatever
# else there is is not: its apt may have commands that run after each update.
private_apt() {
	keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	[ -r $keyring ] || die "$keyring is not there:" \
		"apt-get install debian-archive-keyring"
	apt=$1
	shift
	rm -rf "$apt"
	mkdir -p "$apt/apt.conf.d" "$apt/preferences.d" \
		"$apt/state/lists/partial" "$apt/cache/archives/partial"
	: >"$apt/status"
	printf "deb [arch=$(dpkg --print-architecture) signed-by=$keyring] %s\n" "$@" \
		>"$apt/sources"
	{
		apt_network
		cat <<-END
		Dir::Etc "$apt";
		Dir::Etc::sourcelist "$apt/sources";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::netrc "/etc/apt/auth.conf";
		Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
		Dir::State "$apt/state";
		Dir::State::status "$apt/status";
		Dir::Cache "$apt/cache";
		Acquire::Languages "none";
		APT::Sandbox::User "";
		END
	} >"$apt/conf"
	export APT_CONFIG="$apt/conf"
}

# join_ktap FILE: what several machines printed, as one
join_ktap() {
	echo 'KTAP version 1'
	awk '
	/^KTAP/ { next }
	/^1\.\./ { planned += substr($0, 4); next }
	/^(not )?ok [0-9]+ / { sub(/[0-9]+/, ++number) }
	{ print }
	END { print "1.." planned }' "$1"
}
