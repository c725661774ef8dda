// SPDX-License-Identifier: GPL-2.0
/* What the unprivileged processes do */

#include "explore.h"

const unsigned int propagation_types[NR_TYPES] = {
	MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE,
};

static const uint64_t clone_kinds[NR_CLONES] = {
	CLONE_NEWNS,
	CLONE_EMPTY_MNTNS,
	CLONE_NEWUSER | CLONE_NEWNS,
	CLONE_NEWUSER | CLONE_EMPTY_MNTNS,
};

/* Enough to nest them, and the kernel's limit is far off. */
#define MAX_DEPTH	6

/* Where a system call that takes a directory and a path has to look */
struct ref {
	int dfd;
	char path[32];
};

static struct ref ref(int base, int path)
{
	struct ref ref = { .dfd = AT_FDCWD };

	if (base >= SLOT_BASE) {
		ref.dfd = self.slots[base - SLOT_BASE];
		if (path)
			snprintf(ref.path, sizeof(ref.path), "%s",
				 paths[path]);
	} else {
		snprintf(ref.path, sizeof(ref.path), "%s%s",
			 base == ROOT_BASE ? "/" : "",
			 base == ROOT_BASE && !path ? "" : paths[path]);
	}
	return ref;
}

/*
 * The same for one that takes just a path: makes the base the working
 * directory, until leave() is called with what this returns.
 */
static int enter(int base)
{
	int cwd = open(".", O_PATH | O_CLOEXEC);

	if (cwd == -1)
		return -1;
	if (base == ROOT_BASE ? chdir("/") :
	    base == CWD_BASE ? 0 : fchdir(self.slots[base - SLOT_BASE])) {
		close(cwd);
		return -1;
	}
	return cwd;
}

/* @ret, with its errno */
static int leave(int cwd, int ret)
{
	int err = errno;

	if (fchdir(cwd))
		abort();
	close(cwd);
	errno = err;
	return ret;
}

int put_slot(int slot, int fd, enum slot_kind kind)
{
	if (fd == -1)
		return -1;
	if (self.slots[slot] != -1)
		close(self.slots[slot]);
	self.slots[slot] = fd;
	self.kinds[slot] = kind;
	self.unseen |= 1U << slot;
	return 0;
}

static int open_ref(struct ref r, int flags)
{
	if (*r.path)
		return openat(r.dfd, r.path, O_PATH | O_CLOEXEC | flags);
	return fcntl(r.dfd, F_DUPFD_CLOEXEC, 0);
}

/* Directories and a file to mount on */
static int fill_tmpfs(int fd)
{
	if (mkdirat(fd, "d", 0755) || mkdirat(fd, "m1", 0755) ||
	    mkdirat(fd, "v", 0755))
		return -1;
	return mknodat(fd, "f", S_IFREG | 0644, 0);
}

/* A detached one */
int filled_tmpfs(void)
{
	int fd = new_tmpfs();

	if (fd != -1)
		fill_tmpfs(fd);
	return fd;
}

static int mount_tmpfs(const struct step *step)
{
	int cwd, fd, ret;

	cwd = enter(step->base2);
	if (cwd == -1)
		return -1;
	ret = mount("explore", paths[step->path2], "tmpfs", 0, NULL);
	if (!ret) {
		/* another mount may be on top */
		fd = open(paths[step->path2], O_PATH | O_CLOEXEC);
		fill_tmpfs(fd);
		close(fd);
	}
	return leave(cwd, ret);
}

/* By mount(2) if both are paths from one base, else by the new system calls */
static int bind_or_move(const struct step *step, unsigned int flags)
{
	struct ref from = ref(step->base1, step->path1);
	struct ref to = ref(step->base2, step->path2);
	int cwd, fd, ret;

	if (step->base1 == step->base2) {
		cwd = enter(step->base1);
		if (cwd == -1)
			return -1;
		ret = mount(paths[step->path1], paths[step->path2], NULL, flags,
			    NULL);
		return leave(cwd, ret);
	}
	if (flags & MS_MOVE)
		return sys_move_mount(from.dfd, from.path, to.dfd, to.path,
				      MOVE_MOUNT_F_EMPTY_PATH |
				      MOVE_MOUNT_T_EMPTY_PATH);
	fd = sys_open_tree(from.dfd, from.path, OPEN_TREE_CLONE |
			   OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
			   (flags & MS_REC ? AT_RECURSIVE : 0));
	if (fd == -1)
		return -1;
	ret = sys_move_mount(fd, "", to.dfd, to.path, MOVE_MOUNT_F_EMPTY_PATH |
			     MOVE_MOUNT_T_EMPTY_PATH);
	return close_keeping_errno(fd, ret);
}

