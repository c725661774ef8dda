// SPDX-License-Identifier: GPL-2.0
/*
 * fsmount(FSMOUNT_NAMESPACE) gives a caller whose user namespace owns its mount
 * namespace a proc or a sysfs only if the caller sees all of one already. An
 * unprivileged caller gets none, wherever the filesystem context comes from.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/* Where does the caller have the filesystem context from? */
enum origin {
	OWN,		/* made in a new namespace of its own user namespace */
	SHARED_FDS,	/* made by a task that shares its file descriptors */
	SENT,		/* sent by another task over a socket */
};

static const struct fs_kind {
	const char *name;
	const char *mnt;	/* where it is mounted */
	uint64_t flags;		/* CLONE_* that a user namespace needs */
	const char *dir;	/* not empty */
	const char *file;
	const char *empty_dir;	/* permanently empty */
	long magic;
} proc_fs = {
	.name = "proc",
	.mnt = "/proc",
	.flags = CLONE_NEWPID,
	.dir = "/proc/sys",
	.file = "/proc/uptime",
	.empty_dir = "/proc/sys/fs/binfmt_misc",
	.magic = PROC_SUPER_MAGIC,
}, sys_fs = {
	.name = "sysfs",
	.mnt = "/sys",
	.flags = CLONE_NEWNET,
	.dir = "/sys/kernel",
	.file = "/sys/kernel/fscaps",
	.empty_dir = "/sys/fs/cgroup",
	.magic = SYSFS_MAGIC,
};

/* Sends @fd over @peer. */
static void send_fd(struct __test_metadata *_metadata, int peer, int fd)
{
	char data = 0, control[CMSG_SPACE(sizeof(fd))] = {};
	struct iovec iov = { .iov_base = &data, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	ASSERT_EQ(1, sendmsg(peer, &msg, MSG_NOSIGNAL)) TH_LOG("%m");
}

static int receive_fd(struct __test_metadata *_metadata, int peer)
{
	char data, control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { .iov_base = &data, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	ASSERT_EQ(1, recvmsg(peer, &msg, 0)) TH_LOG("no message: %m");
	ASSERT_TRUE(!!CMSG_FIRSTHDR(&msg));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* The context of a new filesystem that a user namespace may have */
static int get_context(struct __test_metadata *_metadata,
		       const struct fs_kind *fs, enum origin origin)
{
	uint64_t others = CLONE_NEWUSER | CLONE_NEWNS | fs->flags;
	int fs_fd, peer;
	pid_t pid;

	if (origin != SENT) {
		/* fsopen() takes rights over a mount namespace. */
		fs_fd = ASSERT_OK(fsopen_elsewhere(fs->name, origin == OWN ?
						   CLONE_NEWNS | fs->flags :
						   others));
		ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL,
				       0));
		return fs_fd;
	}
	pid = fork_peer(_metadata, others, &peer);
	if (!pid) {
		fs_fd = ASSERT_OK(new_fs_context(fs->name));
		send_fd(_metadata, peer, fs_fd);
		_exit(0);
	}
	fs_fd = receive_fd(_metadata, peer);
	join_child(_metadata, pid);
	close(peer);
	return fs_fd;
}

/* All contexts are refused, or none. */
static void expect(struct __test_metadata *_metadata, const struct fs_kind *fs,
		   unsigned int attrs, bool refused)
{
	static const enum origin origins[] = { OWN, SHARED_FDS, SENT };
	int i, fs_fd, ns;

	for (i = 0; i < ARRAY_SIZE(origins); i++) {
		fs_fd = get_context(_metadata, fs, origins[i]);
		errno = 0;
		ns = sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, attrs);
		EXPECT_EQ(refused, ns == -1)
			TH_LOG("origin %d, attributes %x: %m", origins[i],
			       attrs);
		EXPECT_EQ(refused ? EPERM : 0, errno) TH_LOG("%m");
		close(ns);
		close(fs_fd);
	}
}

