// SPDX-License-Identifier: GPL-2.0
/*
 * clone3(CLONE_EMPTY_MNTNS). What it has in common with unshare() is in
 * create_empty_test.c.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

FIXTURE(clone3_empty)
{
	int proc;
	struct location before;
};

FIXTURE_SETUP(clone3_empty)
{
	if (!set_scene(_metadata, &self->proc, COPY, NEEDS_EMPTY_MNTNS))
		return;
	self->before = current_location(_metadata, self->proc);
}

FIXTURE_TEARDOWN(clone3_empty)
{
}

/* 0 where clone3(@flags) returns a PID: that process is gone. */
static int try_clone(uint64_t flags)
{
	pid_t pid = fork_with(flags);

	if (!pid)
		_exit(0);
	return pid == -1 || waitpid(pid, NULL, 0) == -1 ? -1 : 0;
}

/*
 * The child of a clone3(@args) is in an empty mount namespace, and the parent
 * stays where it is.
 */
static void clone_and_check(struct __test_metadata *_metadata,
			    int proc, struct location before,
			    struct clone_args *args)
{
	char *mounts;
	pid_t pid;

	mounts = own_mounts(_metadata);
	args->exit_signal = SIGCHLD;
	pid = ASSERT_OK(sys_clone3(args));
	if (!pid) {
		check_empty_mntns(_metadata, proc, before);
		_exit(0);
	}
	join_child(_metadata, pid);

	check_still_at(_metadata, proc, before);
	expect_mounts(_metadata, mounts);
	free(mounts);
}

TEST_F(clone3_empty, has_a_flag_of_its_own)
{
	struct clone_args args = { .flags = 1ULL << 37 };

	static_assert(CLONE_EMPTY_MNTNS == 1ULL << 37, "ABI");
	static_assert(sizeof(CLONE_EMPTY_MNTNS) == sizeof(uint64_t), "ABI");
	clone_and_check(_metadata, self->proc, self->before, &args);
}

TEST_F(clone3_empty, combines_with_flags_about_other_things)
{
	static const uint64_t flags[] = {
		CLONE_FILES, CLONE_SYSVSEM, CLONE_IO, CLONE_PTRACE,
		CLONE_UNTRACED, CLONE_CLEAR_SIGHAND,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		struct clone_args args = {
			.flags = CLONE_EMPTY_MNTNS | flags[i],
		};

		clone_and_check(_metadata, self->proc, self->before, &args);
	}
}

