// SPDX-License-Identifier: GPL-2.0
/*
 * Time, and what is waited for, where processors wait for each other: on two and
 * more of them, without -icount. What is compared takes turns within one boot, so
 * that noise hits all alike.
 */
#include <ctype.h>

#include "bench.h"

/*
 * A life is that of a container, from making a child to having waited for it:
 *
 *   start	from the first call that makes the namespace, until the child is
 *		at home: in its namespace and its root
 *   end	from then on
 *   whole	from making the child to having waited for it
 *
 * What a child takes that only exits is subtracted, but not from a start that
 * begins in the child. A ratio compares a way with another one, in hundredths:
 * the median, the lowest and the highest of what some blocks of turns come to.
 */
enum { START, END, WHOLE, NR_PHASES };
static const char * const phases[] = { "start", "end", "whole" };

static const struct way {
	const char *name;
	uint64_t flags;
	int (*start)(void);
	const char *launch;	/* the way that the launcher takes instead */
	int other, ratio_of;
} ways[] = {
	{ "clone_plain", .start = nothing },
	{ "clone_uts", CLONE_NEWUTS, nothing, .other = 1 },
	{ "clone_empty", CLONE_EMPTY_MNTNS, nothing, .other = 1, WHOLE },
	/* The following take a while, or leave much to be freed: fewer turns. */
#define FIRST_SLOW	3
	{ "fsmount_ns", 0, fsmount_ns, .other = 3 },
	{ "fsmount_open_tree_ns", 0, fsmount_and_open_tree_ns, .other = 3, START },
	{ "launch_namespace", .launch = "namespace", .other = 5 },
	{ "launch_empty", .launch = "empty", .other = 5, START },
	{ "launch_beneath", .launch = "beneath", .other = 5, START },
	{ "launch_pivot", .launch = "pivot", .other = 5, START },
	{ "classic", 0, classic, .other = 3, START },
	{ "clone_full", CLONE_NEWNS, nothing, .other = 1, WHOLE },
};

#define BLOCKS		5
#define TURNS		60
#define TURN		10000000LL
#define MAX_AT_ONCE	4

static struct turn {
	/* Each worker has a share of its own, children included. */
	struct share {
		long long begin, home, lives, took[NR_PHASES];
	} of[MAX_AT_ONCE];
	int ready, failed;
} *turn;

/* What the launcher starts: the time goes to standard output. */
void say_home(void)
{
	long long home = now();

	if (write(STDOUT_FILENO, &home, sizeof(home)) != sizeof(home))
		exit(1);
}

/* The root of launched commands has this program, and a place for a /proc. */
#define ROOT_DIR	"/tmp/root"

static void make_root(void)
{
	int from, to;

	MUST(mkdir(ROOT_DIR, 0755));
	MUST(mkdir(ROOT_DIR "/proc", 0755));
	from = MUST(open("/proc/self/exe", O_RDONLY));
	to = MUST(open(ROOT_DIR "/bench", O_WRONLY | O_CREAT, 0755));
	while (MUST(sendfile(to, from, NULL, INT_MAX)))
		;
	close(from);
	close(to);
}

static void start_launcher(const char *way, int home)
{
	dup2(home, STDOUT_FILENO);
	dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
	execlp("mntns-launch", "mntns-launch", "-w", way, "-d", ROOT_DIR,
	       "/bench", "home", NULL);
	_exit(1);
}

static bool begins_in_child(const struct way *way)
{
	return way->start && way->start != nothing;
}

static bool live(const struct way *way, struct share *share)
{
	long long begin, end;
	int fds[2], status;
	pid_t pid;

	MUST(pipe2(fds, O_CLOEXEC | O_NONBLOCK));
	begin = now();
	share->begin = begin;
	pid = fork_with(way->flags);
	if (!pid) {
		if (way->launch)
			start_launcher(way->launch, fds[1]);
		share->home = 0;	/* The page is there from here on. */
		if (begins_in_child(way))
			share->begin = now();
		if (way->start())
			_exit(1);
		share->home = now();
		_exit(0);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		status = 1;
	end = now();
	if (way->launch && read(fds[0], &share->home, sizeof(share->home)) < 0)
		status = 1;
	close(fds[0]);
	close(fds[1]);
	share->took[START] += share->home - share->begin;
	share->took[END] += end - share->home;
	share->took[WHOLE] += end - begin;
	share->lives++;
	return !status;
}

/* Each worker makes children, one after the other; the first one warms caches. */
static void take_turn(const struct way *way, int workers)
{
	struct share first = {};
	long long begin;
	int i, status;
	bool done;

	memset(turn, 0, sizeof(*turn));
	for (i = 0; i < workers; i++) {
		if (MUST(fork()))
			continue;
		live(way, &first);
		__atomic_add_fetch(&turn->ready, 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&turn->ready, __ATOMIC_SEQ_CST) < workers)
			sched_yield();
		begin = now();
		do
			done = live(way, turn->of + i);
		while (done && now() - begin < TURN);
		_exit(!done);
	}
	while (wait(&status) > 0)
		turn->failed |= status;
}

