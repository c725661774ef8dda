// SPDX-License-Identifier: GPL-2.0
/*
 * A switch of the root: a mount goes beneath the old root, and the caller makes
 * it its root and unmounts the old one. Other tasks stay where they are.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/*
 * The caller's root is a tmpfs that is mounted on the namespace root, with
 *	/old		a file
 *	/sub		a directory
 *	/new		a mount
 */
FIXTURE(root_switch)
{
	int proc;
	int old_root;
	uint64_t ns_root, old;	/* mount IDs: the namespace root, the root */
};

FIXTURE_VARIANT(root_switch)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(root_switch, root) { ROOT };

/* All that is mounted is locked. */
FIXTURE_VARIANT_ADD(root_switch, userns_root) { USERNS_ROOT };

FIXTURE_SETUP(root_switch)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_BENEATH))
		return;
	ASSERT_OK(make_file("/old"));
	ASSERT_OK(mkdir("/sub", 0755));
	ASSERT_OK(make_mount("/new"));
	become(_metadata, self->proc, variant->caller);
	self->old_root = ASSERT_OK(open_path("/"));
	self->old = mount_id("/");
	self->ns_root = parent_of(_metadata, self->old);
}

FIXTURE_TEARDOWN(root_switch)
{
}

/* @fd goes beneath the root. Returns its mount ID. */
static uint64_t add_root(struct __test_metadata *_metadata, int fd)
{
	ASSERT_OK(fchdir(fd));
	ASSERT_OK(mount_beneath(fd, "/"));
	return mount_id(".");
}

static void change_root(struct __test_metadata *_metadata)
{
	ASSERT_OK(chroot("."));
	ASSERT_OK(umount2(".", MNT_DETACH));
}

static void switch_root(struct __test_metadata *_metadata, const char *path)
{
	int fd = ASSERT_OK(copy_of(path, 0));

	add_root(_metadata, fd);
	change_root(_metadata);
	close(fd);
}

/* The only mount on the namespace root is the caller's root. It has @file. */
static void check_only_root(struct __test_metadata *_metadata, int proc,
			    const char *file)
{
	uint64_t root = mount_id("/");
	char text[1024];

	ASSERT_EQ(1, count_mounts());
	EXPECT_EQ(root, mount_id("."));
	EXPECT_OK(access(file, F_OK));
	EXPECT_OK(access(file + 1, F_OK));
	EXPECT_ERRNO(ENOENT, access("/old", F_OK));

	/* .. leads to the root. */
	EXPECT_EQ(root, mount_id("../.."));
	EXPECT_ERRNO(ENOENT, access("../old", F_OK));
	EXPECT_ERRNO(ENOENT, access("/../../old", F_OK));

	ASSERT_LT(0, ASSERT_OK(read_at(proc, "self/mountinfo", text,
				       sizeof(text))));
	EXPECT_HAS(text, " / rw");
	EXPECT_HAS(text, " - tmpfs ");
	EXPECT_EQ(strlen(text) - 1, strcspn(text, "\n"))
		TH_LOG("more than one line: %s", text);
}

TEST_F(root_switch, has_the_old_root_on_the_new_one_in_between)
{
	int fd = ASSERT_OK(copy_of("/new", 0));
	uint64_t stack[3] = { self->old, 0, self->ns_root };

	stack[1] = add_root(_metadata, fd);
	check_stack(_metadata, stack, 3);
	/* / is the old root, . is the new one. */
	EXPECT_EQ(self->old, mount_id("/"));
	EXPECT_OK(access("/old", F_OK));
	EXPECT_OK(access("/new/new", F_OK));
	EXPECT_OK(access("new", F_OK));
	EXPECT_ERRNO(ENOENT, access("old", F_OK));

	ASSERT_OK(chroot("."));
	check_stack(_metadata, stack, 3);
	EXPECT_EQ(stack[1], mount_id("/"));
	EXPECT_OK(access("/new", F_OK));

	ASSERT_OK(umount2(".", MNT_DETACH));
	check_stack(_metadata, stack + 1, 2);
}

TEST_F(root_switch, leaves_nothing_but_the_new_root)
{
	switch_root(_metadata, "/new");
	EXPECT_EQ(self->ns_root, parent_of(_metadata, mount_id("/")));
	check_only_root(_metadata, self->proc, "/new");
}

