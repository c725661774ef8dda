// SPDX-License-Identifier: GPL-2.0
/*
 * A mount that goes beneath a locked mount takes over MNT_LOCKED. The old mount
 * can go then, and what it hides stays hidden.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/*
 * The caller becomes root of a user namespace that owns a copy of the mounts.
 */
static bool enter(struct __test_metadata *_metadata, int proc, bool as_nobody)
{
	if (as_nobody) {
		if (!have_unprivileged_userns())
			SKIP(return false, "no user namespaces for nobody");
		ASSERT_OK(become_nobody());
	}
	ASSERT_OK(enter_userns(proc, CLONE_NEWNS));
	return true;
}

/*
 *	/away, /mnt		directories
 *	/tree			a mount
 *	/tree/away		a directory
 *	/tree/dir		a mount that hides a secret
 *	/tree/deep		the same, with another one on "inner"
 * All mounts are locked.
 */
FIXTURE(mnt_locked)
{
	int proc;
	uint64_t tree, top;	/* mount IDs of /tree and /tree/dir */
};

FIXTURE_VARIANT(mnt_locked)
{
	bool as_nobody;
};

FIXTURE_VARIANT_ADD(mnt_locked, userns_root) { .as_nobody = false };
FIXTURE_VARIANT_ADD(mnt_locked, nobody) { .as_nobody = true };

FIXTURE_SETUP(mnt_locked)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_BENEATH))
		return;
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	close(ASSERT_OK(hide_secret("/tree/dir")));
	close(ASSERT_OK(hide_secret("/tree/deep")));
	close(ASSERT_OK(hide_secret("/tree/deep/inner")));
	if (!enter(_metadata, self->proc, variant->as_nobody))
		return;
	self->tree = mount_id("/tree");
	self->top = mount_id("/tree/dir");
	check_is_locked(_metadata, "/tree/dir", "top");
}

FIXTURE_TEARDOWN(mnt_locked)
{
}

/* A tmpfs with the file @name goes beneath @dir; returns its fd. */
static int add_beneath(struct __test_metadata *_metadata, const char *dir,
		       const char *name)
{
	int fd = ASSERT_OK(named_tmpfs(name));

	ASSERT_OK(mount_beneath(fd, dir));
	check_is_hidden(_metadata, dir);
	return fd;
}

static int umount_plainly(void)
{
	return umount2("/tree/dir", 0);
}

static int umount_lazily(void)
{
	return umount2("/tree/dir", MNT_DETACH);
}

static int expire(void)
{
	/* The first time marks it. */
	if (umount2("/tree/dir", MNT_EXPIRE) != -1 || errno != EAGAIN)
		return -1;
	return umount2("/tree/dir", MNT_EXPIRE);
}

static int move(void)
{
	return mount("/tree/dir", "/away", NULL, MS_MOVE, NULL) ||
	       umount2("/away", 0) ? -1 : 0;
}

static int move_by_move_mount(void)
{
	return sys_move_mount(AT_FDCWD, "/tree/dir", AT_FDCWD, "/away", 0) ||
	       umount2("/away", 0) ? -1 : 0;
}

static void check_goes_beneath(struct __test_metadata *_metadata,
			       int (*remove)(void))
{
	uint64_t stack[3];
	int fd;

	stack[0] = mount_id("/tree/dir");
	fd = add_beneath(_metadata, "/tree/dir", "new");
	stack[1] = mount_id_at(fd, "");
	stack[2] = mount_id("/tree");
	close(fd);
	check_stack(_metadata, stack, 3);
	check_has(_metadata, "/tree/dir", "top");

	ASSERT_OK(remove());
	check_stack(_metadata, stack + 1, 2);
	check_is_locked(_metadata, "/tree/dir", "new");
}

TEST_F(mnt_locked, goes_to_the_mount_beneath)
{
	static int (* const ways[])(void) = {
		umount_plainly, umount_lazily, expire, move,
		move_by_move_mount,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		TH_LOG("way %d", i);
		IN_CHILD(CLONE_NEWNS) {
			check_goes_beneath(_metadata, ways[i]);
		}
	}
}

