// SPDX-License-Identifier: GPL-2.0
/*
 * What a locked mount covers stays covered: a mount that goes beneath it takes
 * its lock, and then the locked one can go.
 */
#include "beneath.h"

/* The caller becomes root in a user namespace that owns a copy of the table. */
static bool enter(struct __test_metadata *_metadata, int proc, bool as_nobody)
{
	if (as_nobody) {
		if (!have_unprivileged_userns())
			SKIP(return false, "no user namespaces for nobody");
		ASSERT_OK(become_nobody());
	}
	ASSERT_OK(enter_userns(proc, CLONE_NEWNS));
	return true;
}

/*
 *	/away, /mnt		directories
 *	/tree			a mount
 *	/tree/away		a directory
 *	/tree/dir		a cover
 *	/tree/deep		a cover, with another one on "inner"
 * All of the mounts are locked.
 */
FIXTURE(lock)
{
	int proc;
	uint64_t tree, cover;	/* mount IDs of /tree and /tree/dir */
};

FIXTURE_VARIANT(lock)
{
	bool as_nobody;
};

FIXTURE_VARIANT_ADD(lock, of_userns_root)
{
	.as_nobody = false,
};

FIXTURE_VARIANT_ADD(lock, of_nobody)
{
	.as_nobody = true,
};

FIXTURE_SETUP(lock)
{
	if (!set_beneath_table(_metadata, &self->proc))
		return;
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	close(ASSERT_OK(make_cover("/tree/dir")));
	close(ASSERT_OK(make_cover("/tree/deep")));
	close(ASSERT_OK(make_cover("/tree/deep/inner")));
	if (!enter(_metadata, self->proc, variant->as_nobody))
		return;
	self->tree = mount_id("/tree");
	self->cover = mount_id("/tree/dir");
	check_is_held(_metadata, "/tree/dir", "cover");
}

FIXTURE_TEARDOWN(lock)
{
}

/* A tmpfs with the file @name goes beneath @dir; returns its fd. */
static int place(struct __test_metadata *_metadata, const char *dir,
		 const char *name)
{
	int fd = ASSERT_OK(named_tmpfs(name));

	ASSERT_OK(mount_beneath(fd, dir));
	check_is_hidden(_metadata, dir);
	return fd;
}

static int umount_plainly(void)
{
	return umount2("/tree/dir", 0);
}

static int umount_lazily(void)
{
	return umount2("/tree/dir", MNT_DETACH);
}

static int expire(void)
{
	/* The first time marks it. */
	if (umount2("/tree/dir", MNT_EXPIRE) != -1 || errno != EAGAIN)
		return -1;
	return umount2("/tree/dir", MNT_EXPIRE);
}

static int move(void)
{
	return mount("/tree/dir", "/away", NULL, MS_MOVE, NULL) ||
	       umount2("/away", 0) ? -1 : 0;
}

static int move_by_move_mount(void)
{
	return sys_move_mount(AT_FDCWD, "/tree/dir", AT_FDCWD, "/away", 0) ||
	       umount2("/away", 0) ? -1 : 0;
}

TEST_F(lock, goes_from_the_top_to_the_mount_beneath)
{
	static int (* const ways[])(void) = {
		umount_plainly, umount_lazily, expire, move,
		move_by_move_mount,
	};
	uint64_t stack[3];
	int fd, i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		/* in a table that is the same each time */
		if (!in_child(_metadata, CLONE_NEWNS))
			continue;
		stack[0] = mount_id("/tree/dir");
		fd = place(_metadata, "/tree/dir", "new");
		stack[1] = mount_id_at(fd, "");
		stack[2] = mount_id("/tree");
		close(fd);
		check_stack(_metadata, stack, 3);
		check_has(_metadata, "/tree/dir", "cover");

		ASSERT_EQ(0, ways[i]()) TH_LOG("way %d: %m", i);
		check_stack(_metadata, stack + 1, 2);
		check_is_held(_metadata, "/tree/dir", "new");
		_exit(0);
	}
}

