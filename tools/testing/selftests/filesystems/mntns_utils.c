// SPDX-License-Identifier: GPL-2.0
/* Helpers of the tests of mount namespaces */

/*
 * The harness defines these in each file that includes it. In this one, they
 * are not used.
 */
#define __active_test	__unused_active_test
#define __run_test	__unused_run_test
#define __wait_for_test	__unused_wait_for_test
#define _fixture_global	__unused_fixture_global
#pragma GCC diagnostic ignored "-Wunused-function"
#include "../kselftest_harness.h"
#include "mntns_utils.h"

/* Files and processes */

/* Closes @fd; @ret and errno are those of an earlier call. */
int close_keeping_errno(int fd, int ret)
{
	int err = errno;

	close(fd);
	errno = err;
	return ret;
}

/* Has the child @pid exited with status 0? */
bool succeeded(pid_t pid)
{
	int status;

	return pid != -1 && waitpid(pid, &status, 0) == pid &&
	       WIFEXITED(status) && !WEXITSTATUS(status);
}

/* Opens /proc, for use after the mount namespace was left. */
int open_proc(void)
{
	return open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int open_path(const char *path)
{
	return open(path, O_PATH | O_CLOEXEC);
}

/* Replaces what the existing file @path has, in one write. */
int write_at(int dfd, const char *path, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int fd, len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);

	fd = openat(dfd, path, O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	return close_keeping_errno(fd, write(fd, text, len) == len ? 0 : -1);
}

/* The beginning of the file @path as a string: its length, or -1. */
ssize_t read_at(int dfd, const char *path, char *text, size_t size)
{
	ssize_t len = 0, ret = 0;
	int fd;

	fd = openat(dfd, path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	while (len < (ssize_t)size - 1) {
		ret = read(fd, text + len, size - 1 - len);
		if (ret <= 0)
			break;
		len += ret;
	}
	text[len] = '\0';
	return close_keeping_errno(fd, ret < 0 ? -1 : len);
}

int make_file(const char *path)
{
	return mknod(path, S_IFREG | 0644, 0);
}

/* How many file descriptors does the caller have? */
int count_fds(int proc)
{
	struct dirent *entry;
	int fd, nr = 0;
	DIR *dir;

	fd = openat(proc, "self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd == -1 ? NULL : fdopendir(fd);
	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		nr += entry->d_name[0] != '.';
	closedir(dir);
	/* without that of the directory */
	return nr - 1;
}

/* Privileges and limits */

/*
 * unshare(CLONE_NEWUSER | @flags), and be root there. @proc is /proc, opened
 * before.
 */
int enter_userns(int proc, unsigned long flags)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (sys_unshare(CLONE_NEWUSER | flags) ||
	    write_at(proc, "self/setgroups", "deny") == -1 ||
	    write_at(proc, "self/uid_map", "0 %u 1", uid) == -1 ||
	    write_at(proc, "self/gid_map", "0 %u 1", gid) == -1)
		return -1;
	return setresgid(0, 0, 0) || setresuid(0, 0, 0) ? -1 : 0;
}

/* Gives up all privileges. May still create a user namespace. */
int become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
	    setresuid(65534, 65534, 65534))
		return -1;
	/* Otherwise /proc/self/uid_map belongs to root. */
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* Does unshare(@flags) work? */
bool can_unshare(unsigned long flags)
{
	pid_t pid = fork();

	if (!pid)
		_exit(!!sys_unshare(flags));
	return succeeded(pid);
}

/* May nobody create a user namespace? */
bool have_unprivileged_userns(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(become_nobody() || unshare(CLONE_NEWUSER));
	return succeeded(pid);
}

/* Can a mount go beneath the root? */
static bool have_beneath_root(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(private_mntns() || mount_beneath(new_tmpfs(), "/"));
	return succeeded(pid);
}

int set_cap(int cap, bool on)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(__NR_capget, &header, data))
		return -1;
	if (on)
		data[cap / 32].effective |= 1U << (cap % 32);
	else
		data[cap / 32].effective &= ~(1U << (cap % 32));
	return syscall(__NR_capset, &header, data);
}

/* Gives up all capabilities but @cap. */
int keep_cap(int cap)
{
	int other;

	for (other = 0; other <= CAP_LAST_CAP; other++)
		if (other != cap && set_cap(other, false))
			return -1;
	return 0;
}

