/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of open_tree(OPEN_TREE_NAMESPACE) and of
 * fsmount(FSMOUNT_NAMESPACE) have in common: both return a file descriptor of
 * a new mount namespace.
 */
#ifndef __MNTNS_FD_H
#define __MNTNS_FD_H

#include <dirent.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <linux/capability.h>

#include "empty_mntns/empty_mntns.h"

/* Who makes the call, and whose mount namespace do they sit in? */
enum caller {
	ROOT,		/* root, in the initial user namespace, and its own */
	USERNS_ROOT,	/* root in a user namespace, its own */
	FOREIGN,	/* the same, but it's the initial user namespace's */
	NESTED_FOREIGN,	/* the same, but it's a parent user namespace's */
};

/* The limit of mount namespaces that a user namespace gets from become() */
#define MAX_MNTNS	8

static inline bool owns_mntns(enum caller caller)
{
	return caller == ROOT || caller == USERNS_ROOT;
}

/* Root becomes @caller. */
static inline void become(struct __test_metadata *_metadata, int proc,
			  enum caller caller)
{
	switch (caller) {
	case ROOT:
		return;
	case USERNS_ROOT:
		ASSERT_OK(enter_userns(proc, CLONE_NEWNS));
		break;
	case FOREIGN:
		ASSERT_OK(enter_userns(proc, 0));
		break;
	case NESTED_FOREIGN:
		ASSERT_OK(enter_userns(proc, CLONE_NEWNS));
		ASSERT_OK(enter_userns(proc, 0));
		break;
	}
	ASSERT_OK(set_limit(proc, "max_mnt_namespaces", MAX_MNTNS));
}

/* These leave nothing behind. */

static inline bool have_open_tree_namespace(void)
{
	return sys_open_tree(-1, "x", OPEN_TREE_NAMESPACE) == -1 &&
	       errno == EBADF;
}

/* To be asked as root: privilege comes first */
static inline bool have_fsmount_namespace(void)
{
	return sys_fsmount(-1, FSMOUNT_NAMESPACE, 0) == -1 && errno == EBADF;
}

/* Returns false if a test of all the flags can't be done and is skipped. */
static inline bool may_test_flags(struct __test_metadata *_metadata)
{
	if (geteuid())
		SKIP(return false, "needs root");
	if (!have_open_tree_namespace())
		SKIP(return false, "no OPEN_TREE_NAMESPACE");
	if (!have_fsmount_namespace())
		SKIP(return false, "no FSMOUNT_NAMESPACE");
	if (!can_unshare(UNSHARE_EMPTY_MNTNS))
		SKIP(return false, "no empty mount namespaces");
	return true;
}

/*
 * fsopen() in a process with CLONE_* @flags that shares the file descriptors.
 * Returns its errno, too.
 */
static inline int fsopen_elsewhere(const char *fs_name, uint64_t flags)
{
	int status, fs_fd;
	pid_t pid;

	pid = fork_with(CLONE_FILES | flags);
	if (!pid) {
		fs_fd = sys_fsopen(fs_name, FSOPEN_CLOEXEC);
		/* Few are open, and no errno is that high. */
		_exit(fs_fd == -1 ? 255 - errno : fs_fd);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) < 100)
		return WEXITSTATUS(status);
	errno = WIFEXITED(status) ? 255 - WEXITSTATUS(status) : EINTR;
	return -1;
}

/*
 * fsopen() is only for those who may mount something right where they are. A
 * foreign caller has it done in a mount namespace of its own.
 */
static inline int open_context(const char *fs_name)
{
	int fs_fd = sys_fsopen(fs_name, FSOPEN_CLOEXEC);

	if (fs_fd == -1 && errno == EPERM)
		fs_fd = fsopen_elsewhere(fs_name, CLONE_NEWNS);
	return fs_fd;
}

/* The context of a new filesystem that has yet to be mounted */
static inline int new_context(const char *fs_name)
{
	int fs_fd, err;

	fs_fd = open_context(fs_name);
	if (fs_fd != -1 &&
	    sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) {
		err = errno;
		close(fs_fd);
		errno = err;
		return -1;
	}
	return fs_fd;
}

