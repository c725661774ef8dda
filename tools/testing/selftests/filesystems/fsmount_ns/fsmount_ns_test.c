// SPDX-License-Identifier: GPL-2.0
/*
 * fsmount(FSMOUNT_NAMESPACE): what it does and what it refuses. What must not
 * come to light by it is tested in ../mntns_containment.
 */
#include "../../kselftest_harness.h"
#include "../mntns_fd.h"

#define NS_FLAGS	(FSMOUNT_NAMESPACE | FSMOUNT_CLOEXEC)

struct scene {
	int proc;
	int mount_max;
	char old_mount_max[16];
	struct place before;
};

/*
 * A private copy of the mount namespace, with an empty tmpfs as the working
 * directory. Returns false if the test can't be done here and is skipped.
 */
static bool set_scene(struct __test_metadata *_metadata, struct scene *scene,
		      enum caller caller)
{
	if (geteuid())
		SKIP(return false, "needs root");
	if (!have_fsmount_namespace())
		SKIP(return false, "no FSMOUNT_NAMESPACE");

	scene->proc = ASSERT_OK(open_proc());
	scene->mount_max = ASSERT_OK(open_mount_max(scene->proc,
						    scene->old_mount_max));
	ASSERT_OK(private_scratch());
	become(_metadata, scene->proc, caller);
	scene->before = current_place(_metadata, scene->proc);
	return true;
}

/* Whatever happened: the caller is where it was. */
static void leave_scene(struct __test_metadata *_metadata, struct scene *scene)
{
	set_mount_max(scene->mount_max, atoi(scene->old_mount_max));
	check_still_at(_metadata, scene->proc, scene->before);
}

/*
 * The context of a FUSE filesystem whose server, at the other end of
 * *@fuse_dev, never answers; its root has the mode @root_mode.
 */
static int new_fuse_context(struct __test_metadata *_metadata,
			    const char *root_mode, int *fuse_dev)
{
	char fd[16];
	int fs_fd;

	*fuse_dev = ASSERT_OK(open("/dev/fuse", O_RDWR | O_CLOEXEC));
	snprintf(fd, sizeof(fd), "%d", *fuse_dev);
	fs_fd = ASSERT_OK(open_context("fuse"));
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
	fd = open_context("fuse");
	if (fd == -1)
		return false;
	close(fd);
	return true;
}

/* Whoever asks */
FIXTURE(fsmount_ns)
{
	struct scene scene;
};

FIXTURE_VARIANT(fsmount_ns)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(fsmount_ns, root)
{
	.caller = ROOT,
};

FIXTURE_VARIANT_ADD(fsmount_ns, userns_root)
{
	.caller = USERNS_ROOT,
};

FIXTURE_VARIANT_ADD(fsmount_ns, foreign)
{
	.caller = FOREIGN,
};

FIXTURE_VARIANT_ADD(fsmount_ns, nested_foreign)
{
	.caller = NESTED_FOREIGN,
};

