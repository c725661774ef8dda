// SPDX-License-Identifier: GPL-2.0
/* No mount namespace keeps itself alive by a bind mount of a file of it. */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/* bind_mntns() with mount() */
static int bind_by_mount(int proc, int ns_fd, const char *path)
{
	char name[32];

	if (fchdir(proc))
		return -1;
	snprintf(name, sizeof(name), "self/fd/%d", ns_fd);
	return mount(name, path, NULL, MS_BIND, NULL);
}

/* Root of a user namespace, in a mount namespace of its own */
FIXTURE(mntns_file)
{
	int proc;
};

FIXTURE_SETUP(mntns_file)
{
	if (!set_scene(_metadata, &self->proc, USERNS_TMPFS, NEEDS_ALL_FLAGS))
		return;
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", MAX_MNTNS));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/free", 0755));
	ASSERT_OK(make_file("/tree/ns"));
	ASSERT_OK(make_file("/tree/ns2"));
}

FIXTURE_TEARDOWN(mntns_file)
{
}

/* A new mount namespace that has the file /ns, by either call */
static int make_mntns(struct __test_metadata *_metadata, bool by_fsmount)
{
	int ns;

	if (!by_fsmount)
		return ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree",
					       AT_RECURSIVE));
	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	IN_MNTNS(ns) {
		ASSERT_OK(make_file("/ns"));
	}
	return ns;
}

TEST_F(mntns_file, cannot_be_mounted_in_the_namespace_itself)
{
	struct traces before = find_traces(_metadata, self->proc);
	int i, ns;

	for (i = 0; i < 2; i++) {
		ns = make_mntns(_metadata, i);
		IN_MNTNS(ns) {
			EXPECT_ERRNO(EINVAL, bind_by_mount(self->proc, ns,
							   "/ns"));
			EXPECT_ERRNO(ELOOP, bind_mntns(ns, "/ns"));
			EXPECT_EQ(1, count_mounts());
		}
		close(ns);
		check_no_traces(_metadata, self->proc, before);
	}
}

TEST_F(mntns_file, cannot_be_mounted_in_a_younger_namespace)
{
	struct traces before = find_traces(_metadata, self->proc);
	int i, older, younger;

	for (i = 0; i < 4; i++) {
		older = make_mntns(_metadata, i & 1);
		younger = make_mntns(_metadata, i & 2);
		IN_MNTNS(younger) {
			EXPECT_ERRNO(EINVAL, bind_by_mount(self->proc, older,
							   "/ns"));
			EXPECT_ERRNO(ELOOP, bind_mntns(older, "/ns"));
		}
		IN_MNTNS(older) {
			EXPECT_OK(bind_by_mount(self->proc, younger, "/ns"));
		}
		EXPECT_EQ(2, count_mounts_in(older));

		/* The mount keeps it alive. */
		close(younger);
		EXPECT_EQ(before.spare - 2, count_spare_mntns());
		close(older);
		check_no_traces(_metadata, self->proc, before);
	}
}

/*
 * A copy is younger than @ns, whose file is mounted in the tree, so its file
 * can be mounted in @ns. If the copy had the mount too, both would keep each
 * other alive.
 */
TEST_F(mntns_file, is_left_out_of_a_copy)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns, copy;

	ns = make_mntns(_metadata, true);
	ASSERT_OK(bind_by_mount(self->proc, ns, "/tree/ns"));
	copy = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	EXPECT_EQ(1, count_mounts_in(copy));
	IN_MNTNS(ns) {
		ASSERT_OK(bind_by_mount(self->proc, copy, "/ns"));
	}
	ASSERT_OK(umount2("/tree/ns", 0));
	close(ns);
	close(copy);
	ASSERT_OK(fchdir(self->proc));
	check_no_traces(_metadata, self->proc, before);
}

/* A detached tree has the mount. */
TEST_F(mntns_file, is_left_out_of_a_copy_of_a_detached_tree)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns, copy, tree;

	ns = make_mntns(_metadata, true);
	ASSERT_OK(bind_mntns(ns, "/tree/ns"));
	tree = ASSERT_OK(copy_of("/tree", AT_RECURSIVE));
	copy = ASSERT_OK(copy_to_mntns(tree, "",
				       AT_EMPTY_PATH | AT_RECURSIVE));
	EXPECT_EQ(1, count_mounts_in(copy));
	IN_MNTNS(ns) {
		ASSERT_OK(make_file("/ns2"));
		ASSERT_OK(bind_by_mount(self->proc, copy, "/ns2"));
		ASSERT_OK(mkdir("/dir", 0755));
		ASSERT_ERRNO(ELOOP, mount_on(tree, "/dir"));
	}
	ASSERT_OK(umount2("/tree/ns", 0));
	close(tree);
	close(ns);
	close(copy);
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(mntns_file, is_no_directory)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns;

	ns = make_mntns(_metadata, false);
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(ns, "", AT_EMPTY_PATH));
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(ns, "",
					    AT_EMPTY_PATH | AT_RECURSIVE));
	ASSERT_OK(bind_mntns(ns, "/tree/ns"));
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(AT_FDCWD, "/tree/ns", 0));
	ASSERT_OK(umount2("/tree/ns", 0));
	close(ns);
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(mntns_file, goes_with_the_namespace_it_is_mounted_in)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns[4], i;

	for (i = 0; i < ARRAY_SIZE(ns); i++)
		ns[i] = make_mntns(_metadata, i & 1);
	for (i = 1; i < ARRAY_SIZE(ns); i++) {
		IN_MNTNS(ns[i - 1]) {
			ASSERT_OK(bind_by_mount(self->proc, ns[i], "/ns"));
		}
	}
	for (i = 1; i < ARRAY_SIZE(ns); i++)
		close(ns[i]);
	EXPECT_EQ(before.spare - 4, count_spare_mntns());
	close(ns[0]);
	check_no_traces(_metadata, self->proc, before);
}

TEST_HARNESS_MAIN