TEST_F(mnt_locked, holds_the_mount_beneath_while_it_is_overmounted)
{
	int fd = add_beneath(_metadata, "/tree/dir", "new"), i;

	for (i = 0; i < 2; i++) {
		EXPECT_ERRNO(EINVAL, mount_on(fd, "/away"));
		ASSERT_OK(fchdir(fd));
		EXPECT_ERRNO(EINVAL, sys_move_mount(AT_FDCWD, ".", AT_FDCWD,
						    "/away", 0));
		EXPECT_ERRNO(EINVAL, sys_pivot_root(".", "."));
		ASSERT_OK(chdir("/"));
		EXPECT_EQ(self->tree, parent_of(_metadata,
						mount_id_at(fd, "")));
		check_is_hidden(_metadata, "/tree/dir");
		if (!i)
			ASSERT_OK(umount2("/tree/dir", 0));
	}
}

TEST_F(mnt_locked, can_be_taken_over_again_and_again)
{
	static const char * const names[] = { "top", "a", "b", "c" };
	int i;

	for (i = 1; i < ARRAY_SIZE(names); i++) {
		close(add_beneath(_metadata, "/tree/dir", names[i]));
		check_has(_metadata, "/tree/dir", names[i - 1]);
		ASSERT_OK(umount2("/tree/dir", 0));
		check_is_locked(_metadata, "/tree/dir", names[i]);
	}
}

TEST_F(mnt_locked, goes_to_a_mount_that_is_moved)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(mount_on(fd, "/mnt"));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	EXPECT_ERRNO(ENOENT, access("/mnt/new", F_OK));
	check_has(_metadata, "/tree/dir", "top");
	ASSERT_OK(umount2("/tree/dir", 0));
	check_is_locked(_metadata, "/tree/dir", "new");
}

TEST_F(mnt_locked, does_not_go_to_a_child_of_the_mount_beneath)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(mount_on(fd, "/mnt"));
	ASSERT_OK(mkdir("/mnt/sub", 0755));
	ASSERT_OK(mount("own", "/mnt/sub", "tmpfs", 0, NULL));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	ASSERT_OK(umount2("/tree/dir", 0));
	EXPECT_OK(umount2("/tree/dir/sub", 0));
	check_is_locked(_metadata, "/tree/dir", "new");
}

TEST_F(mnt_locked, is_not_set_beneath_an_unlocked_mount)
{
	ASSERT_OK(mount("own", "/mnt", "tmpfs", 0, NULL));
	close(add_beneath(_metadata, "/mnt", "new"));
	EXPECT_OK(umount2("/mnt", 0));
	check_has(_metadata, "/mnt", "new");
	EXPECT_OK(umount2("/mnt", 0));
	EXPECT_EQ(mount_id("/"), mount_id("/mnt"));
}

TEST_F(mnt_locked, is_not_set_on_top_of_a_locked_mount)
{
	ASSERT_OK(mount("own", "/tree/dir", "tmpfs", 0, NULL));
	close(add_beneath(_metadata, "/tree/dir", "new"));
	EXPECT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "new");
	EXPECT_OK(umount2("/tree/dir", 0));
	EXPECT_EQ(self->top, mount_id("/tree/dir"));
	check_is_locked(_metadata, "/tree/dir", "top");
}

TEST_F(mnt_locked, stays_when_a_mount_goes_on_top)
{
	ASSERT_OK(mount("own", "/tree/dir", "tmpfs", 0, NULL));
	EXPECT_OK(umount2("/tree/dir", 0));
	check_is_locked(_metadata, "/tree/dir", "top");
	ASSERT_OK(mount_on(ASSERT_OK(new_tmpfs()), "/tree/dir"));
	EXPECT_OK(umount2("/tree/dir", MNT_DETACH));
	check_is_locked(_metadata, "/tree/dir", "top");
	ASSERT_OK(mount_on(ASSERT_OK(new_tmpfs()), "/tree/away"));
	EXPECT_OK(umount2("/tree/away", MNT_DETACH));
	check_is_locked(_metadata, "/tree", "dir/top");
}

