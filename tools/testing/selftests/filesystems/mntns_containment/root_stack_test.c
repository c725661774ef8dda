// SPDX-License-Identifier: GPL-2.0
/*
 * A new mount namespace has a mount on top of the namespace root. A task can
 * unmount it if the caller could unmount all mounts on top of the namespace
 * root of its own mount namespace; otherwise it is locked.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/* Both calls have to agree; /tree is a mount. */
static void check_tops(struct __test_metadata *_metadata, bool locked)
{
	int ns[2], i;

	ns[0] = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", 0));
	ns[1] = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	for (i = 0; i < 2; i++) {
		if (!locked) {
			check_on_nullfs(_metadata, ns[i]);
			continue;
		}
		IN_MNTNS(ns[i]) {
			ASSERT_ERRNO(EINVAL, umount2("/", 0));
			ASSERT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
			ASSERT_ERRNO(EINVAL, umount2(".", MNT_DETACH));
			ASSERT_OK(setns(ns[i], CLONE_NEWNS));
			ASSERT_EQ(0, ASSERT_OK(is_nullfs("/")));
			/* nor in a copy of the mount namespace */
			ASSERT_OK(unshare(CLONE_NEWNS));
			ASSERT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		}
	}
	close(ns[0]);
	close(ns[1]);
}

FIXTURE(top_of_new_mntns)
{
	int proc;
};

FIXTURE_SETUP(top_of_new_mntns)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	ASSERT_OK(make_mount("/tree"));
}

FIXTURE_TEARDOWN(top_of_new_mntns)
{
}

TEST_F(top_of_new_mntns, is_unlocked_for_root)
{
	check_tops(_metadata, false);
}

TEST_F(top_of_new_mntns, is_locked_for_an_unprivileged_caller)
{
	become(_metadata, self->proc, UNPRIVILEGED);
	check_tops(_metadata, true);
}

TEST_F(top_of_new_mntns, is_locked_for_a_nested_unprivileged_caller)
{
	become(_metadata, self->proc, NESTED_UNPRIVILEGED);
	check_tops(_metadata, true);
}

TEST_F(top_of_new_mntns, is_locked_if_all_of_the_root_stack_is)
{
	become(_metadata, self->proc, USERNS_ROOT);
	check_tops(_metadata, true);
}

TEST_F(top_of_new_mntns, is_locked_if_the_bottom_of_the_root_stack_is)
{
	become(_metadata, self->proc, USERNS_ROOT);
	close(ASSERT_OK(overmount_root()));
	ASSERT_OK(make_mount("/tree"));
	check_tops(_metadata, true);
}

TEST_F(top_of_new_mntns, is_locked_if_a_parent_userns_owns_the_root_stack)
{
	become(_metadata, self->proc, USERNS_ROOT);
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	close(ASSERT_OK(overmount_root()));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(enter_userns(self->proc, 0));
	check_tops(_metadata, true);
}

TEST_F(top_of_new_mntns, is_unlocked_if_all_of_the_root_stack_is_own)
{
	become(_metadata, self->proc, USERNS_ROOT);
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	close(ASSERT_OK(overmount_root()));
	close(ASSERT_OK(overmount_root()));
	ASSERT_OK(make_mount("/tree"));
	check_tops(_metadata, false);
}

/* The mount that it is locked to does not come along. */
TEST_F(top_of_new_mntns, is_unlocked_though_it_was_locked_in_the_tree)
{
	int tree, ns;

	ASSERT_OK(make_mount("/tree/dir"));
	become(_metadata, self->proc, USERNS_ROOT);
	tree = ASSERT_OK(copy_of("/tree", AT_RECURSIVE));
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	close(ASSERT_OK(overmount_root()));
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(mount_on(tree, "/mnt"));
	ASSERT_ERRNO(EINVAL, umount2("/mnt/dir", 0));

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/mnt/dir", 0));
	IN_MNTNS(ns) {
		ASSERT_OK(access("/dir", F_OK));
	}
	check_on_nullfs(_metadata, ns);
}

TEST_F(top_of_new_mntns, is_locked_if_created_where_the_root_is_locked)
{
	int ns;

	become(_metadata, self->proc, UNPRIVILEGED);
	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	IN_MNTNS(ns) {
		ASSERT_OK(make_mount("/tree"));
		check_tops(_metadata, true);
	}
}

TEST_HARNESS_MAIN
