// SPDX-License-Identifier: GPL-2.0
/*
 * Empty mount namespaces: what unshare(UNSHARE_EMPTY_MNTNS) has in common with
 * clone3(CLONE_EMPTY_MNTNS), and what a task in one can do
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/* Where a task can be when it asks for an empty mount namespace */
enum position {
	AT_ROOT,
	IN_SUBDIRECTORY,
	IN_DELETED_DIRECTORY,
	ON_ANOTHER_MOUNT,
	ON_AN_UNMOUNTED_MOUNT,
	IN_ANOTHER_NAMESPACE,
	CHROOTED,
};

static void go_to(struct __test_metadata *_metadata, int proc,
		  enum position position)
{
	int fd, ns;

	ASSERT_OK(mkdir("/tmp/dir", 0755));
	ASSERT_OK(mkdir("/tmp/dir/sub", 0755));
	switch (position) {
	case AT_ROOT:
		ASSERT_OK(chdir("/"));
		break;
	case IN_SUBDIRECTORY:
		ASSERT_OK(chdir("/tmp/dir/sub"));
		break;
	case IN_DELETED_DIRECTORY:
		ASSERT_OK(chdir("/tmp/dir/sub"));
		ASSERT_OK(rmdir("/tmp/dir/sub"));
		break;
	case ON_ANOTHER_MOUNT:
	case ON_AN_UNMOUNTED_MOUNT:
		ASSERT_OK(mount("other", "/tmp/dir", "tmpfs", 0, NULL));
		ASSERT_OK(chdir("/tmp/dir"));
		if (position == ON_AN_UNMOUNTED_MOUNT)
			ASSERT_OK(umount2("/tmp/dir", MNT_DETACH));
		break;
	case IN_ANOTHER_NAMESPACE:
		fd = ASSERT_OK(open_path("/tmp/dir"));
		ns = ASSERT_OK(open_mntns(proc));
		ASSERT_OK(unshare(CLONE_NEWNS));
		ASSERT_NE(mntns_id(ns), current_location(_metadata, proc).ns);
		ASSERT_OK(fchdir(fd));
		break;
	case CHROOTED:
		ASSERT_OK(chroot("/tmp/dir"));
		ASSERT_OK(chdir("/sub"));
		break;
	}
}

/* Which namespace @pid is in: what the link /proc/@pid/ns/@file reads */
static int read_ns(int proc, pid_t pid, const char *file, char name[64])
{
	ssize_t len;
	char path[64];

	snprintf(path, sizeof(path), "%d/ns/%s", pid, file);
	len = readlinkat(proc, path, name, 63);
	if (len == -1)
		return -1;
	name[len] = '\0';
	return 0;
}

/* Is it the process itself that calls, or its parent? */
enum call {
	UNSHARE,
	CLONE3,
};

/* Makes the call with other CLONE_* @flags, which must fail. */
static int try_call(enum call call, uint64_t flags)
{
	pid_t pid;

	if (call == UNSHARE)
		return sys_unshare(UNSHARE_EMPTY_MNTNS | flags);
	pid = fork_with(CLONE_EMPTY_MNTNS | flags);
	if (!pid)
		_exit(0);
	return pid == -1 || waitpid(pid, NULL, 0) == -1 ? -1 : 0;
}

/* A child in an empty mount namespace, to take turns with over *@peer */
static pid_t fork_empty(struct __test_metadata *_metadata, enum call call,
			uint64_t flags, int *peer)
{
	pid_t pid;

	if (call == CLONE3)
		return fork_peer(_metadata, CLONE_EMPTY_MNTNS | flags, peer);
	pid = fork_peer(_metadata, 0, peer);
	if (!pid)
		ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS | flags));
	return pid;
}

/*
 * A child gets into an empty mount namespace. The parent stays where it is, and
 * its mounts stay the same.
 */
static void check_call(struct __test_metadata *_metadata, int proc,
		       struct location before, enum call call, uint64_t flags)
{
	char *mounts = own_mounts(_metadata);
	pid_t pid;
	int peer;

	pid = fork_empty(_metadata, call, flags, &peer);
	if (!pid) {
		check_empty_mntns(_metadata, proc, before);
		_exit(0);
	}
	join_child(_metadata, pid);
	close(peer);
	check_still_at(_metadata, proc, before);
	expect_mounts(_metadata, mounts);
	free(mounts);
}

/* Either call */
FIXTURE(empty_mntns)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(empty_mntns)
{
	enum call call;
};

