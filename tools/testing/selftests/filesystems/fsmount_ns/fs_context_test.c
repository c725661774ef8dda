// SPDX-License-Identifier: GPL-2.0
/*
 * fsmount(FSMOUNT_NAMESPACE): what it does and what it refuses. What it has in
 * common with open_tree() is in new_mntns_test.c; that it reveals nothing is in
 * ../mntns_containment.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

static void set_up(struct __test_metadata *_metadata, int *proc,
		   struct location *before, enum caller caller)
{
	if (!set_scene(_metadata, proc, COPY, NEEDS_OPEN_TREE | NEEDS_FSMOUNT))
		return;
	become(_metadata, *proc, caller);
	*before = current_location(_metadata, *proc);
}

/*
 * The filesystem context of a FUSE filesystem whose server, at the other end of
 * *@fuse_dev, never answers; its root has the mode @root_mode.
 */
static int new_fuse_context(struct __test_metadata *_metadata,
			    const char *root_mode, int *fuse_dev)
{
	char fd[16];
	int fs_fd;

	*fuse_dev = ASSERT_OK(open("/dev/fuse", O_RDWR | O_CLOEXEC));
	snprintf(fd, sizeof(fd), "%d", *fuse_dev);
	fs_fd = ASSERT_OK(open_fs_context("fuse"));
	ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "fd", fd, 0));
	ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "rootmode",
			       root_mode, 0));
	ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "user_id", "0", 0));
	ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "group_id", "0",
			       0));
	ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	return fs_fd;
}

/* Does the FUSE filesystem that @fuse_dev serves exist? */
static bool fuse_is_alive(int fuse_dev)
{
	struct pollfd fd = { .fd = fuse_dev };

	return !poll(&fd, 1, 0) || !(fd.revents & POLLERR);
}

static bool have_fuse(void)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd == -1)
		return false;
	close(fd);
	fd = open_fs_context("fuse");
	close(fd);
	return fd != -1;
}

FIXTURE(fsmount_ns)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(fsmount_ns)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(fsmount_ns, root) { ROOT };
FIXTURE_VARIANT_ADD(fsmount_ns, userns_root) { USERNS_ROOT };
FIXTURE_VARIANT_ADD(fsmount_ns, unprivileged) { UNPRIVILEGED };
FIXTURE_VARIANT_ADD(fsmount_ns, nested_unprivileged) { NESTED_UNPRIVILEGED };

FIXTURE_SETUP(fsmount_ns)
{
	set_up(_metadata, &self->proc, &self->before, variant->caller);
}

FIXTURE_TEARDOWN(fsmount_ns)
{
	check_still_at(_metadata, self->proc, self->before);
}

TEST_F(fsmount_ns, has_its_number)
{
	int fs_fd = ASSERT_OK(new_fs_context("tmpfs"));

	static_assert(FSMOUNT_NAMESPACE == 2, "ABI");
	static_assert(FSMOUNT_CLOEXEC == 1, "ABI");

	check_is_new_mntns(_metadata, self->proc,
			   ASSERT_OK(sys_fsmount(fs_fd, 2, 0)));
}

TEST_F(fsmount_ns, is_seen_alike_from_outside_and_inside)
{
	struct statmount *sm;
	int ns;

	ns = ASSERT_OK(new_fs_mntns("tmpfs", MOUNT_ATTR_NOSUID));
	check_seen_alike(_metadata, ns);
	EXPECT_EQ(1, count_mounts_in(ns));
	sm = describe_top(_metadata, ns);
	EXPECT_STREQ("/", sm->str + sm->mnt_root);
	EXPECT_STREQ("/", sm->str + sm->mnt_point);
	EXPECT_STREQ("tmpfs", sm->str + sm->fs_type);
	EXPECT_EQ(TMPFS_MAGIC, sm->sb_magic);
	EXPECT_EQ(mntns_id(ns), sm->mnt_ns_id);
	EXPECT_NE(sm->mnt_id, sm->mnt_parent_id);
	EXPECT_EQ(MS_PRIVATE, sm->mnt_propagation);
	free(sm);
}

