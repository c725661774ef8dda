// SPDX-License-Identifier: GPL-2.0
/*
 * Memory runs out while a mount namespace is made, or a mount is slid beneath
 * another, at each allocation that the system call does. It has to fail with
 * an error, and to leave all as it was.
 */
#include "../../kselftest_harness.h"
#include "../mntns_fd.h"
#include "../fault_injection.h"

/* Long enough for a kernel that checks all it does on an emulated processor */
#define LONG	240

struct scene {
	int proc;
	int debugfs;
	int slab;
	int nr_mounts;		/* in the kernel */
	int spare;		/* mount namespaces within the limit */
};

static int make_mount(const char *dir)
{
	if (mkdir(dir, 0755))
		return -1;
	return mount(dir, dir, "tmpfs", 0, NULL);
}

/*
 * On /tmp, which is the working directory:
 *	tree		a mount
 *	tree/a		a mount
 *	tree/a/b	a mount
 *	tree/c		a mount
 *	single		a mount with nothing mounted in it
 */
static void build_scene(struct __test_metadata *_metadata)
{
	ASSERT_OK(make_mount("single"));
	ASSERT_OK(make_mount("tree"));
	ASSERT_OK(make_mount("tree/a"));
	ASSERT_OK(make_mount("tree/a/b"));
	ASSERT_OK(make_mount("tree/c"));
	ASSERT_OK(mkdir("peer", 0755));
	ASSERT_OK(mkdir("slave", 0755));
}

/* Returns false if the test can't be done here and is skipped. */
static bool set_scene(struct __test_metadata *_metadata, struct scene *scene,
		      enum caller caller)
{
	if (!may_test_flags(_metadata))
		return false;
	scene->debugfs = new_detached("debugfs");
	if (scene->debugfs == -1 || switch_faults(scene->debugfs, true))
		SKIP(return false, "no fault injection");
	scene->slab = open("/sys/kernel/slab", O_PATH | O_DIRECTORY);
	if (scene->slab == -1 || count_all_mounts(scene->slab) == -1)
		SKIP(return false, "the slabs aren't debugged");

	scene->proc = ASSERT_OK(open_proc());
	ASSERT_OK(private_scratch());
	build_scene(_metadata);
	become(_metadata, scene->proc, caller);
	scene->spare = ASSERT_OK(count_spare_mntns());
	scene->nr_mounts = ASSERT_OK(settle_all_mounts(scene->slab));
	return true;
}

/* All is gone that the test made: no mount, no namespace is left over. */
static void leave_scene(struct __test_metadata *_metadata, struct scene *scene)
{
	ASSERT_EQ(scene->nr_mounts, settle_all_mounts(scene->slab))
		TH_LOG("mounts are left over");
	EXPECT_EQ(scene->spare, ASSERT_OK(count_spare_mntns()))
		TH_LOG("mount namespaces are left over");
	ASSERT_OK(switch_faults(scene->debugfs, false));
}

/* What a child has before it makes the call, and must have when that fails */
struct before {
	struct place place;
	char *mounts;
	int fds;
};

static struct before look(struct __test_metadata *_metadata, int proc)
{
	struct before before = {
		.place = current_place(_metadata, proc),
		.mounts = own_mounts(_metadata),
		.fds = ASSERT_OK(count_fds(proc)),
	};

	return before;
}

/* The call with CLONE_* @flags has failed with @err; and with a reason? */
static void check_error(struct __test_metadata *_metadata,
			struct fault *fault, int err, uint64_t flags)
{
	ASSERT_TRUE(fault->failed) TH_LOG("%s", strerror(err));
	/* Counting a user namespace has words of its own for it. */
	if ((flags & CLONE_NEWUSER) && (err == ENOSPC || err == EAGAIN))
		return;
	ASSERT_EQ(ENOMEM, err) TH_LOG("%s", strerror(err));
}

static void check_unchanged(struct __test_metadata *_metadata, int proc,
			    struct before before)
{
	struct before now = look(_metadata, proc);

