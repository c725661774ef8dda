// SPDX-License-Identifier: GPL-2.0-only
/*
 * Print the frequency of this machine's time stamp counter in kHz, 0 if it has
 * none. It is measured against the clock, as it is written nowhere; on a busy
 * machine the times that were taken in the least time count.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define TRIES		100
#define NSEC_PER_SEC	1000000000ULL

#if defined(__x86_64__) || defined(__i386__)
static uint64_t count(void)
{
	return __builtin_ia32_rdtsc();
}
#else
static uint64_t count(void)
{
	return 0;
}
#endif

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

struct moment {
	uint64_t nsec;
	uint64_t count;
};

static struct moment take(void)
{
	struct moment best = {};
	uint64_t shortest = UINT64_MAX, before, after, counted;
	int i;

	for (i = 0; i < TRIES; i++) {
		before = nanoseconds();
		counted = count();
		after = nanoseconds();
		if (after - before >= shortest)
			continue;
		shortest = after - before;
		best.nsec = before + shortest / 2;
		best.count = counted;
	}
	return best;
}

int main(void)
{
	struct timespec pause = { .tv_nsec = NSEC_PER_SEC / 20 };
	struct moment start = take(), end;

	nanosleep(&pause, NULL);
	end = take();
	return printf("%.0f\n", (end.count - start.count) * 1e6 /
				(end.nsec - start.nsec)) < 0;
}
