// SPDX-License-Identifier: GPL-2.0
/*
 * nullfs, the filesystem at the bottom of every mount namespace: it is empty,
 * and no task can leave anything in it that another task notices.
 */
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include <linux/fs.h>
#include <linux/time_types.h>
#include <linux/userfaultfd.h>

#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

#ifndef AT_HANDLE_FID
#define AT_HANDLE_FID		AT_REMOVEDIR
#endif
#ifndef F_SET_RW_HINT
#define F_SET_RW_HINT		(F_LINUX_SPECIFIC_BASE + 12)
#endif

/* The namespace root; 0 if it is not nullfs, or if that fails */
static uint64_t find_nullfs(void)
{
	uint64_t id, parent = mount_id("/");
	struct statmount *sm;
	bool nullfs;

	do {
		id = parent;
		sm = statmount_alloc(id, 0, STATMOUNT_MNT_BASIC |
				     STATMOUNT_SB_BASIC, 0);
		if (!sm)
			return 0;
		parent = sm->mnt_parent_id;
		nullfs = sm->sb_magic == NULL_FS_MAGIC;
		free(sm);
	} while (id != parent);

	return nullfs ? id : 0;
}

/* Unmounts all that is on top of the namespace root. */
static void unmount_to_nullfs(struct __test_metadata *_metadata, int proc)
{
	int ns = ASSERT_OK(open_mntns(proc));

	while (!ASSERT_OK(is_nullfs("/"))) {
		ASSERT_OK(umount2("/", MNT_DETACH));
		ASSERT_OK(setns(ns, CLONE_NEWNS));
	}
	close(ns);
}

/*
 * Opens /proc as *@proc and enters a private copy of the mount namespace.
 * Returns false if the test is skipped.
 */
static bool setup_mntns(struct __test_metadata *_metadata, int *proc)
{
	char map[64] = "";

	*proc = ASSERT_OK(open_proc());
	read_at(*proc, "self/uid_map", map, sizeof(map));
	if (geteuid() || !strstr(map, " 4294967295\n"))
		SKIP(return false, "needs root of the initial user namespace");
	if (!find_nullfs())
		SKIP(return false, "no nullfs");
	ASSERT_OK(private_mntns());
	return true;
}

/* What stat() and statmount() report of the directory @fd */
static void describe_dir(struct __test_metadata *_metadata, int fd,
			 char text[512])
{
	struct statmount *sm;
	struct statx sx;
	int len;

	ASSERT_OK(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS |
			STATX_MNT_ID_UNIQUE, &sx));
	sm = statmount_alloc(sx.stx_mnt_id, 0, STATMOUNT_SB_BASIC, 0);
	len = snprintf(text, 512,
		       "mode %o owner %u:%u nlink %u size %llu attributes %llx",
		       sx.stx_mode, sx.stx_uid, sx.stx_gid, sx.stx_nlink,
		       (unsigned long long)sx.stx_size,
		       (unsigned long long)sx.stx_attributes);
	snprintf(text + len, 512 - len,
		 " atime %lld.%u mtime %lld.%u ctime %lld.%u sb flags %x",
		 (long long)sx.stx_atime.tv_sec, sx.stx_atime.tv_nsec,
		 (long long)sx.stx_mtime.tv_sec, sx.stx_mtime.tv_nsec,
		 (long long)sx.stx_ctime.tv_sec, sx.stx_ctime.tv_nsec,
		 sm ? sm->sb_flags : 0);
	free(sm);
}

