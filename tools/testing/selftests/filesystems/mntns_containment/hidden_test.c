// SPDX-License-Identifier: GPL-2.0
/*
 * An unprivileged caller sees nothing in a copy of a tree that is hidden in the
 * original: all mounts come along, and are locked.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

static void try_to_reveal_here(struct __test_metadata *_metadata,
			       const char *top, const char *secret)
{
	ASSERT_ERRNO(ENOENT, access(secret, F_OK));
	try_to_reveal(_metadata, top);
	EXPECT_ERRNO(ENOENT, access(secret, F_OK));
}

/* Again in a copy of the mount namespace */
static void try_to_reveal_in_copy(struct __test_metadata *_metadata,
				  const char *top, const char *secret)
{
	try_to_reveal_here(_metadata, top, secret);
	ASSERT_OK(unshare(CLONE_NEWNS));
	try_to_reveal_here(_metadata, top, secret);
}

/* Again in copies of the tree and of the mount namespace */
static void try_to_reveal_in_copies(struct __test_metadata *_metadata,
				    const char *top, const char *secret)
{
	int ns;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/", AT_RECURSIVE));
	IN_MNTNS(ns) {
		try_to_reveal_here(_metadata, top, secret);
	}
	close(ns);
	try_to_reveal_in_copy(_metadata, top, secret);
}

/*
 * /tree is a mount with another one on /tree/dir, which hides a secret, and
 * with the directories away and free. Returns /tree/dir from before.
 */
static int build_tree(struct __test_metadata *_metadata)
{
	int hidden;

	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	ASSERT_OK(mkdir("/tree/free", 0755));
	ASSERT_OK(mkdir("/tree/dir", 0755));
	ASSERT_OK(make_file("/tree/dir/secret"));
	hidden = ASSERT_OK(open_path("/tree/dir"));
	ASSERT_OK(make_mount("/tree/dir"));
	return hidden;
}

FIXTURE(unprivileged_copy)
{
	int proc;
	int hidden;
};

FIXTURE_VARIANT(unprivileged_copy)
{
	enum mounts mounts;
};

FIXTURE_VARIANT_ADD(unprivileged_copy, of_initial_userns) { .mounts = TMPFS };
FIXTURE_VARIANT_ADD(unprivileged_copy, of_other_userns) {
	.mounts = USERNS_TMPFS
};

FIXTURE_SETUP(unprivileged_copy)
{
	if (!set_scene(_metadata, &self->proc, variant->mounts,
		       NEEDS_ALL_FLAGS))
		return;
	self->hidden = build_tree(_metadata);
}

FIXTURE_TEARDOWN(unprivileged_copy)
{
}

TEST_F(unprivileged_copy, is_refused_without_a_mount_that_hides)
{
	struct traces before;
	int hidden;

	/* deep below, on a file, on an empty directory */
	ASSERT_OK(mkdir("/tree/a", 0755));
	ASSERT_OK(mkdir("/tree/a/b", 0755));
	ASSERT_OK(mkdir("/tree/a/b/c", 0755));
	ASSERT_OK(make_mount("/tree/a/b/c"));
	ASSERT_OK(mkdir("/tree/f", 0755));
	ASSERT_OK(make_file("/tree/f/file"));
	ASSERT_OK(make_file("/file"));
	ASSERT_OK(mount("/file", "/tree/f/file", NULL, MS_BIND, NULL));
	/* unbindable */
	ASSERT_OK(mkdir("/tree/u", 0755));
	ASSERT_OK(make_mount("/tree/u/mount"));
	ASSERT_OK(mount(NULL, "/tree/u/mount", NULL, MS_UNBINDABLE, NULL));
	become(_metadata, self->proc, UNPRIVILEGED);

	before = find_traces(_metadata, self->proc);
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree/a", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree/a/b", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree/f", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree/u", 0));
	/* what is hidden itself, by a file descriptor from before */
	hidden = self->hidden;
	EXPECT_ERRNO(EINVAL, copy_to_mntns(hidden, "", AT_EMPTY_PATH));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(hidden, ".", 0));
	check_no_traces(_metadata, self->proc, before);

	/* Nothing is hidden next to such a mount. */
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/tree/free", 0));
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/tree/dir", 0));
}

