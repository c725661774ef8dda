// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mount namespaces that begin with the root filesystem of a container.
 *
 * The root is a new filesystem or a copy of a directory tree.
 * fsmount(FSMOUNT_NAMESPACE) returns a file descriptor of a new mount namespace
 * whose root is a new filesystem. open_tree(OPEN_TREE_NAMESPACE) returns one
 * whose root is a copy of a directory tree. setns() enters the mount namespace.
 * No other mount of the caller is copied, so none has to be unmounted.
 *
 * enter_tmpfs() is the function to copy, for rootless containers together with
 * rootless_root() and mount_tasks(). File descriptors stay open across setns().
 * A file descriptor of a directory leads back to the mounts of before, so a
 * process that is to be confined must not inherit one.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <linux/nsfs.h>

#include "mntns-sample.h"

/* In case the headers are older than the kernel */
#ifndef NS_GET_MNTNS_ID
#define NS_GET_MNTNS_ID		_IOR(0xb7, 0x5, __u64)
#endif

#define PROC_ATTRS	(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | \
			 MOUNT_ATTR_NOEXEC)

/* The mounts of the first process, which is the parent of all others */
static struct mount_list original;

/* MUST(), for calls that say_calls() counts */
#define COUNT(call)	(calls++, step_call(#call, call))
static unsigned int calls;

static void say_calls(const char *what)
{
	printf("\n      %u calls %s\n\n", calls, what);
	calls = 0;
}

/* A container whose root is a new tmpfs has one mount and no file. */
static struct mount expect_tmpfs(void)
{
	static struct mount_list list;

	list_mounts(&list);
	step_number("number of mounts", list.n, 1);
	step_text("its type", list.mount[0].type, "tmpfs");
	step_text("its mount point", list.mount[0].point, "/");
	FAILS(open("/proc", O_PATH), ENOENT);
	return list.mount[0];
}

