// SPDX-License-Identifier: GPL-2.0
/*
 * Mounts beneath the topmost one of a stack: their order, and what is refused,
 * which changes nothing.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/*
 *	/mnt		a directory
 *	/tree		a mount
 *	/tree/away	a directory
 *	/tree/dir	a mount that hides a secret
 */
FIXTURE(beneath)
{
	int proc;
	uint64_t tree, top;	/* mount IDs of /tree and /tree/dir */
	int new;		/* a detached mount with a file "new" */
};

FIXTURE_VARIANT(beneath)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(beneath, root) { ROOT };

/* All that is mounted is locked. */
FIXTURE_VARIANT_ADD(beneath, userns_root) { USERNS_ROOT };

FIXTURE_SETUP(beneath)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_BENEATH))
		return;
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	close(ASSERT_OK(hide_secret("/tree/dir")));
	become(_metadata, self->proc, variant->caller);
	self->tree = mount_id("/tree");
	self->top = mount_id("/tree/dir");
	self->new = ASSERT_OK(named_tmpfs("new"));
}

FIXTURE_TEARDOWN(beneath)
{
}

/* Only the top mount is on /tree/dir, and locked if it was. */
static void check_unchanged(struct __test_metadata *_metadata,
			    enum caller caller, uint64_t top, uint64_t tree)
{
	EXPECT_EQ(top, mount_id("/tree/dir"));
	EXPECT_EQ(tree, parent_of(_metadata, top));
	if (caller != ROOT) {
		check_is_locked(_metadata, "/tree/dir", "top");
		return;
	}
	IN_CHILD(0) {
		ASSERT_OK(private_mntns());
		EXPECT_OK(umount2("/tree/dir", 0));
		check_has(_metadata, "/tree/dir", "secret");
	}
}

/* @fd goes beneath the mount on /tree/dir. */
static void check_works(struct __test_metadata *_metadata, int fd)
{
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	check_has(_metadata, "/tree/dir", "top");
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "new");
}

TEST_F(beneath, grows_the_stack_below_its_top)
{
	static const char * const names[] = { "a", "b", "c", "d" };
	enum { NR = ARRAY_SIZE(names) };
	uint64_t stack[NR + 2];
	int fd, i;

	stack[0] = self->top;
	stack[NR + 1] = self->tree;
	for (i = 0; i < NR; i++) {
		fd = ASSERT_OK(named_tmpfs(names[i]));
		ASSERT_OK(mount_beneath(fd, "/tree/dir"));
		stack[NR - i] = mount_id_at(fd, "");
		close(fd);
		EXPECT_EQ(self->top, mount_id("/tree/dir"));
		EXPECT_EQ(stack[NR - i], parent_of(_metadata, self->top));
	}
	check_stack(_metadata, stack, NR + 2);

	for (i = NR; i > 0; i--) {
		ASSERT_OK(umount2("/tree/dir", 0));
		check_has(_metadata, "/tree/dir", names[i - 1]);
		EXPECT_EQ(stack[NR + 1 - i], mount_id("/tree/dir"));
		check_stack(_metadata, stack + NR + 1 - i, i + 1);
	}
	/* The lowest one has the lock, if there was one. */
	if (variant->caller != ROOT) {
		check_is_locked(_metadata, "/tree/dir", "a");
		return;
	}
	EXPECT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "secret");
}

/* An overmounted target stands for the mount on top of it. */
TEST_F(beneath, goes_directly_beneath_the_topmost_mount)
{
	uint64_t stack[6] = { 0, 0, 0, 0, self->top, self->tree };
	int low, top, fd, i;

	low = ASSERT_OK(open_path("/tree/dir"));
	top = ASSERT_OK(named_tmpfs("top"));
	ASSERT_OK(mount_on(top, "/tree/dir"));
	stack[0] = mount_id_at(top, "");

	for (i = 0; i < 3; i++) {
		fd = ASSERT_OK(named_tmpfs("new"));
		switch (i) {
		case 0:
			ASSERT_OK(mount_beneath(fd, "/tree/dir"));
			break;
		case 1:
			ASSERT_OK(mount_beneath_at(fd, low, ""));
			break;
		case 2:
			ASSERT_OK(mount_beneath_at(fd, top, "."));
			break;
		}
		stack[3 - i] = mount_id_at(fd, "");
		close(fd);
	}
	check_stack(_metadata, stack, 6);
	close(top);
	for (i = 0; i < 4; i++)
		EXPECT_OK(umount2("/tree/dir", 0));
	check_unchanged(_metadata, variant->caller, self->top, self->tree);
}

