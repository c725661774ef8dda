// SPDX-License-Identifier: GPL-2.0
/*
 * open_tree(OPEN_TREE_NAMESPACE): what it does and what it refuses. What must
 * not come to light by it is tested in ../mntns_containment.
 */
#include "../../kselftest_harness.h"
#include "../mntns_fd.h"

#define ATTR_ATIME	MOUNT_ATTR__ATIME

#ifndef PIDFD_GET_MNT_NAMESPACE
#define PIDFD_GET_MNT_NAMESPACE	_IO(0xFF, 3)
#endif

/*
 * The scene is on /tmp, which is the working directory:
 *	tree		a mount
 *	tree/file
 *	tree/link	to dir
 *	tree/dir/file
 *	tree/dir/sub	a mount
 *	tree/dir/sub/below
 *	single		a mount with nothing mounted in it
 *	single/file
 */
static void build_scene(struct __test_metadata *_metadata)
{
	ASSERT_OK(mkdir("tree", 0755));
	ASSERT_OK(mkdir("single", 0755));
	ASSERT_OK(mount("tree", "tree", "tmpfs", 0, NULL));
	ASSERT_OK(mknod("tree/file", S_IFREG | 0644, 0));
	ASSERT_OK(symlink("dir", "tree/link"));
	ASSERT_OK(mkdir("tree/dir", 0755));
	ASSERT_OK(mknod("tree/dir/file", S_IFREG | 0644, 0));
	ASSERT_OK(mkdir("tree/dir/sub", 0755));
	ASSERT_OK(mknod("tree/dir/sub/hidden", S_IFREG | 0644, 0));
	ASSERT_OK(mount("sub", "tree/dir/sub", "tmpfs", 0, NULL));
	ASSERT_OK(mknod("tree/dir/sub/below", S_IFREG | 0644, 0));
	ASSERT_OK(mount("single", "single", "tmpfs", 0, NULL));
	ASSERT_OK(mknod("single/file", S_IFREG | 0644, 0));
}

struct scene {
	int proc;
	int mount_max;
	char old_mount_max[16];
	struct place before;
};

/* Returns false if the test can't be done here and is skipped. */
static bool set_scene(struct __test_metadata *_metadata, struct scene *scene,
		      enum caller caller)
{
	if (geteuid())
		SKIP(return false, "needs root");
	if (!have_open_tree_namespace())
		SKIP(return false, "no OPEN_TREE_NAMESPACE");

	scene->proc = ASSERT_OK(open_proc());
	scene->mount_max = ASSERT_OK(open_mount_max(scene->proc,
						    scene->old_mount_max));
	ASSERT_OK(private_scratch());
	/* Who owns the namespace owns these mounts, too. */
	if (!owns_mntns(caller))
		build_scene(_metadata);
	become(_metadata, scene->proc, caller);
	if (owns_mntns(caller))
		build_scene(_metadata);
	scene->before = current_place(_metadata, scene->proc);
	return true;
}

/* Whatever happened: the caller is where it was. */
static void leave_scene(struct __test_metadata *_metadata, struct scene *scene)
{
	set_mount_max(scene->mount_max, atoi(scene->old_mount_max));
	check_still_at(_metadata, scene->proc, scene->before);
}

/* Whoever asks */
FIXTURE(open_tree_ns)
{
	struct scene scene;
};

FIXTURE_VARIANT(open_tree_ns)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(open_tree_ns, root)
{
	.caller = ROOT,
};

FIXTURE_VARIANT_ADD(open_tree_ns, userns_root)
{
	.caller = USERNS_ROOT,
};

FIXTURE_VARIANT_ADD(open_tree_ns, foreign)
{
	.caller = FOREIGN,
};

FIXTURE_VARIANT_ADD(open_tree_ns, nested_foreign)
{
	.caller = NESTED_FOREIGN,
};

