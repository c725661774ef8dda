# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034
uname=x86_64
triplet=x86_64-linux-gnu
debian=amd64
bits64=x86_64
bits32=i386

# Booted through PVH
image=vmlinux
qemu='qemu-system-x86_64'
ports='-serial chardev:console -serial chardev:results'
console=ttyS0
port=ttyS1

# The kernel measures the time stamp counter, and on a busy machine so wrong that
# its clock goes up to a hundred times too fast. TCG's counter is this machine's,
# but for -icount, where it is right.
tsc() {
	source=testbed/machine/tsc.c
	if [ ! -x build/tsc ] || [ -n "$(find $source -newer build/tsc)" ]; then
		mkdir -p build
		gcc -O2 -o build/tsc.$$ $source
		mv build/tsc.$$ build/tsc
	fi
	build/tsc
}
parameters() {
	case ${QEMU_ARGS-} in
	*-icount*) khz=0 ;;
	*) khz=$(tsc) ;;
	esac
	[ "$khz" = 0 ] || echo "tsc_early_khz=$khz"
	echo tsc=reliable no_timer_check
}

# Is it the counter's real frequency, but for a percent, whatever the load is?
has_right_clock() { # CONSOLE
	tr -d '\r' <"$1" | awk -v khz="$(tsc)" '
		/ tsc: Detected [0-9.]+ MHz/ { mhz = $(NF - 2) }
		END { exit !(khz == 0 || mhz / khz > .00099 && mhz / khz < .00101) }'
}