/* Each alone, and together with all others in all ways */
TEST_F_TIMEOUT(fsmount_ns, applies_the_attributes, 120)
{
	static const unsigned int atimes[] = {
		MOUNT_ATTR_RELATIME, MOUNT_ATTR_NOATIME, MOUNT_ATTR_STRICTATIME,
	};
	static const unsigned int bits[] = {
		MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV,
		MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NODIRATIME,
		MOUNT_ATTR_NOSYMFOLLOW,
	};
	struct traces before = find_traces(_metadata, self->proc);
	unsigned int i, j, set, attrs;
	struct statmount *sm;
	int ns;

	for (i = 0; i < ARRAY_SIZE(atimes); i++) {
		for (set = 0; set < 1 << ARRAY_SIZE(bits); set++) {
			attrs = atimes[i];
			for (j = 0; j < ARRAY_SIZE(bits); j++) {
				if (set & 1 << j)
					attrs |= bits[j];
			}
			ns = ASSERT_OK(new_fs_mntns("tmpfs", attrs));
			sm = describe_top(_metadata, ns);
			ASSERT_EQ(attrs, sm->mnt_attr);
			free(sm);
			close(ns);
		}
	}
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(fsmount_ns, enforces_the_attributes)
{
	int ns, fd;

	ns = ASSERT_OK(new_fs_mntns("tmpfs", MOUNT_ATTR_RDONLY));
	IN_MNTNS(ns) {
		ASSERT_ERRNO(EROFS, mkdir("/new", 0755));
	}

	ns = ASSERT_OK(new_fs_mntns("tmpfs", MOUNT_ATTR_NOEXEC |
				    MOUNT_ATTR_NOSYMFOLLOW));
	IN_MNTNS(ns) {
		fd = ASSERT_OK(open("/script", O_CREAT | O_WRONLY, 0755));
		close(fd);
		ASSERT_ERRNO(EACCES, execl("/script", "script", NULL));
		ASSERT_OK(symlink("script", "/link"));
		ASSERT_ERRNO(ELOOP, open("/link", O_RDONLY));
	}
}

TEST_F(fsmount_ns, locks_mount_and_attributes_for_an_unprivileged_caller)
{
	static const struct mount_attr relaxed[] = {
		{ .attr_clr = MOUNT_ATTR_RDONLY },
		{ .attr_clr = MOUNT_ATTR_NOSUID },
		{ .attr_clr = MOUNT_ATTR_NODEV },
		{ .attr_clr = MOUNT_ATTR_NOEXEC },
		{ .attr_clr = MOUNT_ATTR__ATIME,
		  .attr_set = MOUNT_ATTR_STRICTATIME },
	};
	int err = owns_mntns(variant->caller) ? 0 : EPERM;
	struct mount_attr attr;
	unsigned int i;
	int ns;

	ns = ASSERT_OK(new_fs_mntns("tmpfs", MOUNT_ATTR_RDONLY |
				    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				    MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOATIME));
	IN_MNTNS(ns) {
		for (i = 0; i < ARRAY_SIZE(relaxed); i++) {
			attr = relaxed[i];
			errno = 0;
			sys_mount_setattr(AT_FDCWD, "/", 0, &attr);
			EXPECT_EQ(err, errno) TH_LOG("attribute %u: %m", i);
		}
		errno = 0;
		mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL);
		EXPECT_EQ(err, errno) TH_LOG("MS_REMOUNT: %m");
		if (err)
			EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	}
}

TEST_F(fsmount_ns, refuses_other_attributes)
{
	const unsigned int known = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
				   MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
				   MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME |
				   MOUNT_ATTR_NOSYMFOLLOW;
	struct traces before = find_traces(_metadata, self->proc);
	int fs_fd = ASSERT_OK(new_fs_context("tmpfs"));
	unsigned int i;

	/* including MOUNT_ATTR_IDMAP, for lack of a user namespace */
	for (i = 0; i < 32; i++) {
		if (!(1U << i & known))
			EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS,
							 1U << i));
	}
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, MOUNT_ATTR_NOATIME |
					 MOUNT_ATTR_STRICTATIME));
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, MOUNT_ATTR__ATIME));
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, 0x40));

	/* The filesystem context is as it was. */
	close(ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0)));
	close(fs_fd);
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(fsmount_ns, refuses_other_flags)
{
	struct traces before = find_traces(_metadata, self->proc);
	int fs_fd = ASSERT_OK(new_fs_context("tmpfs"));
	unsigned int i;

	for (i = 0; i < 32; i++) {
		if (!(1U << i & NS_FLAGS)) {
			EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd,
							 FSMOUNT_NAMESPACE |
							 1U << i, 0));
			EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd,
							 NS_FLAGS | 1U << i,
							 0));
		}
	}
	close(ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0)));
	close(fs_fd);
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(fsmount_ns, checks_flags_then_capability_then_arguments)
{
	struct traces before = find_traces(_metadata, self->proc);
	int fs_fd = ASSERT_OK(new_fs_context("tmpfs"));

	ASSERT_OK(set_cap(CAP_SYS_ADMIN, false));
	/* An unprivileged caller can probe for flags. */
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS | 1U << 31, 0));
	EXPECT_ERRNO(EINVAL, sys_fsmount(-1, FSMOUNT_CLOEXEC | 1U << 31, 0));
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, NS_FLAGS, 1U << 31));
	EXPECT_ERRNO(EPERM, sys_fsmount(-1, NS_FLAGS, 0));
	EXPECT_ERRNO(EPERM, sys_fsmount(-1, FSMOUNT_CLOEXEC, 0));
	ASSERT_OK(set_cap(CAP_SYS_ADMIN, true));
	/* Without the flag, it is the mount namespace that counts. */
	EXPECT_ERRNO(owns_mntns(variant->caller) ? EBADF : EPERM,
		     sys_fsmount(-1, FSMOUNT_CLOEXEC, 0));
	close(fs_fd);
	check_no_traces(_metadata, self->proc, before);
}

