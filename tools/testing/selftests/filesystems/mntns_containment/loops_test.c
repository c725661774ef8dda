// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are mount namespaces: they can't pin a namespace in itself, may
 * be in the way of a copy, and must not be if they're just there.
 */
#include "containment.h"

/* bind-mounts @ns_fd on the existing file @path by mount(). */
static int bind_mntns(int proc, int ns_fd, const char *path)
{
	char name[32];

	if (fchdir(proc))
		return -1;
	snprintf(name, sizeof(name), "self/fd/%d", ns_fd);
	return mount(name, path, NULL, MS_BIND, NULL);
}

/* Root in a user namespace that owns the mount namespace */
FIXTURE(loops)
{
	int proc;
};

FIXTURE_SETUP(loops)
{
	if (!set_table(_metadata, &self->proc, OTHER_USERNS))
		return;
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", MAX_MNTNS));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/free", 0755));
	ASSERT_OK(make_file("/tree/pin"));
	ASSERT_OK(make_file("/tree/pin2"));
}

FIXTURE_TEARDOWN(loops)
{
}

/* How both calls make one that has the file /pin */
static int make_mntns(struct __test_metadata *_metadata, bool by_fsmount)
{
	pid_t pid;
	int ns;

	if (!by_fsmount)
		return ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree",
					       AT_RECURSIVE));
	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(make_file("/pin"));
		_exit(0);
	}
	join_child(_metadata, pid);
	return ns;
}

TEST_F(loops, do_not_arise_from_a_namespace_in_itself)
{
	struct traces before = find_traces(_metadata, self->proc);
	pid_t pid;
	int i, ns;

	for (i = 0; i < 2; i++) {
		ns = make_mntns(_metadata, i);
		pid = fork_into(_metadata, ns);
		if (!pid) {
			EXPECT_ERRNO(EINVAL, bind_mntns(self->proc, ns,
							"/pin"));
			EXPECT_ERRNO(ELOOP, pin_mntns(ns, "/pin"));
			EXPECT_EQ(1, count_mounts());
			_exit(0);
		}
		join_child(_metadata, pid);
		close(ns);
		check_no_traces(_metadata, self->proc, before);
	}
}

/* The younger can be pinned in the older, but not both in each other. */
TEST_F(loops, do_not_arise_from_two_namespaces)
{
	struct traces before = find_traces(_metadata, self->proc);
	int i, older, younger;
	pid_t pid;

	for (i = 0; i < 4; i++) {
		older = make_mntns(_metadata, i & 1);
		younger = make_mntns(_metadata, i & 2);
		pid = fork_into(_metadata, younger);
		if (!pid) {
			EXPECT_ERRNO(EINVAL, bind_mntns(self->proc, older,
							"/pin"));
			EXPECT_ERRNO(ELOOP, pin_mntns(older, "/pin"));
			_exit(0);
		}
		join_child(_metadata, pid);
		pid = fork_into(_metadata, older);
		if (!pid) {
			EXPECT_OK(bind_mntns(self->proc, younger, "/pin"));
			_exit(0);
		}
		join_child(_metadata, pid);
		EXPECT_EQ(2, count_mounts_in(older));

		/* It is held there. */
		close(younger);
		EXPECT_EQ(before.spare - 2, count_spare_mntns());
		close(older);
		check_no_traces(_metadata, self->proc, before);
	}
}

/*
 * A copy is younger than what is pinned in the original, and so may be pinned
 * in that. If it came with the pin, both would hold each other.
 */
TEST_F(loops, do_not_arise_from_a_copy_of_a_pin)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns, copy;
	pid_t pid;

	ns = make_mntns(_metadata, true);
	ASSERT_OK(bind_mntns(self->proc, ns, "/tree/pin"));
	copy = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	EXPECT_EQ(1, count_mounts_in(copy));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(bind_mntns(self->proc, copy, "/pin"));
		_exit(0);
	}
	join_child(_metadata, pid);
	ASSERT_OK(umount2("/tree/pin", 0));
	close(ns);
	close(copy);
	ASSERT_OK(fchdir(self->proc));
	check_no_traces(_metadata, self->proc, before);
}

/* The same by way of a detached tree, which does come with the pin */
TEST_F(loops, do_not_arise_from_a_detached_copy_of_a_pin)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns, copy, tree;
	pid_t pid;

	ns = make_mntns(_metadata, true);
	ASSERT_OK(pin_mntns(ns, "/tree/pin"));
	tree = ASSERT_OK(sys_open_tree(AT_FDCWD, "/tree", OPEN_TREE_CLONE |
				       AT_RECURSIVE));
	copy = ASSERT_OK(copy_to_mntns(tree, "",
				       AT_EMPTY_PATH | AT_RECURSIVE));
	EXPECT_EQ(1, count_mounts_in(copy));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(make_file("/pin2"));
		ASSERT_OK(bind_mntns(self->proc, copy, "/pin2"));
		/* Nor does it come in with the tree it is in. */
		ASSERT_OK(mkdir("/dir", 0755));
		ASSERT_ERRNO(ELOOP, mount_on(tree, "/dir"));
		_exit(0);
	}
	join_child(_metadata, pid);
	ASSERT_OK(umount2("/tree/pin", 0));
	close(tree);
	close(ns);
	close(copy);
	check_no_traces(_metadata, self->proc, before);
}