TEST_F(mnt_locked, lets_the_top_go_with_its_locked_children)
{
	int fd = ASSERT_OK(open_path("/tree/deep"));

	close(add_beneath(_metadata, "/tree/deep", "new"));
	EXPECT_ERRNO(EBUSY, umount2("/tree/deep", 0));
	IN_CHILD(CLONE_NEWNS) {
		ASSERT_OK(mount("/tree/deep", "/away", NULL, MS_MOVE, NULL));
		ASSERT_OK(chdir("/mnt"));
		EXPECT_ERRNO(EINVAL, umount2("/away/inner", 0));
		EXPECT_ERRNO(EINVAL, umount2("/away/inner", MNT_DETACH));
		check_is_hidden(_metadata, "/away/inner");
		check_is_locked(_metadata, "/tree/deep", "new");
	}
	ASSERT_OK(umount2("/tree/deep", MNT_DETACH));
	check_is_locked(_metadata, "/tree/deep", "new");
	EXPECT_ERRNO(ENOENT, faccessat(fd, "inner/secret", F_OK, 0));
}

/* A copy of the stack at @dir has the lock, too. */
static void check_copy(struct __test_metadata *_metadata, const char *dir)
{
	check_has(_metadata, dir, "top");
	check_is_hidden(_metadata, dir);
	ASSERT_OK(umount2(dir, 0));
	check_is_locked(_metadata, dir, "new");
}

TEST_F(mnt_locked, is_set_in_copies_of_the_namespace)
{
	close(add_beneath(_metadata, "/tree/dir", "new"));
	IN_CHILD(CLONE_NEWNS) {
		check_copy(_metadata, "/tree/dir");
	}
	/* Here, all mounts are locked. */
	IN_CHILD(0) {
		ASSERT_OK(enter_userns(self->proc, CLONE_NEWNS));
		check_is_locked(_metadata, "/tree/dir", "top");
		close(add_beneath(_metadata, "/tree/dir", "newer"));
		ASSERT_OK(umount2("/tree/dir", 0));
		check_is_locked(_metadata, "/tree/dir", "newer");
	}
	check_copy(_metadata, "/tree/dir");
}

TEST_F(mnt_locked, is_set_in_copies_of_the_tree)
{
	int fd, ns;

	close(add_beneath(_metadata, "/tree/dir", "new"));
	ASSERT_OK(mount("/tree", "/mnt", NULL, MS_BIND | MS_REC, NULL));
	check_copy(_metadata, "/mnt/dir");
	ASSERT_OK(umount2("/mnt", MNT_DETACH));

	fd = ASSERT_OK(copy_of("/tree", AT_RECURSIVE));
	ASSERT_OK(mount_on(fd, "/mnt"));
	check_copy(_metadata, "/mnt/dir");

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	IN_MNTNS(ns) {
		check_copy(_metadata, "/dir");
	}
}

TEST_F(mnt_locked, holds_an_unbindable_mount_too)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(set_propagation(fd, MS_UNBINDABLE));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	EXPECT_ERRNO(EPERM, mount("/tree", "/mnt", NULL, MS_BIND | MS_REC,
				  NULL));
	EXPECT_ERRNO(EPERM, copy_of("/tree", AT_RECURSIVE));

	EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	IN_CHILD(CLONE_NEWNS) {
		check_copy(_metadata, "/tree/dir");
	}
	check_copy(_metadata, "/tree/dir");
}

TEST_F(mnt_locked, still_hides_after_a_lazy_umount_of_the_tree)
{
	int fd;

	close(add_beneath(_metadata, "/tree/dir", "new"));
	ASSERT_OK(mount("/tree", "/mnt", NULL, MS_BIND | MS_REC, NULL));
	fd = ASSERT_OK(open_path("/mnt"));
	ASSERT_OK(umount2("/mnt", MNT_DETACH));
	EXPECT_OK(faccessat(fd, "tree", F_OK, 0));
	EXPECT_ERRNO(ENOENT, faccessat(fd, "dir/secret", F_OK, 0));
}

/*
 *	/tree/file	a file with a secret, and a bind mount of /top on it
 *	/new, /spare	files
 * Each of /top, /new and /spare contains its name.
 */
FIXTURE(mnt_locked_on_file)
{
	int proc;
};

FIXTURE_VARIANT(mnt_locked_on_file)
{
	bool as_nobody;
};