TEST_F(unprivileged_copy, hides_what_the_tree_hides)
{
	int ns;

	become(_metadata, self->proc, UNPRIVILEGED);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	EXPECT_EQ(2, count_mounts_in(ns));
	IN_MNTNS(ns) {
		try_to_reveal_in_copies(_metadata, "/dir", "/dir/secret");
	}
}

TEST_F(unprivileged_copy, hides_what_was_opened_before)
{
	int ns;

	become(_metadata, self->proc, UNPRIVILEGED);
	ns = ASSERT_OK(copy_to_mntns(self->hidden, "",
				     AT_EMPTY_PATH | AT_RECURSIVE));
	IN_MNTNS(ns) {
		ASSERT_OK(access("/dir", F_OK));
		ASSERT_ERRNO(ENOENT, access("/secret", F_OK));
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		EXPECT_ERRNO(EINVAL, umount2(".", MNT_DETACH));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		ASSERT_ERRNO(ENOENT, access("/secret", F_OK));
	}
}

/* unbindable, shared, on top of another one */
TEST_F(unprivileged_copy, hides_whatever_the_kind_of_mount)
{
	static const struct {
		const char *dir;
		unsigned long propagation;
	} kinds[] = {
		{ "/tree/unbindable", MS_UNBINDABLE },
		{ "/tree/shared", MS_SHARED },
		{ "/tree/stacked", MS_PRIVATE },
	};
	char secret[64];
	unsigned int i;
	int ns;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		ASSERT_OK(mkdir(kinds[i].dir, 0755));
		snprintf(secret, sizeof(secret), "%s/secret", kinds[i].dir);
		ASSERT_OK(make_file(secret));
		ASSERT_OK(make_mount(kinds[i].dir));
		ASSERT_OK(mount(NULL, kinds[i].dir, NULL, MS_SHARED, NULL));
		ASSERT_OK(mount(NULL, kinds[i].dir, NULL,
				kinds[i].propagation, NULL));
	}
	ASSERT_OK(make_mount("/tree/stacked"));
	become(_metadata, self->proc, UNPRIVILEGED);

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	EXPECT_EQ(6, count_mounts_in(ns));
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *top = kinds[i].dir + strlen("/tree");

		snprintf(secret, sizeof(secret), "%s/secret", top);
		IN_MNTNS(ns) {
			/* One of the mounts is locked and unbindable. */
			EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "/",
							  AT_RECURSIVE));
			try_to_reveal_in_copy(_metadata, top, secret);
		}
	}
}

TEST_F(unprivileged_copy, hides_files)
{
	char c;
	int ns;

	ASSERT_OK(make_file("/tree/file"));
	ASSERT_OK(write_at(AT_FDCWD, "/tree/file", "secret"));
	ASSERT_OK(make_file("/file"));
	ASSERT_OK(mount("/file", "/tree/file", NULL, MS_BIND, NULL));
	become(_metadata, self->proc, UNPRIVILEGED);

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		try_to_reveal(_metadata, "/file");
		ASSERT_EQ(0, read_at(AT_FDCWD, "/file", &c, 1));
	}
}

