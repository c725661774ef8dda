// SPDX-License-Identifier: GPL-2.0-only
/*
 * A life of the soak: random acts with mount namespaces. Most fail often,
 * for lack of rights, memory or anything to act on, and are meant to.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/time.h>

#include "soak.h"

#define MAX_FDS		6
#define MAX_DEPTH	2

enum kind {
	NOTHING,
	NAMESPACE,	/* a mount namespace */
	TREE,		/* a detached tree */
	CONTEXT,	/* a filesystem yet to be mounted */
	DIRECTORY,	/* a place to be, wherever it is by now */
	ANYTHING,
};

struct life {
	const struct world *world;
	uint64_t seed;
	int depth;		/* generations since the keeper */
	int steps;		/* acts that are left */
	struct {
		enum kind kind;
		int fd;
	} fds[MAX_FDS];
};

static uint32_t pick(struct life *life, uint32_t below)
{
	return draw(&life->seed, below);
}

static bool flip(struct life *life)
{
	return pick(life, 2);
}

static const char *pick_path(struct life *life)
{
	static const char * const paths[] = { "a", "b", "a/b", "/", ".", ".." };

	return paths[pick(life, ARRAY_SIZE(paths))];
}

/* Something to work with in a new place, where the rights suffice for it */
static void furnish(void)
{
	mkdir("a", 0755);
	mkdir("b", 0755);
	mkdir("a/b", 0755);
	mknod("file", S_IFREG | 0644, 0);
}

/* A tmpfs as the root, where there may be nothing but nullfs. */
static void settle_down(void)
{
	int fd = overmount_root();

	if (fd != -1)
		close(fd);
	furnish();
}

/* Keeps @fd, in place of another one. */
static int keep(struct life *life, enum kind kind, int fd)
{
	int i = pick(life, MAX_FDS);

	if (fd == -1)
		return -1;
	if (life->fds[i].kind != NOTHING)
		close(life->fds[i].fd);
	life->fds[i].kind = kind;
	life->fds[i].fd = fd;
	return 0;
}

/* Which of those kept is of that kind? */
static int find(struct life *life, enum kind kind)
{
	int start = pick(life, MAX_FDS), i, n;

	for (n = 0; n < MAX_FDS; n++) {
		i = (start + n) % MAX_FDS;
		if (kind == ANYTHING ? life->fds[i].kind != NOTHING :
				       life->fds[i].kind == kind)
			return i;
	}
	errno = ENOENT;
	return -1;
}

static int find_fd(struct life *life, enum kind kind)
{
	int i = find(life, kind);

	return i == -1 ? -1 : life->fds[i].fd;
}

static int drop(struct life *life)
{
	int i = find(life, ANYTHING);

	if (i == -1)
		return -1;
	life->fds[i].kind = NOTHING;
	return close(life->fds[i].fd);
}

static int unshare_empty(struct life *life)
{
	if (sys_unshare(UNSHARE_EMPTY_MNTNS))
		return -1;
	if (pick(life, 4))
		settle_down();
	return 0;
}

static int unshare_copy(struct life *life)
{
	return sys_unshare(CLONE_NEWNS);
}

static int unshare_user(struct life *life)
{
	static const unsigned long flags[] = {
		0, CLONE_NEWNS, UNSHARE_EMPTY_MNTNS,
	};

	return enter_userns(life->world->proc,
			    flags[pick(life, ARRAY_SIZE(flags))]);
}

/* The child goes on by itself: nobody waits for it. */
static int clone_life(struct life *life, uint64_t flags)
{
	pid_t pid;

	if (life->depth == MAX_DEPTH) {
		errno = EMLINK;
		return -1;
	}
	pid = fork_with(flags);
	if (!pid) {
		life->depth++;
		life->seed += life->depth;
		if (flags & CLONE_EMPTY_MNTNS)
			settle_down();
	}
	return pid == -1 ? -1 : 0;
}

