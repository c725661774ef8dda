// SPDX-License-Identifier: GPL-2.0-only
/*
 * Empty mount namespaces, step by step.
 *
 * unshare(CLONE_NEWNS) copies every mount of the caller, and a container
 * runtime then unmounts the copies again. unshare(UNSHARE_EMPTY_MNTNS) and
 * clone3(CLONE_EMPTY_MNTNS) copy no mount: the only mount in the new mount
 * namespace is its namespace root, an empty directory that never changes
 * (nullfs). The caller mounts the first filesystem on it.
 *
 * new_root() is the function to copy. File descriptors stay open. A file
 * descriptor of a directory leads back to the mounts of before, so a process
 * that is to be confined must not inherit one.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "mntns-sample.h"

/* The mounts of the first process, which is the parent of all others */
static struct mount_list original;

/* The lowest mount, which is its own parent */
static struct mount namespace_root(const struct mount *m)
{
	struct mount below = *m;

	while (below.parent != below.id)
		below = get_mount(below.parent);
	return below;
}

static const char *magic_name(unsigned long magic)
{
	switch (magic) {
	case NULL_FS_MAGIC:
		return "NULL_FS_MAGIC";
	case TMPFS_MAGIC:
		return "TMPFS_MAGIC";
	}
	return "another";
}

static const char *cwd(void)
{
	static char path[PATH_MAX];

	return getcwd(path, sizeof(path)) ?: strerror(errno);
}

/* The mount namespace has one mount, of nullfs, which is empty. */
static void expect_empty(void)
{
	static struct mount_list list;
	const struct mount *root = list.mount;
	struct statfs fs;

	list_mounts(&list);
	step_number("number of mounts", list.n, 1);
	step_text("its type", root->type, "nullfs");
	step_text("its mount point", root->point, "/");
	step_number("its parent (itself)", root->parent_old, root->id_old);
	MUST(statfs("/", &fs));
	step_text("fs.f_type", magic_name(fs.f_type), "NULL_FS_MAGIC");
	step_text("current directory", cwd(), "/");
	FAILS(open("/proc", O_PATH), ENOENT);
	FAILS(open("/new", O_CREAT | O_WRONLY, 0600), ENOENT);
}