FIXTURE_SETUP(open_tree_ns)
{
	set_scene(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(open_tree_ns)
{
	leave_scene(_metadata, &self->scene);
}

TEST_F(open_tree_ns, has_its_number)
{
	static_assert(OPEN_TREE_NAMESPACE == 2, "ABI");

	ASSERT_OK(sys_open_tree(AT_FDCWD, "tree", 2 | AT_RECURSIVE));
}

TEST_F(open_tree_ns, returns_a_mount_namespace)
{
	int ns, one, two;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	check_is_new_mntns(_metadata, self->scene.proc, ns);
	one = ASSERT_OK(copy_to_mntns(AT_FDCWD, "single", 0));
	check_is_new_mntns(_metadata, self->scene.proc, one);
	two = ASSERT_OK(copy_to_mntns(AT_FDCWD, "single", 0));
	check_is_new_mntns(_metadata, self->scene.proc, two);

	EXPECT_NE(mntns_id(ns), mntns_id(one));
	EXPECT_NE(mntns_id(one), mntns_id(two));
	EXPECT_NE(inode_of(_metadata, one), inode_of(_metadata, two));
}

TEST_F(open_tree_ns, has_the_tree_as_root)
{
	struct place place;
	char cwd[64];
	pid_t pid;
	int ns;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		place = current_place(_metadata, self->scene.proc);
		ASSERT_EQ(mntns_id(ns), place.ns);
		ASSERT_EQ(place.root_mnt, place.cwd_mnt);
		ASSERT_EQ(place.root_ino, place.cwd_ino);
		ASSERT_EQ(1, ASSERT_OK(syscall(__NR_getcwd, cwd,
					       sizeof(cwd))) - 1);
		ASSERT_STREQ("/", cwd);

		/* It's a copy: not the mount it was made from. */
		ASSERT_NE(self->scene.before.cwd_mnt, place.root_mnt);
		ASSERT_OK(access("/file", F_OK));
		ASSERT_OK(access("/dir/sub/below", F_OK));
		ASSERT_OK(access("/../../file", F_OK));
		ASSERT_ERRNO(ENOENT, access("/tmp", F_OK));
		ASSERT_ERRNO(ENOENT, access("/tree", F_OK));
		ASSERT_EQ(2, count_mounts());

		/* A place to live in: files and mounts can be added. */
		ASSERT_OK(mkdir("/new", 0755));
		ASSERT_OK(mount("new", "/new", "tmpfs", 0, NULL));
		ASSERT_EQ(3, count_mounts());
		ASSERT_OK(umount2("/new", 0));
		_exit(0);
	}
	join_child(_metadata, pid);
	/* The filesystem is the same, the mounts aren't. */
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
	check_seen_alike(_metadata, ns);
	EXPECT_EQ(1, count_mounts_in(ns));
}

TEST_F(open_tree_ns, takes_a_subdirectory)
{
	struct statmount *sm;
	pid_t pid;
	int ns;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree/dir", AT_RECURSIVE));
	sm = describe_top(_metadata, ns);
	EXPECT_STREQ("/dir", sm->str + sm->mnt_root);
	EXPECT_STREQ("/", sm->str + sm->mnt_point);
	EXPECT_STREQ("tmpfs", sm->str + sm->fs_type);
	EXPECT_EQ(mntns_id(ns), sm->mnt_ns_id);
	free(sm);

	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(access("/file", F_OK));
		ASSERT_OK(access("/sub/below", F_OK));
		ASSERT_ERRNO(ENOENT, access("/dir", F_OK));
		ASSERT_ERRNO(ENOENT, access("/../dir", F_OK));
		ASSERT_ERRNO(ENOENT, access("/../link", F_OK));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* Without AT_RECURSIVE it's one mount, and what the others cover shows. */
TEST_F(open_tree_ns, takes_one_mount_alone_if_not_recursive)
{
	pid_t pid;
	int ns;

	if (!owns_mntns(variant->caller)) {
		EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "tree", 0));
		ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "single", 0));
		EXPECT_EQ(1, count_mounts_in(ns));
		return;
	}
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", 0));
	EXPECT_EQ(1, count_mounts_in(ns));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(access("/file", F_OK));
		ASSERT_OK(access("/dir/sub/hidden", F_OK));
		ASSERT_ERRNO(ENOENT, access("/dir/sub/below", F_OK));
		_exit(0);
	}
	join_child(_metadata, pid);
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
	struct traces before = find_traces(_metadata, self->scene.proc);
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
	check_no_traces(_metadata, self->scene.proc, before);
}

