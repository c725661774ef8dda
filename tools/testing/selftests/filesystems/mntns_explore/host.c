// SPDX-License-Identifier: GPL-2.0
/*
 * What the hosts do. They never reveal a secret: they only unmount what they
 * have mounted on it, and a copy of a tree that they mount elsewhere is
 * recursive, and does not propagate back.
 */

#include "explore.h"

/* No path is below another one. */
const char * const host_paths[NR_HOST_PATHS] = {
	"a/d", "a/n", "a/f", "b/d", "w", "c/u", "m1",
};

const char * const host_mounts[NR_HOST_MOUNTS] = {
	".", "a", "b", "c", "w", "a/d", "a/n",
};

/* A detached mount that fits on @path: a tmpfs, or a file */
static int new_mount_for(const char *path)
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

static int add_mount(int path, unsigned int flags)
{
	int fd, ret;

	fd = new_mount_for(paths[path]);
	if (fd == -1)
		return -1;
	ret = sys_move_mount(fd, "", AT_FDCWD, paths[path],
			     MOVE_MOUNT_F_EMPTY_PATH | flags);
	if (!close_keeping_errno(fd, ret))
		self.extra[path]++;
	return ret;
}

static int remove_mount(int path, int arg)
{
	/*
	 * A lazy umount of /a/n would separate it from the mount in it. A
	 * process in there would see a secret.
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
 * A recursive copy of /a that does not propagate to the original. It takes a
 * lazy umount, see stays_off_graft().
 */
static int graft(int arg)
{
	struct mount_attr attr = {
		.propagation = arg & 1 ? MS_SLAVE : MS_PRIVATE,
	};
	int fd, ret;

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
	if (!close_keeping_errno(fd, ret))
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

/* A copy leaves unbindable mounts out. */
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

int do_host_action(const struct step *step)
{
	/* The working directory is the root, always. */
	switch (step->op) {
	case OVERMOUNT:
		return add_mount(step->path2, 0);
	case UMOUNT_EXTRA:
		return remove_mount(step->path2, step->arg);
	case HOST_BENEATH:
		return add_mount(step->path2, MOVE_MOUNT_BENEATH);
	case SWAP:
		if (add_mount(step->path2, MOVE_MOUNT_BENEATH))
			return -1;
		return remove_mount(step->path2, step->arg);
	case GRAFT:
		return graft(step->arg);
	case UNGRAFT:
		return ungraft();
	case HOST_PROPAGATION:
		return host_propagation(step);
	case REVEAL:
		return umount2(paths[step->path2], MNT_DETACH);
	}
	errno = EINVAL;
	return -1;
}
