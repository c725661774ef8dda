/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of move_mount(MOVE_MOUNT_BENEATH) have in common */
#ifndef __BENEATH_H
#define __BENEATH_H

#include "../mntns_containment/containment.h"

/* Puts @mnt_fd beneath the topmost mount on @path, seen from @dfd. */
static inline int mount_beneath_at(int mnt_fd, int dfd, const char *path)
{
	return sys_move_mount(mnt_fd, "", dfd, path, MOVE_MOUNT_F_EMPTY_PATH |
			      MOVE_MOUNT_T_EMPTY_PATH | MOVE_MOUNT_BENEATH);
}

static inline int mount_beneath(int mnt_fd, const char *path)
{
	return mount_beneath_at(mnt_fd, AT_FDCWD, path);
}

/* A new tmpfs with an empty file @name, not attached anywhere yet */
static inline int named_tmpfs(const char *name)
{
	int mnt_fd = new_tmpfs();

	return mnt_fd == -1 || mknodat(mnt_fd, name, S_IFREG | 0644, 0) ?
		       -1 : mnt_fd;
}

/* A copy of the mount or of the tree at @path, not attached anywhere yet */
static inline int copy_of(const char *path, unsigned int flags)
{
	return sys_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE |
			     OPEN_TREE_CLOEXEC | flags);
}

static inline int open_path(const char *path)
{
	return open(path, O_PATH | O_CLOEXEC);
}

/* Works for mounts that aren't attached, and for those that are covered, too. */
static inline int set_propagation(int mnt_fd, uint64_t type)
{
	struct mount_attr attr = { .propagation = type };

	return sys_mount_setattr(mnt_fd, "", AT_EMPTY_PATH, &attr);
}

/*
 * @dir with a file "secret", and a tmpfs with a file "cover" on it: returns an
 * fd of that.
 */
static inline int make_cover(const char *dir)
{
	char secret[64];
	int fd;

	snprintf(secret, sizeof(secret), "%s/secret", dir);
	if (mkdir(dir, 0755) || make_file(secret))
		return -1;
	fd = named_tmpfs("cover");
	return fd == -1 || mount_on(fd, dir) ? -1 : fd;
}

/* The existing directory @dir has the file @name. */
static inline void check_has(struct __test_metadata *_metadata,
			     const char *dir, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	EXPECT_EQ(0, access(path, F_OK)) TH_LOG("%s: %m", path);
}

/* What a cover covers isn't to be seen. */
static inline void check_is_hidden(struct __test_metadata *_metadata,
				   const char *dir)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/secret", dir);
	EXPECT_ERRNO(ENOENT, access(path, F_OK));
}

/* @dir is covered by the file system with the file @name, and for good. */
static inline void check_is_held(struct __test_metadata *_metadata,
				 const char *dir, const char *name)
{
	check_has(_metadata, dir, name);
	try_to_uncover(_metadata, dir);
	check_has(_metadata, dir, name);
	check_is_hidden(_metadata, dir);
}

/* @call fails with @err and leaves the mounts as they are. */
#define EXPECT_REFUSED(err, call)					\
	do {								\
		char *__before = own_mounts(_metadata), *__after;	\
									\
		EXPECT_ERRNO(err, call);				\
		__after = own_mounts(_metadata);			\
		EXPECT_STREQ(__before, __after);			\
		free(__before);						\
		free(__after);						\
	} while (0)

/* The mounts @id[0] ... @id[@nr - 1] are on each other, from the top down. */
static inline void check_stack(struct __test_metadata *_metadata,
			       const uint64_t *id, int nr)
{
	int i;

	for (i = 0; i < nr - 1; i++)
		EXPECT_EQ(id[i + 1], parent_of(_metadata, id[i]))
			TH_LOG("mount %d from the top is elsewhere", i);
}

/*
 * A child made with CLONE_* @flags. That's where it returns true; the caller
 * gets false when the child has come to its end.
 */
static inline bool in_child(struct __test_metadata *_metadata, uint64_t flags)
{
	pid_t pid = ASSERT_OK(fork_with(flags));

	if (pid)
		join_child(_metadata, pid);
	return !pid;
}

/* The same for whoever is in the mount namespace @ns_fd */
static inline bool in_child_within(struct __test_metadata *_metadata, int ns_fd)
{
	pid_t pid = fork_into(_metadata, ns_fd);

	if (pid)
		join_child(_metadata, pid);
	return !pid;
}

/* 1 if a mount can be put beneath the root, which is tried in a child; else 0 */
static inline int have_beneath_root(void)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(private_mntns() || mount_beneath(new_tmpfs(), "/"));
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return 0;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

/*
 * set_table() in the initial user namespace, with the directory /away; false if
 * the test is skipped
 */
static inline bool set_beneath_table(struct __test_metadata *_metadata,
				     int *proc)
{
	if (!geteuid() && !have_beneath_root())
		SKIP(return false, "no mounts beneath the root");
	if (!set_table(_metadata, proc, INITIAL_USERNS))
		return false;
	ASSERT_OK(mkdir("/away", 0755));
	return true;
}

#endif /* __BENEATH_H */
