// SPDX-License-Identifier: GPL-2.0
/* unshare(UNSHARE_EMPTY_MNTNS), and life in an empty mount namespace */
#include "empty_mntns.h"

FIXTURE(unshare_empty)
{
	int proc;
	struct place before;
};

FIXTURE_SETUP(unshare_empty)
{
	if (!setup_scene(_metadata, &self->proc))
		return;
	self->before = current_place(_metadata, self->proc);
}

FIXTURE_TEARDOWN(unshare_empty)
{
}

TEST_F(unshare_empty, has_the_number_of_clone_parent_settid)
{
	static_assert(UNSHARE_EMPTY_MNTNS == 0x00100000, "ABI");
	static_assert(UNSHARE_EMPTY_MNTNS == CLONE_PARENT_SETTID, "ABI");
	static_assert(NULL_FS_MAGIC == 0x4E554C4C, "ABI");

	ASSERT_OK(sys_unshare(0x00100000));
	check_empty_mntns(_metadata, self->proc, self->before);
}

/* CLONE_NEWNS is implied, and may be given; the same with CLONE_FS. */
TEST_F(unshare_empty, combines_with_the_flags_it_implies)
{
	static const unsigned long flags[] = {
		CLONE_NEWNS, CLONE_FS, CLONE_NEWNS | CLONE_FS,
		CLONE_FILES, CLONE_SYSVSEM,
	};
	unsigned int i;
	pid_t pid;

	/* Not more than one namespace is created. */
	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		pid = ASSERT_OK(fork());
		if (!pid) {
			ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS | flags[i]));
			check_empty_mntns(_metadata, self->proc, self->before);
			_exit(0);
		}
		join_child(_metadata, pid);
	}
}

TEST_F(unshare_empty, leaves_other_tasks_where_they_are)
{
	char *mounts, *mounts_after;
	pid_t pid;

	mounts = own_mounts(_metadata);
	pid = ASSERT_OK(fork());
	if (!pid) {
		ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
		_exit(0);
	}
	join_child(_metadata, pid);

	check_still_at(_metadata, self->proc, self->before);
	mounts_after = own_mounts(_metadata);
	EXPECT_STREQ(mounts, mounts_after);
}

/* As CLONE_NEWNS does, it implies CLONE_FS. */
TEST_F(unshare_empty, leaves_a_task_that_shared_root_and_cwd_where_it_is)
{
	pid_t pid;
	int peer;

	pid = fork_peer(_metadata, CLONE_FS, &peer);
	if (!pid) {
		await_turn(_metadata, peer);
		check_still_at(_metadata, self->proc, self->before);
		ASSERT_OK(chdir("/"));
		_exit(0);
	}
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
	check_empty_mntns(_metadata, self->proc, self->before);
}

TEST_F(unshare_empty, keeps_open_files_working)
{
	int dir, fd;
	char text[8];

	/* The old namespace isn't to end with its last task. */
	ASSERT_OK(open_mntns(self->proc));
	ASSERT_OK(mkdir("dir", 0755));
	fd = ASSERT_OK(open("dir/file", O_RDWR | O_CREAT, 0644));
	ASSERT_EQ(4, write(fd, "text", 4));
	dir = ASSERT_OK(open("dir", O_RDONLY | O_DIRECTORY));

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	EXPECT_EQ(4, pread(fd, text, sizeof(text), 0));
	EXPECT_OK(openat(dir, "file", O_RDONLY));
	EXPECT_OK(mkdirat(dir, "new", 0755));
	EXPECT_ERRNO(ENOENT, access("/tmp/dir/file", F_OK));
	EXPECT_ERRNO(ENOENT, access("file", F_OK));

	/* The old mounts can be walked, but not be changed any more. */
	ASSERT_OK(fchdir(dir));
	EXPECT_OK(access("../dir/file", F_OK));
	EXPECT_ERRNO(EINVAL, mount("x", "new", "tmpfs", 0, NULL));
	EXPECT_ERRNO(EINVAL, umount2("..", MNT_DETACH));
}

