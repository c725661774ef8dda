// SPDX-License-Identifier: GPL-2.0
/*
 * Covers stay: who doesn't own the mount namespace that a tree is taken from
 * sees nothing in the copy that is covered in the original.
 */
#include "containment.h"

static void try_to_uncover_here(struct __test_metadata *_metadata,
				const char *cover, const char *secret)
{
	ASSERT_ERRNO(ENOENT, access(secret, F_OK));
	try_to_uncover(_metadata, cover);
	EXPECT_ERRNO(ENOENT, access(secret, F_OK));
}

/* The same again, in a copy of the mount namespace */
static void try_to_uncover_in_copy(struct __test_metadata *_metadata,
				   const char *cover, const char *secret)
{
	try_to_uncover_here(_metadata, cover, secret);
	ASSERT_OK(unshare(CLONE_NEWNS));
	try_to_uncover_here(_metadata, cover, secret);
}

/* And in one of the tree */
static void try_to_uncover_in_copies(struct __test_metadata *_metadata,
				     const char *cover, const char *secret)
{
	pid_t pid;
	int ns;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		try_to_uncover_here(_metadata, cover, secret);
		_exit(0);
	}
	join_child(_metadata, pid);
	close(ns);
	try_to_uncover_in_copy(_metadata, cover, secret);
}

/*
 * A caller that doesn't own the mount namespace
 *	/away			a directory
 *	/tree			a mount
 *	/tree/free		a directory with nothing mounted in it
 *	/tree/dir/secret	which /tree/dir, a mount, covers
 */
FIXTURE(foreign_copy)
{
	int proc;
	int hidden;	/* /tree/dir, from before it was covered */
};

FIXTURE_VARIANT(foreign_copy)
{
	enum owner owner;
};

FIXTURE_VARIANT_ADD(foreign_copy, of_the_initial_userns)
{
	.owner = INITIAL_USERNS,
};

FIXTURE_VARIANT_ADD(foreign_copy, of_another_userns)
{
	.owner = OTHER_USERNS,
};

FIXTURE_SETUP(foreign_copy)
{
	if (!set_table(_metadata, &self->proc, variant->owner))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	ASSERT_OK(mkdir("/tree/free", 0755));
	ASSERT_OK(mkdir("/tree/dir", 0755));
	ASSERT_OK(make_file("/tree/dir/secret"));
	self->hidden = ASSERT_OK(open("/tree/dir", O_PATH | O_CLOEXEC));
	ASSERT_OK(make_mount("/tree/dir"));
}

FIXTURE_TEARDOWN(foreign_copy)
{
}

TEST_F(foreign_copy, is_refused_where_it_would_leave_a_cover_out)
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
	ASSERT_OK(make_file("/cover"));
	ASSERT_OK(mount("/cover", "/tree/f/file", NULL, MS_BIND, NULL));
	/* that can't be bound */
	ASSERT_OK(mkdir("/tree/u", 0755));
	ASSERT_OK(make_mount("/tree/u/cover"));
	ASSERT_OK(mount(NULL, "/tree/u/cover", NULL, MS_UNBINDABLE, NULL));
	become(_metadata, self->proc, FOREIGN);

	before = find_traces(_metadata, self->proc);
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree/a", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree/a/b", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree/f", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree/u", 0));
	/* What is covered itself, by a file descriptor from before */
	hidden = self->hidden;
	EXPECT_ERRNO(EINVAL, copy_to_mntns(hidden, "", AT_EMPTY_PATH));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(hidden, ".", 0));
	check_no_traces(_metadata, self->proc, before);

	/* Next to a cover there's nothing to hide. */
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/tree/free", 0));
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/tree/dir", 0));
}

