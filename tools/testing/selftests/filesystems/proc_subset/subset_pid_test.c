// SPDX-License-Identifier: GPL-2.0
/*
 * proc with subset=pid shows nothing but tasks. A user namespace needs no
 * visible proc to mount one. In return, it does not count as a visible proc,
 * and cannot be reconfigured to a full one.
 */
#include <ctype.h>

#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/* An empty list. An empty string is refused. */
#define ALL	","

/* A context of a new proc with subset=@subset (NULL: without) */
static int new_proc(const char *subset)
{
	int fs_fd;

	fs_fd = sys_fsopen("proc", FSOPEN_CLOEXEC);
	if (fs_fd == -1)
		return -1;
	if ((!subset || !sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "subset",
				      subset, 0)) &&
	    !sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return fs_fd;
	return close_keeping_errno(fs_fd, -1);
}

/* There are tasks in the directory @dir, and nothing else. */
static void check_is_subset(struct __test_metadata *_metadata,
			    const char *path)
{
	struct dirent *entry;
	int tasks = 0, fd;
	DIR *dir;

	dir = opendir(path);
	ASSERT_TRUE(!!dir) TH_LOG("%s: %m", path);
	while ((entry = readdir(dir))) {
		if (isdigit(entry->d_name[0])) {
			tasks++;
			continue;
		}
		EXPECT_TRUE(entry->d_name[0] == '.' ||
			    !strcmp(entry->d_name, "self") ||
			    !strcmp(entry->d_name, "thread-self"))
			TH_LOG("there is %s", entry->d_name);
	}
	EXPECT_LT(0, tasks);
	closedir(dir);

	fd = ASSERT_OK(open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
	EXPECT_OK(faccessat(fd, "self/status", F_OK, 0));
	EXPECT_ERRNO(ENOENT, faccessat(fd, "sys", F_OK, 0));
	EXPECT_ERRNO(ENOENT, faccessat(fd, "uptime", F_OK, 0));
	EXPECT_ERRNO(ENOENT, faccessat(fd, "mounts", F_OK, 0));
	close(fd);
}

static int mount_proc(const char *dir, unsigned long flags, const char *options)
{
	return mount("proc", dir, "proc", flags, options);
}

/* The caller can mount no full proc. */
static void expect_no_full_proc(struct __test_metadata *_metadata)
{
	int fs_fd;

	EXPECT_ERRNO(EPERM, mount_proc("/mnt", 0, NULL));
	EXPECT_ERRNO(EPERM, mount_proc("/mnt", MS_RDONLY, NULL));
	EXPECT_ERRNO(EPERM, mount_proc("/mnt", 0, "hidepid=2"));
	fs_fd = ASSERT_OK(new_proc(NULL));
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, 0, 0));
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	close(fs_fd);

	fs_fd = ASSERT_OK(new_proc(ALL));
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, 0, 0));
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	close(fs_fd);
}

static int remount(const char *dir, const char *options)
{
	return mount(NULL, dir, NULL, MS_REMOUNT, options);
}

/* Reconfigures @dir with subset=@subset. */
static int reconfigure(const char *dir, const char *subset)
{
	int fs_fd, ret;

	fs_fd = sys_fspick(AT_FDCWD, dir, FSPICK_CLOEXEC);
	if (fs_fd == -1)
		return -1;
	ret = sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "subset", subset, 0);
	if (!ret)
		ret = sys_fsconfig(fs_fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL,
				   0);
	return close_keeping_errno(fs_fd, ret);
}

/* Root of a user and of a PID namespace, in a mount namespace without proc */
FIXTURE(subset_pid)
{
	int proc;
	pid_t pid;
};

FIXTURE_VARIANT(subset_pid)
{
	bool by_fsmount;
};

FIXTURE_VARIANT_ADD(subset_pid, in_empty_mntns) { .by_fsmount = false };
FIXTURE_VARIANT_ADD(subset_pid, in_fsmount_mntns) { .by_fsmount = true };

/* A process in a new PID namespace goes on with the test. */
static void enter_pidns(struct __test_metadata *_metadata)
{
	pid_t pid;

	pid = ASSERT_OK(fork_with(CLONE_NEWPID));
	if (pid) {
		join_child(_metadata, pid);
		_exit(0);
	}
}