/* How many entries a directory has besides . and .. */
static int count_entries(int fd)
{
	struct linux_dirent64 {
		uint64_t d_ino;
		int64_t d_off;
		uint16_t d_reclen;
		uint8_t d_type;
		char d_name[];
	} *d;
	uint64_t buf[128];
	int nr = 0, dots = 0;
	ssize_t len, pos;

	if (lseek(fd, 0, SEEK_SET))
		return -1;
	while ((len = syscall(__NR_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (pos = 0; pos < len; pos += d->d_reclen) {
			d = (void *)((char *)buf + pos);
			if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
				dots++;
			else
				nr++;
		}
	}
	if (len || dots != 2)
		return -1;
	return nr;
}

/*
 * nullfs is / of the caller, which is root, or root of a user namespace that
 * owns the mount namespace.
 */
FIXTURE(nullfs)
{
	int proc;	/* /proc of before */
	int dir;	/* / */
	int tmpfs;	/* a directory that allows what nullfs refuses */
	int userns;	/* a user namespace */
	char dir_before[512];
};

FIXTURE_VARIANT(nullfs)
{
	bool userns;
};

FIXTURE_VARIANT_ADD(nullfs, root) { .userns = false };
FIXTURE_VARIANT_ADD(nullfs, userns_root) { .userns = true };

FIXTURE_SETUP(nullfs)
{
	int peer, mnt;
	pid_t pid;

	if (!setup_mntns(_metadata, &self->proc))
		return;
	unmount_to_nullfs(_metadata, self->proc);

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_OK(enter_userns(self->proc, 0));
		pass_turn(_metadata, peer);
		_exit(0);
	}
	await_turn(_metadata, peer);
	self->userns = ASSERT_OK(open_ns(self->proc, pid, "user"));
	end_peer(_metadata, pid, peer);

	if (variant->userns)
		ASSERT_OK(enter_userns(self->proc, CLONE_NEWNS));
	mnt = ASSERT_OK(new_tmpfs());
	self->tmpfs = ASSERT_OK(openat(mnt, ".", O_RDONLY | O_DIRECTORY));
	self->dir = ASSERT_OK(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	describe_dir(_metadata, self->dir, self->dir_before);
}

FIXTURE_TEARDOWN(nullfs)
{
	char after[512];

	describe_dir(_metadata, self->dir, after);
	EXPECT_STREQ(self->dir_before, after);
	EXPECT_EQ(0, count_entries(self->dir));
}

TEST_F(nullfs, is_an_empty_directory)
{
	struct statfs st;
	struct statx sx;

	static_assert(NULL_FS_MAGIC == 0x4E554C4C, "ABI");

	ASSERT_OK(fstatfs(self->dir, &st));
	EXPECT_EQ(0x4E554C4C, st.f_type);
	ASSERT_OK(statx(self->dir, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &sx));
	EXPECT_TRUE(S_ISDIR(sx.stx_mode));
	EXPECT_EQ(2, sx.stx_nlink);
	EXPECT_NE(0, sx.stx_ino);
	EXPECT_EQ(0, count_entries(self->dir));
	EXPECT_EQ(2, lseek(self->dir, 0, SEEK_END));
	EXPECT_ERRNO(EINVAL, lseek(self->dir, 3, SEEK_SET));
	EXPECT_ERRNO(EISDIR, read(self->dir, &st, sizeof(st)));
	EXPECT_OK(fsync(self->dir));
	EXPECT_ERRNO(ENOENT, access("/x", F_OK));
	EXPECT_ERRNO(ENOENT, access("/x/y", F_OK));
	EXPECT_ERRNO(ENOENT, open("/x", O_RDWR));
	EXPECT_OK(access("/..", F_OK));
}

TEST_F(nullfs, is_its_own_parent)
{
	struct statmount *sm;

	sm = own_mount(_metadata, mount_id("/"));
	EXPECT_EQ(sm->mnt_id, sm->mnt_parent_id);
	EXPECT_EQ(NULL_FS_MAGIC, sm->sb_magic);
	EXPECT_STREQ("nullfs", sm->str + sm->fs_type);
	EXPECT_STREQ("/", sm->str + sm->mnt_point);
	EXPECT_STREQ("/", sm->str + sm->mnt_root);
	free(sm);
	EXPECT_EQ(1, count_mounts());
}

TEST_F(nullfs, is_no_type_to_mount)
{
	char text[8192];

	EXPECT_ERRNO(ENODEV, sys_fsopen("nullfs", 0));
	EXPECT_ERRNO(ENODEV, mount("nullfs", "/", "nullfs", 0, NULL));
	EXPECT_ERRNO(ENODEV, mount(NULL, "/", "nullfs", MS_RDONLY, NULL));
	ASSERT_LT(0, ASSERT_OK(read_at(self->proc, "filesystems", text,
				       sizeof(text))));
	EXPECT_LACKS(text, "nullfs");
}

/* What nullfs refuses. On a tmpfs it has to succeed. */
struct attempt {
	const char *what;
	int (*try)(int dir);
	int err;	/* that nullfs fails with; 0: any */
	enum {
		WORKS_FOR_ALL,	/* on a tmpfs that they own */
		WORKS_FOR_ROOT,	/* but not for root of a user namespace */
		WORKS_NOWHERE,	/* not on a tmpfs either */
	} works;
};

/* @attempts ends with an empty one. */
static void try_attempts(struct __test_metadata *_metadata, int nullfs,
			 int tmpfs, bool userns, const struct attempt *attempts)
{
	const struct attempt *a;
	bool works;

	for (a = attempts; a->what; a++) {
		errno = 0;
		EXPECT_EQ(-1, a->try(nullfs)) TH_LOG("%s", a->what);
		EXPECT_EQ(a->err ?: errno, errno) TH_LOG("%s: %m", a->what);
	}

	/* A kernel that lacks something skips the test. */
	if (_metadata->exit_code)
		return;
	for (a = attempts; a->what; a++) {
		works = userns ? a->works == WORKS_FOR_ALL :
				 a->works != WORKS_NOWHERE;
		if (works && a->try(tmpfs) == -1)
			SKIP(return, "%s works nowhere: %m", a->what);
	}
}

static int try_create(int dir)
{
	return openat(dir, "a", O_RDWR | O_CREAT, 0644);
}

static int try_create_new(int dir)
{
	return openat(dir, "b", O_WRONLY | O_CREAT | O_EXCL, 0644);
}

static int try_tmpfile(int dir)
{
	return openat(dir, ".", O_RDWR | O_TMPFILE, 0644);
}

static int try_mkdir(int dir)
{
	return mkdirat(dir, "dir", 0755);
}

static int try_mkfifo(int dir)
{
	return mknodat(dir, "fifo", S_IFIFO | 0644, 0);
}

static int try_mknod(int dir)
{
	/* /dev/null */
	return mknodat(dir, "null", S_IFCHR | 0644, 1 << 8 | 3);
}

static int try_whiteout(int dir)
{
	return mknodat(dir, "whiteout", S_IFCHR | 0644, 0);
}

static int try_symlink(int dir)
{
	return symlinkat("/", dir, "symlink");
}

static int try_bind(int dir)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = "sock" };
	int sock, ret;

	if (fchdir(dir))
		return -1;
	sock = socket(AF_UNIX, SOCK_STREAM, 0);
	ret = bind(sock, (struct sockaddr *)&addr, sizeof(addr));
	close(sock);
	return ret;
}

