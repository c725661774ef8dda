/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the mount namespace samples: system calls that libc may not have,
 * the list of mounts, and steps, which print a call and check its result.
 */
#ifndef _MNTNS_SAMPLE_H
#define _MNTNS_SAMPLE_H

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/sched.h>

/* In case the headers are older than the kernel */
#ifndef UNSHARE_EMPTY_MNTNS
#define UNSHARE_EMPTY_MNTNS	0x00100000
#endif
#ifndef CLONE_EMPTY_MNTNS
#define CLONE_EMPTY_MNTNS	0x2000000000ULL
#endif
#ifndef FSMOUNT_NAMESPACE
#define FSMOUNT_NAMESPACE	0x00000002
#endif
#ifndef OPEN_TREE_NAMESPACE
#define OPEN_TREE_NAMESPACE	0x00000002
#endif
#ifndef MNT_DETACH	/* <sys/mount.h> may clash with <linux/mount.h> */
#define MNT_DETACH		2
#endif
#ifndef NULL_FS_MAGIC
#define NULL_FS_MAGIC		0x4E554C4C
#endif
#ifndef __NR_statmount
#define __NR_statmount		457
#endif
#ifndef __NR_listmount
#define __NR_listmount		458
#endif

static inline int open_tree(int dfd, const char *path, unsigned int flags)
{
	return syscall(__NR_open_tree, dfd, path, flags);
}

static inline int move_mount(int from_dfd, const char *from_path,
			     int to_dfd, const char *to_path,
			     unsigned int flags)
{
	return syscall(__NR_move_mount, from_dfd, from_path, to_dfd, to_path,
		       flags);
}

static inline int fsopen(const char *type, unsigned int flags)
{
	return syscall(__NR_fsopen, type, flags);
}

static inline int fsconfig(int fsfd, unsigned int cmd, const char *key,
			   const void *value, int aux)
{
	return syscall(__NR_fsconfig, fsfd, cmd, key, value, aux);
}

static inline int fsmount(int fsfd, unsigned int flags, unsigned int attr_flags)
{
	return syscall(__NR_fsmount, fsfd, flags, attr_flags);
}

static inline int mount(const char *source, const char *point, const char *type,
			unsigned long flags, const char *options)
{
	return syscall(__NR_mount, source, point, type, flags, options);
}

static inline int umount2(const char *point, int flags)
{
	return syscall(__NR_umount2, point, flags);
}

static inline int pivot_root(const char *new_root, const char *put_old)
{
	return syscall(__NR_pivot_root, new_root, put_old);
}

static inline ssize_t listmount(__u64 id, __u64 *list, size_t max)
{
	struct mnt_id_req req = {
		.size = MNT_ID_REQ_SIZE_VER0,
		.mnt_id = id,
	};

	return syscall(__NR_listmount, &req, list, max, 0);
}

static inline int statmount(__u64 id, __u64 mask, struct statmount *sm,
			    size_t size)
{
	struct mnt_id_req req = {
		.size = MNT_ID_REQ_SIZE_VER0,
		.mnt_id = id,
		.param = mask,
	};

	return syscall(__NR_statmount, &req, sm, size, 0);
}

/*
 * Steps: each prints a call and its result, and compares it with the expected
 * result.
 */

/* Shared memory, since child processes make steps too */
static struct tally {
	unsigned int steps;
	unsigned int expected;
} *tally;

static inline void begin_steps(void)
{
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	/* A buffer would be printed by every child, or lost with one. */
	setvbuf(stdout, NULL, _IOLBF, 0);
}

/* Prints the last line, returns the exit status. */
static inline int end_steps(void)
{
	printf("\n%u of %u steps gave the expected result\n", tally->expected,
	       tally->steps);
	return tally->expected == tally->steps ? 0 : 1;
}

static inline void step(bool ok, const char *what, const char *result,
			const char *expected)
{
	tally->steps++;
	tally->expected += ok;
	printf("  %s  %s = %s\n", ok ? "ok" : "NO", what, result);
	if (!ok)
		printf("      expected: %s\n", expected);
}

static inline void step_text(const char *what, const char *result,
			     const char *expected)
{
	step(!strcmp(result, expected), what, result, expected);
}

static inline void step_number(const char *what, unsigned long long result,
			       unsigned long long expected)
{
	char r[24], e[24];

	snprintf(r, sizeof(r), "%llu", result);
	snprintf(e, sizeof(e), "%llu", expected);
	step(result == expected, what, r, e);
}

/* The result of a system call, in words */
static inline const char *in_words(long ret)
{
	static char text[128];

	if (ret < 0)
		snprintf(text, sizeof(text), "-1 (%s)", strerror(errno));
	else
		snprintf(text, sizeof(text), "%ld", ret);
	return text;
}

static inline long step_call(const char *call, long ret)
{
	step(ret >= 0, call, in_words(ret), "success");
	if (ret < 0)
		exit(1);
	return ret;
}

static inline void step_error(const char *call, long ret, int error,
			      const char *name)
{
	bool ok = ret < 0 && errno == error;
	char expected[32];

	snprintf(expected, sizeof(expected), "-1 %s", name);
	step(ok, call, ok ? expected : in_words(ret), expected);
}

/*
 * A system call that has to succeed, printed as it is written in the source.
 * The steps after it depend on it, so a failure ends the process.
 */
#define MUST(call)		step_call(#call, call)

/* A system call that has to fail with this error */
#define FAILS(call, error)	step_error(#call, call, error, #error)