/* By its file descriptor, the mount beneath can be named all the time. */
TEST_F(lock, holds_the_mount_beneath_while_it_is_covered_too)
{
	int fd = place(_metadata, "/tree/dir", "new"), i;

	for (i = 0; i < 2; i++) {
		EXPECT_ERRNO(EINVAL, mount_on(fd, "/away"));
		ASSERT_OK(fchdir(fd));
		EXPECT_ERRNO(EINVAL, sys_move_mount(AT_FDCWD, ".", AT_FDCWD,
						    "/away", 0));
		EXPECT_ERRNO(EINVAL, sys_pivot_root(".", "."));
		ASSERT_OK(chdir("/"));
		EXPECT_EQ(self->tree, parent_of(_metadata,
						mount_id_at(fd, "")));
		check_is_hidden(_metadata, "/tree/dir");
		if (!i)
			ASSERT_OK(umount2("/tree/dir", 0));
	}
}

TEST_F(lock, can_be_handed_on)
{
	static const char * const names[] = { "cover", "a", "b", "c" };
	int i;

	for (i = 1; i < ARRAY_SIZE(names); i++) {
		close(place(_metadata, "/tree/dir", names[i]));
		check_has(_metadata, "/tree/dir", names[i - 1]);
		ASSERT_OK(umount2("/tree/dir", 0));
		check_is_held(_metadata, "/tree/dir", names[i]);
	}
}

/* A mount that is there already is as good as a new one. */
TEST_F(lock, goes_to_a_mount_that_is_moved)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(mount_on(fd, "/mnt"));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	EXPECT_ERRNO(ENOENT, access("/mnt/new", F_OK));
	check_has(_metadata, "/tree/dir", "cover");
	ASSERT_OK(umount2("/tree/dir", 0));
	check_is_held(_metadata, "/tree/dir", "new");
}

TEST_F(lock, does_not_go_to_what_is_on_the_mount_beneath)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(mount_on(fd, "/mnt"));
	ASSERT_OK(mkdir("/mnt/sub", 0755));
	ASSERT_OK(mount("own", "/mnt/sub", "tmpfs", 0, NULL));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	ASSERT_OK(umount2("/tree/dir", 0));
	EXPECT_OK(umount2("/tree/dir/sub", 0));
	check_is_held(_metadata, "/tree/dir", "new");
}

/* The caller's own mounts were never locked. */
TEST_F(lock, is_none_beneath_a_mount_without)
{
	ASSERT_OK(mount("own", "/mnt", "tmpfs", 0, NULL));
	close(place(_metadata, "/mnt", "new"));
	EXPECT_OK(umount2("/mnt", 0));
	check_has(_metadata, "/mnt", "new");
	EXPECT_OK(umount2("/mnt", 0));
	EXPECT_EQ(mount_id("/"), mount_id("/mnt"));
}

TEST_F(lock, is_none_between_a_locked_mount_and_one_on_top)
{
	ASSERT_OK(mount("own", "/tree/dir", "tmpfs", 0, NULL));
	close(place(_metadata, "/tree/dir", "new"));
	EXPECT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "new");
	EXPECT_OK(umount2("/tree/dir", 0));
	EXPECT_EQ(self->cover, mount_id("/tree/dir"));
	check_is_held(_metadata, "/tree/dir", "cover");
}

/* That's for mounts beneath, and not for those on top. */
TEST_F(lock, stays_where_it_is_when_a_mount_goes_on_top)
{
	ASSERT_OK(mount("own", "/tree/dir", "tmpfs", 0, NULL));
	EXPECT_OK(umount2("/tree/dir", 0));
	check_is_held(_metadata, "/tree/dir", "cover");
	ASSERT_OK(mount_on(ASSERT_OK(new_tmpfs()), "/tree/dir"));
	EXPECT_OK(umount2("/tree/dir", MNT_DETACH));
	check_is_held(_metadata, "/tree/dir", "cover");
	ASSERT_OK(mount_on(ASSERT_OK(new_tmpfs()), "/tree/away"));
	EXPECT_OK(umount2("/tree/away", MNT_DETACH));
	check_is_held(_metadata, "/tree", "dir/cover");
}