FIXTURE_SETUP(fsmount_ns)
{
	set_scene(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(fsmount_ns)
{
	leave_scene(_metadata, &self->scene);
}

TEST_F(fsmount_ns, has_its_number)
{
	int fs_fd = ASSERT_OK(new_context("tmpfs"));

	static_assert(FSMOUNT_NAMESPACE == 2, "ABI");
	static_assert(FSMOUNT_CLOEXEC == 1, "ABI");

	check_is_new_mntns(_metadata, self->scene.proc,
			   ASSERT_OK(sys_fsmount(fs_fd, 2, 0)));
}

TEST_F(fsmount_ns, returns_a_mount_namespace)
{
	int one, two;

	one = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	check_is_new_mntns(_metadata, self->scene.proc, one);
	two = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	check_is_new_mntns(_metadata, self->scene.proc, two);
	EXPECT_NE(mntns_id(one), mntns_id(two));
	EXPECT_NE(inode_of(_metadata, one), inode_of(_metadata, two));
}

TEST_F(fsmount_ns, has_the_new_filesystem_as_root)
{
	struct place place;
	struct statfs st;
	char cwd[64];
	pid_t pid;
	int ns;

	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		place = current_place(_metadata, self->scene.proc);
		ASSERT_EQ(mntns_id(ns), place.ns);
		ASSERT_EQ(place.root_mnt, place.cwd_mnt);
		ASSERT_EQ(place.root_ino, place.cwd_ino);
		ASSERT_EQ(2, ASSERT_OK(syscall(__NR_getcwd, cwd,
					       sizeof(cwd))));
		ASSERT_STREQ("/", cwd);
		ASSERT_OK(statfs("/", &st));
		ASSERT_EQ(TMPFS_MAGIC, st.f_type);
		ASSERT_EQ(1, count_mounts());
		ASSERT_ERRNO(ENOENT, access("/tmp", F_OK));
		ASSERT_ERRNO(ENOENT, access("../tmp", F_OK));

		/* A place to live in: files and mounts can be added. */
		ASSERT_OK(mkdir("/new", 0755));
		ASSERT_OK(mount("new", "/new", "tmpfs", 0, NULL));
		ASSERT_EQ(2, count_mounts());
		_exit(0);
	}
	join_child(_metadata, pid);

	/* What was put there stays there. */
	EXPECT_EQ(2, count_mounts_in(ns));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_OK(umount2("/new", 0));
		ASSERT_OK(rmdir("/new"));
		_exit(0);
	}
	join_child(_metadata, pid);
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

TEST_F(fsmount_ns, is_closed_on_exec_if_asked_for)
{
	int fs_fd, ns;

	fs_fd = ASSERT_OK(new_context("tmpfs"));
	ns = ASSERT_OK(sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	EXPECT_EQ(0, ASSERT_OK(fcntl(ns, F_GETFD)));
	fs_fd = ASSERT_OK(new_context("tmpfs"));
	ns = ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0));
	EXPECT_EQ(FD_CLOEXEC, ASSERT_OK(fcntl(ns, F_GETFD)));
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
	struct traces before = find_traces(_metadata, self->scene.proc);
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
	check_no_traces(_metadata, self->scene.proc, before);
}

/* Not only are they reported, they also have their effect. */
TEST_F(fsmount_ns, enforces_the_attributes)
{
	pid_t pid;
	int ns, fd;

	ns = ASSERT_OK(new_fs_mntns("tmpfs", MOUNT_ATTR_RDONLY));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		ASSERT_ERRNO(EROFS, mkdir("/new", 0755));
		_exit(0);
	}
	join_child(_metadata, pid);

	ns = ASSERT_OK(new_fs_mntns("tmpfs", MOUNT_ATTR_NOEXEC |
				    MOUNT_ATTR_NOSYMFOLLOW));
	pid = fork_into(_metadata, ns);
	if (!pid) {
		fd = ASSERT_OK(open("/script", O_CREAT | O_WRONLY, 0755));
		close(fd);
		ASSERT_ERRNO(EACCES, execl("/script", "script", NULL));
		ASSERT_OK(symlink("script", "/link"));
		ASSERT_ERRNO(ELOOP, open("/link", O_RDONLY));
		_exit(0);
	}
	join_child(_metadata, pid);
}

/* Neither can be undone by a caller that owns nothing but the namespace. */
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
	pid_t pid;
	int ns;

	ns = ASSERT_OK(new_fs_mntns("tmpfs", MOUNT_ATTR_RDONLY |
				    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				    MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOATIME));
	pid = fork_into(_metadata, ns);
	if (!pid) {
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
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_F(fsmount_ns, refuses_other_attributes)
{
	const unsigned int known = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
				   MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
				   MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME |
				   MOUNT_ATTR_NOSYMFOLLOW;
	struct traces before = find_traces(_metadata, self->scene.proc);
	int fs_fd = ASSERT_OK(new_context("tmpfs"));
	unsigned int i;

	/* idmapped mounts among them: nothing says how to map */
	for (i = 0; i < 32; i++) {
		if (!(1U << i & known))
			EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS,
							 1U << i));
	}
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, MOUNT_ATTR_NOATIME |
					 MOUNT_ATTR_STRICTATIME));
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, MOUNT_ATTR__ATIME));
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, 0x40));

	/* It has remained as it was. */
	close(ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0)));
	close(fs_fd);
	check_no_traces(_metadata, self->scene.proc, before);
}