/* Wait for a child process that makes steps. */
static inline void wait_for_steps(pid_t child)
{
	int status = 0;

	if (waitpid(child, &status, 0) < 0)
		step_call("waitpid(child, &status, 0)", -1);
	/* A child that exits early has printed the reason: see step_call(). */
	if (WIFSIGNALED(status))
		step_text("child process", strsignal(WTERMSIG(status)), "exit");
}

/* Run @part in a child process, whose mounts and privileges may change. */
static inline void in_child(void (*part)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		part();
		exit(0);
	}
	if (pid < 0)
		step_call("fork()", pid);
	wait_for_steps(pid);
}

/* @title is what @part shows, @why what it is good for. */
static inline void show_title(const char *title, const char *why)
{
	printf("\n%s\n%s\n\n", title, why);
}

static inline void run(const char *title, const char *why, void (*part)(void))
{
	show_title(title, why);
	in_child(part);
}

/*
 * Run a whole sample; return its exit status. The caller has tried @call to see
 * whether the kernel has @feature: the call failed with @error, or 0.
 */
static inline int show(const char *feature, void (*sample)(void),
		       const char *call, int error)
{
	struct utsname uts;

	uname(&uts);
	switch (error) {
	case EINVAL:
		printf("Linux %s has no %s:\n", uts.release, feature);
		printf("%s fails with EINVAL.\n", call);
		return 4;
	case EPERM:
		printf("This needs CAP_SYS_ADMIN: run it as root.\n");
		return 1;
	}
	printf("\n=== Linux %s: %s ===\n", uts.release, feature);
	begin_steps();
	in_child(sample);
	return end_steps();
}

/*
 * From root to a user without privileges, and to root in a user namespace
 */

#define NOBODY	65534

static inline void become_nobody(void)
{
	MUST(setgroups(0, NULL));
	MUST(setresgid(NOBODY, NOBODY, NOBODY));
	MUST(setresuid(NOBODY, NOBODY, NOBODY));
	/* The /proc/self of a process that was root belongs to root otherwise. */
	MUST(prctl(PR_SET_DUMPABLE, 1));
}

static inline ssize_t write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ssize_t ret;

	if (fd < 0)
		return -1;
	ret = write(fd, text, strlen(text));
	close(fd);
	return ret;
}

static inline const char *read_file(const char *path)
{
	static char text[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return strerror(errno);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return "(unreadable)";
	text[n] = '\0';
	return text;
}

/* This needs /proc, so call it before /proc is out of reach. */
static inline void map_nobody_to_root(void)
{
	MUST(write_file("/proc/self/setgroups", "deny"));
	MUST(write_file("/proc/self/uid_map", "0 65534 1"));
	MUST(write_file("/proc/self/gid_map", "0 65534 1"));
	step_number("getuid()", getuid(), 0);
}

/*
 * Mounts
 */

#define MAX_MOUNTS 512

struct mount {
	__u64 id;		/* no other mount ever gets this ID */
	__u64 parent;
	unsigned int id_old;	/* the ID in /proc/self/mountinfo, may be reused */
	unsigned int parent_old;
	__u64 ns;
	char type[32];
	char point[256];
};

struct mount_list {
	size_t n;
	struct mount mount[MAX_MOUNTS];
};

static inline struct mount get_mount(__u64 id)
{
	union {
		struct statmount sm;
		char space[8192];	/* for the strings at its end */
	} buf;
	struct statmount *sm = &buf.sm;
	struct mount m = { .id = id };

	if (statmount(id, STATMOUNT_MNT_BASIC | STATMOUNT_MNT_POINT |
		      STATMOUNT_MNT_NS_ID | STATMOUNT_FS_TYPE, sm, sizeof(buf)) < 0)
		step_call("statmount(id, mask, sm, size)", -1);
	m.parent = sm->mnt_parent_id;
	m.id_old = sm->mnt_id_old;
	m.parent_old = sm->mnt_parent_id_old;
	m.ns = sm->mnt_ns_id;
	snprintf(m.type, sizeof(m.type), "%s", sm->str + sm->fs_type);
	/* A mount beneath the caller's root has no path below that root. */
	snprintf(m.point, sizeof(m.point), "%s",
		 sm->mask & STATMOUNT_MNT_POINT ?
		 sm->str + sm->mnt_point : "(beneath /)");
	return m;
}

static inline void print_mount(const struct mount *m)
{
	printf("%10u  %6u  %-10s  %s\n", m->id_old, m->parent_old, m->type,
	       m->point);
}

/* List the mounts that the caller can see from its root, and print them. */
static inline void list_mounts(struct mount_list *list)
{
	static __u64 ids[MAX_MOUNTS];
	size_t i;

	list->n = MUST(listmount(LSMT_ROOT, ids, MAX_MOUNTS));
	printf("\n%10s  %6s  %-10s  %s\n", "mount id", "parent", "type",
	       "mount point");
	for (i = 0; i < list->n; i++) {
		list->mount[i] = get_mount(ids[i]);
		print_mount(&list->mount[i]);
	}
	printf("\n");
}

static inline const struct mount *find_mount(const struct mount_list *list,
					     const char *point)
{
	static const struct mount none;
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!strcmp(list->mount[i].point, point))
			return &list->mount[i];
	return &none;
}

/*
 * The number of mounts that unshare(CLONE_NEWNS) copies. It leaves out bind
 * mounts of mount namespace files, which for example snapd has.
 */
static inline size_t count_copied(const struct mount_list *list)
{
	size_t i, n = 0;

	for (i = 0; i < list->n; i++)
		n += strcmp(list->mount[i].type, "nsfs") != 0;
	return n;
}

#endif /* _MNTNS_SAMPLE_H */