int landlock(struct ruleset_attr attr)
{
	int fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	fd = syscall(__NR_landlock_create_ruleset, &attr,
		     attr.scoped ? sizeof(attr) :
		     sizeof(attr.handled_access_fs), 0);
	if (fd == -1)
		return -1;
	return close_keeping_errno(fd,
				   syscall(__NR_landlock_restrict_self, fd, 0));
}

/* The version of the interface, 0 if there is none */
int landlock_abi(void)
{
	int abi = syscall(__NR_landlock_create_ruleset, NULL, 0,
			  LANDLOCK_CREATE_RULESET_VERSION);

	return abi == -1 ? 0 : abi;
}

/* A number under /proc/sys/user, for the user namespace of the caller */
int set_limit(int proc, const char *name, int limit)
{
	char path[64];

	snprintf(path, sizeof(path), "sys/user/%s", name);
	return write_at(proc, path, "%d", limit);
}

/* Opens a number under /proc/sys/fs, whose value is in @old. */
int open_fs_limit(int proc, const char *name, char old[24])
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "sys/fs/%s", name);
	fd = openat(proc, path, O_RDWR | O_CLOEXEC);
	if (fd != -1 && read_at(proc, path, old, 24) <= 0)
		return close_keeping_errno(fd, -1);
	return fd;
}

int set_fs_limit(int fd, const char *text)
{
	ssize_t len = strlen(text);

	return pwrite(fd, text, len, 0) == len ? 0 : -1;
}

/* Mounts and mount namespaces */

