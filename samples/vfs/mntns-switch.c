// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mount beneath another one: switch the root, shed a locked mount.
 *
 * move_mount(MOVE_MOUNT_BENEATH) slides a mount under the topmost one of its
 * target. Under the root, that makes a switch of the root file system which
 * needs no directory for the old root and, unlike pivot_root(), moves no task
 * but the caller. Beneath a locked mount, as all mounts are that a user namespace
 * inherits, the new mount takes over the lock: the old one can be unmounted, and
 * what it hid stays hidden.
 *
 * switch_root() and shed() are the functions to copy.
 */
#define _GNU_SOURCE
#include <sys/stat.h>

#include "mntns-sample.h"

/* In case the headers are older than the kernel */
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH	0x00000200
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE	0x00004000U
#endif

static __u64 mount_id(const char *path)
{
	struct statx sx;

	if (statx(AT_FDCWD, path, 0, STATX_MNT_ID_UNIQUE, &sx) < 0)
		step_call("statx(AT_FDCWD, path, 0, STATX_MNT_ID_UNIQUE, &sx)",
			  -1);
	return sx.stx_mnt_id;
}

/* A tmpfs that isn't mounted anywhere yet */
static int new_tmpfs(void)
{
	int fsfd, mfd;

	fsfd = MUST(fsopen("tmpfs", FSOPEN_CLOEXEC));
	MUST(fsconfig(fsfd, FSCONFIG_SET_STRING, "mode", "0755", 0));
	MUST(fsconfig(fsfd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	mfd = MUST(fsmount(fsfd, FSMOUNT_CLOEXEC, 0));
	close(fsfd);
	return mfd;
}

static void make_root(void)
{
	MUST(mount("tmpfs", "/tmp", "tmpfs", 0, "mode=0755"));
	MUST(write_file("/tmp/hello", "the new root"));
}

/* Make a copy of what's at @path the root, and let go of the old one. */
static void switch_root(const char *path)
{
	__u64 old = mount_id("/"), below = get_mount(old).parent;
	int fd;

	/*
	 * The umount() at the end propagates. If the old root was shared, it
	 * would unmount what its peers, such as the host, have below it.
	 */
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	fd = MUST(open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | AT_RECURSIVE |
			    OPEN_TREE_CLOEXEC));
	MUST(fchdir(fd));
	MUST(move_mount(fd, "", AT_FDCWD, "/",
			MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
	close(fd);

	/* The old root is still that of all tasks, but on the new one now... */
	step_number("mount id of /", mount_id("/"), old);
	step_number("its parent", get_mount(old).parent, mount_id("."));
	step_number("parent of that", get_mount(mount_id(".")).parent, below);

	/* ...onto which the caller steps, and unmounts what's on top of it. */
	MUST(chroot("."));
	MUST(umount2(".", MNT_DETACH));
}

static void expect_new_root(void)
{
	static struct mount_list list;

	list_mounts(&list);
	step_number("number of mounts", list.n, 1);
	step_text("its type", list.mount[0].type, "tmpfs");
	step_text("type of its parent", get_mount(list.mount[0].parent).type,
		  "nullfs");
	step_text("what /hello says", read_file("/hello"), "the new root");
	FAILS(open("/proc", O_PATH), ENOENT);
	FAILS(open("../proc", O_PATH), ENOENT);
}

/* Do @part while another process, which lives in the same root, looks on. */
static void with_onlooker(void (*part)(void), const char *what,
			  const char *expected)
{
	__u64 before = mount_id("/");
	int done[2];
	pid_t pid;

	MUST(pipe2(done, O_CLOEXEC));
	pid = fork();
	if (pid < 0)
		step_call("fork()", pid);
	if (pid == 0) {
		char c;

		close(done[1]);
		if (read(done[0], &c, 1))
			exit(1);
		step_text(what, mount_id("/") == before ? "the old one" :
			  "the new one", expected);
		exit(0);
	}
	close(done[0]);
	part();
	close(done[1]);
	wait_for_steps(pid);
}

static void switch_beneath(void)
{
	switch_root("/tmp");
	expect_new_root();
}

static void switch_by_pivot(void)
{
	MUST(chdir("/tmp"));
	MUST(pivot_root(".", "."));
	MUST(umount2(".", MNT_DETACH));
	expect_new_root();
}

/* A copy of the mount namespace to work in */
static void enter_copy(void)
{
	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	make_root();
}

static void beneath(void)
{
	enter_copy();
	with_onlooker(switch_beneath, "root of another process",
		      "the old one");
}

static void pivot(void)
{
	enter_copy();
	with_onlooker(switch_by_pivot, "root of another process",
		      "the new one");
}

/* From a user without privileges to root in a user namespace with mounts */
static void become_rootless(void)
{
	become_nobody();
	MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
	map_nobody_to_root();
}

static void rootless(void)
{
	become_rootless();
	FAILS(umount2("/", MNT_DETACH), EINVAL);
	make_root();
	switch_root("/tmp");
	expect_new_root();
	/* What the old root covered is none of the caller's business. */
	FAILS(umount2("/", MNT_DETACH), EINVAL);
}

/* Exchange the locked mount at @path for an empty directory. */
static void shed(const char *path)
{
	int fd = new_tmpfs();

	MUST(move_mount(fd, "", AT_FDCWD, path,
			MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
	MUST(umount2(path, MNT_DETACH));
	close(fd);
}

static void inherited_proc(void)
{
	static struct mount_list list;

	become_rootless();
	FAILS(umount2("/proc", MNT_DETACH), EINVAL);
	shed("/proc");

	list_mounts(&list);
	step_text("type of /proc", find_mount(&list, "/proc")->type, "tmpfs");
	FAILS(open("/proc/self", O_PATH), ENOENT);
	/* The lock is on the new mount, and there's no way back to a proc. */
	FAILS(umount2("/proc", MNT_DETACH), EINVAL);
	FAILS(mount("proc", "/tmp", "proc", 0, NULL), EPERM);
}

static void demonstrate(void)
{
	static struct mount_list list;

	printf("1. The mounts that this process has\n\n");
	list_mounts(&list);
	run("2. A switch of the root: beneath the old one", beneath);
	run("3. The same by pivot_root(), which moves others along", pivot);
	run("4. Beneath the root, by a user without privileges", rootless);
	run("5. An inherited /proc, exchanged for an empty directory",
	    inherited_proc);
}

/* In a child, since it may work */
static int try_beneath(void)
{
	pid_t pid = fork();
	int status = 0, fd;

	if (pid == 0) {
		if (unshare(CLONE_NEWNS) ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
			_exit(errno);
		fd = open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE);
		if (fd < 0 || move_mount(fd, "", AT_FDCWD, "/",
					 MOVE_MOUNT_F_EMPTY_PATH |
					 MOVE_MOUNT_BENEATH))
			_exit(errno);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

int main(void)
{
	umask(022);
	return show("mounts beneath the root and beneath locked mounts",
		    demonstrate, "move_mount(MOVE_MOUNT_BENEATH) to /",
		    try_beneath());
}
