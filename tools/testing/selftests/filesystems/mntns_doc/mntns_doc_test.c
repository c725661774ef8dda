// SPDX-License-Identifier: GPL-2.0
/*
 * The examples in Documentation/filesystems/mount-namespace-flags.rst compile
 * and do what the document promises. code_blocks.awk extracts code_blocks.h
 * from it.
 */
#include "code_blocks.h"

#include <endian.h>
#include <stddef.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/* System calls without the flags, as on an older kernel */
enum missing {
	NOTHING			= 0,
	ON_FSMOUNT		= 1 << 0,
	ON_UNSHARE		= 1 << 1,
	ON_MOVE_MOUNT		= 1 << 2,
	ON_OPEN_TREE		= 1 << 3,
	EVERYTHING		= ON_FSMOUNT | ON_UNSHARE | ON_MOVE_MOUNT |
				  ON_OPEN_TREE,
};

#if __BYTE_ORDER == __LITTLE_ENDIAN
#define ARGUMENT(n)	offsetof(struct seccomp_data, args[n])
#else
#define ARGUMENT(n)	(offsetof(struct seccomp_data, args[n]) + 4)
#endif

/* The system call @nr fails from now on with @flag in its argument @arg. */
static int refuse(unsigned int nr, size_t arg, unsigned int flag)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, arg),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, flag, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = ARRAY_SIZE(filter),
		.filter = filter,
	};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int take_away(enum missing missing)
{
	if ((missing & ON_FSMOUNT) &&
	    refuse(__NR_fsmount, ARGUMENT(1), FSMOUNT_NAMESPACE))
		return -1;
	if ((missing & ON_UNSHARE) &&
	    refuse(__NR_unshare, ARGUMENT(0), UNSHARE_EMPTY_MNTNS))
		return -1;
	if ((missing & ON_MOVE_MOUNT) &&
	    refuse(__NR_move_mount, ARGUMENT(4), MOVE_MOUNT_BENEATH))
		return -1;
	if ((missing & ON_OPEN_TREE) &&
	    refuse(__NR_open_tree, ARGUMENT(2), OPEN_TREE_NAMESPACE))
		return -1;
	return 0;
}

/* The caller is in a new filesystem with a file "new". */
static void check_new_root(struct __test_metadata *_metadata, size_t mounts)
{
	EXPECT_OK(access("/new", F_OK));
	EXPECT_OK(access("new", F_OK));
	EXPECT_EQ(mount_id("/"), mount_id("."));
	EXPECT_EQ(mounts, ASSERT_OK(count_mounts()));
	EXPECT_ERRNO(ENOENT, access("/proc", F_OK));
	EXPECT_ERRNO(ENOENT, access("../proc", F_OK));
}

FIXTURE(doc_example)
{
	int proc;
};

FIXTURE_SETUP(doc_example)
{
	set_scene(_metadata, &self->proc, COPY, NEEDS_ALL_FLAGS);
}

FIXTURE_TEARDOWN(doc_example)
{
}

TEST_F(doc_example, detects_the_flags)
{
	EXPECT_TRUE(have_open_tree_namespace_flag());
	EXPECT_TRUE(have_fsmount_namespace_flag());
	ASSERT_OK(become_nobody());
	EXPECT_TRUE(have_open_tree_namespace_flag());
	EXPECT_TRUE(have_fsmount_namespace_flag());
	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(take_away(EVERYTHING));
	EXPECT_FALSE(have_open_tree_namespace_flag());
	EXPECT_FALSE(have_fsmount_namespace_flag());
}