/* A filesystem context can be mounted once, when it has been created. */
TEST_F(fsmount_ns, refuses_a_context_in_another_state)
{
	struct traces before = find_traces(_metadata, self->proc);
	int fs_fd, ns, other;

	EXPECT_ERRNO(EBADF, sys_fsmount(-1, NS_FLAGS, 0));

	/* not a filesystem context */
	other = ASSERT_OK(open("/", O_RDONLY | O_CLOEXEC));
	EXPECT_ERRNO(EINVAL, sys_fsmount(other, NS_FLAGS, 0));
	close(other);
	other = ASSERT_OK(open("/", O_PATH | O_CLOEXEC));
	EXPECT_ERRNO(EBADF, sys_fsmount(other, NS_FLAGS, 0));
	close(other);

	/* not created yet */
	fs_fd = ASSERT_OK(open_fs_context("tmpfs"));
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, 0));
	/* could not be created */
	ASSERT_ERRNO(EINVAL, sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "size",
					  "many", 0));
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);

	/* mounted already */
	fs_fd = ASSERT_OK(new_fs_context("tmpfs"));
	ns = ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(ns);
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);

	check_no_traces(_metadata, self->proc, before);
}

/* as fsmount() does without the flag */
TEST_F(fsmount_ns, leaves_a_context_to_reconfigure_with)
{
	struct statmount *sm;
	int fs_fd, ns;

	fs_fd = ASSERT_OK(new_fs_context("tmpfs"));
	ns = ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0));
	sm = describe_top(_metadata, ns);
	EXPECT_FALSE(sm->sb_flags & MS_RDONLY);
	free(sm);

	ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_SET_FLAG, "ro", NULL, 0));
	ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0));
	sm = describe_top(_metadata, ns);
	EXPECT_TRUE(sm->sb_flags & MS_RDONLY);
	EXPECT_FALSE(sm->mnt_attr & MOUNT_ATTR_RDONLY);
	free(sm);
}

/* The namespace root does not count. */
TEST_F(fsmount_ns, fits_the_tightest_limit_of_mounts)
{
	struct traces before = find_traces(_metadata, self->proc);

	close(ASSERT_OK(WITH_FS_LIMIT(self->proc, "mount-max", "1",
				      new_fs_mntns("tmpfs", 0))));
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(fsmount_ns, takes_nothing_but_directories)
{
	struct traces before;
	int fs_fd, fuse_dev;

	if (!have_fuse())
		SKIP(return, "no FUSE");

	before = find_traces(_metadata, self->proc);
	fs_fd = new_fuse_context(_metadata, "0100644", &fuse_dev);
	EXPECT_ERRNO(ENOTDIR, sys_fsmount(fs_fd, NS_FLAGS, 0));
	EXPECT_TRUE(fuse_is_alive(fuse_dev));
	close(fs_fd);
	EXPECT_FALSE(fuse_is_alive(fuse_dev));
	close(fuse_dev);
	check_no_traces(_metadata, self->proc, before);
}

TEST_F(fsmount_ns, lets_go_of_the_filesystem)
{
	int fs_fd, fuse_dev, ns, dup_fd;
	struct traces before;

	if (!have_fuse())
		SKIP(return, "no FUSE");

	before = find_traces(_metadata, self->proc);
	fs_fd = new_fuse_context(_metadata, "040755", &fuse_dev);
	ns = ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);
	dup_fd = ASSERT_OK(dup(ns));
	close(ns);
	EXPECT_TRUE(fuse_is_alive(fuse_dev));
	close(dup_fd);
	EXPECT_FALSE(fuse_is_alive(fuse_dev));
	close(fuse_dev);

	/* The same when it was not mounted */
	fs_fd = new_fuse_context(_metadata, "040755", &fuse_dev);
	EXPECT_ERRNO(EMFILE, WITHOUT_FDS(sys_fsmount(fs_fd, NS_FLAGS, 0)));
	EXPECT_TRUE(fuse_is_alive(fuse_dev));
	close(fs_fd);
	EXPECT_FALSE(fuse_is_alive(fuse_dev));
	close(fuse_dev);
	check_no_traces(_metadata, self->proc, before);
}

