// SPDX-License-Identifier: GPL-2.0
/* Chooses the next step at random, preferably one that may succeed. */

#include "explore.h"

static uint64_t *state;

/* where most steps of a scene happen */
static int hot_path;

/* splitmix64: the same everywhere, whatever the C library */
uint64_t next_random(uint64_t *random)
{
	uint64_t z = (*random += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static unsigned int below(unsigned int n)
{
	return next_random(state) % n;
}

static bool percent(unsigned int n)
{
	return below(100) < n;
}

/* One of the bits in @mask, or any if there is none */
static int one_of(uint32_t mask)
{
	int nr, i;

	if (!mask)
		return below(NR_PATHS);
	nr = below(__builtin_popcount(mask));
	for (i = 0; nr || !(mask >> i & 1); i++)
		nr -= mask >> i & 1;
	return i;
}

/* An index of @weights, as often as that says */
static int weighted(const unsigned int *weights, int nr)
{
	unsigned int sum = 0, n;
	int i;

	for (i = 0; i < nr; i++)
		sum += weights[i];
	n = below(sum);
	for (i = 0; n >= weights[i]; i++)
		n -= weights[i];
	return i;
}

static const unsigned int who_weights[NR_WHO] = {
	[HOST]		= 14,
	[INNER_HOST]	= 12,
	[OWNER]		= 20,
	[CHILD]		= 22,
	[NESTED]	= 12,
	[GUEST]		= 11,
	[INNER_GUEST]	= 9,
};

static const unsigned int host_weights[NR_OPS] = {
	[OVERMOUNT]			= 3,
	[UMOUNT_EXTRA]		= 3,
	[HOST_BENEATH]		= 3,
	[SWAP]		= 4,
	[GRAFT]			= 2,
	[UNGRAFT]		= 2,
	[HOST_PROPAGATION]	= 1,
};

static const unsigned int op_weights[NR_OPS] = {
	[MOUNT_TMPFS]		= 6,
	[BIND]			= 8,
	[MOVE]			= 5,
	[BENEATH]		= 5,
	[CLONE_TREE]		= 6,
	[OPEN_DIR]		= 3,
	[NEW_TMPFS]		= 8,
	[CLONE_NS_FILE]		= 2,
	[ATTACH]		= 10,
	[ATTACH_BENEATH]	= 16,
	[UMOUNT]		= 22,
	[PROPAGATION]		= 7,
	[SET_ATTR]		= 2,
	[SET_GROUP]		= 4,
	[UNSHARE]		= 1,
	[UNSHARE_USER]		= 1,
	[UNSHARE_USER_MNT]	= 1,
	[UNSHARE_EMPTY]		= 1,
	[CLONE3]		= 2,
	[TREE_NS]		= 6,
	[FSMOUNT_NS]		= 2,
	[OWN_NS]		= 1,
	[SETNS]			= 5,
	[CHROOT]		= 2,
	[CHDIR]			= 4,
	[PIVOT_ROOT]		= 3,
	[CLOSE]			= 1,
	[GIVE]			= 3,
};

static bool needs_mount_rights(enum op op)
{
	return (op <= PIVOT_ROOT && op < UNSHARE && op != OPEN_DIR &&
		op != CLONE_NS_FILE) || op == PIVOT_ROOT;
}

/* The slots with a file descriptor of a kind in @kinds */
static uint32_t slots_with(const struct reply *reply, unsigned int kinds)
{
	uint32_t mask = 0;
	int i;

	for (i = 0; i < NR_SLOTS; i++)
		if (kinds >> reply->slots[i] & 1)
			mask |= 1U << i;
	return mask;
}

#define TREES	(1U << TREE_FD | 1U << FILE_FD)
#define ANY_FD	(TREES | 1U << DIR_FD | 1U << NS_FD)

/* What @op needs in a slot */
static unsigned int slot_kinds(enum op op)
{
	switch (op) {
	case ATTACH:
	case ATTACH_BENEATH:
		return TREES;
	case SETNS:
	case CLONE_NS_FILE:
		return 1U << NS_FD;
	case CLOSE:
	case GIVE:
		return ANY_FD;
	default:
		return 0;
	}
}

static bool needs_movable_mount(enum op op)
{
	return op == MOVE || op == BENEATH || op == UMOUNT || op == PIVOT_ROOT;
}

static enum op choose_op(const struct reply *reply)
{
	const struct scene_type *type = &scene_types[scene->kind];
	bool movable = reply->movable[ROOT_BASE] | reply->movable[CWD_BASE];
	unsigned int weights[NR_OPS], kinds;
	enum op op;

	for (op = 0; op < NR_OPS; op++) {
		weights[op] = op_weights[op];
		if (!reply->may_mount) {
			if (needs_mount_rights(op))
				weights[op] = 0;
			if (op == UNSHARE || op == TREE_NS || op == SETNS)
				weights[op] *= 4;
		}
		if (needs_movable_mount(op) && !movable)
			weights[op] /= 3;
		kinds = slot_kinds(op);
		if (kinds && !slots_with(reply, kinds))
			weights[op] = 0;
		if (op == SET_GROUP || op == PROPAGATION)
			weights[op] *= type->group_factor;
		if (type->ns_files &&
		    (op == UNSHARE || op == UNSHARE_USER_MNT))
			weights[op] = 0;
	}
	return weighted(weights, NR_OPS);
}

static int choose_base(const struct reply *reply)
{
	uint32_t slots = slots_with(reply, 1U << DIR_FD | 1U << TREE_FD);
	unsigned int n = below(100);

	if (n < 60)
		return ROOT_BASE;
	if (n < 80 || !slots)
		return CWD_BASE;
	return SLOT_BASE + one_of(slots);
}

enum want {
	ANYTHING,
	A_DIR,
	A_FILE,
	A_MOUNT,
	A_FILE_MOUNT,
	A_DIR_MOUNT,
	A_MOVABLE_MOUNT,
};

static uint32_t wanted(const struct reply *reply, int base, enum want want)
{
	switch (want) {
	case A_DIR:
		return reply->dirs[base];
	case A_FILE:
		return reply->there[base] & ~reply->dirs[base];
	case A_MOUNT:
		return reply->mounts[base];
	case A_FILE_MOUNT:
		return reply->mounts[base] & ~reply->dirs[base];
	case A_DIR_MOUNT:
		return reply->mounts[base] & reply->dirs[base];
	case A_MOVABLE_MOUNT:
		/*
		 * A mount with a shared parent cannot be moved, but unmounted.
		 */
		return reply->movable[base] && percent(75) ?
			       reply->movable[base] : reply->mounts[base];
	default:
		return reply->there[base];
	}
}

static void choose_path(const struct reply *reply, enum want want,
			uint8_t *base, uint8_t *path)
{
	if (percent(35) && wanted(reply, ROOT_BASE, want) >> hot_path & 1) {
		*base = ROOT_BASE;
		*path = hot_path;
		return;
	}
	*base = choose_base(reply);
	if (*base >= SLOT_BASE)
		*path = percent(50) ? 0 : below(NR_PATHS);
	else if (percent(4))
		*path = below(NR_PATHS);
	else
		*path = one_of(wanted(reply, *base, want));
}

static bool is_file(const struct reply *reply, int base, int path)
{
	return base < SLOT_BASE &&
	       reply->there[base] & ~reply->dirs[base] & 1U << path;
}

static int choose_receiver(enum who who)
{
	static const enum who inner[] = { CHILD, NESTED, INNER_GUEST };

	if (who == OWNER)
		return GUEST;
	if (who == GUEST)
		return OWNER;
	return inner[below(ARRAY_SIZE(inner))];
}

static void choose_paths(struct step *step, const struct reply *reply)
{
	const struct scene_type *type = &scene_types[scene->kind];
	enum want from = ANYTHING, to = ANYTHING;
	bool file = reply->slots[step->slot] == FILE_FD;

	switch (step->op) {
	case MOUNT_TMPFS:
		to = A_DIR;
		break;
	case OPEN_DIR:
	case TREE_NS:
	case CHROOT:
	case CHDIR:
		from = A_DIR;
		break;
	case MOVE:
	case BENEATH:
	case PIVOT_ROOT:
		from = A_MOVABLE_MOUNT;
		break;
	case SET_GROUP:
		from = A_MOUNT;
		break;
	case ATTACH:
		to = file ? A_FILE : A_DIR;
		break;
	case ATTACH_BENEATH:
		to = file ? A_FILE_MOUNT : A_DIR_MOUNT;
		break;
	case UMOUNT:
		to = A_MOVABLE_MOUNT;
		break;
	case PROPAGATION:
	case SET_ATTR:
		to = A_MOUNT;
		break;
	}

	choose_path(reply, from, &step->base1, &step->path1);
	if (step->op == SET_GROUP && percent(50)) {
		step->base1 = ROOT_BASE;
		step->path1 = find_path(type->group_from);
	}
	file = is_file(reply, step->base1, step->path1);
	if (step->op == BIND || step->op == MOVE ||
	    (step->op == SET_GROUP && step->arg & PRIVATE_COPY))
		to = file ? A_FILE : A_DIR;
	else if (step->op == BENEATH || step->op == SET_GROUP)
		to = file ? A_FILE_MOUNT : A_DIR_MOUNT;
	choose_path(reply, to, &step->base2, &step->path2);
	if (step->op == SET_GROUP && type->group_to && percent(50)) {
		step->base2 = ROOT_BASE;
		step->path2 = find_path(type->group_to);
	}
	if (step->op == PIVOT_ROOT) {
		step->base2 = step->base1;
		if (percent(70))
			step->path2 = step->path1;
	}
}

static void choose_slot(struct step *step, const struct reply *reply)
{
	unsigned int kinds = slot_kinds(step->op);
	uint32_t empty = slots_with(reply, 1U << NO_FD);

	if (step->op == CLONE_NS_FILE || !kinds)
		step->slot = empty && percent(80) ? one_of(empty) :
						    below(NR_SLOTS);
	else
		step->slot = one_of(slots_with(reply, kinds)) % NR_SLOTS;
}

static int choose_arg(const struct step *step)
{
	switch (step->op) {
	case UMOUNT:
		return percent(70);
	case SET_GROUP:
		return percent(scene_types[scene->kind].private_copies);
	case BIND:
	case TREE_NS:
	case CLONE_TREE:
		return percent(50);
	case PROPAGATION:
		return below(NR_TYPES << TYPE_SHIFT);
	case SET_ATTR:
		return below(8);
	case CLONE3:
		/* The kinds without CLONE_NEWNS are the odd ones. */
		return below(NR_CLONES) | scene_types[scene->kind].ns_files;
	case GIVE:
		return choose_receiver(step->who);
	default:
		return 0;
	}
}

static void choose_host_step(struct step *step, const struct reply *reply)
{
	static const int types[] = { MS_SHARED, MS_SHARED, MS_SHARED, MS_SLAVE,
				     MS_PRIVATE };
	int i, type;

	step->op = weighted(host_weights, NR_OPS);
	if (step->op == HOST_PROPAGATION) {
		i = below(NR_HOST_MOUNTS);
		step->path2 = find_path(host_mounts[i]);
		type = types[below(ARRAY_SIZE(types))];
		for (i = 0; propagation_types[i] != type; i++)
			;
		step->arg = i << TYPE_SHIFT;
		return;
	}
	step->path2 = find_path(host_paths[below(NR_HOST_PATHS)]);
	if (percent(50))
		step->path2 = hot_path;
	if (step->op == UMOUNT_EXTRA && !(reply->extra >> step->path2 & 1) &&
	    reply->extra)
		step->path2 = one_of(reply->extra);
	step->arg = below(2);
}

void choose_step(struct step *step, const struct reply *replies, int nr,
		 uint64_t *random)
{
	const char *hot = scene_types[scene->kind].hot_path;
	const struct reply *reply;

	state = random;
	if (!nr)
		hot_path = find_path(hot && percent(50) ? hot :
				     host_paths[below(NR_HOST_PATHS)]);
	memset(step, 0, sizeof(*step));
	step->who = weighted(who_weights, NR_WHO);
	reply = &replies[step->who];
	if (step->who == HOST || step->who == INNER_HOST) {
		choose_host_step(step, reply);
		return;
	}
	step->op = choose_op(reply);
	step->arg = choose_arg(step);
	choose_slot(step, reply);
	choose_paths(step, reply);
	if (step->op == CLONE_NS_FILE)
		step->base1 = SLOT_BASE +
			      one_of(slots_with(reply, 1U << NS_FD)) % NR_SLOTS;
	else if (step->op == GIVE)
		step->base1 = below(NR_SLOTS);
}