TEST_F(open_tree_ns, is_closed_on_exec_if_asked_for)
{
	unsigned int flags = OPEN_TREE_NAMESPACE | AT_RECURSIVE;
	int fd;

	fd = ASSERT_OK(sys_open_tree(AT_FDCWD, "tree", flags));
	EXPECT_EQ(0, ASSERT_OK(fcntl(fd, F_GETFD)));
	fd = ASSERT_OK(sys_open_tree(AT_FDCWD, "tree",
				     flags | OPEN_TREE_CLOEXEC));
	EXPECT_EQ(FD_CLOEXEC, ASSERT_OK(fcntl(fd, F_GETFD)));
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
	struct traces before = find_traces(_metadata, self->scene.proc);
	unsigned int i, bit;

	for (i = 0; i < ARRAY_SIZE(both); i++)
		EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, "single",
						   OPEN_TREE_CLONE |
						   OPEN_TREE_NAMESPACE |
						   both[i]));
	/* As ever, it takes one of the two. */
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
	check_no_traces(_metadata, self->scene.proc, before);

	/* Others may know that they are wrong, too. */
	ASSERT_OK(set_cap(CAP_SYS_ADMIN, false));
	EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, "single",
					   OPEN_TREE_CLONE |
					   OPEN_TREE_NAMESPACE));
	EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, "single",
					   OPEN_TREE_NAMESPACE | 1U << 31));
}

/* CAP_SYS_ADMIN, and no other capability, over the own user namespace */
TEST_F(open_tree_ns, needs_privilege)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	int cap;

	ASSERT_OK(set_cap(CAP_SYS_ADMIN, false));
	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "single", 0));
	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "single/file", 0));
	ASSERT_OK(set_cap(CAP_SYS_ADMIN, true));
	check_no_traces(_metadata, self->scene.proc, before);

	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (cap != CAP_SYS_ADMIN)
			ASSERT_OK(set_cap(cap, false));
	}
	ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
}

/* What whoever is in there does is of no concern to those outside. */
TEST_F(open_tree_ns, leaves_the_source_alone)
{
	char *mounts, *after;
	pid_t pid;
	int ns;

	mounts = describe_mounts(0);
	ASSERT_TRUE(!!mounts);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOEXEC };

		ASSERT_OK(mount("new", "/dir", "tmpfs", 0, NULL));
		ASSERT_OK(sys_mount_setattr(AT_FDCWD, "/", 0, &attr));
		_exit(0);
	}
	join_child(_metadata, pid);
	EXPECT_EQ(3, count_mounts_in(ns));
	after = describe_mounts(0);
	ASSERT_TRUE(!!after);
	EXPECT_STREQ(mounts, after);

	/* Nor has the copy locked the original. */
	if (owns_mntns(variant->caller)) {
		EXPECT_OK(umount2("tree/dir/sub", 0));
		EXPECT_OK(umount2("tree", 0));
		EXPECT_EQ(3, count_mounts_in(ns));
	}
}

/* Each mount of the tree counts, and the namespace root doesn't. */
TEST_F(open_tree_ns, keeps_to_the_limit_of_mounts)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	int tight, enough, errno_tight;

	ASSERT_OK(set_mount_max(self->scene.mount_max, 1));
	tight = copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE);
	errno_tight = errno;
	ASSERT_OK(set_mount_max(self->scene.mount_max, 2));
	enough = copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE);
	ASSERT_OK(set_mount_max(self->scene.mount_max, atoi(self->scene.old_mount_max)));

	EXPECT_EQ(-1, tight);
	EXPECT_EQ(ENOSPC, errno_tight) TH_LOG("%s", strerror(errno_tight));
	EXPECT_LE(0, enough);
	close(enough);
	check_no_traces(_metadata, self->scene.proc, before);
}

TEST_F(open_tree_ns, needs_a_free_file_descriptor)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	struct rlimit old;

	ASSERT_OK(fill_fd_table(&old));
	EXPECT_ERRNO(EMFILE, copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	EXPECT_ERRNO(EMFILE, copy_to_mntns(AT_FDCWD, "single", 0));
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &old));
	check_no_traces(_metadata, self->scene.proc, before);
}