/* The mean of a turn */
static long long took(int workers, int phase)
{
	long long lives = 0, sum = 0;

	while (workers--) {
		lives += turn->of[workers].lives;
		sum += turn->of[workers].took[phase];
	}
	return sum / lives;
}

static void take_turns(int workers, int mounts)
{
	/* What each way took, by phase and turn */
	static long long all[ARRAY_SIZE(ways)][NR_PHASES][BLOCKS * TURNS];
	const int every = mounts > 1000 ? TURNS / 2 : TURNS / 15;
	long long medians[ARRAY_SIZE(ways)][BLOCKS], ratios[BLOCKS], middle;
	bool failed[ARRAY_SIZE(ways)] = {};
	int i, k, w, phase, turns;
	const struct way *way;
	char axis[32];

	for (i = 0; i < BLOCKS * TURNS; i++) {
		for (k = 0; k < ARRAY_SIZE(ways); k++) {
			/* The first one finds cold caches: not always the same. */
			w = k < FIRST_SLOW ? (k + i) % FIRST_SLOW : k;
			if (failed[w] || (w >= FIRST_SLOW && i % every))
				continue;
			take_turn(ways + w, workers);
			failed[w] = turn->failed;
			for (phase = 0; phase < NR_PHASES; phase++)
				all[w][phase][w < FIRST_SLOW ? i : i / every] =
					took(workers, phase);
		}
		if (!(i % every))
			settle();
	}
	/* Those without a namespace come last: the others need them. */
	for (w = ARRAY_SIZE(ways) - 1; w >= 0; w--)
		for (phase = begins_in_child(ways + w) ? END : START;
		     w && phase < NR_PHASES; phase++)
			for (i = 0; i < BLOCKS * TURNS; i++) {
				k = w < FIRST_SLOW ? i : i * every;
				if (k < BLOCKS * TURNS)
					all[w][phase][i] -= all[0][phase][k];
			}
	snprintf(axis, sizeof(axis), "time-%d", workers);
	for (phase = 0; phase < NR_PHASES; phase++) {
		for (w = 0; w < ARRAY_SIZE(ways); w++) {
			way = ways + w;
			turns = TURNS / (w < FIRST_SLOW ? 1 : every);
			for (i = 0; i < BLOCKS; i++)
				medians[w][i] = median(all[w][phase] + i * turns,
						       turns);
			for (i = 0; i < BLOCKS; i++)
				ratios[i] = medians[way->other][i] > 0 ?
					    100 * medians[w][i] /
					    medians[way->other][i] : 0;
			middle = median(all[w][phase], BLOCKS * turns);
			report(axis, mounts, way->name, phases[phase],
			       failed[w] ? -1 : middle < 0 ? 0 : middle);
			if (failed[w] || failed[way->other] ||
			    w == way->other || phase != way->ratio_of)
				continue;
			report(axis, mounts, way->name, "ratio",
			       median(ratios, BLOCKS));
			report(axis, mounts, way->name, "ratio_lowest",
			       ratios[0]);
			report(axis, mounts, way->name, "ratio_highest",
			       ratios[BLOCKS - 1]);
		}
	}
}

static void prepare(void)
{
	turn = mmap(NULL, sizeof(*turn), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (turn == MAP_FAILED)
		die("mmap");
	MUST(mkdir("/tmp/source", 0755));
	make_root();
}

void over_time(int max)
{
	static const int points[] = { 0, 100, 1000, 10000 };
	int i, workers;

	prepare();
	for (i = 0; i < ARRAY_SIZE(points) && points[i] <= max; i++) {
		add_mounts(points[i]);
		for (workers = 1; workers <= MAX_AT_ONCE; workers *= 2)
			take_turns(workers, points[i]);
	}
}

/*
 * What a life waits for: grace periods, as a probe on each function counts who
 * waits, and how often another processor is interrupted by function calls while
 * all of them are busy. In hundredths of a time.
 */
#define LIVES		100
#define TRACING		"/mnt/"

enum { NORMAL, EXPEDITED, INTERRUPTS, NR_WAITS };
static const char * const waits[] = {
	"grace_periods", "expedited_grace_periods", "interrupts"
};

static bool probe(const char *name, const char *function)
{
	int fd = MUST(open(TRACING "kprobe_events", O_WRONLY | O_APPEND));
	bool done = dprintf(fd, "p:%s %s\n", name, function) > 0;

	close(fd);
	return done;
}

static void probe_waits(void)
{
	if (mount("tracefs", TRACING, "tracefs", 0, NULL) ||
	    access(TRACING "kprobe_events", W_OK) ||
	    !probe(waits[NORMAL], "synchronize_rcu") ||
	    !probe(waits[EXPEDITED], "synchronize_rcu_expedited") ||
	    write_at(AT_FDCWD, TRACING "events/kprobes/enable", "1") < 0)
		fputs("mntns_bench: no grace periods are counted without kprobe events\n",
		      stderr);
}

static long long hits_of(const char *name)
{
	FILE *file = fopen(TRACING "kprobe_profile", "r");
	long long hits, found = -1;
	char event[64];

	while (file && fscanf(file, "%63s %lld %*d", event, &hits) == 2)
		if (!strcmp(event, name))
			found = hits;
	if (file)
		fclose(file);
	return found;
}

/* Function calls of one processor by another one, the sum of all processors */
static long long count_interrupts(void)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char line[4096], *at, *end;
	long long sum = 0, nr;

	while (file && fgets(line, sizeof(line), file)) {
		if (!strstr(line, "Function call interrupts"))
			continue;
		for (at = strchr(line, ':') + 1; ; at = end) {
			nr = strtoll(at, &end, 10);
			if (end == at)
				break;
			sum += nr;
		}
	}
	if (file)
		fclose(file);
	return sum;
}

