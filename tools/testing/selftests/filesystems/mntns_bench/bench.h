/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MNTNS_BENCH_H
#define __MNTNS_BENCH_H

#include <sys/sendfile.h>
#include <time.h>

#include "../mntns_utils.h"

/* /proc, and the mount namespace that the benchmark begins with */
extern int proc, own_ns;

#define die(fmt, ...)							\
	do {								\
		fprintf(stderr, "mntns_bench: error: " fmt ": %m\n",	\
			##__VA_ARGS__);					\
		exit(1);						\
	} while (0)

/* For what has to work on every kernel */
#define MUST(call)							\
	({								\
		__typeof__(call) __ret = (call);			\
									\
		if (__ret == -1)					\
			die("%s", #call);				\
		__ret;							\
	})

struct op {
	const char *name;
	int (*prepare)(void);
	int (*make)(void);
	int (*drop)(void);
};

int nothing(void);
int unshare_uts(void);
int unshare_full(void);
int unshare_empty(void);
int fsmount_ns(void);
int fsmount_and_open_tree_ns(void);
int classic(void);
int leave(void);

long long now(void);
int compare(const void *a, const void *b);
long long median(long long *figures, int nr);
void report(const char *axis, int at, const char *what, const char *phase,
	    long long figure);
void settle(void);
void add_mounts(int to);

void over_time(int max);
void over_workers(int mounts);
void count_waits(int mounts);
void say_home(void);

#endif /* __MNTNS_BENCH_H */