/* One made from within another */
TEST_F(open_tree_ns, can_be_nested)
{
	int outer, inner;
	pid_t pid;

	outer = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	pid = fork_into(_metadata, outer);
	if (!pid) {
		inner = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/dir",
						AT_RECURSIVE));
		check_is_new_mntns(_metadata, self->scene.proc, inner);
		check_seen_alike(_metadata, inner);
		ASSERT_OK(setns(inner, CLONE_NEWNS));
		ASSERT_OK(access("/sub/below", F_OK));
		ASSERT_EQ(2, count_mounts());
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* Whoever is chrooted gets what they can get at. */
TEST_F(open_tree_ns, takes_paths_within_the_chroot)
{
	pid_t pid;
	int ns;

	pid = ASSERT_OK(fork());
	if (!pid) {
		ASSERT_OK(chroot("tree/dir"));
		ASSERT_OK(chdir("/"));
		ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/../..",
					     AT_RECURSIVE));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		ASSERT_OK(access("/sub/below", F_OK));
		ASSERT_ERRNO(ENOENT, access("/../dir", F_OK));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* The owner of the mount namespace, and of the mounts to be copied */
FIXTURE(open_tree_ns_owner)
{
	struct scene scene;
};

FIXTURE_VARIANT(open_tree_ns_owner)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(open_tree_ns_owner, root)
{
	.caller = ROOT,
};

FIXTURE_VARIANT_ADD(open_tree_ns_owner, userns_root)
{
	.caller = USERNS_ROOT,
};

FIXTURE_SETUP(open_tree_ns_owner)
{
	set_scene(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(open_tree_ns_owner)
{
	leave_scene(_metadata, &self->scene);
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
	pid_t pid;
	int i, j, mnt;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		mnt = ASSERT_OK(sys_open_tree(AT_FDCWD, "tree",
					      OPEN_TREE_CLONE | AT_RECURSIVE));
		attr.attr_set = attrs[i];
		attr.attr_clr = ATTR_ATIME;
		ASSERT_OK(sys_mount_setattr(mnt, "",
					    AT_EMPTY_PATH | AT_RECURSIVE,
					    &attr));
		ASSERT_OK(mount_on(mnt, "single"));
		pid = ASSERT_OK(fork());
		if (!pid) {
			int ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "single",
							 AT_RECURSIVE));

			id = mntns_id(ns);
			ASSERT_EQ(2, listmount(LSMT_ROOT, id, 0, list, 4, 0));
			for (j = 0; j < 2; j++) {
				sm = statmount_alloc(list[j], id,
						     STATMOUNT_MNT_BASIC);
				ASSERT_TRUE(!!sm);
				ASSERT_EQ(attrs[i], sm->mnt_attr);
			}
			_exit(0);
		}
		join_child(_metadata, pid);
		ASSERT_OK(umount2("single", MNT_DETACH));
		close(mnt);
	}
}

/* As with OPEN_TREE_CLONE */
TEST_F(open_tree_ns_owner, leaves_unbindable_mounts_out)
{
	struct traces before;
	pid_t pid;
	int ns;

	ASSERT_OK(mount(NULL, "single", NULL, MS_UNBINDABLE, NULL));
	ASSERT_OK(mount(NULL, "tree/dir/sub", NULL, MS_UNBINDABLE, NULL));
	before = find_traces(_metadata, self->scene.proc);
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "single", 0));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, "single", AT_RECURSIVE));
	check_no_traces(_metadata, self->scene.proc, before);

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	EXPECT_EQ(1, count_mounts_in(ns));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_ERRNO(ENOENT, access("/dir/sub/below", F_OK));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* As unshare(CLONE_NEWNS) does it: a copy of a shared mount is its peer. */
TEST_F(open_tree_ns_owner, shares_what_was_shared)
{
	pid_t pid;
	int ns;

	ASSERT_OK(mkdir("tree/here", 0755));
	ASSERT_OK(mkdir("tree/there", 0755));
	ASSERT_OK(mount(NULL, "tree", NULL, MS_SHARED, NULL));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	ASSERT_OK(mount("x", "tree/here", "tmpfs", 0, NULL));
	EXPECT_EQ(3, count_mounts_in(ns));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(mount("x", "/there", "tmpfs", 0, NULL));
		ASSERT_OK(mknod("/there/file", S_IFREG | 0644, 0));
		_exit(0);
	}
	join_child(_metadata, pid);
	EXPECT_OK(access("tree/there/file", F_OK));
}

