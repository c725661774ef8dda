// SPDX-License-Identifier: GPL-2.0
/*
 * What a kernel before 7.1 with the mount namespace flags does, and mainline's
 * kernels do not.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

FIXTURE(backport)
{
	int proc;
};

FIXTURE_SETUP(backport)
{
	set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS);
}

FIXTURE_TEARDOWN(backport)
{
}

/* 34 to 36 are flags of 7.1 that have nothing to do with mount namespaces. */
TEST_F(backport, refuses_clone3_bits_of_later_kernels)
{
	static const uint64_t beside[] = { 0, CLONE_EMPTY_MNTNS };
	unsigned int i, nr;
	pid_t pid;

	for (nr = 34; nr < 48; nr++) {
		if (BIT(nr) == CLONE_EMPTY_MNTNS)
			continue;
		for (i = 0; i < ARRAY_SIZE(beside); i++) {
			pid = fork_with(beside[i] | BIT(nr));
			if (!pid)
				_exit(0);
			EXPECT_EQ(-EINVAL, pid == -1 ? -errno : 0)
				TH_LOG("bit %u", nr);
		}
	}
}

/* In 7.3, it is on nullfs. */
TEST_F(backport, leaves_the_root_of_kernel_threads_on_the_rootfs)
{
	EXPECT_EQ(0, is_nullfs_at(self->proc, "2/root"));
}

TEST_F(backport, uses_up_a_context_when_fsmount_fails)
{
	int fs_fd = ASSERT_OK(new_fs_context("tmpfs"));

	EXPECT_ERRNO(EMFILE, WITHOUT_FDS(sys_fsmount(fs_fd, NS_FLAGS, 0)));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
}

TEST_F(backport, uses_up_a_context_when_there_are_too_many_namespaces)
{
	int fs_fd, i;

	become(_metadata, self->proc, USERNS_ROOT);
	for (i = 0; i < MAX_MNTNS; i++)
		if (new_fs_mntns("tmpfs", 0) == -1)
			break;
	fs_fd = ASSERT_OK(new_fs_context("tmpfs"));
	EXPECT_ERRNO(ENOSPC, sys_fsmount(fs_fd, NS_FLAGS, 0));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
}

/* Since 6.15, OPEN_TREE_CLONE and mount() copy it, too. */
TEST_F(backport, copies_a_detached_tree_by_open_tree_namespace_only)
{
	int mnt;

	ASSERT_OK(mkdir("/away/dir", 0755));
	mnt = ASSERT_OK(copy_of("/", AT_RECURSIVE));
	EXPECT_ERRNO(EINVAL, sys_open_tree(mnt, "", AT_EMPTY_PATH |
					   OPEN_TREE_CLONE));
	EXPECT_ERRNO(EINVAL, sys_open_tree(mnt, "away", AT_RECURSIVE |
					   OPEN_TREE_CLONE));
	EXPECT_OK(copy_to_mntns(mnt, "", AT_EMPTY_PATH | AT_RECURSIVE));
	IN_CHILD(0) {
		ASSERT_OK(fchdir(mnt));
		EXPECT_ERRNO(EINVAL, mount(".", "/away/dir", NULL, MS_BIND,
					   NULL));
	}
}

TEST_HARNESS_MAIN
