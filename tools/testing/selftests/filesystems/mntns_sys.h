/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls around mount namespaces, and what is made of them, for test
 * programs of every kind: nothing in here needs a test harness.
 */
#ifndef __MNTNS_SYS_H
#define __MNTNS_SYS_H

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/magic.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/types.h>

#include "../kselftest.h"
#include "statmount/statmount.h"

/* For headers that are older than the tests. */
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH	0x00000200
#endif
#ifndef OPEN_TREE_NAMESPACE
#define OPEN_TREE_NAMESPACE	0x00000002
#endif
#ifndef FSMOUNT_NAMESPACE
#define FSMOUNT_NAMESPACE	0x00000002
#endif
#ifndef CLONE_EMPTY_MNTNS
#define CLONE_EMPTY_MNTNS	0x2000000000ULL
#endif
#ifndef UNSHARE_EMPTY_MNTNS
#define UNSHARE_EMPTY_MNTNS	0x00100000
#endif
#ifndef NULL_FS_MAGIC
#define NULL_FS_MAGIC		0x4E554C4C
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE	0x00004000U
#endif

/* System calls that a libc may lack, or have with its own idea of the types. */

static inline int sys_open_tree(int dfd, const char *path, unsigned int flags)
{
	return syscall(__NR_open_tree, dfd, path, flags);
}

static inline int sys_move_mount(int from_dfd, const char *from_path,
				 int to_dfd, const char *to_path,
				 unsigned int flags)
{
	return syscall(__NR_move_mount, from_dfd, from_path, to_dfd, to_path,
		       flags);
}

static inline int sys_fsopen(const char *fs_name, unsigned int flags)
{
	return syscall(__NR_fsopen, fs_name, flags);
}

static inline int sys_fsconfig(int fs_fd, unsigned int cmd, const char *key,
			       const char *value, int aux)
{
	return syscall(__NR_fsconfig, fs_fd, cmd, key, value, aux);
}

static inline int sys_fsmount(int fs_fd, unsigned int flags, unsigned int attr)
{
	return syscall(__NR_fsmount, fs_fd, flags, attr);
}

static inline int sys_fspick(int dfd, const char *path, unsigned int flags)
{
	return syscall(__NR_fspick, dfd, path, flags);
}

static inline int sys_mount_setattr(int dfd, const char *path,
				    unsigned int flags,
				    struct mount_attr *attr)
{
	return syscall(__NR_mount_setattr, dfd, path, flags, attr,
		       sizeof(*attr));
}

static inline int sys_pivot_root(const char *new_root, const char *put_old)
{
	return syscall(__NR_pivot_root, new_root, put_old);
}

/* unshare() of a libc takes an int: the upper bits would be lost. */
static inline int sys_unshare(unsigned long flags)
{
	return syscall(__NR_unshare, flags);
}

/* Without CLONE_VM this returns twice, as fork() does. */
static inline pid_t sys_clone3(struct clone_args *args)
{
	return syscall(__NR_clone3, args, sizeof(*args));
}

/* fork() with some CLONE_* @flags */
static inline pid_t fork_with(uint64_t flags)
{
	struct clone_args args = {
		.flags = flags,
		.exit_signal = SIGCHLD,
	};

	return sys_clone3(&args);
}

/* Files */