static int clone_empty(struct life *life)
{
	static const uint64_t flags[] = {
		0, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWUSER | CLONE_NEWPID,
	};

	return clone_life(life, CLONE_EMPTY_MNTNS |
				flags[pick(life, ARRAY_SIZE(flags))]);
}

static int clone_copy(struct life *life)
{
	static const uint64_t flags[] = {
		0, CLONE_NEWNS, CLONE_NEWUSER | CLONE_NEWNS,
	};

	return clone_life(life, flags[pick(life, ARRAY_SIZE(flags))]);
}

/* A copy of some tree, the one at a path or one from elsewhere */
static int copy_some_tree(struct life *life, unsigned int flags)
{
	int fd;

	flags |= OPEN_TREE_CLOEXEC | (flip(life) ? AT_RECURSIVE : 0);
	fd = find_fd(life, flip(life) ? TREE : DIRECTORY);
	if (fd != -1 && flip(life))
		return sys_open_tree(fd, "", flags | AT_EMPTY_PATH);
	return sys_open_tree(AT_FDCWD, pick_path(life), flags);
}

static int copy_to_namespace(struct life *life)
{
	return keep(life, NAMESPACE, copy_some_tree(life, OPEN_TREE_NAMESPACE));
}

static int copy_detached(struct life *life)
{
	return keep(life, TREE, copy_some_tree(life, OPEN_TREE_CLONE));
}

static int open_directory(struct life *life)
{
	return keep(life, DIRECTORY, open(pick_path(life), O_PATH | O_CLOEXEC));
}

static int create_context(struct life *life, const char *fs_name,
			  const char *key, const char *value)
{
	int fd = sys_fsopen(fs_name, FSOPEN_CLOEXEC);

	if (fd == -1)
		return -1;
	if ((key && sys_fsconfig(fd, FSCONFIG_SET_STRING, key, value, 0)) ||
	    sys_fsconfig(fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) {
		close(fd);
		return -1;
	}
	return keep(life, CONTEXT, fd);
}

static int new_tmpfs_context(struct life *life)
{
	return create_context(life, "tmpfs", "size", "1m");
}

static int new_proc_context(struct life *life)
{
	return create_context(life, "proc", "subset", "pid");
}

static int mount_in_namespace(struct life *life)
{
	unsigned int attrs = flip(life) ? MOUNT_ATTR_NODEV : 0;
	int fd = find_fd(life, CONTEXT);

	if (fd == -1)
		return -1;
	return keep(life, NAMESPACE,
		    sys_fsmount(fd, FSMOUNT_NAMESPACE | FSMOUNT_CLOEXEC,
				attrs));
}

static int mount_detached(struct life *life)
{
	int fd = find_fd(life, CONTEXT);

	if (fd == -1)
		return -1;
	return keep(life, TREE, sys_fsmount(fd, FSMOUNT_CLOEXEC, 0));
}

static int enter_namespace(struct life *life)
{
	if (setns(find_fd(life, NAMESPACE), CLONE_NEWNS))
		return -1;
	furnish();
	return 0;
}

static int go_to_directory(struct life *life)
{
	return fchdir(find_fd(life, DIRECTORY));
}

static int attach(struct life *life, unsigned int flags)
{
	return sys_move_mount(find_fd(life, TREE), "", AT_FDCWD,
			      pick_path(life), MOVE_MOUNT_F_EMPTY_PATH | flags);
}

static int attach_on_top(struct life *life)
{
	return attach(life, 0);
}

static int attach_beneath(struct life *life)
{
	return attach(life, MOVE_MOUNT_BENEATH);
}

/* A new root beneath the old one, which goes */
static int switch_root_beneath(struct life *life)
{
	int fd = new_tmpfs(), ret = -1;

	if (fd == -1)
		return -1;
	if (!fchdir(fd) &&
	    !sys_move_mount(fd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH |
			    MOVE_MOUNT_BENEATH) &&
	    !chroot(".") && !umount2(".", MNT_DETACH))
		ret = 0;
	close(fd);
	furnish();
	return ret;
}

static int switch_root_by_pivot(struct life *life)
{
	int fd = new_tmpfs(), ret = -1;

	if (fd == -1)
		return -1;
	if (!mount_on(fd, "a") && !fchdir(fd) && !sys_pivot_root(".", ".") &&
	    !umount2(".", MNT_DETACH))
		ret = 0;
	close(fd);
	furnish();
	return ret;
}

/* Without MNT_DETACH umount() of / would make the superblock read-only. */
static int detach(struct life *life)
{
	return umount2(pick_path(life), MNT_DETACH);
}

static int bind_somewhere(struct life *life)
{
	return mount(pick_path(life), pick_path(life), NULL,
		     MS_BIND | (flip(life) ? MS_REC : 0), NULL);
}

static int change_propagation(struct life *life)
{
	static const unsigned long types[] = {
		MS_SHARED, MS_PRIVATE, MS_SLAVE, MS_UNBINDABLE,
	};

	return mount(NULL, pick_path(life), NULL,
		     types[pick(life, ARRAY_SIZE(types))] |
		     (flip(life) ? MS_REC : 0), NULL);
}

static int change_attributes(struct life *life)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NODEV };

	return sys_mount_setattr(AT_FDCWD, pick_path(life),
				 flip(life) ? AT_RECURSIVE : 0, &attr);
}

