// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel holds on to, before the soak and after it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <time.h>

#include <linux/membarrier.h>

#include "soak.h"

#define SLAB	"/sys/kernel/slab/"

/*
 * Rounds until all that is on its way out has to be gone, with a pause in each.
 * What the OOM killer chose is the last: two seconds later its reaper takes a
 * look, and until then keeps the task.
 */
#define MAX_ROUNDS	40
#define PAUSE_MSEC	200

/* Rounds without a change until nothing is on its way out */
#define QUIET_ROUNDS	3

/* The number after @key in the file @path, -1 if there is none */
static long read_number(const char *path, const char *key)
{
	char text[4096];
	const char *at;

	if (read_at(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return -1;
	at = strstr(text, key);
	return at ? strtol(at + strlen(key), NULL, 10) : -1;
}

static long count_own_mounts(const struct world *world,
			     const struct account *account)
{
	return count_mounts();
}

/* Those that there are from the caller's on, in one direction */
static long count_from_here(const struct world *world, unsigned long request)
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	int fd = open_mntns(world->proc), next;
	long nr = 0;

	while (fd != -1) {
		next = ioctl(fd, request, &info);
		if (next == -1 && errno != ENOENT)
			nr = -1;
		close(fd);
		fd = next;
		nr += fd != -1;
	}
	return nr;
}

static long count_mntns(const struct world *world,
			const struct account *account)
{
	long after = count_from_here(world, NS_MNT_GET_NEXT);
	long before = count_from_here(world, NS_MNT_GET_PREV);

	return after == -1 || before == -1 ? -1 : before + 1 + after;
}

/*
 * How many children with a new namespace can exist at a time? The rest of @max
 * is still charged.
 */
static long count_charged(const struct world *world, uint64_t flags, int max)
{
	long nr = -1;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		pid_t child = 0;

		if (setpgid(0, 0) || enter_soak_userns(world))
			_exit(1);
		for (nr = 0; nr <= max; nr++) {
			child = fork_with(flags);
			if (child <= 0)
				break;
		}
		if (!child) {
			pause();
			_exit(0);
		}
		nr = child == -1 && errno == ENOSPC ? max - nr : -1;
		write(ends[1], &nr, sizeof(nr));
		signal(SIGTERM, SIG_IGN);
		kill(0, SIGTERM);
		while (wait(NULL) > 0)
			;
		_exit(0);
	}
	close(ends[1]);
	if (pid == -1 || read(ends[0], &nr, sizeof(nr)) != sizeof(nr))
		nr = -1;
	close(ends[0]);
	if (pid != -1)
		waitpid(pid, NULL, 0);
	return nr;
}

static long count_charged_mntns(const struct world *world,
				const struct account *account)
{
	return count_charged(world, CLONE_NEWNS, LIMIT_MNTNS);
}

static long count_charged_userns(const struct world *world,
				 const struct account *account)
{
	return count_charged(world, CLONE_NEWUSER, LIMIT_USERNS);
}

/* kB, as /proc/meminfo has it */
static long count_memory(const struct world *world,
			 const struct account *account)
{
	return read_number("/proc/meminfo", account->name);
}

static long count_objects(const struct world *world,
			  const struct account *account)
{
	char path[128];

	/* Each processor has a slab to itself, which counts as full. */
	snprintf(path, sizeof(path), SLAB "%s/shrink", account->name);
	write_at(AT_FDCWD, path, "1");
	snprintf(path, sizeof(path), SLAB "%s/objects", account->name);
	return read_number(path, "");
}

/*
 * Other tasks and kernel threads of the machine have some objects, so a few
 * more are tolerated. They have no mounts or namespaces.
 */
#define OTHERS	8