/* Is the file @path on nullfs? */
int is_nullfs_at(int dfd, const char *path)
{
	struct statfs st;
	int fd;

	fd = openat(dfd, path, O_PATH | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (fstatfs(fd, &st))
		return close_keeping_errno(fd, -1);
	close(fd);
	return st.f_type == NULL_FS_MAGIC;
}

int is_nullfs(const char *path)
{
	return is_nullfs_at(AT_FDCWD, path);
}

/* A detached mount of a new filesystem */
int new_detached(const char *fs_name)
{
	int fs_fd, mnt_fd = -1;

	fs_fd = sys_fsopen(fs_name, FSOPEN_CLOEXEC);
	if (fs_fd == -1)
		return -1;
	if (!sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		mnt_fd = sys_fsmount(fs_fd, FSMOUNT_CLOEXEC, 0);
	return close_keeping_errno(fs_fd, mnt_fd);
}

int new_tmpfs(void)
{
	return new_detached("tmpfs");
}

/* A detached mount of a new tmpfs with an empty file @name */
int named_tmpfs(const char *name)
{
	int mnt_fd = new_tmpfs();

	return mnt_fd == -1 || mknodat(mnt_fd, name, S_IFREG | 0644, 0) ?
		       -1 : mnt_fd;
}

/* A detached copy of the mount, or with AT_RECURSIVE of the tree, at @path */
int copy_of(const char *path, unsigned int flags)
{
	return sys_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE |
			     OPEN_TREE_CLOEXEC | flags);
}

/* Mounts @mnt_fd on top of all mounts at @path. */
int mount_on(int mnt_fd, const char *path)
{
	return sys_move_mount(mnt_fd, "", AT_FDCWD, path,
			      MOVE_MOUNT_F_EMPTY_PATH);
}

/* Mounts @mnt_fd beneath the topmost mount at @path. */
int mount_beneath_at(int mnt_fd, int dfd, const char *path)
{
	return sys_move_mount(mnt_fd, "", dfd, path, MOVE_MOUNT_F_EMPTY_PATH |
			      MOVE_MOUNT_T_EMPTY_PATH | MOVE_MOUNT_BENEATH);
}

int mount_beneath(int mnt_fd, const char *path)
{
	return mount_beneath_at(mnt_fd, AT_FDCWD, path);
}

/* A directory with a tmpfs on it that has an empty file of the same name */
int make_mount(const char *dir)
{
	const char *name = strrchr(dir, '/');
	char path[64];

	name = name ? name + 1 : dir;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (mkdir(dir, 0755) && errno != EEXIST)
		return -1;
	return mount(dir, dir, "tmpfs", 0, NULL) || make_file(path) ? -1 : 0;
}

/*
 * @dir with a file "secret", hidden by a tmpfs with a file "top", whose file
 * descriptor this returns
 */
int hide_secret(const char *dir)
{
	char secret[64];
	int fd;

	snprintf(secret, sizeof(secret), "%s/secret", dir);
	if (mkdir(dir, 0755) || make_file(secret))
		return -1;
	fd = named_tmpfs("top");
	return fd == -1 || mount_on(fd, dir) ? -1 : fd;
}

/* Works for mounts that are detached or overmounted, too. */
int set_propagation(int mnt_fd, uint64_t type)
{
	struct mount_attr attr = { .propagation = type };

	return sys_mount_setattr(mnt_fd, "", AT_EMPTY_PATH, &attr);
}

/* Makes the directory @fd the root and the working directory. */
int chroot_fd(int fd)
{
	return fchdir(fd) || chroot(".") ? -1 : 0;
}

/* A tmpfs on top of / becomes the root and the working directory. */
int overmount_root(void)
{
	int fd = new_tmpfs();

	return fd == -1 || mount_on(fd, "/") || chroot_fd(fd) ? -1 : fd;
}

/* A copy of the mount namespace from which no mount propagates */
int private_mntns(void)
{
	if (unshare(CLONE_NEWNS))
		return -1;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* The same with an empty tmpfs on /tmp as the working directory */
int private_scratch(void)
{
	if (private_mntns())
		return -1;
	/* An initramfs may lack it. */
	if (mkdir("/tmp", 01777) && errno != EEXIST)
		return -1;
	if (mount("scratch", "/tmp", "tmpfs", 0, NULL))
		return -1;
	return chdir("/tmp");
}

/* /proc/@pid/ns/@file */
int open_ns(int proc, pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/ns/%s", pid, file);
	return openat(proc, path, O_RDONLY | O_CLOEXEC);
}

/* The caller's mount namespace */
int open_mntns(int proc)
{
	return openat(proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
}

/* The ID of a mount namespace, 0 if that fails */
uint64_t mntns_id(int ns_fd)
{
	uint64_t id;

	return ioctl(ns_fd, NS_GET_MNTNS_ID, &id) ? 0 : id;
}

/* The unique ID of the mount that @path is on, 0 if that fails */
uint64_t mount_id_at(int dfd, const char *path)
{
	struct statx sx;

	if (statx(dfd, path, AT_EMPTY_PATH, STATX_MNT_ID_UNIQUE, &sx) ||
	    !(sx.stx_mask & STATX_MNT_ID_UNIQUE))
		return 0;
	return sx.stx_mnt_id;
}

uint64_t mount_id(const char *path)
{
	return mount_id_at(AT_FDCWD, path);
}

/* How many mounts are below the caller's root, with that of the root? */
ssize_t count_mounts(void)
{
	uint64_t list[1024];

	return listmount(LSMT_ROOT, 0, 0, list, ARRAY_SIZE(list), 0);
}

/* The same for a task that enters the mount namespace @ns_fd */
ssize_t count_mounts_in(int ns_fd)
{
	uint64_t list[1024];

	return listmount(LSMT_ROOT, mntns_id(ns_fd), 0, list,
			 ARRAY_SIZE(list), 0);
}

/*
 * What listmount() and statmount() report of the mount namespace with the ID
 * @ns_id (0: the caller's), one mount a line. Returns a string to be freed, or
 * NULL with errno set.
 */
char *describe_mounts(uint64_t ns_id)
{
	uint64_t list[1024];
	struct statmount *sm;
	char *text = NULL;
	size_t size = 0;
	ssize_t nr, i;
	FILE *out;
	int err;

	nr = listmount(LSMT_ROOT, ns_id, 0, list, ARRAY_SIZE(list), 0);
	if (nr == -1)
		return NULL;

	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	for (i = 0; i < nr; i++) {
		sm = statmount_alloc(list[i], ns_id, DESCRIBE_MASK, 0);
		if (!sm)
			break;
		fprintf(out, "%s on %s (root %s, ", sm->str + sm->fs_type,
			sm->str + sm->mnt_point, sm->str + sm->mnt_root);
		fprintf(out, "id %llu, parent %llu, sb %x, attributes %llx)\n",
			(unsigned long long)sm->mnt_id,
			(unsigned long long)sm->mnt_parent_id, sm->sb_flags,
			(unsigned long long)sm->mnt_attr);
		free(sm);
	}
	err = errno;
	fclose(out);
	if (i < nr) {
		free(text);
		text = NULL;
	}
	errno = err;
	return text;
}

/* Bind mounts the file of the mount namespace @ns_fd on the file @path. */
int bind_mntns(int ns_fd, const char *path)
{
	int fd;

	fd = sys_open_tree(ns_fd, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
	return fd == -1 ? -1 : close_keeping_errno(fd, mount_on(fd, path));
}

/* New mount namespaces */

/*
 * fsopen() by a process with CLONE_* @flags that shares the file descriptors.
 * Returns its errno, too.
 */
int fsopen_elsewhere(const char *fs_name, uint64_t flags)
{
	int status, fs_fd;
	pid_t pid;

	pid = fork_with(CLONE_FILES | flags);
	if (!pid) {
		fs_fd = sys_fsopen(fs_name, FSOPEN_CLOEXEC);
		/* Few files are open, and no errno is that high. */
		_exit(fs_fd == -1 ? 255 - errno : fs_fd);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) < 100)
		return WEXITSTATUS(status);
	errno = WIFEXITED(status) ? 255 - WEXITSTATUS(status) : EINTR;
	return -1;
}

/*
 * fsopen() takes rights over the mount namespace. For an unprivileged caller, a
 * process in a new mount namespace does it.
 */
int open_fs_context(const char *fs_name)
{
	int fs_fd = sys_fsopen(fs_name, FSOPEN_CLOEXEC);

	if (fs_fd == -1 && errno == EPERM)
		fs_fd = fsopen_elsewhere(fs_name, CLONE_NEWNS);
	return fs_fd;
}

/* The filesystem context of a new filesystem that has yet to be mounted */
int new_fs_context(const char *fs_name)
{
	int fs_fd = open_fs_context(fs_name);

	if (fs_fd != -1 &&
	    sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return close_keeping_errno(fs_fd, -1);
	return fs_fd;
}

/* A mount namespace with a new filesystem */
int new_fs_mntns(const char *fs_name, unsigned int attrs)
{
	int fs_fd = new_fs_context(fs_name);

	if (fs_fd == -1)
		return -1;
	return close_keeping_errno(fs_fd, sys_fsmount(fs_fd, NS_FLAGS, attrs));
}

/* A mount namespace with a copy of the mount, or of the tree, at @path */
int copy_to_mntns(int dfd, const char *path, unsigned int flags)
{
	return sys_open_tree(dfd, path, OPEN_TREE_NAMESPACE |
			     OPEN_TREE_CLOEXEC | flags);
}

/* Children */

/*
 * Waits for the end of the child @pid. If a check failed in it, which it has
 * reported, or if a signal killed it, the test ends.
 */
void join_child(struct __test_metadata *_metadata, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			__mntns_fail(1, "waiting for a child: %m");
	}
	if (WIFSIGNALED(status))
		__mntns_fail(1, "a child was killed: %s",
			     strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status))
		__mntns_fail(1, "a child exited with status %d",
			     WEXITSTATUS(status));
	if (_metadata->exit_code == KSFT_FAIL)
		__bail(1, _metadata);
}

/*
 * Returns true in a child that is made with CLONE_* @flags and enters the mount
 * namespace @ns_fd (-1: none), and false in the caller when the child has
 * ended.
 */
bool start_child(struct __test_metadata *_metadata, uint64_t flags, int ns_fd)
{
	pid_t pid = ASSERT_OK(fork_with(flags));

	if (pid)
		join_child(_metadata, pid);
	else if (ns_fd != -1)
		ASSERT_OK(setns(ns_fd, CLONE_NEWNS));
	return !pid;
}

/* A child made with CLONE_* @flags that has the other end of *@peer */
pid_t fork_peer(struct __test_metadata *_metadata, uint64_t flags, int *peer)
{
	int ends[2];
	pid_t pid;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	pid = ASSERT_OK(fork_with(flags));
	close(ends[!pid]);
	*peer = ends[!!pid];
	return pid;
}

void give_turn(struct __test_metadata *_metadata, int peer)
{
	ASSERT_EQ(1, send(peer, "", 1, MSG_NOSIGNAL))
		TH_LOG("the other process is gone: %m");
}

void await_turn(struct __test_metadata *_metadata, int peer)
{
	char c;

	ASSERT_EQ(1, recv(peer, &c, 1, 0)) TH_LOG("the other process is gone");
}

/* Lets the other process go on until that does the same. */
void pass_turn(struct __test_metadata *_metadata, int peer)
{
	give_turn(_metadata, peer);
	await_turn(_metadata, peer);
}

/* Gives the child @pid its last turn. */
void end_peer(struct __test_metadata *_metadata, pid_t pid, int peer)
{
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
	close(peer);
}

/* Scenes */

bool owns_mntns(enum caller caller)
{
	return caller == ROOT || caller == USERNS_ROOT;
}

/* Root becomes @caller. */
void become(struct __test_metadata *_metadata, int proc, enum caller caller)
{
	if (caller == ROOT)
		return;
	ASSERT_OK(enter_userns(proc, caller == UNPRIVILEGED ? 0 : CLONE_NEWNS));
	if (caller == NESTED_UNPRIVILEGED)
		ASSERT_OK(enter_userns(proc, 0));
	ASSERT_OK(set_limit(proc, "max_mnt_namespaces", MAX_MNTNS));
}

/* Returns false if one of @needs is lacking, and the test is skipped. */
bool have(struct __test_metadata *_metadata, unsigned int needs)
{
	if (geteuid())
		SKIP(return false, "needs root");
	if ((needs & NEEDS_EMPTY_MNTNS) && !can_unshare(UNSHARE_EMPTY_MNTNS))
		SKIP(return false, "no empty mount namespaces");
	if ((needs & NEEDS_OPEN_TREE) &&
	    (sys_open_tree(-1, "x", OPEN_TREE_NAMESPACE) != -1 ||
	     errno != EBADF))
		SKIP(return false, "no OPEN_TREE_NAMESPACE");
	if ((needs & NEEDS_FSMOUNT) &&
	    (sys_fsmount(-1, FSMOUNT_NAMESPACE, 0) != -1 || errno != EBADF))
		SKIP(return false, "no FSMOUNT_NAMESPACE");
	if ((needs & NEEDS_BENEATH_ROOT) && !have_beneath_root())
		SKIP(return false, "no mounts beneath the root");
	return true;
}

/*
 * Root enters @mounts. *@proc is /proc, opened before. Returns false if one of
 * @needs is lacking, and the test is skipped.
 */
bool set_scene(struct __test_metadata *_metadata, int *proc, enum mounts mounts,
	       unsigned int needs)
{
	if (!have(_metadata, needs))
		return false;
	*proc = ASSERT_OK(open_proc());
	if (mounts == COPY) {
		ASSERT_OK(private_scratch());
		return true;
	}
	if (mounts == TMPFS)
		ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	else
		ASSERT_OK(enter_userns(*proc, UNSHARE_EMPTY_MNTNS));
	close(ASSERT_OK(overmount_root()));
	ASSERT_OK(mkdir("/away", 0755));
	return true;
}

/* What a call that fails leaves as it was */

struct location current_location(struct __test_metadata *_metadata, int proc)
{
	struct location location = {};
	struct statx sx;
	int fd;

	fd = ASSERT_OK(open_mntns(proc));
	location.ns = mntns_id(fd);
	close(fd);
	ASSERT_OK(statx(AT_FDCWD, "/", 0, STATX_INO | STATX_MNT_ID_UNIQUE,
			&sx));
	location.root_mnt = sx.stx_mnt_id;
	location.root_ino = sx.stx_ino;
	ASSERT_OK(statx(AT_FDCWD, "", AT_EMPTY_PATH,
			STATX_INO | STATX_MNT_ID_UNIQUE, &sx));
	location.cwd_mnt = sx.stx_mnt_id;
	location.cwd_ino = sx.stx_ino;
	return location;
}

void check_still_at(struct __test_metadata *_metadata, int proc,
		    struct location before)
{
	struct location now = current_location(_metadata, proc);

	ASSERT_EQ(before.ns, now.ns) TH_LOG("another mount namespace");
	ASSERT_EQ(before.root_mnt, now.root_mnt) TH_LOG("root moved");
	ASSERT_EQ(before.root_ino, now.root_ino) TH_LOG("root moved");
	ASSERT_EQ(before.cwd_mnt, now.cwd_mnt) TH_LOG("cwd moved");
	ASSERT_EQ(before.cwd_ino, now.cwd_ino) TH_LOG("cwd moved");
}

/* How many mount namespaces can the caller create? INT_MAX: without limit */
int count_spare_mntns(void)
{
	int fds[MAX_MNTNS + 1], nr, err = 0, i;

	for (nr = 0; nr < ARRAY_SIZE(fds); nr++) {
		fds[nr] = new_fs_mntns("tmpfs", 0);
		if (fds[nr] == -1) {
			err = errno;
			break;
		}
	}
	for (i = 0; i < nr; i++)
		close(fds[i]);
	if (!err)
		return INT_MAX;
	errno = err;
	return err == ENOSPC ? nr : -1;
}

struct traces find_traces(struct __test_metadata *_metadata, int proc)
{
	struct traces traces = {
		.fds = ASSERT_OK(count_fds(proc)),
		.spare = ASSERT_OK(count_spare_mntns()),
		.mounts = own_mounts(_metadata),
	};

	return traces;
}

/*
 * Everything is as it was. A mount namespace that another task has left may
 * take a moment to go: waits for it, until the test runs out of time.
 */
void check_no_traces(struct __test_metadata *_metadata, int proc,
		     struct traces before)
{
	struct traces now = find_traces(_metadata, proc);

	ASSERT_EQ(before.fds, now.fds)
		TH_LOG("a file descriptor too many");
	EXPECT_STREQ(before.mounts, now.mounts);
	while (now.spare < before.spare) {
		sched_yield();
		now.spare = ASSERT_OK(count_spare_mntns());
	}
	EXPECT_EQ(before.spare, now.spare);
	free(now.mounts);
}

/* Reports of mounts and mount namespaces */

/* describe_mounts() of the caller's mount namespace */
char *own_mounts(struct __test_metadata *_metadata)
{
	char *text = describe_mounts(0);

	if (!text)
		__mntns_fail(1, "listing the mounts: %m");
	return text;
}

/* The caller's mounts are what own_mounts() reported @before. */
void expect_mounts(struct __test_metadata *_metadata, const char *before)
{
	char *now = own_mounts(_metadata);

	EXPECT_STREQ(before, now);
	free(now);
}

/* What statmount() reports of the mount @id */
struct statmount *own_mount(struct __test_metadata *_metadata, uint64_t id)
{
	struct statmount *sm = statmount_alloc(id, 0, DESCRIBE_MASK, 0);

	if (!sm)
		__mntns_fail(1, "statmount(): %m");
	return sm;
}

/* The same of the mount that is / for a task that enters @ns_fd */
struct statmount *describe_top(struct __test_metadata *_metadata, int ns_fd)
{
	uint64_t top, id = mntns_id(ns_fd);
	struct statmount *sm;

	ASSERT_EQ(1, listmount(LSMT_ROOT, id, 0, &top, 1, 0))
		TH_LOG("listing the mounts: %m");
	sm = statmount_alloc(top, id, DESCRIBE_MASK, 0);
	ASSERT_TRUE(!!sm) TH_LOG("the mount at the root: %m");
	return sm;
}

/* The mount that @id is on; for the namespace root its own ID */
uint64_t parent_of(struct __test_metadata *_metadata, uint64_t id)
{
	struct statmount *sm = own_mount(_metadata, id);
	uint64_t parent = sm->mnt_parent_id;

	free(sm);
	return parent;
}

uint64_t inode_of(struct __test_metadata *_metadata, int fd)
{
	struct stat st;

	ASSERT_OK(fstat(fd, &st));
	return st.st_ino;
}

/* The mounts @id[0] ... @id[@nr - 1] are on each other, from the top down. */
void check_stack(struct __test_metadata *_metadata, const uint64_t *id, int nr)
{
	int i;

	for (i = 0; i < nr - 1; i++)
		EXPECT_EQ(id[i + 1], parent_of(_metadata, id[i]))
			TH_LOG("mount %d from the top is elsewhere", i);
}

/*
 * listmount(), statmount() and NS_MNT_GET_INFO report the mount namespace
 * @ns_fd as a task sees it that enters it.
 */
void check_seen_alike(struct __test_metadata *_metadata, int ns_fd)
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	uint64_t id = mntns_id(ns_fd);
	char *inside, *outside;

	outside = describe_mounts(id);
	ASSERT_TRUE(!!outside) TH_LOG("listing the mounts from outside: %m");
	ASSERT_OK(ioctl(ns_fd, NS_MNT_GET_INFO, &info));
	ASSERT_EQ(id, info.mnt_ns_id);

	IN_MNTNS(ns_fd) {
		inside = own_mounts(_metadata);
		ASSERT_STREQ(inside, outside);
		ASSERT_EQ(count_mounts(), info.nr_mounts);
	}
	free(outside);
}

/*
 * @ns_fd is a file descriptor of a mount namespace that the caller's user
 * namespace owns, and not the caller's.
 */
void check_is_new_mntns(struct __test_metadata *_metadata, int proc, int ns_fd)
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	int fd, own, userns;
	char link[64] = "", want[64];
	struct statfs st;
	char path[32];

	ASSERT_OK(fstatfs(ns_fd, &st));
	ASSERT_EQ(NSFS_MAGIC, st.f_type);
	ASSERT_EQ(CLONE_NEWNS, ASSERT_OK(ioctl(ns_fd, NS_GET_NSTYPE)));

	own = ASSERT_OK(open_mntns(proc));
	ASSERT_NE(0, mntns_id(ns_fd));
	ASSERT_NE(mntns_id(own), mntns_id(ns_fd));
	ASSERT_NE(inode_of(_metadata, own), inode_of(_metadata, ns_fd));
	close(own);
	ASSERT_OK(ioctl(ns_fd, NS_MNT_GET_INFO, &info));
	ASSERT_EQ(mntns_id(ns_fd), info.mnt_ns_id);

	/* /proc/self/fd reports and opens the same. */
	snprintf(want, sizeof(want), "mnt:[%llu]",
		 (unsigned long long)inode_of(_metadata, ns_fd));
	snprintf(path, sizeof(path), "self/fd/%d", ns_fd);
	ASSERT_LT(0, ASSERT_OK(readlinkat(proc, path, link, sizeof(link) - 1)));
	ASSERT_STREQ(want, link);
	fd = ASSERT_OK(openat(proc, path, O_RDONLY | O_CLOEXEC));
	ASSERT_EQ(mntns_id(ns_fd), mntns_id(fd));
	close(fd);

	fd = ASSERT_OK(ioctl(ns_fd, NS_GET_USERNS));
	userns = ASSERT_OK(openat(proc, "self/ns/user", O_RDONLY | O_CLOEXEC));
	ASSERT_EQ(inode_of(_metadata, userns), inode_of(_metadata, fd))
		TH_LOG("it belongs to another user namespace");
	close(userns);
	close(fd);
}

