/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Nothing that is hidden comes to light by a new mount namespace. What the
 * tests of that have in common.
 */
#ifndef __CONTAINMENT_H
#define __CONTAINMENT_H

#include <sys/mman.h>

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
	if (geteuid())
		SKIP(return false, "needs root");
	if (!have_open_tree_namespace())
		SKIP(return false, "no OPEN_TREE_NAMESPACE");
	if (!have_fsmount_namespace())
		SKIP(return false, "no FSMOUNT_NAMESPACE");
	if (!can_unshare(UNSHARE_EMPTY_MNTNS))
		SKIP(return false, "no empty mount namespaces");

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

#endif /* __CONTAINMENT_H */