/* Bits that are no flag of unshare(); on 32 bits an unsigned long ends at 31 */
TEST_F(unshare_empty, refuses_unknown_bits)
{
	const uint64_t known = CLONE_NEWTIME | CLONE_VM | CLONE_FS |
			       CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			       CLONE_NEWNS | CLONE_SYSVSEM |
			       UNSHARE_EMPTY_MNTNS | CLONE_NEWCGROUP |
			       CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
			       CLONE_NEWPID | CLONE_NEWNET;
	unsigned int nr;

	for (nr = 0; nr < 8 * sizeof(unsigned long); nr++) {
		if (known & BIT(nr))
			continue;
		EXPECT_EQ(-EINVAL, sys_unshare(BIT(nr)) ? -errno : 0)
			TH_LOG("bit %u", nr);
		EXPECT_EQ(-EINVAL, sys_unshare(UNSHARE_EMPTY_MNTNS | BIT(nr)) ?
					   -errno : 0)
			TH_LOG("bit %u with UNSHARE_EMPTY_MNTNS", nr);
	}
	check_still_at(_metadata, self->proc, self->before);
}

#if __SIZEOF_LONG__ == 8
/* The flag of clone3() is none of unshare(). */
TEST_F(unshare_empty, refuses_the_bit_of_clone3)
{
	EXPECT_ERRNO(EINVAL, sys_unshare(1UL << 37));
	EXPECT_ERRNO(EINVAL, sys_unshare(CLONE_EMPTY_MNTNS | CLONE_NEWNS));
	EXPECT_ERRNO(EINVAL, sys_unshare(CLONE_EMPTY_MNTNS |
					 UNSHARE_EMPTY_MNTNS));
	check_still_at(_metadata, self->proc, self->before);
}
#endif

TEST_F(unshare_empty, needs_privilege)
{
	ASSERT_OK(become_nobody());
	EXPECT_ERRNO(EPERM, sys_unshare(UNSHARE_EMPTY_MNTNS));
	EXPECT_ERRNO(EPERM, sys_unshare(UNSHARE_EMPTY_MNTNS | CLONE_NEWNS));
	check_still_at(_metadata, self->proc, self->before);
}

/* The capability counts over the user namespace the new namespace is in. */
TEST_F(unshare_empty, is_for_everybody_with_a_user_namespace)
{
	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	ASSERT_OK(become_nobody());
	ASSERT_OK(enter_userns(self->proc, UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, self->proc, self->before);
	ASSERT_OK(overmount_root());
	ASSERT_OK(mkdir("/dir", 0755));
}

/* It would be a way out: who is chrooted gets no user namespace. */
TEST_F(unshare_empty, does_not_let_an_unprivileged_user_out_of_a_chroot)
{
	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	go_to(_metadata, self->proc, CHROOTED);
	self->before = current_place(_metadata, self->proc);
	ASSERT_OK(become_nobody());
	ASSERT_ERRNO(EPERM, sys_unshare(CLONE_NEWUSER | UNSHARE_EMPTY_MNTNS));
	check_still_at(_metadata, self->proc, self->before);
}

TEST_F(unshare_empty, keeps_to_the_limit_of_mount_namespaces)
{
	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 0));
	EXPECT_ERRNO(ENOSPC, sys_unshare(UNSHARE_EMPTY_MNTNS));
	check_still_at(_metadata, self->proc, self->before);

	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	/* The old one is only given up when there is a new one. */
	EXPECT_ERRNO(ENOSPC, sys_unshare(UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, self->proc, self->before);
}

TEST_F(unshare_empty, is_freed_with_its_last_task)
{
	pid_t pid;
	int i;

	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	for (i = 0; i < 3; i++) {
		pid = ASSERT_OK(fork());
		if (!pid) {
			ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
			ASSERT_OK(mount("x", "/", "tmpfs", 0, NULL));
			_exit(0);
		}
		join_child(_metadata, pid);
	}
}

/* A namespace that is created after the mount namespace can't be. */
static void fail_after_the_mount_namespace(struct __test_metadata *_metadata,
					   int proc, struct place before)
{
	char *mounts, *mounts_after;
	int i;

	mounts = own_mounts(_metadata);
	for (i = 0; i < 3; i++)
		ASSERT_ERRNO(ENOSPC, sys_unshare(UNSHARE_EMPTY_MNTNS |
						 CLONE_NEWUTS));

	check_still_at(_metadata, proc, before);
	ASSERT_OK(access("/tmp", F_OK));
	ASSERT_OK(access("dir", F_OK));
	mounts_after = own_mounts(_metadata);
	EXPECT_STREQ(mounts, mounts_after);

	/* What had been created is gone: the limit isn't reached. */
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, proc, before);
}