static int try_unlink(int dir)
{
	return unlinkat(dir, "a", 0);
}

static int try_rmdir(int dir)
{
	return unlinkat(dir, "dir", AT_REMOVEDIR);
}

static int try_link(int dir)
{
	return linkat(dir, "b", dir, "link", 0);
}

static int try_rename(int dir)
{
	return renameat(dir, "b", dir, "c");
}

static int try_exchange(int dir)
{
	return syscall(__NR_renameat2, dir, "fifo", dir, "symlink",
		       RENAME_EXCHANGE);
}

static int try_rename_self(int dir)
{
	return renameat(dir, ".", dir, "c");
}

TEST_F(nullfs, refuses_changes)
{
	static const struct attempt attempts[] = {
		{ "open(O_CREAT)", try_create, ENOENT },
		{ "open(O_CREAT | O_EXCL)", try_create_new, ENOENT },
		{ "open(O_TMPFILE)", try_tmpfile },
		{ "mkdir()", try_mkdir },
		{ "mknod() of a fifo", try_mkfifo },
		{ "mknod() of a device", try_mknod, .works = WORKS_FOR_ROOT },
		{ "mknod() of a whiteout", try_whiteout },
		{ "symlink()", try_symlink },
		{ "bind() of a socket", try_bind },
		{ "link()", try_link },
		{ "rename()", try_rename },
		{ "renameat2(RENAME_EXCHANGE)", try_exchange },
		{ "rename() of .", try_rename_self, .works = WORKS_NOWHERE },
		{ "unlink()", try_unlink },
		{ "rmdir()", try_rmdir },
		{}
	};

	try_attempts(_metadata, self->dir, self->tmpfs, variant->userns,
		     attempts);
}

static int try_chmod(int dir)
{
	return fchmod(dir, 0700);
}

static int try_chmod_same(int dir)
{
	struct stat st;

	return fstat(dir, &st) || fchmod(dir, st.st_mode & 07777) ? -1 : 0;
}

static int try_chown(int dir)
{
	return fchown(dir, 0, 0);
}

/* A libc of 32 bits may use a system call that the kernel lacks. */
static int sys_futimens(int fd, struct __kernel_timespec times[2])
{
#ifdef __NR_utimensat_time64
	return syscall(__NR_utimensat_time64, fd, NULL, times, 0);
#else
	return syscall(__NR_utimensat, fd, NULL, times, 0);
#endif
}

static int try_touch(int dir)
{
	return sys_futimens(dir, NULL);
}

static int try_utimes(int dir)
{
	struct __kernel_timespec times[2] = { { 1, 0 }, { 2, 0 } };

	return sys_futimens(dir, times);
}

static int try_setflags(int dir)
{
	int flags = FS_NODUMP_FL;

	return ioctl(dir, FS_IOC_SETFLAGS, &flags);
}

static int try_fssetxattr(int dir)
{
	struct fsxattr attr = { .fsx_xflags = FS_XFLAG_NODUMP };

	return ioctl(dir, FS_IOC_FSSETXATTR, &attr);
}

TEST_F(nullfs, refuses_attributes)
{
	static const struct attempt attempts[] = {
		{ "chmod()", try_chmod },
		{ "chmod() to what it is", try_chmod_same },
		{ "chown()", try_chown },
		{ "utimensat() to now", try_touch },
		{ "utimensat()", try_utimes },
		{ "FS_IOC_SETFLAGS", try_setflags },
		{ "FS_IOC_FSSETXATTR", try_fssetxattr },
		{}
	};

	try_attempts(_metadata, self->dir, self->tmpfs, variant->userns,
		     attempts);
}

static int try_user_xattr(int dir)
{
	return fsetxattr(dir, "user.test", "1", 1, 0);
}

static int try_trusted_xattr(int dir)
{
	return fsetxattr(dir, "trusted.test", "1", 1, 0);
}

static int try_security_xattr(int dir)
{
	return fsetxattr(dir, "security.test", "1", 1, 0);
}

static int try_acl(int dir)
{
	/* The ACL that mode 0755 is: version, then tag, permissions and ID */
	static const unsigned char acl[] = {
		2, 0, 0, 0,
		1, 0, 7, 0, 255, 255, 255, 255,
		4, 0, 5, 0, 255, 255, 255, 255,
		32, 0, 5, 0, 255, 255, 255, 255,
	};

	return fsetxattr(dir, "system.posix_acl_access", acl, sizeof(acl), 0);
}

static int try_getxattr(int dir)
{
	char value[8];

	return fgetxattr(dir, "user.test", value, sizeof(value));
}

static int try_removexattr(int dir)
{
	return fremovexattr(dir, "user.test");
}

