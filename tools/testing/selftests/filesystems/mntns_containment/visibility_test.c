// SPDX-License-Identifier: GPL-2.0
/*
 * A caller of fsmount(FSMOUNT_NAMESPACE) whose user namespace owns its mount
 * namespace gets a proc or a sysfs only if it sees all of one already. A caller
 * without rights over its mount namespace never gets one, wherever the
 * filesystem context comes from.
 */
#include "containment.h"

/* How does the caller come by the context? */
enum origin {
	OWN,		/* made in a new namespace of its own user namespace */
	SHARED_FDS,	/* made by somebody who shares its file descriptors */
	SENT,		/* sent by somebody over a socket */
};

static const struct fs_kind {
	const char *name;
	const char *mnt;	/* where it is mounted */
	uint64_t flags;		/* what lets a user namespace have one */
	const char *dir;	/* not empty, and of interest */
	const char *file;	/* the same */
	const char *empty_dir;	/* never has anything in it */
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

	ASSERT_EQ(1, recvmsg(peer, &msg, 0)) TH_LOG("nobody sends: %m");
	ASSERT_TRUE(!!CMSG_FIRSTHDR(&msg));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* The context of a new file system that a user namespace may have */
static int get_context(struct __test_metadata *_metadata,
		       const struct fs_kind *fs, enum origin origin)
{
	uint64_t others = CLONE_NEWUSER | CLONE_NEWNS | fs->flags;
	int fs_fd, peer;
	pid_t pid;

	if (origin == OWN) {
		/* The mount namespace is for fsopen() only. */
		fs_fd = ASSERT_OK(fsopen_elsewhere(fs->name, CLONE_NEWNS |
						   fs->flags));
		ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL,
				       0));
		return fs_fd;
	}
	if (origin == SHARED_FDS) {
		fs_fd = ASSERT_OK(fsopen_elsewhere(fs->name, others));
		ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL,
				       0));
		return fs_fd;
	}
	pid = fork_peer(_metadata, others, &peer);
	if (!pid) {
		fs_fd = ASSERT_OK(new_context(fs->name));
		send_fd(_metadata, peer, fs_fd);
		_exit(0);
	}
	fs_fd = receive_fd(_metadata, peer);
	join_child(_metadata, pid);
	close(peer);
	return fs_fd;
}

static const enum origin origins[] = { OWN, SHARED_FDS, SENT };

static void get_contexts(struct __test_metadata *_metadata,
			 const struct fs_kind *fs,
			 int contexts[ARRAY_SIZE(origins)])
{
	int i;

	for (i = 0; i < ARRAY_SIZE(origins); i++)
		contexts[i] = get_context(_metadata, fs, origins[i]);
}

/* Mounts the contexts and closes them: all are refused, or none. */
static void mount_contexts(struct __test_metadata *_metadata,
			   const int contexts[ARRAY_SIZE(origins)],
			   unsigned int attrs, bool refused)
{
	int i, ns;

	for (i = 0; i < ARRAY_SIZE(origins); i++) {
		errno = 0;
		ns = sys_fsmount(contexts[i], FSMOUNT_NAMESPACE, attrs);
		if (refused) {
			EXPECT_EQ(-1, ns)
				TH_LOG("origin %d, attributes %x: not refused",
				       origins[i], attrs);
			EXPECT_EQ(EPERM, errno) TH_LOG("%m");
		} else {
			EXPECT_NE(-1, ns)
				TH_LOG("origin %d, attributes %x: %m",
				       origins[i], attrs);
		}
		close(ns);
		close(contexts[i]);
	}
}

static void expect(struct __test_metadata *_metadata, const struct fs_kind *fs,
		   unsigned int attrs, bool refused)
{
	int contexts[ARRAY_SIZE(origins)];

	get_contexts(_metadata, fs, contexts);
	mount_contexts(_metadata, contexts, attrs, refused);
}

/* There must be nothing to be had, and no trace of trying. */
static void expect_refusal(struct __test_metadata *_metadata,
			   const struct fs_kind *fs, int proc)
{
	struct traces before = find_traces(_metadata, proc);
	pid_t pid;
	int ns;

	expect(_metadata, fs, 0, true);
	expect(_metadata, fs, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
	       MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, true);

	/* Nor is there by going to a new namespace and mounting it there. */
	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		expect(_metadata, fs, 0, true);
		_exit(0);
	}
	join_child(_metadata, pid);
	close(ns);
	check_no_traces(_metadata, proc, before);
}

/* All of one is visible. */
static void expect_only_for_owner(struct __test_metadata *_metadata,
				  const struct fs_kind *fs, enum caller caller,
				  int proc)
{
	if (owns_mntns(caller))
		expect(_metadata, fs, 0, false);
	else
		expect_refusal(_metadata, fs, proc);
}