TEST_F(unshare_empty, changes_nothing_when_a_later_step_fails)
{
	if (!can_unshare(CLONE_NEWUTS))
		SKIP(return, "no UTS namespaces");

	ASSERT_OK(mkdir("dir", 0755));
	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	ASSERT_OK(set_limit(self->proc, "max_uts_namespaces", 0));
	fail_after_the_mount_namespace(_metadata, self->proc, self->before);
}

/* The same with somebody else who uses the same root and cwd */
TEST_F(unshare_empty, changes_nothing_shared_when_a_later_step_fails)
{
	pid_t pid;
	int peer;

	if (!can_unshare(CLONE_NEWUTS))
		SKIP(return, "no UTS namespaces");

	ASSERT_OK(mkdir("dir", 0755));
	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	ASSERT_OK(set_limit(self->proc, "max_uts_namespaces", 0));
	pid = fork_peer(_metadata, CLONE_FS, &peer);
	if (!pid) {
		await_turn(_metadata, peer);
		check_still_at(_metadata, self->proc, self->before);
		_exit(0);
	}
	fail_after_the_mount_namespace(_metadata, self->proc, self->before);
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
}

/* The one mount counts, and no more than that. */
TEST_F(unshare_empty, keeps_to_the_limit_of_mounts)
{
	char limit[16];
	int first, second, err_first, err_second;
	int fd, errno_second;

	first = ASSERT_OK(new_tmpfs());
	second = ASSERT_OK(new_tmpfs());
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	fd = ASSERT_OK(openat(self->proc, "sys/fs/mount-max", O_RDWR));
	ASSERT_LT(0, ASSERT_OK(read(fd, limit, sizeof(limit))));

	/* It's everybody's limit: no check between here and the restoring. */
	err_first = pwrite(fd, "2", 1, 0) == 1 ? 0 : -1;
	err_first = err_first ?: mount_on(first, "/");
	err_second = mount_on(second, "/");
	errno_second = errno;
	ASSERT_LT(0, pwrite(fd, limit, strcspn(limit, "\n"), 0));

	EXPECT_EQ(0, err_first);
	EXPECT_EQ(-1, err_second);
	EXPECT_EQ(ENOSPC, errno_second) TH_LOG("%s", strerror(errno_second));
}

/* What it is for */
TEST_F(unshare_empty, is_a_place_to_build_a_mount_table_in)
{
	char *mounts;
	int tree, root;

	/* To be brought along: a part of the old tree, with what is on it */
	ASSERT_OK(mkdir("data", 0755));
	ASSERT_OK(mount("data", "data", "tmpfs", 0, NULL));
	ASSERT_OK(mkdir("data/here", 0755));
	ASSERT_OK(mkdir("data/below", 0755));
	ASSERT_OK(mount("below", "data/below", "tmpfs", 0, NULL));
	tree = ASSERT_OK(sys_open_tree(AT_FDCWD, "data", OPEN_TREE_CLONE |
				       OPEN_TREE_CLOEXEC | AT_RECURSIVE));

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	root = ASSERT_OK(new_tmpfs());
	ASSERT_OK(mount_on(root, "/"));
	ASSERT_OK(fchdir(root));
	ASSERT_OK(chroot("."));

	ASSERT_OK(mkdir("/data", 0755));
	ASSERT_OK(mkdir("/tmp", 0755));
	ASSERT_OK(mount_on(tree, "/data"));
	ASSERT_OK(mount("tmp", "/tmp", "tmpfs", MS_NOSUID, NULL));
	ASSERT_OK(access("/data/here", F_OK));

	ASSERT_EQ(4, ASSERT_OK(count_mounts()));
	mounts = own_mounts(_metadata);
	EXPECT_HAS(mounts, "tmpfs on / ");
	EXPECT_HAS(mounts, "tmpfs on /data ");
	EXPECT_HAS(mounts, "tmpfs on /data/below ");
	EXPECT_HAS(mounts, "tmpfs on /tmp ");
	EXPECT_LACKS(mounts, "nullfs");

	ASSERT_OK(umount("/tmp"));
	EXPECT_EQ(3, count_mounts());
}

TEST_F(unshare_empty, can_be_entered)
{
	int old, ns;

	old = ASSERT_OK(open_mntns(self->proc));
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	ns = ASSERT_OK(open_mntns(self->proc));

	ASSERT_OK(setns(old, CLONE_NEWNS));
	ASSERT_EQ(0, is_nullfs("/"));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	check_empty_mntns(_metadata, self->proc, self->before);

	/* Who enters lands on what is mounted over the root. */
	ASSERT_OK(overmount_root());
	ASSERT_OK(mkdir("/marker", 0755));
	ASSERT_OK(setns(old, CLONE_NEWNS));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	EXPECT_EQ(0, is_nullfs("/"));
	EXPECT_OK(access("/marker", F_OK));
	EXPECT_OK(access("./marker", F_OK));
}