/* A mount namespace with a new filesystem */
static inline int new_fs_mntns(const char *fs_name, unsigned int attrs)
{
	int fs_fd, ns_fd, err;

	fs_fd = new_context(fs_name);
	if (fs_fd == -1)
		return -1;
	ns_fd = sys_fsmount(fs_fd, FSMOUNT_NAMESPACE | FSMOUNT_CLOEXEC, attrs);
	err = errno;
	close(fs_fd);
	errno = err;
	return ns_fd;
}

/* The mount namespace with a copy of the tree at @path */
static inline int copy_to_mntns(int dfd, const char *path, unsigned int flags)
{
	return sys_open_tree(dfd, path, OPEN_TREE_NAMESPACE |
			     OPEN_TREE_CLOEXEC | flags);
}

/* What whoever enters @ns_fd has as /: the unique ID of the mount, 0: none */
static inline uint64_t top_mount(int ns_fd)
{
	uint64_t list[1];

	return listmount(LSMT_ROOT, mntns_id(ns_fd), 0, list, 1, 0) == 1 ?
		       list[0] : 0;
}

/* How many mounts there are in it, without the namespace root */
static inline ssize_t count_mounts_in(int ns_fd)
{
	uint64_t list[1024];

	return listmount(LSMT_ROOT, mntns_id(ns_fd), 0, list,
			 ARRAY_SIZE(list), 0);
}

/* The mount at the root of @ns_fd, from outside; to be freed with free() */
static inline struct statmount *describe_top(struct __test_metadata *_metadata,
					     int ns_fd)
{
	struct statmount *sm;
	uint64_t top;

	top = top_mount(ns_fd);
	ASSERT_NE(0, top) TH_LOG("listing the mounts: %m");
	sm = statmount_alloc(top, mntns_id(ns_fd), DESCRIBE_MASK);
	ASSERT_TRUE(!!sm) TH_LOG("the mount at the root: %m");
	return sm;
}

static inline uint64_t inode_of(struct __test_metadata *_metadata, int fd)
{
	struct stat st;

	ASSERT_OK(fstat(fd, &st));
	return st.st_ino;
}

/*
 * @ns_fd is a file descriptor of a mount namespace that the caller's user
 * namespace owns and that the caller isn't in.
 */
static inline void check_is_new_mntns(struct __test_metadata *_metadata,
				      int proc, int ns_fd)
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	int fd, own, userns;
	char link[64] = "", want[64];
	struct statfs st;
	char path[32];

	ASSERT_OK(fstatfs(ns_fd, &st));
	ASSERT_EQ(NSFS_MAGIC, st.f_type);
	ASSERT_EQ(CLONE_NEWNS, ASSERT_OK(ioctl(ns_fd, NS_GET_NSTYPE)));

	own = ASSERT_OK(open_mntns(proc));
	ASSERT_NE(0, mntns_id(ns_fd));
	ASSERT_NE(mntns_id(own), mntns_id(ns_fd));
	ASSERT_NE(inode_of(_metadata, own), inode_of(_metadata, ns_fd));
	close(own);
	ASSERT_OK(ioctl(ns_fd, NS_MNT_GET_INFO, &info));
	ASSERT_EQ(mntns_id(ns_fd), info.mnt_ns_id);

	/* /proc/self/fd says so, and gets at the same one. */
	snprintf(want, sizeof(want), "mnt:[%llu]",
		 (unsigned long long)inode_of(_metadata, ns_fd));
	snprintf(path, sizeof(path), "self/fd/%d", ns_fd);
	ASSERT_LT(0, ASSERT_OK(readlinkat(proc, path, link, sizeof(link) - 1)));
	ASSERT_STREQ(want, link);
	fd = ASSERT_OK(openat(proc, path, O_RDONLY | O_CLOEXEC));
	ASSERT_EQ(mntns_id(ns_fd), mntns_id(fd));
	close(fd);

	fd = ASSERT_OK(ioctl(ns_fd, NS_GET_USERNS));
	userns = ASSERT_OK(openat(proc, "self/ns/user", O_RDONLY | O_CLOEXEC));
	ASSERT_EQ(inode_of(_metadata, userns), inode_of(_metadata, fd))
		TH_LOG("it belongs to another user namespace");
	close(userns);
	close(fd);
}

