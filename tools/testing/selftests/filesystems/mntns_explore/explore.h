/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A leak: a process sees a file (a secret) that was hidden by a mount, on every
 * path that the process had, when the process started, and that another user
 * namespace may unmount but the process may not.
 *
 * The explorer looks for leaks. Processes in nested user namespaces do whatever
 * may reveal a secret, at random. After each step, they look for secrets on all
 * paths from their roots, working directories and file descriptors, and compare
 * inodes.
 *
 * A task that hides something may reveal it to all. Therefore HOST and
 * INNER_HOST only do what keeps their secrets hidden.
 *
 * A file hidden by a bind mount of a mount namespace file is no secret after a
 * CLONE_NEWNS, which leaves that mount out. OPEN_TREE_NAMESPACE must not reveal
 * it, so the scene NS_FILES has such files and no CLONE_NEWNS.
 *
 * A namespace root is a secret, too, if the mount on top of it is locked, or
 * was in the mount namespace that it was copied from. Also, each mount table
 * has to be well-formed, see table.c.
 */
#ifndef __EXPLORE_H
#define __EXPLORE_H

#include <sys/sysmacros.h>

#include "../mntns_utils.h"

/* The processes of a scene. One of them acts at a time. */
enum who {
	HOST,		/* root; hides secrets */
	/* each root of a user namespace, with a copy of another one's mounts */
	INNER_HOST,	/* HOST's; hides secrets, too */
	OWNER,		/* HOST's */
	CHILD,		/* INNER_HOST's */
	NESTED,		/* CHILD's */
	/* each root of a user namespace, in another one's mount namespace */
	GUEST,		/* HOST's */
	INNER_GUEST,	/* INNER_HOST's */
	NR_WHO,
};

enum scene_kind {
	PLAIN,
	NS_FILES,	/* mount namespace files hide secrets */
	TWICE,		/* two mounts of a superblock, one hides secrets */
	NR_SCENES,
};

/* In what the scenes differ */
struct scene_type {
	const char *name;
	bool ns_files;			/* and no CLONE_NEWNS */
	int (*hide_in_b)(void);
	unsigned int group_factor;	/* of SET_GROUP and PROPAGATION */
	unsigned int private_copies;	/* percents of SET_GROUP */
	/* where steps happen in half of the cases; NULL: as all others */
	const char *hot_path, *group_from, *group_to;
};

enum op {
	/* of all but the hosts */
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
	/* of the hosts */
	OVERMOUNT,
	UMOUNT_EXTRA,
	HOST_BENEATH,
	SWAP,
	GRAFT,
	UNGRAFT,
	HOST_PROPAGATION,
	REVEAL,		/* never chosen */
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
	PRIVATE_COPY = 1,	/* SET_GROUP: first mount a copy there */
	BY_SETATTR = 2,
	TYPE_SHIFT = 2,		/* PROPAGATION: index of propagation_types[] */
	NR_TYPES = 4,
	NR_CLONES = 4,		/* CLONE3: index of clone_kinds[] */
};

/* What a process reports after a step */
struct reply {
	int err;
	int failed;			/* enum verdict */
	char text[640];
	uint8_t slots[NR_SLOTS];
	bool may_mount;
	uint32_t there[SLOT_BASE];	/* paths that exist, by base */
	uint32_t dirs[SLOT_BASE];
	uint32_t mounts[SLOT_BASE];
	uint32_t movable[SLOT_BASE];
	uint32_t extra;			/* with extra mounts of a host */
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
	INNER_HOSTS,	/* HOST does not hide it, INNER_HOST does */
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

/* A mount namespace of the scene */
struct ns_info {
	uint64_t id;
	ino_t owner;		/* the user namespace */
	bool root_hidden;	/* the namespace root is a secret */
};

/* What all processes of a scene share */
struct scene {
	enum scene_kind kind;
	struct secret secrets[NR_SECRETS];
	int nr_secrets;
	struct ns_info namespaces[NR_NAMESPACES];
	int nr_namespaces;

	/* the result */
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
	int extra[NR_PATHS];	/* a host's mounts beyond the first */
	int grafts;
};

extern struct scene *scene;
extern const struct scene_type scene_types[NR_SCENES];
extern struct self self;

/* words.c */
extern const char * const who_names[NR_WHO];
extern const char * const op_names[NR_OPS];
extern const char * const paths[NR_PATHS];
extern const char * const verdict_names[];
int find_path(const char *path);
void print_step(FILE *out, const struct step *step);
void print_sequence(FILE *out, enum scene_kind kind, const struct step *steps,
		    int nr);
int parse_sequence(const char *text, enum scene_kind *kind, struct step *steps);

/* actions.c */
extern const unsigned int propagation_types[NR_TYPES];
int put_slot(int slot, int fd, enum slot_kind kind);
int filled_tmpfs(void);
ino_t own_userns(void);
struct ns_info *find_ns(uint64_t id);
void note_ns(int ns_fd, bool root_hidden);
bool is_bare(int ns_fd);
int do_action(const struct step *step);

/* host.c: paths where hosts hide secrets, and mounts that they change */
#define NR_HOST_PATHS	7
#define NR_HOST_MOUNTS	7
extern const char * const host_paths[NR_HOST_PATHS];
extern const char * const host_mounts[NR_HOST_MOUNTS];
int do_host_action(const struct step *step);

/* choose.c */
uint64_t next_random(uint64_t *random);
void choose_step(struct step *step, const struct reply *replies, int nr,
		 uint64_t *random);

/* walk.c, table.c */
enum verdict look_around(char *text, size_t size);
void describe_paths(struct reply *reply);
enum verdict check_table(char *text, size_t size);
enum verdict check_ns_roots(char *text, size_t size);

/* scene.c */
int setup_host(void);
int setup_inner_host(void);
int hide_by_ns_files(void);

/* play.c; @next chooses step @nr, or returns false at the end */
typedef bool (*next_step)(struct step *step, const struct reply *replies,
			  int nr, void *arg);
void play(enum scene_kind kind, next_step next, void *arg, bool check_each,
	  int proc);

#endif /* __EXPLORE_H */