TEST_F(foreign_copy, has_the_covers)
{
	pid_t pid;
	int ns;

	become(_metadata, self->proc, FOREIGN);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	EXPECT_EQ(2, count_mounts_in(ns));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		try_to_uncover_in_copies(_metadata, "/dir", "/dir/secret");
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_F(foreign_copy, has_the_cover_of_what_was_opened_before)
{
	pid_t pid;
	int ns;

	become(_metadata, self->proc, FOREIGN);
	ns = ASSERT_OK(copy_to_mntns(self->hidden, "",
				     AT_EMPTY_PATH | AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(access("/dir", F_OK));
		ASSERT_ERRNO(ENOENT, access("/secret", F_OK));
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		EXPECT_ERRNO(EINVAL, umount2(".", MNT_DETACH));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		ASSERT_ERRNO(ENOENT, access("/secret", F_OK));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* One that can't be bound, one that is shared, one on top of another */
TEST_F(foreign_copy, has_every_kind_of_cover)
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
	pid_t pid;
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
	become(_metadata, self->proc, FOREIGN);

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	EXPECT_EQ(6, count_mounts_in(ns));
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *cover = kinds[i].dir + strlen("/tree");

		snprintf(secret, sizeof(secret), "%s/secret", cover);
		pid = fork_into(_metadata, ns);
		if (!pid) {
			/* One of the mounts is locked and unbindable. */
			EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "/",
							  AT_RECURSIVE));
			try_to_uncover_in_copy(_metadata, cover, secret);
			_exit(0);
		}
		join_child(_metadata, pid);
	}
}

TEST_F(foreign_copy, has_the_covers_of_files)
{
	pid_t pid;
	char c;
	int ns;

	ASSERT_OK(make_file("/tree/file"));
	ASSERT_OK(write_at(AT_FDCWD, "/tree/file", "secret"));
	ASSERT_OK(make_file("/cover"));
	ASSERT_OK(mount("/cover", "/tree/file", NULL, MS_BIND, NULL));
	become(_metadata, self->proc, FOREIGN);

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		try_to_uncover(_metadata, "/file");
		ASSERT_EQ(0, read_at(AT_FDCWD, "/file", &c, 1));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* Also a mount that covers nothing much can't be taken off. */
TEST_F(foreign_copy, is_locked_together)
{
	static const char * const mounts[] = { "/a", "/a/b", "/dir", "/" };
	unsigned int i;
	pid_t pid;
	int ns;

	ASSERT_OK(make_mount("/tree/a"));
	ASSERT_OK(make_mount("/tree/a/b"));
	become(_metadata, self->proc, FOREIGN);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		for (i = 0; i < ARRAY_SIZE(mounts); i++) {
			EXPECT_ERRNO(EINVAL, umount2(mounts[i], 0));
			EXPECT_ERRNO(EINVAL, umount2(mounts[i], MNT_DETACH));
		}
		/* What is added isn't, and can be. */
		ASSERT_OK(mount("own", "/away", "tmpfs", 0, NULL));
		ASSERT_OK(umount2("/away", 0));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* It can be pivoted away, but only as a whole, and the lock stays below. */
TEST_F(foreign_copy, hands_the_lock_over_to_a_new_root)
{
	pid_t pid;
	int ns;

	become(_metadata, self->proc, FOREIGN);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(mount("own", "/away", "tmpfs", 0, NULL));
		ASSERT_OK(mkdir("/away/old", 0755));
		ASSERT_OK(mkdir("/away/away", 0755));
		ASSERT_OK(sys_pivot_root("/away", "/away/old"));
		ASSERT_OK(chdir("/"));
		ASSERT_ERRNO(ENOENT, access("/old/dir/secret", F_OK));
		try_to_uncover(_metadata, "/old/dir");
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		EXPECT_OK(umount2("/old", MNT_DETACH));
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		_exit(0);
	}
	join_child(_metadata, pid);
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

/* @path lies on a mount of a copy that has all restrictions. */
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
	/* the file system below, which somebody else owns */
	EXPECT_NE(0, mount(NULL, path, NULL, MS_REMOUNT, NULL));
	/* Nothing is wrong with the calls. */
	EXPECT_OK(set_atime(path, MOUNT_ATTR_NOATIME));
	EXPECT_OK(remount(path, all));
}

/* The mount at @path gets them. */
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

TEST_F(foreign_copy, has_locked_attributes)
{
	pid_t pid;
	int ns;

	ASSERT_OK(restrict_mount("/tree"));
	ASSERT_OK(restrict_mount("/tree/dir"));
	become(_metadata, self->proc, FOREIGN);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		try_to_relax(_metadata, "/");
		try_to_relax(_metadata, "/dir");
		/* In a copy of the copy, too */
		ASSERT_OK(unshare(CLONE_NEWNS));
		try_to_relax(_metadata, "/");
		try_to_relax(_metadata, "/dir");
		_exit(0);
	}
	join_child(_metadata, pid);

	/* and if it is one mount alone */
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree/dir", 0));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		try_to_relax(_metadata, "/");
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* Restrictions can be added. */
TEST_F(foreign_copy, can_be_restricted_further)
{
	pid_t pid;
	int ns;

	become(_metadata, self->proc, FOREIGN);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		EXPECT_OK(remount("/", MS_RDONLY | MS_NODEV | MS_RELATIME));
		ASSERT_ERRNO(EROFS, mkdir("/new", 0755));
		EXPECT_OK(remount("/", MS_RELATIME));
		ASSERT_OK(mkdir("/new", 0755));
		/* but atime is as it is */
		EXPECT_ERRNO(EPERM, set_atime("/", MOUNT_ATTR_NOATIME));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* What is done in the copy has no effect on the original. */
TEST_F(foreign_copy, is_no_peer_of_what_is_shared)
{
	char *mounts, *after;
	struct statmount *sm;
	pid_t pid;
	int ns;

	ASSERT_OK(mount(NULL, "/tree", NULL, MS_REC | MS_SHARED, NULL));
	become(_metadata, self->proc, FOREIGN);
	mounts = describe_mounts(0);
	ASSERT_TRUE(!!mounts);

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	sm = describe_top(_metadata, ns);
	EXPECT_EQ(MS_SLAVE, sm->mnt_propagation);
	free(sm);
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(mount("own", "/away", "tmpfs", 0, NULL));
		ASSERT_OK(mkdir("/dir/new", 0755));
		ASSERT_OK(mount("own", "/dir/new", "tmpfs", 0, NULL));
		_exit(0);
	}
	join_child(_metadata, pid);
	EXPECT_EQ(4, count_mounts_in(ns));

	after = describe_mounts(0);
	ASSERT_TRUE(!!after);
	EXPECT_STREQ(mounts, after);

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree/dir", 0));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(mount("own", "/new", "tmpfs", 0, NULL));
		_exit(0);
	}
	join_child(_metadata, pid);
	after = describe_mounts(0);
	ASSERT_TRUE(!!after);
	EXPECT_STREQ(mounts, after);
}