TEST_F(nullfs, refuses_xattrs)
{
	static const struct attempt attempts[] = {
		{ "user xattr", try_user_xattr },
		{ "trusted xattr", try_trusted_xattr, .works = WORKS_FOR_ROOT },
		{ "security xattr", try_security_xattr },
		{ "ACL", try_acl },
		{ "reading an xattr", try_getxattr },
		{ "removing an xattr", try_removexattr },
		{}
	};
	char list[256];

	try_attempts(_metadata, self->dir, self->tmpfs, variant->userns,
		     attempts);
	EXPECT_GE(0, flistxattr(self->dir, list, sizeof(list)));
}

static int try_flock_shared(int dir)
{
	return flock(dir, LOCK_SH | LOCK_NB);
}

static int try_flock_exclusive(int dir)
{
	return flock(dir, LOCK_EX | LOCK_NB);
}

static int try_lock(int dir, int cmd)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return fcntl(dir, cmd, &lock);
}

static int try_posix_lock(int dir)
{
	return try_lock(dir, F_SETLK);
}

static int try_posix_lock_wait(int dir)
{
	return try_lock(dir, F_SETLKW);
}

static int try_ofd_lock(int dir)
{
	return try_lock(dir, F_OFD_SETLK);
}

static int try_ofd_lock_wait(int dir)
{
	return try_lock(dir, F_OFD_SETLKW);
}

static int try_read_lease(int dir)
{
	return fcntl(dir, F_SETLEASE, F_RDLCK);
}

static int try_write_lease(int dir)
{
	return fcntl(dir, F_SETLEASE, F_WRLCK);
}

static int try_write_hint(int dir)
{
	uint64_t hint = RWH_WRITE_LIFE_EXTREME;

	return fcntl(dir, F_SET_RW_HINT, &hint);
}

TEST_F(nullfs, refuses_locks_and_leases)
{
	static const struct attempt attempts[] = {
		{ "flock(LOCK_SH)", try_flock_shared, ENOLCK },
		{ "flock(LOCK_EX)", try_flock_exclusive, ENOLCK },
		{ "F_SETLK", try_posix_lock, ENOLCK },
		{ "F_SETLKW", try_posix_lock_wait, ENOLCK },
		{ "F_OFD_SETLK", try_ofd_lock, ENOLCK },
		{ "F_OFD_SETLKW", try_ofd_lock_wait, ENOLCK },
		{ "read lease", try_read_lease, EINVAL, WORKS_NOWHERE },
		{ "write lease", try_write_lease, EINVAL, WORKS_NOWHERE },
		{}
	};

	try_attempts(_metadata, self->dir, self->tmpfs, variant->userns,
		     attempts);
}

TEST_F(nullfs, refuses_write_hints)
{
	static const struct attempt attempts[] = {
		{ "F_SET_RW_HINT", try_write_hint },
		{}
	};
	uint64_t hint = 0;

	try_attempts(_metadata, self->dir, self->tmpfs, variant->userns,
		     attempts);
	EXPECT_OK(fcntl(self->dir, F_GET_RW_HINT, &hint));
	EXPECT_EQ(RWH_WRITE_LIFE_NOT_SET, hint);
}

static int try_dnotify(int dir)
{
	return fcntl(dir, F_NOTIFY, DN_ACCESS | DN_CREATE | DN_MULTISHOT);
}

TEST_F(nullfs, refuses_dnotify)
{
	static const struct attempt attempts[] = {
		{ "F_NOTIFY", try_dnotify, EINVAL },
		{}
	};

	signal(SIGIO, SIG_IGN);
	try_attempts(_metadata, self->dir, self->tmpfs, variant->userns,
		     attempts);
}

static int try_inotify(int dir)
{
	int fd, ret;

	fd = inotify_init1(IN_CLOEXEC);
	if (fd == -1)
		return -1;
	/* Not closed: that would remove the watch. */
	ret = fchdir(dir) ?: inotify_add_watch(fd, ".", IN_ALL_EVENTS);
	return ret;
}

TEST_F(nullfs, refuses_inotify)
{
	static const struct attempt attempts[] = {
		{ "inotify_add_watch()", try_inotify, EINVAL },
		{}
	};

	try_attempts(_metadata, self->dir, self->tmpfs, variant->userns,
		     attempts);
}

static int try_fanotify(int dir, unsigned int init, unsigned int mark)
{
	int fd;

	fd = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK | init, O_RDONLY);
	if (fd == -1)
		return -1;
	return fanotify_mark(fd, FAN_MARK_ADD | mark, FAN_OPEN | FAN_ONDIR,
			     dir, ".");
}

static int try_fanotify_inode(int dir)
{
	return try_fanotify(dir, 0, FAN_MARK_INODE);
}

static int try_fanotify_mount(int dir)
{
	return try_fanotify(dir, 0, FAN_MARK_MOUNT);
}

static int try_fanotify_fs(int dir)
{
	return try_fanotify(dir, 0, FAN_MARK_FILESYSTEM);
}

static int try_fanotify_inode_fid(int dir)
{
	return try_fanotify(dir, FAN_REPORT_FID, FAN_MARK_INODE);
}

static int try_fanotify_mount_fid(int dir)
{
	return try_fanotify(dir, FAN_REPORT_FID, FAN_MARK_MOUNT);
}

static int try_fanotify_fs_fid(int dir)
{
	return try_fanotify(dir, FAN_REPORT_FID, FAN_MARK_FILESYSTEM);
}

