// SPDX-License-Identifier: GPL-2.0
/* clone3(CLONE_EMPTY_MNTNS) */
#include <sys/resource.h>

#include "empty_mntns.h"

FIXTURE(clone3_empty)
{
	int proc;
	struct place before;
};

FIXTURE_SETUP(clone3_empty)
{
	if (!setup_scene(_metadata, &self->proc))
		return;
	self->before = current_place(_metadata, self->proc);
}

FIXTURE_TEARDOWN(clone3_empty)
{
}

/* What clone3(@flags) returns, but for the child's pid: that one is gone. */
static int try_clone(uint64_t flags)
{
	pid_t pid = fork_with(flags);

	if (!pid)
		_exit(0);
	return pid == -1 || waitpid(pid, NULL, 0) == -1 ? -1 : 0;
}

/*
 * Clones with @args, whose child has to be in an empty mount namespace while
 * the parent stays where it is. Returns in the parent, the child is gone.
 */
static void clone_and_check(struct __test_metadata *_metadata,
			    int proc, struct place before,
			    struct clone_args *args)
{
	char *mounts, *mounts_after;
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
	mounts_after = own_mounts(_metadata);
	EXPECT_STREQ(mounts, mounts_after);
	free(mounts);
	free(mounts_after);
}

TEST_F(clone3_empty, has_a_flag_of_its_own)
{
	struct clone_args args = { .flags = 1ULL << 37 };

	static_assert(CLONE_EMPTY_MNTNS == 1ULL << 37, "ABI");
	static_assert(sizeof(CLONE_EMPTY_MNTNS) == sizeof(uint64_t), "ABI");
	clone_and_check(_metadata, self->proc, self->before, &args);
}

/* It implies CLONE_NEWNS, which may be given. */
TEST_F(clone3_empty, combines_with_clone_newns)
{
	struct clone_args args = { .flags = CLONE_EMPTY_MNTNS | CLONE_NEWNS };

	/* Not more than one namespace is created. */
	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
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

/* Nobody can share root and cwd across mount namespaces. */
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

	for (nr = 34; nr < 64; nr++) {
		if (BIT(nr) == CLONE_EMPTY_MNTNS)
			continue;
		EXPECT_EQ(-EINVAL, try_clone(BIT(nr)) ? -errno : 0)
			TH_LOG("bit %u", nr);
		EXPECT_EQ(-EINVAL, try_clone(CLONE_EMPTY_MNTNS | BIT(nr)) ?
					   -errno : 0)
			TH_LOG("bit %u with CLONE_EMPTY_MNTNS", nr);
	}
}

/* The child's part of a test that another mount namespace isn't created in */
static void exit_from_old_mntns(struct __test_metadata *_metadata,
				int proc, struct place before)
{
	check_still_at(_metadata, proc, before);
	_exit(0);
}

/* For clone3() the bit of unshare() is what it always was. */
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
	if (!pid)
		exit_from_old_mntns(_metadata, self->proc, self->before);
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

/* So it is for clone(), which has no way to ask for an empty namespace. */
TEST_F(clone3_empty, is_not_for_clone)
{
	pid_t pid, tid = 0;

	pid = ASSERT_OK(sys_clone(UNSHARE_EMPTY_MNTNS | SIGCHLD, &tid));
	if (!pid)
		exit_from_old_mntns(_metadata, self->proc, self->before);
	EXPECT_EQ(pid, tid);
	join_child(_metadata, pid);

#if __SIZEOF_LONG__ == 8
	/* It ignores the upper half of its flags, with what they imply too. */
	pid = ASSERT_OK(sys_clone(CLONE_EMPTY_MNTNS | SIGCHLD, NULL));
	if (!pid)
		exit_from_old_mntns(_metadata, self->proc, self->before);
	join_child(_metadata, pid);

	pid = ASSERT_OK(sys_clone(CLONE_EMPTY_MNTNS | CLONE_FS | SIGCHLD,
				  NULL));
	if (!pid)
		exit_from_old_mntns(_metadata, self->proc, self->before);
	join_child(_metadata, pid);

	ASSERT_OK(become_nobody());
	pid = ASSERT_OK(sys_clone(CLONE_EMPTY_MNTNS | SIGCHLD, NULL));
	if (!pid)
		exit_from_old_mntns(_metadata, self->proc, self->before);
	join_child(_metadata, pid);
#endif
}

