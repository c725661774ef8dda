// SPDX-License-Identifier: GPL-2.0
/* Several mounts on top of the root of an empty mount namespace */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

#define NR_LAYERS	4

FIXTURE(root_stack)
{
	int proc;
	int outside;		/* the mount namespace of before */
	int ns;			/* the empty one */
	int layer[NR_LAYERS];	/* the mounts, the topmost one last */
	uint64_t id[NR_LAYERS];
	uint64_t ns_root;
};

FIXTURE_VARIANT(root_stack)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(root_stack, root) { ROOT };
FIXTURE_VARIANT_ADD(root_stack, userns_root) { USERNS_ROOT };

/* Layer n has a directory "layer-n"; the caller stays on the namespace root. */
FIXTURE_SETUP(root_stack)
{
	char name[] = "layer-0";
	int i;

	if (!set_scene(_metadata, &self->proc, COPY, NEEDS_EMPTY_MNTNS))
		return;
	self->outside = ASSERT_OK(open_mntns(self->proc));
	if (variant->caller == USERNS_ROOT)
		ASSERT_OK(enter_userns(self->proc, UNSHARE_EMPTY_MNTNS));
	else
		ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
	self->ns = ASSERT_OK(open_mntns(self->proc));
	self->ns_root = mount_id("/");

	for (i = 0; i < NR_LAYERS; i++, name[6]++) {
		self->layer[i] = ASSERT_OK(new_tmpfs());
		ASSERT_OK(mkdirat(self->layer[i], name, 0755));
		ASSERT_OK(mount_on(self->layer[i], "/"));
		self->id[i] = mount_id_at(self->layer[i], "");
	}
}

FIXTURE_TEARDOWN(root_stack)
{
}

/* / of the caller is layer @nr, and nothing of the other ones is there. */
static void check_root_is_layer(struct __test_metadata *_metadata,
				const uint64_t id[NR_LAYERS], int nr)
{
	char name[] = "/layer-0";
	int i;

	ASSERT_EQ(id[nr], mount_id("/")) TH_LOG("/ is not layer %d", nr);
	for (i = 0; i < NR_LAYERS; i++, name[7]++) {
		if (i == nr)
			ASSERT_OK(access(name, F_OK));
		else
			ASSERT_ERRNO(ENOENT, access(name, F_OK));
	}
}

TEST_F(root_stack, leaves_a_task_on_the_namespace_root_alone)
{
	EXPECT_EQ(1, is_nullfs("/"));
	EXPECT_EQ(1, is_nullfs("."));
	EXPECT_ERRNO(ENOENT, access("/layer-3", F_OK));
	EXPECT_EQ(1 + NR_LAYERS, count_mounts());
}

TEST_F(root_stack, has_each_mount_on_the_one_before)
{
	int i;

	EXPECT_EQ(self->ns_root, parent_of(_metadata, self->ns_root));
	EXPECT_EQ(self->ns_root, parent_of(_metadata, self->id[0]));
	for (i = 1; i < NR_LAYERS; i++)
		EXPECT_EQ(self->id[i - 1], parent_of(_metadata, self->id[i]));
}

TEST_F(root_stack, allows_chroot_to_the_top)
{
	uint64_t list[NR_LAYERS + 1];

	ASSERT_OK(fchdir(self->layer[NR_LAYERS - 1]));
	ASSERT_OK(chroot("."));
	check_root_is_layer(_metadata, self->id, NR_LAYERS - 1);
	EXPECT_OK(access("../layer-3", F_OK));

	/* A mount beneath is out of reach, and not listed. */
	ASSERT_EQ(1, listmount(LSMT_ROOT, 0, 0, list, ARRAY_SIZE(list), 0));
	EXPECT_EQ(self->id[NR_LAYERS - 1], list[0]);

	ASSERT_OK(mkdir("/mnt", 0755));
	ASSERT_OK(mount("x", "/mnt", "tmpfs", 0, NULL));
	EXPECT_EQ(2, count_mounts());
	EXPECT_OK(umount("/mnt"));
}

TEST_F(root_stack, has_setns_land_on_the_top)
{
	if (variant->caller == USERNS_ROOT) {
		/* setns() out of there is not permitted. */
		ASSERT_OK(setns(self->ns, CLONE_NEWNS));
	} else {
		ASSERT_OK(setns(self->outside, CLONE_NEWNS));
		ASSERT_EQ(0, is_nullfs("/"));
		ASSERT_OK(setns(self->ns, CLONE_NEWNS));
	}
	check_root_is_layer(_metadata, self->id, NR_LAYERS - 1);
	ASSERT_OK(access("layer-3", F_OK));
}

TEST_F(root_stack, can_be_unmounted_down_to_the_namespace_root)
{
	int i;

	for (i = NR_LAYERS - 1; i >= 0; i--) {
		ASSERT_OK(setns(self->ns, CLONE_NEWNS));
		check_root_is_layer(_metadata, self->id, i);
		ASSERT_OK(umount2("/", MNT_DETACH));
	}
	ASSERT_OK(setns(self->ns, CLONE_NEWNS));
	EXPECT_EQ(self->ns_root, mount_id("/"));
	EXPECT_EQ(1, count_mounts());
	EXPECT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
}

TEST_F(root_stack, allows_pivot_root_from_the_top)
{
	int fd;

	ASSERT_OK(chroot_fd(self->layer[NR_LAYERS - 1]));
	ASSERT_OK(mkdir("/new", 0755));
	fd = ASSERT_OK(new_tmpfs());
	ASSERT_OK(mount_on(fd, "/new"));
	ASSERT_OK(mkdirat(fd, "old", 0755));
	ASSERT_OK(sys_pivot_root("/new", "/new/old"));

	EXPECT_EQ(mount_id_at(fd, ""), mount_id("/"));
	EXPECT_OK(access("/old/layer-3", F_OK));
	EXPECT_EQ(2, count_mounts());
	EXPECT_OK(umount2("/old", MNT_DETACH));
	EXPECT_EQ(self->id[NR_LAYERS - 2],
		  parent_of(_metadata, mount_id("/")));
}

TEST_F(root_stack, refuses_pivot_root_from_the_namespace_root)
{
	ASSERT_OK(fchdir(self->layer[NR_LAYERS - 1]));
	EXPECT_NE(0, sys_pivot_root(".", "."));
	EXPECT_EQ(1, is_nullfs("/"));
	EXPECT_EQ(1 + NR_LAYERS, count_mounts());
	EXPECT_EQ(self->ns_root, parent_of(_metadata, self->id[0]));
}

TEST_F(root_stack, allows_user_namespaces_from_the_top_only)
{
	struct location place;

	ASSERT_OK(chroot_fd(self->layer[NR_LAYERS - 1]));
	place = current_location(_metadata, self->proc);
	IN_CHILD(0) {
		ASSERT_OK(enter_userns(self->proc, 0));
		check_still_at(_metadata, self->proc, place);
		ASSERT_OK(unshare(CLONE_NEWNS));
		ASSERT_OK(access("/layer-3", F_OK));
		ASSERT_ERRNO(EINVAL, umount2("/", MNT_DETACH));
	}

	/* On another one, a task counts as chrooted. */
	ASSERT_OK(chroot_fd(self->layer[1]));
	EXPECT_ERRNO(EPERM, unshare(CLONE_NEWUSER));
}

TEST_HARNESS_MAIN