FIXTURE_VARIANT_ADD(empty_mntns, by_unshare) { .call = UNSHARE };
FIXTURE_VARIANT_ADD(empty_mntns, by_clone3) { .call = CLONE3 };

FIXTURE_SETUP(empty_mntns)
{
	if (!set_scene(_metadata, &self->proc, COPY, NEEDS_EMPTY_MNTNS))
		return;
	self->before = current_location(_metadata, self->proc);
}

FIXTURE_TEARDOWN(empty_mntns)
{
}

TEST_F(empty_mntns, combines_with_clone_newns)
{
	/* No more than one namespace is created. */
	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	check_call(_metadata, self->proc, self->before, variant->call,
		   CLONE_NEWNS);
}

TEST_F(empty_mntns, needs_privilege)
{
	ASSERT_OK(become_nobody());
	EXPECT_ERRNO(EPERM, try_call(variant->call, 0));
	EXPECT_ERRNO(EPERM, try_call(variant->call, CLONE_NEWNS));
	check_still_at(_metadata, self->proc, self->before);
}

/* The capability counts over the user namespace that the new one belongs to. */
TEST_F(empty_mntns, is_made_by_nobody_with_a_user_namespace)
{
	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	ASSERT_OK(become_nobody());
	check_call(_metadata, self->proc, self->before, variant->call,
		   CLONE_NEWUSER);
}

/* A user namespace would be a way out of the chroot. */
TEST_F(empty_mntns, is_refused_to_nobody_in_a_chroot)
{
	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	go_to(_metadata, self->proc, CHROOTED);
	self->before = current_location(_metadata, self->proc);
	ASSERT_OK(become_nobody());
	ASSERT_ERRNO(EPERM, try_call(variant->call, CLONE_NEWUSER));
	check_still_at(_metadata, self->proc, self->before);
}

TEST_F(empty_mntns, keeps_to_the_limit_of_mount_namespaces)
{
	pid_t pid;
	int peer;

	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 0));
	EXPECT_ERRNO(ENOSPC, try_call(variant->call, 0));
	check_still_at(_metadata, self->proc, self->before);

	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	pid = fork_empty(_metadata, variant->call, 0, &peer);
	if (!pid) {
		pass_turn(_metadata, peer);
		/* The old one is given up when there is a new one. */
		EXPECT_ERRNO(ENOSPC, try_call(variant->call, 0));
		check_empty_mntns(_metadata, self->proc, self->before);
		_exit(0);
	}
	await_turn(_metadata, peer);
	EXPECT_ERRNO(ENOSPC, try_call(variant->call, 0));
	end_peer(_metadata, pid, peer);

	/* Without its task the namespace is gone. */
	check_call(_metadata, self->proc, self->before, variant->call, 0);
}

/* A UTS namespace is created after the mount namespace. */
TEST_F(empty_mntns, leaves_nothing_when_a_later_step_fails)
{
	char *mounts;
	int i;

	if (!can_unshare(CLONE_NEWUTS))
		SKIP(return, "no UTS namespaces");

	ASSERT_OK(mkdir("dir", 0755));
	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	ASSERT_OK(set_limit(self->proc, "max_uts_namespaces", 0));
	mounts = own_mounts(_metadata);
	for (i = 0; i < 3; i++)
		ASSERT_ERRNO(ENOSPC, try_call(variant->call, CLONE_NEWUTS));
	check_still_at(_metadata, self->proc, self->before);
	ASSERT_OK(access("/tmp", F_OK));
	ASSERT_OK(access("dir", F_OK));
	expect_mounts(_metadata, mounts);
	/* The limit is not reached. */
	check_call(_metadata, self->proc, self->before, variant->call, 0);
}

/* From wherever a task is */
FIXTURE(empty_mntns_from)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(empty_mntns_from)
{
	enum position position;
};

FIXTURE_VARIANT_ADD(empty_mntns_from, root) { AT_ROOT };
FIXTURE_VARIANT_ADD(empty_mntns_from, subdirectory) { IN_SUBDIRECTORY };
FIXTURE_VARIANT_ADD(empty_mntns_from, deleted_directory) {
	IN_DELETED_DIRECTORY
};

FIXTURE_VARIANT_ADD(empty_mntns_from, another_mount) { ON_ANOTHER_MOUNT };
FIXTURE_VARIANT_ADD(empty_mntns_from, unmounted_mount) {
	ON_AN_UNMOUNTED_MOUNT
};

FIXTURE_VARIANT_ADD(empty_mntns_from, another_namespace) {
	IN_ANOTHER_NAMESPACE
};

