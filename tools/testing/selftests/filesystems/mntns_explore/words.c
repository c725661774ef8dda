// SPDX-License-Identifier: GPL-2.0
/* Steps in words, for people, and in a short form to be played again */

#include "explore.h"

const char * const who_names[NR_WHO] = {
	[HOST]		= "host",
	[INNER_HOST]	= "inner-host",
	[OWNER]		= "owner",
	[CHILD]		= "child",
	[NESTED]	= "nested",
	[GUEST]		= "guest",
	[INNER_GUEST]	= "inner-guest",
};

const char * const op_names[NR_OPS] = {
	[MOUNT_TMPFS]		= "mount-tmpfs",
	[BIND]			= "bind",
	[MOVE]			= "move",
	[BENEATH]		= "beneath",
	[CLONE_TREE]		= "clone-tree",
	[OPEN_DIR]		= "open",
	[NEW_TMPFS]		= "new-tmpfs",
	[CLONE_NS_FILE]		= "clone-ns-file",
	[ATTACH]		= "attach",
	[ATTACH_BENEATH]	= "attach-beneath",
	[UMOUNT]		= "umount",
	[PROPAGATION]		= "propagation",
	[SET_ATTR]		= "set-attr",
	[SET_GROUP]		= "set-group",
	[UNSHARE]		= "unshare",
	[UNSHARE_USER]		= "unshare-user",
	[UNSHARE_USER_MNT]	= "unshare-user-mnt",
	[UNSHARE_EMPTY]		= "unshare-empty",
	[CLONE3]		= "clone3",
	[TREE_NS]		= "tree-ns",
	[FSMOUNT_NS]		= "fsmount-ns",
	[OWN_NS]		= "own-ns",
	[SETNS]			= "setns",
	[CHROOT]		= "chroot",
	[CHDIR]			= "chdir",
	[PIVOT_ROOT]		= "pivot-root",
	[CLOSE]			= "close",
	[GIVE]			= "give",
	[OVERMOUNT]			= "overmount",
	[UMOUNT_EXTRA]		= "umount-extra",
	[HOST_BENEATH]		= "host-beneath",
	[SWAP]		= "swap",
	[GRAFT]			= "graft",
	[UNGRAFT]		= "ungraft",
	[HOST_PROPAGATION]	= "host-propagation",
	[REVEAL]			= "reveal",
};

/* Relative to the root of a scene, to mounts in there, or to their copies */
const char * const paths[NR_PATHS] = {
	".", "a", "a/d", "a/v", "a/v/x", "a/f", "a/n", "a/n/d",
	"b", "b/d", "b/v", "c", "c/u", "c/v", "w", "p",
	"p/f", "m1", "m2", "m3", "d", "v", "f", "n",
	"n/d", "m1/d", "m1/v", "m1/f", "u", "..", "m2/a", "m2/a/d",
};

const char * const verdict_names[] = {
	[GOOD]		= "good",
	[LEAK]		= "a leak",
	[MALFORMED]	= "a malformed mount table",
	[RESIDUE]	= "something was left behind",
	[CRASH]		= "a process died",
};

static const char * const type_names[NR_TYPES] = {
	"shared", "slave", "private", "unbindable",
};

static const char * const clone_names[NR_CLONES] = {
	"CLONE_NEWNS", "CLONE_EMPTY_MNTNS", "CLONE_NEWUSER | CLONE_NEWNS",
	"CLONE_NEWUSER | CLONE_EMPTY_MNTNS",
};

int find_path(const char *path)
{
	int i;

	for (i = 0; i < NR_PATHS; i++)
		if (!strcmp(paths[i], path))
			return i;
	return 0;
}

/* The base and path of a step */
static const char *base_path(int base, int path)
{
	static char texts[2][48];
	static int next;
	char *text = texts[next++ % 2];

	if (base == ROOT_BASE)
		snprintf(text, sizeof(texts[0]), "/%s",
			 path ? paths[path] : "");
	else if (base == CWD_BASE)
		snprintf(text, sizeof(texts[0]), "%s", paths[path]);
	else
		snprintf(text, sizeof(texts[0]), "fd %d:%s", base - SLOT_BASE,
			 paths[path]);
	return text;
}

