// SPDX-License-Identifier: GPL-2.0
/*
 * What a mount namespace leaves behind when it goes, and for how long.
 */
#include <sys/mman.h>

#include <linux/openat2.h>

#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

FIXTURE(drop)
{
	int proc;
};

FIXTURE_SETUP(drop)
{
	if (geteuid())
		SKIP(return, "needs root");
	if (!can_unshare(UNSHARE_EMPTY_MNTNS))
		SKIP(return, "no empty mount namespaces");
	self->proc = ASSERT_OK(open_proc());
	ASSERT_OK(private_scratch());
	ASSERT_OK(mkdir("lower", 0755) | mkdir("upper", 0755) |
		  mkdir("work", 0755) | mkdir("dir", 0755));
}

FIXTURE_TEARDOWN(drop)
{
}

/* The directories are in use as long as the filesystem is: EBUSY. */
static int new_overlay(unsigned int flags)
{
	int fs_fd = sys_fsopen("overlay", FSOPEN_CLOEXEC), fd = -1, err;

	if (!sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "lowerdir", "lower", 0) &&
	    !sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "upperdir", "upper", 0) &&
	    !sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "workdir", "work", 0) &&
	    !sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "index", "on", 0) &&
	    !sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		fd = sys_fsmount(fs_fd, flags, 0);
	err = errno;
	close(fs_fd);
	errno = err;
	return fd;
}

TEST_F(drop, frees_a_filesystem_before_its_last_task_is_waited_for)
{
	int mnt_fd, peer, i;
	pid_t pid;

	for (i = 0; i < 20; i++) {
		mnt_fd = ASSERT_OK(new_overlay(FSMOUNT_CLOEXEC));
		pid = fork_peer(_metadata, CLONE_EMPTY_MNTNS, &peer);
		if (!pid) {
			ASSERT_OK(mount_on(mnt_fd, "/"));
			close(mnt_fd);
			give_turn(_metadata, peer);
			await_turn(_metadata, peer);
			_exit(0);
		}
		await_turn(_metadata, peer);
		close(mnt_fd);
		if (!i)
			ASSERT_ERRNO(EBUSY, new_overlay(FSMOUNT_CLOEXEC));
		give_turn(_metadata, peer);
		join_child(_metadata, pid);
		close(peer);
	}
}

/* What is locked stays connected to what it is mounted on. */
TEST_F(drop, frees_locked_filesystems_before_their_last_task_is_waited_for)
{
	int mnt_fd, peer, i;
	pid_t pid;

	for (i = 0; i < 20; i++) {
		mnt_fd = ASSERT_OK(new_overlay(FSMOUNT_CLOEXEC));
		ASSERT_OK(mount_on(mnt_fd, "dir"));
		close(mnt_fd);
		pid = fork_peer(_metadata, CLONE_NEWUSER | CLONE_NEWNS, &peer);
		if (!pid) {
			await_turn(_metadata, peer);
			_exit(0);
		}
		ASSERT_OK(umount("dir"));
		if (!i)
			ASSERT_ERRNO(EBUSY, new_overlay(FSMOUNT_CLOEXEC));
		give_turn(_metadata, peer);
		join_child(_metadata, pid);
		close(peer);
	}
}

TEST_F(drop, frees_a_filesystem_before_its_only_file_is_closed)
{
	int ns_fd, i;

	for (i = 0; i < 20; i++) {
		ns_fd = ASSERT_OK(new_overlay(FSMOUNT_NAMESPACE));
		if (!i)
			ASSERT_ERRNO(EBUSY, new_overlay(FSMOUNT_NAMESPACE));
		close(ns_fd);
	}
}

TEST_F(drop, gives_an_empty_namespace_back_before_its_last_task_is_waited_for)
{
	pid_t pid;
	int i;

	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(write_at(self->proc, "sys/user/max_mnt_namespaces", "1"));
	for (i = 0; i < 100; i++) {
		pid = ASSERT_OK(fork_with(CLONE_EMPTY_MNTNS));
		if (!pid)
			_exit(0);
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	}
}