TEST_F(root_switch, is_seen_by_tasks_that_enter)
{
	uint64_t root;
	int ns;

	switch_root(_metadata, "/new");
	root = mount_id("/");
	ns = ASSERT_OK(open_mntns(self->proc));
	check_seen_alike(_metadata, ns);
	IN_MNTNS(ns) {
		EXPECT_EQ(root, mount_id("/"));
		check_only_root(_metadata, self->proc, "/new");
	}
}

TEST_F(root_switch, is_inherited_by_new_mount_namespaces)
{
	switch_root(_metadata, "/new");
	IN_CHILD(CLONE_NEWNS) {
		check_only_root(_metadata, self->proc, "/new");
		switch_root(_metadata, "/");
		check_only_root(_metadata, self->proc, "/new");
	}
	/* A chrooted task can create no user namespace. */
	IN_CHILD(0) {
		ASSERT_OK(enter_userns(self->proc, CLONE_NEWNS));
		check_only_root(_metadata, self->proc, "/new");
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		switch_root(_metadata, "/");
		check_only_root(_metadata, self->proc, "/new");
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	}
}

TEST_F(root_switch, can_be_done_again)
{
	char dir[16] = "/new";
	int i;

	for (i = 0; i < 3; i++) {
		switch_root(_metadata, dir);
		EXPECT_EQ(self->ns_root, parent_of(_metadata, mount_id("/")));
		check_only_root(_metadata, self->proc, dir);
		snprintf(dir, sizeof(dir), "/next%d", i);
		ASSERT_OK(make_mount(dir));
	}
}

TEST_F(root_switch, works_with_a_detached_mount)
{
	add_root(_metadata, ASSERT_OK(named_tmpfs("fresh")));
	change_root(_metadata);
	check_only_root(_metadata, self->proc, "/fresh");
}

/* The old root is its ancestor. */
TEST_F(root_switch, is_refused_with_a_mount_below_the_root)
{
	int fd;

	ASSERT_OK(mount("own", "/sub", "tmpfs", 0, NULL));
	fd = ASSERT_OK(open_path("/sub"));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/"));
}

/* The new root is locked if the old one was. */
TEST_F(root_switch, leaves_the_namespace_root_hidden)
{
	int ns = ASSERT_OK(open_mntns(self->proc));

	switch_root(_metadata, "/new");
	if (variant->caller == ROOT) {
		ASSERT_OK(umount2(".", MNT_DETACH));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		EXPECT_EQ(1, is_nullfs("/"));
		return;
	}
	EXPECT_ERRNO(EINVAL, umount2(".", MNT_DETACH));
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_EXPIRE));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	EXPECT_OK(access("/new", F_OK));
	/* So is the root of a mount namespace that is made from here. */
	IN_MNTNS(ASSERT_OK(new_fs_mntns("tmpfs", 0))) {
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	}
}

/* A task that unmounts the old root sees the new one. */
TEST_F(root_switch, hides_the_namespace_root_from_the_start)
{
	int ns = ASSERT_OK(open_mntns(self->proc));

	add_root(_metadata, ASSERT_OK(copy_of("/new", 0)));
	IN_MNTNS(ns) {
		EXPECT_EQ(self->old, mount_id("/"));
		ASSERT_OK(umount2("/", MNT_DETACH));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		EXPECT_OK(access("/new", F_OK));
		if (variant->caller == ROOT)
			EXPECT_OK(umount2("/", MNT_DETACH));
		else
			EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	}
}

TEST_F(root_switch, may_be_followed_by_pivot_root)
{
	int ns = ASSERT_OK(open_mntns(self->proc));

	switch_root(_metadata, "/new");
	ASSERT_OK(make_mount("/pivot"));
	ASSERT_OK(chdir("/pivot"));
	ASSERT_OK(sys_pivot_root(".", "."));
	ASSERT_OK(umount2(".", MNT_DETACH));
	check_only_root(_metadata, self->proc, "/pivot");
	if (variant->caller == ROOT)
		EXPECT_OK(umount2("/", MNT_DETACH));
	else
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	EXPECT_EQ(variant->caller == ROOT, is_nullfs("/"));
}

/*
 * The umount propagates. In a copy of a mount namespace whose root is shared,
 * it unmounts what is mounted below the root in the original: /new.
 */
