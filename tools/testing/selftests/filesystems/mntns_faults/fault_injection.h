/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An allocation of a system call fails: the first one, then the second, until
 * none is left.
 */
#ifndef __FAULT_INJECTION_H
#define __FAULT_INJECTION_H

#include <linux/membarrier.h>

/* shared by a test and its children, which make the call */
struct fault {
	int fd;			/* /proc/PID/fail-nth of the child */
	int nth;		/* the allocation that fails */
	bool failed;		/* did it? */
};

/*
 * Lets faults happen to allocations that may sleep, too, and without a stack
 * trace on the console for each: @debugfs is the root of one. The kernel starts
 * with what @on = false sets. Returns -1 if it has no fault injection.
 */
static inline int switch_faults(int debugfs, bool on)
{
	static const char * const kinds[] = { "failslab", "fail_page_alloc" };
	char path[64];
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(path, sizeof(path), "%s/ignore-gfp-wait", kinds[i]);
		if (write_at(debugfs, path, "%s", on ? "N" : "Y"))
			return -1;
		snprintf(path, sizeof(path), "%s/verbose", kinds[i]);
		if (write_at(debugfs, path, "%d", on ? 0 : 2))
			return -1;
	}
	return 0;
}

/* With 0 no allocation fails. */
static inline int fail_nth(struct fault *fault, int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", nth);

	return pwrite(fault->fd, text, len, 0) == len ? 0 : -1;
}

/* The file has the number of allocations before the one that fails. */
static inline int note_fault(struct fault *fault)
{
	char text[16] = "";

	if (pread(fault->fd, text, sizeof(text) - 1, 0) <= 0)
		return -1;
	fault->failed = !atoi(text);
	return fail_nth(fault, 0);
}

/* What @call returns with the allocation of @which failing, and its errno */
#define WITH_FAULT(which, call)						\
	({								\
		struct fault *__fault = (which);			\
		__typeof__(call) __result;				\
		int __err;						\
									\
		ASSERT_OK(fail_nth(__fault, __fault->nth));		\
		__result = (call);					\
		__err = errno;						\
		ASSERT_OK(note_fault(__fault));				\
		errno = __err;						\
		__result;						\
	})

/*
 * Runs @attempt(@data), which has to use WITH_FAULT() once, in a child for
 * each allocation of that call.
 */
static inline void fail_each(struct __test_metadata *_metadata, int proc,
			     void (*attempt)(struct __test_metadata *_metadata,
					     struct fault *fault, void *data),
			     void *data)
{
	struct fault *fault;

	fault = mmap(NULL, sizeof(*fault), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(fault != MAP_FAILED) TH_LOG("mmap(): %m");
	do {
		fault->nth++;
		IN_CHILD(0) {
			fault->fd = ASSERT_OK(openat(proc, "self/fail-nth",
						     O_RDWR | O_CLOEXEC));
			attempt(_metadata, fault, data);
		}
	} while (fault->failed);

	TH_LOG("%d allocations failed, one after the other", fault->nth - 1);
	ASSERT_LT(3, fault->nth) TH_LOG("too few allocations");
	munmap(fault, sizeof(*fault));
}

/*
 * How many mounts the kernel has, attached or detached, or -1. @slab is
 * /sys/kernel/slab. A freed mount counts until an RCU grace period is over, and
 * with KASAN until the cache is shrunk.
 */
static inline int count_all_mounts(int slab)
{
	char text[64];

	if (read_at(slab, "mnt_cache/red_zone", text, sizeof(text)) <= 0 ||
	    !atoi(text) || write_at(slab, "mnt_cache/shrink", "1") ||
	    read_at(slab, "mnt_cache/objects", text, sizeof(text)) <= 0)
		return -1;
	return atoi(text);
}

/* The same, when it does not change any more in some grace periods */
static inline int settle_all_mounts(int slab)
{
	int nr = INT_MAX, last, unchanged = 0;

	do {
		last = nr;
		nr = count_all_mounts(slab);
		unchanged = nr < last ? 0 : unchanged + 1;
		syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
		sched_yield();
	} while (nr != -1 && unchanged < 4);
	return nr;
}

#endif /* __FAULT_INJECTION_H */
