// SPDX-License-Identifier: GPL-2.0
/*
 * OPEN_TREE_NAMESPACE copies what is mounted in the caller's mount namespace,
 * or is a detached tree (see ../open_tree_ns), and nothing else.
 */
#include <mqueue.h>

#include "../../kselftest_harness.h"
#include "../mntns_utils.h"

FIXTURE(copy_to_new_mntns)
{
	int proc;
	struct traces before;
};

FIXTURE_VARIANT(copy_to_new_mntns)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(copy_to_new_mntns, root) { ROOT };
FIXTURE_VARIANT_ADD(copy_to_new_mntns, userns_root) { USERNS_ROOT };
FIXTURE_VARIANT_ADD(copy_to_new_mntns, unprivileged) { UNPRIVILEGED };

FIXTURE_SETUP(copy_to_new_mntns)
{
	if (!set_scene(_metadata, &self->proc, TMPFS, NEEDS_ALL_FLAGS))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/dir", 0755));
	ASSERT_OK(make_mount("/tree/below"));
	ASSERT_OK(mkdir("/mnt", 0755));
}

FIXTURE_TEARDOWN(copy_to_new_mntns)
{
}

/* Neither the directory @fd nor what is in there can be copied. */
static void expect_refusal(struct __test_metadata *_metadata, int proc, int fd)
{
	struct traces before = find_traces(_metadata, proc);
	static const unsigned int flags[] = { 0, AT_RECURSIVE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		EXPECT_ERRNO(EINVAL, copy_to_mntns(fd, "",
						   AT_EMPTY_PATH | flags[i]));
		EXPECT_ERRNO(EINVAL, copy_to_mntns(fd, ".", flags[i]));
		EXPECT_ERRNO(EINVAL, copy_to_mntns(fd, "dir", flags[i]));
	}
	check_no_traces(_metadata, proc, before);
}

TEST_F(copy_to_new_mntns, refuses_unmounted_mounts)
{
	int tree, below;

	ASSERT_OK(mkdir("/tree/below/dir", 0755));
	tree = ASSERT_OK(open_path("/tree"));
	below = ASSERT_OK(open_path("/tree/below"));
	ASSERT_OK(umount2("/tree", MNT_DETACH));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, self->proc, tree);
	expect_refusal(_metadata, self->proc, below);
}

TEST_F(copy_to_new_mntns, refuses_mounts_of_a_mount_namespace_that_is_gone)
{
	int peer, fd;
	pid_t pid;

	ASSERT_OK(mkdir("/tree/below/dir", 0755));
	become(_metadata, self->proc, variant->caller);
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_OK(enter_userns(self->proc, CLONE_NEWNS));
		fd = ASSERT_OK(open_path("/tree/below"));
		ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
		expect_refusal(_metadata, self->proc, fd);
		_exit(0);
	}
	join_child(_metadata, pid);
	close(peer);
}

TEST_F(copy_to_new_mntns, refuses_a_detached_tree_that_was_closed)
{
	int tree, dir;

	tree = ASSERT_OK(copy_of("/tree", AT_RECURSIVE));
	dir = ASSERT_OK(openat(tree, ".", O_PATH | O_CLOEXEC));
	become(_metadata, self->proc, variant->caller);
	/* USERNS_ROOT is in a mount namespace of its own. */
	if (variant->caller != USERNS_ROOT)
		close(ASSERT_OK(copy_to_mntns(dir, ".", AT_RECURSIVE)));
	close(tree);
	expect_refusal(_metadata, self->proc, dir);
}

TEST_F(copy_to_new_mntns, refuses_mounts_of_another_namespace)
{
	struct traces before;
	int tree, ns, proc_dir;

	tree = ASSERT_OK(open_path("/tree"));
	ASSERT_OK(unshare(CLONE_NEWNS));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, self->proc, tree);

	/* /proc is mounted in the one that the test began in. */
	before = find_traces(_metadata, self->proc);
	proc_dir = ASSERT_OK(openat(self->proc, "self", O_PATH | O_CLOEXEC));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(proc_dir, "", AT_EMPTY_PATH));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(proc_dir, "task", 0));
	close(proc_dir);
	EXPECT_ERRNO(EINVAL, copy_to_mntns(self->proc, "sys", 0));
	check_no_traces(_metadata, self->proc, before);
	close(ns);
}

TEST_F(copy_to_new_mntns, refuses_mounts_of_a_new_namespace_of_the_caller)
{
	int ns, peer, fd;
	char path[32];
	pid_t pid;

	become(_metadata, self->proc, variant->caller);
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		ASSERT_OK(setns(ns, CLONE_NEWNS));
		close(ns);
		pass_turn(_metadata, peer);
		_exit(0);
	}
	close(ns);
	await_turn(_metadata, peer);
	snprintf(path, sizeof(path), "%d/root", pid);
	fd = ASSERT_OK(openat(self->proc, path, O_PATH | O_CLOEXEC));
	expect_refusal(_metadata, self->proc, fd);
	end_peer(_metadata, pid, peer);
}

TEST_F(copy_to_new_mntns, refuses_kernel_objects)
{
	static const char * const namespaces[] = {
		"self/ns/mnt", "self/ns/user", "self/ns/pid", "self/ns/uts",
	};
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	struct traces before;
	int fds[16], nr = 0, i, pipes[2], sockets[2];
	pid_t pid;

	become(_metadata, self->proc, variant->caller);
	before = find_traces(_metadata, self->proc);
	for (i = 0; i < ARRAY_SIZE(namespaces); i++) {
		fds[nr] = openat(self->proc, namespaces[i], O_RDONLY);
		if (fds[nr] != -1)
			nr++;
	}
	ASSERT_LT(0, nr);
	pid = ASSERT_OK(fork());
	if (!pid) {
		pause();
		_exit(0);
	}
	fds[nr++] = ASSERT_OK(syscall(__NR_pidfd_open, pid, 0));
	ASSERT_OK(pipe(pipes));
	fds[nr++] = pipes[0];
	fds[nr++] = pipes[1];
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	fds[nr++] = sockets[0];
	fds[nr++] = sockets[1];
	fds[nr++] = ASSERT_OK(syscall(__NR_memfd_create, "memfd", 0));
	fds[nr++] = ASSERT_OK(new_fs_context("tmpfs"));
	fds[nr] = syscall(__NR_mq_open, "mntns_test", O_CREAT | O_RDWR, 0600,
			  &attr);
	if (fds[nr] != -1) {
		syscall(__NR_mq_unlink, "mntns_test");
		nr++;
	}

	for (i = 0; i < nr; i++) {
		EXPECT_ERRNO(ENOTDIR, copy_to_mntns(fds[i], "",
						    AT_EMPTY_PATH));
		EXPECT_ERRNO(ENOTDIR, copy_to_mntns(fds[i], "", AT_EMPTY_PATH |
						    AT_RECURSIVE));
		EXPECT_ERRNO(ENOTDIR, copy_to_mntns(fds[i], "..", 0));
		close(fds[i]);
	}
	ASSERT_OK(kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	check_no_traces(_metadata, self->proc, before);
}

TEST_HARNESS_MAIN