/* Privileges */

static inline int set_cap(int cap, bool on)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(__NR_capget, &header, data))
		return -1;
	if (on)
		data[cap / 32].effective |= 1U << (cap % 32);
	else
		data[cap / 32].effective &= ~(1U << (cap % 32));
	return syscall(__NR_capset, &header, data);
}

/* Traces that a call which fails must not leave */

struct traces {
	int fds;		/* open file descriptors */
	int spare;		/* mount namespaces within the limit */
	char *mounts;
};

static inline int count_fds(int proc)
{
	struct dirent *entry;
	int fd, nr = 0;
	DIR *dir;

	fd = openat(proc, "self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd == -1 ? NULL : fdopendir(fd);
	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		nr += entry->d_name[0] != '.';
	closedir(dir);
	/* The directory's own isn't one of them. */
	return nr - 1;
}

/* How many mount namespaces can the caller create? INT_MAX: there's no end. */
static inline int count_spare_mntns(void)
{
	int fds[MAX_MNTNS + 1], nr, err = 0, i;

	for (nr = 0; nr < ARRAY_SIZE(fds); nr++) {
		fds[nr] = new_fs_mntns("tmpfs", 0);
		if (fds[nr] == -1) {
			err = errno;
			break;
		}
	}
	for (i = 0; i < nr; i++)
		close(fds[i]);
	if (!err)
		return INT_MAX;
	errno = err;
	return err == ENOSPC ? nr : -1;
}

static inline struct traces find_traces(struct __test_metadata *_metadata,
					int proc)
{
	struct traces traces = {
		.fds = ASSERT_OK(count_fds(proc)),
		.spare = ASSERT_OK(count_spare_mntns()),
		.mounts = describe_mounts(0),
	};

	ASSERT_TRUE(!!traces.mounts) TH_LOG("listing the mounts: %m");
	return traces;
}

/*
 * All is as it was. What other tasks gave up may take a moment to go: waits
 * for it, until the test runs out of time.
 */
static inline void check_no_traces(struct __test_metadata *_metadata, int proc,
				   struct traces before)
{
	struct traces now = find_traces(_metadata, proc);

	ASSERT_EQ(before.fds, now.fds)
		TH_LOG("a file descriptor too many");
	EXPECT_STREQ(before.mounts, now.mounts);
	while (now.spare < before.spare) {
		sched_yield();
		now.spare = ASSERT_OK(count_spare_mntns());
	}
	EXPECT_EQ(before.spare, now.spare);
	free(now.mounts);
}

/* Takes away all file descriptors but those that are open. */
static inline int fill_fd_table(struct rlimit *old)
{
	struct rlimit none;

	if (getrlimit(RLIMIT_NOFILE, old))
		return -1;
	none = *old;
	none.rlim_cur = 0;
	return setrlimit(RLIMIT_NOFILE, &none);
}

/*
 * Numbers in /proc/sys/fs are limits of everybody's: no check between setting
 * and restoring one.
 */
static inline int open_fs_limit(int proc, const char *name, char *old,
				size_t size)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "sys/fs/%s", name);
	fd = openat(proc, path, O_RDWR | O_CLOEXEC);
	if (fd != -1 && read_at(proc, path, old, size) <= 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static inline int set_fs_limit(int fd, const char *text)
{
	ssize_t len = strlen(text);

	return pwrite(fd, text, len, 0) == len ? 0 : -1;
}

static inline int open_mount_max(int proc, char old[16])
{
	return open_fs_limit(proc, "mount-max", old, 16);
}

static inline int set_mount_max(int fd, int max)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", max);
	return set_fs_limit(fd, text);
}

#endif /* __MNTNS_FD_H */
