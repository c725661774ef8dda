/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Nothing that is hidden comes to light by a new mount namespace. What the
 * tests of that have in common.
 */
#ifndef __CONTAINMENT_H
#define __CONTAINMENT_H

#include <sys/mman.h>

#include <linux/landlock.h>

#include "../../kselftest_harness.h"
#include "../mntns_fd.h"

/* Whose mount namespace is it? */
enum owner {
	INITIAL_USERNS,
	OTHER_USERNS,
};

/*
 * A mount table with nothing but an empty tmpfs as the root and the working
 * directory, owned by @owner, whose root the caller is. /proc of before is open
 * as *@proc. Returns false if the test can't be done here and is skipped.
 */
static inline bool set_table(struct __test_metadata *_metadata, int *proc,
			     enum owner owner)
{
	if (!may_test_flags(_metadata))
		return false;

	*proc = ASSERT_OK(open_proc());
	if (owner == INITIAL_USERNS)
		ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	else
		ASSERT_OK(enter_userns(*proc, UNSHARE_EMPTY_MNTNS));
	close(ASSERT_OK(overmount_root()));
	return true;
}

static inline int make_file(const char *path)
{
	return mknod(path, S_IFREG | 0644, 0);
}

/* A directory with a tmpfs on it, that has an empty file of the same name */
static inline int make_mount(const char *dir)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", dir, strrchr(dir, '/') + 1);
	if (mkdir(dir, 0755) && errno != EEXIST)
		return -1;
	return mount(dir, dir, "tmpfs", 0, NULL) || make_file(path) ? -1 : 0;
}

/* Makes the existing file @path the mount namespace @ns_fd. */
static inline int pin_mntns(int ns_fd, const char *path)
{
	int fd, ret;

	fd = sys_open_tree(ns_fd, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
	if (fd == -1)
		return -1;
	ret = mount_on(fd, path);
	close(fd);
	return ret;
}

/*
 * Looks for ways to what @cover is mounted on, all of which have to be shut.
 * /away is a directory.
 */
static inline void try_to_uncover(struct __test_metadata *_metadata,
				  const char *cover)
{
	char above[64];
	int fd;

	EXPECT_ERRNO(EINVAL, umount2(cover, 0));
	EXPECT_ERRNO(EINVAL, umount2(cover, MNT_DETACH));
	EXPECT_ERRNO(EINVAL, umount2(cover, MNT_FORCE));
	EXPECT_ERRNO(EINVAL, umount2(cover, MNT_EXPIRE));
	EXPECT_ERRNO(EINVAL, mount(cover, "/away", NULL, MS_MOVE, NULL));
	EXPECT_ERRNO(EINVAL, sys_move_mount(AT_FDCWD, cover, AT_FDCWD, "/away",
					    0));

	/* a copy of what it is mounted on, without it */
	snprintf(above, sizeof(above), "%s", cover);
	*strrchr(above, '/') = '\0';
	if (!above[0])
		snprintf(above, sizeof(above), "/");
	EXPECT_ERRNO(EINVAL, mount(above, "/away", NULL, MS_BIND, NULL));
	EXPECT_ERRNO(EINVAL, sys_open_tree(AT_FDCWD, above, OPEN_TREE_CLONE));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(AT_FDCWD, above, 0));

	/* With it, and then without */
	fd = sys_open_tree(AT_FDCWD, above, OPEN_TREE_CLONE | AT_RECURSIVE);
	if (fd != -1) {
		EXPECT_ERRNO(EINVAL, copy_to_mntns(fd, "", AT_EMPTY_PATH));
		close(fd);
	}
	EXPECT_ERRNO(EINVAL, umount2(cover, MNT_DETACH));
}

/* Landlock */

#ifndef LANDLOCK_SCOPE_SIGNAL
#define LANDLOCK_SCOPE_SIGNAL	BIT(1)
#endif

/* Like struct landlock_ruleset_attr, which may be older than the tests */
struct ruleset_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

static inline int landlock(struct ruleset_attr attr)
{
	int fd, ret;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	fd = syscall(__NR_landlock_create_ruleset, &attr,
		     attr.scoped ? sizeof(attr) :
		     sizeof(attr.handled_access_fs), 0);
	if (fd == -1)
		return -1;
	ret = syscall(__NR_landlock_restrict_self, fd, 0);
	close(fd);
	return ret;
}

/* The version of the interface, 0 if there's none */
static inline int landlock_abi(void)
{
	int abi = syscall(__NR_landlock_create_ruleset, NULL, 0,
			  LANDLOCK_CREATE_RULESET_VERSION);

	return abi == -1 ? 0 : abi;
}

#endif /* __CONTAINMENT_H */
