// SPDX-License-Identifier: GPL-2.0
/*
 * Mounts beneath others and their propagation: what goes where, and what is
 * locked there. Only the mount that the caller placed takes a lock over from
 * the one on top. In other places a copy is locked if what's on top of it is,
 * and that keeps its own lock.
 */
#include "beneath.h"

/* What statmount() says of the propagation of @id */
static uint64_t propagation_of(struct __test_metadata *_metadata, uint64_t id)
{
	struct statmount *sm = own_mount(_metadata, id);
	uint64_t type = sm->mnt_propagation;

	free(sm);
	return type;
}

/* What's the mount that the target is on? */
FIXTURE(in)
{
};

FIXTURE_VARIANT(in)
{
	uint64_t parent;
};

FIXTURE_VARIANT_ADD(in, a_private_mount)
{
	.parent = MS_PRIVATE,
};

FIXTURE_VARIANT_ADD(in, a_shared_mount)
{
	.parent = MS_SHARED,
};

FIXTURE_VARIANT_ADD(in, a_slave_mount)
{
	.parent = MS_SLAVE,
};

FIXTURE_VARIANT_ADD(in, an_unbindable_mount)
{
	.parent = MS_UNBINDABLE,
};

FIXTURE_SETUP(in)
{
	int proc;

	if (!set_beneath_table(_metadata, &proc))
		return;
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(mkdir("/tree", 0755));
	ASSERT_OK(make_mount("/master"));
	ASSERT_OK(mkdir("/master/dir", 0755));
	ASSERT_OK(make_file("/master/dir/secret"));
}

FIXTURE_TEARDOWN(in)
{
}

/* A copy of the mount at @path: shared mounts are peers, slaves a slave of it */
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

	/* the parent, with a cover in it */
	fd = copy_as(_metadata, "/master", parent);
	ASSERT_OK(mount_on(fd, "/tree"));
	stack[2] = mount_id_at(fd, "");
	close(fd);
	fd = ASSERT_OK(named_tmpfs("cover"));
	ASSERT_OK(mount_on(fd, "/tree/dir"));
	stack[0] = mount_id_at(fd, "");
	close(fd);
	/* what goes in between */
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
	check_has(_metadata, "/tree/dir", "cover");

	/* As always, what's mounted on a shared mount becomes shared. */
	if (parent == MS_SHARED)
		want = (want == MS_SLAVE ? MS_SLAVE : 0) | MS_SHARED;
	EXPECT_EQ(want, propagation_of(_metadata, stack[1]));
	/* The peer had the cover, too; the master has nothing. */
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

/* One that's new, and one that is mounted elsewhere */
static void check_both(struct __test_metadata *_metadata, uint64_t parent,
		       uint64_t source)
{
	if (in_child(_metadata, CLONE_NEWNS)) {
		check_combination(_metadata, parent, source, false);
		_exit(0);
	}
	check_combination(_metadata, parent, source, true);
}

TEST_F(in, goes_a_private_mount)
{
	check_both(_metadata, variant->parent, MS_PRIVATE);
}

TEST_F(in, goes_a_shared_mount)
{
	check_both(_metadata, variant->parent, MS_SHARED);
}

TEST_F(in, goes_a_slave_mount)
{
	check_both(_metadata, variant->parent, MS_SLAVE);
}

/* Not in a shared one, which would have to copy it. */
TEST_F(in, goes_an_unbindable_mount)
{
	check_both(_metadata, variant->parent, MS_UNBINDABLE);
}

/*
 * What mounts that are shared refuse
 *	/mnt		a directory
 *	/tree		a shared mount
 *	/tree/away	a directory
 *	/tree/dir	a cover
 */
FIXTURE(shared)
{
};

FIXTURE_SETUP(shared)
{
	int proc;

	if (!set_beneath_table(_metadata, &proc))
		return;
	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	close(ASSERT_OK(make_cover("/tree/dir")));
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_SHARED, NULL));
}

FIXTURE_TEARDOWN(shared)
{
}

TEST_F(shared, takes_no_tree_with_an_unbindable_mount)
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

