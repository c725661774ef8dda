// SPDX-License-Identifier: GPL-2.0
/*
 * No copy has bind mounts of mount namespace files. A copy for an unprivileged
 * caller would reveal what they hide.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/*
 * The bind mount of a mount namespace file hides /tree/dir/deep/ns. A copy for
 * the owner of the mount namespace is without it, as with unshare(CLONE_NEWNS).
 */
FIXTURE(tree_with_mntns_file)
{
	int proc;
};

FIXTURE_VARIANT(tree_with_mntns_file)
{
	enum mounts mounts;
};

FIXTURE_VARIANT_ADD(tree_with_mntns_file, of_initial_userns) {
	.mounts = TMPFS
};

FIXTURE_VARIANT_ADD(tree_with_mntns_file, of_other_userns) {
	.mounts = USERNS_TMPFS
};

FIXTURE_SETUP(tree_with_mntns_file)
{
	int ns;

	if (!set_scene(_metadata, &self->proc, variant->mounts,
		       NEEDS_ALL_FLAGS))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/free", 0755));
	ASSERT_OK(make_mount("/tree/dir"));
	ASSERT_OK(mkdir("/tree/dir/deep", 0755));
	ASSERT_OK(make_file("/tree/dir/deep/ns"));
	ASSERT_OK(write_at(AT_FDCWD, "/tree/dir/deep/ns", "secret"));
	ASSERT_OK(mkdir("/tree/dir/other", 0755));
	ASSERT_OK(make_mount("/tree/dir/other/mnt"));

	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	ASSERT_OK(bind_mntns(ns, "/tree/dir/deep/ns"));
	close(ns);
}

FIXTURE_TEARDOWN(tree_with_mntns_file)
{
}

TEST_F(tree_with_mntns_file, is_copied_without_it_for_the_owner)
{
	char secret[16] = "";
	int ns;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/", AT_RECURSIVE));
	EXPECT_EQ(4, count_mounts_in(ns));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	EXPECT_EQ(3, count_mounts_in(ns));
	IN_MNTNS(ns) {
		ASSERT_EQ(6, read_at(AT_FDCWD, "/dir/deep/ns", secret,
				     sizeof(secret)));
		ASSERT_STREQ("secret", secret);
	}

	ASSERT_OK(unshare(CLONE_NEWNS));
	EXPECT_EQ(4, count_mounts());
}

TEST_F(tree_with_mntns_file, is_not_copied_for_an_unprivileged_caller)
{
	static const char * const trees[] = {
		"/", "/tree", "/tree/dir", "/tree/dir/deep",
	};
	struct traces before;
	unsigned int i;

	become(_metadata, self->proc, UNPRIVILEGED);
	before = find_traces(_metadata, self->proc);
	for (i = 0; i < ARRAY_SIZE(trees); i++) {
		EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, trees[i],
						  AT_RECURSIVE));
		EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, trees[i], 0));
	}
	check_no_traces(_metadata, self->proc, before);

	/* Trees without it are copied. */
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/tree/free", AT_RECURSIVE));
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/tree/dir/other", AT_RECURSIVE));
}

TEST_F(tree_with_mntns_file, is_not_copied_when_detached_by_another_task)
{
	unsigned int flags = AT_EMPTY_PATH | AT_RECURSIVE;
	int tree;

	tree = ASSERT_OK(copy_of("/tree", AT_RECURSIVE));
	close(ASSERT_OK(copy_to_mntns(tree, "", flags)));
	become(_metadata, self->proc, UNPRIVILEGED);
	EXPECT_ERRNO(EPERM, copy_to_mntns(tree, "", flags));
	EXPECT_ERRNO(EPERM, copy_to_mntns(tree, "dir/deep", AT_RECURSIVE));
	EXPECT_OK(copy_to_mntns(tree, "free", AT_RECURSIVE));
}

TEST_HARNESS_MAIN