/* Opens /proc, for use after the mount namespace was left. */
static inline int open_proc(void)
{
	return open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Replaces what the existing file @path has, in one write. */
static inline __printf(3, 4)
int write_at(int dfd, const char *path, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int fd, len, err, ret = 0;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);

	fd = openat(dfd, path, O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (write(fd, text, len) != len)
		ret = -1;
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

/* The beginning of the file @path as a string: its length, or -1. */
static inline ssize_t read_at(int dfd, const char *path, char *text,
			      size_t size)
{
	ssize_t len = 0, ret = 0;
	int fd, err;

	fd = openat(dfd, path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	while (len < (ssize_t)size - 1) {
		ret = read(fd, text + len, size - 1 - len);
		if (ret <= 0)
			break;
		len += ret;
	}
	err = errno;
	close(fd);
	errno = err;
	text[len] = '\0';
	return ret < 0 ? -1 : len;
}

/* Is the directory @path on nullfs? -1 if it can't be told. */
static inline int is_nullfs_at(int dfd, const char *path)
{
	struct statfs st;
	int fd, ret;

	fd = openat(dfd, path, O_PATH | O_CLOEXEC);
	if (fd == -1)
		return -1;
	ret = fstatfs(fd, &st);
	close(fd);
	return ret ? -1 : st.f_type == NULL_FS_MAGIC;
}

static inline int is_nullfs(const char *path)
{
	return is_nullfs_at(AT_FDCWD, path);
}

/* User namespaces and credentials */

/*
 * Makes the caller root in the user namespace it has just entered; @uid and
 * @gid are what it was before. @proc is /proc, opened before.
 */
static inline int map_root(int proc, uid_t uid, gid_t gid)
{
	if (write_at(proc, "self/setgroups", "deny"))
		return -1;
	if (write_at(proc, "self/uid_map", "0 %u 1", uid))
		return -1;
	if (write_at(proc, "self/gid_map", "0 %u 1", gid))
		return -1;
	return setresgid(0, 0, 0) || setresuid(0, 0, 0) ? -1 : 0;
}

/* unshare(CLONE_NEWUSER | @flags), and be root there. */
static inline int enter_userns(int proc, unsigned long flags)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	return sys_unshare(CLONE_NEWUSER | flags) || map_root(proc, uid, gid) ?
		       -1 : 0;
}

/* Gives up all privileges, yet may still create a user namespace. */
static inline int become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
	    setresuid(65534, 65534, 65534))
		return -1;
	/* Else /proc/self/uid_map would belong to root. */
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* Mounts and mount namespaces */

/* A new filesystem, not attached anywhere yet */
static inline int new_detached(const char *fs_name)
{
	int fs_fd, mnt_fd = -1, err;

	fs_fd = sys_fsopen(fs_name, FSOPEN_CLOEXEC);
	if (fs_fd == -1)
		return -1;
	if (!sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		mnt_fd = sys_fsmount(fs_fd, FSMOUNT_CLOEXEC, 0);
	err = errno;
	close(fs_fd);
	errno = err;
	return mnt_fd;
}

static inline int new_tmpfs(void)
{
	return new_detached("tmpfs");
}

/* Mounts the detached @mnt_fd on top of whatever is on the directory @path. */
static inline int mount_on(int mnt_fd, const char *path)
{
	return sys_move_mount(mnt_fd, "", AT_FDCWD, path,
			      MOVE_MOUNT_F_EMPTY_PATH);
}

/* Makes the directory @fd the root and the working directory. */
static inline int chroot_fd(int fd)
{
	return fchdir(fd) || chroot(".") ? -1 : 0;
}

/* A new tmpfs over / as the root and the working directory; returns its fd. */
static inline int overmount_root(void)
{
	int fd = new_tmpfs();

	return fd == -1 || mount_on(fd, "/") || chroot_fd(fd) ? -1 : fd;
}

/* A private copy of the mount namespace: nothing gets back to the caller's. */
static inline int private_mntns(void)
{
	if (unshare(CLONE_NEWNS))
		return -1;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/*
 * A private copy of the mount namespace with an empty tmpfs on /tmp, as
 * the working directory
 */
static inline int private_scratch(void)
{
	if (private_mntns())
		return -1;
	/* Most have it, an initramfs need not. */
	if (mkdir("/tmp", 01777) && errno != EEXIST)
		return -1;
	if (mount("scratch", "/tmp", "tmpfs", 0, NULL))
		return -1;
	return chdir("/tmp");
}

/* /proc/@pid/ns/@file; @proc is /proc, opened before. */
static inline int open_ns(int proc, pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/ns/%s", pid, file);
	return openat(proc, path, O_RDONLY | O_CLOEXEC);
}

/* The mount namespace that the caller is in */
static inline int open_mntns(int proc)
{
	return openat(proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
}

/* The ID of a mount namespace, 0 if it can't be told */
static inline uint64_t mntns_id(int ns_fd)
{
	uint64_t id;

	return ioctl(ns_fd, NS_GET_MNTNS_ID, &id) ? 0 : id;
}

/* The unique ID of the mount that @path is on, 0 if it can't be told */
static inline uint64_t mount_id_at(int dfd, const char *path)
{
	struct statx sx;

	if (statx(dfd, path, AT_EMPTY_PATH, STATX_MNT_ID_UNIQUE, &sx) ||
	    !(sx.stx_mask & STATX_MNT_ID_UNIQUE))
		return 0;
	return sx.stx_mnt_id;
}

static inline uint64_t mount_id(const char *path)
{
	return mount_id_at(AT_FDCWD, path);
}

/* How many mounts there are below the caller's root, with the root's; or -1 */
static inline ssize_t count_mounts(void)
{
	uint64_t list[1024];

	return listmount(LSMT_ROOT, 0, 0, list, ARRAY_SIZE(list), 0);
}

#define DESCRIBE_MASK	(STATMOUNT_MNT_BASIC | STATMOUNT_MNT_ROOT |	\
			 STATMOUNT_MNT_POINT | STATMOUNT_FS_TYPE |	\
			 STATMOUNT_SB_BASIC | STATMOUNT_MNT_NS_ID)

/*
 * What listmount() and statmount() have to say about the mount namespace with
 * the ID @ns_id (0: the caller's), one mount a line. Returns a string to be
 * freed, or NULL with errno set.
 */
static inline char *describe_mounts(uint64_t ns_id)
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
		sm = statmount_alloc(list[i], ns_id, DESCRIBE_MASK);
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

/* 1 if unshare(@flags) works, which is tried in a child; else 0 */
static inline int can_unshare(unsigned long flags)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(!!sys_unshare(flags));
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return 0;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

#endif /* __MNTNS_SYS_H */