TEST_F(nullfs, refuses_fanotify)
{
	int err = variant->userns ? 0 : EINVAL;
	const struct attempt attempts[] = {
		{ "fanotify of the inode", try_fanotify_inode, err,
			WORKS_FOR_ROOT },
		{ "fanotify of the mount", try_fanotify_mount, err,
			WORKS_FOR_ROOT },
		{ "fanotify of the filesystem", try_fanotify_fs, err,
			WORKS_FOR_ROOT },
		{ "fanotify of the inode by ID", try_fanotify_inode_fid, EINVAL },
		{ "fanotify of the mount by ID", try_fanotify_mount_fid, err,
			WORKS_FOR_ROOT },
		{ "fanotify of the filesystem by ID", try_fanotify_fs_fid, err,
			WORKS_FOR_ROOT },
		{}
	};

	try_attempts(_metadata, self->dir, self->tmpfs, variant->userns,
		     attempts);
}

static int try_freeze(int dir)
{
	return ioctl(dir, FIFREEZE, 0);
}

static int try_trim(int dir)
{
	struct fstrim_range range = { .len = UINT64_MAX };

	return ioctl(dir, FITRIM, &range);
}

static int try_label(int dir)
{
	char label[FSLABEL_MAX] = "label";

	return ioctl(dir, FS_IOC_SETFSLABEL, label);
}

TEST_F(nullfs, refuses_to_be_frozen_trimmed_or_labeled)
{
	static const struct attempt attempts[] = {
		{ "FIFREEZE", try_freeze, .works = WORKS_NOWHERE },
		{ "FITRIM", try_trim, .works = WORKS_NOWHERE },
		{ "FS_IOC_SETFSLABEL", try_label, .works = WORKS_NOWHERE },
		{}
	};

	try_attempts(_metadata, self->dir, self->tmpfs, variant->userns,
		     attempts);
}

TEST_F(nullfs, has_nothing_to_execute)
{
	static char *const argv[] = { "x", NULL };

	EXPECT_ERRNO(ENOENT, execv("/x", argv));
	EXPECT_ERRNO(EACCES, execv("/", argv));
	EXPECT_ERRNO(EACCES, syscall(__NR_execveat, self->dir, "", argv, NULL,
				     AT_EMPTY_PATH));
}

TEST_F(nullfs, has_no_file_handle_that_can_be_opened)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} fh = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int id;

	EXPECT_ERRNO(EOPNOTSUPP, name_to_handle_at(self->dir, "", &fh.handle,
						   &id, AT_EMPTY_PATH));

	/* A handle that only identifies an inode is fine. */
	fh.handle.handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(self->dir, "", &fh.handle, &id,
			      AT_EMPTY_PATH | AT_HANDLE_FID))
		return;
	EXPECT_EQ(-1, open_by_handle_at(self->dir, &fh.handle, O_RDONLY));
}

/* also on a mount with strictatime */
TEST_F(nullfs, keeps_its_times)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_STRICTATIME,
		.attr_clr = MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME,
	};
	char before[512], after[512];
	int dir, fd;

	EXPECT_EQ(0, count_entries(self->dir));
	describe_dir(_metadata, self->dir, after);
	EXPECT_STREQ(self->dir_before, after);

	fd = ASSERT_OK(sys_open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE |
				     OPEN_TREE_CLOEXEC));
	/* The locked atime flags of a user namespace: EPERM */
	ASSERT_TRUE(!sys_mount_setattr(fd, "", AT_EMPTY_PATH, &attr) ||
		    errno == EPERM) TH_LOG("mount_setattr(): %m");
	dir = ASSERT_OK(openat(fd, ".", O_RDONLY | O_DIRECTORY));
	describe_dir(_metadata, dir, before);
	EXPECT_EQ(0, count_entries(dir));
	EXPECT_EQ(0, count_entries(dir));
	describe_dir(_metadata, dir, after);
	EXPECT_STREQ(before, after);
}

TEST_F(nullfs, cannot_be_idmapped)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = self->userns,
	};
	int fd;

	fd = ASSERT_OK(sys_open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE |
				     OPEN_TREE_CLOEXEC));
	EXPECT_NE(0, sys_mount_setattr(fd, "", AT_EMPTY_PATH, &attr));
	if (!variant->userns) {
		EXPECT_EQ(EINVAL, errno) TH_LOG("%m");
		EXPECT_OK(sys_mount_setattr(self->tmpfs, "", AT_EMPTY_PATH,
					    &attr));
	}
}

/* / of the caller is nullfs. */
static void check_cannot_be_reconfigured(struct __test_metadata *_metadata,
					 bool userns)
{
	EXPECT_ERRNO(EINVAL, sys_fspick(AT_FDCWD, "/", 0));
	EXPECT_ERRNO(EINVAL, sys_fspick(AT_FDCWD, ".", FSPICK_NO_AUTOMOUNT));
	EXPECT_ERRNO(EINVAL, mount(NULL, "/", NULL, MS_REMOUNT, NULL));
	EXPECT_ERRNO(EINVAL, mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY,
				   NULL));
	EXPECT_ERRNO(EINVAL, mount(NULL, "/", NULL, MS_REMOUNT | MS_LAZYTIME |
				   MS_SYNCHRONOUS, "x=y"));

	/* Of the root, a umount() without MNT_DETACH makes it read-only. */
	if (userns) {
		EXPECT_NE(0, umount2("/", 0));
		EXPECT_TRUE(errno == EINVAL || errno == EPERM) TH_LOG("%m");
	} else {
		EXPECT_ERRNO(EINVAL, umount2("/", 0));
		EXPECT_ERRNO(EINVAL, umount2("/", MNT_FORCE));
	}
	EXPECT_EQ(1, is_nullfs("/"));
}