FIXTURE(visibility)
{
	int proc;
};

FIXTURE_VARIANT(visibility)
{
	const struct fs_kind *fs;
	enum caller caller;
};

FIXTURE_VARIANT_ADD(visibility, proc_for_userns_root)
{
	.fs = &proc_fs,
	.caller = USERNS_ROOT,
};

FIXTURE_VARIANT_ADD(visibility, proc_for_foreign)
{
	.fs = &proc_fs,
	.caller = FOREIGN,
};

FIXTURE_VARIANT_ADD(visibility, proc_for_nested_foreign)
{
	.fs = &proc_fs,
	.caller = NESTED_FOREIGN,
};

FIXTURE_VARIANT_ADD(visibility, sys_for_userns_root)
{
	.fs = &sys_fs,
	.caller = USERNS_ROOT,
};

FIXTURE_VARIANT_ADD(visibility, sys_for_foreign)
{
	.fs = &sys_fs,
	.caller = FOREIGN,
};

FIXTURE_VARIANT_ADD(visibility, sys_for_nested_foreign)
{
	.fs = &sys_fs,
	.caller = NESTED_FOREIGN,
};

FIXTURE_SETUP(visibility)
{
	if (!set_table(_metadata, &self->proc, INITIAL_USERNS))
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

FIXTURE_TEARDOWN(visibility)
{
}

TEST_F(visibility, of_all_of_it_is_enough)
{
	struct statfs st;
	int fs_fd, ns;
	pid_t pid;

	become(_metadata, self->proc, variant->caller);
	expect_only_for_owner(_metadata, variant->fs, variant->caller,
			      self->proc);
	if (!owns_mntns(variant->caller))
		return;

	fs_fd = get_context(_metadata, variant->fs, OWN);
	ns = ASSERT_OK(sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	check_is_new_mntns(_metadata, self->proc, ns);
	check_seen_alike(_metadata, ns);
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(statfs("/", &st));
		ASSERT_EQ(variant->fs->magic, st.f_type);
		ASSERT_OK(access(strchr(variant->fs->file + 1, '/'), F_OK));
		ASSERT_EQ(1, count_mounts());
		/* The root of the owner's table is locked, so this is, too. */
		ASSERT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_F(visibility, is_denied_by_a_mount_on_a_directory)
{
	ASSERT_OK(mount("mask", variant->fs->dir, "tmpfs", 0, NULL));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(visibility, is_denied_by_a_mount_on_a_file)
{
	ASSERT_OK(mount("/null", variant->fs->file, NULL, MS_BIND, NULL));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(visibility, is_denied_by_a_mount_on_all_of_it)
{
	ASSERT_OK(mount("mask", variant->fs->mnt, "tmpfs", 0, NULL));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(visibility, is_denied_by_a_part_of_it_on_top)
{
	ASSERT_OK(mount(variant->fs->dir, variant->fs->mnt, NULL, MS_BIND,
			NULL));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(visibility, is_denied_where_there_is_none)
{
	ASSERT_OK(umount2(variant->fs->mnt, 0));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(visibility, is_denied_where_there_is_only_a_part)
{
	ASSERT_OK(mount(variant->fs->dir, "/empty", NULL, MS_BIND, NULL));
	ASSERT_OK(umount2(variant->fs->mnt, 0));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

/* The masked one is what others were copied from. */
TEST_F(visibility, is_denied_by_masks_everywhere)
{
	ASSERT_OK(mount("mask", variant->fs->dir, "tmpfs", 0, NULL));
	ASSERT_OK(mount(variant->fs->mnt, "/empty", NULL, MS_BIND | MS_REC,
			NULL));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, variant->fs, self->proc);
}

/* What is on a directory that has never anything in it doesn't matter. */
TEST_F(visibility, is_not_denied_by_a_mount_on_an_empty_directory)
{
	if (access(variant->fs->empty_dir, F_OK))
		SKIP(return, "no %s", variant->fs->empty_dir);
	ASSERT_OK(mount("other", variant->fs->empty_dir, "tmpfs", 0, NULL));
	become(_metadata, self->proc, variant->caller);
	expect_only_for_owner(_metadata, variant->fs, variant->caller,
			      self->proc);
}

TEST_F(visibility, of_another_one_is_enough)
{
	ASSERT_OK(mount("mask", variant->fs->dir, "tmpfs", 0, NULL));
	ASSERT_OK(mount(variant->fs->mnt, "/empty", NULL, MS_BIND, NULL));
	become(_metadata, self->proc, variant->caller);
	expect_only_for_owner(_metadata, variant->fs, variant->caller,
			      self->proc);
}

/* Read-only it is if all that is visible is read-only, and it remains so. */
TEST_F(visibility, comes_with_the_attributes)
{
	struct mount_attr rw = { .attr_clr = MOUNT_ATTR_RDONLY };
	struct mount_attr noatime = {
		.attr_clr = MOUNT_ATTR__ATIME,
		.attr_set = MOUNT_ATTR_NOATIME,
	};
	int fs_fd, ns;
	pid_t pid;

	ASSERT_OK(mount(NULL, variant->fs->mnt, NULL,
			MS_REMOUNT | MS_BIND | MS_RDONLY | MS_RELATIME, NULL));
	become(_metadata, self->proc, variant->caller);
	expect(_metadata, variant->fs, 0, true);
	expect(_metadata, variant->fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
	       MOUNT_ATTR_NOEXEC, true);
	/* and the same atime */
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
	pid = fork_into(_metadata, ns);
	if (!pid) {
		EXPECT_ERRNO(EPERM, sys_mount_setattr(AT_FDCWD, "/", 0, &rw));
		EXPECT_ERRNO(EPERM, mount(NULL, "/", NULL,
					  MS_REMOUNT | MS_BIND | MS_RELATIME,
					  NULL));
		EXPECT_ERRNO(EPERM, sys_mount_setattr(AT_FDCWD, "/", 0,
						      &noatime));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* Other ways to one, for a caller without rights over its mount namespace */
FIXTURE(foreign_visibility)
{
	int proc;
};

FIXTURE_VARIANT(foreign_visibility)
{
	const struct fs_kind *fs;
	const char *part;	/* of /dir/mnt */
	const char *other_part;
};

FIXTURE_VARIANT_ADD(foreign_visibility, proc)
{
	.fs = &proc_fs,
	.part = "/dir/mnt/sys",
	.other_part = "/dir/mnt/self",
};

FIXTURE_VARIANT_ADD(foreign_visibility, sys)
{
	.fs = &sys_fs,
	.part = "/dir/mnt/kernel",
	.other_part = "/dir/mnt/fs",
};

FIXTURE_SETUP(foreign_visibility)
{
	if (!set_table(_metadata, &self->proc, INITIAL_USERNS))
		return;
	if (!can_unshare(variant->fs->flags))
		SKIP(return, "no such namespaces");
	ASSERT_OK(mkdir("/dir", 0755));
	ASSERT_OK(mkdir("/dir/mnt", 0755));
	ASSERT_OK(mount("new", "/dir/mnt", variant->fs->name, 0, NULL));
}

FIXTURE_TEARDOWN(foreign_visibility)
{
}

/* Two steps: a copy of the tree first, and then in there */
TEST_F(foreign_visibility, is_denied_in_copies_of_masked_ones)
{
	static const char * const trees[] = { "/", "/dir", "/dir/mnt" };
	unsigned int i;
	pid_t pid;
	int ns;

	ASSERT_OK(mount("mask", variant->part, "tmpfs", 0, NULL));
	become(_metadata, self->proc, FOREIGN);
	for (i = 0; i < ARRAY_SIZE(trees); i++) {
		EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, trees[i], 0));
		ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, trees[i],
					     AT_RECURSIVE));
		pid = fork_into(_metadata, ns);
		if (!pid) {
			expect_refusal(_metadata, variant->fs, self->proc);
			_exit(0);
		}
		join_child(_metadata, pid);
		close(ns);
	}

	/* A part that isn't masked isn't all of it. */
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, variant->other_part,
				     AT_RECURSIVE));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_F(foreign_visibility, does_not_matter_to_root)
{
	ASSERT_OK(umount2("/dir/mnt", 0));
	ASSERT_OK(new_fs_mntns(variant->fs->name, 0));
}

/* Root of the initial user namespace in a mount namespace of another one */
TEST_F(foreign_visibility, matters_to_root_in_a_mount_namespace_of_others)
{
	int peer, ns, fs_fd;
	pid_t pid;

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		become(_metadata, self->proc, USERNS_ROOT);
		give_turn(_metadata, peer);
		await_turn(_metadata, peer);
		_exit(0);
	}
	await_turn(_metadata, peer);
	ns = ASSERT_OK(open_ns(self->proc, pid, "mnt"));
	fs_fd = ASSERT_OK(new_context(variant->fs->name));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
}

/* To the owner, a mount that it can unmount hides nothing. */
TEST_F(foreign_visibility, is_denied_by_what_the_owner_could_take_off)
{
	become(_metadata, self->proc, USERNS_ROOT);
	ASSERT_OK(mount("mask", variant->part, "tmpfs", 0, NULL));
	expect(_metadata, variant->fs, 0, false);
	ASSERT_OK(enter_userns(self->proc, 0));
	expect_refusal(_metadata, variant->fs, self->proc);
}

TEST_HARNESS_MAIN