TEST_F(doc_example, forks_into_an_empty_mntns)
{
	pid_t pid = ASSERT_OK(fork_into_nothing());

	if (!pid) {
		ASSERT_EQ(1, is_nullfs("/"));
		ASSERT_EQ(1, is_nullfs("."));
		ASSERT_EQ(1, count_mounts());
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_F(doc_example, enters_a_sandbox)
{
	char text[64];
	int fd;

	fd = ASSERT_OK(openat(self->proc, "self/stat", O_RDONLY | O_CLOEXEC));
	ASSERT_OK(become_nobody());
	ASSERT_OK(enter_sandbox());
	EXPECT_EQ(1, is_nullfs("/"));
	EXPECT_EQ(1, count_mounts());
	EXPECT_ERRNO(ENOENT, access("/proc", F_OK));
	EXPECT_ERRNO(EPERM, mount("tmpfs", "/", "tmpfs", 0, NULL));
	EXPECT_ERRNO(EPERM, new_mount("tmpfs", 0, 0));
	EXPECT_ERRNO(EPERM, unshare(CLONE_NEWNS));
	EXPECT_ERRNO(EPERM, unshare(CLONE_NEWUSER));
	EXPECT_LT(0, read(fd, text, sizeof(text)));
}

/* for look_around(), which has no parameters */
static struct __test_metadata *visitor;

/* Runs in the container. */
static int look_around(void)
{
	struct __test_metadata *_metadata = visitor;

	EXPECT_EQ(1, getpid());
	EXPECT_EQ(3, count_mounts());
	EXPECT_OK(access("/image", F_OK));
	EXPECT_OK(access("/sub/below", F_OK));
	EXPECT_ERRNO(ENOENT, access("/sub/hidden", F_OK));
	EXPECT_ERRNO(EINVAL, umount2("/sub", MNT_DETACH));
	EXPECT_ERRNO(EPERM, mount(NULL, "/sub", NULL, MS_REMOUNT | MS_BIND,
				  NULL));
	EXPECT_OK(access("/proc/1/status", F_OK));
	EXPECT_ERRNO(ENOENT, access("/proc/sys", F_OK));
	EXPECT_ERRNO(EPERM, mount("proc", "/proc", "proc", 0, NULL));
	return _metadata->exit_code;
}

TEST_F(doc_example, runs_a_container_without_privileges)
{
	int status;

	ASSERT_OK(mkdir("tree", 0755));
	ASSERT_OK(mkdir("tree/proc", 0555));
	ASSERT_OK(mkdir("tree/sub", 0755));
	ASSERT_OK(make_file("tree/image"));
	ASSERT_OK(make_file("tree/sub/hidden"));
	ASSERT_OK(mount("sub", "tree/sub", "tmpfs", 0, NULL));
	ASSERT_OK(make_file("tree/sub/below"));
	ASSERT_OK(mount(NULL, "tree/sub", NULL,
			MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));

	ASSERT_OK(become_nobody());
	visitor = _metadata;
	status = ASSERT_OK(run_container("tree", look_around));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		SKIP(return, "no proc with subset=pid");
	EXPECT_EQ(KSFT_PASS, status);
	EXPECT_OK(access("tree/image", F_OK));
}

TEST_F(doc_example, replaces_an_inherited_proc)
{
	struct statfs st;

	ASSERT_OK(become_nobody());
	ASSERT_OK(become_userns_root(CLONE_NEWNS));
	ASSERT_ERRNO(EINVAL, umount2("/proc", MNT_DETACH));
	ASSERT_OK(shed("/proc"));
	ASSERT_OK(statfs("/proc", &st));
	EXPECT_EQ(TMPFS_MAGIC, st.f_type);
	EXPECT_ERRNO(ENOENT, access("/proc/self", F_OK));
	EXPECT_ERRNO(EINVAL, umount2("/proc", MNT_DETACH));
	/* not removed, but replaced */
	ASSERT_OK(make_file("/proc/mark"));
	ASSERT_OK(shed("/proc"));
	EXPECT_ERRNO(ENOENT, access("/proc/mark", F_OK));
	EXPECT_ERRNO(EINVAL, umount2("/proc", MNT_DETACH));
}

TEST_F(doc_example, replaces_an_inherited_proc_by_subset_pid)
{
	int status;
	pid_t pid;

	ASSERT_OK(become_nobody());
	ASSERT_OK(become_userns_root(CLONE_NEWNS | CLONE_NEWPID));
	ASSERT_OK(shed("/proc"));
	pid = ASSERT_OK(fork());
	if (!pid) {
		EXPECT_ERRNO(EPERM, mount("proc", "/proc", "proc", 0, NULL));
		if (mount("proc", "/proc", "proc", 0, "subset=pid") &&
		    errno == EPERM)
			_exit(KSFT_SKIP);
		EXPECT_OK(access("/proc/1/status", F_OK));
		_exit(_metadata->exit_code);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	if (WIFEXITED(status) && WEXITSTATUS(status) == KSFT_SKIP)
		SKIP(return, "no proc with subset=pid");
	EXPECT_EQ(KSFT_PASS, status);
}

/* Examples that work on older kernels, too */
FIXTURE(doc_example_on)
{
	int proc;
};

FIXTURE_VARIANT(doc_example_on)
{
	enum missing missing;
};

FIXTURE_VARIANT_ADD(doc_example_on, this_kernel) { .missing = NOTHING };
FIXTURE_VARIANT_ADD(doc_example_on, kernel_without_fsmount_namespace) {
	.missing = ON_FSMOUNT
};

FIXTURE_VARIANT_ADD(doc_example_on, kernel_without_new_mntns) {
	.missing = ON_FSMOUNT | ON_UNSHARE | ON_OPEN_TREE
};

FIXTURE_VARIANT_ADD(doc_example_on, kernel_without_any_flag) {
	.missing = EVERYTHING
};

FIXTURE_SETUP(doc_example_on)
{
	if (!set_scene(_metadata, &self->proc, COPY, NEEDS_ALL_FLAGS))
		return;
	ASSERT_OK(take_away(variant->missing));
}

FIXTURE_TEARDOWN(doc_example_on)
{
}

TEST_F(doc_example_on, enters_a_new_root)
{
	struct location before = current_location(_metadata, self->proc);
	char *mounts = own_mounts(_metadata);
	struct statmount *sm;
	int fd;

	IN_CHILD(0) {
		ASSERT_OK(enter_new_root("tmpfs", MOUNT_ATTR_NODEV));
		fd = ASSERT_OK(open("/new", O_CREAT | O_CLOEXEC, 0600));
		close(fd);
		check_new_root(_metadata, 1);
		sm = own_mount(_metadata, mount_id("/"));
		EXPECT_STREQ("tmpfs", sm->str + sm->fs_type);
		EXPECT_TRUE(sm->mnt_attr & MOUNT_ATTR_NODEV);
		free(sm);
	}
	check_still_at(_metadata, self->proc, before);
	expect_mounts(_metadata, mounts);
	free(mounts);
}

/* Another task stays on the old root, unless it takes a pivot_root(). */
TEST_F(doc_example_on, switches_the_root)
{
	bool pivots = variant->missing & ON_MOVE_MOUNT;
	uint64_t before = mount_id("/");
	pid_t pid;
	int peer;

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		await_turn(_metadata, peer);
		EXPECT_EQ(pivots, before != mount_id("/"))
			TH_LOG("the root of another process: %s",
			       pivots ? "the old one" : "the new one");
		_exit(_metadata->exit_code);
	}
	ASSERT_OK(mkdir("tree", 0755));
	ASSERT_OK(mkdir("tree/sub", 0755));
	ASSERT_OK(make_file("tree/new"));
	ASSERT_OK(mount("sub", "tree/sub", "tmpfs", 0, NULL));
	ASSERT_OK(make_file("tree/sub/below"));
	ASSERT_OK(switch_root_to("tree"));
	check_new_root(_metadata, 2);
	EXPECT_OK(access("/sub/below", F_OK));
	end_peer(_metadata, pid, peer);
}

TEST_HARNESS_MAIN