/* A mount namespace holds its user namespace until nothing of it is left. */
TEST_F(drop, gives_the_user_namespace_of_an_empty_mntns_back)
{
	pid_t pid;
	int i;

	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(write_at(self->proc, "sys/user/max_user_namespaces", "1"));
	for (i = 0; i < 3; i++) {
		/* The one before goes after a grace period. */
		while ((pid = fork_with(CLONE_NEWUSER |
					CLONE_EMPTY_MNTNS)) == -1) {
			ASSERT_EQ(ENOSPC, errno);
			usleep(1000);
		}
		if (!pid)
			_exit(0);
		join_child(_metadata, pid);
	}
}

/*
 * A mount has the lowest ID that is free. How high do a thousand more get? Each
 * one that leaked meanwhile makes it one higher. No stack of them is high.
 */
static uint64_t highest_id(struct __test_metadata *_metadata, uint64_t *highest)
{
	struct statx sx;
	char path[8];
	pid_t pid;
	int i;

	*highest = 0;
	pid = ASSERT_OK(fork_with(CLONE_NEWNS));
	if (!pid) {
		for (i = 0; i < 1000; i++) {
			snprintf(path, sizeof(path), "%d", i % 50);
			ASSERT_OK(mount("dir", path, NULL, MS_BIND, NULL));
			ASSERT_OK(statx(AT_FDCWD, path, 0, STATX_MNT_ID, &sx));
			if (sx.stx_mnt_id > *highest)
				*highest = sx.stx_mnt_id;
		}
		_exit(0);
	}
	join_child(_metadata, pid);
	return *highest;
}

/* Walks to the root of @pid again and again. */
static void visit(int proc, pid_t pid)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_CACHED,
	};
	char path[32], target[32];
	int fd, i;

	snprintf(path, sizeof(path), "%d/root", pid);
	for (i = 0; i < 1000; i++) {
		readlinkat(proc, path, target, sizeof(target));
		/* Less often: while this one is open, no other can be the last. */
		if (i % 16)
			continue;
		fd = openat(proc, path, O_PATH | O_CLOEXEC);
		close(syscall(__NR_openat2, fd, ".", &how, sizeof(how)));
		close(fd);
	}
}

/*
 * mntput() does not check for the last reference while the mount is in a mount
 * namespace, and may find that just before the namespace goes.
 */
TEST_F_TIMEOUT(drop, leaks_nothing_when_path_walks_end_meanwhile, 120)
{
	struct shared {
		uint64_t highest;
		int stop;
	} *shared;
	pid_t pid, visitor;
	uint64_t before;
	char path[8];
	int i;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(shared != MAP_FAILED);
	for (i = 0; i < 50; i++) {
		snprintf(path, sizeof(path), "%d", i);
		ASSERT_OK(mkdir(path, 0755));
	}
	sleep(1);
	before = highest_id(_metadata, &shared->highest);

	pid = ASSERT_OK(fork());
	if (!pid) {
		while (!__atomic_load_n(&shared->stop, __ATOMIC_RELAXED))
			ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
		_exit(0);
	}
	visitor = ASSERT_OK(fork());
	if (!visitor) {
		while (!__atomic_load_n(&shared->stop, __ATOMIC_RELAXED))
			visit(self->proc, pid);
		_exit(0);
	}
	sleep(10);
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELAXED);
	join_child(_metadata, pid);
	join_child(_metadata, visitor);

	/* The last ones go after a grace period. */
	for (i = 0; i < 10; i++) {
		if (highest_id(_metadata, &shared->highest) <= before)
			break;
		sleep(1);
	}
	ASSERT_GE(before, shared->highest) TH_LOG("mounts have leaked");
}

TEST_HARNESS_MAIN