/* Enter a mount namespace whose root is a new filesystem. */
static void enter_tmpfs(void)
{
	int fsfd, nsfd;

	fsfd = COUNT(fsopen("tmpfs", FSOPEN_CLOEXEC));
	COUNT(fsconfig(fsfd, FSCONFIG_SET_STRING, "mode", "0755", 0));
	COUNT(fsconfig(fsfd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	say_calls("create the filesystem");

	nsfd = COUNT(fsmount(fsfd, FSMOUNT_NAMESPACE | FSMOUNT_CLOEXEC,
			     MOUNT_ATTR_NODEV));
	COUNT(setns(nsfd, CLONE_NEWNS));
	say_calls("make it the root of this process");

	close(nsfd);
	close(fsfd);
}

static void one_call(void)
{
	struct mount root, below;

	enter_tmpfs();
	root = expect_tmpfs();
	below = get_mount(root.parent);
	step_text("type of its parent", below.type, "nullfs");
	step_number("parent of that (itself)", below.parent_old, below.id_old);
}

/* The result is the same, but all mounts are copied in between. */
static void classic(void)
{
	static struct mount_list copy, with_root;

	COUNT(unshare(CLONE_NEWNS));
	list_mounts(&copy);
	step_number("mounts copied", copy.n, count_copied(&original));

	/* Otherwise, the changes below would propagate to the originals. */
	COUNT(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("tmpfs", "/tmp", "tmpfs", MS_NODEV, "mode=0755"));
	COUNT(chdir("/tmp"));
	COUNT(pivot_root(".", "."));
	list_mounts(&with_root);
	COUNT(umount2(".", MNT_DETACH));
	say_calls("make the new filesystem the root of this process");

	expect_tmpfs();
	step_number("mounts unmounted (the copies)", with_root.n - 1,
		    copy.n);
}

/* In a new mount namespace: when the process ends, nothing is left. */
static void make_tree(void)
{
	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("tmpfs", "/tmp", "tmpfs", 0, "mode=0755"));
	MUST(mkdir("/tmp/tree", 0755));
	MUST(mkdir("/tmp/tree/sub", 0755));
	MUST(write_file("/tmp/tree/file", "original"));
	MUST(write_file("/tmp/tree/sub/hidden", ""));
	MUST(mount("tmpfs", "/tmp/tree/sub", "tmpfs", 0, "mode=0755"));
	MUST(write_file("/tmp/tree/sub/on-top", ""));
}

static __u64 get_id(const char *whose, int nsfd)
{
	__u64 id = 0;

	MUST(ioctl(nsfd, NS_GET_MNTNS_ID, &id));
	printf("      %s mount namespace: %llu\n", whose,
	       (unsigned long long)id);
	return id;
}

/* Enter a copy of the tree; return how many mounts it has. */
static size_t enter_copy(int nsfd)
{
	static struct mount_list list;
	int own = MUST(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
	__u64 own_id = get_id("this process's", own);
	__u64 id = get_id("the new", nsfd);

	step_text("are they the same", id == own_id ? "yes" : "no", "no");
	close(own);

	MUST(setns(nsfd, CLONE_NEWNS));
	list_mounts(&list);
	step_number("mount namespace of /", find_mount(&list, "/")->ns, id);
	step_text("content of /file", read_file("/file"), "original");
	FAILS(open("/proc", O_PATH), ENOENT);
	return list.n;
}

static void whole_tree(void)
{
	int nsfd;

	nsfd = MUST(open_tree(AT_FDCWD, "/tmp/tree", OPEN_TREE_NAMESPACE |
			      AT_RECURSIVE | OPEN_TREE_CLOEXEC));
	step_number("number of mounts", enter_copy(nsfd), 2);
	MUST(open("/sub/on-top", O_PATH | O_CLOEXEC));
}

/* The owner could unmount the mount below, so a copy may leave it out. */
static void single_mount(void)
{
	int nsfd;

	nsfd = MUST(open_tree(AT_FDCWD, "/tmp/tree",
			      OPEN_TREE_NAMESPACE | OPEN_TREE_CLOEXEC));
	step_number("number of mounts", enter_copy(nsfd), 1);
	MUST(open("/sub/hidden", O_PATH | O_CLOEXEC));
}

/*
 * Root in a user namespace that does not own the mount namespace: what a mount
 * hides in the original stays hidden in the copy, since the copy is locked.
 */
static void unprivileged_tree(void)
{
	int nsfd;

	become_nobody();
	FAILS(open_tree(AT_FDCWD, "/tmp/tree", OPEN_TREE_NAMESPACE), EPERM);
	MUST(unshare(CLONE_NEWUSER));
	map_nobody_to_root();

	FAILS(open_tree(AT_FDCWD, "/tmp/tree", OPEN_TREE_NAMESPACE), EINVAL);
	nsfd = MUST(open_tree(AT_FDCWD, "/tmp/tree", OPEN_TREE_NAMESPACE |
			      AT_RECURSIVE | OPEN_TREE_CLOEXEC));
	step_number("number of mounts", enter_copy(nsfd), 2);
	FAILS(umount2("/sub", MNT_DETACH), EINVAL);
	FAILS(open("/sub/hidden", O_PATH), ENOENT);
}

static void existing_tree(void)
{
	make_tree();
	run("5. open_tree(OPEN_TREE_NAMESPACE | AT_RECURSIVE) copies the tree",
	    "The root of the new mount namespace is a copy of the directory, with the mount\n"
	    "below. Container runtimes use this for an unpacked image.", whole_tree);
	run("6. Without AT_RECURSIVE, it copies a single mount",
	    "The mount below is not copied, so the file that it hides is visible. The caller\n"
	    "owns the mount namespace, and could unmount the mount below as well.",
	    single_mount);
	run("7. A user without privileges does the same",
	    "This user cannot unmount anything on the host. So what a mount hides there\n"
	    "stays hidden in the copy.", unprivileged_tree);
}

static void refuse_full_proc(void)
{
	int fsfd = MUST(fsopen("proc", FSOPEN_CLOEXEC));

	MUST(fsconfig(fsfd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	FAILS(fsmount(fsfd, FSMOUNT_CLOEXEC, 0), EPERM);
	FAILS(fsmount(fsfd, FSMOUNT_NAMESPACE, 0), EPERM);
	close(fsfd);
}

/* Mount the part of proc that shows tasks. */
static void mount_tasks(void)
{
	int fsfd, mfd;

	fsfd = MUST(fsopen("proc", FSOPEN_CLOEXEC));
	MUST(fsconfig(fsfd, FSCONFIG_SET_STRING, "subset", "pid", 0));
	MUST(fsconfig(fsfd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	mfd = MUST(fsmount(fsfd, FSMOUNT_CLOEXEC, PROC_ATTRS));
	MUST(move_mount(mfd, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH));
	close(mfd);
	close(fsfd);
}

/* There is this process, /proc/self, /proc/thread-self, and nothing else. */
static void expect_tasks(void)
{
	unsigned int tasks = 0, selves = 0, others = 0;
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (isdigit((unsigned char)entry->d_name[0]))
			tasks++;
		else if (strstr(entry->d_name, "self"))
			selves++;
		else if (entry->d_name[0] != '.')
			others++;
	}
	step_number("tasks in /proc", tasks, 1);
	step_number("self and thread-self", selves, 2);
	step_number("anything else", others, 0);
	FAILS(open("/proc/sys", O_PATH), ENOENT);
	MUST(open("/proc/1/status", O_RDONLY | O_CLOEXEC));
}

static void rootless_root(void)
{
	static struct mount_list list;

	step_number("getpid()", getpid(), 1);
	/* Only the owner of a mount namespace may create a filesystem. */
	FAILS(fsopen("tmpfs", FSOPEN_CLOEXEC), EPERM);
	MUST(unshare(UNSHARE_EMPTY_MNTNS));
	list_mounts(&list);
	step_number("number of mounts", list.n, 1);
	step_text("its type", list.mount[0].type, "nullfs");

	enter_tmpfs();
	expect_tmpfs();
	MUST(mkdir("/proc", 0755));
	refuse_full_proc();
	mount_tasks();
	list_mounts(&list);
	step_number("number of mounts", list.n, 2);
	expect_tasks();
}

static void rootless(void)
{
	become_nobody();
	MUST(unshare(CLONE_NEWUSER | CLONE_NEWPID));
	map_nobody_to_root();
	in_child(rootless_root);	/* process 1 of the PID namespace */
}

static void demonstrate(void)
{
	show_title("1. The mounts of this process",
		   "None of them is needed in a container.");
	list_mounts(&original);
	run("2. fsmount(FSMOUNT_NAMESPACE): the root is a new filesystem",
	    "Two calls make a new filesystem the root of a process. No mount is copied.",
	    one_call);
	run("3. Without the flag: copy all mounts, add one, unmount the copies",
	    "The result is the same. The more mounts there are, the longer this takes.",
	    classic);
	run("4. A directory tree that is to become the root, with a mount below",
	    "The mount below hides a file of the tree. It matters in 6 and 7.",
	    existing_tree);
	run("8. Rootless: a new filesystem as the root, and a proc that shows tasks",
	    "A user without privileges starts a container and copies no mount. A full proc\n"
	    "could reveal what is hidden on the host, so the kernel allows only subset=pid.",
	    rootless);
}

/* The file descriptor is invalid, so this only tests whether the flag is known. */
static int try_fsmount(void)
{
	fsmount(-1, FSMOUNT_NAMESPACE, 0);
	return errno;
}

int main(void)
{
	umask(022);
	return show("mount namespaces that begin with a root", demonstrate,
		    "fsmount(fsfd, FSMOUNT_NAMESPACE, attr_flags)",
		    try_fsmount());
}