static int move_beneath(const struct step *step)
{
	struct ref from = ref(step->base1, step->path1);
	struct ref to = ref(step->base2, step->path2);

	return sys_move_mount(from.dfd, from.path, to.dfd, to.path,
			      MOVE_MOUNT_BENEATH | MOVE_MOUNT_F_EMPTY_PATH |
			      MOVE_MOUNT_T_EMPTY_PATH);
}

static int clone_tree(struct ref from, int slot, int flags)
{
	struct stat st;
	int fd;

	fd = sys_open_tree(from.dfd, from.path, OPEN_TREE_CLONE |
			   OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | flags);
	if (fd == -1)
		return -1;
	return put_slot(slot, fd, !fstat(fd, &st) && S_ISDIR(st.st_mode) ?
				  TREE_FD : FILE_FD);
}

static int attach(const struct step *step, unsigned int flags)
{
	struct ref to = ref(step->base2, step->path2);

	if (sys_move_mount(self.slots[step->slot], "", to.dfd, to.path, flags |
			   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH))
		return -1;
	if (self.kinds[step->slot] == TREE_FD)
		self.kinds[step->slot] = DIR_FD;
	return 0;
}

static int do_umount(const struct step *step)
{
	int cwd, ret;

	cwd = enter(step->base2);
	if (cwd == -1)
		return -1;
	ret = umount2(paths[step->path2], step->arg & DETACH ? MNT_DETACH : 0);
	return leave(cwd, ret);
}

static int change_propagation(const struct step *step)
{
	unsigned int type = propagation_types[step->arg >> TYPE_SHIFT & 3];
	struct mount_attr attr = { .propagation = type };
	struct ref to = ref(step->base2, step->path2);
	int cwd, ret;

	if (step->arg & BY_SETATTR)
		return sys_mount_setattr(to.dfd, to.path, AT_EMPTY_PATH |
					 (step->arg & RECURSIVE ?
					  AT_RECURSIVE : 0), &attr);
	cwd = enter(step->base2);
	if (cwd == -1)
		return -1;
	ret = mount(NULL, paths[step->path2], NULL, type |
		    (step->arg & RECURSIVE ? MS_REC : 0), NULL);
	return leave(cwd, ret);
}

static int set_attr(const struct step *step)
{
	unsigned int what = step->arg & 4 ? MOUNT_ATTR_NOEXEC :
					    MOUNT_ATTR_RDONLY;
	struct ref to = ref(step->base2, step->path2);
	struct mount_attr attr = {};

	*(step->arg & 2 ? &attr.attr_clr : &attr.attr_set) = what;
	return sys_mount_setattr(to.dfd, to.path, AT_EMPTY_PATH |
				 (step->arg & RECURSIVE ? AT_RECURSIVE : 0),
				 &attr);
}

