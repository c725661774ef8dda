// SPDX-License-Identifier: GPL-2.0
/*
 * What can a process get at? It looks through all directories below its root,
 * its working directory and its file descriptors, and through those that ..
 * leads to from there.
 */

#include "explore.h"

#define MAX_LEVEL	8
#define MAX_SEEN	1024

/* directories of this round */
static struct {
	uint64_t mnt;
	ino_t ino;
} seen[MAX_SEEN];

static int nr_seen;

static bool seen_before(const struct statx *sx)
{
	int i;

	for (i = 0; i < nr_seen; i++)
		if (seen[i].mnt == sx->stx_mnt_id && seen[i].ino == sx->stx_ino)
			return true;
	if (nr_seen == MAX_SEEN)
		return true;
	seen[nr_seen].mnt = sx->stx_mnt_id;
	seen[nr_seen++].ino = sx->stx_ino;
	return false;
}

static bool may_see(const struct secret *secret)
{
	switch (self.who) {
	case HOST:
	case OWNER:
	case GUEST:
		return secret->class == INNER_HOSTS;
	default:
		return false;
	}
}

static const struct secret *find_secret(const struct statx *sx)
{
	dev_t dev = makedev(sx->stx_dev_major, sx->stx_dev_minor);
	int i;

	for (i = 0; i < scene->nr_secrets; i++) {
		struct secret *secret = &scene->secrets[i];

		if (secret->ino == sx->stx_ino && secret->dev == dev)
			return may_see(secret) ? NULL : secret;
	}
	return NULL;
}

#define WALK_MASK	(STATX_TYPE | STATX_INO | STATX_SIZE | \
			 STATX_MNT_ID_UNIQUE)

static const struct secret *walk(int dfd, const char *name, int level,
				 char path[512]);

static const struct secret *walk_entries(int fd, int level, char path[512])
{
	const struct secret *secret = NULL;
	size_t len = strlen(path);
	uint64_t buf[128];
	struct dirent64 *entry;
	ssize_t nr, pos;

	while (!secret && (nr = getdents64(fd, buf, sizeof(buf))) > 0) {
		for (pos = 0; !secret && pos < nr; pos += entry->d_reclen) {
			entry = (void *)((char *)buf + pos);
			if (entry->d_name[0] == '.')
				continue;
			snprintf(path + len, 512 - len, "/%s", entry->d_name);
			secret = walk(fd, entry->d_name, level, path);
		}
	}
	if (!secret)
		path[len] = '\0';
	return secret;
}

/*
 * A secret: @name in @dfd, or a file below it, whose path @path becomes; or
 * NULL
 */
static const struct secret *walk(int dfd, const char *name, int level,
				 char path[512])
{
	const struct secret *secret;
	struct statx sx;
	int fd;

	if (statx(dfd, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, WALK_MASK,
		  &sx))
		return NULL;
	if (!S_ISDIR(sx.stx_mode))
		return find_secret(&sx);
	/* An empty directory has no size on the filesystems here. */
	if (!sx.stx_size || level > MAX_LEVEL || seen_before(&sx))
		return NULL;
	fd = openat(dfd, *name ? name : ".",
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return NULL;
	secret = walk_entries(fd, level + 1, path);
	close(fd);
	return secret;
}

/* The same, also from where .. leads to */
static const struct secret *walk_up(int dfd, const char *name, const char *from,
				    char path[512])
{
	const struct secret *secret = NULL;
	uint64_t mnt = 0;
	ino_t ino = 0;
	struct statx sx;
	int fd, up, i;

	/* not O_PATH | O_DIRECTORY: a file is one, too */
	fd = *name ? openat(dfd, name, O_PATH | O_CLOEXEC) :
		     fcntl(dfd, F_DUPFD_CLOEXEC, 0);
	snprintf(path, 512, "%s", from);
	for (i = 0; fd != -1 && i < MAX_LEVEL; i++) {
		if (statx(fd, "", AT_EMPTY_PATH, WALK_MASK, &sx) ||
		    (sx.stx_mnt_id == mnt && sx.stx_ino == ino))
			break;
		mnt = sx.stx_mnt_id;
		ino = sx.stx_ino;
		secret = walk(fd, "", 0, path);
		if (secret)
			break;
		up = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = up;
		snprintf(path + strlen(path), 512 - strlen(path), "/..");
	}
	if (fd != -1)
		close(fd);
	return secret;
}

/* The same in the mount namespace of a slot, from a child that enters it */
static const struct secret *peek_into(int slot)
{
	const struct secret *secret;
	int status = 0;
	char path[512];
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (setns(self.slots[slot], CLONE_NEWNS))
			_exit(0);
		secret = walk_up(AT_FDCWD, "/", "", path);
		_exit(secret ? secret - scene->secrets + 1 : 0);
	}
	if (pid != -1)
		waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) ?
		       &scene->secrets[WEXITSTATUS(status) - 1] : NULL;
}

static const struct secret *look_from_slot(int slot, char path[512])
{
	char from[32];

	snprintf(from, sizeof(from), "fd %d", slot);
	if (self.kinds[slot] != NS_FD)
		return walk_up(self.slots[slot], "", from, path);
	/* Once, since it takes a while. */
	if (!(self.unseen >> slot & 1))
		return NULL;
	self.unseen &= ~(1U << slot);
	snprintf(path, 512, "something in the namespace of %s", from);
	return peek_into(slot);
}

enum verdict look_around(char *text, size_t size)
{
	const struct secret *secret;
	char path[512];
	int i;

	nr_seen = 0;
	secret = walk_up(AT_FDCWD, "/", "", path);
	if (!secret)
		secret = walk_up(AT_FDCWD, ".", ".", path);
	for (i = 0; !secret && i < NR_SLOTS; i++)
		if (self.kinds[i] != NO_FD)
			secret = look_from_slot(i, path);
	if (!secret)
		return GOOD;
	snprintf(text, size, "sees the secret %s, as %s", secret->name, path);
	return LEAK;
}

/* Moving a mount onto itself fails, but not all mounts get that far. */
static bool can_be_moved(const char *path)
{
	return mount(path, path, NULL, MS_MOVE, NULL) && errno == ELOOP;
}

/* for choosing the next steps */
void describe_paths(struct reply *reply)
{
	struct statx sx;
	char path[32];
	int base, i;

	for (base = ROOT_BASE; base < SLOT_BASE; base++) {
		for (i = 0; i < NR_PATHS; i++) {
			snprintf(path, sizeof(path), "%s%s",
				 base == ROOT_BASE ? "/" : "", paths[i]);
			if (statx(AT_FDCWD, path, 0, STATX_TYPE, &sx))
				continue;
			reply->there[base] |= 1U << i;
			if (S_ISDIR(sx.stx_mode))
				reply->dirs[base] |= 1U << i;
			if (!(sx.stx_attributes & STATX_ATTR_MOUNT_ROOT))
				continue;
			reply->mounts[base] |= 1U << i;
			if (can_be_moved(path))
				reply->movable[base] |= 1U << i;
		}
	}
	for (i = 0; i < NR_PATHS; i++)
		if (self.extra[i])
			reply->extra |= 1U << i;
}
