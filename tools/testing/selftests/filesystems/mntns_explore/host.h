/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What those do who have to keep something covered. They never leave it bare,
 * not for a moment, wherever it's mounted in their own namespace:
 *
 * A place keeps as many mounts as it had in the beginning, since they count
 * what they have added there. And what they attach elsewhere has its covers on
 * already, and doesn't propagate back.
 */

#ifndef __EXPLORE_HOST_H
#define __EXPLORE_HOST_H

#include "actions.h"

/* No place is below another one: else counting wouldn't do. */
static const char * const host_paths[] = {
	"a/d", "a/n", "a/f", "b/d", "w", "c/u", "m1",
};

static const char * const host_mounts[] = {
	".", "a", "b", "c", "w", "a/d", "a/n",
};

/* A detached mount that can go over @path: a tmpfs, or a file */
static int new_cover(const char *path)
{
	struct mount_attr private = { .propagation = MS_PRIVATE };
	struct stat st;
	int fd;

	if (stat(path, &st))
		return -1;
	if (S_ISDIR(st.st_mode))
		return filled_tmpfs();
	fd = sys_open_tree(AT_FDCWD, "/e", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (fd != -1)
		sys_mount_setattr(fd, "", AT_EMPTY_PATH, &private);
	return fd;
}

static int add_cover(int path, unsigned int flags)
{
	int fd, ret, err;

	fd = new_cover(paths[path]);
	if (fd == -1)
		return -1;
	ret = sys_move_mount(fd, "", AT_FDCWD, paths[path],
			     MOVE_MOUNT_F_EMPTY_PATH | flags);
	err = errno;
	close(fd);
	errno = err;
	if (!ret)
		self.extra[path]++;
	return ret;
}

static int remove_cover(int path, int arg)
{
	/*
	 * The cover on /a/n has another one on it. If it's unmounted lazily
	 * that comes off, and whoever is in there sees what it has covered.
	 */
	bool lazy = arg & DETACH && strcmp(paths[path], "a/n");

	if (!self.extra[path]) {
		errno = EPERM;
		return -1;
	}
	if (umount2(paths[path], lazy ? MNT_DETACH : 0))
		return -1;
	self.extra[path]--;
	return 0;
}

static const char *graft_path(void)
{
	return self.who == HOST ? "m3" : "m2";
}

/*
 * A recursive copy of /a, none of which propagates to the original. It can only
 * be unmounted lazily, see stays_off_graft().
 */
static int graft(int arg)
{
	struct mount_attr attr = {
		.propagation = arg & 1 ? MS_SLAVE : MS_PRIVATE,
	};
	int fd, ret, err;

	if (self.grafts) {
		errno = EBUSY;
		return -1;
	}
	fd = sys_open_tree(AT_FDCWD, "a", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
			   AT_RECURSIVE);
	if (fd == -1)
		return -1;
	ret = sys_mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr);
	if (!ret)
		ret = mount_on(fd, graft_path());
	err = errno;
	close(fd);
	errno = err;
	if (!ret)
		self.grafts++;
	return ret;
}

static int ungraft(void)
{
	if (!self.grafts) {
		errno = EINVAL;
		return -1;
	}
	if (umount2(graft_path(), MNT_DETACH))
		return -1;
	self.grafts--;
	return 0;
}

/* Being unbindable would leave a cover out of a copy. */
static int host_propagation(const struct step *step)
{
	unsigned int type = propagation_types[step->arg >> TYPE_SHIFT & 3];

	if (type == MS_UNBINDABLE) {
		errno = EPERM;
		return -1;
	}
	return mount(NULL, paths[step->path2], NULL, type |
		     (step->arg & RECURSIVE ? MS_REC : 0), NULL);
}

static int do_host_action(const struct step *step)
{
	/* The working directory is the root, always. */
	switch (step->op) {
	case COVER:
		return add_cover(step->path2, 0);
	case UNCOVER:
		return remove_cover(step->path2, step->arg);
	case SLIDE_BENEATH:
		return add_cover(step->path2, MOVE_MOUNT_BENEATH);
	case SWAP_COVER:
		if (add_cover(step->path2, MOVE_MOUNT_BENEATH))
			return -1;
		return remove_cover(step->path2, step->arg);
	case GRAFT:
		return graft(step->arg);
	case UNGRAFT:
		return ungraft();
	case HOST_PROPAGATION:
		return host_propagation(step);
	case SLIP:
		return umount2(paths[step->path2], MNT_DETACH);
	}
	errno = EINVAL;
	return -1;
}

#endif /* __EXPLORE_HOST_H */
