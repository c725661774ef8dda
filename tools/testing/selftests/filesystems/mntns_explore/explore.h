/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A random explorer of mount namespaces: processes in nested user namespaces
 * do whatever they can think of to get at what is hidden from them.
 *
 * What has to hold, after each step
 * ---------------------------------
 * A secret is a file that was covered by a mount, when a process was started,
 * in every namespace and below every file descriptor that the process had; and
 * the mount isn't its to take away, since its user namespace doesn't own the
 * mount namespace that the mount is in, or that it came from. Such a process
 * must not get at the secret ever, by whatever path from its root, its working
 * directory or a file descriptor. It's the inode that counts, so a bind mount
 * elsewhere is no excuse.
 *
 * Who covered something may uncover it for everybody. So HOST and INNER_HOST
 * don't do just anything: each of their actions leaves what they have to keep
 * covered so on their own side, in between, too.
 *
 * This isn't a secret: what is below a bind-mounted mount namespace, once
 * anybody has copied the table by CLONE_NEWNS. Such copies have always left
 * those mounts out. Scenes with secrets of this kind (enum scene_kind) have no
 * CLONE_NEWNS, as OPEN_TREE_NAMESPACE must keep them.
 *
 * The real root of a mount namespace is a secret, too, if the mount over it
 * was, or would have been, locked in the namespace that it was made from.
 *
 * And every mount table has to be well-formed, see table.c.
 */
#ifndef __EXPLORE_H
#define __EXPLORE_H

#include <sys/mman.h>
#include <sys/sysmacros.h>

#include "../../kselftest_harness.h"
#include "../mntns_fd.h"

/* The processes of a scene. One of them acts at a time. */
enum who {
	HOST,		/* root; covers secrets */
	INNER_HOST,	/* root in a user namespace, a copy of HOST's table; */
			/* covers secrets of its own */
	OWNER,		/* root in a user namespace, a copy of HOST's table */
	CHILD,		/* the same below INNER_HOST */
	NESTED,		/* the same below CHILD */
	GUEST,	/* root in a user namespace, in HOST's namespace */
	INNER_GUEST,	/* root in one below INNER_HOST's, in INNER_HOST's */
	NR_WHO,
};

enum scene_kind {
	PLAIN,
	PINS,		/* mount-namespace files as covers, no CLONE_NEWNS */
	TWICE,		/* one superblock in two places, a cover in one of them */
};

enum op {
	/* everybody's but the hosts' */
	MOUNT_TMPFS,
	BIND,
	MOVE,
	BENEATH,
	CLONE_TREE,
	OPEN_DIR,
	NEW_TMPFS,
	CLONE_NS_FILE,
	ATTACH,
	ATTACH_BENEATH,
	UMOUNT,
	PROPAGATION,
	SET_ATTR,
	SET_GROUP,
	UNSHARE,
	UNSHARE_USER,
	UNSHARE_USER_MNT,
	UNSHARE_EMPTY,
	CLONE3,
	TREE_NS,
	FSMOUNT_NS,
	OWN_NS,
	SETNS,
	CHROOT,
	CHDIR,
	PIVOT_ROOT,
	CLOSE,
	GIVE,
	/* the hosts' */
	COVER,
	UNCOVER,
	SLIDE_BENEATH,
	SWAP_COVER,
	GRAFT,
	UNGRAFT,
	HOST_PROPAGATION,
	SLIP,		/* never chosen: a host that reveals a secret */
	NR_OPS,
};

#define NR_SLOTS	6	/* file descriptors that each has a place for */
#define NR_PATHS	32
#define MAX_STEPS	400

/* What a path is relative to: the root, the working directory, or a slot */
enum base {
	ROOT_BASE,
	CWD_BASE,
	SLOT_BASE,
	NR_BASES = SLOT_BASE + NR_SLOTS,
};

enum slot_kind {
	NO_FD,
	DIR_FD,		/* a directory somewhere */
	TREE_FD,	/* a detached mount of a directory */
	FILE_FD,	/* a detached mount of a file */
	NS_FD,		/* a mount namespace */
	NR_KINDS,
};

/* All there is to a step, so that it can be done again. */
struct step {
	uint8_t who, op;
	uint8_t base1, path1;
	uint8_t base2, path2;
	uint8_t slot, arg;
};

/* Values of step.arg, for the steps that have one */
enum {
	RECURSIVE = 1,
	DETACH = 1,
	PRIVATE_COPY = 1,	/* SET_GROUP: of a copy that's put there */
	BY_SETATTR = 2,
	TYPE_SHIFT = 2,		/* PROPAGATION: index of propagation_types[] */
	NR_TYPES = 4,
	NR_CLONES = 4,		/* CLONE3: index of clone_kinds[] */
};

/* What a process says after a step: for choosing the next ones */
struct reply {
	int err;
	int failed;			/* enum verdict */
	char text[640];
	uint8_t slots[NR_SLOTS];
	bool may_mount;
	uint32_t there[SLOT_BASE];	/* paths that there are, from a base */
	uint32_t dirs[SLOT_BASE];
	uint32_t mounts[SLOT_BASE];	/* those with a mount on top, */
	uint32_t loose[SLOT_BASE];	/* and one that can be moved */
	uint32_t extra;			/* a host's with covers to spare */
};

enum verdict {
	GOOD,
	LEAK,
	MALFORMED,
	RESIDUE,
	CRASH,
};

enum secret_class {
	HOSTS,		/* only HOST may ever see it */
	INNER_HOSTS,	/* HOST doesn't hide it, INNER_HOST does */
	NR_CLASSES,
};

struct secret {
	char name[32];
	enum secret_class class;
	dev_t dev;
	ino_t ino;
};

#define NR_SECRETS	16
#define NR_NAMESPACES	512

/* A mount namespace that somebody in the scene has created */
struct ns_info {
	uint64_t id;
	ino_t owner;		/* the user namespace */
	bool root_hidden;	/* the real root is kept covered */
};

/* What all processes of a scene share */
struct scene {
	enum scene_kind kind;
	struct secret secrets[NR_SECRETS];
	int nr_secrets;
	struct ns_info namespaces[NR_NAMESPACES];
	int nr_namespaces;

	/* what comes out */
	enum verdict verdict;
	char text[1024];
	struct step steps[MAX_STEPS];
	int nr_steps;
	struct {
		unsigned int tried, done;
	} stats[NR_OPS];
};

/* The process itself */
struct self {
	enum who who;
	int proc;
	int slots[NR_SLOTS];
	uint8_t kinds[NR_SLOTS];
	unsigned int unseen;	/* slots with a namespace to look into */
	ino_t userns;
	int depth;		/* user namespaces it has entered */
	int extra[NR_PATHS];	/* a host's covers beyond the first */
	int grafts;
};

static struct scene *scene;
static struct self self;

#endif /* __EXPLORE_H */
