// SPDX-License-Identifier: GPL-2.0
/*
 * Mounts beneath others propagate. The mount that the caller moves takes over
 * MNT_LOCKED from the mount on top of it. A copy of it elsewhere is locked if
 * the mount on top of the copy is, and that stays locked.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/* What statmount() reports of the propagation of @id */
static uint64_t propagation_of(struct __test_metadata *_metadata, uint64_t id)
{
	struct statmount *sm = own_mount(_metadata, id);
	uint64_t type = sm->mnt_propagation;

	free(sm);
	return type;
}

/* A mount goes beneath one with this parent. */
FIXTURE(target_in)
{
};

FIXTURE_VARIANT(target_in)
{
	uint64_t parent;
};

FIXTURE_VARIANT_ADD(target_in, private_mount) { .parent = MS_PRIVATE };
FIXTURE_VARIANT_ADD(target_in, shared_mount) { .parent = MS_SHARED };
FIXTURE_VARIANT_ADD(target_in, slave_mount) { .parent = MS_SLAVE };
FIXTURE_VARIANT_ADD(target_in, unbindable_mount) { .parent = MS_UNBINDABLE };

FIXTURE_SETUP(target_in)
{
	int proc;

	if (!set_scene(_metadata, &proc, TMPFS, NEEDS_BENEATH))
		return;
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(mkdir("/tree", 0755));
	ASSERT_OK(make_mount("/master"));
	ASSERT_OK(mkdir("/master/dir", 0755));
	ASSERT_OK(make_file("/master/dir/secret"));
}

FIXTURE_TEARDOWN(target_in)
{
}

/*
 * A copy of the mount at @path: shared mounts are peers, slaves a slave of it
 */
static int copy_as(struct __test_metadata *_metadata, const char *path,
		   uint64_t type)
{
	int fd = ASSERT_OK(open_path(path));

	ASSERT_OK(set_propagation(fd, type == MS_SHARED || type == MS_SLAVE ?
				      MS_SHARED : MS_PRIVATE));
	close(fd);
	fd = ASSERT_OK(copy_of(path, 0));
	ASSERT_OK(set_propagation(fd, type));
	return fd;
}

static void check_combination(struct __test_metadata *_metadata,
			      uint64_t parent, uint64_t source, bool moved)
{
	uint64_t stack[3], want = source;
	int fd;

	/* the parent with a mount in it */
	fd = copy_as(_metadata, "/master", parent);
	ASSERT_OK(mount_on(fd, "/tree"));
	stack[2] = mount_id_at(fd, "");
	close(fd);
	fd = ASSERT_OK(named_tmpfs("top"));
	ASSERT_OK(mount_on(fd, "/tree/dir"));
	stack[0] = mount_id_at(fd, "");
	close(fd);
	/* the mount that goes between them */
	ASSERT_OK(mount_on(ASSERT_OK(named_tmpfs("new")), "/away"));
	fd = copy_as(_metadata, "/away", source);
	stack[1] = mount_id_at(fd, "");
	if (moved)
		ASSERT_OK(mount_on(fd, "/mnt"));

	if (parent == MS_SHARED && source == MS_UNBINDABLE) {
		EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/tree/dir"));
		ASSERT_OK(set_propagation(fd, MS_PRIVATE));
		want = MS_PRIVATE;
	}
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	check_stack(_metadata, stack, 3);
	check_has(_metadata, "/tree/dir", "top");

	/* A mount on a shared mount becomes shared. */
	if (parent == MS_SHARED)
		want = (want == MS_SLAVE ? MS_SLAVE : 0) | MS_SHARED;
	EXPECT_EQ(want, propagation_of(_metadata, stack[1]));
	/* The peer has a copy, the master has none. */
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "new");
	check_has(_metadata, "/master/dir",
		  parent == MS_SHARED ? "new" : "secret");
	if (moved)
		EXPECT_EQ(mount_id("/"), mount_id("/mnt"));
	close(fd);
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "secret");
	check_has(_metadata, "/master/dir", "secret");
}

