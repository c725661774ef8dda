// SPDX-License-Identifier: GPL-2.0
/*
 * open_tree(OPEN_TREE_NAMESPACE): what it does and what it refuses. What it has
 * in common with fsmount() is in ../fsmount_ns/new_mntns_test.c; that it
 * reveals nothing is in ../mntns_containment.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

#ifndef PIDFD_GET_MNT_NAMESPACE
#define PIDFD_GET_MNT_NAMESPACE	_IO(0xFF, 3)
#endif

/*
 * On /tmp, which is the working directory:
 *	tree		a mount
 *	tree/file
 *	tree/link	to dir
 *	tree/dir/file
 *	tree/dir/sub	a mount
 *	tree/dir/sub/below
 *	single		a mount with nothing mounted in it
 *	single/file
 */
static void build_tree(struct __test_metadata *_metadata)
{
	ASSERT_OK(mkdir("tree", 0755));
	ASSERT_OK(mkdir("single", 0755));
	ASSERT_OK(mount("tree", "tree", "tmpfs", 0, NULL));
	ASSERT_OK(make_file("tree/file"));
	ASSERT_OK(symlink("dir", "tree/link"));
	ASSERT_OK(mkdir("tree/dir", 0755));
	ASSERT_OK(make_file("tree/dir/file"));
	ASSERT_OK(mkdir("tree/dir/sub", 0755));
	ASSERT_OK(make_file("tree/dir/sub/hidden"));
	ASSERT_OK(mount("sub", "tree/dir/sub", "tmpfs", 0, NULL));
	ASSERT_OK(make_file("tree/dir/sub/below"));
	ASSERT_OK(mount("single", "single", "tmpfs", 0, NULL));
	ASSERT_OK(make_file("single/file"));
}

static void set_up(struct __test_metadata *_metadata, int *proc,
		   struct location *before, enum caller caller)
{
	if (!set_scene(_metadata, proc, COPY, NEEDS_OPEN_TREE | NEEDS_FSMOUNT))
		return;
	/* The owner of the mount namespace owns these mounts, too. */
	if (!owns_mntns(caller))
		build_tree(_metadata);
	become(_metadata, *proc, caller);
	if (owns_mntns(caller))
		build_tree(_metadata);
	*before = current_location(_metadata, *proc);
}

FIXTURE(open_tree_ns)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(open_tree_ns)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(open_tree_ns, root) { ROOT };
FIXTURE_VARIANT_ADD(open_tree_ns, userns_root) { USERNS_ROOT };
FIXTURE_VARIANT_ADD(open_tree_ns, unprivileged) { UNPRIVILEGED };
FIXTURE_VARIANT_ADD(open_tree_ns, nested_unprivileged) { NESTED_UNPRIVILEGED };

FIXTURE_SETUP(open_tree_ns)
{
	set_up(_metadata, &self->proc, &self->before, variant->caller);
}

FIXTURE_TEARDOWN(open_tree_ns)
{
	check_still_at(_metadata, self->proc, self->before);
}

TEST_F(open_tree_ns, has_its_number)
{
	static_assert(OPEN_TREE_NAMESPACE == 2, "ABI");

	ASSERT_OK(sys_open_tree(AT_FDCWD, "tree", 2 | AT_RECURSIVE));
}

TEST_F(open_tree_ns, has_the_tree_as_root)
{
	int ns;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		ASSERT_OK(access("/file", F_OK));
		ASSERT_OK(access("/dir/sub/below", F_OK));
		ASSERT_OK(access("/../../file", F_OK));
		ASSERT_ERRNO(ENOENT, access("/tree", F_OK));
		ASSERT_OK(mkdir("/new", 0755));
	}
	/* The filesystem is the same. */
	EXPECT_OK(access("tree/new", F_OK));
}

TEST_F(open_tree_ns, is_seen_alike_from_outside_and_inside)
{
	int ns;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	check_seen_alike(_metadata, ns);
	EXPECT_EQ(2, count_mounts_in(ns));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree/dir", AT_RECURSIVE));
	check_seen_alike(_metadata, ns);
	EXPECT_EQ(2, count_mounts_in(ns));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "single", 0));
	check_is_new_mntns(_metadata, self->proc, ns);
	check_seen_alike(_metadata, ns);
	EXPECT_EQ(1, count_mounts_in(ns));
}