/* It would have to be taken away from the peers, too. */
TEST_F(shared, gives_no_mount_away)
{
	int fd;

	ASSERT_OK(mount("own", "/tree/away", "tmpfs", 0, NULL));
	ASSERT_OK(mount("own", "/mnt", "tmpfs", 0, NULL));
	fd = ASSERT_OK(open_path("/tree/away"));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/mnt"));
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_PRIVATE, NULL));
	EXPECT_OK(mount_beneath(fd, "/mnt"));
}

/* What goes beneath the target would end up on it. */
TEST_F(shared, does_not_propagate_to_the_target)
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

/* What goes beneath the target would end up on itself. */
TEST_F(shared, does_not_propagate_to_the_source)
{
	int fd, cover;

	ASSERT_OK(umount2("/tree/dir", MNT_DETACH));
	fd = ASSERT_OK(copy_of("/tree/dir", 0));
	cover = ASSERT_OK(named_tmpfs("cover"));
	ASSERT_OK(mount_on(cover, "/tree/dir"));
	/* From now on it gets what's mounted on the directory. */
	ASSERT_OK(mount_on(fd, "/mnt"));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/tree/dir"));
	ASSERT_OK(set_propagation(fd, MS_SLAVE));
	EXPECT_REFUSED(EINVAL, mount_beneath(fd, "/tree/dir"));
	ASSERT_OK(set_propagation(fd, MS_PRIVATE));
	EXPECT_OK(mount_beneath(fd, "/tree/dir"));
}

/*
 * The owner of these has no locks:
 *	/tree		a mount
 *	/tree/dir	a cover
 *	/tree/away	a directory
 *	/plain		a peer of /tree, on which there's no cover
 * To the receiver, in the mount namespace of a child user namespace, all that
 * is locked. What's done in /tree and /plain comes there.
 */
FIXTURE(receiver)
{
	int proc;
};

FIXTURE_VARIANT(receiver)
{
	enum caller owner;
};

FIXTURE_VARIANT_ADD(receiver, of_root)
{
	.owner = ROOT,
};

FIXTURE_VARIANT_ADD(receiver, of_userns_root)
{
	.owner = USERNS_ROOT,
};

FIXTURE_SETUP(receiver)
{
	if (!set_beneath_table(_metadata, &self->proc))
		return;
	become(_metadata, self->proc, variant->owner);
	ASSERT_OK(mkdir("/plain", 0755));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	close(ASSERT_OK(make_cover("/tree/dir")));
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_SHARED, NULL));
	ASSERT_OK(mount("/tree", "/plain", NULL, MS_BIND, NULL));
}

FIXTURE_TEARDOWN(receiver)
{
}

/*
 * Forks the receiver, and returns 0 there when it's its turn. The other one
 * waits for it to be ready.
 */
static pid_t start_receiver(struct __test_metadata *_metadata, int proc,
			    int *peer)
{
	pid_t pid = fork_peer(_metadata, 0, peer);

	if (pid) {
		await_turn(_metadata, *peer);
		return pid;
	}
	ASSERT_OK(enter_userns(proc, CLONE_NEWNS));
	give_turn(_metadata, *peer);
	await_turn(_metadata, *peer);
	return 0;
}

/* Lets the other one go on, until that does the same. */
static void change_turns(struct __test_metadata *_metadata, int peer)
{
	give_turn(_metadata, peer);
	await_turn(_metadata, peer);
}

/* The owner puts a tmpfs with the file "new" beneath the cover. */
static void place(struct __test_metadata *_metadata)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	check_has(_metadata, "/tree/dir", "cover");
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

/* It's the owner's to take what is beneath away again. */
TEST_F(receiver, keeps_its_cover_and_the_lock)
{
	static const int flags[] = { 0, MNT_DETACH };
	uint64_t cover;
	int peer, i;
	pid_t pid;

	cover = mount_id("/tree/dir");
	pid = start_receiver(_metadata, self->proc, &peer);
	if (!pid) {
		cover = mount_id("/tree/dir");
		for (i = 0; i < ARRAY_SIZE(flags); i++) {
			check_is_between(_metadata, cover, "/tree");
			check_is_held(_metadata, "/tree/dir", "cover");
			change_turns(_metadata, peer);

			EXPECT_EQ(mount_id("/tree"),
				  parent_of(_metadata, cover));
			check_is_held(_metadata, "/tree/dir", "cover");
			if (in_child(_metadata, CLONE_NEWNS)) {
				check_is_held(_metadata, "/tree/dir", "cover");
				_exit(0);
			}
			if (!i)
				change_turns(_metadata, peer);
		}
		_exit(0);
	}
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		place(_metadata);
		change_turns(_metadata, peer);
		/* This takes it out from beneath the cover of its peer. */
		ASSERT_OK(umount2("/plain/dir", flags[i]));
		EXPECT_EQ(mount_id("/tree"), parent_of(_metadata, cover));
		check_has(_metadata, "/plain/dir", "secret");
		if (!i)
			change_turns(_metadata, peer);
	}
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
}