static bool new_is_left_after_switch(struct __test_metadata *_metadata,
				     unsigned long propagation)
{
	ASSERT_OK(mount(NULL, "/", NULL, MS_SHARED, NULL));
	IN_CHILD(CLONE_NEWNS) {
		/* pivot_root() refuses a shared root. */
		ASSERT_OK(make_mount("/pivot"));
		if (propagation == MS_SHARED)
			EXPECT_ERRNO(EINVAL, sys_pivot_root("/pivot",
							    "/pivot"));
		ASSERT_OK(umount2("/pivot", 0));
		ASSERT_OK(mount(NULL, "/", NULL, propagation, NULL));
		switch_root(_metadata, "/new");
	}
	return !access("/new/new", F_OK);
}

TEST_F(root_switch, unmounts_what_the_peers_of_a_shared_root_have_below_it)
{
	/* The mounts of a user namespace's copy are locked, and stay. */
	EXPECT_EQ(variant->caller == USERNS_ROOT,
		  new_is_left_after_switch(_metadata, MS_SHARED));
}

TEST_F(root_switch, leaves_the_peers_of_a_root_made_private_alone)
{
	EXPECT_TRUE(new_is_left_after_switch(_metadata, MS_PRIVATE));
}

TEST_F(root_switch, leaves_the_master_of_a_root_made_slave_alone)
{
	EXPECT_TRUE(new_is_left_after_switch(_metadata, MS_SLAVE));
}

/* The child stays on the old root. */
TEST_F(root_switch, moves_no_other_task)
{
	struct location before;
	int peer, i, fd;
	pid_t pid;

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		fd = ASSERT_OK(open("/sub", O_RDONLY | O_DIRECTORY));
		ASSERT_OK(chdir("/sub"));
		before = current_location(_metadata, self->proc);
		for (i = 0; i < 5; i++) {
			check_still_at(_metadata, self->proc, before);
			EXPECT_OK(access("/old", F_OK));
			EXPECT_OK(access("../old", F_OK));
			EXPECT_OK(faccessat(fd, "../old", F_OK, 0));
			EXPECT_OK(write_at(AT_FDCWD, "/old", "still here"));
			pass_turn(_metadata, peer);
		}
		/* The old root is not mounted any more. */
		fd = ASSERT_OK(new_tmpfs());
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		EXPECT_ERRNO(ENOENT, mount_beneath(fd, "/"));
		_exit(0);
	}
	await_turn(_metadata, peer);
	fd = ASSERT_OK(copy_of("/new", 0));
	for (i = 0; i < 4; i++) {
		switch (i) {
		case 0:
			ASSERT_OK(fchdir(fd));
			break;
		case 1:
			ASSERT_OK(mount_beneath(fd, "/"));
			break;
		case 2:
			ASSERT_OK(chroot("."));
			break;
		case 3:
			ASSERT_OK(umount2(".", MNT_DETACH));
			break;
		}
		pass_turn(_metadata, peer);
	}
	check_only_root(_metadata, self->proc, "/new");
	end_peer(_metadata, pid, peer);
}

/* pivot_root() moves other tasks. */
TEST_F(root_switch, is_unlike_pivot_root_which_moves_other_tasks)
{
	struct location before;
	int peer;
	pid_t pid;

	ASSERT_OK(chdir("/"));
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		before = current_location(_metadata, self->proc);
		pass_turn(_metadata, peer);
		EXPECT_NE(before.root_mnt, mount_id("/"));
		EXPECT_NE(before.cwd_mnt, mount_id("."));
		check_only_root(_metadata, self->proc, "/pivot");
		_exit(0);
	}
	await_turn(_metadata, peer);
	ASSERT_OK(make_mount("/pivot"));
	ASSERT_OK(chdir("/pivot"));
	ASSERT_OK(sys_pivot_root(".", "."));
	ASSERT_OK(umount2(".", MNT_DETACH));
	end_peer(_metadata, pid, peer);
}

/* The root of the mount has to be named, by a file descriptor here. */
TEST_F(root_switch, is_refused_in_a_chroot_to_a_directory)
{
	uint64_t stack[3] = { self->old, 0, self->ns_root };
	int fd = ASSERT_OK(copy_of("/new", 0));

	ASSERT_OK(chroot("/sub"));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/"));
	ASSERT_OK(mount_beneath_at(fd, self->old_root, ""));
	stack[1] = mount_id_at(fd, "");
	ASSERT_OK(chroot_fd(self->old_root));
	check_stack(_metadata, stack, 3);
}