TEST_F(nullfs, cannot_be_reconfigured)
{
	check_cannot_be_reconfigured(_metadata, variant->userns);
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	EXPECT_EQ(1, count_mounts());
}

TEST_F(nullfs, cannot_be_reconfigured_by_a_copy)
{
	int root, copy;

	copy = ASSERT_OK(sys_open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE |
				       OPEN_TREE_CLOEXEC));
	root = ASSERT_OK(overmount_root());
	ASSERT_OK(mkdir("/dir", 0755));
	ASSERT_OK(mount_on(copy, "/dir"));
	ASSERT_OK(chroot_fd(copy));
	check_cannot_be_reconfigured(_metadata, variant->userns);

	/* The copy can be unmounted, but not bound. */
	ASSERT_OK(chroot_fd(root));
	ASSERT_OK(mkdir("/bound", 0755));
	EXPECT_ERRNO(EINVAL, mount("/dir", "/bound", NULL, MS_BIND, NULL));
	EXPECT_OK(umount2("/dir", MNT_DETACH));
}

TEST_F(nullfs, can_be_copied_to_a_new_mount_namespace)
{
	int ns;

	ns = ASSERT_OK(sys_open_tree(AT_FDCWD, "/", OPEN_TREE_NAMESPACE |
				     AT_RECURSIVE));
	IN_MNTNS(ns) {
		ASSERT_EQ(1, is_nullfs("/"));
		ASSERT_OK(overmount_root());
	}
}

TEST_F(nullfs, has_mount_attributes_of_its_own_in_each_namespace)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
			    MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
	};
	char *before;

	before = own_mounts(_metadata);
	IN_CHILD(0) {
		ASSERT_OK(unshare(CLONE_NEWNS));
		sys_mount_setattr(AT_FDCWD, "/", 0, &attr);
		mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
		mount(NULL, "/", NULL, MS_UNBINDABLE, NULL);
	}
	expect_mounts(_metadata, before);
}

TEST_F(nullfs, can_be_mounted_on)
{
	int fd;

	ASSERT_OK(mount("x", "/", "tmpfs", 0, NULL));
	fd = ASSERT_OK(new_tmpfs());
	ASSERT_OK(mount_on(fd, "/"));
	EXPECT_EQ(3, count_mounts());
	ASSERT_OK(chroot_fd(fd));
	ASSERT_OK(mkdir("/dir", 0755));
	EXPECT_EQ(0, is_nullfs("/"));
	EXPECT_EQ(1, count_mounts());
}

/* All tasks share one directory. A task reads it, and gets stuck in a fault. */
FIXTURE(stuck_readdir_of_nullfs)
{
	int proc;
	int uffd;
	void *page;
};

FIXTURE_SETUP(stuck_readdir_of_nullfs)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.mode = UFFDIO_REGISTER_MODE_MISSING,
		.range.len = getpagesize(),
	};

	if (!setup_mntns(_metadata, &self->proc))
		return;
	unmount_to_nullfs(_metadata, self->proc);

	self->uffd = syscall(__NR_userfaultfd, O_CLOEXEC);
	if (self->uffd == -1)
		SKIP(return, "no userfaultfd: %m");
	ASSERT_OK(ioctl(self->uffd, UFFDIO_API, &api));
	self->page = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_FALSE(self->page == MAP_FAILED);
	range.range.start = (uintptr_t)self->page;
	ASSERT_OK(ioctl(self->uffd, UFFDIO_REGISTER, &range));
}

FIXTURE_TEARDOWN(stuck_readdir_of_nullfs)
{
}

static int do_lookup(int proc)
{
	return access("/x", F_OK) == -1 && errno == ENOENT ? 0 : -1;
}

static int do_create(int proc)
{
	return open("/x", O_RDWR | O_CREAT, 0644) == -1 ? 0 : -1;
}

static int do_mkdir(int proc)
{
	return mkdir("/x", 0755) == -1 ? 0 : -1;
}

static int do_chmod(int proc)
{
	return chmod("/", 0) == -1 ? 0 : -1;
}

static int do_touch(int proc)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	return sys_futimens(fd, NULL) == -1 ? 0 : -1;
}

static int do_setxattr(int proc)
{
	return setxattr("/", "trusted.x", "x", 1, 0) == -1 ? 0 : -1;
}

static int do_rename(int proc)
{
	return rename("/x", "/y") == -1 ? 0 : -1;
}

static int do_readdir(int proc)
{
	return count_entries(open("/", O_RDONLY | O_DIRECTORY));
}

static int do_mount(int proc)
{
	return overmount_root() == -1 || umount2("/", MNT_DETACH) ? -1 : 0;
}

static int do_mount_elsewhere(int proc)
{
	return unshare(CLONE_NEWNS) || do_mount(proc) ? -1 : 0;
}

static int do_mount_in_userns(int proc)
{
	return enter_userns(proc, CLONE_NEWNS) || do_mount(proc) ? -1 : 0;
}