/* What is covered later is covered in the copy, too: it receives mounts. */
TEST_F(foreign_copy, is_a_slave_of_what_is_shared)
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
	become(_metadata, self->proc, FOREIGN);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	give_turn(_metadata, peer);
	await_turn(_metadata, peer);
	join_child(_metadata, pid);
	EXPECT_EQ(3, count_mounts_in(ns));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(access("/free/late", F_OK));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* A detached tree that somebody else made, and handed over */
FIXTURE(detached_tree)
{
	int proc;
	int tree;
};

FIXTURE_VARIANT(detached_tree)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(detached_tree, userns_root)
{
	.caller = USERNS_ROOT,
};

FIXTURE_VARIANT_ADD(detached_tree, foreign)
{
	.caller = FOREIGN,
};

FIXTURE_VARIANT_ADD(detached_tree, nested_foreign)
{
	.caller = NESTED_FOREIGN,
};

FIXTURE_SETUP(detached_tree)
{
	if (!set_table(_metadata, &self->proc, INITIAL_USERNS))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	ASSERT_OK(mkdir("/tree/dir", 0755));
	ASSERT_OK(make_file("/tree/dir/secret"));
	ASSERT_OK(make_mount("/tree/dir"));
	ASSERT_OK(restrict_mount("/tree/dir"));
	self->tree = ASSERT_OK(sys_open_tree(AT_FDCWD, "/tree",
					     OPEN_TREE_CLONE |
					     OPEN_TREE_CLOEXEC | AT_RECURSIVE));
	ASSERT_OK(umount2("/tree", MNT_DETACH));
	become(_metadata, self->proc, variant->caller);
}