TEST_F(clone3_empty, needs_privilege)
{
	ASSERT_OK(become_nobody());
	EXPECT_ERRNO(EPERM, try_clone(CLONE_EMPTY_MNTNS));
	EXPECT_ERRNO(EPERM, try_clone(CLONE_EMPTY_MNTNS | CLONE_NEWNS));
}

/* The capability counts over the user namespace the new namespace is in. */
TEST_F(clone3_empty, is_for_everybody_with_a_user_namespace)
{
	struct clone_args args = { .flags = CLONE_EMPTY_MNTNS | CLONE_NEWUSER };

	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	ASSERT_OK(become_nobody());
	clone_and_check(_metadata, self->proc, self->before, &args);
}

TEST_F(clone3_empty, does_not_let_an_unprivileged_user_out_of_a_chroot)
{
	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	go_to(_metadata, self->proc, CHROOTED);
	ASSERT_OK(become_nobody());
	ASSERT_ERRNO(EPERM, try_clone(CLONE_EMPTY_MNTNS | CLONE_NEWUSER));
}

TEST_F(clone3_empty, keeps_to_the_limit_of_mount_namespaces)
{
	struct clone_args args = { .flags = CLONE_EMPTY_MNTNS };
	pid_t pid;
	int peer;

	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 0));
	EXPECT_ERRNO(ENOSPC, try_clone(CLONE_EMPTY_MNTNS));

	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	pid = fork_peer(_metadata, CLONE_EMPTY_MNTNS, &peer);
	if (!pid) {
		await_turn(_metadata, peer);
		_exit(0);
	}
	EXPECT_ERRNO(ENOSPC, try_clone(CLONE_EMPTY_MNTNS));
	give_turn(_metadata, peer);
	join_child(_metadata, pid);

	/* With its task the namespace is gone. */
	clone_and_check(_metadata, self->proc, self->before, &args);
}

/* A namespace that is created after the mount namespace can't be. */
TEST_F(clone3_empty, leaves_nothing_when_a_later_step_fails)
{
	struct clone_args args = { .flags = CLONE_EMPTY_MNTNS };
	int i;

	if (!can_unshare(CLONE_NEWUTS))
		SKIP(return, "no UTS namespaces");

	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	ASSERT_OK(set_limit(self->proc, "max_uts_namespaces", 0));
	for (i = 0; i < 3; i++)
		ASSERT_ERRNO(ENOSPC, try_clone(CLONE_EMPTY_MNTNS |
					       CLONE_NEWUTS));
	check_still_at(_metadata, self->proc, self->before);
	clone_and_check(_metadata, self->proc, self->before, &args);
}

TEST_F(clone3_empty, leaves_nothing_when_there_is_no_fd_left)
{
	struct rlimit none = {}, old;
	int pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_EMPTY_MNTNS | CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	int i;

	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	ASSERT_OK(getrlimit(RLIMIT_NOFILE, &old));
	none.rlim_max = old.rlim_max;
	for (i = 0; i < 3; i++) {
		ASSERT_OK(setrlimit(RLIMIT_NOFILE, &none));
		ASSERT_ERRNO(EMFILE, sys_clone3(&args));
		ASSERT_OK(setrlimit(RLIMIT_NOFILE, &old));
	}
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
		give_turn(_metadata, peer);
		await_turn(_metadata, peer);
		_exit(0);
	}

	/* By the pidfd one gets into the namespace, to what is its / now. */
	await_turn(_metadata, peer);
	ASSERT_OK(setns(pidfd, CLONE_NEWNS));
	EXPECT_OK(access("/marker", F_OK));
	EXPECT_OK(access("marker", F_OK));
	EXPECT_EQ(1, count_mounts());
	EXPECT_EQ(0, is_nullfs("/"));
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
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
	/* The cgroup isn't left behind, whatever happened. */
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
	/* The parent runs again when the child is through. */
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

/* It doesn't matter where a task is. */
FIXTURE(clone3_empty_from)
{
	int proc;
	struct place before;
};

FIXTURE_VARIANT(clone3_empty_from)
{
	enum place_kind place;
};