/* No call succeeds, or leaves a trace. */
static void expect_refusal(struct __test_metadata *_metadata,
			   const struct fs_kind *fs, int proc)
{
	struct traces before = find_traces(_metadata, proc);
	int ns;

	expect(_metadata, fs, 0, true);
	expect(_metadata, fs, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
	       MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, true);

	/* nor in a new mount namespace */
	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	IN_MNTNS(ns) {
		expect(_metadata, fs, 0, true);
	}
	close(ns);
	check_no_traces(_metadata, proc, before);
}

/* All of one is visible to the owner of the mount namespace. */
static void expect_only_for_owner(struct __test_metadata *_metadata,
				  const struct fs_kind *fs, enum caller caller,
				  int proc)
{
	if (owns_mntns(caller))
		expect(_metadata, fs, 0, false);
	else
		expect_refusal(_metadata, fs, proc);
}

FIXTURE(new_instance)
{
	int proc;
};

FIXTURE_VARIANT(new_instance)
{
	const struct fs_kind *fs;
	enum caller caller;
};

FIXTURE_VARIANT_ADD(new_instance, proc_for_userns_root) {
	&proc_fs, USERNS_ROOT
};

FIXTURE_VARIANT_ADD(new_instance, sys_for_userns_root) { &sys_fs, USERNS_ROOT };
FIXTURE_VARIANT_ADD(new_instance, proc_for_unprivileged) {
	&proc_fs, UNPRIVILEGED
};

FIXTURE_VARIANT_ADD(new_instance, sys_for_unprivileged) {
	&sys_fs, UNPRIVILEGED
};

FIXTURE_VARIANT_ADD(new_instance, proc_for_nested_unprivileged) {
	&proc_fs, NESTED_UNPRIVILEGED
};

FIXTURE_VARIANT_ADD(new_instance, sys_for_nested_unprivileged) {
	&sys_fs, NESTED_UNPRIVILEGED
};

FIXTURE_SETUP(new_instance)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	if (!can_unshare(variant->fs->flags))
		SKIP(return, "no such namespaces");
	ASSERT_OK(mkdir("/empty", 0755));
	ASSERT_OK(make_file("/null"));
	ASSERT_OK(mkdir("/proc", 0555));
	ASSERT_OK(mkdir("/sys", 0555));
	ASSERT_OK(mount("proc", "/proc", "proc", 0, NULL));
	ASSERT_OK(mount("sysfs", "/sys", "sysfs", 0, NULL));
	ASSERT_OK(access(variant->fs->dir, F_OK));
	ASSERT_OK(access(variant->fs->file, F_OK));
}

FIXTURE_TEARDOWN(new_instance)
{
}

