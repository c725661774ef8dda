# SPDX-License-Identifier: GPL-2.0-only
# What the series touches compiles without each option that it may have to do
# without, and for real time
# Variables are static's.
# shellcheck shell=sh disable=SC2034,SC2154

# set_options OUT OPTION=VALUE...: as OUT/plain, but for these
set_options() {
	out=$1
	shift
	printf 'CONFIG_%s\n' "$@" >"$check/$out/options"
	"$work/scripts/kconfig/merge_config.sh" -m -O "$check/$out" \
		"$check/$out/plain" "$check/$out/options" \
		>/dev/null &&
		testbed/kernels/kbuild "$work" "$check/$out" "$own" -s olddefconfig
	for option; do
		case $option in
		*=n) ! grep -q "^CONFIG_${option%=n}=y" "$check/$out/.config" ;;
		*) grep -q "^CONFIG_$option" "$check/$out/.config" ;;
		esac || {
			echo "CONFIG_$option is overruled by another option"
			return 1
		}
	done
}

series_builds_with_options_left_out() {
	prepare_work || return
	bad=0
	rm -f "$check/options/fragment"
	configure options || return
	cp "$check/options/.config" "$check/options/plain"
	for options in SMP=n PROC_FS=n SYSFS=n SECURITY=n USER_NS=n \
		NAMESPACES=n DEVTMPFS=n MEMCG=n PREEMPT_RT=y 'PROC_SYSCTL=n SYSCTL=n' \
		'DNOTIFY=n INOTIFY_USER=n FANOTIFY=n FSNOTIFY=n'
	do
		progress "building with $options"
		case $options in
		PROC_FS=n) without=fs/proc ;;
		DEVTMPFS=n) without=drivers/base/devtmpfs.c ;;
		*FSNOTIFY=n) without=fs/notify ;;
		*) without= ;;
		esac
		# shellcheck disable=SC2086
		if ! set_options options $options || ! compile options W=e; then
			echo "^ with $options"
			bad=1
		fi
	done
	[ $bad = 0 ] || way_out "correct this in $tree"
}