FIXTURE_VARIANT_ADD(mnt_locked_on_file, userns_root) { .as_nobody = false };
FIXTURE_VARIANT_ADD(mnt_locked_on_file, nobody) { .as_nobody = true };

static int make_file_with(const char *path, const char *text)
{
	return make_file(path) || write_at(AT_FDCWD, path, "%s", text) ?
		       -1 : 0;
}

FIXTURE_SETUP(mnt_locked_on_file)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_BENEATH))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(make_file_with("/tree/file", "secret"));
	ASSERT_OK(make_file_with("/top", "top"));
	ASSERT_OK(make_file_with("/new", "new"));
	ASSERT_OK(make_file_with("/spare", "spare"));
	ASSERT_OK(mount("/top", "/tree/file", NULL, MS_BIND, NULL));
	if (!enter(_metadata, self->proc, variant->as_nobody))
		return;
}

FIXTURE_TEARDOWN(mnt_locked_on_file)
{
}

static void check_reads(struct __test_metadata *_metadata, const char *path,
			const char *text)
{
	char got[16];

	ASSERT_OK(read_at(AT_FDCWD, path, got, sizeof(got)));
	EXPECT_STREQ(text, got);
}

TEST_F(mnt_locked_on_file, goes_to_the_mount_beneath)
{
	ASSERT_OK(mount_beneath(ASSERT_OK(copy_of("/new", 0)), "/tree/file"));
	check_reads(_metadata, "/tree/file", "top");
	ASSERT_OK(umount2("/tree/file", 0));
	check_reads(_metadata, "/tree/file", "new");
	try_to_reveal(_metadata, "/tree/file");
	check_reads(_metadata, "/tree/file", "new");
}

TEST_F(mnt_locked_on_file, does_not_go_to_a_directory)
{
	int file = ASSERT_OK(copy_of("/new", 0));
	int dir = ASSERT_OK(new_tmpfs());

	EXPECT_ERRNO(EINVAL, mount_beneath(dir, "/tree/file"));
	EXPECT_ERRNO(EINVAL, mount_beneath(file, "/tree"));
	EXPECT_ERRNO(EINVAL, mount_beneath(file, "/"));
	try_to_reveal(_metadata, "/tree/file");
	check_reads(_metadata, "/tree/file", "top");
}

/* Copies of a mount namespace leave mount namespace files out. */
TEST_F(mnt_locked_on_file, does_not_go_to_a_mntns_file)
{
	int ns, fd;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	fd = ASSERT_OK(sys_open_tree(ns, "", OPEN_TREE_CLONE | AT_EMPTY_PATH));
	EXPECT_ERRNO(EINVAL, mount_beneath(fd, "/tree/file"));
	/* nor to a bind mount of one */
	ASSERT_OK(bind_mntns(ns, "/spare"));
	EXPECT_ERRNO(EINVAL, sys_move_mount(AT_FDCWD, "/spare", AT_FDCWD,
					    "/tree/file", MOVE_MOUNT_BENEATH));
	try_to_reveal(_metadata, "/tree/file");
	check_reads(_metadata, "/tree/file", "top");
	IN_CHILD(CLONE_NEWNS) {
		check_reads(_metadata, "/tree/file", "top");
	}
}

/* Beneath an unlocked mount, the file can be mounted. */
TEST_F(mnt_locked_on_file, is_the_only_reason_to_refuse_a_mntns_file)
{
	int ns, fd, i;

	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	for (i = 0; i < 2; i++) {
		const char *path = i ? "/tree/file" : "/spare";

		ASSERT_OK(mount("/new", path, NULL, MS_BIND, NULL));
		fd = ASSERT_OK(sys_open_tree(ns, "", OPEN_TREE_CLONE |
					     AT_EMPTY_PATH));
		ASSERT_OK(mount_beneath(fd, path));
		close(fd);
		check_reads(_metadata, path, "new");
		ASSERT_OK(umount2(path, 0));
		fd = ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
		EXPECT_EQ(mntns_id(ns), mntns_id(fd));
		close(fd);
	}
	IN_CHILD(CLONE_NEWNS) {
		check_reads(_metadata, "/tree/file", "top");
		try_to_reveal(_metadata, "/tree/file");
	}
}