/* a detached mount, and one that is mounted elsewhere */
static void check_both(struct __test_metadata *_metadata, uint64_t parent,
		       uint64_t source)
{
	IN_CHILD(CLONE_NEWNS) {
		check_combination(_metadata, parent, source, false);
	}
	check_combination(_metadata, parent, source, true);
}

TEST_F(target_in, takes_private_mount_beneath)
{
	check_both(_metadata, variant->parent, MS_PRIVATE);
}

TEST_F(target_in, takes_shared_mount_beneath)
{
	check_both(_metadata, variant->parent, MS_SHARED);
}

TEST_F(target_in, takes_slave_mount_beneath)
{
	check_both(_metadata, variant->parent, MS_SLAVE);
}

TEST_F(target_in, takes_unbindable_mount_beneath)
{
	check_both(_metadata, variant->parent, MS_UNBINDABLE);
}

/*
 *	/mnt		a directory
 *	/tree		a shared mount
 *	/tree/away	a directory
 *	/tree/dir	a mount that hides a secret
 */
FIXTURE(beneath_in_shared_mount)
{
};

FIXTURE_SETUP(beneath_in_shared_mount)
{
	int proc;

	if (!set_scene(_metadata, &proc, TMPFS, NEEDS_BENEATH))
		return;
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	close(ASSERT_OK(hide_secret("/tree/dir")));
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_SHARED, NULL));
}

FIXTURE_TEARDOWN(beneath_in_shared_mount)
{
}

TEST_F(beneath_in_shared_mount, refuses_a_tree_with_an_unbindable_mount)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(mount_on(fd, "/mnt"));
	ASSERT_OK(mkdir("/mnt/sub", 0755));
	ASSERT_OK(mount("own", "/mnt/sub", "tmpfs", 0, NULL));
	ASSERT_OK(mount(NULL, "/mnt/sub", NULL, MS_UNBINDABLE, NULL));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/tree/dir"));
	ASSERT_OK(mount(NULL, "/mnt/sub", NULL, MS_PRIVATE, NULL));
	EXPECT_OK(mount_beneath(fd, "/tree/dir"));
}

TEST_F(beneath_in_shared_mount, refuses_a_source_on_a_shared_mount)
{
	int fd;

	ASSERT_OK(mount("own", "/tree/away", "tmpfs", 0, NULL));
	ASSERT_OK(mount("own", "/mnt", "tmpfs", 0, NULL));
	fd = ASSERT_OK(open_path("/tree/away"));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/mnt"));
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_PRIVATE, NULL));
	EXPECT_OK(mount_beneath(fd, "/mnt"));
}

/* A copy would be mounted on the target. */
TEST_F(beneath_in_shared_mount, refuses_propagation_to_the_target)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(umount2("/tree/dir", MNT_DETACH));
	ASSERT_OK(mount("/tree/dir", "/tree/dir", NULL, MS_BIND, NULL));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/tree/dir"));
	ASSERT_OK(mount(NULL, "/tree/dir", NULL, MS_SLAVE, NULL));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/tree/dir"));
	ASSERT_OK(mount(NULL, "/tree/dir", NULL, MS_PRIVATE, NULL));
	EXPECT_OK(mount_beneath(fd, "/tree/dir"));
}

/* A copy would be mounted on the source. */
TEST_F(beneath_in_shared_mount, refuses_propagation_to_the_source)
{
	int fd, top;

	ASSERT_OK(umount2("/tree/dir", MNT_DETACH));
	fd = ASSERT_OK(copy_of("/tree/dir", 0));
	top = ASSERT_OK(named_tmpfs("top"));
	ASSERT_OK(mount_on(top, "/tree/dir"));
	ASSERT_OK(mount_on(fd, "/mnt"));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/tree/dir"));
	ASSERT_OK(set_propagation(fd, MS_SLAVE));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/tree/dir"));
	ASSERT_OK(set_propagation(fd, MS_PRIVATE));
	EXPECT_OK(mount_beneath(fd, "/tree/dir"));
}