TEST_F(unprivileged_copy, has_all_mounts_locked)
{
	static const char * const mounts[] = { "/a", "/a/b", "/dir", "/" };
	unsigned int i;
	int ns;

	ASSERT_OK(make_mount("/tree/a"));
	ASSERT_OK(make_mount("/tree/a/b"));
	become(_metadata, self->proc, UNPRIVILEGED);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		for (i = 0; i < ARRAY_SIZE(mounts); i++) {
			EXPECT_ERRNO(EINVAL, umount2(mounts[i], 0));
			EXPECT_ERRNO(EINVAL, umount2(mounts[i], MNT_DETACH));
		}
		/* A mount that is added is not. */
		ASSERT_OK(mount("own", "/away", "tmpfs", 0, NULL));
		ASSERT_OK(umount2("/away", 0));
	}
}

TEST_F(unprivileged_copy, hands_the_lock_over_to_a_new_root)
{
	int ns;

	become(_metadata, self->proc, UNPRIVILEGED);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		ASSERT_OK(mount("own", "/away", "tmpfs", 0, NULL));
		ASSERT_OK(mkdir("/away/old", 0755));
		ASSERT_OK(mkdir("/away/away", 0755));
		ASSERT_OK(sys_pivot_root("/away", "/away/old"));
		ASSERT_OK(chdir("/"));
		ASSERT_ERRNO(ENOENT, access("/old/dir/secret", F_OK));
		try_to_reveal(_metadata, "/old/dir");
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		EXPECT_OK(umount2("/old", MNT_DETACH));
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	}
}

static int clear_attr(const char *path, uint64_t attr)
{
	struct mount_attr clear = { .attr_clr = attr };

	return sys_mount_setattr(AT_FDCWD, path, 0, &clear);
}

static int set_atime(const char *path, uint64_t atime)
{
	struct mount_attr attr = {
		.attr_clr = MOUNT_ATTR__ATIME,
		.attr_set = atime,
	};

	return sys_mount_setattr(AT_FDCWD, path, 0, &attr);
}

static int remount(const char *path, unsigned long flags)
{
	return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | flags, NULL);
}

/* The mount at @path has all restrictions, and they are locked. */
static void try_to_relax(struct __test_metadata *_metadata, const char *path)
{
	static const struct {
		uint64_t attr;
		unsigned long flag;
	} attrs[] = {
		{ MOUNT_ATTR_RDONLY, MS_RDONLY },
		{ MOUNT_ATTR_NOSUID, MS_NOSUID },
		{ MOUNT_ATTR_NODEV, MS_NODEV },
		{ MOUNT_ATTR_NOEXEC, MS_NOEXEC },
	};
	unsigned long all = MS_NOATIME;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		all |= attrs[i].flag;
	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		EXPECT_ERRNO(EPERM, clear_attr(path, attrs[i].attr));
		EXPECT_ERRNO(EPERM, remount(path, all & ~attrs[i].flag));
	}
	EXPECT_ERRNO(EPERM, set_atime(path, MOUNT_ATTR_RELATIME));
	EXPECT_ERRNO(EPERM, set_atime(path, MOUNT_ATTR_STRICTATIME));
	EXPECT_ERRNO(EPERM, remount(path, (all & ~MS_NOATIME) | MS_RELATIME));
	/* the filesystem, which another user namespace owns */
	EXPECT_NE(0, mount(NULL, path, NULL, MS_REMOUNT, NULL));
	/* The calls work if they change nothing. */
	EXPECT_OK(set_atime(path, MOUNT_ATTR_NOATIME));
	EXPECT_OK(remount(path, all));
}

static int restrict_mount(const char *path)
{
	struct mount_attr attr = {
		.attr_clr = MOUNT_ATTR__ATIME,
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
			    MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
			    MOUNT_ATTR_NOATIME,
	};

	return sys_mount_setattr(AT_FDCWD, path, 0, &attr);
}

TEST_F(unprivileged_copy, has_locked_attributes)
{
	int ns;

	ASSERT_OK(restrict_mount("/tree"));
	ASSERT_OK(restrict_mount("/tree/dir"));
	become(_metadata, self->proc, UNPRIVILEGED);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		try_to_relax(_metadata, "/");
		try_to_relax(_metadata, "/dir");
		/* the same in a copy of the copy */
		ASSERT_OK(unshare(CLONE_NEWNS));
		try_to_relax(_metadata, "/");
		try_to_relax(_metadata, "/dir");
	}

	/* and of one mount alone */
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree/dir", 0));
	IN_MNTNS(ns) {
		try_to_relax(_metadata, "/");
	}
}