TEST_F(open_tree_ns, takes_a_subdirectory)
{
	struct statmount *sm;
	int ns;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree/dir", AT_RECURSIVE));
	sm = describe_top(_metadata, ns);
	EXPECT_STREQ("/dir", sm->str + sm->mnt_root);
	EXPECT_STREQ("/", sm->str + sm->mnt_point);
	EXPECT_STREQ("tmpfs", sm->str + sm->fs_type);
	EXPECT_EQ(mntns_id(ns), sm->mnt_ns_id);
	free(sm);

	IN_MNTNS(ns) {
		ASSERT_OK(access("/file", F_OK));
		ASSERT_OK(access("/sub/below", F_OK));
		ASSERT_ERRNO(ENOENT, access("/dir", F_OK));
		ASSERT_ERRNO(ENOENT, access("/../dir", F_OK));
		ASSERT_ERRNO(ENOENT, access("/../link", F_OK));
	}
}

/* Without AT_RECURSIVE, the copy shows what the mounts below hide. */
TEST_F(open_tree_ns, takes_one_mount_alone_if_not_recursive)
{
	int ns;

	if (!owns_mntns(variant->caller)) {
		EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "tree", 0));
		ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "single", 0));
		EXPECT_EQ(1, count_mounts_in(ns));
		return;
	}
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", 0));
	EXPECT_EQ(1, count_mounts_in(ns));
	IN_MNTNS(ns) {
		ASSERT_OK(access("/file", F_OK));
		ASSERT_OK(access("/dir/sub/hidden", F_OK));
		ASSERT_ERRNO(ENOENT, access("/dir/sub/below", F_OK));
	}
}

TEST_F(open_tree_ns, takes_the_paths_that_open_tree_takes)
{
	unsigned int flags = AT_RECURSIVE | AT_EMPTY_PATH;
	int dir, ns;

	/* relative to a directory, the directory itself, and the cwd */
	dir = ASSERT_OK(open("tree", O_PATH | O_DIRECTORY | O_CLOEXEC));
	ns = ASSERT_OK(copy_to_mntns(dir, "dir", AT_RECURSIVE));
	EXPECT_EQ(2, count_mounts_in(ns));
	close(ns);
	ns = ASSERT_OK(copy_to_mntns(dir, "", flags));
	EXPECT_EQ(2, count_mounts_in(ns));
	close(ns);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "", flags));
	EXPECT_EQ(4, count_mounts_in(ns));
	close(ns);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tmp", AT_RECURSIVE));
	EXPECT_EQ(4, count_mounts_in(ns));
	close(ns);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree",
				     AT_RECURSIVE | AT_NO_AUTOMOUNT));
	close(ns);

	/* a link, not to be followed is no directory */
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree/link", AT_RECURSIVE));
	EXPECT_EQ(2, count_mounts_in(ns));
	close(ns);
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(AT_FDCWD, "tree/link",
					    AT_RECURSIVE |
					    AT_SYMLINK_NOFOLLOW));

	EXPECT_ERRNO(ENOENT, copy_to_mntns(dir, "", AT_RECURSIVE));
	EXPECT_ERRNO(ENOENT, copy_to_mntns(AT_FDCWD, "none", 0));
	EXPECT_ERRNO(EBADF, copy_to_mntns(-1, "", flags));
	EXPECT_ERRNO(EFAULT, sys_open_tree(AT_FDCWD, (char *)1,
					   OPEN_TREE_NAMESPACE));
}