TEST_F(fsmount_ns, refuses_other_flags)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	int fs_fd = ASSERT_OK(new_context("tmpfs"));
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
	check_no_traces(_metadata, self->scene.proc, before);
}

/* CAP_SYS_ADMIN, and no other capability, over the own user namespace */
TEST_F(fsmount_ns, needs_privilege)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	int fs_fd = ASSERT_OK(new_context("tmpfs"));
	int cap;

	ASSERT_OK(set_cap(CAP_SYS_ADMIN, false));
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, NS_FLAGS, 0));
	/* Only unknown flags come first, so that anybody can probe for them. */
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS | 1U << 31, 0));
	EXPECT_ERRNO(EINVAL, sys_fsmount(-1, FSMOUNT_CLOEXEC | 1U << 31, 0));
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, NS_FLAGS, 1U << 31));
	EXPECT_ERRNO(EPERM, sys_fsmount(-1, NS_FLAGS, 0));
	ASSERT_OK(set_cap(CAP_SYS_ADMIN, true));

	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (cap != CAP_SYS_ADMIN)
			ASSERT_OK(set_cap(cap, false));
	}
	close(ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0)));
	close(fs_fd);
	check_no_traces(_metadata, self->scene.proc, before);
}

/* Only a context that has just been created can be mounted, and only once. */
TEST_F(fsmount_ns, refuses_a_context_in_another_state)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	int fs_fd, ns, other;

	EXPECT_ERRNO(EBADF, sys_fsmount(-1, NS_FLAGS, 0));

	/* no context */
	other = ASSERT_OK(open("/", O_RDONLY | O_CLOEXEC));
	EXPECT_ERRNO(EINVAL, sys_fsmount(other, NS_FLAGS, 0));
	close(other);
	other = ASSERT_OK(open("/", O_PATH | O_CLOEXEC));
	EXPECT_ERRNO(EBADF, sys_fsmount(other, NS_FLAGS, 0));
	close(other);

	/* not created yet */
	fs_fd = ASSERT_OK(open_context("tmpfs"));
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, 0));
	/* could not be created */
	ASSERT_ERRNO(EINVAL, sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "size",
					  "many", 0));
	EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);

	/* mounted already */
	fs_fd = ASSERT_OK(new_context("tmpfs"));
	ns = ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(ns);
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);

	check_no_traces(_metadata, self->scene.proc, before);
}

/* What is mounted can be reconfigured, as after fsmount() without the flag. */
TEST_F(fsmount_ns, leaves_a_context_to_reconfigure_with)
{
	struct statmount *sm;
	int fs_fd, ns;

	fs_fd = ASSERT_OK(new_context("tmpfs"));
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

/* The namespace root doesn't count, so it's always enough. */
TEST_F(fsmount_ns, fits_the_tightest_limit_of_mounts)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	int ns;

	ASSERT_OK(set_mount_max(self->scene.mount_max, 1));
	ns = new_fs_mntns("tmpfs", 0);
	ASSERT_OK(set_mount_max(self->scene.mount_max,
				atoi(self->scene.old_mount_max)));

	EXPECT_LE(0, ns);
	close(ns);
	check_no_traces(_metadata, self->scene.proc, before);
}

/* As with fsmount() without the flag, the context is used up by then. */
TEST_F(fsmount_ns, needs_a_free_file_descriptor)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	struct rlimit old;
	int fs_fd;

	fs_fd = ASSERT_OK(new_context("tmpfs"));
	ASSERT_OK(fill_fd_table(&old));
	EXPECT_ERRNO(EMFILE, sys_fsmount(fs_fd, NS_FLAGS, 0));
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &old));

	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);
	check_no_traces(_metadata, self->scene.proc, before);
}

TEST_F(fsmount_ns, takes_nothing_but_directories)
{
	struct traces before;
	int fs_fd, fuse_dev;

	if (!have_fuse())
		SKIP(return, "no FUSE");

	before = find_traces(_metadata, self->scene.proc);
	fs_fd = new_fuse_context(_metadata, "0100644", &fuse_dev);
	EXPECT_ERRNO(ENOTDIR, sys_fsmount(fs_fd, NS_FLAGS, 0));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	EXPECT_TRUE(fuse_is_alive(fuse_dev));
	close(fs_fd);
	EXPECT_FALSE(fuse_is_alive(fuse_dev));
	close(fuse_dev);
	check_no_traces(_metadata, self->scene.proc, before);
}

