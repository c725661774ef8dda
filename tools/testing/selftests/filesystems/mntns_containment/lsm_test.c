// SPDX-License-Identifier: GPL-2.0
/* A task that Landlock forbids to mount gets no new mount namespace. */
#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

FIXTURE(landlock_domain)
{
	int proc;
	int detached;	/* a detached mount */
	int context;	/* a filesystem context */
};

FIXTURE_VARIANT(landlock_domain)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(landlock_domain, root) { ROOT };
FIXTURE_VARIANT_ADD(landlock_domain, userns_root) { USERNS_ROOT };
FIXTURE_VARIANT_ADD(landlock_domain, unprivileged) { UNPRIVILEGED };

FIXTURE_SETUP(landlock_domain)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	if (!landlock_abi())
		SKIP(return, "no Landlock");
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/mnt", 0755));
	self->detached = ASSERT_OK(new_tmpfs());
	become(_metadata, self->proc, variant->caller);
	self->context = ASSERT_OK(new_fs_context("tmpfs"));
}

FIXTURE_TEARDOWN(landlock_domain)
{
}

TEST_F(landlock_domain, for_files_forbids_new_mount_namespaces)
{
	static const uint64_t rights[] = {
		LANDLOCK_ACCESS_FS_EXECUTE, LANDLOCK_ACCESS_FS_WRITE_FILE,
		LANDLOCK_ACCESS_FS_READ_FILE, LANDLOCK_ACCESS_FS_MAKE_SYM,
		LANDLOCK_ACCESS_FS_MAKE_BLOCK,
	};
	struct ruleset_attr attr = {};
	int contexts[ARRAY_SIZE(rights)];
	struct traces before;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rights); i++)
		contexts[i] = ASSERT_OK(new_fs_context("tmpfs"));
	before = find_traces(_metadata, self->proc);
	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		attr.handled_access_fs = rights[i];
		IN_CHILD(0) {
			ASSERT_OK(landlock(attr));
			/* also without a new mount namespace */
			EXPECT_ERRNO(EPERM, mount("x", "/mnt", "tmpfs", 0,
						  NULL));
			EXPECT_ERRNO(EPERM, mount_on(self->detached, "/mnt"));

			EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "/tree",
							  0));
			EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "/",
							  AT_RECURSIVE));
			EXPECT_ERRNO(EPERM, copy_to_mntns(self->detached, "",
							  AT_EMPTY_PATH));
			EXPECT_ERRNO(EPERM, sys_fsmount(contexts[i], NS_FLAGS,
							0));
		}
		check_no_traces(_metadata, self->proc, before);
	}

	/* The calls work outside the domain. */
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/", AT_RECURSIVE));
	EXPECT_OK(sys_fsmount(self->context, NS_FLAGS, 0));
}

TEST_F(landlock_domain, for_signals_allows_new_mount_namespaces)
{
	struct ruleset_attr attr = { .scoped = LANDLOCK_SCOPE_SIGNAL };

	if (landlock_abi() < 6)
		SKIP(return, "no Landlock scopes");

	ASSERT_OK(landlock(attr));
	if (variant->caller != UNPRIVILEGED)
		EXPECT_OK(mount("x", "/mnt", "tmpfs", 0, NULL));
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/", AT_RECURSIVE));
	EXPECT_OK(sys_fsmount(self->context, FSMOUNT_NAMESPACE, 0));
}

TEST_HARNESS_MAIN