/* With nothing over the root, then with more and more, and in a chroot */
static void build_step_by_step(struct __test_metadata *_metadata, int peer)
{
	int i;

	give_turn(_metadata, peer);
	for (i = 0; i < 3; i++) {
		await_turn(_metadata, peer);
		ASSERT_OK(overmount_root());
		give_turn(_metadata, peer);

		await_turn(_metadata, peer);
		ASSERT_OK(mkdir("/dir", 0755));
		ASSERT_OK(mount("x", "/dir", "tmpfs", 0, NULL));
		give_turn(_metadata, peer);
	}
	await_turn(_metadata, peer);
	ASSERT_OK(chroot("/dir"));
	give_turn(_metadata, peer);

	/* Not to take the namespace away */
	await_turn(_metadata, peer);
	_exit(0);
}

static void check_reports(struct __test_metadata *_metadata, int proc,
			  bool userns)
{
	int peer, ns, i;
	pid_t pid;

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		if (userns)
			ASSERT_OK(enter_userns(proc, UNSHARE_EMPTY_MNTNS));
		else
			ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
		build_step_by_step(_metadata, peer);
	}
	await_turn(_metadata, peer);
	ns = ASSERT_OK(open_ns(proc, pid, "mnt"));

	check_seen_alike(_metadata, ns);
	for (i = 0; i < 7; i++) {
		give_turn(_metadata, peer);
		await_turn(_metadata, peer);
		check_seen_alike(_metadata, ns);
	}
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
}

TEST_F(unshare_empty, is_reported_to_others_as_it_is_seen_inside)
{
	check_reports(_metadata, self->proc, false);
}

TEST_F(unshare_empty, is_reported_as_it_is_seen_inside_by_userns_root)
{
	check_reports(_metadata, self->proc, true);
}

TEST_F(unshare_empty, can_be_created_in_an_empty_one)
{
	struct place first;

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	first = current_place(_metadata, self->proc);
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, self->proc, first);

	/* Nothing of what was mounted over the root comes along. */
	ASSERT_OK(overmount_root());
	first = current_place(_metadata, self->proc);
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, self->proc, first);
}

TEST_F(unshare_empty, can_be_copied)
{
	struct place first;

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	first = current_place(_metadata, self->proc);
	ASSERT_OK(sys_unshare(CLONE_NEWNS));
	check_empty_mntns(_metadata, self->proc, first);

	ASSERT_OK(overmount_root());
	ASSERT_OK(mkdir("/dir", 0755));
	ASSERT_OK(mount("x", "/dir", "tmpfs", 0, NULL));
	ASSERT_OK(sys_unshare(CLONE_NEWNS));
	EXPECT_EQ(0, is_nullfs("/"));
	EXPECT_EQ(2, count_mounts());
}

TEST_F(unshare_empty, allows_user_namespaces)
{
	struct place first;

	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	first = current_place(_metadata, self->proc);
	ASSERT_OK(become_nobody());
	ASSERT_OK(enter_userns(self->proc, 0));
	check_still_at(_metadata, self->proc, first);
	ASSERT_OK(sys_unshare(CLONE_NEWNS));
	check_empty_mntns(_metadata, self->proc, first);
}

/* @remount_err: of a umount() that would remount nullfs read-only */
static void refuse_to_unmount_ns_root(struct __test_metadata *_metadata,
				      int remount_err)
{
	int fd = ASSERT_OK(open("/", O_RDONLY | O_DIRECTORY));

	EXPECT_ERRNO(remount_err, umount2("/", 0));
	EXPECT_ERRNO(remount_err, umount2("/", MNT_FORCE));
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_EXPIRE));
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	EXPECT_ERRNO(EINVAL, umount2(".", MNT_DETACH));
	EXPECT_NE(0, sys_pivot_root(".", "."));
	EXPECT_NE(0, sys_move_mount(fd, "", AT_FDCWD, "/",
				    MOVE_MOUNT_F_EMPTY_PATH));
	EXPECT_EQ(1, is_nullfs("/"));
	EXPECT_EQ(1, count_mounts());

	/* Of what is mounted over it, no more than that can be taken off. */
	ASSERT_OK(mount("x", "/", "tmpfs", 0, NULL));
	EXPECT_EQ(2, count_mounts());
	EXPECT_NE(0, sys_move_mount(fd, "", AT_FDCWD, "/",
				    MOVE_MOUNT_F_EMPTY_PATH));
	EXPECT_OK(umount2("/", MNT_DETACH));
	EXPECT_EQ(1, count_mounts());
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	EXPECT_EQ(1, is_nullfs("/"));
}