TEST_F(mnt_locked_on_file, does_not_bypass_the_check_for_loops)
{
	int ns, fd, file;

	ns = ASSERT_OK(open_mntns(self->proc));
	file = ASSERT_OK(copy_of("/new", 0));
	ASSERT_OK(mount_on(file, "/spare"));
	fd = ASSERT_OK(sys_open_tree(ns, "", OPEN_TREE_CLONE | AT_EMPTY_PATH));
	EXPECT_ERRNO(ELOOP, mount_beneath(fd, "/spare"));
	EXPECT_ERRNO(EINVAL, mount_beneath(fd, "/tree/file"));
	EXPECT_EQ(mount_id_at(file, ""), mount_id("/spare"));
}

TEST_F(mnt_locked_on_file, goes_to_other_namespace_files)
{
	char text[64];
	int fd;

	fd = ASSERT_OK(sys_open_tree(self->proc, "self/ns/user",
				     OPEN_TREE_CLONE));
	ASSERT_OK(mount_beneath(fd, "/tree/file"));
	close(fd);
	check_reads(_metadata, "/tree/file", "top");
	ASSERT_OK(umount2("/tree/file", 0));
	try_to_reveal(_metadata, "/tree/file");
	IN_CHILD(CLONE_NEWNS) {
		/* not a file that can be read */
		EXPECT_ERRNO(EINVAL, read_at(AT_FDCWD, "/tree/file", text,
					     sizeof(text)));
		try_to_reveal(_metadata, "/tree/file");
	}
}

FIXTURE(mnt_locked_on_proc)
{
	int proc;
};

/* @masked: with a mount on /proc/sys */
static bool set_proc(struct __test_metadata *_metadata, int *proc, bool masked)
{
	if (!set_scene(_metadata, proc, TMPFS, NEEDS_BENEATH))
		return false;
	if (!can_unshare(CLONE_NEWPID))
		SKIP(return false, "no PID namespaces");
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(mkdir("/proc", 0555));
	ASSERT_OK(mount("proc", "/proc", "proc", 0, NULL));
	if (masked)
		ASSERT_OK(mount_on(ASSERT_OK(named_tmpfs("top")),
				   "/proc/sys"));
	return enter(_metadata, *proc, true);
}

FIXTURE_SETUP(mnt_locked_on_proc)
{
	set_proc(_metadata, &self->proc, false);
}

FIXTURE_TEARDOWN(mnt_locked_on_proc)
{
}

FIXTURE(mnt_locked_on_proc_sys)
{
	int proc;
};

FIXTURE_SETUP(mnt_locked_on_proc_sys)
{
	set_proc(_metadata, &self->proc, true);
}

FIXTURE_TEARDOWN(mnt_locked_on_proc_sys)
{
}

static int mount_another_proc(void)
{
	return mount("proc", "/mnt", "proc", 0, NULL) || umount2("/mnt", 0) ?
		       -1 : 0;
}

/* What mount --beneath -t tmpfs none /proc and umount -l /proc do */
TEST_F(mnt_locked_on_proc, goes_to_a_tmpfs)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_OK(mount_another_proc());
		EXPECT_ERRNO(EINVAL, umount2("/proc", MNT_DETACH));
		close(add_beneath(_metadata, "/proc", "new"));
		/* The old one is still visible. */
		EXPECT_OK(mount_another_proc());
		ASSERT_OK(umount2("/proc", MNT_DETACH));
		check_is_locked(_metadata, "/proc", "new");
		/* Without a visible proc, none can be mounted. */
		EXPECT_ERRNO(EPERM, mount_another_proc());
	}
}

TEST_F(mnt_locked_on_proc_sys, goes_to_another_mask)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_ERRNO(EPERM, mount_another_proc());
		close(add_beneath(_metadata, "/proc/sys", "new"));
		EXPECT_ERRNO(EPERM, mount_another_proc());
		check_has(_metadata, "/proc/sys", "top");
		ASSERT_OK(umount2("/proc/sys", 0));
		EXPECT_ERRNO(EPERM, mount_another_proc());
		check_is_locked(_metadata, "/proc/sys", "new");
		EXPECT_ERRNO(ENOENT, access("/proc/sys/kernel", F_OK));
	}
}

TEST_HARNESS_MAIN