/* Makes a mount that may join a group. */
static int put_private_copy(struct ref from, struct ref to)
{
	struct mount_attr private = { .propagation = MS_PRIVATE };
	int fd, ret;

	fd = sys_open_tree(from.dfd, from.path, OPEN_TREE_CLONE |
			   OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (fd == -1)
		return -1;
	ret = sys_mount_setattr(fd, "", AT_EMPTY_PATH, &private);
	if (!ret)
		ret = sys_move_mount(fd, "", to.dfd, to.path,
				     MOVE_MOUNT_F_EMPTY_PATH |
				     MOVE_MOUNT_T_EMPTY_PATH);
	return close_keeping_errno(fd, ret);
}

static int set_group(const struct step *step)
{
	struct ref from = ref(step->base1, step->path1);
	struct ref to = ref(step->base2, step->path2);

	if (step->arg & PRIVATE_COPY && put_private_copy(from, to))
		return -1;
	return sys_move_mount(from.dfd, from.path, to.dfd, to.path,
			      MOVE_MOUNT_SET_GROUP | MOVE_MOUNT_F_EMPTY_PATH |
			      MOVE_MOUNT_T_EMPTY_PATH);
}

/* User namespaces, and the owners of mount namespaces */

static ino_t inode(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

ino_t own_userns(void)
{
	int fd = openat(self.proc, "self/ns/user", O_RDONLY | O_CLOEXEC);
	ino_t ino = inode(fd);

	close(fd);
	return ino;
}

struct ns_info *find_ns(uint64_t id)
{
	int i;

	for (i = 0; i < scene->nr_namespaces; i++)
		if (scene->namespaces[i].id == id)
			return &scene->namespaces[i];
	return NULL;
}

/* Puts a new mount namespace on record. */
void note_ns(int ns_fd, bool root_hidden)
{
	struct ns_info *info;
	int fd;

	if (ns_fd == -1 || find_ns(mntns_id(ns_fd)) ||
	    scene->nr_namespaces == NR_NAMESPACES)
		return;
	info = &scene->namespaces[scene->nr_namespaces++];
	fd = ioctl(ns_fd, NS_GET_USERNS);
	*info = (struct ns_info){
		.id = mntns_id(ns_fd),
		.owner = inode(fd),
		.root_hidden = root_hidden,
	};
	if (fd != -1)
		close(fd);
}

/*
 * Is nullfs the only mount in @ns_fd? A child looks from another mount
 * namespace, which does not depend on its root.
 */
bool is_bare(int ns_fd)
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	struct statmount *sm;
	uint64_t id, top;
	int status;
	pid_t pid;

	if (ioctl(ns_fd, NS_MNT_GET_INFO, &info) || info.nr_mounts != 1)
		return false;
	pid = fork();
	if (!pid) {
		id = info.mnt_ns_id;
		if (sys_unshare(UNSHARE_EMPTY_MNTNS) ||
		    listmount(LSMT_ROOT, id, 0, &top, 1, 0) != 1)
			_exit(0);
		sm = statmount_alloc(top, id, STATMOUNT_SB_BASIC, 0);
		_exit(sm && sm->sb_magic == NULL_FS_MAGIC);
	}
	return pid != -1 && waitpid(pid, &status, 0) == pid &&
	       WIFEXITED(status) && WEXITSTATUS(status);
}

/* Is the namespace root here a secret for the user namespace @owner? */
static bool hides_root(ino_t owner)
{
	int fd = open_mntns(self.proc);
	struct ns_info *ns = find_ns(mntns_id(fd));
	bool hidden = !is_bare(fd);

	close(fd);
	return hidden && ns && (ns->root_hidden || ns->owner != owner);
}

static int unshare_and_note(unsigned long flags)
{
	bool hidden = !(flags & UNSHARE_EMPTY_MNTNS) &&
		      hides_root(flags & CLONE_NEWUSER ? 0 : self.userns);
	int fd;

	if (flags & CLONE_NEWUSER) {
		if (self.depth == MAX_DEPTH) {
			errno = ENOSPC;
			return -1;
		}
		if (enter_userns(self.proc, flags & ~CLONE_NEWUSER))
			return -1;
		self.depth++;
		self.userns = own_userns();
		/* Otherwise /proc/self belongs to root outside. */
		if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
			return -1;
	} else if (sys_unshare(flags)) {
		return -1;
	}
	if (flags & ~CLONE_NEWUSER) {
		fd = open_mntns(self.proc);
		note_ns(fd, hidden);
		close(fd);
	}
	return 0;
}

static int new_ns(int fd, int slot, bool root_hidden)
{
	note_ns(fd, root_hidden);
	return put_slot(slot, fd, NS_FD);
}

/* The mount namespace of a child that is killed */
static int namespace_of_child(const struct step *step)
{
	uint64_t flags = clone_kinds[step->arg % NR_CLONES];
	bool hidden = !(flags & CLONE_EMPTY_MNTNS) &&
		      hides_root(flags & CLONE_NEWUSER ? 0 : self.userns);
	pid_t pid;
	int fd;

	pid = fork_with(flags);
	if (pid == -1)
		return -1;
	if (!pid) {
		for (;;)
			pause();
	}
	fd = open_ns(self.proc, pid, "mnt");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return new_ns(fd, step->slot, hidden);
}

/* A copy of nullfs on a namespace root looks like a namespace root. */
static int tree_ns(struct ref from, int slot, int flags)
{
	bool hidden = hides_root(self.userns) &&
		      is_nullfs_at(from.dfd, *from.path ? from.path : ".") != 1;

	return new_ns(copy_to_mntns(from.dfd, from.path, AT_EMPTY_PATH | flags),
		      slot, hidden);
}

static int fsmount_ns(int slot)
{
	bool hidden = hides_root(self.userns);

	return new_ns(new_fs_mntns("tmpfs", 0), slot, hidden);
}

/* Root, working directory */

static int change_dir(struct ref r, bool root)
{
	int fd, cwd, ret;

	fd = open_ref(r, O_DIRECTORY);
	if (fd == -1)
		return -1;
	if (root) {
		cwd = enter(CWD_BASE);
		if (cwd == -1)
			ret = -1;
		else
			ret = leave(cwd, fchdir(fd) || chroot(".") ? -1 : 0);
	} else {
		ret = fchdir(fd);
	}
	close(fd);
	return ret;
}

static int pivot(const struct step *step)
{
	int cwd, ret;

	cwd = enter(step->base1);
	if (cwd == -1)
		return -1;
	ret = sys_pivot_root(paths[step->path1], paths[step->path2]);
	return leave(cwd, ret);
}

/*
 * A lazy umount of a host's copy of /a separates its mounts. A process in the
 * same mount namespace that had it open would see its secrets.
 */
static bool stays_off_graft(const struct step *step)
{
	return (self.who == GUEST || self.who == INNER_GUEST) &&
	       (step->op == OPEN_DIR || step->op == CHROOT ||
		step->op == CHDIR) &&
	       (!strncmp(paths[step->path1], "m2", 2) ||
		!strncmp(paths[step->path1], "m3", 2));
}

int do_action(const struct step *step)
{
	struct ref from = ref(step->base1, step->path1);
	int flags = step->arg & RECURSIVE ? AT_RECURSIVE : 0;
	int slot = step->slot;

	if (stays_off_graft(step)) {
		errno = EPERM;
		return -1;
	}

	switch (step->op) {
	case MOUNT_TMPFS:
		return mount_tmpfs(step);
	case BIND:
		return bind_or_move(step, MS_BIND |
				    (flags ? MS_REC : 0));
	case MOVE:
		return bind_or_move(step, MS_MOVE);
	case BENEATH:
		return move_beneath(step);
	case CLONE_TREE:
		return clone_tree(from, slot, flags);
	case OPEN_DIR:
		return put_slot(slot, open_ref(from, O_DIRECTORY), DIR_FD);
	case NEW_TMPFS:
		return put_slot(slot, filled_tmpfs(), TREE_FD);
	case CLONE_NS_FILE:
		*from.path = '\0';
		return clone_tree(from, slot, 0);
	case ATTACH:
		return attach(step, 0);
	case ATTACH_BENEATH:
		return attach(step, MOVE_MOUNT_BENEATH);
	case UMOUNT:
		return do_umount(step);
	case PROPAGATION:
		return change_propagation(step);
	case SET_ATTR:
		return set_attr(step);
	case SET_GROUP:
		return set_group(step);
	case UNSHARE:
		return unshare_and_note(CLONE_NEWNS);
	case UNSHARE_USER:
		return unshare_and_note(CLONE_NEWUSER);
	case UNSHARE_USER_MNT:
		return unshare_and_note(CLONE_NEWUSER | CLONE_NEWNS);
	case UNSHARE_EMPTY:
		return unshare_and_note(UNSHARE_EMPTY_MNTNS);
	case CLONE3:
		return namespace_of_child(step);
	case TREE_NS:
		return tree_ns(from, slot, flags);
	case FSMOUNT_NS:
		return fsmount_ns(slot);
	case OWN_NS:
		return put_slot(slot, open_mntns(self.proc), NS_FD);
	case SETNS:
		return setns(self.slots[slot], CLONE_NEWNS);
	case CHROOT:
		return change_dir(from, true);
	case CHDIR:
		return change_dir(from, false);
	case PIVOT_ROOT:
		return pivot(step);
	case CLOSE:
		if (close(self.slots[slot]))
			return -1;
		self.slots[slot] = -1;
		self.kinds[slot] = NO_FD;
		return 0;
	}
	errno = EINVAL;
	return -1;
}