/* A filesystem goes when the namespace goes. */
TEST_F(fsmount_ns, lets_go_of_the_filesystem)
{
	int fs_fd, fuse_dev, ns, dup_fd;
	struct traces before;
	struct rlimit old;

	if (!have_fuse())
		SKIP(return, "no FUSE");

	before = find_traces(_metadata, self->scene.proc);
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
	ASSERT_OK(fill_fd_table(&old));
	EXPECT_ERRNO(EMFILE, sys_fsmount(fs_fd, NS_FLAGS, 0));
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &old));
	EXPECT_TRUE(fuse_is_alive(fuse_dev));
	close(fs_fd);
	EXPECT_FALSE(fuse_is_alive(fuse_dev));
	close(fuse_dev);
	check_no_traces(_metadata, self->scene.proc, before);
}

static void ignore_signal(int sig)
{
}

/*
 * Somebody else keeps the context busy: they configure an overlay with a layer
 * on a FUSE filesystem that doesn't answer.
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
	fs_fd = open_context("overlay");
	if (fs_fd == -1)
		SKIP(return, "no overlayfs");

	fuse_fs = new_fuse_context(_metadata, "040755", &fuse_dev);
	fuse_ns = ASSERT_OK(sys_fsmount(fuse_fs, NS_FLAGS, 0));
	pid = fork_into(_metadata, fuse_ns);
	if (!pid) {
		sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "lowerdir", "/layer",
			     0);
		_exit(0);
	}

	/* Without SA_RESTART */
	ASSERT_OK(sigaction(SIGALRM, &action, NULL));
	ASSERT_OK(setitimer(ITIMER_REAL, &often, NULL));
	/* EINVAL as long as nobody has locked it: there's nothing to mount. */
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

/* The owner of a mount namespace gets the same in two steps. */
FIXTURE(fsmount_ns_owner)
{
	struct scene scene;
};

FIXTURE_VARIANT(fsmount_ns_owner)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(fsmount_ns_owner, root)
{
	.caller = ROOT,
};

FIXTURE_VARIANT_ADD(fsmount_ns_owner, userns_root)
{
	.caller = USERNS_ROOT,
};

FIXTURE_SETUP(fsmount_ns_owner)
{
	set_scene(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(fsmount_ns_owner)
{
	leave_scene(_metadata, &self->scene);
}

/* Can the mount at the root of @ns_fd be unmounted? */
static bool can_unmount_top(struct __test_metadata *_metadata, int ns_fd)
{
	int status;
	pid_t pid;

	pid = ASSERT_OK(fork());
	if (!pid)
		_exit(setns(ns_fd, CLONE_NEWNS) || umount2("/", MNT_DETACH));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	return !status;
}

TEST_F(fsmount_ns_owner, saves_a_detour)
{
	unsigned int attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOATIME;
	struct statmount *one, *two;
	int mnt, fs_fd, direct, detour;

	fs_fd = ASSERT_OK(new_context("tmpfs"));
	mnt = ASSERT_OK(sys_fsmount(fs_fd, 0, attrs));
	detour = ASSERT_OK(copy_to_mntns(mnt, "", AT_EMPTY_PATH));
	direct = ASSERT_OK(new_fs_mntns("tmpfs", attrs));

	EXPECT_EQ(count_mounts_in(detour), count_mounts_in(direct));
	one = describe_top(_metadata, detour);
	two = describe_top(_metadata, direct);
	EXPECT_EQ(one->mnt_attr, two->mnt_attr);
	EXPECT_EQ(one->mnt_propagation, two->mnt_propagation);
	EXPECT_EQ(one->sb_flags, two->sb_flags);
	EXPECT_STREQ(one->str + one->mnt_point, two->str + two->mnt_point);
	EXPECT_STREQ(one->str + one->mnt_root, two->str + two->mnt_root);
	EXPECT_STREQ(one->str + one->fs_type, two->str + two->fs_type);
	free(one);
	free(two);
	EXPECT_EQ(can_unmount_top(_metadata, detour),
		  can_unmount_top(_metadata, direct));
}

/* What is mounted already */
TEST_F(fsmount_ns_owner, refuses_the_context_of_a_mount)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	int fs_fd;

	fs_fd = ASSERT_OK(sys_fspick(AT_FDCWD, "/tmp", FSPICK_CLOEXEC));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);
	fs_fd = ASSERT_OK(new_context("tmpfs"));
	close(ASSERT_OK(sys_fsmount(fs_fd, FSMOUNT_CLOEXEC, 0)));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);
	check_no_traces(_metadata, self->scene.proc, before);
}

