// SPDX-License-Identifier: GPL-2.0
/*
 * What is measured: ways to a mount namespace, and out of it. Each function
 * returns -1 if the running kernel does not have that way. The caller is then in
 * the namespace.
 */
#include "bench.h"

int nothing(void)
{
	return 0;
}

int unshare_uts(void)
{
	return sys_unshare(CLONE_NEWUTS);
}

int unshare_full(void)
{
	return sys_unshare(CLONE_NEWNS);
}

int unshare_empty(void)
{
	return sys_unshare(UNSHARE_EMPTY_MNTNS);
}

/* With a root: from no file system at all to being at home in a new tmpfs */

int fsmount_ns(void)
{
	int fs_fd, ns_fd, ret;

	fs_fd = sys_fsopen("tmpfs", 0);
	ret = sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	ns_fd = sys_fsmount(fs_fd, FSMOUNT_NAMESPACE, 0);
	ret |= setns(ns_fd, CLONE_NEWNS);
	ret |= close(ns_fd) | close(fs_fd);
	return ret ? -1 : 0;
}

int fsmount_and_open_tree_ns(void)
{
	int fs_fd, mnt_fd, ns_fd, ret;

	fs_fd = sys_fsopen("tmpfs", 0);
	ret = sys_fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	mnt_fd = sys_fsmount(fs_fd, 0, 0);
	ns_fd = sys_open_tree(mnt_fd, "", OPEN_TREE_NAMESPACE | AT_EMPTY_PATH);
	ret |= setns(ns_fd, CLONE_NEWNS);
	ret |= close(ns_fd) | close(mnt_fd) | close(fs_fd);
	return ret ? -1 : 0;
}

int classic(void)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/mnt", "tmpfs", 0, NULL) || chdir("/mnt") ||
	    sys_pivot_root(".", ".") || umount2(".", MNT_DETACH))
		return -1;
	return 0;
}

int leave(void)
{
	return setns(own_ns, CLONE_NEWNS);
}