/*
 *	/tree		a shared mount
 *	/tree/dir	a mount that hides a secret
 *	/tree/away	a directory
 *	/plain		a peer of /tree without mounts in it
 * The owner's mounts are not locked. They propagate to the receiver in a mount
 * namespace of a child user namespace, where they are locked.
 */
FIXTURE(receiving_mntns)
{
	int proc;
};

FIXTURE_VARIANT(receiving_mntns)
{
	enum caller owner;
};

FIXTURE_VARIANT_ADD(receiving_mntns, from_root) { .owner = ROOT };
FIXTURE_VARIANT_ADD(receiving_mntns, from_userns_root) { .owner = USERNS_ROOT };

FIXTURE_SETUP(receiving_mntns)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_BENEATH))
		return;
	become(_metadata, self->proc, variant->owner);
	ASSERT_OK(mkdir("/plain", 0755));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	close(ASSERT_OK(hide_secret("/tree/dir")));
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_SHARED, NULL));
	ASSERT_OK(mount("/tree", "/plain", NULL, MS_BIND, NULL));
}

FIXTURE_TEARDOWN(receiving_mntns)
{
}

/* Forks the receiver. It goes on when the owner gives it a turn. */
static pid_t start_receiver(struct __test_metadata *_metadata, int proc,
			    int *peer)
{
	pid_t pid = fork_peer(_metadata, 0, peer);

	if (pid) {
		await_turn(_metadata, *peer);
		return pid;
	}
	ASSERT_OK(enter_userns(proc, CLONE_NEWNS));
	pass_turn(_metadata, *peer);
	return 0;
}

/* The owner mounts a tmpfs with the file "new" beneath the one on /tree/dir. */
static void add_beneath(struct __test_metadata *_metadata)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	check_has(_metadata, "/tree/dir", "top");
	check_has(_metadata, "/plain/dir", "new");
}

/* @top is on another mount, and that is on the mount at @path. */
static void check_is_between(struct __test_metadata *_metadata, uint64_t top,
			     const char *path)
{
	uint64_t parent = parent_of(_metadata, top);

	EXPECT_NE(mount_id(path), parent) TH_LOG("nothing in between");
	EXPECT_EQ(mount_id(path), parent_of(_metadata, parent));
}

TEST_F(receiving_mntns, keeps_its_locked_mount_on_top)
{
	static const int flags[] = { 0, MNT_DETACH };
	uint64_t top;
	int peer, i;
	pid_t pid;

	top = mount_id("/tree/dir");
	pid = start_receiver(_metadata, self->proc, &peer);
	if (!pid) {
		top = mount_id("/tree/dir");
		for (i = 0; i < ARRAY_SIZE(flags); i++) {
			check_is_between(_metadata, top, "/tree");
			check_is_locked(_metadata, "/tree/dir", "top");
			pass_turn(_metadata, peer);

			EXPECT_EQ(mount_id("/tree"),
				  parent_of(_metadata, top));
			check_is_locked(_metadata, "/tree/dir", "top");
			IN_CHILD(CLONE_NEWNS) {
				check_is_locked(_metadata, "/tree/dir", "top");
			}
			if (!i)
				pass_turn(_metadata, peer);
		}
		_exit(0);
	}
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		add_beneath(_metadata);
		pass_turn(_metadata, peer);
		/* The copy beneath the mount on /tree/dir goes, too. */
		ASSERT_OK(umount2("/plain/dir", flags[i]));
		EXPECT_EQ(mount_id("/tree"), parent_of(_metadata, top));
		check_has(_metadata, "/plain/dir", "secret");
		if (!i)
			pass_turn(_metadata, peer);
	}
	end_peer(_metadata, pid, peer);
}