/* In a user namespace, which has a limit of its own */
FIXTURE(fsmount_ns_userns)
{
	struct scene scene;
};

FIXTURE_VARIANT(fsmount_ns_userns)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(fsmount_ns_userns, userns_root)
{
	.caller = USERNS_ROOT,
};

FIXTURE_VARIANT_ADD(fsmount_ns_userns, foreign)
{
	.caller = FOREIGN,
};

FIXTURE_VARIANT_ADD(fsmount_ns_userns, nested_foreign)
{
	.caller = NESTED_FOREIGN,
};

FIXTURE_SETUP(fsmount_ns_userns)
{
	set_scene(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(fsmount_ns_userns)
{
	leave_scene(_metadata, &self->scene);
}

TEST_F(fsmount_ns_userns, keeps_to_the_limit_of_mount_namespaces)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	int own = variant->caller == USERNS_ROOT;
	int fs_fd, ns;

	EXPECT_EQ(MAX_MNTNS - own, before.spare);
	fs_fd = ASSERT_OK(new_context("tmpfs"));
	ASSERT_OK(set_limit(self->scene.proc, "max_mnt_namespaces", own));
	EXPECT_ERRNO(ENOSPC, sys_fsmount(fs_fd, NS_FLAGS, 0));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));

	ASSERT_OK(set_limit(self->scene.proc, "max_mnt_namespaces", own + 1));
	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	check_is_new_mntns(_metadata, self->scene.proc, ns);
	EXPECT_ERRNO(ENOSPC, new_fs_mntns("tmpfs", 0));
	close(ns);
	close(fs_fd);
	ASSERT_OK(set_limit(self->scene.proc, "max_mnt_namespaces",
			    MAX_MNTNS));
	check_no_traces(_metadata, self->scene.proc, before);
}

/* Those without CAP_SYS_ADMIN outside keep to the limit of open files. */
static int fsmount_without_room(int limit, const char *old, int fs_fd,
				unsigned int flags)
{
	int ret, err;

	if (set_fs_limit(limit, "0"))
		return -1;
	ret = sys_fsmount(fs_fd, flags, 0);
	err = errno;
	if (set_fs_limit(limit, old))
		return -1;
	errno = err;
	return ret;
}

TEST_F(fsmount_ns_userns, needs_room_for_an_open_file)
{
	struct traces before;
	int fs_fd, limit;
	char old[24];

	before = find_traces(_metadata, self->scene.proc);
	limit = ASSERT_OK(open_fs_limit(self->scene.proc, "file-max", old,
					sizeof(old)));
	fs_fd = ASSERT_OK(new_context("tmpfs"));
	EXPECT_ERRNO(ENFILE, fsmount_without_room(limit, old, fs_fd, NS_FLAGS));
	EXPECT_ERRNO(EBUSY, sys_fsmount(fs_fd, NS_FLAGS, 0));
	close(fs_fd);
	close(limit);
	check_no_traces(_metadata, self->scene.proc, before);
}

