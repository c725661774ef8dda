/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helpers of the tests of mount namespaces. A program is built from this header
 * and mntns_utils.c.
 *
 * Functions with a parameter _metadata are called from TEST_F() and the like:
 * include kselftest_harness.h first. The others return -1 with errno set.
 */
#ifndef __MNTNS_UTILS_H
#define __MNTNS_UTILS_H

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/types.h>

#include "../kselftest.h"
#include "statmount/statmount.h"

#define BIT(nr)	(1ULL << (nr))

/* For headers that are older than the tests. */
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH	0x00000200
#endif
#ifndef OPEN_TREE_NAMESPACE
#define OPEN_TREE_NAMESPACE	0x00000002
#endif
#ifndef FSMOUNT_NAMESPACE
#define FSMOUNT_NAMESPACE	0x00000002
#endif
#ifndef CLONE_EMPTY_MNTNS
#define CLONE_EMPTY_MNTNS	0x2000000000ULL
#endif
#ifndef UNSHARE_EMPTY_MNTNS
#define UNSHARE_EMPTY_MNTNS	0x00100000
#endif
#ifndef NULL_FS_MAGIC
#define NULL_FS_MAGIC		0x4E554C4C
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE	0x00004000U
#endif
#ifndef LANDLOCK_SCOPE_SIGNAL
#define LANDLOCK_SCOPE_SIGNAL	BIT(1)
#endif

/* fsmount() flags of most tests */
#define NS_FLAGS	(FSMOUNT_NAMESPACE | FSMOUNT_CLOEXEC)

/* System calls that a libc may lack, or declare with other types. */

static inline int sys_open_tree(int dfd, const char *path, unsigned int flags)
{
	return syscall(__NR_open_tree, dfd, path, flags);
}

static inline int sys_move_mount(int from_dfd, const char *from_path,
				 int to_dfd, const char *to_path,
				 unsigned int flags)
{
	return syscall(__NR_move_mount, from_dfd, from_path, to_dfd, to_path,
		       flags);
}

static inline int sys_fsopen(const char *fs_name, unsigned int flags)
{
	return syscall(__NR_fsopen, fs_name, flags);
}

static inline int sys_fsconfig(int fs_fd, unsigned int cmd, const char *key,
			       const char *value, int aux)
{
	return syscall(__NR_fsconfig, fs_fd, cmd, key, value, aux);
}

static inline int sys_fsmount(int fs_fd, unsigned int flags, unsigned int attr)
{
	return syscall(__NR_fsmount, fs_fd, flags, attr);
}

static inline int sys_fspick(int dfd, const char *path, unsigned int flags)
{
	return syscall(__NR_fspick, dfd, path, flags);
}

static inline int sys_mount_setattr(int dfd, const char *path,
				    unsigned int flags,
				    struct mount_attr *attr)
{
	return syscall(__NR_mount_setattr, dfd, path, flags, attr,
		       sizeof(*attr));
}

static inline int sys_pivot_root(const char *new_root, const char *put_old)
{
	return syscall(__NR_pivot_root, new_root, put_old);
}

/* unshare() of a libc takes an int, without the upper bits. */
static inline int sys_unshare(unsigned long flags)
{
	return syscall(__NR_unshare, flags);
}

/* Without CLONE_VM this returns twice, as fork() does. */
static inline pid_t sys_clone3(struct clone_args *args)
{
	return syscall(__NR_clone3, args, sizeof(*args));
}

/* fork() with some CLONE_* @flags */
static inline pid_t fork_with(uint64_t flags)
{
	struct clone_args args = {
		.flags = flags,
		.exit_signal = SIGCHLD,
	};

	return sys_clone3(&args);
}

/* Files and processes */
int close_keeping_errno(int fd, int ret);
bool succeeded(pid_t pid);
int open_proc(void);
int open_path(const char *path);
__printf(3, 4)
int write_at(int dfd, const char *path, const char *fmt, ...);
ssize_t read_at(int dfd, const char *path, char *text, size_t size);
int make_file(const char *path);
int count_fds(int proc);

/* Privileges and limits */

/* Like struct landlock_ruleset_attr, which may be older than the tests */
struct ruleset_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

int enter_userns(int proc, unsigned long flags);
int become_nobody(void);
bool can_unshare(unsigned long flags);
bool have_unprivileged_userns(void);
int set_cap(int cap, bool on);
int keep_cap(int cap);
int landlock(struct ruleset_attr attr);
int landlock_abi(void);
int set_limit(int proc, const char *name, int limit);
int open_fs_limit(int proc, const char *name, char old[24]);
int set_fs_limit(int fd, const char *text);

/* Mounts and mount namespaces */

#define DESCRIBE_MASK	(STATMOUNT_MNT_BASIC | STATMOUNT_MNT_ROOT |	\
			 STATMOUNT_MNT_POINT | STATMOUNT_FS_TYPE |	\
			 STATMOUNT_SB_BASIC | STATMOUNT_MNT_NS_ID)