TEST_F(beneath, takes_known_flags_only)
{
	static const unsigned int flags[] = {
		MOVE_MOUNT_SET_GROUP, 0x8, 0x80, 0x400, 0x80000000,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_REFUSED(EINVAL, sys_move_mount(self->new, "", AT_FDCWD,
						      "/tree/dir", flags[i] |
						      MOVE_MOUNT_BENEATH |
						      MOVE_MOUNT_F_EMPTY_PATH));
	check_unchanged(_metadata, variant->caller, self->top, self->tree);
	check_works(_metadata, self->new);
}

TEST_F(beneath, needs_a_mount_as_the_target)
{
	int detached = ASSERT_OK(new_tmpfs());

	EXPECT_REFUSED(EINVAL, mount_beneath(self->new, "/mnt"));
	EXPECT_REFUSED(EINVAL, mount_beneath(self->new, "/tree/away"));
	EXPECT_REFUSED(ENOENT, mount_beneath(self->new, "/nothing"));
	/* in the caller's mount namespace */
	EXPECT_REFUSED(EINVAL, mount_beneath_at(self->new, detached, ""));
	check_works(_metadata, self->new);
}

TEST_F(beneath, needs_a_mount_as_the_source)
{
	int dir;

	ASSERT_OK(mkdirat(self->new, "sub", 0755));
	dir = ASSERT_OK(openat(self->new, "sub", O_PATH | O_CLOEXEC));
	EXPECT_REFUSED(EINVAL, mount_beneath(dir, "/tree/dir"));
	check_works(_metadata, self->new);
}

TEST_F(beneath, needs_a_source_that_is_not_locked)
{
	int fd = ASSERT_OK(open_path("/tree"));

	ASSERT_OK(mount("own", "/mnt", "tmpfs", 0, NULL));
	if (variant->caller == ROOT)
		EXPECT_OK(mount_beneath(fd, "/mnt"));
	else
		EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/mnt"));
}

TEST_F(beneath, needs_a_source_that_is_not_overmounted)
{
	int fd = ASSERT_OK(named_tmpfs("low"));

	ASSERT_OK(mount_on(fd, "/mnt"));
	ASSERT_OK(mount("own", "/mnt", "tmpfs", 0, NULL));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/tree/dir"));
	ASSERT_OK(umount2("/mnt", 0));
	EXPECT_OK(mount_beneath(fd, "/tree/dir"));
}

TEST_F(beneath, needs_a_source_and_a_target_apart)
{
	int low, high;

	ASSERT_OK(mount("own", "/mnt", "tmpfs", 0, NULL));
	ASSERT_OK(mkdir("/mnt/sub", 0755));
	ASSERT_OK(mount("own", "/mnt/sub", "tmpfs", 0, NULL));
	low = ASSERT_OK(open_path("/mnt"));
	high = ASSERT_OK(open_path("/mnt/sub"));
	EXPECT_REFUSED(EINVAL, mount_beneath(low, "/mnt"));
	EXPECT_REFUSED(EINVAL, mount_beneath(high, "/mnt"));
	EXPECT_REFUSED(ELOOP, mount_beneath(low, "/mnt/sub"));
}

TEST_F(beneath, is_refused_across_mount_namespaces)
{
	int target, source;

	ASSERT_OK(mount("own", "/mnt", "tmpfs", 0, NULL));
	target = ASSERT_OK(open_path("/tree/dir"));
	source = ASSERT_OK(open_path("/mnt"));
	IN_CHILD(CLONE_NEWNS) {
		EXPECT_REFUSED(EINVAL, mount_beneath_at(self->new, target, ""));
		EXPECT_REFUSED(EINVAL, mount_beneath(source, "/tree/dir"));
	}
	close(target);
	check_unchanged(_metadata, variant->caller, self->top, self->tree);
	check_works(_metadata, self->new);
}

TEST_F(beneath, needs_a_target_that_is_still_mounted)
{
	int target;

	ASSERT_OK(mount("own", "/mnt", "tmpfs", 0, NULL));
	target = ASSERT_OK(open_path("/mnt"));
	ASSERT_OK(umount2("/mnt", MNT_DETACH));
	EXPECT_REFUSED(ENOENT, mount_beneath_at(self->new, target, ""));
	check_works(_metadata, self->new);
}

TEST_F(beneath, needs_a_source_that_is_still_mounted)
{
	int fd = ASSERT_OK(named_tmpfs("gone"));

	ASSERT_OK(mount_on(fd, "/mnt"));
	ASSERT_OK(umount2("/mnt", MNT_DETACH));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/tree/dir"));
	check_unchanged(_metadata, variant->caller, self->top, self->tree);
	check_works(_metadata, self->new);
}

TEST_F(beneath, finds_a_target_that_was_moved)
{
	int target = ASSERT_OK(named_tmpfs("target"));
	uint64_t stack[3];

	ASSERT_OK(mount_on(target, "/mnt"));
	ASSERT_OK(mount_on(target, "/tree/away"));
	ASSERT_OK(mount_beneath_at(self->new, target, ""));
	stack[0] = mount_id_at(target, "");
	stack[1] = mount_id_at(self->new, "");
	stack[2] = self->tree;
	check_stack(_metadata, stack, 3);
	EXPECT_EQ(stack[0], mount_id("/tree/away"));
	EXPECT_EQ(mount_id("/"), mount_id("/mnt"));
}

TEST_F(beneath, finds_a_source_that_was_moved)
{
	ASSERT_OK(mount_on(self->new, "/mnt"));
	ASSERT_OK(mount_on(self->new, "/tree/away"));
	check_works(_metadata, self->new);
	EXPECT_EQ(self->tree, mount_id("/tree/away"));
	EXPECT_EQ(mount_id("/"), mount_id("/mnt"));
}

static void check_not_permitted(struct __test_metadata *_metadata, int fd)
{
	EXPECT_REFUSED(EPERM, mount_beneath(fd, "/tree/dir"));
	EXPECT_REFUSED(EPERM, mount_beneath(fd, "/"));
	EXPECT_REFUSED(EPERM, sys_move_mount(fd, "", AT_FDCWD, "/tree/dir",
					     MOVE_MOUNT_BENEATH | 0x400 |
					     MOVE_MOUNT_F_EMPTY_PATH));
}

TEST_F(beneath, needs_a_capability)
{
	ASSERT_OK(set_cap(CAP_SYS_ADMIN, false));
	check_not_permitted(_metadata, self->new);
	ASSERT_OK(set_cap(CAP_SYS_ADMIN, true));
	check_unchanged(_metadata, variant->caller, self->top, self->tree);
	check_works(_metadata, self->new);
}

TEST_F(beneath, needs_a_capability_over_the_mount_namespace)
{
	IN_CHILD(0) {
		ASSERT_OK(enter_userns(self->proc, 0));
		check_not_permitted(_metadata, self->new);
	}
	check_unchanged(_metadata, variant->caller, self->top, self->tree);
	check_works(_metadata, self->new);
}

TEST_F(beneath, is_refused_in_a_landlock_domain)
{
	struct ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE,
	};

	if (!landlock_abi())
		SKIP(return, "no Landlock");
	IN_CHILD(0) {
		ASSERT_OK(landlock(attr));
		EXPECT_REFUSED(EPERM, mount_beneath(self->new, "/tree/dir"));
		EXPECT_REFUSED(EPERM, mount_beneath(self->new, "/"));
	}
	check_unchanged(_metadata, variant->caller, self->top, self->tree);
	check_works(_metadata, self->new);
}