FIXTURE_VARIANT_ADD(empty_mntns_from, chroot) { CHROOTED };

FIXTURE_SETUP(empty_mntns_from)
{
	if (!set_scene(_metadata, &self->proc, COPY, NEEDS_EMPTY_MNTNS))
		return;
	go_to(_metadata, self->proc, variant->position);
	self->before = current_location(_metadata, self->proc);
}

FIXTURE_TEARDOWN(empty_mntns_from)
{
}

TEST_F(empty_mntns_from, unshare_has_one_mount_as_root_and_cwd)
{
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, self->proc, self->before);
}

TEST_F(empty_mntns_from, clone3_has_one_mount_as_root_and_cwd)
{
	IN_CHILD(CLONE_EMPTY_MNTNS) {
		check_empty_mntns(_metadata, self->proc, self->before);
	}
	check_still_at(_metadata, self->proc, self->before);
}

/* Together with each other kind of namespace */
FIXTURE(empty_mntns_with)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(empty_mntns_with)
{
	uint64_t flag;
	const char *file;
};

FIXTURE_VARIANT_ADD(empty_mntns_with, cgroup) { CLONE_NEWCGROUP, "cgroup" };
FIXTURE_VARIANT_ADD(empty_mntns_with, ipc) { CLONE_NEWIPC, "ipc" };
FIXTURE_VARIANT_ADD(empty_mntns_with, net) { CLONE_NEWNET, "net" };
FIXTURE_VARIANT_ADD(empty_mntns_with, pid) { CLONE_NEWPID, "pid" };
FIXTURE_VARIANT_ADD(empty_mntns_with, time) {
	CLONE_NEWTIME, "time_for_children"
};

FIXTURE_VARIANT_ADD(empty_mntns_with, user) { CLONE_NEWUSER, "user" };
FIXTURE_VARIANT_ADD(empty_mntns_with, uts) { CLONE_NEWUTS, "uts" };
FIXTURE_VARIANT_ADD(empty_mntns_with, all_of_them) {
	CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID |
	CLONE_NEWTIME | CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS, "user"
};

FIXTURE_SETUP(empty_mntns_with)
{
	if (!set_scene(_metadata, &self->proc, COPY, NEEDS_EMPTY_MNTNS))
		return;
	if (!can_unshare(variant->flag))
		SKIP(return, "no such namespaces");
	self->before = current_location(_metadata, self->proc);
}

FIXTURE_TEARDOWN(empty_mntns_with)
{
}

TEST_F(empty_mntns_with, unshare_has_both_namespaces)
{
	char before[64], after[64];

	ASSERT_OK(read_ns(self->proc, getpid(), variant->file, before));
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS | variant->flag));
	/* A namespace for children gets its file with the first child. */
	if (variant->flag == CLONE_NEWPID) {
		IN_CHILD(0) {
			ASSERT_EQ(1, getpid());
		}
	} else {
		ASSERT_OK(read_ns(self->proc, getpid(), variant->file, after));
		EXPECT_STRNE(before, after);
	}
	check_empty_mntns(_metadata, self->proc, self->before);
}

TEST_F(empty_mntns_with, clone3_has_both_namespaces)
{
	char before[64], after[64];
	pid_t pid;
	int peer;

	ASSERT_OK(read_ns(self->proc, getpid(), variant->file, before));
	pid = fork_empty(_metadata, CLONE3, variant->flag, &peer);
	if (!pid) {
		check_empty_mntns(_metadata, self->proc, self->before);
		pass_turn(_metadata, peer);
		_exit(0);
	}
	await_turn(_metadata, peer);
	ASSERT_OK(read_ns(self->proc, pid, variant->file, after));
	EXPECT_STRNE(before, after);
	end_peer(_metadata, pid, peer);
	check_still_at(_metadata, self->proc, self->before);
}

/* unshare(), and a task that has made the call */
FIXTURE(unshare_empty)
{
	int proc;
	struct location before;
};

FIXTURE_SETUP(unshare_empty)
{
	if (!set_scene(_metadata, &self->proc, COPY, NEEDS_EMPTY_MNTNS))
		return;
	self->before = current_location(_metadata, self->proc);
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

/* The flag implies CLONE_NEWNS and CLONE_FS. */
TEST_F(unshare_empty, combines_with_the_flags_it_implies)
{
	static const unsigned long flags[] = {
		CLONE_FS, CLONE_NEWNS | CLONE_FS,
		CLONE_FILES, CLONE_SYSVSEM,
	};
	unsigned int i;

	/* No more than one namespace is created. */
	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		IN_CHILD(0) {
			ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS | flags[i]));
			check_empty_mntns(_metadata, self->proc, self->before);
		}
	}
}