FIXTURE_SETUP(subset_pid)
{
	int ns;

	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	if (!can_unshare(CLONE_NEWPID))
		SKIP(return, "no PID namespaces");

	if (!variant->by_fsmount) {
		ASSERT_OK(enter_userns(self->proc, UNSHARE_EMPTY_MNTNS));
		close(ASSERT_OK(overmount_root()));
	} else {
		ASSERT_OK(enter_userns(self->proc, 0));
		ns = ASSERT_OK(new_fs_mntns("tmpfs", 0));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		close(ns);
	}
	ASSERT_OK(mkdir("/proc", 0555));
	ASSERT_OK(mkdir("/mnt", 0755));
	enter_pidns(_metadata);
}

FIXTURE_TEARDOWN(subset_pid)
{
}

TEST_F(subset_pid, needs_no_visible_proc)
{
	int fs_fd;

	ASSERT_OK(mount_proc("/proc", 0, "subset=pid"));
	check_is_subset(_metadata, "/proc");
	EXPECT_OK(umount2("/proc", 0));

	fs_fd = ASSERT_OK(new_proc("pid"));
	ASSERT_OK(mount_on(ASSERT_OK(sys_fsmount(fs_fd, 0, 0)), "/proc"));
	check_is_subset(_metadata, "/proc");
	/* again, with other attributes */
	ASSERT_OK(mount_proc("/mnt", MS_NOSUID | MS_NODEV | MS_NOEXEC |
			     MS_NOATIME, "subset=pid,hidepid=2"));
	ASSERT_OK(mount_proc("/mnt", MS_RDONLY, "subset=pid"));
}

TEST_F(subset_pid, can_be_the_root_of_a_mount_namespace)
{
	int fs_fd, ns;

	fs_fd = ASSERT_OK(new_proc("pid"));
	ns = ASSERT_OK(sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	check_seen_alike(_metadata, ns);
	IN_MNTNS(ns) {
		check_is_subset(_metadata, "/");
	}
}

TEST_F(subset_pid, does_not_make_a_full_proc_mountable)
{
	expect_no_full_proc(_metadata);
	ASSERT_OK(mount_proc("/proc", 0, "subset=pid"));
	check_is_subset(_metadata, "/proc");
	expect_no_full_proc(_metadata);
	/* nor do more of them */
	ASSERT_OK(mkdir("/more", 0755));
	ASSERT_OK(mount_proc("/more", MS_RDONLY, "subset=pid"));
	expect_no_full_proc(_metadata);
}

/* nor in a copy of the mount namespace, or in one with it as the root */
TEST_F(subset_pid, does_not_make_a_full_proc_mountable_elsewhere)
{
	int fs_fd, ns;

	ASSERT_OK(mount_proc("/proc", 0, "subset=pid"));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/", AT_RECURSIVE));
	IN_MNTNS(ns) {
		expect_no_full_proc(_metadata);
	}

	fs_fd = ASSERT_OK(new_proc("pid"));
	ns = ASSERT_OK(sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	IN_MNTNS(ns) {
		fs_fd = ASSERT_OK(new_proc(NULL));
		EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, 0, 0));
		EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	}
}

TEST_F(subset_pid, cannot_be_reconfigured_to_a_full_proc)
{
	int fs_fd;

	ASSERT_OK(mount_proc("/proc", 0, "subset=pid"));
	EXPECT_ERRNO(EINVAL, remount("/proc", "subset="));
	EXPECT_ERRNO(EINVAL, reconfigure("/proc", ""));
	EXPECT_ERRNO(EINVAL, reconfigure("/proc", ALL));
	EXPECT_ERRNO(EINVAL, reconfigure("/proc", "all"));

	/* by the context that made it */
	fs_fd = ASSERT_OK(new_proc("pid"));
	ASSERT_OK(sys_fsmount(fs_fd, 0, 0));
	ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "subset", ALL, 0));
	EXPECT_ERRNO(EINVAL, sys_fsconfig(fs_fd, FSCONFIG_CMD_RECONFIGURE,
					  NULL, NULL, 0));
	check_is_subset(_metadata, "/proc");

	/* Other options can change, and the same ones be given. */
	EXPECT_OK(remount("/proc", "hidepid=2"));
	EXPECT_OK(remount("/proc", "subset=pid"));
	EXPECT_OK(remount("/proc", NULL));
	EXPECT_OK(reconfigure("/proc", "pid"));
	check_is_subset(_metadata, "/proc");
	expect_no_full_proc(_metadata);
}