/* What the top itself hides remains hidden in it. */
TEST_F(lock, lets_the_top_go_with_all_its_covers)
{
	int fd = ASSERT_OK(open_path("/tree/deep"));

	close(place(_metadata, "/tree/deep", "new"));
	EXPECT_ERRNO(EBUSY, umount2("/tree/deep", 0));
	if (in_child(_metadata, CLONE_NEWNS)) {
		ASSERT_OK(mount("/tree/deep", "/away", NULL, MS_MOVE, NULL));
		ASSERT_OK(chdir("/mnt"));
		EXPECT_ERRNO(EINVAL, umount2("/away/inner", 0));
		EXPECT_ERRNO(EINVAL, umount2("/away/inner", MNT_DETACH));
		check_is_hidden(_metadata, "/away/inner");
		check_is_held(_metadata, "/tree/deep", "new");
		_exit(0);
	}
	ASSERT_OK(umount2("/tree/deep", MNT_DETACH));
	check_is_held(_metadata, "/tree/deep", "new");
	EXPECT_OK(faccessat(fd, "inner/cover", F_OK, 0));
	EXPECT_ERRNO(ENOENT, faccessat(fd, "inner/secret", F_OK, 0));
}

/* Copies have it where the original does, at @dir. */
static void check_copy(struct __test_metadata *_metadata, const char *dir)
{
	check_has(_metadata, dir, "cover");
	check_is_hidden(_metadata, dir);
	ASSERT_OK(umount2(dir, 0));
	check_is_held(_metadata, dir, "new");
}

TEST_F(lock, is_there_in_copies_of_the_namespace)
{
	close(place(_metadata, "/tree/dir", "new"));
	if (in_child(_metadata, CLONE_NEWNS)) {
		check_copy(_metadata, "/tree/dir");
		_exit(0);
	}
	/* Here all of them are locked together, and it can go on. */
	if (in_child(_metadata, 0)) {
		ASSERT_OK(enter_userns(self->proc, CLONE_NEWNS));
		check_is_held(_metadata, "/tree/dir", "cover");
		close(place(_metadata, "/tree/dir", "newer"));
		ASSERT_OK(umount2("/tree/dir", 0));
		check_is_held(_metadata, "/tree/dir", "newer");
		_exit(0);
	}
	check_copy(_metadata, "/tree/dir");
}

TEST_F(lock, is_there_in_copies_of_the_tree)
{
	int fd, ns;

	close(place(_metadata, "/tree/dir", "new"));
	ASSERT_OK(mount("/tree", "/mnt", NULL, MS_BIND | MS_REC, NULL));
	check_copy(_metadata, "/mnt/dir");
	ASSERT_OK(umount2("/mnt", MNT_DETACH));

	fd = ASSERT_OK(copy_of("/tree", AT_RECURSIVE));
	ASSERT_OK(mount_on(fd, "/mnt"));
	check_copy(_metadata, "/mnt/dir");

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	if (in_child_within(_metadata, ns)) {
		check_copy(_metadata, "/dir");
		_exit(0);
	}
}

/* A copy of the tree that would leave it out isn't made. */
TEST_F(lock, holds_an_unbindable_mount_too)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(set_propagation(fd, MS_UNBINDABLE));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	EXPECT_ERRNO(EPERM, mount("/tree", "/mnt", NULL, MS_BIND | MS_REC,
				  NULL));
	EXPECT_ERRNO(EPERM, copy_of("/tree", AT_RECURSIVE));

	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	if (in_child(_metadata, CLONE_NEWNS)) {
		check_copy(_metadata, "/tree/dir");
		_exit(0);
	}
	check_copy(_metadata, "/tree/dir");
}

/* A tree that isn't mounted any longer can still be looked at. */
TEST_F(lock, outlasts_a_lazy_umount_of_the_tree)
{
	int fd;

	close(place(_metadata, "/tree/dir", "new"));
	ASSERT_OK(mount("/tree", "/mnt", NULL, MS_BIND | MS_REC, NULL));
	fd = ASSERT_OK(open_path("/mnt"));
	ASSERT_OK(umount2("/mnt", MNT_DETACH));
	EXPECT_OK(faccessat(fd, "tree", F_OK, 0));
	EXPECT_OK(faccessat(fd, "dir/new", F_OK, 0));
	EXPECT_ERRNO(ENOENT, faccessat(fd, "dir/secret", F_OK, 0));
}

