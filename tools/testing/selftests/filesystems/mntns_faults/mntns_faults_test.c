// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation of a system call fails that makes a mount namespace, or moves
 * a mount beneath another one. The call has to fail, and to change nothing.
 */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"
#include "fault_injection.h"

/* Long enough for a kernel that checks all it does on an emulated processor */
#define LONG	240

struct setting {
	int proc;
	int debugfs;
	int slab;
	int nr_mounts;		/* in the kernel */
	int spare;		/* mount namespaces within the limit */
};

/*
 * On /tmp, which is the working directory:
 *	tree		a mount
 *	tree/a		a mount
 *	tree/a/b	a mount
 *	tree/c		a mount
 *	single		a mount with nothing mounted in it
 */
static void build_tree(struct __test_metadata *_metadata)
{
	ASSERT_OK(make_mount("single"));
	ASSERT_OK(make_mount("tree"));
	ASSERT_OK(make_mount("tree/a"));
	ASSERT_OK(make_mount("tree/a/b"));
	ASSERT_OK(make_mount("tree/c"));
	ASSERT_OK(mkdir("peer", 0755));
	ASSERT_OK(mkdir("slave", 0755));
}

static void set_up(struct __test_metadata *_metadata, struct setting *scene,
		   enum caller caller)
{
	if (!have(_metadata, NEEDS_ALL_FLAGS))
		return;
	scene->debugfs = new_detached("debugfs");
	if (scene->debugfs == -1 || switch_faults(scene->debugfs, true))
		SKIP(return, "no fault injection");
	scene->slab = open("/sys/kernel/slab", O_PATH | O_DIRECTORY);
	if (scene->slab == -1 || count_all_mounts(scene->slab) == -1)
		SKIP(return, "the slabs are not debugged");

	scene->proc = ASSERT_OK(open_proc());
	ASSERT_OK(private_scratch());
	build_tree(_metadata);
	become(_metadata, scene->proc, caller);
	scene->spare = ASSERT_OK(count_spare_mntns());
	scene->nr_mounts = ASSERT_OK(settle_all_mounts(scene->slab));
}

static void tear_down(struct __test_metadata *_metadata, struct setting *scene)
{
	ASSERT_EQ(scene->nr_mounts, settle_all_mounts(scene->slab))
		TH_LOG("mounts are left over");
	EXPECT_EQ(scene->spare, ASSERT_OK(count_spare_mntns()))
		TH_LOG("mount namespaces are left over");
	ASSERT_OK(switch_faults(scene->debugfs, false));
}

/* What a call that fails must leave as it was */
struct before {
	struct location location;
	char *mounts;
	int fds;
};

static struct before look(struct __test_metadata *_metadata, int proc)
{
	struct before before = {
		.location = current_location(_metadata, proc),
		.mounts = own_mounts(_metadata),
		.fds = ASSERT_OK(count_fds(proc)),
	};

	return before;
}

/* The call with CLONE_* @flags has failed with @err, for the fault. */
static void check_error(struct __test_metadata *_metadata,
			struct fault *fault, int err, uint64_t flags)
{
	ASSERT_TRUE(fault->failed) TH_LOG("%s", strerror(err));
	/* what a failed allocation becomes for a user namespace */
	if ((flags & CLONE_NEWUSER) && (err == ENOSPC || err == EAGAIN))
		return;
	ASSERT_EQ(ENOMEM, err) TH_LOG("%s", strerror(err));
}

static void check_unchanged(struct __test_metadata *_metadata, int proc,
			    struct before before)
{
	struct before now = look(_metadata, proc);

	check_still_at(_metadata, proc, before.location);
	ASSERT_STREQ(before.mounts, now.mounts);
	ASSERT_EQ(before.fds, now.fds) TH_LOG("a file descriptor too many");
	free(now.mounts);
}

FIXTURE(mntns_faults)
{
	struct setting scene;
};

FIXTURE_VARIANT(mntns_faults)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(mntns_faults, root) { ROOT };
FIXTURE_VARIANT_ADD(mntns_faults, userns_root) { USERNS_ROOT };
FIXTURE_VARIANT_ADD(mntns_faults, unprivileged) { UNPRIVILEGED };