TEST_F(receiving_mntns, keeps_its_locked_mount_when_the_new_one_goes)
{
	int peer, fd, top;
	pid_t pid;

	pid = start_receiver(_metadata, self->proc, &peer);
	if (!pid) {
		check_is_locked(_metadata, "/tree/dir", "top");
		pass_turn(_metadata, peer);
		check_is_locked(_metadata, "/tree/dir", "top");
		_exit(0);
	}
	top = ASSERT_OK(open_path("/tree/dir"));
	fd = ASSERT_OK(named_tmpfs("new"));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	pass_turn(_metadata, peer);

	/* The old mount can be moved away if its parent is private. */
	ASSERT_OK(set_propagation(fd, MS_PRIVATE));
	close(fd);
	ASSERT_OK(mount_on(top, "/away"));
	check_has(_metadata, "/tree/dir", "new");
	ASSERT_OK(umount2("/tree/dir", MNT_DETACH));
	check_has(_metadata, "/tree/dir", "secret");
	end_peer(_metadata, pid, peer);
}

TEST_F(receiving_mntns, has_the_new_mount_locked_when_the_old_one_goes)
{
	int peer;
	pid_t pid;

	pid = start_receiver(_metadata, self->proc, &peer);
	if (!pid) {
		check_is_locked(_metadata, "/tree/dir", "new");
		IN_CHILD(CLONE_NEWNS) {
			check_is_locked(_metadata, "/tree/dir", "new");
		}
		pass_turn(_metadata, peer);
		check_has(_metadata, "/tree/dir", "secret");
		_exit(0);
	}
	add_beneath(_metadata);
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "new");
	pass_turn(_metadata, peer);
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "secret");
	end_peer(_metadata, pid, peer);
}

TEST_F(receiving_mntns, has_no_lock_where_nothing_is_hidden)
{
	int peer;
	pid_t pid;

	pid = start_receiver(_metadata, self->proc, &peer);
	if (!pid) {
		check_has(_metadata, "/plain/dir", "new");
		EXPECT_OK(umount2("/plain/dir", 0));
		check_has(_metadata, "/plain/dir", "secret");
		check_is_locked(_metadata, "/tree/dir", "top");
		_exit(0);
	}
	add_beneath(_metadata);
	end_peer(_metadata, pid, peer);
}

TEST_F(receiving_mntns, can_still_remove_its_own_mounts)
{
	int peer, i;
	pid_t pid;

	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_OK(enter_userns(self->proc, CLONE_NEWNS));
		for (i = 0; i < 2; i++) {
			const char *dir = i ? "/plain/dir" : "/tree/dir";

			ASSERT_OK(mount_on(ASSERT_OK(named_tmpfs("own")),
					   dir));
		}
		pass_turn(_metadata, peer);
		check_has(_metadata, "/tree/dir", "own");
		check_has(_metadata, "/plain/dir", "own");
		EXPECT_OK(umount2("/tree/dir", MNT_DETACH));
		check_is_locked(_metadata, "/tree/dir", "top");
		EXPECT_OK(umount2("/plain/dir", MNT_DETACH));
		check_has(_metadata, "/plain/dir", "new");
		EXPECT_OK(umount2("/plain/dir", 0));
		check_has(_metadata, "/plain/dir", "secret");
		_exit(0);
	}
	await_turn(_metadata, peer);
	add_beneath(_metadata);
	end_peer(_metadata, pid, peer);
}

/* A mount propagates beneath one that is there already. */
TEST_F(receiving_mntns, has_a_mount_beneath_a_locked_one_locked)
{
	uint64_t top;
	int peer;
	pid_t pid;

	pid = start_receiver(_metadata, self->proc, &peer);
	if (!pid) {
		top = mount_id("/tree/dir");
		check_is_between(_metadata, top, "/tree");
		check_is_locked(_metadata, "/tree/dir", "top");
		EXPECT_OK(umount2("/plain/dir", 0));
		pass_turn(_metadata, peer);
		check_is_locked(_metadata, "/tree/dir", "new");
		pass_turn(_metadata, peer);
		check_has(_metadata, "/tree/dir", "secret");
		_exit(0);
	}
	ASSERT_OK(mount_on(ASSERT_OK(named_tmpfs("new")), "/plain/dir"));
	check_has(_metadata, "/tree/dir", "top");
	pass_turn(_metadata, peer);
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "new");
	pass_turn(_metadata, peer);
	ASSERT_OK(umount2("/tree/dir", MNT_DETACH));
	check_has(_metadata, "/tree/dir", "secret");
	end_peer(_metadata, pid, peer);
}