/* sysfs has no such subset. */
TEST_F(subset_pid, does_not_make_sysfs_visible)
{
	if (!can_unshare(CLONE_NEWNET))
		SKIP(return, "no network namespaces");
	ASSERT_OK(sys_unshare(CLONE_NEWNET));
	ASSERT_OK(mount_proc("/proc", 0, "subset=pid"));
	EXPECT_ERRNO(EPERM, mount("sys", "/mnt", "sysfs", 0, NULL));
	EXPECT_ERRNO(EPERM, new_fs_mntns("sysfs", 0));
}

static void check_net_dir(struct __test_metadata *_metadata, const char *path,
			  bool there)
{
	static const char * const files[] = { "dev", "unix" };
	struct dirent *entry;
	unsigned int i;
	int nr = 0;
	DIR *dir;

	dir = opendir(path);
	ASSERT_TRUE(!!dir) TH_LOG("%s: %m", path);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		errno = 0;
		faccessat(dirfd(dir), files[i], F_OK, 0);
		EXPECT_EQ(there ? 0 : ENOENT, errno)
			TH_LOG("%s/%s: %m", path, files[i]);
	}
	errno = 0;
	while ((entry = readdir(dir)))
		nr += entry->d_name[0] != '.';
	EXPECT_EQ(there ? 0 : EINVAL, errno) TH_LOG("reading %s: %m", path);
	EXPECT_EQ(there, nr > 0) TH_LOG("%s lists %d names", path, nr);
	closedir(dir);
}

/* /proc/PID/net of @pid, and that of its thread, have files or not. */
static void check_net(struct __test_metadata *_metadata, pid_t pid, bool there)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/net", pid);
	check_net_dir(_metadata, path, there);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/net", pid, pid);
	check_net_dir(_metadata, path, there);
}

/* CAP_NET_ADMIN of the mounter counts. */
TEST_F(subset_pid, shows_only_network_namespaces_of_the_mounter)
{
	pid_t other;
	int peer;

	if (!can_unshare(CLONE_NEWNET))
		SKIP(return, "no network namespaces");

	ASSERT_OK(mount_proc("/proc", 0, "subset=pid"));
	check_net(_metadata, getpid(), false);

	other = fork_peer(_metadata, 0, &peer);
	if (!other) {
		await_turn(_metadata, peer);
		_exit(0);
	}
	ASSERT_OK(sys_unshare(CLONE_NEWNET));
	check_net(_metadata, getpid(), true);
	check_net(_metadata, other, false);
	/* The capabilities of this process do not. */
	ASSERT_OK(enter_userns(self->proc, CLONE_NEWNET));
	check_net(_metadata, getpid(), true);
	check_net(_metadata, other, false);
	end_peer(_metadata, other, peer);
}

/*
 * @task is a task of root outside that has entered the PID namespace. The
 * caller is root of the user namespace that owns it, and has a proc with
 * subset=pid.
 */
FIXTURE(root_task_in_subset_pid)
{
	int proc;
	pid_t task;
};

/* Forks a task that enters the PID namespace of the task that @peer sends. */
static void enter_from_outside(struct __test_metadata *_metadata, int proc,
			       int peer)
{
	pid_t pid;

	ASSERT_EQ(sizeof(pid), recv(peer, &pid, sizeof(pid), 0));
	ASSERT_OK(setns(ASSERT_OK(open_ns(proc, pid, "pid")), CLONE_NEWPID));
	pid = ASSERT_OK(fork());
	if (!pid) {
		pid = getpid();
		ASSERT_EQ(sizeof(pid), send(peer, &pid, sizeof(pid), 0));
		pause();
	}
	waitpid(pid, NULL, 0);
	_exit(0);
}

FIXTURE_SETUP(root_task_in_subset_pid)
{
	int peer;
	pid_t pid;

	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	if (!can_unshare(CLONE_NEWPID))
		SKIP(return, "no PID namespaces");
	if (!have_unprivileged_userns())
		SKIP(return, "user namespaces are for root alone");
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid)
		enter_from_outside(_metadata, self->proc, peer);

	ASSERT_OK(become_nobody());
	ASSERT_OK(enter_userns(self->proc, UNSHARE_EMPTY_MNTNS));
	close(ASSERT_OK(overmount_root()));
	ASSERT_OK(mkdir("/proc", 0555));
	pid = ASSERT_OK(fork_with(CLONE_NEWPID));
	if (pid) {
		ASSERT_EQ(sizeof(pid), send(peer, &pid, sizeof(pid), 0));
		join_child(_metadata, pid);
		_exit(0);
	}
	ASSERT_OK(mount_proc("/proc", 0, "subset=pid"));
	ASSERT_EQ(sizeof(pid), recv(peer, &self->task, sizeof(pid), 0));
}