/* Somebody else mounts and unmounts in the tree meanwhile. */
TEST_F_TIMEOUT(open_tree_ns_owner, copies_a_tree_that_changes, 120)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
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
	check_no_traces(_metadata, self->scene.proc, before);
}

/* A tree that isn't mounted in any namespace yet */
TEST_F(open_tree_ns_owner, takes_a_detached_tree)
{
	struct statmount *sm;
	int mnt, dir, ns;

	mnt = ASSERT_OK(new_tmpfs());
	ASSERT_OK(mkdirat(mnt, "new", 0755));
	ns = ASSERT_OK(copy_to_mntns(mnt, "", AT_EMPTY_PATH));
	check_is_new_mntns(_metadata, self->scene.proc, ns);
	check_seen_alike(_metadata, ns);
	EXPECT_EQ(1, count_mounts_in(ns));
	ns = ASSERT_OK(copy_to_mntns(mnt, "new", AT_RECURSIVE));
	sm = describe_top(_metadata, ns);
	EXPECT_STREQ("/new", sm->str + sm->mnt_root);
	free(sm);
	/* It's a copy: what was detached is as it was. */
	ASSERT_OK(mount_on(mnt, "single"));
	EXPECT_OK(access("single/new", F_OK));

	mnt = ASSERT_OK(sys_open_tree(AT_FDCWD, "tree",
				      OPEN_TREE_CLONE | AT_RECURSIVE));
	ns = ASSERT_OK(copy_to_mntns(mnt, "", AT_EMPTY_PATH | AT_RECURSIVE));
	check_seen_alike(_metadata, ns);
	EXPECT_EQ(2, count_mounts_in(ns));
	dir = ASSERT_OK(openat(mnt, "dir", O_PATH | O_CLOEXEC));
	ns = ASSERT_OK(copy_to_mntns(dir, "sub", 0));
	EXPECT_EQ(1, count_mounts_in(ns));
}

/* In a user namespace, which has a limit of its own */
FIXTURE(open_tree_ns_userns)
{
	struct scene scene;
};

FIXTURE_VARIANT(open_tree_ns_userns)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(open_tree_ns_userns, userns_root)
{
	.caller = USERNS_ROOT,
};

FIXTURE_VARIANT_ADD(open_tree_ns_userns, foreign)
{
	.caller = FOREIGN,
};

FIXTURE_VARIANT_ADD(open_tree_ns_userns, nested_foreign)
{
	.caller = NESTED_FOREIGN,
};

