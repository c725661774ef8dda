# SPDX-License-Identifier: GPL-2.0-only
# Compilers: new warnings in what the series touches
# Variables are static's.
# shellcheck shell=sh disable=SC2154

selftests=tools/testing/selftests

# configure OUT: as the product kernel is, without a machine if there is none
configure() {
	at "$tip" || return
	mkdir -p "$check/$1"
	for fragment in "$own" product; do
		renamed "$patches" "testbed/kernels/$fragment.config" 2>/dev/null || :
	done >"$check/$1/fragment.new"
	cmp -s "$check/$1/fragment.new" "$check/$1/fragment" && return
	progress "$1: configuring"
	testbed/kernels/kbuild "$work" "$check/$1" "$own" -s tinyconfig &&
		"$work/scripts/kconfig/merge_config.sh" -m -O "$check/$1" \
			"$check/$1/.config" "$check/$1/fragment.new" \
			>/dev/null &&
		testbed/kernels/kbuild "$work" "$check/$1" "$own" -s olddefconfig &&
		mv "$check/$1/fragment.new" "$check/$1/fragment"
}

# Objects of the kernel but $without, directories of samples
targets() {
	touched -- '*.c' ':!samples' ':!tools' ${without:+":!$without"} | sed 's/c$/o/'
	touched -- samples | sed 's,/[^/]*$,/,' | sort -u
}

# compile OUT [ARGUMENT...]: make the targets, write warnings to $notes/OUT
compile() {
	out=$1
	shift
	# shellcheck disable=SC2046
	testbed/kernels/kbuild "$work" "$check/$out" "$own" -s --output-sync=target \
		W=1 "$@" $(targets) >"$notes/$out.log" 2>&1 </dev/null || {
		warnings <"$notes/$out.log" | grep -w error ||
			tail -n 12 "$notes/$out.log"
		return 1
	}
	warnings <"$notes/$out.log" >"$notes/$out"
}

# Objects of the base are always made anew, since only then all warnings show.
compile_base() { # OUT [ARGUMENT...]
	configure "$1" && at base || return
	progress "$1: building the base's objects"
	targets | sed "s,^,$check/$1/," | grep '\.o$' | xargs rm -f
	compile "$@" && mv "$notes/$1" "$notes/$1.base"
}

# make_selftests gcc|clang ARCH: those in whose directories the files named on
# standard input are; print warnings
make_selftests() (
	architecture "$2"
	case $1 in
	gcc) compiler=${cross}gcc ;;
	clang) compiler="clang --target=$triplet" ;;
	esac
	sed 's,/[^/]*$,,' | sort -u | while IFS= read -r dir; do
		[ -e "$work/$dir/Makefile" ] || continue
		out=$PWD/$check/selftests-$1-$2/$dir
		rm -rf "$out"
		mkdir -p "$out"
		{
			make -s -C "$work/$dir" OUTPUT="$out" CC="$compiler" \
				KHDR_INCLUDES="-isystem $PWD/$check/headers-$2/usr/include" ||
				echo 'make: error: failed'
		} </dev/null 2>&1 | warnings | sed "s,^,$dir/,"
	done
)
headers() { # ARCH
	testbed/kernels/kbuild "$work" "$check/headers-$1" "$1" -s headers \
		</dev/null >&2
}
selftests() {
	for programs in $bits64 $bits32; do
		headers "$programs" || return
		for compiler in gcc clang; do
			touched -- "$selftests/*.[ch]" |
				make_selftests $compiler "$programs" \
					>"$notes/selftests-$compiler-$programs" &
		done
	done
	wait
	cat "$notes"/selftests-*-*
}
before_selftests_build_with_gcc_and_clang() { configure gcc && note selftests; }
selftests_build_with_gcc_and_clang() {
	compare selftests || way_out "correct them in $tree"
}

# check_commit COMMIT: its objects, samples and selftests; report things once
check_commit() {
	at "$1" || return
	: >"$notes/gcc"
	kgit -C "$tree" diff --quiet "$1^" "$1" -- ':!tools' ':!Documentation' ||
		compile gcc C=1 || return
	kgit -C "$tree" diff --name-only "$1^" "$1" -- "$selftests/*.[ch]" |
		make_selftests gcc "$own" >>"$notes/gcc"
	only_new "$notes/gcc.base" "$notes/gcc" >"$notes/new" && return
	cat "$notes/new"
	cat "$notes/new" >>"$notes/gcc.base"
	return 1
}
before_every_commit_builds_with_gcc_and_sparse() {
	compile_base gcc C=1 && note selftests &&
		cat "$notes/selftests.base" >>"$notes/gcc.base"
}
every_commit_builds_with_gcc_and_sparse() {
	bad=0
	for commit in $commits; do
		subject=$(kgit -C "$tree" log -1 --format=%s "$commit")
		progress "gcc and sparse: $subject"
		check_commit "$commit" || {
			bad=1
			echo "^ $subject"
		}
	done
	! grep -q 'sparse is not available' "$notes/gcc.log" ||
		echo "note: this sparse knows too little for the base: it checked nothing"
	[ $bad = 0 ] || way_out "git -C $tree rebase -i base, correct these" \
		"commits, make refresh"
}

before_series_builds_with_clang() { CC=clang compile_base clang; }
series_builds_with_clang() {
	at "$tip" || return
	! CC=clang compile clang ||
		! only_new "$notes/clang.base" "$notes/clang" || return 0
	way_out "correct this in $tree; the whole log: $notes/clang.log"
}

# No machine here is of these: objects of the series' own, without any warning
series_builds_for_riscv64_and_s390x() (
	prepare_work || return
	for own in riscv s390; do
		configure "$own" || return
		progress "$own: building the series' objects"
		compile "$own" W=e || return
	done
)