/* Mount a filesystem on the empty root and make it the root. */
static void new_root(void)
{
	int fsfd, mfd;

	fsfd = MUST(fsopen("tmpfs", FSOPEN_CLOEXEC));
	MUST(fsconfig(fsfd, FSCONFIG_SET_STRING, "mode", "0755", 0));
	MUST(fsconfig(fsfd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	mfd = MUST(fsmount(fsfd, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV));

	/* "/" is the only mount point... */
	MUST(move_mount(mfd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
	/* ...and stays the nullfs beneath until chroot(). */
	MUST(fchdir(mfd));
	MUST(chroot("."));

	close(mfd);
	close(fsfd);
}

/* The root is the new filesystem, directly on nullfs. */
static void expect_new_root(const struct mount *root)
{
	struct mount below = get_mount(root->parent);
	struct statfs fs;

	step_text("type of the root", root->type, "tmpfs");
	step_text("type of its parent", below.type, "nullfs");
	step_number("parent of that (itself)", below.parent_old, below.id_old);
	MUST(statfs("/", &fs));
	step_text("fs.f_type", magic_name(fs.f_type), "TMPFS_MAGIC");
	FAILS(open("/proc", O_PATH), ENOENT);
}

static void start(void)
{
	struct mount bottom;

	list_mounts(&original);
	bottom = namespace_root(original.mount);
	printf("  Only statmount() finds the namespace root: it is mount %u.\n",
	       bottom.id_old);
	step_text("type of the namespace root", bottom.type, "nullfs");
}

static void plain_unshare(void)
{
	static struct mount_list copy;

	MUST(unshare(CLONE_NEWNS));
	list_mounts(&copy);
	step_number("number of mounts (as before)", count_copied(&copy),
		    count_copied(&original));
}

static void empty_unshare(void)
{
	/* The working directory becomes the empty root, too. */
	MUST(chdir("/proc"));
	MUST(unshare(UNSHARE_EMPTY_MNTNS));
	expect_empty();
}

static void empty_clone3(void)
{
	struct clone_args args = {
		.flags = CLONE_EMPTY_MNTNS,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = syscall(__NR_clone3, &args, sizeof(args));

	if (pid <= 0)
		step_call("clone3({ .flags = CLONE_EMPTY_MNTNS, ... })", pid);
	if (pid == 0) {
		expect_empty();
		exit(0);
	}
	wait_for_steps(pid);
}

static void own_root(void)
{
	static struct mount_list list;
	int dev;

	/* Open the mounts that the new root needs while a path leads to them. */
	dev = MUST(open_tree(AT_FDCWD, "/dev",
			     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	MUST(unshare(UNSHARE_EMPTY_MNTNS));
	new_root();
	MUST(mkdir("/dev", 0755));
	MUST(move_mount(dev, "", AT_FDCWD, "/dev", MOVE_MOUNT_F_EMPTY_PATH));

	list_mounts(&list);
	step_number("number of mounts", list.n, 2);
	expect_new_root(find_mount(&list, "/"));
	MUST(open("/dev/null", O_WRONLY | O_CLOEXEC));
}

static void rootless(void)
{
	static struct mount_list list;

	become_nobody();
	FAILS(unshare(UNSHARE_EMPTY_MNTNS), EPERM);

	MUST(unshare(CLONE_NEWUSER));
	map_nobody_to_root();

	MUST(unshare(UNSHARE_EMPTY_MNTNS));
	expect_empty();
	new_root();
	list_mounts(&list);
	step_number("number of mounts", list.n, 1);
	expect_new_root(find_mount(&list, "/"));
}

static bool same_mount(const struct mount *a, const struct mount *b)
{
	return a->id == b->id && a->parent == b->parent &&
	       !strcmp(a->type, b->type) && !strcmp(a->point, b->point);
}

static void end(void)
{
	static struct mount_list now;
	size_t i, same = 0;

	list_mounts(&now);
	for (i = 0; i < now.n && i < original.n; i++)
		same += same_mount(&now.mount[i], &original.mount[i]);
	step_number("number of mounts (as before)", now.n, original.n);
	step_number("of them the same", same, original.n);
}

static void demonstrate(void)
{
	show_title("1. The mounts of this process",
		   "Each mount namespace has a list of mounts. The lowest mount is the namespace\n"
		   "root, an empty directory that never changes. All others are on top of it.");
	start();
	run("2. unshare(CLONE_NEWNS) copies all mounts",
	    "Container runtimes start with this. The copies take time, and the runtime has\n"
	    "to unmount them again.", plain_unshare);
	run("3. unshare(UNSHARE_EMPTY_MNTNS) copies no mount",
	    "This takes the same time whatever is mounted. No path leads to a file of the\n"
	    "host, and no file can be created.", empty_unshare);
	run("4. clone3() with CLONE_EMPTY_MNTNS does the same for a new process",
	    "The child is in an empty mount namespace, and the parent stays where it is.",
	    empty_clone3);
	run("5. From an empty mount namespace to a root filesystem",
	    "The process opens a copy of /dev before. It mounts a tmpfs, makes it the root,\n"
	    "and mounts /dev there.", own_root);
	run("6. A user without privileges does the same",
	    "Outside of a user namespace, the call fails. Any user may create a user\n"
	    "namespace, and so start a container without root.", rootless);
	show_title("7. The mounts of this process at the end",
		   "All steps were in other mount namespaces, so nothing has changed here.");
	end();
}

/* In a child, which loses its mounts */
static int try_unshare(void)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(unshare(UNSHARE_EMPTY_MNTNS) ? errno : 0);
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

int main(void)
{
	return show("empty mount namespaces", demonstrate,
		    "unshare(UNSHARE_EMPTY_MNTNS)", try_unshare());
}