static void count_all(long long figures[NR_WAITS])
{
	settle();
	figures[NORMAL] = hits_of(waits[NORMAL]);
	figures[EXPEDITED] = hits_of(waits[EXPEDITED]);
	figures[INTERRUPTS] = count_interrupts();
}

/* The caller has the first processor for itself. */
static void keep_others_busy(void)
{
	int cpu, nr = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	for (cpu = nr - 1; cpu >= 0; cpu--) {
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		if (cpu && MUST(fork()))
			continue;
		MUST(sched_setaffinity(0, sizeof(set), &set));
		if (!cpu)
			return;
		MUST(prctl(PR_SET_PDEATHSIG, SIGKILL));
		for (;;)
			;
	}
}

void count_waits(int mounts)
{
	long long before[NR_WAITS], after[NR_WAITS];
	const struct way *way;
	bool done;
	int i, k;

	prepare();
	add_mounts(mounts);
	probe_waits();
	keep_others_busy();
	for (way = ways; way < ways + ARRAY_SIZE(ways); way++) {
		count_all(before);
		for (i = 0, done = true; i < LIVES && done; i++)
			done = live(way, turn->of);
		count_all(after);
		for (k = 0; k < NR_WAITS; k++)
			report("waits", mounts, way->name, waits[k],
			       !done || before[k] < 0 ? -1 :
			       100 * (after[k] - before[k]) / LIVES);
	}
}

/*
 * Throughput, and what it does to others: for a while @workers make one
 * namespace after the other, and the caller mounts and unmounts meanwhile.
 */
static void work(int workers, const struct op *op, const char *axis)
{
	struct counts {
		unsigned long made;
		int stop;
	} *counts;
	static long long took[100000];
	long long start, t, total = 0;
	bool worked;
	int nr = 0;
	const long long span = 2000000000LL;
	int i;

	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		die("mmap");
	for (i = 0; i < workers; i++) {
		if (MUST(fork()))
			continue;
		while (!__atomic_load_n(&counts->stop, __ATOMIC_RELAXED) &&
		       !op->make() && !op->drop())
			__atomic_add_fetch(&counts->made, 1, __ATOMIC_RELAXED);
		_exit(0);
	}
	start = now();
	while (now() - start < span && nr < ARRAY_SIZE(took)) {
		t = now();
		MUST(mount("tmpfs", "/mnt", "tmpfs", 0, NULL));
		took[nr] = now() - t;
		MUST(umount2("/mnt", 0));
		total += took[nr++];
	}
	__atomic_store_n(&counts->stop, 1, __ATOMIC_RELAXED);
	t = now() - start;
	while (wait(NULL) > 0)
		;
	qsort(took, nr, sizeof(*took), compare);
	worked = !workers || counts->made;
	report(axis, workers, op->name, "per_second", counts->made ?
	       (long long)(counts->made * 1000000000ULL / t) : -1);
	report(axis, workers, op->name, "mount_mean", worked ? total / nr : -1);
	report(axis, workers, op->name, "mount_99th",
	       worked ? took[nr * 99 / 100] : -1);
	munmap(counts, sizeof(*counts));
}

/* The last two have a filesystem mounted. */
void over_workers(int mounts)
{
	static const struct op idle = { "idle", nothing, nothing, nothing };
	static const struct op ops[] = {
		{ "unshare_full", nothing, unshare_full, leave },
		{ "unshare_empty", nothing, unshare_empty, leave },
		{ "fsmount_ns", nothing, fsmount_ns, leave },
		{ "classic", nothing, classic, leave },
	};
	int i, workers, processors = sysconf(_SC_NPROCESSORS_ONLN);
	char axis[32];

	MUST(mkdir("/tmp/source", 0755));
	add_mounts(mounts);
	snprintf(axis, sizeof(axis), "workers-%d", processors);
	work(0, &idle, axis);
	for (workers = 1; workers <= processors; workers *= 2)
		for (i = 0; i < ARRAY_SIZE(ops); i++)
			work(workers, ops + i, axis);
}