/* The same with the one that was placed, and not with a peer of it */
TEST_F(receiver, gets_its_cover_back_when_the_placed_one_goes)
{
	int peer, fd, cover;
	pid_t pid;

	pid = start_receiver(_metadata, self->proc, &peer);
	if (!pid) {
		check_is_held(_metadata, "/tree/dir", "cover");
		change_turns(_metadata, peer);
		check_is_held(_metadata, "/tree/dir", "cover");
		_exit(0);
	}
	cover = ASSERT_OK(open_path("/tree/dir"));
	fd = ASSERT_OK(named_tmpfs("new"));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	change_turns(_metadata, peer);

	/* The old cover is moved out of the way, which its parent has to let. */
	ASSERT_OK(set_propagation(fd, MS_PRIVATE));
	close(fd);
	ASSERT_OK(mount_on(cover, "/away"));
	check_has(_metadata, "/tree/dir", "new");
	ASSERT_OK(umount2("/tree/dir", MNT_DETACH));
	check_has(_metadata, "/tree/dir", "secret");
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
}

/* One cover for another: the receiver gets them swapped, too, and no way in. */
TEST_F(receiver, has_the_new_cover_locked_when_the_owner_swaps)
{
	int peer;
	pid_t pid;

	pid = start_receiver(_metadata, self->proc, &peer);
	if (!pid) {
		check_is_held(_metadata, "/tree/dir", "new");
		if (in_child(_metadata, CLONE_NEWNS)) {
			check_is_held(_metadata, "/tree/dir", "new");
			_exit(0);
		}
		change_turns(_metadata, peer);
		/* The owner has uncovered it. */
		check_has(_metadata, "/tree/dir", "secret");
		_exit(0);
	}
	place(_metadata);
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "new");
	change_turns(_metadata, peer);
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "secret");
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
}

TEST_F(receiver, has_no_lock_where_it_has_no_cover)
{
	int peer;
	pid_t pid;

	pid = start_receiver(_metadata, self->proc, &peer);
	if (!pid) {
		check_has(_metadata, "/plain/dir", "new");
		EXPECT_OK(umount2("/plain/dir", 0));
		check_has(_metadata, "/plain/dir", "secret");
		check_is_held(_metadata, "/tree/dir", "cover");
		_exit(0);
	}
	place(_metadata);
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
}

TEST_F(receiver, can_still_remove_its_own_mounts)
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
		change_turns(_metadata, peer);
		check_has(_metadata, "/tree/dir", "own");
		check_has(_metadata, "/plain/dir", "own");
		EXPECT_OK(umount2("/tree/dir", MNT_DETACH));
		check_is_held(_metadata, "/tree/dir", "cover");
		EXPECT_OK(umount2("/plain/dir", MNT_DETACH));
		check_has(_metadata, "/plain/dir", "new");
		EXPECT_OK(umount2("/plain/dir", 0));
		check_has(_metadata, "/plain/dir", "secret");
		_exit(0);
	}
	await_turn(_metadata, peer);
	place(_metadata);
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
}

/* That's how a mount gets beneath another one without anybody's asking. */
TEST_F(receiver, has_what_goes_beneath_its_cover_locked)
{
	uint64_t cover;
	int peer;
	pid_t pid;

	pid = start_receiver(_metadata, self->proc, &peer);
	if (!pid) {
		cover = mount_id("/tree/dir");
		check_is_between(_metadata, cover, "/tree");
		check_is_held(_metadata, "/tree/dir", "cover");
		EXPECT_OK(umount2("/plain/dir", 0));
		change_turns(_metadata, peer);
		check_is_held(_metadata, "/tree/dir", "new");
		change_turns(_metadata, peer);
		check_has(_metadata, "/tree/dir", "secret");
		_exit(0);
	}
	ASSERT_OK(mount_on(ASSERT_OK(named_tmpfs("new")), "/plain/dir"));
	check_has(_metadata, "/tree/dir", "cover");
	change_turns(_metadata, peer);
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "new");
	change_turns(_metadata, peer);
	/* No lock here */
	ASSERT_OK(umount2("/tree/dir", MNT_DETACH));
	check_has(_metadata, "/tree/dir", "secret");
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
}