TEST_F(clone3_empty, takes_the_oldest_clone_args)
{
	struct clone_args args = {
		.flags = CLONE_EMPTY_MNTNS,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	pid = ASSERT_OK(syscall(__NR_clone3, &args, CLONE_ARGS_SIZE_VER0));
	if (!pid) {
		check_empty_mntns(_metadata, self->proc, self->before);
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_F(clone3_empty, refuses_clone_fs)
{
	EXPECT_ERRNO(EINVAL, try_clone(CLONE_EMPTY_MNTNS | CLONE_FS));
	EXPECT_ERRNO(EINVAL, try_clone(CLONE_EMPTY_MNTNS | CLONE_FS |
				       CLONE_NEWNS));
	EXPECT_ERRNO(EINVAL, try_clone(CLONE_EMPTY_MNTNS | CLONE_FS |
				       CLONE_NEWUTS));
	check_still_at(_metadata, self->proc, self->before);
}

TEST_F(clone3_empty, refuses_unknown_bits)
{
	unsigned int nr;

	/* Those below may be flags of other features. */
	for (nr = 48; nr < 64; nr++) {
		EXPECT_EQ(-EINVAL, try_clone(BIT(nr)) ? -errno : 0)
			TH_LOG("bit %u", nr);
		EXPECT_EQ(-EINVAL, try_clone(CLONE_EMPTY_MNTNS | BIT(nr)) ?
					   -errno : 0)
			TH_LOG("bit %u with CLONE_EMPTY_MNTNS", nr);
	}
}

/* To clone3() the bit of unshare() is CLONE_PARENT_SETTID. */
TEST_F(clone3_empty, leaves_clone_parent_settid_alone)
{
	uint32_t tid = 0;
	struct clone_args args = {
		.flags = UNSHARE_EMPTY_MNTNS,
		.parent_tid = (uintptr_t)&tid,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	pid = ASSERT_OK(sys_clone3(&args));
	if (!pid) {
		check_still_at(_metadata, self->proc, self->before);
		_exit(0);
	}
	EXPECT_EQ(pid, (pid_t)tid);
	join_child(_metadata, pid);

	args.flags = CLONE_EMPTY_MNTNS | CLONE_PARENT_SETTID;
	tid = 0;
	pid = ASSERT_OK(sys_clone3(&args));
	if (!pid) {
		check_empty_mntns(_metadata, self->proc, self->before);
		_exit(0);
	}
	EXPECT_EQ(pid, (pid_t)tid);
	join_child(_metadata, pid);
}

static pid_t sys_clone(unsigned long flags, pid_t *parent_tid)
{
#if defined(__s390__) || defined(__CRIS__)
	return syscall(__NR_clone, NULL, flags, parent_tid, NULL, NULL);
#else
	return syscall(__NR_clone, flags, NULL, parent_tid, NULL, NULL);
#endif
}

/* The child of clone(@flags) shares the parent's mount namespace. */
static pid_t check_clone(struct __test_metadata *_metadata, int proc,
			 struct location before, unsigned long flags,
			 pid_t *parent_tid)
{
	pid_t pid = ASSERT_OK(sys_clone(flags | SIGCHLD, parent_tid));

	if (!pid) {
		check_still_at(_metadata, proc, before);
		_exit(0);
	}
	join_child(_metadata, pid);
	return pid;
}

TEST_F(clone3_empty, is_not_for_clone)
{
	pid_t pid, tid = 0;

	pid = check_clone(_metadata, self->proc, self->before,
			  UNSHARE_EMPTY_MNTNS, &tid);
	EXPECT_EQ(pid, tid);

#if __SIZEOF_LONG__ == 8
	/* clone() ignores the upper half of its flags, and what they imply. */
	check_clone(_metadata, self->proc, self->before, CLONE_EMPTY_MNTNS,
		    NULL);
	check_clone(_metadata, self->proc, self->before,
		    CLONE_EMPTY_MNTNS | CLONE_FS, NULL);
	ASSERT_OK(become_nobody());
	check_clone(_metadata, self->proc, self->before, CLONE_EMPTY_MNTNS,
		    NULL);
#endif
}

TEST_F(clone3_empty, leaves_nothing_when_there_is_no_fd_left)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_EMPTY_MNTNS | CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	int i;

	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	for (i = 0; i < 3; i++)
		ASSERT_ERRNO(EMFILE, WITHOUT_FDS(sys_clone3(&args)));
	clone_and_check(_metadata, self->proc, self->before, &args);
}

TEST_F(clone3_empty, combines_with_clone_pidfd)
{
	int pidfd = -1, peer;
	struct clone_args args = {
		.flags = CLONE_EMPTY_MNTNS | CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	int ends[2];
	pid_t pid;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	pid = ASSERT_OK(sys_clone3(&args));
	peer = ends[!pid];
	close(ends[!!pid]);
	if (!pid) {
		ASSERT_OK(overmount_root());
		ASSERT_OK(mkdir("/marker", 0755));
		pass_turn(_metadata, peer);
		_exit(0);
	}

	/* setns() of the pidfd lands on the mount on top of the root. */
	await_turn(_metadata, peer);
	ASSERT_OK(setns(pidfd, CLONE_NEWNS));
	EXPECT_OK(access("/marker", F_OK));
	EXPECT_OK(access("marker", F_OK));
	EXPECT_EQ(1, count_mounts());
	EXPECT_EQ(0, is_nullfs("/"));
	end_peer(_metadata, pid, peer);
}

TEST_F(clone3_empty, combines_with_clone_into_cgroup)
{
	char text[4096], name[32];
	struct clone_args args = {
		.flags = CLONE_EMPTY_MNTNS | CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;
	int dir;

	ASSERT_OK(mkdir("cgroup", 0755));
	if (mount("cgroup", "cgroup", "cgroup2", 0, NULL))
		SKIP(return, "no cgroup2: %m");
	snprintf(name, sizeof(name), "cgroup/mntns-%d", getpid());
	ASSERT_OK(mkdir(name, 0755));
	dir = ASSERT_OK(open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	args.cgroup = dir;
	pid = sys_clone3(&args);
	if (!pid) {
		check_empty_mntns(_metadata, self->proc, self->before);
		ASSERT_LT(0, ASSERT_OK(read_at(self->proc, "self/cgroup", text,
					       sizeof(text))));
		EXPECT_HAS(text, "/mntns-");
		_exit(0);
	}
	/* The cgroup goes in any case. */
	if (pid > 0)
		waitid(P_PID, pid, NULL, WEXITED | WNOWAIT);
	EXPECT_OK(rmdir(name));
	if (pid > 0)
		join_child(_metadata, pid);
	else
		__mntns_fail(1, "clone3(CLONE_INTO_CGROUP): %m");
}

TEST_F(clone3_empty, combines_with_clone_vfork)
{
	struct clone_args args = {
		.flags = CLONE_EMPTY_MNTNS | CLONE_VFORK,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	pid = ASSERT_OK(sys_clone3(&args));
	if (!pid) {
		check_empty_mntns(_metadata, self->proc, self->before);
		_exit(0);
	}
	join_child(_metadata, pid);
}

static void handler(int sig)
{
}

TEST_F(clone3_empty, combines_with_clone_clear_sighand)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction handle = { .sa_handler = handler }, now;
	struct clone_args args = {
		.flags = CLONE_EMPTY_MNTNS | CLONE_CLEAR_SIGHAND,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	ASSERT_OK(sigaction(SIGUSR1, &handle, NULL));
	ASSERT_OK(sigaction(SIGUSR2, &ignore, NULL));
	pid = ASSERT_OK(sys_clone3(&args));
	if (!pid) {
		check_empty_mntns(_metadata, self->proc, self->before);
		ASSERT_OK(sigaction(SIGUSR1, NULL, &now));
		ASSERT_TRUE(now.sa_handler == SIG_DFL);
		ASSERT_OK(sigaction(SIGUSR2, NULL, &now));
		ASSERT_TRUE(now.sa_handler == SIG_IGN);
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_HARNESS_MAIN