FIXTURE_SETUP(open_tree_ns_userns)
{
	set_scene(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(open_tree_ns_userns)
{
	leave_scene(_metadata, &self->scene);
}

TEST_F(open_tree_ns_userns, lives_as_long_as_somebody_uses_it)
{
	struct traces before;
	int ns, peer;
	pid_t pid;

	before = find_traces(_metadata, self->scene.proc);
	ASSERT_EQ(variant->caller == USERNS_ROOT ? MAX_MNTNS - 1 : MAX_MNTNS,
		  before.spare);

	/* a file descriptor */
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	EXPECT_EQ(before.spare - 1, count_spare_mntns());

	/* a task */
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		close(ns);
		give_turn(_metadata, peer);
		await_turn(_metadata, peer);
		ASSERT_OK(access("/dir/sub/below", F_OK));
		_exit(0);
	}
	await_turn(_metadata, peer);
	close(ns);
	EXPECT_EQ(before.spare - 1, count_spare_mntns());
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
	close(peer);
	check_no_traces(_metadata, self->scene.proc, before);
}

TEST_F(open_tree_ns_userns, keeps_to_the_limit_of_mount_namespaces)
{
	struct traces before;
	int fds[MAX_MNTNS + 1], nr;

	before = find_traces(_metadata, self->scene.proc);
	for (nr = 0; nr <= MAX_MNTNS; nr++) {
		fds[nr] = copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE);
		if (fds[nr] == -1)
			break;
	}
	EXPECT_EQ(before.spare, nr);
	EXPECT_ERRNO(ENOSPC, copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	EXPECT_ERRNO(ENOSPC, copy_to_mntns(AT_FDCWD, "single", 0));
	while (nr)
		close(fds[--nr]);
	check_no_traces(_metadata, self->scene.proc, before);
}

/* Those without CAP_SYS_ADMIN outside keep to the limit of open files. */
TEST_F(open_tree_ns_userns, needs_room_for_an_open_file)
{
	struct traces before;
	int limit, ns, err;
	char old[24];

	before = find_traces(_metadata, self->scene.proc);
	limit = ASSERT_OK(open_fs_limit(self->scene.proc, "file-max", old,
					sizeof(old)));
	ASSERT_OK(set_fs_limit(limit, "0"));
	ns = copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE);
	err = errno;
	ASSERT_OK(set_fs_limit(limit, old));
	EXPECT_EQ(-1, ns);
	EXPECT_EQ(ENFILE, err) TH_LOG("%s", strerror(err));
	close(limit);
	check_no_traces(_metadata, self->scene.proc, before);
}

/* Others get at the namespace by way of a task, which opens it the same way. */
TEST_F(open_tree_ns_userns, is_not_pinned_by_who_cannot_open_it)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	int ns, pidfd, fd, peer;
	struct rlimit old;
	pid_t pid;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		give_turn(_metadata, peer);
		await_turn(_metadata, peer);
		_exit(0);
	}
	await_turn(_metadata, peer);
	pidfd = ASSERT_OK((int)syscall(__NR_pidfd_open, pid, 0));
	ASSERT_OK(fill_fd_table(&old));
	EXPECT_ERRNO(EMFILE, ioctl(pidfd, PIDFD_GET_MNT_NAMESPACE, 0));
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &old));

	fd = ASSERT_OK(ioctl(pidfd, PIDFD_GET_MNT_NAMESPACE, 0));
	EXPECT_EQ(mntns_id(ns), mntns_id(fd));
	close(fd);
	close(ns);
	close(pidfd);
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
	close(peer);
	check_no_traces(_metadata, self->scene.proc, before);
}

FIXTURE(open_tree_ns_root)
{
	struct scene scene;
};

FIXTURE_SETUP(open_tree_ns_root)
{
	set_scene(_metadata, &self->scene, ROOT);
}

FIXTURE_TEARDOWN(open_tree_ns_root)
{
	leave_scene(_metadata, &self->scene);
}

/* Root finds it among all of them. */
TEST_F(open_tree_ns_root, is_listed)
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	int ns, fd, next;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	fd = ASSERT_OK(open_mntns(self->scene.proc));
	while (mntns_id(fd) != mntns_id(ns)) {
		next = ASSERT_OK(ioctl(fd, NS_MNT_GET_NEXT, &info));
		close(fd);
		fd = next;
	}
}

/* Below is the namespace root, which is empty. */
TEST_F(open_tree_ns_root, is_on_top_of_nullfs)
{
	pid_t pid;
	int ns;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(umount2("/", MNT_DETACH));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		ASSERT_EQ(1, ASSERT_OK(is_nullfs("/")));
		ASSERT_EQ(1, count_mounts());
		ASSERT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_F(open_tree_ns_root, is_not_for_nobody)
{
	ASSERT_OK(become_nobody());
	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "single", 0));
}

TEST_F(open_tree_ns_root, is_for_everybody_with_a_user_namespace)
{
	pid_t pid;
	int ns;

	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	pid = ASSERT_OK(fork());
	if (!pid) {
		ASSERT_OK(become_nobody());
		ASSERT_OK(enter_userns(self->scene.proc, 0));
		ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "tree", AT_RECURSIVE));
		check_is_new_mntns(_metadata, self->scene.proc, ns);
		check_seen_alike(_metadata, ns);
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_HARNESS_MAIN