/*
 * Root in a user namespace, where these are locked:
 *	/tree		a mount that's shared
 *	/tree/dir	a cover
 *	/tree/away	a directory, as is
 *	/peer
 */
FIXTURE(peers)
{
	int proc;
};

FIXTURE_SETUP(peers)
{
	if (!set_beneath_table(_metadata, &self->proc))
		return;
	ASSERT_OK(mkdir("/peer", 0755));
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/away", 0755));
	close(ASSERT_OK(make_cover("/tree/dir")));
	become(_metadata, self->proc, USERNS_ROOT);
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_SHARED, NULL));
}

FIXTURE_TEARDOWN(peers)
{
}

/* If either could be unmounted, the umount would propagate to the other. */
static void swap_between_peers(struct __test_metadata *_metadata, int flags)
{
	int fd = ASSERT_OK(named_tmpfs("new"));

	ASSERT_OK(mount("/tree", "/peer", NULL, MS_BIND | MS_REC, NULL));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	check_has(_metadata, "/tree/dir", "cover");
	check_is_between(_metadata, mount_id("/peer/dir"), "/peer");
	check_is_held(_metadata, "/peer/dir", "cover");

	/* This takes the other old cover away as well. */
	ASSERT_OK(umount2("/tree/dir", flags));
	check_is_held(_metadata, "/peer/dir", "new");
	check_is_held(_metadata, "/tree/dir", "new");
}

TEST_F(peers, in_one_namespace_are_locked_both)
{
	swap_between_peers(_metadata, 0);
}

TEST_F(peers, in_one_namespace_are_locked_both_after_a_lazy_umount)
{
	swap_between_peers(_metadata, MNT_DETACH);
}

TEST_F(peers, in_two_namespaces_are_locked_both)
{
	int peer, fd;
	pid_t pid;

	pid = fork_peer(_metadata, CLONE_NEWNS, &peer);
	if (!pid) {
		await_turn(_metadata, peer);
		check_is_between(_metadata, mount_id("/tree/dir"), "/tree");
		check_is_held(_metadata, "/tree/dir", "cover");
		change_turns(_metadata, peer);
		check_is_held(_metadata, "/tree/dir", "new");
		give_turn(_metadata, peer);
		_exit(0);
	}
	fd = ASSERT_OK(named_tmpfs("new"));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	check_has(_metadata, "/tree/dir", "cover");
	change_turns(_metadata, peer);
	ASSERT_OK(umount2("/tree/dir", 0));
	change_turns(_metadata, peer);
	check_is_held(_metadata, "/tree/dir", "new");
	join_child(_metadata, pid);
}

/* What's beneath the top in one of them needn't be so in the other. */
TEST_F(peers, can_have_the_lock_in_the_middle_of_the_stack)
{
	int fd = ASSERT_OK(named_tmpfs("first"));

	ASSERT_OK(mount(NULL, "/tree", NULL, MS_PRIVATE, NULL));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	ASSERT_OK(mount(NULL, "/tree", NULL, MS_SHARED, NULL));
	ASSERT_OK(mount("/tree", "/peer", NULL, MS_BIND | MS_REC, NULL));
	ASSERT_OK(umount2("/tree/dir", 0));
	check_has(_metadata, "/tree/dir", "first");
	check_has(_metadata, "/peer/dir", "cover");

	fd = ASSERT_OK(named_tmpfs("new"));
	ASSERT_OK(mount_beneath(fd, "/tree/dir"));
	close(fd);
	/* That one was never locked: only what is beneath it is. */
	ASSERT_OK(umount2("/peer/dir", 0));
	check_is_between(_metadata, mount_id("/peer/dir"), "/peer");
	check_is_held(_metadata, "/peer/dir", "first");
	ASSERT_OK(umount2("/tree/dir", 0));
	check_is_held(_metadata, "/tree/dir", "new");
	check_is_held(_metadata, "/peer/dir", "new");
}

TEST_HARNESS_MAIN
