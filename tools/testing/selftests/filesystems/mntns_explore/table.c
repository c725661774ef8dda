// SPDX-License-Identifier: GPL-2.0
/*
 * A mount table is well-formed if
 *  - listmount() and statmount() report the same as /proc/PID/mountinfo,
 *  - IDs are unique,
 *  - one mount is the root, and each other one has a parent in the table, is
 *    mounted below the mount point of the parent, and in no cycle,
 *  - all mounts of a peer group are of one filesystem, and
 *  - NS_MNT_GET_INFO counts the mounts that a task sees that enters.
 */

#include "explore.h"

#define MAX_MOUNTS	512

#define TABLE_MASK	(DESCRIBE_MASK | STATMOUNT_PROPAGATE_FROM)

struct entry {
	uint32_t id, parent;
	uint64_t group, master, from;
	bool unbindable;
	uint64_t dev;
	char point[128], root[64], type[16];
};

static struct entry listed[MAX_MOUNTS], shown[MAX_MOUNTS];

/* Fills listed[] by listmount() and statmount(): how many they are, or -1 */
static int list_table(char *text, size_t size)
{
	static uint64_t ids[MAX_MOUNTS];
	struct statmount *sm;
	struct entry *entry;
	ssize_t nr, i;

	nr = listmount(LSMT_ROOT, 0, 0, ids, MAX_MOUNTS, 0);
	if (nr == -1) {
		snprintf(text, size, "listmount(): %m");
		return -1;
	}
	for (i = 0; i < nr; i++) {
		if (i && ids[i] <= ids[i - 1]) {
			snprintf(text, size, "listmount(): IDs are not sorted");
			return -1;
		}
		sm = statmount_alloc(ids[i], 0, TABLE_MASK, 0);
		if (!sm || sm->mnt_id != ids[i]) {
			snprintf(text, size, "statmount() of a listed one: %m");
			free(sm);
			return -1;
		}
		entry = &listed[i];
		*entry = (struct entry){
			.id = sm->mnt_id_old,
			.parent = sm->mnt_parent_id_old,
			.group = sm->mnt_peer_group,
			.master = sm->mnt_master,
			.unbindable = sm->mnt_propagation & MS_UNBINDABLE,
			.dev = (uint64_t)sm->sb_dev_major << 32 |
			       sm->sb_dev_minor,
		};
		/* mountinfo omits the master */
		if (sm->propagate_from != sm->mnt_master)
			entry->from = sm->propagate_from;
		snprintf(entry->point, sizeof(entry->point), "%s",
			 sm->str + sm->mnt_point);
		snprintf(entry->root, sizeof(entry->root), "%s",
			 sm->str + sm->mnt_root);
		snprintf(entry->type, sizeof(entry->type), "%s",
			 sm->str + sm->fs_type);
		if (!!entry->group != !!(sm->mnt_propagation & MS_SHARED) ||
		    !!entry->master != !!(sm->mnt_propagation & MS_SLAVE)) {
			snprintf(text, size,
				 "%s: type %llx, group %llu, master %llu",
				 entry->point,
				 (unsigned long long)sm->mnt_propagation,
				 (unsigned long long)entry->group,
				 (unsigned long long)entry->master);
			free(sm);
			return -1;
		}
		free(sm);
	}
	return nr;
}