TEST_F(open_tree_ns, takes_nothing_but_directories)
{
	struct traces before = find_traces(_metadata, self->proc);
	int file, pipes[2];

	ASSERT_OK(mkfifo("fifo", 0644));
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(AT_FDCWD, "tree/file", 0));
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(AT_FDCWD, "tree/file",
					    AT_RECURSIVE));
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(AT_FDCWD, "fifo", 0));

	file = ASSERT_OK(open("tree/file", O_PATH | O_CLOEXEC));
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(file, "", AT_EMPTY_PATH));
	close(file);
	ASSERT_OK(pipe(pipes));
	EXPECT_ERRNO(ENOTDIR, copy_to_mntns(pipes[0], "", AT_EMPTY_PATH));
	close(pipes[0]);
	close(pipes[1]);

	if (owns_mntns(variant->caller)) {
		/* a mount on a file */
		ASSERT_OK(mount("single/file", "tree/file", NULL, MS_BIND,
				NULL));
		EXPECT_ERRNO(ENOTDIR, copy_to_mntns(AT_FDCWD, "tree/file", 0));
		ASSERT_OK(umount2("tree/file", 0));
	}
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(open_tree_ns, refuses_other_flags)
{
	const unsigned int known = OPEN_TREE_CLONE | OPEN_TREE_NAMESPACE |
				   OPEN_TREE_CLOEXEC | AT_RECURSIVE |
				   AT_EMPTY_PATH | AT_NO_AUTOMOUNT |
				   AT_SYMLINK_NOFOLLOW;
	static const unsigned int both[] = {
		0, AT_RECURSIVE, OPEN_TREE_CLOEXEC,
		AT_RECURSIVE | OPEN_TREE_CLOEXEC,
	};
	struct traces before = find_traces(_metadata, self->proc);
	unsigned int i, bit;

	for (i = 0; i < ARRAY_SIZE(both); i++)
		EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, "single",
						   OPEN_TREE_CLONE |
						   OPEN_TREE_NAMESPACE |
						   both[i]));
	/* AT_RECURSIVE takes one of the two. */
	EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, "single", AT_RECURSIVE));
	EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, "single",
					   AT_RECURSIVE | OPEN_TREE_CLOEXEC));

	for (i = 0; i < 32; i++) {
		bit = 1U << i;
		if (bit & known)
			continue;
		EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, "single",
						   OPEN_TREE_NAMESPACE | bit));
		EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, "single",
						   OPEN_TREE_NAMESPACE |
						   AT_RECURSIVE | bit));
	}
	check_no_traces(_metadata, self->proc, before);

	/* An unprivileged caller can probe for flags. */
	ASSERT_OK(set_cap(CAP_SYS_ADMIN, false));
	EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, "single",
					   OPEN_TREE_CLONE |
					   OPEN_TREE_NAMESPACE));
	EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, "single",
					   OPEN_TREE_NAMESPACE | 1U << 31));
}

TEST_F(open_tree_ns, is_refused_without_cap_sys_admin)
{
	struct traces before = find_traces(_metadata, self->proc);

	ASSERT_OK(set_cap(CAP_SYS_ADMIN, false));
	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "single", 0));
	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "single/file", 0));
	ASSERT_OK(set_cap(CAP_SYS_ADMIN, true));
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(open_tree_ns, leaves_the_source_alone)
{
	char *mounts;
	int ns;

	mounts = own_mounts(_metadata);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOEXEC };

		ASSERT_OK(mount("new", "/dir", "tmpfs", 0, NULL));
		ASSERT_OK(sys_mount_setattr(AT_FDCWD, "/", 0, &attr));
	}
	EXPECT_EQ(3, count_mounts_in(ns));
	expect_mounts(_metadata, mounts);

	/* The original is not locked. */
	if (owns_mntns(variant->caller)) {
		EXPECT_OK(umount2("tree/dir/sub", 0));
		EXPECT_OK(umount2("tree", 0));
		EXPECT_EQ(3, count_mounts_in(ns));
	}
}