FIXTURE_TEARDOWN(root_task_in_subset_pid)
{
}

/* @try works on @file of the caller, and fails on that of @task. */
static void check_own_only(struct __test_metadata *_metadata, pid_t task,
			   const char *file, int (*try)(const char *path))
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	if (access(path, F_OK) && errno == ENOENT)
		return;		/* not with this configuration */
	EXPECT_EQ(0, try(path)) TH_LOG("%s: %m", path);
	snprintf(path, sizeof(path), "/proc/%d/%s", task, file);
	EXPECT_EQ(-1, try(path)) TH_LOG("%s", path);
}

static int try_readlink(const char *path)
{
	char text[64];

	return readlink(path, text, sizeof(text)) == -1 ? -1 : 0;
}

static int try_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);

	if (fd == -1)
		return -1;
	close(fd);
	return 0;
}

static int try_read(const char *path)
{
	char text[64];

	return read_at(AT_FDCWD, path, text, sizeof(text)) == -1 ? -1 : 0;
}

TEST_F(root_task_in_subset_pid, hides_its_files_namespaces_and_memory)
{
	static const char * const links[] = {
		"root", "cwd", "exe", "ns/mnt", "ns/net", "ns/user", "ns/pid",
		"ns/uts", "ns/ipc", "ns/cgroup", "ns/time",
	};
	static const char * const dirs[] = { "fd", "map_files" };
	static const char * const files[] = {
		"environ", "auxv", "maps", "smaps", "smaps_rollup", "numa_maps",
		"io", "personality",
	};
	unsigned int i;

	ASSERT_TRUE(self->task > 1);
	for (i = 0; i < ARRAY_SIZE(links); i++)
		check_own_only(_metadata, self->task, links[i],
			       try_readlink);
	for (i = 0; i < ARRAY_SIZE(dirs); i++)
		check_own_only(_metadata, self->task, dirs[i], try_open);
	for (i = 0; i < ARRAY_SIZE(files); i++)
		check_own_only(_metadata, self->task, files[i], try_read);
	check_own_only(_metadata, self->task, "mem", try_open);
	check_own_only(_metadata, self->task, "pagemap", try_open);
	check_net(_metadata, self->task, false);
}

/* A read-only proc is mounted; @masked: with a mount on /proc/sys */
FIXTURE(subset_pid_besides)
{
	int proc;
};

FIXTURE_VARIANT(subset_pid_besides)
{
	enum caller caller;
	bool masked;
};

FIXTURE_VARIANT_ADD(subset_pid_besides, visible_proc) { USERNS_ROOT, false };
FIXTURE_VARIANT_ADD(subset_pid_besides, masked_proc) { USERNS_ROOT, true };
FIXTURE_VARIANT_ADD(subset_pid_besides, visible_proc_for_unprivileged) {
	UNPRIVILEGED, false
};

FIXTURE_VARIANT_ADD(subset_pid_besides, masked_proc_for_unprivileged) {
	UNPRIVILEGED, true
};

FIXTURE_SETUP(subset_pid_besides)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	if (!can_unshare(CLONE_NEWPID))
		SKIP(return, "no PID namespaces");
	ASSERT_OK(mkdir("/proc", 0555));
	ASSERT_OK(mkdir("/mnt", 0555));
	ASSERT_OK(mount_proc("/proc", MS_RELATIME, NULL));
	if (variant->masked)
		ASSERT_OK(mount("mask", "/proc/sys", "tmpfs", 0, NULL));
	ASSERT_OK(mount(NULL, "/proc", NULL,
			MS_REMOUNT | MS_BIND | MS_RDONLY | MS_RELATIME, NULL));
	become(_metadata, self->proc, variant->caller);
}

FIXTURE_TEARDOWN(subset_pid_besides)
{
}

/* A context in a new PID namespace, with subset=@subset */
static int new_proc_elsewhere(struct __test_metadata *_metadata,
			      const char *subset)
{
	int fs_fd;

	fs_fd = ASSERT_OK(fsopen_elsewhere("proc",
					   CLONE_NEWNS | CLONE_NEWPID));
	if (subset)
		ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_SET_STRING, "subset",
				       subset, 0));
	ASSERT_OK(sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	return fs_fd;
}