/* Fills shown[] from /proc/self/mountinfo: how many they are, or -1 */
static int read_table(char *text, size_t size)
{
	char *line = NULL, *field;
	unsigned int major, minor;
	size_t room = 0;
	FILE *file;
	int fd, nr;

	fd = openat(self.proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	file = fd == -1 ? NULL : fdopen(fd, "r");
	if (!file) {
		snprintf(text, size, "opening mountinfo: %m");
		return -1;
	}
	for (nr = 0; nr < MAX_MOUNTS && getline(&line, &room, file) > 0; nr++) {
		struct entry *entry = &shown[nr];
		int len;

		memset(entry, 0, sizeof(*entry));
		if (sscanf(line, "%u %u %u:%u %63s %127s %*s%n", &entry->id,
			   &entry->parent, &major, &minor, entry->root,
			   entry->point, &len) != 6)
			break;
		entry->dev = (uint64_t)major << 32 | minor;
		field = strtok(line + len, " ");
		for (; field && strcmp(field, "-"); field = strtok(NULL, " ")) {
			if (!strncmp(field, "shared:", 7))
				entry->group = atoi(field + 7);
			else if (!strncmp(field, "master:", 7))
				entry->master = atoi(field + 7);
			else if (!strncmp(field, "propagate_from:", 15))
				entry->from = atoi(field + 15);
			else if (!strcmp(field, "unbindable"))
				entry->unbindable = true;
		}
		field = strtok(NULL, " ");
		if (!field)
			break;
		snprintf(entry->type, sizeof(entry->type), "%s", field);
	}
	if (!feof(file)) {
		snprintf(text, size, "mountinfo, line %d: %s", nr + 1, line);
		nr = -1;
	}
	free(line);
	fclose(file);
	return nr;
}

static struct entry *find_entry(int nr, uint32_t id)
{
	int i;

	for (i = 0; i < nr; i++)
		if (listed[i].id == id)
			return &listed[i];
	return NULL;
}

/* Is what @entry has the same as in mountinfo? */
static const char *compare(const struct entry *entry, const struct entry *other)
{
	if (entry->parent != other->parent)
		return "parent";
	if (entry->group != other->group)
		return "peer group";
	if (entry->master != other->master)
		return "master";
	if (entry->from != other->from)
		return "propagate_from";
	if (entry->unbindable != other->unbindable)
		return "unbindable";
	if (entry->dev != other->dev)
		return "device";
	if (strcmp(entry->point, other->point))
		return "mount point";
	if (strcmp(entry->root, other->root))
		return "root";
	if (strcmp(entry->type, other->type))
		return "type";
	return NULL;
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strcmp(dir, "/") ||
	       (!strncmp(path, dir, len) && (!path[len] || path[len] == '/'));
}

static enum verdict check_tree(int nr, struct entry **top, char *text,
			       size_t size)
{
	struct entry *entry, *other;
	int i, steps;

	*top = NULL;
	for (entry = listed; entry < listed + nr; entry++) {
		struct entry *parent = find_entry(nr, entry->parent);

		/* In a chroot, what they are all on may be out of sight. */
		if (!parent || parent == entry) {
			if (*top && (parent ||
				     entry->parent != (*top)->parent)) {
				snprintf(text, size,
					 "%s and %s are both at the root",
					 (*top)->point, entry->point);
				return MALFORMED;
			}
			*top = entry;
			continue;
		}
		if (!is_below(entry->point, parent->point)) {
			snprintf(text, size, "%.127s is mounted on %.127s",
				 entry->point, parent->point);
			return MALFORMED;
		}
		other = entry;
		for (steps = 0; other && steps <= nr; steps++) {
			parent = find_entry(nr, other->parent);
			other = parent == other ? NULL : parent;
		}
		if (other) {
			snprintf(text, size, "%s is its own ancestor",
				 entry->point);
			return MALFORMED;
		}
	}
	for (i = 0; i < nr; i++) {
		for (other = listed; other < listed + i; other++) {
			if (other->id == listed[i].id) {
				snprintf(text, size, "%s and %s have one ID",
					 other->point, listed[i].point);
				return MALFORMED;
			}
			if (other->group && other->group == listed[i].group &&
			    other->dev != listed[i].dev) {
				snprintf(text, size, "%s and %s are peers",
					 other->point, listed[i].point);
				return MALFORMED;
			}
		}
	}
	return GOOD;
}

/* The one of the @nr listed mounts that is mounted on the root of @below */
static struct entry *find_on_top(int nr, const struct entry *below)
{
	struct entry *entry;

	for (entry = listed; entry < listed + nr; entry++)
		if (entry != below && entry->parent == below->id &&
		    !strcmp(entry->point, below->point))
			return entry;
	return NULL;
}

static bool is_descendant(int nr, struct entry *entry, const struct entry *top)
{
	while (entry != top && entry->parent != entry->id)
		entry = find_entry(nr, entry->parent);
	return entry == top;
}

/*
 * NS_MNT_GET_INFO counts what a task that enters sees: of the @nr listed
 * mounts, with the namespace root @top among them, those on top of the stack on
 * that.
 */
static enum verdict check_count(int nr, struct entry *top, char *text,
				size_t size)
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	int fd = open_mntns(self.proc), err, i, seen = 0;
	struct entry *entry;

	err = fd == -1 || ioctl(fd, NS_MNT_GET_INFO, &info);
	close(fd);
	if (err) {
		snprintf(text, size, "NS_MNT_GET_INFO: %m");
		return MALFORMED;
	}
	if (!top)
		return info.nr_mounts ? GOOD : MALFORMED;
	while ((entry = find_on_top(nr, top)))
		top = entry;
	for (i = 0; i < nr; i++)
		seen += is_descendant(nr, &listed[i], top);
	if (info.nr_mounts == seen)
		return GOOD;
	snprintf(text, size, "nr_mounts is %u, %d can be seen",
		 info.nr_mounts, seen);
	return MALFORMED;
}

/* The caller's mount namespace, as it sees it */
enum verdict check_table(char *text, size_t size)
{
	int nr_listed, nr_shown, i;
	struct entry *entry, *top;
	enum verdict verdict;
	const char *what;

	nr_listed = list_table(text, size);
	if (nr_listed == -1)
		return MALFORMED;
	nr_shown = read_table(text, size);
	if (nr_shown == -1)
		return MALFORMED;
	if (nr_listed != nr_shown) {
		snprintf(text, size, "listmount() has %d, mountinfo has %d",
			 nr_listed, nr_shown);
		return MALFORMED;
	}
	for (i = 0; i < nr_shown; i++) {
		entry = find_entry(nr_listed, shown[i].id);
		what = entry ? compare(entry, &shown[i]) : "ID";
		if (what) {
			snprintf(text, size,
				 "statmount() and mountinfo disagree on %s: %s",
				 shown[i].point, what);
			return MALFORMED;
		}
	}
	verdict = check_tree(nr_listed, &top, text, size);
	if (verdict)
		return verdict;
	if (top && top->parent != top->id)
		top = NULL;
	return check_count(nr_listed, top, text, size);
}

/*
 * A mount is on each namespace root that is a secret: in the caller's mount
 * namespace, and in those that it has file descriptors of.
 */
enum verdict check_ns_roots(char *text, size_t size)
{
	int fds[NR_SLOTS + 1], nr = 0, i;
	enum verdict verdict = GOOD;
	struct ns_info *ns;

	fds[nr++] = open_mntns(self.proc);
	for (i = 0; i < NR_SLOTS; i++)
		if (self.kinds[i] == NS_FD)
			fds[nr++] = self.slots[i];
	for (i = 0; i < nr; i++) {
		ns = find_ns(mntns_id(fds[i]));
		if (ns && ns->root_hidden && is_bare(fds[i])) {
			snprintf(text, size, "the namespace root is revealed");
			verdict = LEAK;
		}
	}
	close(fds[0]);
	return verdict;
}