static int do_sync(int proc)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	return syncfs(fd);
}

static const struct {
	const char *what;
	int (*run)(int proc);
} others[] = {
	{ "a lookup", do_lookup },
	{ "open(O_CREAT)", do_create },
	{ "another lookup", do_lookup },
	{ "mkdir()", do_mkdir },
	{ "rename()", do_rename },
	{ "chmod()", do_chmod },
	{ "utimensat()", do_touch },
	{ "setxattr()", do_setxattr },
	{ "another readdir", do_readdir },
	{ "mounting on it", do_mount },
	{ "mounting on it in another namespace", do_mount_elsewhere },
	{ "mounting on it as userns root", do_mount_in_userns },
	{ "syncfs()", do_sync },
	{ "yet another lookup", do_lookup },
};

/* Runs others[@nr] in a child: true if that has come to an end. */
static bool gets_done(struct __test_metadata *_metadata, int proc, int nr)
{
	struct pollfd poll_fd = { .events = POLLIN };
	pid_t pid;
	int peer;

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_EQ(0, others[nr].run(proc))
			TH_LOG("%s: %m", others[nr].what);
		_exit(0);
	}
	/* generous: only a task that hangs takes that long */
	poll_fd.fd = peer;
	if (poll(&poll_fd, 1, 30 * 1000) != 1)
		return false;
	join_child(_metadata, pid);
	return true;
}

TEST_F_TIMEOUT(stuck_readdir_of_nullfs, blocks_no_other_task, 180)
{
	struct uffdio_zeropage zero = {
		.range.start = (uintptr_t)self->page,
		.range.len = getpagesize(),
	};
	struct uffd_msg msg;
	int dir, peer;
	pid_t pid;
	ssize_t len;
	unsigned int i;

	dir = ASSERT_OK(open("/", O_RDONLY | O_DIRECTORY));
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_EQ(sizeof(msg), read(self->uffd, &msg, sizeof(msg)));
		ASSERT_EQ(UFFD_EVENT_PAGEFAULT, msg.event);
		ASSERT_EQ(zero.range.start, msg.arg.pagefault.address &
					    ~(zero.range.len - 1));
		for (i = 0; i < ARRAY_SIZE(others); i++) {
			if (gets_done(_metadata, self->proc, i))
				continue;
			__mntns_fail(0, "%s waits for another task's readdir",
				     others[i].what);
			break;
		}
		/* The readdir goes on. */
		ASSERT_OK(ioctl(self->uffd, UFFDIO_ZEROPAGE, &zero));
		_exit(0);
	}

	/* If the child dies, the fault ends. */
	ASSERT_OK(close(self->uffd));
	len = syscall(__NR_getdents64, dir, self->page, getpagesize());
	EXPECT_LT(0, len) TH_LOG("%m");
	join_child(_metadata, pid);
}

/* The mount namespace that the kernel starts with */
FIXTURE(initial_mntns)
{
	int proc;
	uint64_t root;	/* the mount that is / */
};

FIXTURE_SETUP(initial_mntns)
{
	char name[16] = "";
	int ns;

	if (!setup_mntns(_metadata, &self->proc))
		return;
	/* Kernel threads never leave it. */
	read_at(self->proc, "2/comm", name, sizeof(name));
	if (strcmp(name, "kthreadd\n"))
		SKIP(return, "not in the initial PID namespace");
	ns = ASSERT_OK(open_ns(self->proc, 2, "mnt"));
	ASSERT_OK(setns(ns, CLONE_NEWNS));
	self->root = mount_id("/");
	ASSERT_NE(0, self->root);
}

FIXTURE_TEARDOWN(initial_mntns)
{
}

TEST_F(initial_mntns, has_nullfs_as_mount_1_and_rootfs_as_mount_2)
{
	struct statmount *sm, *above = NULL;
	uint64_t id = self->root;

	for (;;) {
		sm = own_mount(_metadata, id);
		if (sm->mnt_parent_id == id)
			break;
		free(above);
		above = sm;
		id = sm->mnt_parent_id;
	}

	EXPECT_EQ(1, sm->mnt_id_old);
	EXPECT_EQ(1, sm->mnt_parent_id_old);
	EXPECT_EQ(NULL_FS_MAGIC, sm->sb_magic);
	EXPECT_STREQ("nullfs", sm->str + sm->fs_type);
	ASSERT_TRUE(!!above) TH_LOG("nothing on top of nullfs");
	EXPECT_EQ(2, above->mnt_id_old);
	EXPECT_EQ(1, above->mnt_parent_id_old);
	EXPECT_STREQ("rootfs", above->str + above->fs_type);
}

TEST_F(initial_mntns, has_no_process_on_nullfs)
{
	char *mounts, *info;

	EXPECT_EQ(0, is_nullfs("/"));
	EXPECT_EQ(0, is_nullfs("."));
	EXPECT_EQ(0, is_nullfs_at(self->proc, "1/root"));
	EXPECT_EQ(0, is_nullfs_at(self->proc, "1/cwd"));

	mounts = own_mounts(_metadata);
	EXPECT_LACKS(mounts, "nullfs");
	info = malloc(65536);
	ASSERT_TRUE(!!info);
	ASSERT_OK(read_at(self->proc, "self/mountinfo", info, 65536));
	EXPECT_LACKS(info, "nullfs");
}