/* The same with /tree shared */
FIXTURE(mount_max_beneath)
{
	int proc;
	uint64_t tree, top;
	int new;
};

FIXTURE_VARIANT(mount_max_beneath)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(mount_max_beneath, root) { ROOT };
FIXTURE_VARIANT_ADD(mount_max_beneath, userns_root) { USERNS_ROOT };

FIXTURE_SETUP(mount_max_beneath)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_BENEATH))
		return;
	ASSERT_OK(mkdir("/peer", 0755));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	close(ASSERT_OK(hide_secret("/tree/dir")));
	become(_metadata, self->proc, variant->caller);
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_SHARED, NULL));
	self->tree = mount_id("/tree");
	self->top = mount_id("/tree/dir");
	self->new = ASSERT_OK(named_tmpfs("new"));
}

FIXTURE_TEARDOWN(mount_max_beneath)
{
}

/* How many mounts count: the namespace root does, too. */
static int counted_mounts(struct __test_metadata *_metadata, int ns_fd)
{
	struct mnt_ns_info info = { .size = sizeof(info) };

	ASSERT_OK(ioctl(ns_fd, NS_MNT_GET_INFO, &info));
	return info.nr_mounts + 1;
}

/* mount_beneath() while fs.mount-max is @max */
static int mount_beneath_within(struct __test_metadata *_metadata, int proc,
				int max, int mnt_fd)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", max);
	return WITH_FS_LIMIT(proc, "mount-max", text,
			     mount_beneath(mnt_fd, "/tree/dir"));
}

