// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mount beneath another mount: switch the root, replace a locked mount.
 *
 * move_mount(MOVE_MOUNT_BENEATH) mounts beneath the topmost mount at its target.
 * Beneath the root, this switches the root filesystem. It needs no directory for
 * the old root and, unlike pivot_root(), moves no task but the caller. All mounts
 * that a user namespace inherits are locked. A mount beneath a locked mount takes
 * over the lock: the old mount can be unmounted, and what it hid stays hidden.
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

/* A detached mount of a new tmpfs */
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

/* Make a copy of the tree at @path the root, and unmount the old root. */
static void switch_root(const char *path)
{
	__u64 old = mount_id("/"), below = get_mount(old).parent;
	int fd;

	/*
	 * The umount at the end propagates. If the old root were shared, the
	 * mounts below its peers, such as the host's, would be unmounted.
	 */
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	fd = MUST(open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | AT_RECURSIVE |
			    OPEN_TREE_CLOEXEC));
	MUST(fchdir(fd));
	MUST(move_mount(fd, "", AT_FDCWD, "/",
			MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
	close(fd);

	/* The old root is now on the new one, and still the root of all tasks... */
	step_number("mount id of /", mount_id("/"), old);
	step_number("its parent", get_mount(old).parent, mount_id("."));
	step_number("parent of that", get_mount(mount_id(".")).parent, below);

	/* ...until the caller moves to the new one and unmounts the old one. */
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
	step_text("content of /hello", read_file("/hello"), "the new root");
	FAILS(open("/proc", O_PATH), ENOENT);
	FAILS(open("../proc", O_PATH), ENOENT);
}

/* Run @part, and compare the root of another process before and after it. */
static void with_other_process(void (*part)(void), const char *what,
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

/* Enter a copy of the mount namespace, from which nothing propagates. */
static void enter_copy(void)
{
	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	make_root();
}

static void beneath(void)
{
	enter_copy();
	with_other_process(switch_beneath, "root of another process",
			   "the old one");
}

static void pivot(void)
{
	enter_copy();
	with_other_process(switch_by_pivot, "root of another process",
			   "the new one");
}

/* Become root in a user namespace that owns a copy of the mount namespace. */
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
	/* What the old root hid stays hidden: the new root is locked. */
	FAILS(umount2("/", MNT_DETACH), EINVAL);
}

/* Replace the locked mount at @path by an empty directory. */
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
	/* The new mount is locked, and no full proc can be mounted again. */
	FAILS(umount2("/proc", MNT_DETACH), EINVAL);
	FAILS(mount("proc", "/tmp", "proc", 0, NULL), EPERM);
}

static void demonstrate(void)
{
	static struct mount_list list;

	show_title("1. The mounts of this process",
		   "The mount at / is its root.");
	list_mounts(&list);
	run("2. Switch the root by a mount beneath it",
	    "Only the process that asks for it moves to the new root. The time does not\n"
	    "depend on the number of processes.", beneath);
	run("3. Switch the root by pivot_root()",
	    "This moves every other process in the mount namespace as well.", pivot);
	run("4. A user without privileges switches the root by a mount beneath it",
	    "In a user namespace, the root is locked: unmounting it would reveal what it\n"
	    "hides. The new root takes over the lock.", rootless);
	run("5. A user without privileges replaces an inherited /proc",
	    "The /proc of the host is locked, too. An empty directory takes over the lock,\n"
	    "so that the container can be rid of the host's processes.", inherited_proc);
}

/* In a child, since the call may succeed */
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