/*
 * The caller is in an empty mount namespace: the only mount is a nullfs, it is
 * its own parent, / and the working directory are its root. @outside is where
 * the caller, or the task that cloned it, was before.
 */
void check_empty_mntns(struct __test_metadata *_metadata, int proc,
		       struct location outside)
{
	struct location now = current_location(_metadata, proc);
	char text[1024];
	uint64_t list[8];
	struct statmount *sm;
	struct statx sx;

	ASSERT_NE(outside.ns, now.ns) TH_LOG("no new mount namespace");
	ASSERT_NE(outside.root_mnt, now.root_mnt);
	ASSERT_EQ(now.root_mnt, now.cwd_mnt) TH_LOG("cwd is not on /");
	ASSERT_EQ(now.root_ino, now.cwd_ino) TH_LOG("cwd is not /");
	ASSERT_EQ(1, ASSERT_OK(is_nullfs("/")));

	ASSERT_EQ(1, ASSERT_OK(listmount(LSMT_ROOT, 0, 0, list, 8, 0)));
	ASSERT_EQ(now.root_mnt, list[0]);
	ASSERT_EQ(0, ASSERT_OK(listmount(list[0], 0, 0, list + 1, 7, 0)));

	sm = own_mount(_metadata, list[0]);
	ASSERT_EQ(sm->mnt_id, sm->mnt_parent_id) TH_LOG("not its own parent");
	ASSERT_EQ(now.ns, sm->mnt_ns_id);
	ASSERT_STREQ("/", sm->str + sm->mnt_point);
	ASSERT_STREQ("/", sm->str + sm->mnt_root);
	ASSERT_STREQ("nullfs", sm->str + sm->fs_type);
	ASSERT_EQ(MS_PRIVATE, sm->mnt_propagation);
	free(sm);

