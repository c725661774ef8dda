// SPDX-License-Identifier: GPL-2.0
/*
 * What open_tree(OPEN_TREE_NAMESPACE) and fsmount(FSMOUNT_NAMESPACE) have in
 * common: both return a file descriptor of a new mount namespace.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/* One of the two calls, on what prepare() has opened */
struct call {
	int (*prepare)(void);
	int (*make)(int fd, bool cloexec);
	int nr_mounts;
};

static int open_tree_dir(void)
{
	return open("/tmp/tree", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int by_open_tree(int fd, bool cloexec)
{
	return sys_open_tree(fd, "", OPEN_TREE_NAMESPACE | AT_EMPTY_PATH |
			     AT_RECURSIVE | (cloexec ? OPEN_TREE_CLOEXEC : 0));
}

static int new_context(void)
{
	return new_fs_context("tmpfs");
}

static int by_fsmount(int fd, bool cloexec)
{
	return sys_fsmount(fd, FSMOUNT_NAMESPACE |
			   (cloexec ? FSMOUNT_CLOEXEC : 0), 0);
}

static const struct call tree_call = {
	.prepare = open_tree_dir,
	.make = by_open_tree,
	.nr_mounts = 2,
}, fs_call = {
	.prepare = new_context,
	.make = by_fsmount,
	.nr_mounts = 1,
};

static int make(const struct call *call)
{
	int fd = call->prepare();

	return fd == -1 ? -1 : close_keeping_errno(fd, call->make(fd, true));
}

/* /tmp/tree and /tmp/tree/sub are mounts. */
static void set_up(struct __test_metadata *_metadata, int *proc,
		   struct location *before, enum caller caller)
{
	if (!set_scene(_metadata, proc, COPY, NEEDS_OPEN_TREE | NEEDS_FSMOUNT))
		return;
	/* The owner of the mount namespace owns these mounts, too. */
	if (caller == USERNS_ROOT)
		become(_metadata, *proc, caller);
	ASSERT_OK(make_mount("tree"));
	ASSERT_OK(make_mount("tree/sub"));
	if (caller != USERNS_ROOT)
		become(_metadata, *proc, caller);
	*before = current_location(_metadata, *proc);
}

FIXTURE(new_mntns)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(new_mntns)
{
	const struct call *call;
	enum caller caller;
};

FIXTURE_VARIANT_ADD(new_mntns, open_tree_by_root) { &tree_call, ROOT };
FIXTURE_VARIANT_ADD(new_mntns, fsmount_by_root) { &fs_call, ROOT };
FIXTURE_VARIANT_ADD(new_mntns, open_tree_by_userns_root) {
	&tree_call, USERNS_ROOT
};

FIXTURE_VARIANT_ADD(new_mntns, fsmount_by_userns_root) {
	&fs_call, USERNS_ROOT
};

FIXTURE_VARIANT_ADD(new_mntns, open_tree_by_unprivileged) {
	&tree_call, UNPRIVILEGED
};

FIXTURE_VARIANT_ADD(new_mntns, fsmount_by_unprivileged) {
	&fs_call, UNPRIVILEGED
};

FIXTURE_VARIANT_ADD(new_mntns, open_tree_by_nested_unprivileged) {
	&tree_call, NESTED_UNPRIVILEGED
};

FIXTURE_VARIANT_ADD(new_mntns, fsmount_by_nested_unprivileged) {
	&fs_call, NESTED_UNPRIVILEGED
};

FIXTURE_SETUP(new_mntns)
{
	set_up(_metadata, &self->proc, &self->before, variant->caller);
}

FIXTURE_TEARDOWN(new_mntns)
{
	check_still_at(_metadata, self->proc, self->before);
}

TEST_F(new_mntns, is_a_new_one_for_each_call)
{
	int one, two;

	one = ASSERT_OK(make(variant->call));
	check_is_new_mntns(_metadata, self->proc, one);
	two = ASSERT_OK(make(variant->call));
	check_is_new_mntns(_metadata, self->proc, two);
	EXPECT_NE(mntns_id(one), mntns_id(two));
	EXPECT_NE(inode_of(_metadata, one), inode_of(_metadata, two));
}

TEST_F(new_mntns, has_only_the_new_mounts)
{
	int ns = ASSERT_OK(make(variant->call)), nr = variant->call->nr_mounts;
	struct location now;
	struct statfs st;
	char cwd[64];

	IN_MNTNS(ns) {
		now = current_location(_metadata, self->proc);
		ASSERT_EQ(mntns_id(ns), now.ns);
		ASSERT_EQ(now.root_mnt, now.cwd_mnt);
		ASSERT_EQ(now.root_ino, now.cwd_ino);
		ASSERT_NE(self->before.cwd_mnt, now.root_mnt);
		ASSERT_EQ(2, ASSERT_OK(syscall(__NR_getcwd, cwd,
					       sizeof(cwd))));
		ASSERT_STREQ("/", cwd);
		ASSERT_OK(statfs("/", &st));
		ASSERT_EQ(TMPFS_MAGIC, st.f_type);
		ASSERT_EQ(nr, count_mounts());
		ASSERT_ERRNO(ENOENT, access("/tmp", F_OK));
		ASSERT_ERRNO(ENOENT, access("../tmp", F_OK));

		/* Files and mounts can be added. */
		ASSERT_OK(mkdir("/new", 0755));
		ASSERT_OK(mount("new", "/new", "tmpfs", 0, NULL));
		ASSERT_EQ(nr + 1, count_mounts());
	}

	/* They stay when the task has gone. */
	EXPECT_EQ(nr + 1, count_mounts_in(ns));
	IN_MNTNS(ns) {
		ASSERT_OK(umount2("/new", 0));
		ASSERT_OK(rmdir("/new"));
	}
}

TEST_F(new_mntns, fd_is_closed_on_exec_if_asked_for)
{
	int fd = ASSERT_OK(variant->call->prepare()), ns;

	ns = ASSERT_OK(variant->call->make(fd, false));
	EXPECT_EQ(0, ASSERT_OK(fcntl(ns, F_GETFD)));
	ns = ASSERT_OK(make(variant->call));
	EXPECT_EQ(FD_CLOEXEC, ASSERT_OK(fcntl(ns, F_GETFD)));
}

/* CAP_SYS_ADMIN, and no other capability, over the caller's user namespace */
TEST_F(new_mntns, needs_cap_sys_admin_only)
{
	struct traces before = find_traces(_metadata, self->proc);
	int fd = ASSERT_OK(variant->call->prepare());

	ASSERT_OK(set_cap(CAP_SYS_ADMIN, false));
	EXPECT_ERRNO(EPERM, variant->call->make(fd, true));
	ASSERT_OK(set_cap(CAP_SYS_ADMIN, true));

	ASSERT_OK(keep_cap(CAP_SYS_ADMIN));
	close(ASSERT_OK(variant->call->make(fd, true)));
	close(fd);
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(new_mntns, needs_a_free_file_descriptor)
{
	struct traces before = find_traces(_metadata, self->proc);
	const struct call *call = variant->call;
	int fd = ASSERT_OK(call->prepare());

	EXPECT_ERRNO(EMFILE, WITHOUT_FDS(call->make(fd, true)));
	close(fd);
	check_no_traces(_metadata, self->proc, before);
}

/* A user namespace has a limit of its own. */
FIXTURE(new_mntns_in_userns)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(new_mntns_in_userns)
{
	const struct call *call;
	enum caller caller;
};

FIXTURE_VARIANT_ADD(new_mntns_in_userns, open_tree_by_userns_root) {
	&tree_call, USERNS_ROOT
};

FIXTURE_VARIANT_ADD(new_mntns_in_userns, fsmount_by_userns_root) {
	&fs_call, USERNS_ROOT
};

FIXTURE_VARIANT_ADD(new_mntns_in_userns, open_tree_by_unprivileged) {
	&tree_call, UNPRIVILEGED
};

FIXTURE_VARIANT_ADD(new_mntns_in_userns, fsmount_by_unprivileged) {
	&fs_call, UNPRIVILEGED
};

FIXTURE_VARIANT_ADD(new_mntns_in_userns, open_tree_by_nested_unprivileged) {
	&tree_call, NESTED_UNPRIVILEGED
};

FIXTURE_VARIANT_ADD(new_mntns_in_userns, fsmount_by_nested_unprivileged) {
	&fs_call, NESTED_UNPRIVILEGED
};

FIXTURE_SETUP(new_mntns_in_userns)
{
	set_up(_metadata, &self->proc, &self->before, variant->caller);
}

FIXTURE_TEARDOWN(new_mntns_in_userns)
{
	check_still_at(_metadata, self->proc, self->before);
}

TEST_F(new_mntns_in_userns, keeps_to_the_limit_of_mount_namespaces)
{
	struct traces before = find_traces(_metadata, self->proc);
	int own = variant->caller == USERNS_ROOT;
	const struct call *call = variant->call;
	int fds[MAX_MNTNS + 1], fd, ns, nr;

	EXPECT_EQ(MAX_MNTNS - own, before.spare);
	fd = ASSERT_OK(call->prepare());
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", own));
	EXPECT_ERRNO(ENOSPC, call->make(fd, true));
	close(fd);

	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", own + 1));
	ns = ASSERT_OK(make(call));
	check_is_new_mntns(_metadata, self->proc, ns);
	EXPECT_ERRNO(ENOSPC, make(call));
	close(ns);

	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", MAX_MNTNS));
	for (nr = 0; nr <= MAX_MNTNS; nr++) {
		fds[nr] = make(call);
		if (fds[nr] == -1)
			break;
	}
	EXPECT_EQ(before.spare, nr);
	EXPECT_ERRNO(ENOSPC, make(call));
	while (nr)
		close(fds[--nr]);
	check_no_traces(_metadata, self->proc, before);
}

/* A caller without CAP_SYS_ADMIN outside keeps to the limit of open files. */
TEST_F(new_mntns_in_userns, needs_room_for_an_open_file)
{
	struct traces before = find_traces(_metadata, self->proc);
	const struct call *call = variant->call;
	int fd = ASSERT_OK(call->prepare());

	EXPECT_ERRNO(ENFILE, WITH_FS_LIMIT(self->proc, "file-max", "0",
					   call->make(fd, true)));
	close(fd);
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(new_mntns_in_userns, lives_as_long_as_an_fd_or_a_task)
{
	struct traces before = find_traces(_metadata, self->proc);
	int ns, peer;
	pid_t pid;

	ns = ASSERT_OK(make(variant->call));
	EXPECT_EQ(before.spare - 1, count_spare_mntns());

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		close(ns);
		ASSERT_OK(mkdir("/new", 0755));
		pass_turn(_metadata, peer);
		ASSERT_OK(access("/new", F_OK));
		ASSERT_EQ(variant->call->nr_mounts, count_mounts());
		_exit(0);
	}
	await_turn(_metadata, peer);
	close(ns);
	EXPECT_EQ(before.spare - 1, count_spare_mntns());
	end_peer(_metadata, pid, peer);
	check_no_traces(_metadata, self->proc, before);
}

FIXTURE(new_mntns_of_root)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(new_mntns_of_root)
{
	const struct call *call;
};

FIXTURE_VARIANT_ADD(new_mntns_of_root, open_tree) { &tree_call };
FIXTURE_VARIANT_ADD(new_mntns_of_root, fsmount) { &fs_call };

FIXTURE_SETUP(new_mntns_of_root)
{
	set_up(_metadata, &self->proc, &self->before, ROOT);
}

FIXTURE_TEARDOWN(new_mntns_of_root)
{
	check_still_at(_metadata, self->proc, self->before);
}

TEST_F(new_mntns_of_root, is_on_top_of_nullfs)
{
	check_on_nullfs(_metadata, ASSERT_OK(make(variant->call)));
}

TEST_F(new_mntns_of_root, counts_nullfs_for_the_limit_of_mounts)
{
	bool two = variant->call->nr_mounts == 2;
	int mnt, ns;

	mnt = ASSERT_OK(new_tmpfs());
	ns = ASSERT_OK(make(variant->call));
	IN_MNTNS(ns) {
		EXPECT_ERRNO(ENOSPC, WITH_FS_LIMIT(self->proc, "mount-max",
						   two ? "3" : "2",
						   mount_on(mnt, "/")));
		EXPECT_OK(WITH_FS_LIMIT(self->proc, "mount-max",
					two ? "4" : "3", mount_on(mnt, "/")));
	}
}

TEST_F(new_mntns_of_root, is_refused_to_nobody)
{
	int fd = ASSERT_OK(variant->call->prepare());

	ASSERT_OK(become_nobody());
	EXPECT_ERRNO(EPERM, variant->call->make(fd, true));
}

TEST_F(new_mntns_of_root, is_made_by_nobody_in_a_user_namespace)
{
	int ns;

	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	IN_CHILD(0) {
		ASSERT_OK(become_nobody());
		ASSERT_OK(enter_userns(self->proc, 0));
		ns = ASSERT_OK(make(variant->call));
		check_is_new_mntns(_metadata, self->proc, ns);
		check_seen_alike(_metadata, ns);
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		ASSERT_EQ(variant->call->nr_mounts, count_mounts());
		if (variant->call == &fs_call)
			ASSERT_OK(mkdir("/new", 0755));
	}
}

TEST_HARNESS_MAIN