/*
 *	/tree		a mount with a locked mount that hides a file
 *	/other		the same filesystem, with nothing mounted on it
 *	/free		once more
 * Whoever is in the user namespace may unmount what it mounts on /other. If
 * /tree was a peer, that would take the locked mount along.
 */
FIXTURE(peer_group)
{
	int proc;
	int tree;
};

FIXTURE_VARIANT(peer_group)
{
	const char *hidden;
	unsigned long propagation;	/* of /other */
};

FIXTURE_VARIANT_ADD(peer_group, of_shared_mount)
{
	.hidden = "/tree/dir",
	.propagation = MS_SHARED,
};

FIXTURE_VARIANT_ADD(peer_group, of_slave_mount)
{
	.hidden = "/tree/dir",
	.propagation = MS_SLAVE,
};

FIXTURE_VARIANT_ADD(peer_group, of_mount_with_locked_mount_on_its_root)
{
	.hidden = "/tree",
	.propagation = MS_SHARED,
};

FIXTURE_SETUP(peer_group)
{
	if (!set_beneath_table(_metadata, &self->proc))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/other", 0755));
	ASSERT_OK(mkdir("/free", 0755));
	ASSERT_OK(mount("/tree", "/other", NULL, MS_BIND, NULL));
	ASSERT_OK(mount("/tree", "/free", NULL, MS_BIND, NULL));
	/* A file descriptor of it, even if it's overmounted, by way of "." */
	ASSERT_OK(chdir("/tree"));
	if (strcmp(variant->hidden, "/tree")) {
		close(ASSERT_OK(make_cover(variant->hidden)));
	} else {
		ASSERT_OK(make_file("/tree/secret"));
		ASSERT_OK(mount("cover", "/tree", "tmpfs", 0, NULL));
	}
	become(_metadata, self->proc, USERNS_ROOT);
	check_is_hidden(_metadata, variant->hidden);
	self->tree = ASSERT_OK(open_path("."));

	ASSERT_OK(mount(NULL, "/other", NULL, MS_SHARED, NULL));
	if (variant->propagation == MS_SLAVE) {
		ASSERT_OK(mount("/other", "/away", NULL, MS_BIND, NULL));
		ASSERT_OK(mount(NULL, "/other", NULL, MS_SLAVE, NULL));
	}
}

FIXTURE_TEARDOWN(peer_group)
{
}

/* The mount @to_fd joins the group of /other. */
static int join_other(int to_fd)
{
	return sys_move_mount(AT_FDCWD, "/other", to_fd, "",
			      MOVE_MOUNT_SET_GROUP | MOVE_MOUNT_T_EMPTY_PATH);
}

TEST_F(peer_group, refuses_mount_with_locked_child)
{
	const char *dir = variant->propagation == MS_SLAVE ? "/away/dir" :
							     "/other/dir";

	EXPECT_REFUSED(EINVAL, join_other(self->tree));
	if (strcmp(variant->hidden, "/tree")) {
		ASSERT_OK(mount("own", dir, "tmpfs", 0, NULL));
		ASSERT_OK(umount2(dir, 0));
	}
	check_is_hidden(_metadata, variant->hidden);
}

TEST_F(peer_group, takes_mount_without_locked_child)
{
	int fd = ASSERT_OK(open_path("/free"));

	EXPECT_OK(join_other(fd));
}

/*
 *	/tree/file	a file, covered by a bind mount of /cover
 *	/new, /spare	files
 * What's in them is what they are called; in /tree/file it's a secret.
 */
FIXTURE(lock_of_a_file)
{
	int proc;
};

FIXTURE_VARIANT(lock_of_a_file)
{
	bool as_nobody;
};

FIXTURE_VARIANT_ADD(lock_of_a_file, of_userns_root)
{
	.as_nobody = false,
};

FIXTURE_VARIANT_ADD(lock_of_a_file, of_nobody)
{
	.as_nobody = true,
};

static int make_file_with(const char *path, const char *text)
{
	return make_file(path) || write_at(AT_FDCWD, path, "%s", text) ?
		       -1 : 0;
}

