# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034
uname=aarch64
triplet=aarch64-linux-gnu
debian=arm64
bits64=arm64
bits32=arm

image=arch/arm64/boot/Image
qemu='qemu-system-aarch64 -machine virt,gic-version=max'
# There is one serial port on the board.
ports='-serial chardev:console -device pci-serial,chardev=results'
console=ttyAMA0
port=ttyS0

# The firmware knows the frequency of the timer.
parameters() { :; }
has_right_clock() { # CONSOLE
	grep -q 'arch_timer: .* timer(s) running at ' "$1"
}
