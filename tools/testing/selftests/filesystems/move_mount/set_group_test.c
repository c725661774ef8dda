// SPDX-License-Identifier: GPL-2.0
/* A mount with locked children joins no peer group. */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

/*
 *	/tree		a mount with a locked mount that hides a file
 *	/other		the same filesystem, with nothing mounted on it
 *	/free		once more
 * Root of the user namespace may unmount what it mounts on /other. If /tree was
 * a peer, the umount would take the locked mount along.
 */
FIXTURE(peer_group)
{
	int proc;
	int tree;
};

FIXTURE_VARIANT(peer_group)
{
	const char *hidden;
	unsigned long propagation;	/* of /other */
};

FIXTURE_VARIANT_ADD(peer_group, of_shared_mount)
{
	.hidden = "/tree/dir",
	.propagation = MS_SHARED,
};

FIXTURE_VARIANT_ADD(peer_group, of_slave_mount)
{
	.hidden = "/tree/dir",
	.propagation = MS_SLAVE,
};

FIXTURE_VARIANT_ADD(peer_group, of_mount_with_locked_mount_on_its_root)
{
	.hidden = "/tree",
	.propagation = MS_SHARED,
};

FIXTURE_SETUP(peer_group)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_BENEATH))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/other", 0755));
	ASSERT_OK(mkdir("/free", 0755));
	ASSERT_OK(mount("/tree", "/other", NULL, MS_BIND, NULL));
	ASSERT_OK(mount("/tree", "/free", NULL, MS_BIND, NULL));
	ASSERT_OK(chdir("/tree"));
	if (strcmp(variant->hidden, "/tree")) {
		close(ASSERT_OK(hide_secret(variant->hidden)));
	} else {
		ASSERT_OK(make_file("/tree/secret"));
		ASSERT_OK(mount("top", "/tree", "tmpfs", 0, NULL));
	}
	become(_metadata, self->proc, USERNS_ROOT);
	check_is_hidden(_metadata, variant->hidden);
	self->tree = ASSERT_OK(open_path("."));

	ASSERT_OK(mount(NULL, "/other", NULL, MS_SHARED, NULL));
	if (variant->propagation == MS_SLAVE) {
		ASSERT_OK(mount("/other", "/away", NULL, MS_BIND, NULL));
		ASSERT_OK(mount(NULL, "/other", NULL, MS_SLAVE, NULL));
	}
}

FIXTURE_TEARDOWN(peer_group)
{
}

/* The mount @to_fd joins the group of /other. */
static int join_other(int to_fd)
{
	return sys_move_mount(AT_FDCWD, "/other", to_fd, "",
			      MOVE_MOUNT_SET_GROUP | MOVE_MOUNT_T_EMPTY_PATH);
}

TEST_F(peer_group, refuses_mount_with_locked_child)
{
	const char *dir = variant->propagation == MS_SLAVE ? "/away/dir" :
							     "/other/dir";

	EXPECT_REFUSED(EINVAL, join_other(self->tree));
	if (strcmp(variant->hidden, "/tree")) {
		ASSERT_OK(mount("own", dir, "tmpfs", 0, NULL));
		ASSERT_OK(umount2(dir, 0));
	}
	check_is_hidden(_metadata, variant->hidden);
}

TEST_F(peer_group, takes_mount_without_locked_child)
{
	int fd = ASSERT_OK(open_path("/free"));

	ASSERT_OK(mkdir("/free/own", 0755));
	ASSERT_OK(make_mount("/free/own"));
	EXPECT_OK(join_other(fd));
}

TEST_HARNESS_MAIN