TEST_F(unprivileged_copy, can_be_restricted_further)
{
	int ns;

	become(_metadata, self->proc, UNPRIVILEGED);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		EXPECT_OK(remount("/", MS_RDONLY | MS_NODEV | MS_RELATIME));
		ASSERT_ERRNO(EROFS, mkdir("/new", 0755));
		EXPECT_OK(remount("/", MS_RELATIME));
		ASSERT_OK(mkdir("/new", 0755));
		/* but atime is as it is */
		EXPECT_ERRNO(EPERM, set_atime("/", MOUNT_ATTR_NOATIME));
	}
}

TEST_F(unprivileged_copy, is_a_slave_of_shared_mounts)
{
	char *mounts;
	struct statmount *sm;
	int ns;

	ASSERT_OK(mount(NULL, "/tree", NULL, MS_REC | MS_SHARED, NULL));
	become(_metadata, self->proc, UNPRIVILEGED);
	mounts = own_mounts(_metadata);

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	sm = describe_top(_metadata, ns);
	EXPECT_EQ(MS_SLAVE, sm->mnt_propagation);
	free(sm);
	IN_MNTNS(ns) {
		ASSERT_OK(mount("own", "/away", "tmpfs", 0, NULL));
		ASSERT_OK(mkdir("/dir/new", 0755));
		ASSERT_OK(mount("own", "/dir/new", "tmpfs", 0, NULL));
	}
	EXPECT_EQ(4, count_mounts_in(ns));

	expect_mounts(_metadata, mounts);

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree/dir", 0));
	IN_MNTNS(ns) {
		ASSERT_OK(mount("own", "/new", "tmpfs", 0, NULL));
	}
	expect_mounts(_metadata, mounts);
}

TEST_F(unprivileged_copy, receives_later_mounts)
{
	int ns, peer;
	pid_t pid;

	ASSERT_OK(mount(NULL, "/tree", NULL, MS_REC | MS_SHARED, NULL));
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		await_turn(_metadata, peer);
		ASSERT_OK(mount("late", "/tree/free", "tmpfs", 0, NULL));
		ASSERT_OK(make_file("/tree/free/late"));
		give_turn(_metadata, peer);
		_exit(0);
	}
	become(_metadata, self->proc, UNPRIVILEGED);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	pass_turn(_metadata, peer);
	join_child(_metadata, pid);
	EXPECT_EQ(3, count_mounts_in(ns));
	IN_MNTNS(ns) {
		ASSERT_OK(access("/free/late", F_OK));
	}
}

/* A detached tree of root, whose file descriptor the caller inherits */
FIXTURE(detached_tree)
{
	int proc;
	int tree;
};

FIXTURE_VARIANT(detached_tree)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(detached_tree, userns_root) { USERNS_ROOT };
FIXTURE_VARIANT_ADD(detached_tree, unprivileged) { UNPRIVILEGED };
FIXTURE_VARIANT_ADD(detached_tree, nested_unprivileged) { NESTED_UNPRIVILEGED };

FIXTURE_SETUP(detached_tree)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	close(build_tree(_metadata));
	ASSERT_OK(restrict_mount("/tree/dir"));
	self->tree = ASSERT_OK(copy_of("/tree", AT_RECURSIVE));
	ASSERT_OK(umount2("/tree", MNT_DETACH));
	become(_metadata, self->proc, variant->caller);
}

FIXTURE_TEARDOWN(detached_tree)
{
}