	check_still_at(_metadata, proc, before.place);
	ASSERT_STREQ(before.mounts, now.mounts);
	ASSERT_EQ(before.fds, now.fds) TH_LOG("a file descriptor too many");
	free(now.mounts);
}

/* Whoever asks */
FIXTURE(mntns_faults)
{
	struct scene scene;
};

FIXTURE_VARIANT(mntns_faults)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(mntns_faults, root)
{
	.caller = ROOT,
};

FIXTURE_VARIANT_ADD(mntns_faults, userns_root)
{
	.caller = USERNS_ROOT,
};

FIXTURE_VARIANT_ADD(mntns_faults, foreign)
{
	.caller = FOREIGN,
};

FIXTURE_SETUP(mntns_faults)
{
	set_scene(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(mntns_faults)
{
	leave_scene(_metadata, &self->scene);
}

/* A call that returns a mount namespace with @nr_mounts */
struct maker {
	int proc;
	int (*make)(void *arg);
	void *arg;
	ssize_t nr_mounts;
};

static void try_to_make(struct __test_metadata *_metadata, struct fault *fault,
			void *data)
{
	struct maker *maker = data;
	struct before before;
	int ns, err;

	before = look(_metadata, maker->proc);
	ns = WITH_FAULT(fault, maker->make(maker->arg));
	err = errno;
	if (ns == -1) {
		check_error(_metadata, fault, err, 0);
	} else {
		ASSERT_EQ(maker->nr_mounts, count_mounts_in(ns));
		check_is_new_mntns(_metadata, maker->proc, ns);
		close(ns);
	}
	check_unchanged(_metadata, maker->proc, before);

	/* Nothing is in the way of another try. */
	ns = ASSERT_OK(maker->make(maker->arg));
	ASSERT_EQ(maker->nr_mounts, count_mounts_in(ns));
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
	struct maker maker = {
		.proc = self->scene.proc,
		.make = copy_recursively,
		.arg = "tree",
		.nr_mounts = 4,
	};

	fail_each(_metadata, self->scene.proc, try_to_make, &maker);
}

TEST_F_TIMEOUT(mntns_faults, open_tree_leaves_nothing_of_one_mount, LONG)
{
	struct maker maker = {
		.proc = self->scene.proc,
		.make = copy_one,
		.arg = "single",
		.nr_mounts = 1,
	};

	fail_each(_metadata, self->scene.proc, try_to_make, &maker);
}

static int mount_context(void *fs_fd)
{
	return sys_fsmount(*(int *)fs_fd, FSMOUNT_NAMESPACE | FSMOUNT_CLOEXEC,
			   0);
}

/* A context can be mounted once: each try takes a new one. */
static void try_to_mount(struct __test_metadata *_metadata,
			 struct fault *fault, void *data)
{
	struct scene *scene = data;
	struct before before;
	int fs_fd, ns, err;

	fs_fd = ASSERT_OK(new_context("tmpfs"));
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
	check_empty_mntns(_metadata, what->proc, before.place);
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
	struct scene *scene = data;
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
	ASSERT_NE(before.place.ns,
		  current_place(_metadata, scene->proc).ns);
}

/* One that isn't empty gives up what it has of the copy. */
TEST_F_TIMEOUT(mntns_faults, unshare_of_a_copy_changes_nothing, LONG)
{
	fail_each(_metadata, self->scene.proc, try_to_copy, &self->scene);
}

static pid_t clone_and_check(struct __test_metadata *_metadata,
			     struct flags *what, struct before *before)
{
	pid_t pid = fork_with(what->flags);

	if (!pid) {
		check_empty_mntns(_metadata, what->proc, before->place);
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

/* Many allocations are for the memory of the child, so these take a while. */
FIXTURE(mntns_faults_clone3)
{
	struct scene scene;
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

FIXTURE_VARIANT_ADD(mntns_faults_clone3, foreign_with_a_user_namespace)
{
	.caller = FOREIGN,
	.flags = CLONE_EMPTY_MNTNS | CLONE_NEWUSER,
};

FIXTURE_SETUP(mntns_faults_clone3)
{
	set_scene(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(mntns_faults_clone3)
{
	leave_scene(_metadata, &self->scene);
}

TEST_F_TIMEOUT(mntns_faults_clone3, leaves_nothing, LONG)
{
	struct flags what = {
		.proc = self->scene.proc,
		.flags = variant->flags,
	};

	fail_each(_metadata, self->scene.proc, try_to_clone, &what);
}

/* Whoever may mount in the namespace: the others mount nothing beneath. */
FIXTURE(mntns_faults_beneath)
{
	struct scene scene;
};

FIXTURE_VARIANT(mntns_faults_beneath)
{
	enum caller caller;
	bool locked;		/* are the mounts of the scene locked? */
};

FIXTURE_VARIANT_ADD(mntns_faults_beneath, root)
{
	.caller = ROOT,
};

FIXTURE_VARIANT_ADD(mntns_faults_beneath, userns_root)
{
	.caller = USERNS_ROOT,
	.locked = true,
};

FIXTURE_SETUP(mntns_faults_beneath)
{
	set_scene(_metadata, &self->scene, variant->caller);
}

FIXTURE_TEARDOWN(mntns_faults_beneath)
{
	leave_scene(_metadata, &self->scene);
}

struct slide {
	int proc;
	const char *path;
	bool locked;
	int nr_mounts;		/* below the caller's root that it makes */
};

static int slide_beneath(int fd, const char *path)
{
	return sys_move_mount(fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH |
			      MOVE_MOUNT_BENEATH);
}

/* Copies of tree that get what is mounted there, and slaves of them */
static void make_receivers(struct __test_metadata *_metadata)
{
	ASSERT_OK(mount(NULL, "tree", NULL, MS_REC | MS_SHARED, NULL));
	ASSERT_OK(mount("tree", "peer", NULL, MS_BIND | MS_REC, NULL));
	ASSERT_OK(mount("tree", "slave", NULL, MS_BIND | MS_REC, NULL));
	ASSERT_OK(mount(NULL, "slave", NULL, MS_REC | MS_SLAVE, NULL));
}

/* In a mount namespace of its own, which goes with the child */
static void try_to_slide(struct __test_metadata *_metadata,
			 struct fault *fault, void *data)
{
	struct slide *slide = data;
	struct before before;
	ssize_t nr_mounts;
	uint64_t top;
	int fd, err;

	ASSERT_OK(private_mntns());
	make_receivers(_metadata);
	top = mount_id(slide->path);
	fd = ASSERT_OK(new_tmpfs());
	nr_mounts = ASSERT_OK(count_mounts());
	before = look(_metadata, slide->proc);
	if (WITH_FAULT(fault, slide_beneath(fd, slide->path))) {
		err = errno;
		check_error(_metadata, fault, err, 0);
		check_unchanged(_metadata, slide->proc, before);
		if (slide->locked)
			ASSERT_ERRNO(EINVAL,
				     umount2(slide->path, MNT_DETACH));
		ASSERT_OK(slide_beneath(fd, slide->path));
	}
	/* What was there is on top of the new mount, and no longer locked. */
	ASSERT_EQ(nr_mounts + slide->nr_mounts, count_mounts());
	ASSERT_EQ(top, mount_id(slide->path));
	ASSERT_EQ(mount_id_at(fd, ""), parent_of(_metadata, top));
	ASSERT_OK(umount2(slide->path, MNT_DETACH));
}

TEST_F_TIMEOUT(mntns_faults_beneath, nothing_is_left_with_any_receiver, LONG)
{
	struct slide slide = {
		.proc = self->scene.proc,
		.path = "tree/a",
		.locked = variant->locked,
		/* There, at the peer and at the slave */
		.nr_mounts = 3,
	};

	fail_each(_metadata, self->scene.proc, try_to_slide, &slide);
}

TEST_F_TIMEOUT(mntns_faults_beneath, nothing_is_left_beneath_the_root, LONG)
{
	struct slide slide = {
		.proc = self->scene.proc,
		.path = "/",
		.locked = variant->locked,
	};

	fail_each(_metadata, self->scene.proc, try_to_slide, &slide);
}

TEST_HARNESS_MAIN