FIXTURE_TEARDOWN(detached_tree)
{
}

TEST_F(detached_tree, keeps_its_covers)
{
	pid_t pid;
	int ns;

	if (variant->caller != FOREIGN) {
		/* It was made in another mount namespace. */
		EXPECT_ERRNO(EINVAL, copy_to_mntns(self->tree, "",
						   AT_EMPTY_PATH |
						   AT_RECURSIVE));
		return;
	}
	EXPECT_ERRNO(EINVAL, copy_to_mntns(self->tree, "", AT_EMPTY_PATH));
	ns = ASSERT_OK(copy_to_mntns(self->tree, "",
				     AT_EMPTY_PATH | AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		try_to_relax(_metadata, "/dir");
		try_to_uncover_in_copies(_metadata, "/dir", "/dir/secret");
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* Made in a mount namespace of the caller's user namespace, by a helper */
TEST_F(detached_tree, is_refused_if_made_in_another_mount_namespace)
{
	pid_t pid;
	int tree;

	if (variant->caller == USERNS_ROOT)
		ASSERT_OK(enter_userns(self->proc, 0));
	pid = ASSERT_OK(fork_with(CLONE_FILES | CLONE_NEWNS));
	if (!pid) {
		ASSERT_OK(make_mount("/tree"));
		ASSERT_OK(mkdir("/tree/away", 0755));
		ASSERT_OK(mkdir("/tree/dir", 0755));
		ASSERT_OK(make_file("/tree/dir/secret"));
		ASSERT_OK(make_mount("/tree/dir"));
		/* In the place of a file descriptor that all know */
		tree = ASSERT_OK(sys_open_tree(AT_FDCWD, "/tree",
					       OPEN_TREE_CLONE | AT_RECURSIVE));
		ASSERT_OK(dup3(tree, self->tree, O_CLOEXEC));
		_exit(0);
	}
	join_child(_metadata, pid);

	EXPECT_ERRNO(EINVAL, copy_to_mntns(self->tree, "", AT_EMPTY_PATH));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(self->tree, "",
					   AT_EMPTY_PATH | AT_RECURSIVE));
}

/*
 * Root in a user namespace, in its own mount namespace. It gets the locked
 * mounts when it is created; others are its own to remove.
 */
FIXTURE(own_copy)
{
	int proc;
};

FIXTURE_SETUP(own_copy)
{
	if (!set_table(_metadata, &self->proc, INITIAL_USERNS))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	ASSERT_OK(mkdir("/tree/free", 0755));
	ASSERT_OK(mkdir("/tree/dir", 0755));
	ASSERT_OK(make_file("/tree/dir/secret"));
	ASSERT_OK(make_mount("/tree/dir"));
	ASSERT_OK(restrict_mount("/tree/dir"));
}

FIXTURE_TEARDOWN(own_copy)
{
}

TEST_F(own_copy, keeps_locked_covers)
{
	pid_t pid;
	int ns;

	become(_metadata, self->proc, USERNS_ROOT);
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree", 0));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		try_to_relax(_metadata, "/dir");
		try_to_uncover_in_copies(_metadata, "/dir", "/dir/secret");
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_F(own_copy, is_refused_if_a_locked_mount_is_unbindable)
{
	ASSERT_OK(mount(NULL, "/tree/dir", NULL, MS_UNBINDABLE, NULL));
	become(_metadata, self->proc, USERNS_ROOT);
	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "/tree", 0));
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/tree/free", AT_RECURSIVE));
}

/* The first of the mounts is the copy's root, and on top of a locked one. */
TEST_F(own_copy, leaves_own_mounts_unlocked)
{
	pid_t pid;
	int ns;

	become(_metadata, self->proc, USERNS_ROOT);
	ASSERT_OK(make_file("/tree/free/own"));
	ASSERT_OK(make_mount("/tree/free"));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree/free", 0));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_ERRNO(ENOENT, access("/free/own", F_OK));
		EXPECT_OK(umount2("/free", 0));
		ASSERT_OK(access("/free/own", F_OK));
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_HARNESS_MAIN