TEST_F(detached_tree, hides_what_it_hid)
{
	int ns;

	if (variant->caller != UNPRIVILEGED) {
		/* It belongs to another mount namespace. */
		EXPECT_ERRNO(EINVAL, copy_to_mntns(self->tree, "",
						   AT_EMPTY_PATH |
						   AT_RECURSIVE));
		return;
	}
	EXPECT_ERRNO(EINVAL, copy_to_mntns(self->tree, "", AT_EMPTY_PATH));
	ns = ASSERT_OK(copy_to_mntns(self->tree, "",
				     AT_EMPTY_PATH | AT_RECURSIVE));
	IN_MNTNS(ns) {
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		try_to_relax(_metadata, "/dir");
		try_to_reveal_in_copies(_metadata, "/dir", "/dir/secret");
	}
}

/* The maker shares the caller's user namespace and file descriptors. */
TEST_F(detached_tree, is_refused_if_made_in_another_mount_namespace)
{
	int tree;

	if (variant->caller == USERNS_ROOT)
		ASSERT_OK(enter_userns(self->proc, 0));
	IN_CHILD(CLONE_FILES | CLONE_NEWNS) {
		close(build_tree(_metadata));
		tree = ASSERT_OK(copy_of("/tree", AT_RECURSIVE));
		/* instead of a file descriptor that both have */
		ASSERT_OK(dup3(tree, self->tree, O_CLOEXEC));
	}

	EXPECT_ERRNO(EINVAL, copy_to_mntns(self->tree, "", AT_EMPTY_PATH));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(self->tree, "",
					   AT_EMPTY_PATH | AT_RECURSIVE));
}

/*
 * Root of a user namespace, in a mount namespace of its own. The mounts that
 * were copied into it are locked, later ones are not.
 */
FIXTURE(userns_root_copy)
{
	int proc;
};

FIXTURE_SETUP(userns_root_copy)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	close(build_tree(_metadata));
	ASSERT_OK(restrict_mount("/tree/dir"));
}

FIXTURE_TEARDOWN(userns_root_copy)
{
}

TEST_F(userns_root_copy, keeps_locked_mounts)
{
	int ns;

	become(_metadata, self->proc, USERNS_ROOT);
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree", 0));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		try_to_relax(_metadata, "/dir");
		try_to_reveal_in_copies(_metadata, "/dir", "/dir/secret");
	}
}

TEST_F(userns_root_copy, is_refused_with_a_locked_unbindable_mount)
{
	ASSERT_OK(mount(NULL, "/tree/dir", NULL, MS_UNBINDABLE, NULL));
	become(_metadata, self->proc, USERNS_ROOT);
	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree", 0));
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/tree/free", AT_RECURSIVE));
}

TEST_F(userns_root_copy, leaves_own_mounts_unlocked)
{
	int ns;

	become(_metadata, self->proc, USERNS_ROOT);
	ASSERT_OK(make_file("/tree/free/own"));
	ASSERT_OK(make_mount("/tree/free"));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree/free", 0));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		ASSERT_ERRNO(ENOENT, access("/free/own", F_OK));
		EXPECT_OK(umount2("/free", 0));
		ASSERT_OK(access("/free/own", F_OK));
	}
}

/* Root has rights over the mount namespace, but does not own it. */
TEST_F(userns_root_copy, has_all_mounts_locked_if_made_by_root)
{
	int peer, ns;
	pid_t pid;

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		become(_metadata, self->proc, USERNS_ROOT);
		ASSERT_OK(make_mount("/tree/free"));
		pass_turn(_metadata, peer);
		_exit(0);
	}
	await_turn(_metadata, peer);
	ns = ASSERT_OK(open_ns(self->proc, pid, "mnt"));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		EXPECT_ERRNO(EINVAL, umount2("/free", 0));
		EXPECT_ERRNO(EINVAL, umount2("/dir", 0));
	}
	end_peer(_metadata, pid, peer);
}

TEST_HARNESS_MAIN
