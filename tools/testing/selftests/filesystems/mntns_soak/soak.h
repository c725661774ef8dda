/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of the soak: mntns_soak.c keeps lives going, life.c is what each of
 * them does, ledger.c counts what the kernel holds before and after.
 */
#ifndef __SOAK_H
#define __SOAK_H

#include <stdbool.h>

#include "../mntns_utils.h"

/* xorshift64: the same seed, the same sequence, on every libc */
static inline uint32_t draw(uint64_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (*state >> 32) % below;
}

/* What all lives have in common */
struct world {
	int proc;		/* /proc */
	int pool[2];		/* file descriptors that they pass around */
	int userns;		/* the user namespace of lives without rights */
	unsigned long *done;	/* how often each act succeeded, shared */
};

/* A life: mostly random acts, until they're done or something kills it. */
__noreturn void live(const struct world *world, uint64_t seed);

unsigned int count_acts(void);
const char *act_name(unsigned int act);

/*
 * The user namespace of the lives without rights has these limits, low
 * enough to be met.
 */
#define LIMIT_MNTNS	24
#define LIMIT_USERNS	24

/* Become root in there, and nobody outside. */
int enter_soak_userns(const struct world *world);

/* What the kernel holds */
struct account {
	const char *name;
	long slack;		/* how much more may be left */
	long (*count)(const struct world *world, const struct account *account);
	bool intrusive;		/* counting makes objects that take time to go */
	long before, now;	/* -1: unknown on this kernel */
};

extern struct account ledger[];
unsigned int count_accounts(void);

/* Waits until nothing changes any more and remembers that as the start. */
void open_ledger(const struct world *world);

/* Waits until all is as at the start. Returns false if that takes too long. */
bool close_ledger(const struct world *world);

#endif /* __SOAK_H */
