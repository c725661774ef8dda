# SPDX-License-Identifier: GPL-2.0-only
# Mount namespaces that are kept, for tests that do something to them
# shellcheck shell=sh

launcher=${0%/*}/mntns-launch

# hold COMMAND...: what that starts, in a namespace, waits for release; it's $held
hold() {
	mkfifo go ready
	"$@" /bin/busybox sh -c 'echo; read -r _ || :' <go >ready &
	holder=$!
	exec 8>go
	read -r _ <ready
	held=$holder
	while child=$(pgrep -P "$held"); do
		held=$child
	done
}
release() {
	exec 8>&-
	wait "$holder"
	rm go ready
}

# As snapd has it: a private mount of its own, in which the mount namespace of each
# application is kept
pins=/run/snapd/ns

pin() { # NAME COMMAND...: the namespace in which that starts a program
	pinned=$pins/$1.mnt
	shift
	if ! mountpoint -q $pins; then
		mkdir -p $pins
		mount --bind --make-private $pins $pins
	fi
	hold "$@"
	touch "$pinned"
	mount --bind "/proc/$held/ns/mnt" "$pinned"
	release
}

# Nothing else keeps it.
joins_and_discards() {
	nsenter --mount="$pinned" /bin/busybox true
	umount -l "$pinned"
	rm "$pinned"
}

# survives_criu [OPTION...]: a task in the namespace that the launcher makes so is
# dumped, and restored in one that criu makes
survives_criu() {
	container_root root
	hold "$launcher" -p none "$@"
	# shellcheck disable=SC2016
	# Of the launcher's namespaces it has this one only, and no file of others.
	nsenter -m -t "$held" /bin/busybox setsid /bin/busybox sh -c '
		exec <>/said >&0 2>&0
		state=kept
		trap "echo \$state" USR1
		while /bin/busybox sleep 1; do :; done' </dev/null 8>&- &
	task=$!
	sleep 3
	release
	cp -a "/proc/$task/root/." copy
	mount --bind --make-private copy copy
	mkdir images
	criu dump -v2 -o dump.log -D images -t $task --root "$PWD/copy" || {
		tail -n 12 images/dump.log
		return 1
	}
	criu restore -v2 -o restore.log -D images -d --root "$PWD/copy" || {
		tail -n 12 images/restore.log
		return 1
	}
	kill -USR1 $task
	sleep 3
	grep kept copy/said
	[ "$(readlink /proc/$task/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ]
	kill -KILL $task
	umount copy
}