/*
 *	/tree		a shared mount
 *	/tree/dir	a mount that hides a secret
 *	/tree/away	a directory
 *	/peer		a directory
 * For the caller, root of a user namespace, the mounts are locked.
 */
FIXTURE(beneath_in_peers)
{
	int proc;
};

FIXTURE_SETUP(beneath_in_peers)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_BENEATH))
		return;
	ASSERT_OK(mkdir("/peer", 0755));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	close(ASSERT_OK(hide_secret("/tree/dir")));
	become(_metadata, self->proc, USERNS_ROOT);
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_SHARED, NULL));
}

FIXTURE_TEARDOWN(beneath_in_peers)
{
}

/* If a peer could be unmounted, the umount would propagate to the other. */
static void swap_between_peers(struct __test_metadata *_metadata, int flags)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(mount("/tree", "/peer", NULL, MS_BIND | MS_REC, NULL));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	check_has(_metadata, "/tree/dir", "top");
	check_is_between(_metadata, mount_id("/peer/dir"), "/peer");
	check_is_locked(_metadata, "/peer/dir", "top");

	/* The old mount of the peer goes, too. */
	ASSERT_OK(umount2("/tree/dir", flags));
	check_is_locked(_metadata, "/peer/dir", "new");
	check_is_locked(_metadata, "/tree/dir", "new");
}

TEST_F(beneath_in_peers, of_one_namespace_has_both_locked)
{
	swap_between_peers(_metadata, 0);
}

TEST_F(beneath_in_peers, of_one_namespace_has_both_locked_after_a_lazy_umount)
{
	swap_between_peers(_metadata, MNT_DETACH);
}

TEST_F(beneath_in_peers, of_two_namespaces_has_both_locked)
{
	int peer, fd;
	pid_t pid;

	pid = fork_peer(_metadata, CLONE_NEWNS, &peer);
	if (!pid) {
		await_turn(_metadata, peer);
		check_is_between(_metadata, mount_id("/tree/dir"), "/tree");
		check_is_locked(_metadata, "/tree/dir", "top");
		pass_turn(_metadata, peer);
		check_is_locked(_metadata, "/tree/dir", "new");
		give_turn(_metadata, peer);
		_exit(0);
	}
	fd = ASSERT_OK(named_tmpfs("new"));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	check_has(_metadata, "/tree/dir", "top");
	pass_turn(_metadata, peer);
	ASSERT_OK(umount2("/tree/dir", 0));
	pass_turn(_metadata, peer);
	check_is_locked(_metadata, "/tree/dir", "new");
	join_child(_metadata, pid);
}

TEST_F(beneath_in_peers, can_have_the_lock_in_the_middle_of_the_stack)
{
	int fd = ASSERT_OK(named_tmpfs("first"));

	ASSERT_OK(mount(NULL, "/tree", NULL, MS_PRIVATE, NULL));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_SHARED, NULL));
	ASSERT_OK(mount("/tree", "/peer", NULL, MS_BIND | MS_REC, NULL));
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "first");
	check_has(_metadata, "/peer/dir", "top");

	fd = ASSERT_OK(named_tmpfs("new"));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	/* That one was never locked, the one beneath it is. */
	ASSERT_OK(umount2("/peer/dir", 0));
	check_is_between(_metadata, mount_id("/peer/dir"), "/peer");
	check_is_locked(_metadata, "/peer/dir", "first");
	ASSERT_OK(umount2("/tree/dir", 0));
	check_is_locked(_metadata, "/tree/dir", "new");
	check_is_locked(_metadata, "/peer/dir", "new");
}

TEST_HARNESS_MAIN