TEST_F(unshare_empty, leaves_other_tasks_where_they_are)
{
	char *mounts;

	mounts = own_mounts(_metadata);
	IN_CHILD(0) {
		ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	}

	check_still_at(_metadata, self->proc, self->before);
	expect_mounts(_metadata, mounts);
}

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
	end_peer(_metadata, pid, peer);
	check_empty_mntns(_metadata, self->proc, self->before);
}

TEST_F(unshare_empty, keeps_open_files_working)
{
	int dir, fd;
	char text[8];

	/* The old namespace outlives its last task. */
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

	/* The old mounts can be walked, but not changed. */
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
TEST_F(unshare_empty, refuses_the_bit_of_clone3)
{
	EXPECT_ERRNO(EINVAL, sys_unshare(1UL << 37));
	EXPECT_ERRNO(EINVAL, sys_unshare(CLONE_EMPTY_MNTNS | CLONE_NEWNS));
	EXPECT_ERRNO(EINVAL, sys_unshare(CLONE_EMPTY_MNTNS |
					 UNSHARE_EMPTY_MNTNS));
	check_still_at(_metadata, self->proc, self->before);
}
#endif

/* nobody maps itself to root there. */
TEST_F(unshare_empty, is_writable_for_nobody_with_a_user_namespace)
{
	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	ASSERT_OK(become_nobody());
	ASSERT_OK(enter_userns(self->proc, UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, self->proc, self->before);
	ASSERT_OK(overmount_root());
	ASSERT_OK(mkdir("/dir", 0755));
}

TEST_F(unshare_empty, is_freed_with_its_last_task)
{
	int i;

	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	for (i = 0; i < 3; i++) {
		IN_CHILD(0) {
			ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
			ASSERT_OK(mount("x", "/", "tmpfs", 0, NULL));
		}
	}
}

TEST_F(unshare_empty, leaves_a_task_that_shares_root_alone_when_it_fails)
{
	int peer, i;
	pid_t pid;

	if (!can_unshare(CLONE_NEWUTS))
		SKIP(return, "no UTS namespaces");

	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(set_limit(self->proc, "max_mnt_namespaces", 1));
	ASSERT_OK(set_limit(self->proc, "max_uts_namespaces", 0));
	pid = fork_peer(_metadata, CLONE_FS, &peer);
	if (!pid) {
		await_turn(_metadata, peer);
		check_still_at(_metadata, self->proc, self->before);
		_exit(0);
	}
	for (i = 0; i < 3; i++)
		ASSERT_ERRNO(ENOSPC, sys_unshare(UNSHARE_EMPTY_MNTNS |
						 CLONE_NEWUTS));
	check_still_at(_metadata, self->proc, self->before);
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, self->proc, self->before);
	end_peer(_metadata, pid, peer);
}

/* The namespace root counts. */
TEST_F(unshare_empty, keeps_to_the_limit_of_mounts)
{
	int first, second;

	first = ASSERT_OK(new_tmpfs());
	second = ASSERT_OK(new_tmpfs());
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	EXPECT_OK(WITH_FS_LIMIT(self->proc, "mount-max", "2",
				mount_on(first, "/")));
	EXPECT_ERRNO(ENOSPC, WITH_FS_LIMIT(self->proc, "mount-max", "2",
					   mount_on(second, "/")));
}

TEST_F(unshare_empty, can_be_filled_with_parts_of_the_old_tree)
{
	char *mounts;
	int tree;

	ASSERT_OK(mkdir("data", 0755));
	ASSERT_OK(mount("data", "data", "tmpfs", 0, NULL));
	ASSERT_OK(mkdir("data/here", 0755));
	ASSERT_OK(mkdir("data/below", 0755));
	ASSERT_OK(mount("below", "data/below", "tmpfs", 0, NULL));
	tree = ASSERT_OK(copy_of("data", AT_RECURSIVE));

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	ASSERT_OK(overmount_root());
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

	/* A task that enters lands on the mount on top of the root. */
	ASSERT_OK(overmount_root());
	ASSERT_OK(mkdir("/marker", 0755));
	ASSERT_OK(setns(old, CLONE_NEWNS));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	EXPECT_EQ(0, is_nullfs("/"));
	EXPECT_OK(access("/marker", F_OK));
	EXPECT_OK(access("./marker", F_OK));
}

/* With nothing on top of the root, then with more and more, and in a chroot */
static void build_step_by_step(struct __test_metadata *_metadata, int peer)
{
	int i;

	pass_turn(_metadata, peer);
	for (i = 0; i < 3; i++) {
		ASSERT_OK(overmount_root());
		pass_turn(_metadata, peer);
		ASSERT_OK(mkdir("/dir", 0755));
		ASSERT_OK(mount("x", "/dir", "tmpfs", 0, NULL));
		pass_turn(_metadata, peer);
	}
	ASSERT_OK(chroot("/dir"));
	pass_turn(_metadata, peer);
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
		pass_turn(_metadata, peer);
		check_seen_alike(_metadata, ns);
	}
	end_peer(_metadata, pid, peer);
}