struct account ledger[] = {
	{ "mnt_cache", 0, count_objects },
	{ "nsproxy", 0, count_objects },
	{ "user_namespace", 0, count_objects },
	{ "task_struct", OTHERS, count_objects },
	{ "fs_cache", OTHERS, count_objects },
	{ "cred", OTHERS, count_objects },
	{ "pid", OTHERS, count_objects },
	{ "filp", OTHERS, count_objects },
	{ "dentry", OTHERS, count_objects },
	{ "inode_cache", OTHERS, count_objects },
	{ "shmem_inode_cache", OTHERS, count_objects },
	{ "proc_inode_cache", OTHERS, count_objects },
	{ "SUnreclaim:", 512, count_memory },
	{ "Percpu:", 256, count_memory },	/* in chunks of 64 for each CPU */
	{ "mounts where it started", 0, count_own_mounts },
	{ "mount namespaces", 0, count_mntns },
	{ "mount namespaces charged", 0, count_charged_mntns, true },
	{ "user namespaces charged", 0, count_charged_userns, true },
};

unsigned int count_accounts(void)
{
	return ARRAY_SIZE(ledger);
}

/*
 * A processor that is idle holds on to the address space of the task that it
 * ran last, and that to its user namespace. Let it be the caller.
 */
static void visit_processors(void)
{
	cpu_set_t all, one;
	int cpu;

	if (sched_getaffinity(0, sizeof(all), &all))
		return;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
	sched_setaffinity(0, sizeof(all), &all);
}

/*
 * What RCU and work queues have yet to free is still there, and so are inodes
 * that nobody uses, and slabs with nothing in them.
 */
static void push_out(void)
{
	char path[300];
	struct dirent *entry;
	DIR *slabs;

	struct timespec pause = { .tv_nsec = PAUSE_MSEC * 1000 * 1000 };
	int i;

	nanosleep(&pause, NULL);
	visit_processors();
	/* both kinds, and no word of it on the console */
	write_at(AT_FDCWD, "/proc/sys/vm/drop_caches", "7");
	/*
	 * A task, its credentials and their namespace go one after the other.
	 */
	for (i = 0; i < 4; i++)
		syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);

	slabs = opendir(SLAB);
	while (slabs && (entry = readdir(slabs))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), SLAB "%s/shrink", entry->d_name);
		write_at(AT_FDCWD, path, "1");
	}
	if (slabs)
		closedir(slabs);
}

/* Takes the figures that are @intrusive, or the others. Have any changed? */
static bool take_figures(const struct world *world, bool intrusive)
{
	bool changed = false;
	long now;
	int i;

	for (i = 0; i < ARRAY_SIZE(ledger); i++) {
		if (ledger[i].intrusive != intrusive)
			continue;
		now = ledger[i].count(world, &ledger[i]);
		changed |= now != ledger[i].now;
		ledger[i].now = now;
	}
	return changed;
}

static bool is_balanced(bool intrusive)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ledger); i++)
		if (ledger[i].intrusive == intrusive &&
		    ledger[i].now > ledger[i].before + ledger[i].slack)
			return false;
	return true;
}

void open_ledger(const struct world *world)
{
	int rounds, quiet = 0, i;

	for (rounds = 0; rounds < MAX_ROUNDS && quiet < QUIET_ROUNDS;
	     rounds++) {
		push_out();
		quiet = take_figures(world, false) ? 0 : quiet + 1;
	}
	/*
	 * The rest is zero: nothing was charged to that user namespace before
	 * the first life, and what is lost may have reached the limit already.
	 */
	for (i = 0; i < ARRAY_SIZE(ledger); i++)
		ledger[i].before = ledger[i].now;
}

bool close_ledger(const struct world *world)
{
	int rounds;

	for (rounds = 0; rounds < MAX_ROUNDS; rounds++) {
		push_out();
		take_figures(world, false);
		if (!is_balanced(false))
			continue;
		take_figures(world, true);
		if (is_balanced(true))
			return true;
	}
	/* What else is unbalanced is no reason to keep these unknown. */
	if (!is_balanced(false))
		take_figures(world, true);
	return false;
}
