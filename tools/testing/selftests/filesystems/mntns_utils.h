/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of mount namespaces have in common. Include it after
 * kselftest_harness.h and use it from TEST_F(): a failed check reports itself
 * from whichever process it happens in, and fails the test there and then.
 */
#ifndef __MNTNS_UTILS_H
#define __MNTNS_UTILS_H

#include "mntns_sys.h"

/*
 * Checks. They say which step failed and why in words: the call as it is
 * written and what errno means.
 */

#define __mntns_fail(end, fmt, ...)					\
	do {								\
		TH_LOG(fmt, ##__VA_ARGS__);				\
		_metadata->exit_code = KSFT_FAIL;			\
		__bail(end, _metadata);					\
	} while (0)

/* The value of @call, which must not be -1: else the test ends here. */
#define ASSERT_OK(call)							\
	({								\
		__typeof__(call) __ret = (call);			\
									\
		if (__ret == -1)					\
			__mntns_fail(1, "%s: %s", #call,		\
				     strerror(errno));			\
		__ret;							\
	})

/* @call must not return -1: else the test has failed, but goes on. */
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

/* @call has to fail with @err; ASSERT_ERRNO() ends the test if it doesn't. */
#define EXPECT_ERRNO(err, call)	__mntns_errno(0, err, call)
#define ASSERT_ERRNO(err, call)	__mntns_errno(1, err, call)

/* @part has to be in @text, or not. */
#define EXPECT_HAS(text, part)						\
	do {								\
		const char *__text = (text), *__part = (part);		\
									\
		if (!strstr(__text, __part))				\
			__mntns_fail(0, "no \"%s\" in: %s",		\
				     __part, __text);			\
	} while (0)

#define EXPECT_LACKS(text, part)					\
	do {								\
		const char *__text = (text), *__part = (part);		\
									\
		if (strstr(__text, __part))				\
			__mntns_fail(0, "\"%s\" in: %s",		\
				     __part, __text);			\
	} while (0)

/*
 * Ends with the child @pid: when one of the child's checks failed, which the
 * child has reported, or a signal ended it, then the caller's test ends too.
 */
static inline void join_child(struct __test_metadata *_metadata, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			__mntns_fail(1, "waiting for a child: %m");
	}
	if (WIFSIGNALED(status))
		__mntns_fail(1, "a child was killed: %s",
			     strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status))
		__mntns_fail(1, "a child exited with status %d",
			     WEXITSTATUS(status));
	if (_metadata->exit_code == KSFT_FAIL)
		__bail(1, _metadata);
}

/*
 * Taking turns with a child: both have an end of the socket pair that
 * fork_peer() makes. Waiting for a peer that has died ends the test.
 */
static inline void give_turn(struct __test_metadata *_metadata, int peer)
{
	ASSERT_EQ(1, send(peer, "", 1, MSG_NOSIGNAL))
		TH_LOG("the other process is gone: %m");
}

static inline void await_turn(struct __test_metadata *_metadata, int peer)
{
	char c;

	ASSERT_EQ(1, recv(peer, &c, 1, 0)) TH_LOG("the other process is gone");
}

/* A child made with CLONE_* @flags to take turns with over *@peer */
static inline pid_t fork_peer(struct __test_metadata *_metadata,
			      uint64_t flags, int *peer)
{
	int ends[2];
	pid_t pid;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	pid = ASSERT_OK(fork_with(flags));
	close(ends[!pid]);
	*peer = ends[!!pid];
	return pid;
}

/* The same of the caller's mount namespace; the test ends if that fails. */
static inline char *own_mounts(struct __test_metadata *_metadata)
{
	char *text = describe_mounts(0);

	if (!text)
		__mntns_fail(1, "listing the mounts: %m");
	return text;
}

/* What statmount() says about the mount @id; the test ends if that fails. */
static inline struct statmount *own_mount(struct __test_metadata *_metadata,
					  uint64_t id)
{
	struct statmount *sm = statmount_alloc(id, 0, DESCRIBE_MASK);

	if (!sm)
		__mntns_fail(1, "statmount(): %m");
	return sm;
}

/* The mount that @id is on; its own ID if that's the namespace root. */
static inline uint64_t parent_of(struct __test_metadata *_metadata,
				 uint64_t id)
{
	struct statmount *sm = own_mount(_metadata, id);
	uint64_t parent;

	parent = sm->mnt_parent_id;
	free(sm);
	return parent;
}

static inline pid_t fork_into(struct __test_metadata *_metadata, int ns_fd)
{
	pid_t pid = ASSERT_OK(fork());

	if (!pid)
		ASSERT_OK(setns(ns_fd, CLONE_NEWNS));
	return pid;
}

/*
 * listmount(), statmount() and NS_MNT_GET_INFO report of the mount namespace
 * @ns_fd what a task sees that enters it: the same mounts, at the same places
 * relative to what is / in there.
 */
static inline void check_seen_alike(struct __test_metadata *_metadata,
				    int ns_fd)
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	uint64_t id = mntns_id(ns_fd);
	char *inside, *outside;
	pid_t pid;

	outside = describe_mounts(id);
	ASSERT_TRUE(!!outside) TH_LOG("listing the mounts from outside: %m");
	ASSERT_OK(ioctl(ns_fd, NS_MNT_GET_INFO, &info));
	ASSERT_EQ(id, info.mnt_ns_id);

	pid = fork_into(_metadata, ns_fd);
	if (!pid) {
		inside = own_mounts(_metadata);
		ASSERT_STREQ(inside, outside);
		ASSERT_EQ(count_mounts(), info.nr_mounts);
		_exit(0);
	}
	join_child(_metadata, pid);
	free(outside);
}

/* Where a task is: its mount namespace, its root and its working directory */
struct place {
	uint64_t ns;
	uint64_t root_mnt, root_ino;
	uint64_t cwd_mnt, cwd_ino;
};

static inline struct place current_place(struct __test_metadata *_metadata,
					 int proc)
{
	struct place place = {};
	struct statx sx;
	int fd;

	fd = ASSERT_OK(open_mntns(proc));
	place.ns = mntns_id(fd);
	close(fd);
	ASSERT_OK(statx(AT_FDCWD, "/", 0, STATX_INO | STATX_MNT_ID_UNIQUE,
			&sx));
	place.root_mnt = sx.stx_mnt_id;
	place.root_ino = sx.stx_ino;
	ASSERT_OK(statx(AT_FDCWD, "", AT_EMPTY_PATH,
			STATX_INO | STATX_MNT_ID_UNIQUE, &sx));
	place.cwd_mnt = sx.stx_mnt_id;
	place.cwd_ino = sx.stx_ino;
	return place;
}

/* The caller still has to be where it was. */
static inline void check_still_at(struct __test_metadata *_metadata, int proc,
				  struct place before)
{
	struct place now = current_place(_metadata, proc);

	ASSERT_EQ(before.ns, now.ns) TH_LOG("another mount namespace");
	ASSERT_EQ(before.root_mnt, now.root_mnt) TH_LOG("root moved");
	ASSERT_EQ(before.root_ino, now.root_ino) TH_LOG("root moved");
	ASSERT_EQ(before.cwd_mnt, now.cwd_mnt) TH_LOG("cwd moved");
	ASSERT_EQ(before.cwd_ino, now.cwd_ino) TH_LOG("cwd moved");
}

#endif /* __MNTNS_UTILS_H */