static void ignore_signal(int sig)
{
}

/*
 * Another task keeps the filesystem context busy: it configures an overlay with
 * a layer on a FUSE filesystem that does not answer.
 */
TEST_F(fsmount_ns, can_be_interrupted_while_the_context_is_busy)
{
	const struct itimerval often = {
		.it_interval.tv_usec = 10000,
		.it_value.tv_usec = 10000,
	};
	const struct itimerval never = {};
	struct sigaction action = { .sa_handler = ignore_signal };
	int fuse_fs, fuse_dev, fuse_ns, fs_fd, ret, err;
	pid_t pid;

	if (!have_fuse())
		SKIP(return, "no FUSE");
	fs_fd = open_fs_context("overlay");
	if (fs_fd == -1)
		SKIP(return, "no overlayfs");

	fuse_fs = new_fuse_context(_metadata, "040755", &fuse_dev);
	fuse_ns = ASSERT_OK(sys_fsmount(fuse_fs, NS_FLAGS, 0));
	pid = ASSERT_OK(fork());
	if (!pid) {
		ASSERT_OK(setns(fuse_ns, CLONE_NEWNS));
		sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "lowerdir", "/layer",
			     0);
		_exit(0);
	}

	/* Without SA_RESTART */
	ASSERT_OK(sigaction(SIGALRM, &action, NULL));
	ASSERT_OK(setitimer(ITIMER_REAL, &often, NULL));
	/* EINVAL until the other task has locked it: it is not created yet. */
	do {
		ret = sys_fsmount(fs_fd, NS_FLAGS, 0);
		err = errno;
	} while (ret == -1 && err == EINVAL);
	ASSERT_OK(setitimer(ITIMER_REAL, &never, NULL));
	EXPECT_EQ(-1, ret);
	EXPECT_EQ(EINTR, err) TH_LOG("%s", strerror(err));

	ASSERT_OK(kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, 0));
}

FIXTURE(fsmount_ns_owner)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(fsmount_ns_owner)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(fsmount_ns_owner, root) { ROOT };
FIXTURE_VARIANT_ADD(fsmount_ns_owner, userns_root) { USERNS_ROOT };

FIXTURE_SETUP(fsmount_ns_owner)
{
	set_up(_metadata, &self->proc, &self->before, variant->caller);
}

FIXTURE_TEARDOWN(fsmount_ns_owner)
{
	check_still_at(_metadata, self->proc, self->before);
}

/* Can the mount at the root of @ns_fd be unmounted? */
static bool can_unmount_top(struct __test_metadata *_metadata, int ns_fd)
{
	pid_t pid = ASSERT_OK(fork());

	if (!pid)
		_exit(setns(ns_fd, CLONE_NEWNS) || umount2("/", MNT_DETACH));
	return succeeded(pid);
}

TEST_F(fsmount_ns_owner, gets_what_fsmount_and_open_tree_make_in_two_steps)
{
	unsigned int attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOATIME;
	struct statmount *one, *two;
	int mnt, fs_fd, direct, two_steps;

	fs_fd = ASSERT_OK(new_fs_context("tmpfs"));
	mnt = ASSERT_OK(sys_fsmount(fs_fd, 0, attrs));
	two_steps = ASSERT_OK(copy_to_mntns(mnt, "", AT_EMPTY_PATH));
	direct = ASSERT_OK(new_fs_mntns("tmpfs", attrs));

	EXPECT_EQ(count_mounts_in(two_steps), count_mounts_in(direct));
	one = describe_top(_metadata, two_steps);
	two = describe_top(_metadata, direct);
	EXPECT_EQ(one->mnt_attr, two->mnt_attr);
	EXPECT_EQ(one->mnt_propagation, two->mnt_propagation);
	EXPECT_EQ(one->sb_flags, two->sb_flags);
	EXPECT_STREQ(one->str + one->mnt_point, two->str + two->mnt_point);
	EXPECT_STREQ(one->str + one->mnt_root, two->str + two->mnt_root);
	EXPECT_STREQ(one->str + one->fs_type, two->str + two->fs_type);
	free(one);
	free(two);
	EXPECT_EQ(can_unmount_top(_metadata, two_steps),
		  can_unmount_top(_metadata, direct));
}

