// SPDX-License-Identifier: GPL-2.0
/*
 * Locks follow the stack: a new mount namespace has a mount on top of its real
 * root. Can that be taken off? Only by those who could take off all that is
 * stacked on the real root where they come from.
 */
#include "containment.h"

/* Both calls, which have to agree; /tree is a mount. */
static void check_tops(struct __test_metadata *_metadata, bool removable)
{
	int ns[2], i;
	pid_t pid;

	ns[0] = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", 0));
	ns[1] = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	for (i = 0; i < 2; i++) {
		pid = fork_into(_metadata, ns[i]);
		if (!pid) {
			if (removable) {
				ASSERT_OK(umount2("/", MNT_DETACH));
				ASSERT_OK(setns(ns[i], CLONE_NEWNS));
				ASSERT_EQ(1, ASSERT_OK(is_nullfs("/")));
			} else {
				ASSERT_ERRNO(EINVAL, umount2("/", 0));
				ASSERT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
				ASSERT_ERRNO(EINVAL, umount2(".", MNT_DETACH));
				ASSERT_OK(setns(ns[i], CLONE_NEWNS));
				ASSERT_EQ(0, ASSERT_OK(is_nullfs("/")));
				/* not by way of a copy either */
				ASSERT_OK(unshare(CLONE_NEWNS));
				ASSERT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
			}
			_exit(0);
		}
		join_child(_metadata, pid);
		close(ns[i]);
	}
}

FIXTURE(root_stack)
{
	int proc;
};

FIXTURE_SETUP(root_stack)
{
	if (!set_table(_metadata, &self->proc, INITIAL_USERNS))
		return;
	ASSERT_OK(make_mount("/tree"));
}

FIXTURE_TEARDOWN(root_stack)
{
}

TEST_F(root_stack, is_removable_for_root)
{
	check_tops(_metadata, true);
}

TEST_F(root_stack, is_locked_for_a_foreign_caller)
{
	become(_metadata, self->proc, FOREIGN);
	check_tops(_metadata, false);
}

TEST_F(root_stack, is_locked_for_a_nested_foreign_caller)
{
	become(_metadata, self->proc, NESTED_FOREIGN);
	check_tops(_metadata, false);
}

TEST_F(root_stack, is_locked_if_all_of_it_was)
{
	become(_metadata, self->proc, USERNS_ROOT);
	check_tops(_metadata, false);
}

/* There's a locked one beneath the own one. */
TEST_F(root_stack, is_locked_if_the_bottom_of_it_was)
{
	become(_metadata, self->proc, USERNS_ROOT);
	close(ASSERT_OK(overmount_root()));
	ASSERT_OK(make_mount("/tree"));
	check_tops(_metadata, false);
}

/* The same where somebody is in that doesn't own the namespace */
TEST_F(root_stack, is_locked_where_others_could_unlock_it)
{
	become(_metadata, self->proc, USERNS_ROOT);
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	close(ASSERT_OK(overmount_root()));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(enter_userns(self->proc, 0));
	check_tops(_metadata, false);
}

/* Nothing of what is there was ever somebody else's. */
TEST_F(root_stack, is_removable_if_all_of_it_is_own)
{
	become(_metadata, self->proc, USERNS_ROOT);
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	close(ASSERT_OK(overmount_root()));
	close(ASSERT_OK(overmount_root()));
	ASSERT_OK(make_mount("/tree"));
	check_tops(_metadata, true);
}

/* What is locked in the tree, to what it covered, isn't on top of that. */
TEST_F(root_stack, is_removable_though_it_was_locked_in_the_tree)
{
	pid_t pid;
	int tree, ns;

	ASSERT_OK(make_mount("/tree/dir"));
	become(_metadata, self->proc, USERNS_ROOT);
	tree = ASSERT_OK(sys_open_tree(AT_FDCWD, "/tree", OPEN_TREE_CLONE |
				       AT_RECURSIVE));
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	close(ASSERT_OK(overmount_root()));
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(mount_on(tree, "/mnt"));
	ASSERT_ERRNO(EINVAL, umount2("/mnt/dir", 0));

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/mnt/dir", 0));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(access("/dir", F_OK));
		ASSERT_OK(umount2("/", MNT_DETACH));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		ASSERT_EQ(1, ASSERT_OK(is_nullfs("/")));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* In a namespace that was made so, it goes on. */
TEST_F(root_stack, stays_locked_in_the_next_namespace)
{
	pid_t pid;
	int ns;

	become(_metadata, self->proc, FOREIGN);
	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(make_mount("/tree"));
		check_tops(_metadata, false);
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_HARNESS_MAIN