/* Each mount of the tree counts, and the namespace root does not. */
TEST_F(open_tree_ns, keeps_to_the_limit_of_mounts)
{
	struct traces before = find_traces(_metadata, self->proc);

	EXPECT_ERRNO(ENOSPC, WITH_FS_LIMIT(self->proc, "mount-max", "1",
					   copy_to_mntns(AT_FDCWD, "tree",
							 AT_RECURSIVE)));
	close(ASSERT_OK(WITH_FS_LIMIT(self->proc, "mount-max", "2",
				      copy_to_mntns(AT_FDCWD, "tree",
						    AT_RECURSIVE))));
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(open_tree_ns, needs_a_free_file_descriptor_for_one_mount)
{
	struct traces before = find_traces(_metadata, self->proc);

	EXPECT_ERRNO(EMFILE, WITHOUT_FDS(copy_to_mntns(AT_FDCWD, "single",
						       0)));
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(open_tree_ns, can_be_nested)
{
	int outer, inner;

	outer = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	IN_MNTNS(outer) {
		inner = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/dir",
						AT_RECURSIVE));
		check_is_new_mntns(_metadata, self->proc, inner);
		check_seen_alike(_metadata, inner);
		ASSERT_OK(setns(inner, CLONE_NEWNS));
		ASSERT_OK(access("/sub/below", F_OK));
		ASSERT_EQ(2, count_mounts());
	}
}

TEST_F(open_tree_ns, takes_paths_within_the_chroot)
{
	int ns;

	IN_CHILD(0) {
		ASSERT_OK(chroot("tree/dir"));
		ASSERT_OK(chdir("/"));
		ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/../..",
					     AT_RECURSIVE));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		ASSERT_OK(access("/sub/below", F_OK));
		ASSERT_ERRNO(ENOENT, access("/../dir", F_OK));
	}
}

/* PIDFD_GET_MNT_NAMESPACE opens the mount namespace of a task. */
TEST_F(open_tree_ns, is_not_held_by_a_failed_open)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns, pidfd, fd, peer;
	pid_t pid;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		pass_turn(_metadata, peer);
		_exit(0);
	}
	await_turn(_metadata, peer);
	pidfd = ASSERT_OK((int)syscall(__NR_pidfd_open, pid, 0));
	EXPECT_ERRNO(EMFILE, WITHOUT_FDS(ioctl(pidfd, PIDFD_GET_MNT_NAMESPACE,
					       0)));

	fd = ASSERT_OK(ioctl(pidfd, PIDFD_GET_MNT_NAMESPACE, 0));
	EXPECT_EQ(mntns_id(ns), mntns_id(fd));
	close(fd);
	close(ns);
	close(pidfd);
	end_peer(_metadata, pid, peer);
	check_no_traces(_metadata, self->proc, before);
}

/* The owner of the mount namespace, and of the mounts to be copied */
FIXTURE(open_tree_ns_owner)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(open_tree_ns_owner)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(open_tree_ns_owner, root) { ROOT };
FIXTURE_VARIANT_ADD(open_tree_ns_owner, userns_root) { USERNS_ROOT };

FIXTURE_SETUP(open_tree_ns_owner)
{
	set_up(_metadata, &self->proc, &self->before, variant->caller);
}

FIXTURE_TEARDOWN(open_tree_ns_owner)
{
	check_still_at(_metadata, self->proc, self->before);
}

/* Every mount in the copy has the attributes that the original has. */
TEST_F(open_tree_ns_owner, keeps_the_attributes)
{
	static const uint64_t attrs[] = {
		MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV,
		MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOATIME, MOUNT_ATTR_STRICTATIME,
		MOUNT_ATTR_NODIRATIME, MOUNT_ATTR_NOSYMFOLLOW,
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
		MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOATIME,
	};
	struct mount_attr attr = {};
	uint64_t list[4], id;
	struct statmount *sm;
	int i, j, mnt;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		mnt = ASSERT_OK(copy_of("tree", AT_RECURSIVE));
		attr.attr_set = attrs[i];
		attr.attr_clr = MOUNT_ATTR__ATIME;
		ASSERT_OK(sys_mount_setattr(mnt, "",
					    AT_EMPTY_PATH | AT_RECURSIVE,
					    &attr));
		ASSERT_OK(mount_on(mnt, "single"));
		IN_CHILD(0) {
			int ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "single",
							 AT_RECURSIVE));

			id = mntns_id(ns);
			ASSERT_EQ(2, listmount(LSMT_ROOT, id, 0, list, 4, 0));
			for (j = 0; j < 2; j++) {
				sm = statmount_alloc(list[j], id,
						     STATMOUNT_MNT_BASIC, 0);
				ASSERT_TRUE(!!sm);
				ASSERT_EQ(attrs[i], sm->mnt_attr);
			}
		}
		ASSERT_OK(umount2("single", MNT_DETACH));
		close(mnt);
	}
}