/* A peer in the same namespace gets a copy. */
TEST_F(mount_max_beneath, holds_in_the_namespace_of_the_caller)
{
	uint64_t stack[3] = { self->top, mount_id_at(self->new, ""),
			      self->tree };
	int ns, nr, i;

	ASSERT_OK(mount("/tree", "/peer", NULL, MS_BIND | MS_REC, NULL));
	ns = ASSERT_OK(open_mntns(self->proc));
	nr = counted_mounts(_metadata, ns);
	for (i = 0; i < 6; i++)
		EXPECT_REFUSED(ENOSPC, mount_beneath_within(_metadata,
							    self->proc,
							    nr + i % 2,
							    self->new));
	check_unchanged(_metadata, variant->caller, self->top, self->tree);

	/* A failed call does not count. */
	ASSERT_OK(mount_beneath_within(_metadata, self->proc, nr + 2,
				       self->new));
	EXPECT_EQ(nr + 2, counted_mounts(_metadata, ns));
	check_stack(_metadata, stack, 3);
	close(self->new);
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "new");
	if (variant->caller != ROOT) {
		check_is_locked(_metadata, "/tree/dir", "new");
		check_is_locked(_metadata, "/peer/dir", "new");
	}
}

/* In a namespace with @nr mounts more, which gets a copy within the limit */
static void be_receiver(struct __test_metadata *_metadata, int peer, int nr,
			enum caller caller)
{
	char *before;

	while (nr--)
		ASSERT_OK(mount("own", "/peer", "tmpfs", 0, NULL));
	before = own_mounts(_metadata);
	pass_turn(_metadata, peer);
	expect_mounts(_metadata, before);
	check_unchanged(_metadata, caller, mount_id("/tree/dir"),
			mount_id("/tree"));
	pass_turn(_metadata, peer);
	EXPECT_NE(mount_id("/tree"),
		  parent_of(_metadata, mount_id("/tree/dir")));
}

/*
 * One in the middle has the most mounts: others have a copy when it gets none.
 */
TEST_F(mount_max_beneath, holds_in_namespaces_that_get_a_copy)
{
	static const int more[] = { 1, 2, 1 };
	uint64_t stack[3] = { self->top, mount_id_at(self->new, ""),
			      self->tree };
	/* The last one is that of the caller. */
	enum { NR = ARRAY_SIZE(more) };
	int ns[NR + 1], nr[NR + 1], peers[NR], i;
	pid_t pids[NR];

	for (i = 0; i < NR; i++) {
		pids[i] = fork_peer(_metadata, CLONE_NEWNS, &peers[i]);
		if (!pids[i]) {
			be_receiver(_metadata, peers[i], more[i],
				    variant->caller);
			_exit(0);
		}
		await_turn(_metadata, peers[i]);
		ns[i] = ASSERT_OK(open_ns(self->proc, pids[i], "mnt"));
	}
	ns[NR] = ASSERT_OK(open_mntns(self->proc));
	for (i = 0; i <= NR; i++)
		nr[i] = counted_mounts(_metadata, ns[i]);

	for (i = 0; i < 3; i++)
		EXPECT_REFUSED(ENOSPC, mount_beneath_within(_metadata,
							    self->proc, nr[1],
							    self->new));
	check_unchanged(_metadata, variant->caller, self->top, self->tree);
	for (i = 0; i < NR; i++)
		pass_turn(_metadata, peers[i]);

	/* A failed call does not count in any of them. */
	ASSERT_OK(mount_beneath_within(_metadata, self->proc, nr[1] + 1,
				       self->new));
	for (i = 0; i <= NR; i++)
		EXPECT_EQ(nr[i] + 1, counted_mounts(_metadata, ns[i]))
			TH_LOG("in namespace %d", i);
	check_stack(_metadata, stack, 3);
	for (i = 0; i < NR; i++)
		end_peer(_metadata, pids[i], peers[i]);
}

TEST_HARNESS_MAIN
