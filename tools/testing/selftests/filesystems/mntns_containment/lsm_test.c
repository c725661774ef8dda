// SPDX-License-Identifier: GPL-2.0
/* Who may not mount anything gets no mount namespace with a mount in it. */
#include "containment.h"

FIXTURE(landlocked)
{
	int proc;
	int detached;	/* an unattached mount */
	int context;	/* one that is ready to be mounted */
};

FIXTURE_VARIANT(landlocked)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(landlocked, root)
{
	.caller = ROOT,
};

FIXTURE_VARIANT_ADD(landlocked, userns_root)
{
	.caller = USERNS_ROOT,
};

FIXTURE_VARIANT_ADD(landlocked, foreign)
{
	.caller = FOREIGN,
};

FIXTURE_SETUP(landlocked)
{
	if (!set_table(_metadata, &self->proc, INITIAL_USERNS))
		return;
	if (!landlock_abi())
		SKIP(return, "no Landlock");
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/mnt", 0755));
	self->detached = ASSERT_OK(new_tmpfs());
	become(_metadata, self->proc, variant->caller);
	self->context = ASSERT_OK(new_context("tmpfs"));
}

FIXTURE_TEARDOWN(landlocked)
{
}

/* Each of the access rights makes it a domain for files. */
TEST_F(landlocked, tasks_get_no_mount_namespace)
{
	unsigned int flags = FSMOUNT_NAMESPACE | FSMOUNT_CLOEXEC;
	static const uint64_t rights[] = {
		LANDLOCK_ACCESS_FS_EXECUTE, LANDLOCK_ACCESS_FS_WRITE_FILE,
		LANDLOCK_ACCESS_FS_READ_FILE, LANDLOCK_ACCESS_FS_MAKE_SYM,
		LANDLOCK_ACCESS_FS_MAKE_BLOCK,
	};
	struct ruleset_attr attr = {};
	int contexts[ARRAY_SIZE(rights)];
	struct traces before;
	unsigned int i;
	pid_t pid;

	for (i = 0; i < ARRAY_SIZE(rights); i++)
		contexts[i] = ASSERT_OK(new_context("tmpfs"));
	before = find_traces(_metadata, self->proc);
	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		attr.handled_access_fs = rights[i];
		pid = ASSERT_OK(fork());
		if (!pid) {
			ASSERT_OK(landlock(attr));
			/* What is refused today */
			EXPECT_ERRNO(EPERM, mount("x", "/mnt", "tmpfs", 0,
						  NULL));
			EXPECT_ERRNO(EPERM, mount_on(self->detached, "/mnt"));

			EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "/tree",
							  0));
			EXPECT_ERRNO(EPERM, copy_to_mntns(AT_FDCWD, "/",
							  AT_RECURSIVE));
			EXPECT_ERRNO(EPERM, copy_to_mntns(self->detached, "",
							  AT_EMPTY_PATH));
			EXPECT_ERRNO(EPERM, sys_fsmount(contexts[i], flags,
							0));
			_exit(0);
		}
		join_child(_metadata, pid);
		check_no_traces(_metadata, self->proc, before);
	}

	/* Nothing else was wrong with it. */
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/", AT_RECURSIVE));
	EXPECT_OK(sys_fsmount(self->context, flags, 0));
}

/* A domain that has nothing to do with files refuses no mount. */
TEST_F(landlocked, tasks_are_refused_no_more_than_mounts_are)
{
	struct ruleset_attr attr = { .scoped = LANDLOCK_SCOPE_SIGNAL };

	if (landlock_abi() < 6)
		SKIP(return, "no Landlock scopes");

	ASSERT_OK(landlock(attr));
	if (variant->caller != FOREIGN)
		EXPECT_OK(mount("x", "/mnt", "tmpfs", 0, NULL));
	EXPECT_OK(copy_to_mntns(AT_FDCWD, "/", AT_RECURSIVE));
	EXPECT_OK(sys_fsmount(self->context, FSMOUNT_NAMESPACE, 0));
}

TEST_HARNESS_MAIN