FIXTURE_VARIANT_ADD(clone3_empty_from, root)
{
	.place = AT_ROOT,
};

FIXTURE_VARIANT_ADD(clone3_empty_from, subdirectory)
{
	.place = IN_SUBDIRECTORY,
};

FIXTURE_VARIANT_ADD(clone3_empty_from, deleted_directory)
{
	.place = IN_DELETED_DIRECTORY,
};

FIXTURE_VARIANT_ADD(clone3_empty_from, another_mount)
{
	.place = ON_ANOTHER_MOUNT,
};

FIXTURE_VARIANT_ADD(clone3_empty_from, unmounted_mount)
{
	.place = ON_AN_UNMOUNTED_MOUNT,
};

FIXTURE_VARIANT_ADD(clone3_empty_from, another_namespace)
{
	.place = IN_ANOTHER_NAMESPACE,
};

FIXTURE_VARIANT_ADD(clone3_empty_from, chroot)
{
	.place = CHROOTED,
};

FIXTURE_SETUP(clone3_empty_from)
{
	if (!setup_scene(_metadata, &self->proc))
		return;
	go_to(_metadata, self->proc, variant->place);
	self->before = current_place(_metadata, self->proc);
}

FIXTURE_TEARDOWN(clone3_empty_from)
{
}

TEST_F(clone3_empty_from, has_one_mount_as_root_and_cwd)
{
	pid_t pid;

	pid = ASSERT_OK(fork_with(CLONE_EMPTY_MNTNS));
	if (!pid) {
		check_empty_mntns(_metadata, self->proc, self->before);
		_exit(0);
	}
	join_child(_metadata, pid);
	check_still_at(_metadata, self->proc, self->before);
}

/* Together with each other kind of namespace */
FIXTURE(clone3_empty_with)
{
	int proc;
	struct place before;
};

FIXTURE_VARIANT(clone3_empty_with)
{
	uint64_t flag;
	const char *file;
};

FIXTURE_VARIANT_ADD(clone3_empty_with, cgroup)
{
	.flag = CLONE_NEWCGROUP,
	.file = "cgroup",
};

FIXTURE_VARIANT_ADD(clone3_empty_with, ipc)
{
	.flag = CLONE_NEWIPC,
	.file = "ipc",
};

FIXTURE_VARIANT_ADD(clone3_empty_with, net)
{
	.flag = CLONE_NEWNET,
	.file = "net",
};

FIXTURE_VARIANT_ADD(clone3_empty_with, pid)
{
	.flag = CLONE_NEWPID,
	.file = "pid",
};

FIXTURE_VARIANT_ADD(clone3_empty_with, time)
{
	.flag = CLONE_NEWTIME,
	.file = "time_for_children",
};

FIXTURE_VARIANT_ADD(clone3_empty_with, user)
{
	.flag = CLONE_NEWUSER,
	.file = "user",
};

FIXTURE_VARIANT_ADD(clone3_empty_with, uts)
{
	.flag = CLONE_NEWUTS,
	.file = "uts",
};

FIXTURE_VARIANT_ADD(clone3_empty_with, all_of_them)
{
	.flag = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID |
		CLONE_NEWTIME | CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS,
	.file = "user",
};

FIXTURE_SETUP(clone3_empty_with)
{
	if (!setup_scene(_metadata, &self->proc))
		return;
	if (!can_unshare(variant->flag))
		SKIP(return, "no such namespaces");
	self->before = current_place(_metadata, self->proc);
}

FIXTURE_TEARDOWN(clone3_empty_with)
{
}

TEST_F(clone3_empty_with, has_both_namespaces)
{
	char before[64], after[64];
	pid_t pid;
	int peer;

	ASSERT_OK(read_ns(self->proc, getpid(), variant->file, before));
	pid = fork_peer(_metadata, CLONE_EMPTY_MNTNS | variant->flag, &peer);
	if (!pid) {
		check_empty_mntns(_metadata, self->proc, self->before);
		give_turn(_metadata, peer);
		await_turn(_metadata, peer);
		_exit(0);
	}
	await_turn(_metadata, peer);
	ASSERT_OK(read_ns(self->proc, pid, variant->file, after));
	EXPECT_STRNE(before, after);
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
	check_still_at(_metadata, self->proc, self->before);
}

TEST_HARNESS_MAIN