TEST_F(fsmount_ns_owner, refuses_the_context_of_a_mount)
{
	struct traces before = find_traces(_metadata, self->proc);
	int fs_fd;

	fs_fd = ASSERT_OK(sys_fspick(AT_FDCWD, "/tmp", FSPICK_CLOEXEC));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);
	fs_fd = ASSERT_OK(new_fs_context("tmpfs"));
	close(ASSERT_OK(sys_fsmount(fs_fd, FSMOUNT_CLOEXEC, 0)));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);
	check_no_traces(_metadata, self->proc, before);
}

/* A caller without CAP_SYS_ADMIN outside keeps to the limit of open files. */
FIXTURE(fsmount_ns_userns)
{
	int proc;
	struct location before;
};

FIXTURE_VARIANT(fsmount_ns_userns)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(fsmount_ns_userns, userns_root) { USERNS_ROOT };
FIXTURE_VARIANT_ADD(fsmount_ns_userns, unprivileged) { UNPRIVILEGED };
FIXTURE_VARIANT_ADD(fsmount_ns_userns, nested_unprivileged) {
	NESTED_UNPRIVILEGED
};

FIXTURE_SETUP(fsmount_ns_userns)
{
	set_up(_metadata, &self->proc, &self->before, variant->caller);
}

FIXTURE_TEARDOWN(fsmount_ns_userns)
{
	check_still_at(_metadata, self->proc, self->before);
}

/* with and without the flag */
TEST_F(fsmount_ns_userns, lets_go_of_a_filesystem_that_it_cannot_open)
{
	static const unsigned int flags[] = { NS_FLAGS, FSMOUNT_CLOEXEC };
	int fs_fd, fuse_dev, i;

	if (!have_fuse())
		SKIP(return, "no FUSE");

	for (i = 0; i < 1 + owns_mntns(variant->caller); i++) {
		fs_fd = new_fuse_context(_metadata, "040755", &fuse_dev);
		EXPECT_ERRNO(ENFILE,
			     WITH_FS_LIMIT(self->proc, "file-max", "0",
					   sys_fsmount(fs_fd, flags[i], 0)));
		EXPECT_TRUE(fuse_is_alive(fuse_dev));
		close(fs_fd);
		EXPECT_FALSE(fuse_is_alive(fuse_dev));
		close(fuse_dev);
	}
}

FIXTURE(fsmount_ns_root)
{
	int proc;
	struct location before;
};

FIXTURE_SETUP(fsmount_ns_root)
{
	set_up(_metadata, &self->proc, &self->before, ROOT);
}

FIXTURE_TEARDOWN(fsmount_ns_root)
{
	check_still_at(_metadata, self->proc, self->before);
}

TEST_F(fsmount_ns_root, takes_other_types_of_filesystems)
{
	static const struct {
		const char *name;
		const char *file;
	} types[] = {
		{ "proc", "/self/mountinfo" },
		{ "sysfs", "/kernel" },
		{ "ramfs", "/." },
	};
	struct statmount *sm;
	unsigned int i;
	int ns;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		ns = new_fs_mntns(types[i].name, 0);
		if (ns == -1 && errno == ENODEV)
			continue;
		ASSERT_LE(0, ns) TH_LOG("%s: %m", types[i].name);
		check_seen_alike(_metadata, ns);
		sm = describe_top(_metadata, ns);
		EXPECT_STREQ(types[i].name, sm->str + sm->fs_type);
		free(sm);
		IN_MNTNS(ns) {
			ASSERT_EQ(0, access(types[i].file, F_OK))
				TH_LOG("%s: %m", types[i].file);
		}
	}
}

TEST_F(fsmount_ns_root, refuses_internal_filesystems)
{
	static const char * const names[] = { "pipefs", "sockfs" };
	struct traces before = find_traces(_metadata, self->proc);
	unsigned int i;
	int fs_fd;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		fs_fd = ASSERT_OK(new_fs_context(names[i]));
		EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, 0));
		/* the same without the flag */
		EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, FSMOUNT_CLOEXEC, 0));
		close(fs_fd);
	}
	check_no_traces(_metadata, self->proc, before);
}

TEST_HARNESS_MAIN