TEST_F(unshare_empty, does_not_let_the_namespace_root_be_unmounted)
{
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	refuse_to_unmount_ns_root(_metadata, EINVAL);
}

TEST_F(unshare_empty, does_not_let_userns_root_unmount_the_namespace_root)
{
	ASSERT_OK(enter_userns(self->proc, UNSHARE_EMPTY_MNTNS));
	refuse_to_unmount_ns_root(_metadata, EPERM);
}

TEST_F(unshare_empty, takes_no_part_in_propagation)
{
	char *mounts, *mounts_after;
	int old, ns;

	ASSERT_OK(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL));
	ASSERT_OK(mkdir("dir", 0755));
	old = ASSERT_OK(open_mntns(self->proc));

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	ns = ASSERT_OK(open_mntns(self->proc));
	ASSERT_OK(setns(old, CLONE_NEWNS));
	ASSERT_OK(mount("x", "/tmp/dir", "tmpfs", 0, NULL));
	mounts = own_mounts(_metadata);
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	check_empty_mntns(_metadata, self->proc, self->before);

	ASSERT_OK(mount("x", "/", "tmpfs", 0, NULL));
	ASSERT_OK(setns(old, CLONE_NEWNS));
	mounts_after = own_mounts(_metadata);
	EXPECT_STREQ(mounts, mounts_after);
}

/* The namespace root is shared, and an empty namespace has a copy of it. */
static void stay_apart(struct __test_metadata *_metadata, int proc, bool userns)
{
	struct place first;
	pid_t pid;
	int peer;

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	ASSERT_OK(mount(NULL, "/", NULL, MS_SHARED, NULL));
	first = current_place(_metadata, proc);

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		if (userns)
			ASSERT_OK(enter_userns(proc,
					       UNSHARE_EMPTY_MNTNS));
		else
			ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
		give_turn(_metadata, peer);

		await_turn(_metadata, peer);
		check_empty_mntns(_metadata, proc, first);
		ASSERT_OK(mount("x", "/", "tmpfs", 0, NULL));
		ASSERT_EQ(2, count_mounts());
		give_turn(_metadata, peer);

		await_turn(_metadata, peer);
		EXPECT_EQ(2, count_mounts());
		_exit(0);
	}
	await_turn(_metadata, peer);
	ASSERT_OK(mount("x", "/", "tmpfs", 0, NULL));
	ASSERT_EQ(2, count_mounts());
	give_turn(_metadata, peer);

	await_turn(_metadata, peer);
	EXPECT_EQ(2, count_mounts());
	ASSERT_OK(chdir("/.."));
	ASSERT_OK(umount2(".", MNT_DETACH));
	EXPECT_EQ(1, count_mounts());
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
}

TEST_F(unshare_empty, has_no_peer_when_the_namespace_root_is_shared)
{
	stay_apart(_metadata, self->proc, false);
}

TEST_F(unshare_empty, has_no_master_when_the_namespace_root_is_shared)
{
	stay_apart(_metadata, self->proc, true);
}

/* Root of a user namespace can't undo what root has set on it. */
TEST_F(unshare_empty, keeps_mount_attributes_locked_for_userns_root)
{
	static const uint64_t flags[] = {
		MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV,
		MOUNT_ATTR_NOEXEC,
	};
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
			    MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
			    MOUNT_ATTR_NOATIME,
		.attr_clr = MOUNT_ATTR__ATIME,
	};
	unsigned int i;

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	ASSERT_OK(sys_mount_setattr(AT_FDCWD, "/", 0, &attr));
	ASSERT_OK(enter_userns(self->proc, UNSHARE_EMPTY_MNTNS));

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		attr = (struct mount_attr){ .attr_clr = flags[i] };
		EXPECT_ERRNO(EPERM, sys_mount_setattr(AT_FDCWD, "/", 0, &attr));
	}
	attr = (struct mount_attr){
		.attr_clr = MOUNT_ATTR__ATIME,
		.attr_set = MOUNT_ATTR_STRICTATIME,
	};
	EXPECT_ERRNO(EPERM, sys_mount_setattr(AT_FDCWD, "/", 0, &attr));
}

