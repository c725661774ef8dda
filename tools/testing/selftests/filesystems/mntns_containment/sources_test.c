// SPDX-License-Identifier: GPL-2.0
/*
 * What isn't mounted in the caller's mount namespace can't be copied into a new
 * one: what was unmounted, what is mounted elsewhere, what never was mounted.
 * Detached trees can be, see ../open_tree_ns.
 */
#include <mqueue.h>

#include "containment.h"

FIXTURE(sources)
{
	int proc;
	struct traces before;
};

FIXTURE_VARIANT(sources)
{
	enum caller caller;
};

FIXTURE_VARIANT_ADD(sources, root)
{
	.caller = ROOT,
};

FIXTURE_VARIANT_ADD(sources, userns_root)
{
	.caller = USERNS_ROOT,
};

FIXTURE_VARIANT_ADD(sources, foreign)
{
	.caller = FOREIGN,
};

FIXTURE_SETUP(sources)
{
	if (!set_table(_metadata, &self->proc, INITIAL_USERNS))
		return;
	ASSERT_OK(make_mount("/tree"));
	ASSERT_OK(mkdir("/tree/dir", 0755));
	ASSERT_OK(make_mount("/tree/below"));
	ASSERT_OK(mkdir("/mnt", 0755));
}

FIXTURE_TEARDOWN(sources)
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

TEST_F(sources, are_not_unmounted)
{
	int tree, below;

	ASSERT_OK(mkdir("/tree/below/dir", 0755));
	tree = ASSERT_OK(open("/tree", O_PATH | O_CLOEXEC));
	below = ASSERT_OK(open("/tree/below", O_PATH | O_CLOEXEC));
	ASSERT_OK(umount2("/tree", MNT_DETACH));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, self->proc, tree);
	expect_refusal(_metadata, self->proc, below);
}

/* Unmounted with all that is mounted below it */
TEST_F(sources, are_not_left_over_in_an_unmounted_tree)
{
	int peer, fd;
	pid_t pid;

	ASSERT_OK(mkdir("/tree/below/dir", 0755));
	become(_metadata, self->proc, variant->caller);
	pid = fork_peer(_metadata, 0, &peer);
	if (!pid) {
		/* The mount namespace goes, its root stays. */
		ASSERT_OK(enter_userns(self->proc, CLONE_NEWNS));
		fd = ASSERT_OK(open("/tree/below", O_PATH | O_CLOEXEC));
		ASSERT_OK(sys_unshare(UNSHARE_EMPTY_MNTNS));
		expect_refusal(_metadata, self->proc, fd);
		_exit(0);
	}
	join_child(_metadata, pid);
	close(peer);
}

/* It goes when the file descriptor that stands for it is closed. */
TEST_F(sources, are_not_detached_trees_that_were_closed)
{
	int tree, dir;

	tree = ASSERT_OK(sys_open_tree(AT_FDCWD, "/tree", OPEN_TREE_CLONE |
				       OPEN_TREE_CLOEXEC | AT_RECURSIVE));
	dir = ASSERT_OK(openat(tree, ".", O_PATH | O_CLOEXEC));
	become(_metadata, self->proc, variant->caller);
	/* USERNS_ROOT is in a mount namespace of its own by then. */
	if (variant->caller != USERNS_ROOT)
		close(ASSERT_OK(copy_to_mntns(dir, ".", AT_RECURSIVE)));
	close(tree);
	expect_refusal(_metadata, self->proc, dir);
}

TEST_F(sources, are_not_mounted_in_another_namespace)
{
	struct traces before;
	int tree, ns, proc_dir;

	/* one of the same owner */
	tree = ASSERT_OK(open("/tree", O_PATH | O_CLOEXEC));
	ASSERT_OK(unshare(CLONE_NEWNS));
	ns = ASSERT_OK(copy_to_mntns(AT_FDCWD, "/tree", AT_RECURSIVE));
	become(_metadata, self->proc, variant->caller);
	expect_refusal(_metadata, self->proc, tree);

	/* /proc is from there, too. */
	before = find_traces(_metadata, self->proc);
	proc_dir = ASSERT_OK(openat(self->proc, "self", O_PATH | O_CLOEXEC));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(proc_dir, "", AT_EMPTY_PATH));
	EXPECT_ERRNO(EINVAL, copy_to_mntns(proc_dir, "task", 0));
	close(proc_dir);
	EXPECT_ERRNO(EINVAL, copy_to_mntns(self->proc, "sys", 0));
	/* and a new one, by its root directory */
	check_no_traces(_metadata, self->proc, before);
	close(ns);
}

/* The root of a namespace that the caller made */
TEST_F(sources, are_not_in_a_new_namespace_of_the_caller)
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
		give_turn(_metadata, peer);
		await_turn(_metadata, peer);
		_exit(0);
	}
	close(ns);
	await_turn(_metadata, peer);
	snprintf(path, sizeof(path), "%d/root", pid);
	fd = ASSERT_OK(openat(self->proc, path, O_PATH | O_CLOEXEC));
	expect_refusal(_metadata, self->proc, fd);
	give_turn(_metadata, peer);
	join_child(_metadata, pid);
	close(peer);
}

/* What has no path in any namespace: none of it is a directory. */
TEST_F(sources, are_no_kernel_objects)
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
	fds[nr++] = ASSERT_OK(new_context("tmpfs"));
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