/* A namespace as a file in another one */
static int bind_namespace(struct life *life)
{
	int fd, ret;

	fd = sys_open_tree(find_fd(life, NAMESPACE), "", OPEN_TREE_CLOEXEC |
			   OPEN_TREE_CLONE | AT_EMPTY_PATH);
	if (fd == -1)
		return -1;
	ret = mount_on(fd, "file");
	close(fd);
	return ret;
}

static int look_into_namespace(struct life *life)
{
	int fd = find_fd(life, NAMESPACE);
	char *text;

	text = fd == -1 ? NULL : describe_mounts(mntns_id(fd));
	free(text);
	return text ? 0 : -1;
}

/* The limit of memory is for all lives together: some will have to die. */
static int hog_memory(struct life *life)
{
	size_t size = (1 + pick(life, 8)) * 256 * 1024;
	void *hog;

	hog = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (hog == MAP_FAILED)
		return -1;
	memset(hog, 1, size);
	if (flip(life))
		munmap(hog, size);
	return 0;
}

static int write_file(struct life *life)
{
	static const char data[16 * 1024];
	ssize_t len;
	int fd;

	fd = open(flip(life) ? "file" : "a/data",
		  O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
	if (fd == -1)
		return -1;
	len = write(fd, data, sizeof(data));
	close(fd);
	return len == -1 ? -1 : 0;
}

/*
 * A file descriptor and of what kind it is, as a message; control messages
 * are aligned to and come in multiples of size_t.
 */
struct parcel {
	char kind;
	size_t control[CMSG_SPACE(sizeof(int)) / sizeof(size_t)];
	struct iovec iov;
	struct msghdr msg;
};

static void prepare_parcel(struct parcel *parcel)
{
	*parcel = (struct parcel){
		.iov = { .iov_base = &parcel->kind, .iov_len = 1 },
		.msg = {
			.msg_iov = &parcel->iov,
			.msg_iovlen = 1,
			.msg_control = parcel->control,
			.msg_controllen = sizeof(parcel->control),
		},
	};
}

static int hand_out(struct life *life)
{
	struct parcel parcel;
	struct cmsghdr *cmsg;
	int i = find(life, ANYTHING);

	if (i == -1)
		return -1;
	prepare_parcel(&parcel);
	parcel.kind = life->fds[i].kind;
	cmsg = CMSG_FIRSTHDR(&parcel.msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &life->fds[i].fd, sizeof(int));
	return sendmsg(life->world->pool[0], &parcel.msg, MSG_DONTWAIT) == 1 ?
	       0 : -1;
}

static int take_over(struct life *life)
{
	struct parcel parcel;
	struct cmsghdr *cmsg;
	int fd;

	prepare_parcel(&parcel);
	if (recvmsg(life->world->pool[1], &parcel.msg,
		    MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1)
		return -1;
	cmsg = CMSG_FIRSTHDR(&parcel.msg);
	/* They may not have fit into the table. */
	if (!cmsg || cmsg->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	return keep(life, parcel.kind, fd);
}

static const struct {
	const char *name;
	int (*act)(struct life *life);
} acts[] = {
	{ "unshare() into an empty mount namespace", unshare_empty },
	{ "unshare() into a copy", unshare_copy },
	{ "unshare() into a user namespace", unshare_user },
	{ "clone3() into an empty mount namespace", clone_empty },
	{ "clone3() into a copy", clone_copy },
	{ "open_tree() of a namespace", copy_to_namespace },
	{ "open_tree() of a detached copy", copy_detached },
	{ "opening a directory", open_directory },
	{ "fsopen() of a tmpfs", new_tmpfs_context },
	{ "fsopen() of a proc with tasks only", new_proc_context },
	{ "fsmount() of a namespace", mount_in_namespace },
	{ "fsmount() of a detached mount", mount_detached },
	{ "setns()", enter_namespace },
	{ "going to a directory", go_to_directory },
	{ "move_mount() on top", attach_on_top },
	{ "move_mount() beneath", attach_beneath },
	{ "switching the root beneath the old one", switch_root_beneath },
	{ "pivot_root()", switch_root_by_pivot },
	{ "umount()", detach },
	{ "binding", bind_somewhere },
	{ "changing propagation", change_propagation },
	{ "changing attributes", change_attributes },
	{ "bind mounting a namespace file", bind_namespace },
	{ "listing mounts", look_into_namespace },
	{ "using memory", hog_memory },
	{ "writing to a file", write_file },
	{ "handing out a file descriptor", hand_out },
	{ "taking over a file descriptor", take_over },
	{ "closing a file descriptor", drop },
};

unsigned int count_acts(void)
{
	return ARRAY_SIZE(acts);
}

const char *act_name(unsigned int act)
{
	return acts[act].name;
}

int enter_soak_userns(const struct world *world)
{
	if (setns(world->userns, CLONE_NEWUSER) || setgroups(0, NULL) ||
	    setresgid(0, 0, 0) || setresuid(0, 0, 0))
		return -1;
	/* Else /proc/self/uid_map would belong to root. */
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* Who they are, and where: half of them have no rights outside. */
static int be_born(struct life *life)
{
	switch (pick(life, 4)) {
	case 0:
		/* in the mount namespace of the keeper */
		return enter_soak_userns(life->world);
	case 1:
		if (enter_soak_userns(life->world))
			return -1;
		break;
	case 2:
		if (sys_unshare(UNSHARE_EMPTY_MNTNS))
			return -1;
		settle_down();
		return 0;
	}
	if (private_scratch())
		return -1;
	furnish();
	return 0;
}

static void interrupt(int sig)
{
}

/* Some are never left alone: system calls that wait find a signal pending. */
static void expect_interruptions(struct life *life)
{
	struct sigaction sa = { .sa_handler = interrupt };
	struct itimerval timer = {};

	sigaction(SIGALRM, &sa, NULL);
	if (flip(life))
		return;
	timer.it_value.tv_usec = 1000 * (1 + pick(life, 8));
	timer.it_interval = timer.it_value;
	setitimer(ITIMER_REAL, &timer, NULL);
}

void live(const struct world *world, uint64_t seed)
{
	struct life life = { .world = world, .seed = seed };
	unsigned int act;

	signal(SIGCHLD, SIG_IGN);
	expect_interruptions(&life);
	if (be_born(&life))
		_exit(1);
	for (life.steps = 30 + pick(&life, 50); life.steps; life.steps--) {
		act = pick(&life, ARRAY_SIZE(acts));
		if (!acts[act].act(&life))
			__atomic_fetch_add(&world->done[act], 1,
					   __ATOMIC_RELAXED);
	}
	_exit(0);
}