/* OPEN_TREE_CLONE does the same. */
TEST_F(open_tree_ns_owner, leaves_unbindable_mounts_out)
{
	struct traces before;
	int ns;

	ASSERT_OK(mount(NULL, "single", NULL, MS_UNBINDABLE, NULL));
	ASSERT_OK(mount(NULL, "tree/dir/sub", NULL, MS_UNBINDABLE, NULL));
	before = find_traces(_metadata, self->proc);
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "single", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "single", AT_RECURSIVE));
	check_no_traces(_metadata, self->proc, before);

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	EXPECT_EQ(1, count_mounts_in(ns));
	IN_MNTNS(ns) {
		ASSERT_ERRNO(ENOENT, access("/dir/sub/below", F_OK));
	}
}

/* The copy of a shared mount is its peer, as with unshare(CLONE_NEWNS). */
TEST_F(open_tree_ns_owner, shares_what_was_shared)
{
	int ns;

	ASSERT_OK(mkdir("tree/here", 0755));
	ASSERT_OK(mkdir("tree/there", 0755));
	ASSERT_OK(mount(NULL, "tree", NULL, MS_SHARED, NULL));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	ASSERT_OK(mount("x", "tree/here", "tmpfs", 0, NULL));
	EXPECT_EQ(3, count_mounts_in(ns));
	IN_MNTNS(ns) {
		ASSERT_OK(mount("x", "/there", "tmpfs", 0, NULL));
		ASSERT_OK(make_file("/there/file"));
	}
	EXPECT_OK(access("tree/there/file", F_OK));
}

/* Another task mounts and unmounts in the tree meanwhile. */
TEST_F_TIMEOUT(open_tree_ns_owner, copies_a_tree_that_changes, 120)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns, i, nr, status;
	pid_t pid;

	pid = ASSERT_OK(fork());
	if (!pid) {
		for (i = 0; i < 200; i++) {
			ASSERT_OK(mount("x", "tree/dir/sub", "tmpfs", 0, NULL));
			ASSERT_OK(umount2("tree/dir/sub", MNT_DETACH));
		}
		_exit(0);
	}
	while (!waitpid(pid, &status, WNOHANG)) {
		ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
		nr = ASSERT_OK(count_mounts_in(ns));
		ASSERT_TRUE(nr == 2 || nr == 3) TH_LOG("%d mounts", nr);
		close(ns);
	}
	EXPECT_EQ(0, status);
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(open_tree_ns_owner, takes_a_detached_tree)
{
	struct statmount *sm;
	int mnt, dir, ns;

	mnt = ASSERT_OK(new_tmpfs());
	ASSERT_OK(mkdirat(mnt, "new", 0755));
	ns = ASSERT_OK(copy_to_mntns(mnt, "", AT_EMPTY_PATH));
	check_is_new_mntns(_metadata, self->proc, ns);
	check_seen_alike(_metadata, ns);
	EXPECT_EQ(1, count_mounts_in(ns));
	ns = ASSERT_OK(copy_to_mntns(mnt, "new", AT_RECURSIVE));
	sm = describe_top(_metadata, ns);
	EXPECT_STREQ("/new", sm->str + sm->mnt_root);
	free(sm);
	/* The detached mount is as it was. */
	ASSERT_OK(mount_on(mnt, "single"));
	EXPECT_OK(access("single/new", F_OK));

	mnt = ASSERT_OK(copy_of("tree", AT_RECURSIVE));
	ns = ASSERT_OK(copy_to_mntns(mnt, "", AT_EMPTY_PATH | AT_RECURSIVE));
	check_seen_alike(_metadata, ns);
	EXPECT_EQ(2, count_mounts_in(ns));
	dir = ASSERT_OK(openat(mnt, "dir", O_PATH | O_CLOEXEC));
	ns = ASSERT_OK(copy_to_mntns(dir, "sub", 0));
	EXPECT_EQ(1, count_mounts_in(ns));
}

TEST_HARNESS_MAIN