TEST_F(new_instance, is_for_the_owner_if_all_is_visible)
{
	struct statfs st;
	int fs_fd, ns;

	become(_metadata, self->proc, variant->caller);
	expect_only_for_owner(_metadata, variant->fs, variant->caller,
			      self->proc);
	if (!owns_mntns(variant->caller))
		return;

	fs_fd = get_context(_metadata, variant->fs, OWN);
	ns = ASSERT_OK(sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	check_is_new_mntns(_metadata, self->proc, ns);
	check_seen_alike(_metadata, ns);
	IN_MNTNS(ns) {
		ASSERT_OK(statfs("/", &st));
		ASSERT_EQ(variant->fs->magic, st.f_type);
		ASSERT_OK(access(strchr(variant->fs->file + 1, '/'), F_OK));
		ASSERT_EQ(1, count_mounts());
		/* It is locked, as the caller's root is. */
		ASSERT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	}
}

TEST_F(new_instance, is_refused_with_a_mount_on_a_directory)
{
	ASSERT_OK(mount("mask", variant->fs->dir, "tmpfs", 0, NULL));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(new_instance, is_refused_with_a_mount_on_a_file)
{
	ASSERT_OK(mount("/null", variant->fs->file, NULL, MS_BIND, NULL));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(new_instance, is_refused_with_a_mount_on_all_of_it)
{
	ASSERT_OK(mount("mask", variant->fs->mnt, "tmpfs", 0, NULL));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(new_instance, is_refused_with_a_part_of_it_on_top)
{
	ASSERT_OK(mount(variant->fs->dir, variant->fs->mnt, NULL, MS_BIND,
			NULL));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(new_instance, is_refused_without_a_visible_one)
{
	ASSERT_OK(umount2(variant->fs->mnt, 0));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(new_instance, is_refused_with_a_visible_part_only)
{
	ASSERT_OK(mount(variant->fs->dir, "/empty", NULL, MS_BIND, NULL));
	ASSERT_OK(umount2(variant->fs->mnt, 0));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(new_instance, is_refused_if_all_are_masked)
{
	ASSERT_OK(mount("mask", variant->fs->dir, "tmpfs", 0, NULL));
	ASSERT_OK(mount(variant->fs->mnt, "/empty", NULL, MS_BIND | MS_REC,
			NULL));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(new_instance, is_for_the_owner_with_a_mount_on_an_empty_directory)
{
	if (access(variant->fs->empty_dir, F_OK))
		SKIP(return, "no %s", variant->fs->empty_dir);
	ASSERT_OK(mount("other", variant->fs->empty_dir, "tmpfs", 0, NULL));
	become(_metadata, self->proc, variant->caller);
	expect_only_for_owner(_metadata, variant->fs, variant->caller,
			      self->proc);
}

TEST_F(new_instance, is_for_the_owner_besides_a_masked_one)
{
	ASSERT_OK(mount("mask", variant->fs->dir, "tmpfs", 0, NULL));
	ASSERT_OK(mount(variant->fs->mnt, "/empty", NULL, MS_BIND, NULL));
	become(_metadata, self->proc, variant->caller);
	expect_only_for_owner(_metadata, variant->fs, variant->caller,
			      self->proc);
}

/* A new one is read-only, and stays so, if all visible ones are. */
TEST_F(new_instance, has_the_locked_attributes_of_the_visible_one)
{
	struct mount_attr rw = { .attr_clr = MOUNT_ATTR_RDONLY };
	struct mount_attr noatime = {
		.attr_clr = MOUNT_ATTR__ATIME,
		.attr_set = MOUNT_ATTR_NOATIME,
	};
	int fs_fd, ns;

	ASSERT_OK(mount(NULL, variant->fs->mnt, NULL,
			MS_REMOUNT | MS_BIND | MS_RDONLY | MS_RELATIME, NULL));
	become(_metadata, self->proc, variant->caller);
	expect(_metadata, variant->fs, 0, true);
	expect(_metadata, variant->fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
	       MOUNT_ATTR_NOEXEC, true);
	expect(_metadata, variant->fs, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOATIME,
	       true);
	expect(_metadata, variant->fs,
	       MOUNT_ATTR_RDONLY | MOUNT_ATTR_STRICTATIME, true);
	expect(_metadata, variant->fs, MOUNT_ATTR_RDONLY,
	       !owns_mntns(variant->caller));
	if (!owns_mntns(variant->caller))
		return;

	fs_fd = get_context(_metadata, variant->fs, OWN);
	ns = ASSERT_OK(sys_fsmount(fs_fd, FSMOUNT_NAMESPACE,
				   MOUNT_ATTR_RDONLY));
	IN_MNTNS(ns) {
		EXPECT_ERRNO(EPERM, sys_mount_setattr(AT_FDCWD, "/", 0, &rw));
		EXPECT_ERRNO(EPERM, mount(NULL, "/", NULL,
					  MS_REMOUNT | MS_BIND | MS_RELATIME,
					  NULL));
		EXPECT_ERRNO(EPERM, sys_mount_setattr(AT_FDCWD, "/", 0,
						      &noatime));
	}
}

/* Other ways for an unprivileged caller */
FIXTURE(new_instance_elsewhere)
{
	int proc;
};

FIXTURE_VARIANT(new_instance_elsewhere)
{
	const struct fs_kind *fs;
	const char *part;	/* of /dir/mnt */
	const char *other_part;
};

FIXTURE_VARIANT_ADD(new_instance_elsewhere, proc)
{
	.fs = &proc_fs,
	.part = "/dir/mnt/sys",
	.other_part = "/dir/mnt/self",
};

FIXTURE_VARIANT_ADD(new_instance_elsewhere, sys)
{
	.fs = &sys_fs,
	.part = "/dir/mnt/kernel",
	.other_part = "/dir/mnt/fs",
};

FIXTURE_SETUP(new_instance_elsewhere)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	if (!can_unshare(variant->fs->flags))
		SKIP(return, "no such namespaces");
	ASSERT_OK(mkdir("/dir", 0755));
	ASSERT_OK(mkdir("/dir/mnt", 0755));
	ASSERT_OK(mount("new", "/dir/mnt", variant->fs->name, 0, NULL));
}

FIXTURE_TEARDOWN(new_instance_elsewhere)
{
}

TEST_F(new_instance_elsewhere, is_refused_in_a_copy_of_a_masked_one)
{
	static const char * const trees[] = { "/", "/dir", "/dir/mnt" };
	unsigned int i;
	int ns;

	ASSERT_OK(mount("mask", variant->part, "tmpfs", 0, NULL));
	become(_metadata, self->proc, UNPRIVILEGED);
	for (i = 0; i < ARRAY_SIZE(trees); i++) {
		EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, trees[i], 0));
		ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, trees[i],
					     AT_RECURSIVE));
		IN_MNTNS(ns) {
			expect_refusal(_metadata, variant->fs, self->proc);
		}
		close(ns);
	}

	/* An unmasked part is not all of it. */
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, variant->other_part,
				     AT_RECURSIVE));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(new_instance_elsewhere, is_allowed_to_root_without_a_visible_one)
{
	ASSERT_OK(umount2("/dir/mnt", 0));
	ASSERT_OK(new_fs_mntns(variant->fs->name, 0));
}

TEST_F(new_instance_elsewhere, is_refused_to_root_in_a_mntns_of_a_userns)
{
	int peer, ns, fs_fd;
	pid_t pid;

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		become(_metadata, self->proc, USERNS_ROOT);
		pass_turn(_metadata, peer);
		_exit(0);
	}
	await_turn(_metadata, peer);
	ns = ASSERT_OK(open_ns(self->proc, pid, "mnt"));
	fs_fd = ASSERT_OK(new_fs_context(variant->fs->name));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	/* There, the visible one counts. */
	EXPECT_OK(sys_fsmount(fs_fd, FSMOUNT_CLOEXEC, 0));
	EXPECT_OK(mount("new", "/away", variant->fs->name, 0, NULL));
	end_peer(_metadata, pid, peer);
}

/* For the owner, such a mount hides nothing. */
TEST_F(new_instance_elsewhere, is_refused_if_the_owner_can_unmount_the_mask)
{
	become(_metadata, self->proc, USERNS_ROOT);
	ASSERT_OK(mount("mask", variant->part, "tmpfs", 0, NULL));
	expect(_metadata, variant->fs, 0, false);
	ASSERT_OK(enter_userns(self->proc, 0));
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(new_instance_elsewhere, is_left_to_another_task_when_refused)
{
	int fs_fd;

	become(_metadata, self->proc, UNPRIVILEGED);
	fs_fd = get_context(_metadata, variant->fs, OWN);
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, NS_FLAGS, 0));
	IN_CHILD(CLONE_NEWNS) {
		ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0));
	}
}

TEST_HARNESS_MAIN