FIXTURE_SETUP(mntns_faults)
{
	set_up(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(mntns_faults)
{
	tear_down(_metadata, &self->scene);
}

/* A call that returns a mount namespace with @nr_mounts */
struct call {
	int proc;
	int (*make)(void *arg);
	void *arg;
	ssize_t nr_mounts;
};

static void try_to_make(struct __test_metadata *_metadata, struct fault *fault,
			void *data)
{
	struct call *call = data;
	struct before before;
	int ns, err;

	before = look(_metadata, call->proc);
	ns = WITH_FAULT(fault, call->make(call->arg));
	err = errno;
	if (ns == -1) {
		check_error(_metadata, fault, err, 0);
	} else {
		ASSERT_EQ(call->nr_mounts, count_mounts_in(ns));
		check_is_new_mntns(_metadata, call->proc, ns);
		close(ns);
	}
	check_unchanged(_metadata, call->proc, before);

	/* Another try succeeds. */
	ns = ASSERT_OK(call->make(call->arg));
	ASSERT_EQ(call->nr_mounts, count_mounts_in(ns));
}

static int copy_recursively(void *path)
{
	return copy_to_mntns(AT_FDCWD, path, AT_RECURSIVE);
}

static int copy_one(void *path)
{
	return copy_to_mntns(AT_FDCWD, path, 0);
}

TEST_F_TIMEOUT(mntns_faults, open_tree_leaves_nothing_of_several_mounts, LONG)
{
	struct call call = {
		.proc = self->scene.proc,
		.make = copy_recursively,
		.arg = "tree",
		.nr_mounts = 4,
	};

	fail_each(_metadata, self->scene.proc, try_to_make, &call);
}

TEST_F_TIMEOUT(mntns_faults, open_tree_leaves_nothing_of_one_mount, LONG)
{
	struct call call = {
		.proc = self->scene.proc,
		.make = copy_one,
		.arg = "single",
		.nr_mounts = 1,
	};

	fail_each(_metadata, self->scene.proc, try_to_make, &call);
}

static int mount_context(void *fs_fd)
{
	return sys_fsmount(*(int *)fs_fd, NS_FLAGS,
			   0);
}

/* A filesystem context can be mounted once. */
static void try_to_mount(struct __test_metadata *_metadata,
			 struct fault *fault, void *data)
{
	struct setting *scene = data;
	struct before before;
	int fs_fd, ns, err;

	fs_fd = ASSERT_OK(new_fs_context("tmpfs"));
	before = look(_metadata, scene->proc);
	ns = WITH_FAULT(fault, mount_context(&fs_fd));
	err = errno;
	if (ns == -1) {
		check_error(_metadata, fault, err, 0);
		check_unchanged(_metadata, scene->proc, before);
		close(fs_fd);
		return;
	}
	ASSERT_EQ(1, count_mounts_in(ns));
	check_is_new_mntns(_metadata, scene->proc, ns);
	close(ns);
	check_unchanged(_metadata, scene->proc, before);
}

TEST_F_TIMEOUT(mntns_faults, fsmount_leaves_nothing, LONG)
{
	fail_each(_metadata, self->scene.proc, try_to_mount, &self->scene);
}

/* CLONE_* or UNSHARE_* flags for an empty mount namespace */
struct flags {
	int proc;
	uint64_t flags;
};

static void try_to_unshare(struct __test_metadata *_metadata,
			   struct fault *fault, void *data)
{
	struct flags *what = data;
	struct before before;
	int err;

	before = look(_metadata, what->proc);
	if (WITH_FAULT(fault, sys_unshare(what->flags))) {
		err = errno;
		check_error(_metadata, fault, err, what->flags);
		check_unchanged(_metadata, what->proc, before);
		ASSERT_OK(sys_unshare(what->flags));
	}
	check_empty_mntns(_metadata, what->proc, before.location);
}

TEST_F_TIMEOUT(mntns_faults, unshare_changes_nothing, LONG)
{
	struct flags what = {
		.proc = self->scene.proc,
		.flags = UNSHARE_EMPTY_MNTNS,
	};

	fail_each(_metadata, self->scene.proc, try_to_unshare, &what);
}

TEST_F_TIMEOUT(mntns_faults, unshare_with_a_user_namespace_changes_nothing,
	       LONG)
{
	struct flags what = {
		.proc = self->scene.proc,
		.flags = UNSHARE_EMPTY_MNTNS | CLONE_NEWUSER,
	};

	fail_each(_metadata, self->scene.proc, try_to_unshare, &what);
}

static void try_to_copy(struct __test_metadata *_metadata,
			struct fault *fault, void *data)
{
	struct setting *scene = data;
	struct before before;
	int err;

	before = look(_metadata, scene->proc);
	if (WITH_FAULT(fault, sys_unshare(CLONE_NEWNS))) {
		err = errno;
		ASSERT_TRUE(fault->failed) TH_LOG("%s", strerror(err));
		ASSERT_EQ(ENOMEM, err) TH_LOG("%s", strerror(err));
		check_unchanged(_metadata, scene->proc, before);
		ASSERT_OK(sys_unshare(CLONE_NEWNS));
	}
	ASSERT_NE(before.location.ns,
		  current_location(_metadata, scene->proc).ns);
}

TEST_F_TIMEOUT(mntns_faults, unshare_of_a_copy_changes_nothing, LONG)
{
	fail_each(_metadata, self->scene.proc, try_to_copy, &self->scene);
}

static pid_t clone_and_check(struct __test_metadata *_metadata,
			     struct flags *what, struct before *before)
{
	pid_t pid = fork_with(what->flags);

	if (!pid) {
		check_empty_mntns(_metadata, what->proc, before->location);
		_exit(0);
	}
	return pid;
}

static void try_to_clone(struct __test_metadata *_metadata,
			 struct fault *fault, void *data)
{
	struct flags *what = data;
	struct before before;
	pid_t pid;
	int err;

	before = look(_metadata, what->proc);
	pid = WITH_FAULT(fault, clone_and_check(_metadata, what, &before));
	err = errno;
	if (pid == -1)
		check_error(_metadata, fault, err, what->flags);
	else
		join_child(_metadata, pid);
	check_unchanged(_metadata, what->proc, before);
}

FIXTURE(mntns_faults_clone3)
{
	struct setting scene;
};

FIXTURE_VARIANT(mntns_faults_clone3)
{
	enum caller caller;
	uint64_t flags;
};

FIXTURE_VARIANT_ADD(mntns_faults_clone3, root)
{
	.caller = ROOT,
	.flags = CLONE_EMPTY_MNTNS,
};

FIXTURE_VARIANT_ADD(mntns_faults_clone3, userns_root)
{
	.caller = USERNS_ROOT,
	.flags = CLONE_EMPTY_MNTNS,
};

FIXTURE_VARIANT_ADD(mntns_faults_clone3, unprivileged_with_a_user_namespace)
{
	.caller = UNPRIVILEGED,
	.flags = CLONE_EMPTY_MNTNS | CLONE_NEWUSER,
};

FIXTURE_SETUP(mntns_faults_clone3)
{
	set_up(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(mntns_faults_clone3)
{
	tear_down(_metadata, &self->scene);
}

TEST_F_TIMEOUT(mntns_faults_clone3, leaves_nothing, LONG)
{
	struct flags what = {
		.proc = self->scene.proc,
		.flags = variant->flags,
	};

	fail_each(_metadata, self->scene.proc, try_to_clone, &what);
}

FIXTURE(mntns_faults_beneath)
{
	struct setting scene;
};

FIXTURE_VARIANT(mntns_faults_beneath)
{
	enum caller caller;
	bool locked;		/* are the mounts of the scene locked? */
};

FIXTURE_VARIANT_ADD(mntns_faults_beneath, root) { ROOT };

FIXTURE_VARIANT_ADD(mntns_faults_beneath, userns_root)
{
	.caller = USERNS_ROOT,
	.locked = true,
};

FIXTURE_SETUP(mntns_faults_beneath)
{
	set_up(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(mntns_faults_beneath)
{
	tear_down(_metadata, &self->scene);
}

struct beneath {
	int proc;
	const char *path;
	bool locked;
	int nr_mounts;		/* below the caller's root that it makes */
};

/* A peer and a slave of tree */
static void make_receivers(struct __test_metadata *_metadata)
{
	ASSERT_OK(mount(NULL, "tree", NULL, MS_REC | MS_SHARED, NULL));
	ASSERT_OK(mount("tree", "peer", NULL, MS_BIND | MS_REC, NULL));
	ASSERT_OK(mount("tree", "slave", NULL, MS_BIND | MS_REC, NULL));
	ASSERT_OK(mount(NULL, "slave", NULL, MS_REC | MS_SLAVE, NULL));
}

static void try_to_mount_beneath(struct __test_metadata *_metadata,
				 struct fault *fault, void *data)
{
	struct beneath *what = data;
	struct before before;
	ssize_t nr_mounts;
	uint64_t top;
	int fd, err;

	ASSERT_OK(private_mntns());
	make_receivers(_metadata);
	top = mount_id(what->path);
	fd = ASSERT_OK(new_tmpfs());
	nr_mounts = ASSERT_OK(count_mounts());
	before = look(_metadata, what->proc);
	if (WITH_FAULT(fault, mount_beneath(fd, what->path))) {
		err = errno;
		check_error(_metadata, fault, err, 0);
		check_unchanged(_metadata, what->proc, before);
		if (what->locked)
			ASSERT_ERRNO(EINVAL,
				     umount2(what->path, MNT_DETACH));
		ASSERT_OK(mount_beneath(fd, what->path));
	}
	/* The old mount is on top of the new one, and not locked. */
	ASSERT_EQ(nr_mounts + what->nr_mounts, count_mounts());
	ASSERT_EQ(top, mount_id(what->path));
	ASSERT_EQ(mount_id_at(fd, ""), parent_of(_metadata, top));
	ASSERT_OK(umount2(what->path, MNT_DETACH));
}

TEST_F_TIMEOUT(mntns_faults_beneath, leaves_nothing_in_any_peer_or_slave, LONG)
{
	struct beneath what = {
		.proc = self->scene.proc,
		.path = "tree/a",
		.locked = variant->locked,
		/* one each in tree, peer and slave */
		.nr_mounts = 3,
	};

	fail_each(_metadata, self->scene.proc, try_to_mount_beneath, &what);
}

TEST_F_TIMEOUT(mntns_faults_beneath, leaves_nothing_beneath_the_root, LONG)
{
	struct beneath what = {
		.proc = self->scene.proc,
		.path = "/",
		.locked = variant->locked,
	};

	fail_each(_metadata, self->scene.proc, try_to_mount_beneath, &what);
}

TEST_HARNESS_MAIN