/* A pin is a file, wherever it is. */
TEST_F(loops, do_not_arise_from_a_tree_that_is_a_pin)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns;

	ns = make_mntns(_metadata, false);
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(ns, "", AT_EMPTY_PATH));
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(ns, "",
					    AT_EMPTY_PATH | AT_RECURSIVE));
	ASSERT_OK(pin_mntns(ns, "/tree/pin"));
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(AT_FDCWD, "/tree/pin", 0));
	ASSERT_OK(umount2("/tree/pin", 0));
	close(ns);
	check_no_traces(_metadata, self->proc, before);
}

/* A chain of them is freed link by link. */
TEST_F(loops, do_not_arise_from_chains)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns[4], i;
	pid_t pid;

	for (i = 0; i < ARRAY_SIZE(ns); i++)
		ns[i] = make_mntns(_metadata, i & 1);
	for (i = 1; i < ARRAY_SIZE(ns); i++) {
		pid = fork_into(_metadata, ns[i - 1]);
		if (!pid) {
			ASSERT_OK(bind_mntns(self->proc, ns[i], "/pin"));
			_exit(0);
		}
		join_child(_metadata, pid);
	}
	for (i = 1; i < ARRAY_SIZE(ns); i++)
		close(ns[i]);
	EXPECT_EQ(before.spare - 4, count_spare_mntns());
	close(ns[0]);
	check_no_traces(_metadata, self->proc, before);
}

/*
 * Hosts keep mount namespaces in files. To those who own the mount namespace
 * that makes no difference: a copy is without them, as unshare() makes it.
 */
FIXTURE(pins)
{
	int proc;
};

FIXTURE_VARIANT(pins)
{
	enum owner owner;
};

FIXTURE_VARIANT_ADD(pins, of_the_initial_userns)
{
	.owner = INITIAL_USERNS,
};

FIXTURE_VARIANT_ADD(pins, of_another_userns)
{
	.owner = OTHER_USERNS,
};

FIXTURE_SETUP(pins)
{
	int ns;

	if (!set_table(_metadata, &self->proc, variant->owner))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/free", 0755));
	ASSERT_OK(make_mount("/tree/dir"));
	ASSERT_OK(mkdir("/tree/dir/deep", 0755));
	ASSERT_OK(make_file("/tree/dir/deep/pin"));
	ASSERT_OK(write_at(AT_FDCWD, "/tree/dir/deep/pin", "secret"));
	ASSERT_OK(mkdir("/tree/dir/other", 0755));
	ASSERT_OK(make_mount("/tree/dir/other/mnt"));

	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	ASSERT_OK(pin_mntns(ns, "/tree/dir/deep/pin"));
	close(ns);
}

FIXTURE_TEARDOWN(pins)
{
}

TEST_F(pins, are_left_out_for_the_owner)
{
	char secret[16] = "";
	pid_t pid;
	int ns;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/", AT_RECURSIVE));
	EXPECT_EQ(4, count_mounts_in(ns));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	EXPECT_EQ(3, count_mounts_in(ns));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_EQ(6, read_at(AT_FDCWD, "/dir/deep/pin", secret,
				     sizeof(secret)));
		ASSERT_STREQ("secret", secret);
		_exit(0);
	}
	join_child(_metadata, pid);

	/* The same as ever */
	ASSERT_OK(unshare(CLONE_NEWNS));
	EXPECT_EQ(4, count_mounts());
}

/* It can't come along, so what it covers would be seen. */
TEST_F(pins, are_covers_for_others)
{
	static const char * const trees[] = {
		"/", "/tree", "/tree/dir", "/tree/dir/deep",
	};
	struct traces before;
	unsigned int i;

	become(_metadata, self->proc, FOREIGN);
	before = find_traces(_metadata, self->proc);
	for (i = 0; i < ARRAY_SIZE(trees); i++) {
		EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, trees[i],
						  AT_RECURSIVE));
		EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, trees[i], 0));
	}
	check_no_traces(_metadata, self->proc, before);

	/* Where there's none, all is well. */
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/tree/free", AT_RECURSIVE));
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/tree/dir/other", AT_RECURSIVE));
}

/* In a detached tree, too, if somebody else made it */
TEST_F(pins, are_covers_in_detached_trees_of_others)
{
	unsigned int flags = AT_EMPTY_PATH | AT_RECURSIVE;
	int tree;

	tree = ASSERT_OK(sys_open_tree(AT_FDCWD, "/tree", OPEN_TREE_CLONE |
				       OPEN_TREE_CLOEXEC | AT_RECURSIVE));
	close(ASSERT_OK(copy_to_mntns(tree, "", flags)));
	become(_metadata, self->proc, FOREIGN);
	EXPECT_ERRNO(EPERM, copy_to_mntns(tree, "", flags));
	EXPECT_ERRNO(EPERM, copy_to_mntns(tree, "dir/deep", AT_RECURSIVE));
	EXPECT_OK(copy_to_mntns(tree, "free", AT_RECURSIVE));
}

TEST_HARNESS_MAIN