TEST_F(root_switch, works_by_fd_from_a_chroot_in_another_mount)
{
	uint64_t stack[3] = { self->old, 0, self->ns_root };
	int fd = ASSERT_OK(named_tmpfs("fresh"));

	ASSERT_OK(mount("own", "/sub", "tmpfs", 0, NULL));
	ASSERT_OK(mkdir("/sub/dir", 0755));
	ASSERT_OK(chroot("/sub/dir"));
	ASSERT_OK(mount_beneath_at(fd, self->old_root, ""));
	ASSERT_OK(chroot_fd(self->old_root));
	stack[1] = mount_id_at(fd, "");
	check_stack(_metadata, stack, 3);
}

TEST_F(root_switch, works_in_a_chroot_to_a_mount)
{
	uint64_t stack[3] = { mount_id("/new"), 0, self->old };
	int fd = ASSERT_OK(named_tmpfs("fresh"));

	ASSERT_OK(chroot("/new"));
	stack[1] = add_root(_metadata, fd);
	check_stack(_metadata, stack, 3);
	change_root(_metadata);
	check_only_root(_metadata, self->proc, "/fresh");

	ASSERT_OK(chroot_fd(self->old_root));
	close(fd);
	EXPECT_EQ(stack[1], mount_id("/new"));
	if (variant->caller == ROOT)
		EXPECT_OK(umount2("/new", 0));
	else
		check_is_locked(_metadata, "/new", "fresh");
}

TEST_F(root_switch, works_in_a_chroot_to_a_bind_mount_of_a_directory)
{
	int fd = ASSERT_OK(named_tmpfs("fresh"));

	ASSERT_OK(mount("/sub", "/sub", NULL, MS_BIND, NULL));
	ASSERT_OK(chroot("/sub"));
	add_root(_metadata, fd);
	change_root(_metadata);
	check_only_root(_metadata, self->proc, "/fresh");

	ASSERT_OK(chroot_fd(self->old_root));
	close(fd);
	EXPECT_OK(access("/sub/fresh", F_OK));
	EXPECT_OK(umount2("/sub", 0));
}

TEST_F(root_switch, works_with_a_bind_mount_of_a_directory)
{
	ASSERT_OK(mount("own", "/sub", "tmpfs", 0, NULL));
	ASSERT_OK(mkdir("/sub/dir", 0755));
	ASSERT_OK(make_file("/sub/dir/file"));
	switch_root(_metadata, "/sub/dir");
	check_only_root(_metadata, self->proc, "/file");
}

TEST_F(root_switch, is_refused_at_the_namespace_root)
{
	uint64_t stack[3];
	int fd, top, ns_root;

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	ns_root = ASSERT_OK(open_path("/"));
	fd = ASSERT_OK(named_tmpfs("fresh"));
	EXPECT_ERRNO(EINVAL, mount_beneath(fd, "/"));
	EXPECT_ERRNO(EINVAL, mount_beneath(fd, "."));
	EXPECT_ERRNO(EINVAL, mount_beneath_at(fd, ns_root, ""));
	EXPECT_EQ(1, count_mounts());

	/* With a mount on top, that is the target. */
	top = ASSERT_OK(overmount_root());
	ASSERT_OK(mount_beneath_at(fd, ns_root, ""));
	stack[0] = mount_id_at(top, "");
	stack[1] = mount_id_at(fd, "");
	stack[2] = mount_id_at(ns_root, "");
	check_stack(_metadata, stack, 3);
}

TEST_F(root_switch, goes_beneath_a_mount_on_top_of_the_root)
{
	uint64_t stack[4] = { 0, 0, self->old, self->ns_root };
	int top = ASSERT_OK(new_tmpfs()), fd = ASSERT_OK(new_tmpfs());

	ASSERT_OK(mount_on(top, "/"));
	ASSERT_OK(mount_beneath(fd, "/"));
	stack[0] = mount_id_at(top, "");
	stack[1] = mount_id_at(fd, "");
	check_stack(_metadata, stack, 4);
	/* Neither is locked. */
	ASSERT_OK(fchdir(fd));
	ASSERT_OK(umount2(".", MNT_DETACH));
	ASSERT_OK(umount2(".", MNT_DETACH));
	EXPECT_EQ(self->old, mount_id("/"));
}

