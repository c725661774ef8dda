// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mount namespaces that begin with the root file system of a container.
 *
 * Such a root is a new file system or a directory that's already there.
 * fsmount(FSMOUNT_NAMESPACE) and open_tree(OPEN_TREE_NAMESPACE) return a
 * descriptor of a new mount namespace that has one or the other as its root,
 * on top of nullfs. setns() enters it. Nothing of the caller's mounts has been
 * copied, so nothing has to be taken away.
 *
 * enter_tmpfs() is the function to copy, for rootless containers together with
 * rootless_root() and mount_tasks(). Descriptors stay open across setns(): one
 * of a directory of the old tree leads back there, so nothing that is to be
 * confined may inherit one.
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

/* The mounts of this process that all the others are children of */
static struct mount_list original;

/* MUST(), for calls whose number is of interest */
#define COUNT(call)	(calls++, step_call(#call, call))
static unsigned int calls;

static void say_calls(const char *what)
{
	printf("\n      %u calls %s\n\n", calls, what);
	calls = 0;
}

/* All that there is to see in a container that has just been set up */
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

/* A new file system, and a mount namespace that has it as the root. */
static void enter_tmpfs(void)
{
	int fsfd, nsfd;

	fsfd = COUNT(fsopen("tmpfs", FSOPEN_CLOEXEC));
	COUNT(fsconfig(fsfd, FSCONFIG_SET_STRING, "mode", "0755", 0));
	COUNT(fsconfig(fsfd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	say_calls("for the file system");

	nsfd = COUNT(fsmount(fsfd, FSMOUNT_NAMESPACE | FSMOUNT_CLOEXEC,
			     MOUNT_ATTR_NODEV));
	COUNT(setns(nsfd, CLONE_NEWNS));
	say_calls("to live in it");

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

/* The result is the same, by way of a copy of everything. */
static void classic(void)
{
	static struct mount_list copy, with_root;

	COUNT(unshare(CLONE_NEWNS));
	list_mounts(&copy);
	step_number("mounts copied", copy.n, count_copied(&original));

	/* Else what comes now would happen to the original, too. */
	COUNT(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("tmpfs", "/tmp", "tmpfs", MS_NODEV, "mode=0755"));
	COUNT(chdir("/tmp"));
	COUNT(pivot_root(".", "."));
	list_mounts(&with_root);
	COUNT(umount2(".", MNT_DETACH));
	say_calls("to live in the file system that mount() made");

	expect_tmpfs();
	step_number("mounts thrown away (the copies)", with_root.n - 1,
		    copy.n);
}

/* In a mount namespace of its own: nothing is left when the process ends. */
static void make_tree(void)
{
	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("tmpfs", "/tmp", "tmpfs", 0, "mode=0755"));
	MUST(mkdir("/tmp/tree", 0755));
	MUST(mkdir("/tmp/tree/sub", 0755));
	MUST(write_file("/tmp/tree/file", "original"));
	MUST(write_file("/tmp/tree/sub/covered", ""));
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
	step_text("what /file says", read_file("/file"), "original");
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

/* Who could unmount what's mounted below can also leave it out. */
static void single_mount(void)
{
	int nsfd;

	nsfd = MUST(open_tree(AT_FDCWD, "/tmp/tree",
			      OPEN_TREE_NAMESPACE | OPEN_TREE_CLOEXEC));
	step_number("number of mounts", enter_copy(nsfd), 1);
	MUST(open("/sub/covered", O_PATH | O_CLOEXEC));
}

/*
 * Root in a user namespace, but still in a mount namespace that isn't its own:
 * whatever is covered there is covered in the copy, too, and for good.
 */
static void foreign_tree(void)
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
	FAILS(open("/sub/covered", O_PATH), ENOENT);
}

static void existing_tree(void)
{
	make_tree();
	run("5. open_tree(OPEN_TREE_NAMESPACE) with all that's mounted below",
	    whole_tree);
	run("6. The same without", single_mount);
	run("7. The same for a user without privileges", foreign_tree);
}

static void refuse_full_proc(void)
{
	int fsfd = MUST(fsopen("proc", FSOPEN_CLOEXEC));

	MUST(fsconfig(fsfd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	FAILS(fsmount(fsfd, FSMOUNT_CLOEXEC, 0), EPERM);
	FAILS(fsmount(fsfd, FSMOUNT_NAMESPACE, 0), EPERM);
	close(fsfd);
}

/* Mount the part of proc that tells about tasks only. */
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

/* This process, which has /proc/self and /proc/thread-self, and no more. */
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
	/* Only the owner of a mount namespace may set up a file system. */
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
	in_child(rootless_root);	/* the first in the new pid namespace */
}

static void demonstrate(void)
{
	printf("1. The mounts that this process has\n\n");
	list_mounts(&original);
	run("2. fsmount(FSMOUNT_NAMESPACE): a root on a new file system",
	    one_call);
	run("3. The same without: copy all mounts, add one, drop the copies",
	    classic);
	run("4. A directory to become the root, with a mount below",
	    existing_tree);
	run("8. Rootless: a new file system as the root, and tasks in /proc",
	    rootless);
}

/* Asked for what is no file system, it has nothing to make. */
static int try_fsmount(void)
{
	fsmount(-1, FSMOUNT_NAMESPACE, 0);
	return errno;
}

int main(void)
{
	umask(022);
	return show("mount namespaces made with a root", demonstrate,
		    "fsmount(fsfd, FSMOUNT_NAMESPACE, attr_flags)",
		    try_fsmount());
}