TEST_F(unshare_empty, is_reported_to_others_as_it_is_seen_inside)
{
	check_reports(_metadata, self->proc, false);
}

TEST_F(unshare_empty, is_reported_as_it_is_seen_inside_by_userns_root)
{
	check_reports(_metadata, self->proc, true);
}

TEST_F(unshare_empty, can_be_created_in_an_empty_mntns)
{
	struct location first;

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	first = current_location(_metadata, self->proc);
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, self->proc, first);

	/* Nothing that is mounted on top of the root comes along. */
	ASSERT_OK(overmount_root());
	first = current_location(_metadata, self->proc);
	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	check_empty_mntns(_metadata, self->proc, first);
}

TEST_F(unshare_empty, can_be_copied)
{
	struct location first;

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	first = current_location(_metadata, self->proc);
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
	struct location first;

	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	first = current_location(_metadata, self->proc);
	ASSERT_OK(become_nobody());
	ASSERT_OK(enter_userns(self->proc, 0));
	check_still_at(_metadata, self->proc, first);
	ASSERT_OK(sys_unshare(CLONE_NEWNS));
	check_empty_mntns(_metadata, self->proc, first);
}

/* @err: of a umount() with MNT_FORCE, or that would remount nullfs read-only */
static void refuse_to_unmount_ns_root(struct __test_metadata *_metadata, int err)
{
	int fd = ASSERT_OK(open_path("/"));

	EXPECT_ERRNO(err, umount2("/", 0));
	EXPECT_ERRNO(err, umount2("/", MNT_FORCE));
	EXPECT_ERRNO(err, umount2("/", MNT_FORCE | MNT_DETACH));
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_EXPIRE));
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	EXPECT_ERRNO(EINVAL, umount2(".", MNT_DETACH));
	EXPECT_NE(0, sys_pivot_root(".", "."));
	EXPECT_NE(0, sys_move_mount(fd, "", AT_FDCWD, "/",
				    MOVE_MOUNT_F_EMPTY_PATH));
	EXPECT_EQ(1, is_nullfs("/"));
	EXPECT_EQ(1, count_mounts());

	/* Only the mount on top of it can be unmounted. */
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
	char *mounts;
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
	expect_mounts(_metadata, mounts);
}

/* An empty mount namespace is created where the namespace root is shared. */
static void stay_apart(struct __test_metadata *_metadata, int proc, bool userns)
{
	struct location first;
	pid_t pid;
	int peer;

	ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	ASSERT_OK(mount(NULL, "/", NULL, MS_SHARED, NULL));
	first = current_location(_metadata, proc);

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		if (userns)
			ASSERT_OK(enter_userns(proc,
					       UNSHARE_EMPTY_MNTNS));
		else
			ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
		pass_turn(_metadata, peer);
		check_empty_mntns(_metadata, proc, first);
		ASSERT_OK(mount("x", "/", "tmpfs", 0, NULL));
		ASSERT_EQ(2, count_mounts());
		pass_turn(_metadata, peer);
		EXPECT_EQ(2, count_mounts());
		_exit(0);
	}
	await_turn(_metadata, peer);
	ASSERT_OK(mount("x", "/", "tmpfs", 0, NULL));
	ASSERT_EQ(2, count_mounts());
	pass_turn(_metadata, peer);
	EXPECT_EQ(2, count_mounts());
	ASSERT_OK(chdir("/.."));
	ASSERT_OK(umount2(".", MNT_DETACH));
	EXPECT_EQ(1, count_mounts());
	end_peer(_metadata, pid, peer);
}

TEST_F(unshare_empty, has_no_peer_when_the_namespace_root_is_shared)
{
	stay_apart(_metadata, self->proc, false);
}

TEST_F(unshare_empty, has_no_master_when_the_namespace_root_is_shared)
{
	stay_apart(_metadata, self->proc, true);
}

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

TEST_HARNESS_MAIN