void print_step(FILE *out, const struct step *step)
{
	const char *from = base_path(step->base1, step->path1);
	const char *to = base_path(step->base2, step->path2);
	const char *rec = step->arg & RECURSIVE ? ", recursively" : "";
	const char *lazy = step->arg & DETACH ? ", MNT_DETACH" : "";
	const char *type = type_names[step->arg >> TYPE_SHIFT & 3];

	fprintf(out, "%s: ", who_names[step->who]);
	switch (step->op) {
	case MOUNT_TMPFS:
		fprintf(out, "mount a tmpfs on %s", to);
		break;
	case BIND:
		fprintf(out, "bind %s to %s%s", from, to, rec);
		break;
	case MOVE:
		fprintf(out, "move %s to %s", from, to);
		break;
	case BENEATH:
		fprintf(out, "move %s beneath %s", from, to);
		break;
	case CLONE_TREE:
		fprintf(out, "fd %d = open_tree(%s, OPEN_TREE_CLONE)%s",
			step->slot, from, rec);
		break;
	case OPEN_DIR:
		fprintf(out, "fd %d = open(%s)", step->slot, from);
		break;
	case NEW_TMPFS:
		fprintf(out, "fd %d = fsmount(tmpfs)", step->slot);
		break;
	case CLONE_NS_FILE:
		fprintf(out, "fd %d = open_tree(fd %d, OPEN_TREE_CLONE)",
			step->slot, step->base1 - SLOT_BASE);
		break;
	case ATTACH:
		fprintf(out, "move_mount(fd %d) to %s", step->slot, to);
		break;
	case ATTACH_BENEATH:
		fprintf(out, "move_mount(fd %d) beneath %s", step->slot, to);
		break;
	case UMOUNT:
		fprintf(out, "umount %s%s", to, lazy);
		break;
	case PROPAGATION:
	case HOST_PROPAGATION:
		fprintf(out, "make %s %s%s%s", to, type, rec,
			step->arg & BY_SETATTR ? " by mount_setattr()" : "");
		break;
	case SET_ATTR:
		fprintf(out, "mount_setattr(%s, %s%s)%s", to,
			step->arg & 2 ? "clear " : "",
			step->arg & 4 ? "noexec" : "ro", rec);
		break;
	case SET_GROUP:
		fprintf(out, "move_mount(MOVE_MOUNT_SET_GROUP) from %s to %s%s",
			from, step->arg & PRIVATE_COPY ?
			"a private copy of it on " : "", to);
		break;
	case UNSHARE:
		fprintf(out, "unshare(CLONE_NEWNS)");
		break;
	case UNSHARE_USER:
		fprintf(out, "unshare(CLONE_NEWUSER)");
		break;
	case UNSHARE_USER_MNT:
		fprintf(out, "unshare(CLONE_NEWUSER | CLONE_NEWNS)");
		break;
	case UNSHARE_EMPTY:
		fprintf(out, "unshare(UNSHARE_EMPTY_MNTNS)");
		break;
	case CLONE3:
		fprintf(out, "fd %d = namespace of clone3(%s)", step->slot,
			clone_names[step->arg % NR_CLONES]);
		break;
	case TREE_NS:
		fprintf(out,
			"fd %d = open_tree(%s, OPEN_TREE_NAMESPACE)%s",
			step->slot, from, rec);
		break;
	case FSMOUNT_NS:
		fprintf(out,
			"fd %d = fsmount(tmpfs, FSMOUNT_NAMESPACE)",
			step->slot);
		break;
	case OWN_NS:
		fprintf(out, "fd %d = its own namespace", step->slot);
		break;
	case SETNS:
		fprintf(out, "setns(fd %d)", step->slot);
		break;
	case CHROOT:
		fprintf(out, "chroot(%s)", from);
		break;
	case CHDIR:
		fprintf(out, "chdir(%s)", from);
		break;
	case PIVOT_ROOT:
		fprintf(out, "pivot_root(%s, %s)", from, to);
		break;
	case CLOSE:
		fprintf(out, "close(fd %d)", step->slot);
		break;
	case GIVE:
		fprintf(out, "give fd %d to %s, as fd %d", step->slot,
			who_names[step->arg % NR_WHO],
			step->base1 % NR_SLOTS);
		break;
	case OVERMOUNT:
		fprintf(out, "mount another one on /%s",
			paths[step->path2]);
		break;
	case UMOUNT_EXTRA:
		fprintf(out, "umount an extra one from /%s%s",
			paths[step->path2], lazy);
		break;
	case HOST_BENEATH:
		fprintf(out, "mount another one beneath that on /%s",
			paths[step->path2]);
		break;
	case SWAP:
		fprintf(out,
			"mount one beneath that on /%s, umount that%s",
			paths[step->path2], lazy);
		break;
	case GRAFT:
		fprintf(out, "mount a %s copy of /a",
			step->arg & 1 ? "slave" : "private");
		break;
	case UNGRAFT:
		fprintf(out, "umount the copy of /a");
		break;
	case REVEAL:
		fprintf(out, "umount the last one from /%s",
			paths[step->path2]);
		break;
	}
}

/*
 * The short form: kind@step,step,... where a step is
 * who.op.base1.path1.base2.path2.slot.arg
 */
void print_sequence(FILE *out, enum scene_kind kind, const struct step *steps,
		    int nr)
{
	const struct step *step;

	fprintf(out, "%s@", scene_types[kind].name);
	for (step = steps; step < steps + nr; step++)
		fprintf(out, "%s%s.%s.%d.%d.%d.%d.%d.%d",
			step == steps ? "" : ",", who_names[step->who],
			op_names[step->op], step->base1, step->path1,
			step->base2, step->path2, step->slot, step->arg);
}

static int find_name(const char *name, const char * const *names, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

/* Returns the number of steps, or -1. */
int parse_sequence(const char *text, enum scene_kind *kind, struct step *steps)
{
	char who[16], op[24], scene_name[8];
	unsigned int n[6];
	int nr, len, i;

	if (sscanf(text, "%7[a-z]@%n", scene_name, &len) != 1)
		return -1;
	for (i = 0; i < NR_SCENES && strcmp(scene_name, scene_types[i].name);)
		i++;
	if (i == NR_SCENES)
		return -1;
	*kind = i;
	text += len;

	for (nr = 0; *text && nr < MAX_STEPS; nr++) {
		struct step *step = &steps[nr];
		int w, o;

		if (sscanf(text, "%15[a-z-].%23[a-z0-9-].%u.%u.%u.%u.%u.%u%n",
			   who, op, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5],
			   &len) != 8)
			return -1;
		w = find_name(who, who_names, NR_WHO);
		o = find_name(op, op_names, NR_OPS);
		if (w == -1 || o == -1 || n[0] >= NR_BASES ||
		    n[2] >= NR_BASES || n[1] >= NR_PATHS ||
		    n[3] >= NR_PATHS || n[4] >= NR_SLOTS || n[5] > UINT8_MAX)
			return -1;
		*step = (struct step){
			w, o, n[0], n[1], n[2], n[3], n[4], n[5],
		};
		text += len;
		text += *text == ',';
	}
	return nr;
}