/* Nobody has it open, so it has to go with its context; with no flag, too. */
TEST_F(fsmount_ns_userns, lets_go_of_a_filesystem_that_it_cannot_open)
{
	static const unsigned int flags[] = { NS_FLAGS, FSMOUNT_CLOEXEC };
	int fs_fd, fuse_dev, limit, i;
	char old[24];

	if (!have_fuse())
		SKIP(return, "no FUSE");

	limit = ASSERT_OK(open_fs_limit(self->scene.proc, "file-max", old,
					sizeof(old)));
	for (i = 0; i < 1 + owns_mntns(variant->caller); i++) {
		fs_fd = new_fuse_context(_metadata, "040755", &fuse_dev);
		EXPECT_ERRNO(ENFILE, fsmount_without_room(limit, old, fs_fd,
							  flags[i]));
		EXPECT_TRUE(fuse_is_alive(fuse_dev));
		close(fs_fd);
		EXPECT_FALSE(fuse_is_alive(fuse_dev));
		close(fuse_dev);
	}
}

TEST_F(fsmount_ns_userns, lives_as_long_as_somebody_uses_it)
{
	struct traces before = find_traces(_metadata, self->scene.proc);
	int ns, peer;
	pid_t pid;

	/* a file descriptor */
	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
	EXPECT_EQ(before.spare - 1, count_spare_mntns());

	/* a task */
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		close(ns);
		ASSERT_OK(mkdir("/new", 0755));
		give_turn(_metadata, peer);
		await_turn(_metadata, peer);
		ASSERT_OK(access("/new", F_OK));
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

FIXTURE(fsmount_ns_root)
{
	struct scene scene;
};

FIXTURE_SETUP(fsmount_ns_root)
{
	set_scene(_metadata, &self->scene, ROOT);
}

FIXTURE_TEARDOWN(fsmount_ns_root)
{
	leave_scene(_metadata, &self->scene);
}

/* Below is the namespace root, which is empty. */
TEST_F(fsmount_ns_root, is_on_top_of_nullfs)
{
	pid_t pid;
	int ns;

	ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
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
	pid_t pid;
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
		pid = fork_into(_metadata, ns);
		if (!pid) {
			ASSERT_EQ(0, access(types[i].file, F_OK))
				TH_LOG("%s: %m", types[i].file);
			_exit(0);
		}
		join_child(_metadata, pid);
	}
}

/* File systems that the kernel keeps to itself */
TEST_F(fsmount_ns_root, refuses_internal_filesystems)
{
	static const char * const names[] = { "pipefs", "sockfs" };
	struct traces before = find_traces(_metadata, self->scene.proc);
	unsigned int i;
	int fs_fd;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		fs_fd = ASSERT_OK(new_context(names[i]));
		EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, NS_FLAGS, 0));
		/* as ever without the flag */
		EXPECT_ERRNO(EINVAL, sys_fsmount(fs_fd, FSMOUNT_CLOEXEC, 0));
		close(fs_fd);
	}
	check_no_traces(_metadata, self->scene.proc, before);
}

/* What refuses before there is a mount leaves the context as it was. */
TEST_F(fsmount_ns_root, leaves_a_context_that_it_refuses_to_others)
{
	int fs_fd;
	pid_t pid;

	become(_metadata, self->scene.proc, FOREIGN);
	fs_fd = fsopen_elsewhere("sysfs", CLONE_NEWNS | CLONE_NEWNET);
	if (fs_fd == -1)
		SKIP(return, "no sysfs: %m");
	ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, NS_FLAGS, 0));
	pid = ASSERT_OK(fork_with(CLONE_NEWNS));
	if (!pid) {
		ASSERT_OK(sys_fsmount(fs_fd, NS_FLAGS, 0));
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_F(fsmount_ns_root, is_not_for_nobody)
{
	int fs_fd = ASSERT_OK(new_context("tmpfs"));

	ASSERT_OK(become_nobody());
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, NS_FLAGS, 0));
}

TEST_F(fsmount_ns_root, is_for_everybody_with_a_user_namespace)
{
	pid_t pid;
	int ns;

	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");

	pid = ASSERT_OK(fork());
	if (!pid) {
		ASSERT_OK(become_nobody());
		ASSERT_OK(enter_userns(self->scene.proc, 0));
		ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
		check_is_new_mntns(_metadata, self->scene.proc, ns);
		check_seen_alike(_metadata, ns);
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		ASSERT_OK(mkdir("/new", 0755));
		_exit(0);
	}
	join_child(_metadata, pid);
}

TEST_HARNESS_MAIN