/* The locked attributes of another proc do not count. */
TEST_F(subset_pid_besides, has_the_attributes_that_are_asked_for)
{
	int fs_fd;

	fs_fd = new_proc_elsewhere(_metadata, "pid");
	close(ASSERT_OK(sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0)));
	fs_fd = new_proc_elsewhere(_metadata, "pid");
	EXPECT_OK(sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, MOUNT_ATTR_NOATIME |
			      MOUNT_ATTR_RDONLY));
	if (variant->caller == USERNS_ROOT) {
		fs_fd = new_proc_elsewhere(_metadata, "pid");
		EXPECT_OK(sys_fsmount(fs_fd, 0, 0));
	}
}

TEST_F(subset_pid_besides, does_not_relax_the_check_of_a_full_proc)
{
	int fs_fd, mnt;

	/* mntns_containment/visibility_test is about those. */
	if (variant->caller == UNPRIVILEGED)
		return;
	fs_fd = new_proc_elsewhere(_metadata, "pid");
	mnt = ASSERT_OK(sys_fsmount(fs_fd, 0, MOUNT_ATTR_RDONLY));
	ASSERT_OK(mount_on(mnt, "/mnt"));
	fs_fd = new_proc_elsewhere(_metadata, NULL);
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
	if (variant->masked)
		EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, FSMOUNT_NAMESPACE,
						MOUNT_ATTR_RDONLY));
	else
		EXPECT_OK(sys_fsmount(fs_fd, FSMOUNT_NAMESPACE,
				      MOUNT_ATTR_RDONLY));
}

/* A full proc, in the PID namespace of root */
FIXTURE(full_proc)
{
	int proc;
};

FIXTURE_SETUP(full_proc)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	ASSERT_OK(mkdir("/proc", 0555));
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(mount_proc("/proc", 0, NULL));
}

FIXTURE_TEARDOWN(full_proc)
{
}

TEST_F(full_proc, cannot_be_reconfigured_to_a_subset)
{
	EXPECT_ERRNO(EINVAL, remount("/proc", "subset=pid"));
	EXPECT_ERRNO(EINVAL, reconfigure("/proc", "pid"));
	EXPECT_OK(access("/proc/uptime", F_OK));
	EXPECT_OK(remount("/proc", "hidepid=0"));
	EXPECT_OK(reconfigure("/proc", ALL));
	EXPECT_OK(access("/proc/uptime", F_OK));

	/* nor can a subset of root be reconfigured to a full one */
	ASSERT_OK(mount_proc("/mnt", 0, "subset=pid"));
	EXPECT_OK(access("/mnt/self/net/dev", F_OK));
	EXPECT_OK(access("/mnt/thread-self/net/unix", F_OK));
	EXPECT_ERRNO(EINVAL, reconfigure("/mnt", ALL));
	EXPECT_ERRNO(ENOENT, access("/mnt/uptime", F_OK));
}

TEST_F(full_proc, is_visible_besides_a_subset)
{
	int fs_fd;

	ASSERT_OK(mount_proc("/mnt", 0, "subset=pid"));
	become(_metadata, self->proc, USERNS_ROOT);
	fs_fd = new_proc_elsewhere(_metadata, NULL);
	EXPECT_OK(sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
}

TEST_F(full_proc, shows_network_namespaces_whoever_mounts_it)
{
	become(_metadata, self->proc, USERNS_ROOT);
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_OK(mount_proc("/mnt", 0, NULL));
		EXPECT_OK(open_path("/mnt/self/net/dev"));
	}
}

/* In a subset of root, that includes a reader without capabilities. */
TEST_F(full_proc, shows_no_more_network_namespaces_than_a_subset_of_root)
{
	ASSERT_OK(mount_proc("/mnt", 0, "subset=pid"));
	ASSERT_OK(set_cap(CAP_NET_ADMIN, false));
	EXPECT_OK(open_path("/proc/self/net/dev"));
	EXPECT_OK(open_path("/mnt/self/net/dev"));
}

TEST_F(full_proc, is_not_visible_when_it_is_a_subset)
{
	int fs_fd;

	ASSERT_OK(umount2("/proc", 0));
	ASSERT_OK(mount_proc("/proc", 0, "subset=pid"));
	become(_metadata, self->proc, USERNS_ROOT);
	fs_fd = new_proc_elsewhere(_metadata, NULL);
	EXPECT_ERRNO(EPERM, sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0));
}

TEST_HARNESS_MAIN