FIXTURE_SETUP(lock_of_a_file)
{
	if (!set_beneath_table(_metadata, &self->proc))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(make_file_with("/tree/file", "secret"));
	ASSERT_OK(make_file_with("/cover", "cover"));
	ASSERT_OK(make_file_with("/new", "new"));
	ASSERT_OK(make_file_with("/spare", "spare"));
	ASSERT_OK(mount("/cover", "/tree/file", NULL, MS_BIND, NULL));
	if (!enter(_metadata, self->proc, variant->as_nobody))
		return;
}

FIXTURE_TEARDOWN(lock_of_a_file)
{
}

static void check_reads(struct __test_metadata *_metadata, const char *path,
			const char *text)
{
	char got[16];

	ASSERT_OK(read_at(AT_FDCWD, path, got, sizeof(got)));
	EXPECT_STREQ(text, got);
}

TEST_F(lock_of_a_file, goes_to_the_mount_beneath)
{
	ASSERT_OK(mount_beneath(ASSERT_OK(copy_of("/new", 0)), "/tree/file"));
	check_reads(_metadata, "/tree/file", "cover");
	ASSERT_OK(umount2("/tree/file", 0));
	check_reads(_metadata, "/tree/file", "new");
	try_to_uncover(_metadata, "/tree/file");
	check_reads(_metadata, "/tree/file", "new");
}

TEST_F(lock_of_a_file, does_not_go_to_a_directory)
{
	int file = ASSERT_OK(copy_of("/new", 0));
	int dir = ASSERT_OK(new_tmpfs());

	EXPECT_ERRNO(EINVAL, mount_beneath(dir, "/tree/file"));
	EXPECT_ERRNO(EINVAL, mount_beneath(file, "/tree"));
	EXPECT_ERRNO(EINVAL, mount_beneath(file, "/"));
	try_to_uncover(_metadata, "/tree/file");
	check_reads(_metadata, "/tree/file", "cover");
}

/* The next copy of the mount namespace would lack it. */
TEST_F(lock_of_a_file, does_not_go_to_a_mount_namespace)
{
	int ns, fd;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	fd = ASSERT_OK(sys_open_tree(ns, "", OPEN_TREE_CLONE | AT_EMPTY_PATH));
	EXPECT_ERRNO(EINVAL, mount_beneath(fd, "/tree/file"));
	/* nor to one that is mounted already */
	ASSERT_OK(pin_mntns(ns, "/spare"));
	EXPECT_ERRNO(EINVAL, sys_move_mount(AT_FDCWD, "/spare", AT_FDCWD,
					    "/tree/file", MOVE_MOUNT_BENEATH));
	try_to_uncover(_metadata, "/tree/file");
	check_reads(_metadata, "/tree/file", "cover");
	if (in_child(_metadata, CLONE_NEWNS)) {
		check_reads(_metadata, "/tree/file", "cover");
		_exit(0);
	}
}

/* Where no lock goes to it, a mount namespace can be anywhere. */
TEST_F(lock_of_a_file, is_what_keeps_a_mount_namespace_out)
{
	int ns, fd, i;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	for (i = 0; i < 2; i++) {
		const char *path = i ? "/tree/file" : "/spare";

		ASSERT_OK(mount("/new", path, NULL, MS_BIND, NULL));
		fd = ASSERT_OK(sys_open_tree(ns, "", OPEN_TREE_CLONE |
					     AT_EMPTY_PATH));
		ASSERT_OK(mount_beneath(fd, path));
		close(fd);
		check_reads(_metadata, path, "new");
		ASSERT_OK(umount2(path, 0));
		fd = ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
		EXPECT_EQ(mntns_id(ns), mntns_id(fd));
		close(fd);
	}
	if (in_child(_metadata, CLONE_NEWNS)) {
		check_reads(_metadata, "/tree/file", "cover");
		try_to_uncover(_metadata, "/tree/file");
		_exit(0);
	}
}

