/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of unshare() and of clone3() have in common */
#ifndef __EMPTY_MNTNS_H
#define __EMPTY_MNTNS_H

#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

#define BIT(nr)	(1ULL << (nr))

/* Where a task can be when it asks for an empty mount namespace */
enum place_kind {
	AT_ROOT,
	IN_SUBDIRECTORY,
	IN_DELETED_DIRECTORY,
	ON_ANOTHER_MOUNT,
	ON_AN_UNMOUNTED_MOUNT,
	IN_ANOTHER_NAMESPACE,
	CHROOTED,
};

/*
 * The scene of a test: a private copy of the mount namespace with a tmpfs on
 * /tmp as working directory. /proc is open as *@proc. Returns false if the
 * test can't be done here and is skipped.
 */
static inline bool setup_scene(struct __test_metadata *_metadata, int *proc)
{
	if (geteuid())
		SKIP(return false, "needs root");
	if (!can_unshare(UNSHARE_EMPTY_MNTNS))
		SKIP(return false, "no empty mount namespaces");
	*proc = ASSERT_OK(open_proc());
	ASSERT_OK(private_scratch());
	return true;
}

/* Goes to a place within the scene. */
static inline void go_to(struct __test_metadata *_metadata, int proc,
			 enum place_kind kind)
{
	int fd, ns;

	ASSERT_OK(mkdir("/tmp/dir", 0755));
	ASSERT_OK(mkdir("/tmp/dir/sub", 0755));
	switch (kind) {
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
		ASSERT_OK(mount("other", "/tmp/dir", "tmpfs", 0, NULL));
		ASSERT_OK(chdir("/tmp/dir"));
		break;
	case ON_AN_UNMOUNTED_MOUNT:
		ASSERT_OK(mount("other", "/tmp/dir", "tmpfs", 0, NULL));
		ASSERT_OK(chdir("/tmp/dir"));
		ASSERT_OK(umount2("/tmp/dir", MNT_DETACH));
		break;
	case IN_ANOTHER_NAMESPACE:
		fd = ASSERT_OK(open("/tmp/dir", O_PATH | O_DIRECTORY));
		ns = ASSERT_OK(open_mntns(proc));
		ASSERT_OK(unshare(CLONE_NEWNS));
		ASSERT_NE(mntns_id(ns), current_place(_metadata, proc).ns);
		ASSERT_OK(fchdir(fd));
		break;
	case CHROOTED:
		ASSERT_OK(chroot("/tmp/dir"));
		ASSERT_OK(chdir("/sub"));
		break;
	}
}

/*
 * The caller is in an empty mount namespace: the one mount is a nullfs, it is
 * its own parent, / and the working directory are its root. @outside is where
 * the task, or the one it was cloned from, was before.
 */
static inline void check_empty_mntns(struct __test_metadata *_metadata,
				     int proc, struct place outside)
{
	struct place place = current_place(_metadata, proc);
	char text[1024];
	uint64_t list[8];
	struct statmount *sm;
	struct statx sx;

	ASSERT_NE(outside.ns, place.ns) TH_LOG("no new mount namespace");
	ASSERT_NE(outside.root_mnt, place.root_mnt);
	ASSERT_EQ(place.root_mnt, place.cwd_mnt) TH_LOG("cwd isn't on /");
	ASSERT_EQ(place.root_ino, place.cwd_ino) TH_LOG("cwd isn't /");
	ASSERT_EQ(1, ASSERT_OK(is_nullfs("/")));

	ASSERT_EQ(1, ASSERT_OK(listmount(LSMT_ROOT, 0, 0, list, 8, 0)));
	ASSERT_EQ(place.root_mnt, list[0]);
	ASSERT_EQ(0, ASSERT_OK(listmount(list[0], 0, 0, list + 1, 7, 0)));

	sm = own_mount(_metadata, list[0]);
	ASSERT_EQ(sm->mnt_id, sm->mnt_parent_id) TH_LOG("not its own parent");
	ASSERT_EQ(place.ns, sm->mnt_ns_id);
	ASSERT_STREQ("/", sm->str + sm->mnt_point);
	ASSERT_STREQ("/", sm->str + sm->mnt_root);
	ASSERT_STREQ("nullfs", sm->str + sm->fs_type);
	ASSERT_EQ(MS_PRIVATE, sm->mnt_propagation);
	free(sm);

	/* /proc/PID/mountinfo tells the same. */
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
	ASSERT_EQ(place.root_mnt, sx.stx_mnt_id);
	ASSERT_EQ(place.root_ino, sx.stx_ino);
}

/* A number under /proc/sys/user, for the user namespace the caller is in */
static inline int set_limit(int proc, const char *name, int limit)
{
	char path[64];

	snprintf(path, sizeof(path), "sys/user/%s", name);
	return write_at(proc, path, "%d", limit);
}

/* Which namespace @pid is in: what the link /proc/@pid/ns/@file says */
static inline int read_ns(int proc, pid_t pid, const char *file, char name[64])
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

/* 1 if the caller may create a user namespace as nobody, else 0 */
static inline int have_unprivileged_userns(void)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(become_nobody() || unshare(CLONE_NEWUSER));
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return 0;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

#endif /* __EMPTY_MNTNS_H */