/* It doesn't matter where a task is. */
FIXTURE(unshare_empty_from)
{
	int proc;
	struct place before;
};

FIXTURE_VARIANT(unshare_empty_from)
{
	enum place_kind place;
};

FIXTURE_VARIANT_ADD(unshare_empty_from, root)
{
	.place = AT_ROOT,
};

FIXTURE_VARIANT_ADD(unshare_empty_from, subdirectory)
{
	.place = IN_SUBDIRECTORY,
};

FIXTURE_VARIANT_ADD(unshare_empty_from, deleted_directory)
{
	.place = IN_DELETED_DIRECTORY,
};

FIXTURE_VARIANT_ADD(unshare_empty_from, another_mount)
{
	.place = ON_ANOTHER_MOUNT,
};

FIXTURE_VARIANT_ADD(unshare_empty_from, unmounted_mount)
{
	.place = ON_AN_UNMOUNTED_MOUNT,
};

FIXTURE_VARIANT_ADD(unshare_empty_from, another_namespace)
{
	.place = IN_ANOTHER_NAMESPACE,
};

FIXTURE_VARIANT_ADD(unshare_empty_from, chroot)
{
	.place = CHROOTED,
};

FIXTURE_SETUP(unshare_empty_from)
{
	if (!setup_scene(_metadata, &self->proc))
		return;
	go_to(_metadata, self->proc, variant->place);
	self->before = current_place(_metadata, self->proc);
}

FIXTURE_TEARDOWN(unshare_empty_from)
{
}

TEST_F(unshare_empty_from, has_one_mount_as_root_and_cwd)
{
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, self->proc, self->before);
}

/* Together with each other kind of namespace */
FIXTURE(unshare_empty_with)
{
	int proc;
	struct place before;
};

FIXTURE_VARIANT(unshare_empty_with)
{
	uint64_t flag;
	const char *file;
};

FIXTURE_VARIANT_ADD(unshare_empty_with, cgroup)
{
	.flag = CLONE_NEWCGROUP,
	.file = "cgroup",
};

FIXTURE_VARIANT_ADD(unshare_empty_with, ipc)
{
	.flag = CLONE_NEWIPC,
	.file = "ipc",
};

FIXTURE_VARIANT_ADD(unshare_empty_with, net)
{
	.flag = CLONE_NEWNET,
	.file = "net",
};

FIXTURE_VARIANT_ADD(unshare_empty_with, pid)
{
	.flag = CLONE_NEWPID,
	.file = "pid",
};

FIXTURE_VARIANT_ADD(unshare_empty_with, time)
{
	.flag = CLONE_NEWTIME,
	.file = "time_for_children",
};

FIXTURE_VARIANT_ADD(unshare_empty_with, user)
{
	.flag = CLONE_NEWUSER,
	.file = "user",
};

FIXTURE_VARIANT_ADD(unshare_empty_with, uts)
{
	.flag = CLONE_NEWUTS,
	.file = "uts",
};

FIXTURE_VARIANT_ADD(unshare_empty_with, all_of_them)
{
	.flag = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID |
		CLONE_NEWTIME | CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS,
	.file = "user",
};

FIXTURE_SETUP(unshare_empty_with)
{
	if (!setup_scene(_metadata, &self->proc))
		return;
	if (!can_unshare(variant->flag))
		SKIP(return, "no such namespaces");
	self->before = current_place(_metadata, self->proc);
}

FIXTURE_TEARDOWN(unshare_empty_with)
{
}

TEST_F(unshare_empty_with, has_both_namespaces)
{
	char before[64], after[64];

	ASSERT_OK(read_ns(self->proc, getpid(), variant->file, before));
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS | variant->flag));
	/* A namespace that is for children only gets its file with a child. */
	if (variant->flag == CLONE_NEWPID) {
		pid_t pid = ASSERT_OK(fork());

		if (!pid) {
			ASSERT_EQ(1, getpid());
			_exit(0);
		}
		join_child(_metadata, pid);
	} else {
		ASSERT_OK(read_ns(self->proc, getpid(), variant->file, after));
		EXPECT_STRNE(before, after);
	}
	check_empty_mntns(_metadata, self->proc, self->before);
}

TEST_HARNESS_MAIN