/* A namespace isn't pinned in itself this way either. */
TEST_F(lock_of_a_file, is_no_way_round_the_check_for_loops)
{
	int ns, fd, file;

	ns = ASSERT_OK(open_mntns(self->proc));
	file = ASSERT_OK(copy_of("/new", 0));
	ASSERT_OK(mount_on(file, "/spare"));
	fd = ASSERT_OK(sys_open_tree(ns, "", OPEN_TREE_CLONE | AT_EMPTY_PATH));
	EXPECT_ERRNO(ELOOP, mount_beneath(fd, "/spare"));
	EXPECT_ERRNO(EINVAL, mount_beneath(fd, "/tree/file"));
	EXPECT_EQ(mount_id_at(file, ""), mount_id("/spare"));
}

/* Only mount namespaces are left out of copies. */
TEST_F(lock_of_a_file, goes_to_other_namespaces)
{
	char text[64];
	int fd;

	fd = ASSERT_OK(sys_open_tree(self->proc, "self/ns/user",
				     OPEN_TREE_CLONE));
	ASSERT_OK(mount_beneath(fd, "/tree/file"));
	close(fd);
	check_reads(_metadata, "/tree/file", "cover");
	ASSERT_OK(umount2("/tree/file", 0));
	try_to_uncover(_metadata, "/tree/file");
	if (in_child(_metadata, CLONE_NEWNS)) {
		/* not a file that can be read */
		EXPECT_ERRNO(EINVAL, read_at(AT_FDCWD, "/tree/file", text,
					     sizeof(text)));
		try_to_uncover(_metadata, "/tree/file");
		_exit(0);
	}
}

/* A proc of which everything is visible */
FIXTURE(lock_of_proc)
{
	int proc;
};

/* One that has something on /proc/sys */
FIXTURE(lock_of_a_mask)
{
	int proc;
};

static bool set_proc(struct __test_metadata *_metadata, int *proc, bool masked)
{
	if (!set_beneath_table(_metadata, proc))
		return false;
	if (!can_unshare(CLONE_NEWPID))
		SKIP(return false, "no PID namespaces");
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(mkdir("/proc", 0555));
	ASSERT_OK(mount("proc", "/proc", "proc", 0, NULL));
	if (masked)
		ASSERT_OK(mount_on(ASSERT_OK(named_tmpfs("cover")),
				   "/proc/sys"));
	return enter(_metadata, *proc, true);
}

FIXTURE_SETUP(lock_of_proc)
{
	set_proc(_metadata, &self->proc, false);
}

FIXTURE_TEARDOWN(lock_of_proc)
{
}

FIXTURE_SETUP(lock_of_a_mask)
{
	set_proc(_metadata, &self->proc, true);
}

FIXTURE_TEARDOWN(lock_of_a_mask)
{
}

static int mount_another_proc(void)
{
	return mount("proc", "/mnt", "proc", 0, NULL) || umount2("/mnt", 0) ?
		       -1 : 0;
}

/* What mount --beneath -t tmpfs none /proc and umount -l /proc do */
TEST_F(lock_of_proc, goes_to_a_tmpfs)
{
	if (!in_child(_metadata, CLONE_NEWPID))
		return;
	EXPECT_OK(mount_another_proc());
	EXPECT_ERRNO(EINVAL, umount2("/proc", MNT_DETACH));
	close(place(_metadata, "/proc", "new"));
	/* This one is still the one that is seen. */
	EXPECT_OK(mount_another_proc());
	ASSERT_OK(umount2("/proc", MNT_DETACH));
	check_is_held(_metadata, "/proc", "new");
	/* Nobody who can't see a proc gets one. */
	EXPECT_ERRNO(EPERM, mount_another_proc());
	_exit(0);
}

/* Another mask isn't less of one, and it isn't less of one at any time. */
TEST_F(lock_of_a_mask, goes_to_another_one)
{
	if (!in_child(_metadata, CLONE_NEWPID))
		return;
	EXPECT_ERRNO(EPERM, mount_another_proc());
	close(place(_metadata, "/proc/sys", "new"));
	EXPECT_ERRNO(EPERM, mount_another_proc());
	check_has(_metadata, "/proc/sys", "cover");
	ASSERT_OK(umount2("/proc/sys", 0));
	EXPECT_ERRNO(EPERM, mount_another_proc());
	check_is_held(_metadata, "/proc/sys", "new");
	EXPECT_ERRNO(ENOENT, access("/proc/sys/kernel", F_OK));
	_exit(0);
}

TEST_HARNESS_MAIN