	/* /proc/PID/mountinfo reports the same. */
	ASSERT_LT(0, ASSERT_OK(read_at(proc, "self/mountinfo", text,
				       sizeof(text))));
	EXPECT_HAS(text, " - nullfs ");
	EXPECT_EQ(strlen(text) - 1, strcspn(text, "\n"))
		TH_LOG("more than one line: %s", text);

	/* Nothing is within reach, not by .. either. */
	ASSERT_ERRNO(ENOENT, access("/proc", F_OK));
	ASSERT_ERRNO(ENOENT, access("/tmp", F_OK));
	ASSERT_ERRNO(ENOENT, access("tmp", F_OK));
	ASSERT_ERRNO(ENOENT, access("dir", F_OK));
	ASSERT_OK(statx(AT_FDCWD, "../..", 0, STATX_INO | STATX_MNT_ID_UNIQUE,
			&sx));
	ASSERT_EQ(now.root_mnt, sx.stx_mnt_id);
	ASSERT_EQ(now.root_ino, sx.stx_ino);
}

/* A task that enters @ns_fd can unmount /, and then sees nullfs. */
void check_on_nullfs(struct __test_metadata *_metadata, int ns_fd)
{
	IN_MNTNS(ns_fd) {
		ASSERT_OK(umount2("/", MNT_DETACH));
		ASSERT_OK(setns(ns_fd, CLONE_NEWNS));
		ASSERT_EQ(1, ASSERT_OK(is_nullfs("/")));
		ASSERT_EQ(1, count_mounts());
		ASSERT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	}
}