/* Switches the root of @ns once, unless another task comes first. */
static void try_to_switch(struct __test_metadata *_metadata, int ns)
{
	int fd = ASSERT_OK(named_tmpfs("fresh"));

	ASSERT_OK(setns(ns, CLONE_NEWNS));
	ASSERT_OK(fchdir(fd));
	if (mount_beneath(fd, "/")) {
		/* The old root is not mounted any more. */
		ASSERT_TRUE(errno == ENOENT || errno == EINVAL)
			TH_LOG("beneath: %m");
	} else {
		ASSERT_OK(chroot("."));
		if (umount2(".", MNT_DETACH))
			ASSERT_EQ(EINVAL, errno) TH_LOG("umount: %m");
	}
	close(fd);
}

TEST_F(root_switch, may_be_tried_by_several_at_once)
{
	pid_t pids[3];
	int ns, i, j;

	ns = ASSERT_OK(open_mntns(self->proc));
	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		pids[i] = ASSERT_OK(fork());
		if (pids[i])
			continue;
		for (j = 0; j < 60; j++)
			try_to_switch(_metadata, ns);
		_exit(0);
	}
	for (i = 0; i < ARRAY_SIZE(pids); i++)
		join_child(_metadata, pids[i]);

	/* New ones may be left. They can be unmounted. */
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	check_seen_alike(_metadata, ns);
	while (parent_of(_metadata, mount_id("/")) != self->ns_root) {
		EXPECT_OK(access("/fresh", F_OK));
		ASSERT_OK(umount2("/", MNT_DETACH));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
	}
	check_only_root(_metadata, self->proc, "/fresh");
	if (variant->caller == ROOT)
		EXPECT_OK(umount2("/", MNT_DETACH));
	else
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
}

TEST_F(root_switch, may_be_tried_while_another_thread_does_chroot)
{
	int tries = 200, added = 0, fd, i;
	uint64_t id = self->old;
	pid_t pid;

	pid = ASSERT_OK(fork_with(CLONE_FS));
	if (!pid) {
		for (i = 0; i < 5 * tries; i++) {
			ASSERT_OK(chroot("/sub"));
			ASSERT_OK(chroot_fd(self->old_root));
		}
		_exit(0);
	}
	for (i = 0; i < tries; i++) {
		fd = ASSERT_OK(new_tmpfs());
		if (!mount_beneath_at(fd, self->old_root, ""))
			added++;
		else
			ASSERT_EQ(EINVAL, errno) TH_LOG("%m");
		close(fd);
	}
	join_child(_metadata, pid);

	/* All mounts that were added are there, and no others. */
	for (i = 0; i < added; i++)
		id = parent_of(_metadata, id);
	EXPECT_EQ(self->ns_root, parent_of(_metadata, id));
}

/* The mounts that the test found */
FIXTURE(root_switch_of_found_mounts)
{
	int proc;
};

FIXTURE_VARIANT(root_switch_of_found_mounts)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(root_switch_of_found_mounts, root) { ROOT };
FIXTURE_VARIANT_ADD(root_switch_of_found_mounts, userns_root) { USERNS_ROOT };

FIXTURE_SETUP(root_switch_of_found_mounts)
{
	if (!set_scene(_metadata, &self->proc, COPY, NEEDS_BENEATH))
		return;
	ASSERT_OK(make_mount("/tmp/new"));
	become(_metadata, self->proc, variant->caller);
}

FIXTURE_TEARDOWN(root_switch_of_found_mounts)
{
}

TEST_F(root_switch_of_found_mounts, leaves_nothing_but_the_new_root)
{
	int fd = ASSERT_OK(copy_of("/tmp/new", 0)), i;
	uint64_t stack[3] = { mount_id("/") };

	stack[2] = parent_of(_metadata, stack[0]);
	stack[1] = add_root(_metadata, fd);
	check_stack(_metadata, stack, 3);
	change_root(_metadata);
	check_stack(_metadata, stack + 1, 2);
	check_only_root(_metadata, self->proc, "/new");
	EXPECT_ERRNO(ENOENT, access("/tmp", F_OK));

	for (i = 0; i < 2; i++) {
		switch_root(_metadata, "/");
		EXPECT_EQ(stack[2], parent_of(_metadata, mount_id("/")));
		check_only_root(_metadata, self->proc, "/new");
	}
	if (variant->caller == USERNS_ROOT)
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
}

TEST_HARNESS_MAIN