int is_nullfs_at(int dfd, const char *path);
int is_nullfs(const char *path);
int new_detached(const char *fs_name);
int new_tmpfs(void);
int named_tmpfs(const char *name);
int copy_of(const char *path, unsigned int flags);
int mount_on(int mnt_fd, const char *path);
int mount_beneath_at(int mnt_fd, int dfd, const char *path);
int mount_beneath(int mnt_fd, const char *path);
int make_mount(const char *dir);
int hide_secret(const char *dir);
int set_propagation(int mnt_fd, uint64_t type);
int chroot_fd(int fd);
int overmount_root(void);
int private_mntns(void);
int private_scratch(void);
int open_ns(int proc, pid_t pid, const char *file);
int open_mntns(int proc);
uint64_t mntns_id(int ns_fd);
uint64_t mount_id_at(int dfd, const char *path);
uint64_t mount_id(const char *path);
ssize_t count_mounts(void);
ssize_t count_mounts_in(int ns_fd);
char *describe_mounts(uint64_t ns_id);
int bind_mntns(int ns_fd, const char *path);

/* New mount namespaces */
int fsopen_elsewhere(const char *fs_name, uint64_t flags);
int open_fs_context(const char *fs_name);
int new_fs_context(const char *fs_name);
int new_fs_mntns(const char *fs_name, unsigned int attrs);
int copy_to_mntns(int dfd, const char *path, unsigned int flags);

/*
 * Checks. A check that fails reports which step failed: the call as it is
 * written, and the error. It fails the test from any process of the test.
 */
struct __test_metadata;