/* Secrets */

/* The existing directory @dir has the file @name. */
void check_has(struct __test_metadata *_metadata, const char *dir,
	       const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	EXPECT_EQ(0, access(path, F_OK)) TH_LOG("%s: %m", path);
}

/* The secret of hide_secret() is hidden. */
void check_is_hidden(struct __test_metadata *_metadata, const char *dir)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/secret", dir);
	EXPECT_ERRNO(ENOENT, access(path, F_OK));
}

/*
 * No call reveals what the mount at @top hides: all have to fail. /away is a
 * directory.
 */
void try_to_reveal(struct __test_metadata *_metadata, const char *top)
{
	char above[64];
	int fd;

	EXPECT_ERRNO(EINVAL, umount2(top, 0));
	EXPECT_ERRNO(EINVAL, umount2(top, MNT_DETACH));
	EXPECT_ERRNO(EINVAL, umount2(top, MNT_FORCE));
	EXPECT_ERRNO(EINVAL, umount2(top, MNT_EXPIRE));
	EXPECT_ERRNO(EINVAL, mount(top, "/away", NULL, MS_MOVE, NULL));
	EXPECT_ERRNO(EINVAL, sys_move_mount(AT_FDCWD, top, AT_FDCWD, "/away",
					    0));

	/* A copy of the parent without it */
	snprintf(above, sizeof(above), "%s", top);
	*strrchr(above, '/') = '\0';
	if (!above[0])
		snprintf(above, sizeof(above), "/");
	EXPECT_ERRNO(EINVAL, mount(above, "/away", NULL, MS_BIND, NULL));
	EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, above, OPEN_TREE_CLONE));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, above, 0));

	/* A copy with it, and of that copy one without it */
	fd = sys_open_tree(AT_FDCWD, above, OPEN_TREE_CLONE | AT_RECURSIVE);
	if (fd != -1) {
		EXPECT_ERRNO(EINVAL, copy_to_mntns(fd, "", AT_EMPTY_PATH));
		close(fd);
	}
	EXPECT_ERRNO(EINVAL, umount2(top, MNT_DETACH));
}

/* A locked mount with the file @name hides the secret in @dir. */
void check_is_locked(struct __test_metadata *_metadata, const char *dir,
		     const char *name)
{
	check_has(_metadata, dir, name);
	try_to_reveal(_metadata, dir);
	check_has(_metadata, dir, name);
	check_is_hidden(_metadata, dir);
}