TEST_F(initial_mntns, lets_a_copy_pivot_root_from_the_initramfs)
{
	uint64_t init_root = mount_id_at(self->proc, "1/root");
	struct location place;

	if (parent_of(_metadata, self->root) != find_nullfs())
		SKIP(return, "the root is not the initramfs any more");

	place = current_location(_metadata, self->proc);
	IN_CHILD(0) {
		ASSERT_OK(private_scratch());
		ASSERT_OK(mkdir("/tmp/old", 0755));
		ASSERT_OK(mkdir("/tmp/marker", 0755));
		ASSERT_OK(sys_pivot_root("/tmp", "/tmp/old"));
		ASSERT_OK(access("/marker", F_OK));
		ASSERT_OK(access("/old/proc/self", F_OK));
		ASSERT_EQ(find_nullfs(), parent_of(_metadata, mount_id("/")));
		ASSERT_OK(umount2("/old", MNT_DETACH));
		ASSERT_EQ(1, count_mounts());
	}

	/* without a directory for the old root */
	IN_CHILD(0) {
		ASSERT_OK(private_scratch());
		ASSERT_OK(mkdir("marker", 0755));
		ASSERT_OK(sys_pivot_root(".", "."));
		ASSERT_OK(umount2(".", MNT_DETACH));
		ASSERT_OK(access("/marker", F_OK));
		ASSERT_EQ(1, count_mounts());
	}

	check_still_at(_metadata, self->proc, place);
	EXPECT_EQ(init_root, mount_id_at(self->proc, "1/root"));
}

TEST_F(initial_mntns, has_a_locked_root_in_a_copy_for_userns_root)
{
	ASSERT_OK(enter_userns(self->proc, 0));
	ASSERT_OK(private_scratch());
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH | MNT_FORCE));

	/* The new root is locked, too. */
	ASSERT_OK(sys_pivot_root(".", "."));
	ASSERT_OK(umount2(".", MNT_DETACH));
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	EXPECT_EQ(0, is_nullfs("/"));
}

TEST_F(initial_mntns, does_not_report_nullfs_to_nobody)
{
	uint64_t id = parent_of(_metadata, self->root);

	ASSERT_NE(id, self->root);
	ASSERT_OK(become_nobody());
	EXPECT_TRUE(!statmount_alloc(id, 0, DESCRIBE_MASK, 0));
	EXPECT_EQ(EPERM, errno) TH_LOG("%m");
	EXPECT_ERRNO(EPERM, listmount(id, 0, 0, &id, 1, 0));
}

/* A mount namespace and a task in another one */
FIXTURE(mntns_seen_from_outside)
{
	int proc;
	int ns;
};

FIXTURE_VARIANT(mntns_seen_from_outside)
{
	bool copy;		/* of the mounts; otherwise only nullfs */
	int layers;		/* tmpfs on top of that */
	bool others_first;	/* each with a mount on /dir */
	bool older_on_top;	/* the oldest tmpfs is on top */
};

FIXTURE_VARIANT_ADD(mntns_seen_from_outside, copy) { .copy = true };
FIXTURE_VARIANT_ADD(mntns_seen_from_outside, root_on_rootfs) {
	.copy = true, .layers = 1
};

FIXTURE_VARIANT_ADD(mntns_seen_from_outside, nullfs_alone) { .layers = 0 };
FIXTURE_VARIANT_ADD(mntns_seen_from_outside, one_root) { .layers = 1 };
FIXTURE_VARIANT_ADD(mntns_seen_from_outside, two_roots) { .layers = 2 };
FIXTURE_VARIANT_ADD(mntns_seen_from_outside, three_roots) { .layers = 3 };
FIXTURE_VARIANT_ADD(mntns_seen_from_outside, one_root_with_mounts) {
	.layers = 1, .others_first = true
};

FIXTURE_VARIANT_ADD(mntns_seen_from_outside, three_roots_with_mounts) {
	.layers = 3, .others_first = true
};

FIXTURE_VARIANT_ADD(mntns_seen_from_outside, older_root_on_top) {
	.layers = 2, .older_on_top = true
};

FIXTURE_SETUP(mntns_seen_from_outside)
{
	int old = -1, outside, i;

	if (!setup_mntns(_metadata, &self->proc))
		return;
	outside = ASSERT_OK(open_mntns(self->proc));

	ASSERT_OK(private_mntns());
	self->ns = ASSERT_OK(open_mntns(self->proc));
	if (!variant->copy)
		unmount_to_nullfs(_metadata, self->proc);
	if (variant->older_on_top)
		old = ASSERT_OK(new_tmpfs());
	for (i = 0; i < variant->layers; i++) {
		ASSERT_OK(overmount_root());
		if (!variant->others_first)
			continue;
		ASSERT_OK(mkdir("/dir", 0755));
		ASSERT_OK(mount("x", "/dir", "tmpfs", 0, NULL));
	}
	if (variant->older_on_top)
		ASSERT_OK(mount_on(old, "/"));
	ASSERT_OK(setns(outside, CLONE_NEWNS));
}

FIXTURE_TEARDOWN(mntns_seen_from_outside)
{
}

TEST_F(mntns_seen_from_outside, is_as_seen_inside)
{
	check_seen_alike(_metadata, self->ns);
}

TEST_HARNESS_MAIN