#define __mntns_fail(end, fmt, ...)					\
	do {								\
		TH_LOG(fmt, ##__VA_ARGS__);				\
		_metadata->exit_code = KSFT_FAIL;			\
		__bail(end, _metadata);					\
	} while (0)

/* The value of @call. The test ends here if that is -1. */
#define ASSERT_OK(call)							\
	({								\
		__typeof__(call) __ret = (call);			\
									\
		if (__ret == -1)					\
			__mntns_fail(1, "%s: %s", #call,		\
				     strerror(errno));			\
		__ret;							\
	})

/* @call must not return -1. The test goes on if it does. */
#define EXPECT_OK(call)							\
	do {								\
		if ((call) == -1)					\
			__mntns_fail(0, "%s: %s", #call,		\
				     strerror(errno));			\
	} while (0)

#define __mntns_errno(end, err, call)					\
	do {								\
		int __end = (end), __err = (err);			\
									\
		errno = 0;						\
		if ((call) != -1)					\
			__mntns_fail(__end,				\
				     "%s succeeded, expected: %s",	\
				     #call, strerror(__err));		\
		else if (errno != __err)				\
			__mntns_fail(__end, "%s: %m, expected: %s",	\
				     #call, strerror(__err));		\
	} while (0)

/* @call has to fail with @err; ASSERT_ERRNO() ends the test otherwise. */
#define EXPECT_ERRNO(err, call)	__mntns_errno(0, err, call)
#define ASSERT_ERRNO(err, call)	__mntns_errno(1, err, call)

/* @call fails with @err and leaves the mounts as they are. */
#define EXPECT_REFUSED(err, call)					\
	do {								\
		char *__before = own_mounts(_metadata);			\
									\
		EXPECT_ERRNO(err, call);				\
		expect_mounts(_metadata, __before);			\
		free(__before);						\
	} while (0)

/* @text contains @part, or not. */
#define __mntns_strstr(text, part, there, fmt)				\
	do {								\
		const char *__text = (text), *__part = (part);		\
									\
		if ((!strstr(__text, __part)) == (there))		\
			__mntns_fail(0, fmt, __part, __text);		\
	} while (0)
#define EXPECT_HAS(text, part)						\
	__mntns_strstr(text, part, true, "no \"%s\" in: %s")
#define EXPECT_LACKS(text, part)					\
	__mntns_strstr(text, part, false, "\"%s\" in: %s")

/*
 * What @call returns while /proc/sys/fs/@name is @value. The limit is that of
 * the whole machine.
 */
#define WITH_FS_LIMIT(proc, name, value, call)				\
	({								\
		int __err, __fd;					\
		__typeof__(call) __result;				\
		char __old[24];						\
									\
		__fd = ASSERT_OK(open_fs_limit(proc, name, __old));	\
		ASSERT_OK(set_fs_limit(__fd, value));			\
		__result = (call);					\
		__err = errno;						\
		ASSERT_OK(set_fs_limit(__fd, __old));			\
		close(__fd);						\
		errno = __err;						\
		__result;						\
	})

/* What @call returns while the caller can open no file. */
#define WITHOUT_FDS(call)						\
	({								\
		struct rlimit __old, __none;				\
		__typeof__(call) __result;				\
		int __err;						\
									\
		ASSERT_OK(getrlimit(RLIMIT_NOFILE, &__old));		\
		__none = __old;						\
		__none.rlim_cur = 0;					\
		ASSERT_OK(setrlimit(RLIMIT_NOFILE, &__none));		\
		__result = (call);					\
		__err = errno;						\
		ASSERT_OK(setrlimit(RLIMIT_NOFILE, &__old));		\
		errno = __err;						\
		__result;						\
	})

/*
 * IN_CHILD() runs the block that follows in a child that is made with CLONE_*
 * @flags, IN_MNTNS() in a child in the mount namespace @ns_fd. The caller waits
 * for the end of the child.
 */
#define __in_child(flags, ns_fd)					\
	for (bool __in = start_child(_metadata, flags, ns_fd);		\
	     __in; __in = false, _exit(0))
#define IN_CHILD(flags)	__in_child(flags, -1)
#define IN_MNTNS(ns_fd)	__in_child(0, ns_fd)

bool start_child(struct __test_metadata *_metadata, uint64_t flags, int ns_fd);
void join_child(struct __test_metadata *_metadata, pid_t pid);

/* A child that takes turns with its parent, over a socket of each */
pid_t fork_peer(struct __test_metadata *_metadata, uint64_t flags, int *peer);
void give_turn(struct __test_metadata *_metadata, int peer);
void await_turn(struct __test_metadata *_metadata, int peer);
void pass_turn(struct __test_metadata *_metadata, int peer);
void end_peer(struct __test_metadata *_metadata, pid_t pid, int peer);

/* The task that makes a call, and the owner of its mount namespace */
enum caller {
	ROOT,		/* root; the initial user namespace */
	USERNS_ROOT,	/* root of a user namespace; that user namespace */
	/* A caller without rights over its mount namespace: root of a user */
	UNPRIVILEGED,		/* namespace; the initial user namespace */
	NESTED_UNPRIVILEGED,	/* namespace; its parent user namespace */
};

/* The limit of mount namespaces in a user namespace of become() */
#define MAX_MNTNS	8

bool owns_mntns(enum caller caller);
void become(struct __test_metadata *_metadata, int proc, enum caller caller);

/* The mounts that a test begins with */
enum mounts {
	COPY,		/* a private copy of all, /tmp is an empty tmpfs */
	TMPFS,		/* a tmpfs with the directory /away, nothing else */
	USERNS_TMPFS,	/* the same, the owner is a new user namespace */
};

/* What a test needs, or is skipped */
enum needs {
	NEEDS_EMPTY_MNTNS	= 1 << 0,
	NEEDS_OPEN_TREE		= 1 << 1,
	NEEDS_FSMOUNT		= 1 << 2,
	NEEDS_ALL_FLAGS		= NEEDS_EMPTY_MNTNS | NEEDS_OPEN_TREE |
				  NEEDS_FSMOUNT,
	NEEDS_BENEATH_ROOT	= 1 << 3,
	NEEDS_BENEATH		= NEEDS_ALL_FLAGS | NEEDS_BENEATH_ROOT,
};

bool have(struct __test_metadata *_metadata, unsigned int needs);
bool set_scene(struct __test_metadata *_metadata, int *proc, enum mounts mounts,
	       unsigned int needs);

/* A task's mount namespace, its root and its working directory */
struct location {
	uint64_t ns;
	uint64_t root_mnt, root_ino;
	uint64_t cwd_mnt, cwd_ino;
};

/* What a call that fails must leave as it was */
struct traces {
	int fds;		/* open file descriptors */
	int spare;		/* mount namespaces within the limit */
	char *mounts;
};

struct location current_location(struct __test_metadata *_metadata, int proc);
void check_still_at(struct __test_metadata *_metadata, int proc,
		    struct location before);
int count_spare_mntns(void);
struct traces find_traces(struct __test_metadata *_metadata, int proc);
void check_no_traces(struct __test_metadata *_metadata, int proc,
		     struct traces before);

char *own_mounts(struct __test_metadata *_metadata);
void expect_mounts(struct __test_metadata *_metadata, const char *before);
struct statmount *own_mount(struct __test_metadata *_metadata, uint64_t id);
struct statmount *describe_top(struct __test_metadata *_metadata, int ns_fd);
uint64_t parent_of(struct __test_metadata *_metadata, uint64_t id);
uint64_t inode_of(struct __test_metadata *_metadata, int fd);
void check_stack(struct __test_metadata *_metadata, const uint64_t *id, int nr);
void check_seen_alike(struct __test_metadata *_metadata, int ns_fd);
void check_is_new_mntns(struct __test_metadata *_metadata, int proc, int ns_fd);
void check_empty_mntns(struct __test_metadata *_metadata, int proc,
		       struct location outside);
void check_on_nullfs(struct __test_metadata *_metadata, int ns_fd);
void check_has(struct __test_metadata *_metadata, const char *dir,
	       const char *name);
void check_is_hidden(struct __test_metadata *_metadata, const char *dir);
void try_to_reveal(struct __test_metadata *_metadata, const char *top);
void check_is_locked(struct __test_metadata *_metadata, const char *dir,
		     const char *name);

#endif /* __MNTNS_UTILS_H */
