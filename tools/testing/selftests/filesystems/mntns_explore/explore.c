// SPDX-License-Identifier: GPL-2.0
/*
 * Looks for leaks in mount namespaces at random. A leak: a process sees a file
 * that a mount hides which the process may not unmount (see explore.h).
 *
 *	explore				the tests
 *	explore -s SEED -t SECONDS	explore for some time
 *	explore -s SEED -n SCENES	or for some scenes; a seed is a scene
 *	explore -r SEQUENCE		play what a failure has been reduced to
 *
 * The seed determines all that happens.
 */

#include <time.h>

#include "../../kselftest_harness.h"
#include "explore.h"

#define STEPS_PER_SCENE	60

struct scene *scene;
struct self self;

static int proc;

static struct {
	unsigned int scenes, steps;
	unsigned int tried[NR_OPS], done[NR_OPS];
} totals;

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Does one of the mount namespaces that the scene had still exist? */
static bool find_leftover(int own)
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	bool found = false;
	int fd = own, next;

	while ((next = ioctl(fd, NS_MNT_GET_NEXT, &info)) != -1) {
		if (fd != own)
			close(fd);
		fd = next;
		if (find_ns(info.mnt_ns_id))
			found = true;
	}
	if (fd != own)
		close(fd);
	return found;
}

/* more than it takes after the last process has gone */
#define MAX_LOOKS	1000000

static void check_leftovers(void)
{
	int own = open_mntns(proc), looks = 0;

	while (find_leftover(own)) {
		if (++looks == MAX_LOOKS) {
			scene->verdict = RESIDUE;
			snprintf(scene->text, sizeof(scene->text),
				 "a mount namespace outlives the scene");
			break;
		}
		sched_yield();
	}
	close(own);
}

static enum verdict run(enum scene_kind kind, next_step next, void *arg,
			bool check_each)
{
	int status = 0;
	pid_t pid;

	memset(scene, 0, sizeof(*scene));
	fflush(stdout);
	pid = fork();
	if (!pid)
		play(kind, next, arg, check_each, proc);
	if (pid == -1 || waitpid(pid, &status, 0) != pid || status) {
		scene->verdict = CRASH;
		snprintf(scene->text, sizeof(scene->text),
			 "the host ended with status %x", status);
	}
	if (!scene->verdict)
		check_leftovers();
	return scene->verdict;
}

/* At random */

struct random_play {
	uint64_t random;
	int nr;
};

static bool choose_next(struct step *step, const struct reply *replies, int nr,
			void *arg)
{
	struct random_play *play = arg;

	if (nr == play->nr)
		return false;
	choose_step(step, replies, nr, &play->random);
	return true;
}

static enum verdict run_seed(uint64_t seed)
{
	struct random_play play = { .random = seed, .nr = STEPS_PER_SCENE };
	static const enum scene_kind kinds[] = {
		PLAIN, PLAIN, NS_FILES, TWICE,
	};
	enum scene_kind kind = kinds[next_random(&play.random) % 4];
	enum verdict verdict;
	enum op op;

	verdict = run(kind, choose_next, &play, true);
	totals.scenes++;
	totals.steps += scene->nr_steps;
	for (op = 0; op < NR_OPS; op++) {
		totals.tried[op] += scene->stats[op].tried;
		totals.done[op] += scene->stats[op].done;
	}
	return verdict;
}

/* As recorded */

struct replay {
	const struct step *steps;
	int nr;
};

static bool replay_next(struct step *step, const struct reply *replies, int nr,
			void *arg)
{
	struct replay *replay = arg;

	if (nr == replay->nr)
		return false;
	*step = replay->steps[nr];
	return true;
}

static enum verdict run_steps(enum scene_kind kind, const struct step *steps,
			      int nr, bool check_each)
{
	struct replay replay = { .steps = steps, .nr = nr };

	return run(kind, replay_next, &replay, check_each);
}

/*
 * Leaves out all that is not needed for @verdict: halves at first, single steps
 * in the end. Returns how many are left.
 */
static int shrink(enum scene_kind kind, struct step *steps, int nr,
		  enum verdict verdict)
{
	struct step fewer[MAX_STEPS];
	bool check_each, again;
	int chunk, i, len;

	/* Much faster, if the failure is still there in the end */
	check_each = run_steps(kind, steps, nr, false) != verdict;
	for (chunk = (nr + 1) / 2; chunk; chunk = again ? 1 : chunk / 2) {
		again = false;
		for (i = 0; i < nr;) {
			len = i + chunk < nr ? chunk : nr - i;
			memcpy(fewer, steps, i * sizeof(*steps));
			memcpy(fewer + i, steps + i + len,
			       (nr - i - len) * sizeof(*steps));
			if (run_steps(kind, fewer, nr - len, check_each) ==
			    verdict) {
				nr -= len;
				memcpy(steps, fewer, nr * sizeof(*steps));
				again = chunk == 1;
			} else {
				i += len;
			}
		}
	}
	return nr;
}

static void print_failure(enum scene_kind kind, const struct step *steps,
			  int nr)
{
	int i;

	printf("# %s: %s\n", verdict_names[scene->verdict], scene->text);
	for (i = 0; i < nr; i++) {
		printf("# %3d. ", i + 1);
		print_step(stdout, &steps[i]);
		printf("%s\n", i < nr - 1 || !scene->verdict ?
			       "" : "   <- here at the latest");
	}
}

/* Reports what has just failed, with as few steps as possible. */
static void report_failure(void)
{
	enum scene_kind kind = scene->kind;
	enum verdict verdict = scene->verdict;
	struct step steps[MAX_STEPS];
	int nr = scene->nr_steps;

	memcpy(steps, scene->steps, sizeof(steps));
	printf("# after %d steps: %s: %s\n", nr, verdict_names[verdict],
	       scene->text);
	printf("# the last one: ");
	print_step(stdout, &steps[nr ? nr - 1 : 0]);
	printf("\n# reducing it\n");
	nr = shrink(kind, steps, nr, verdict);
	if (run_steps(kind, steps, nr, true) != verdict)
		printf("# it does not happen each time\n");
	print_failure(kind, steps, nr);
	printf("# to play it again: explore -r '");
	print_sequence(stdout, kind, steps, nr);
	printf("'\n");
}

/* How many actions never succeeded? */
static int print_stats(void)
{
	int missing = 0;
	enum op op;

	printf("# %u scenes, %u steps; of which succeeded:\n", totals.scenes,
	       totals.steps);
	for (op = 0; op < REVEAL; op++) {
		printf("# %-18s %6u of %6u%s\n", op_names[op],
		       totals.done[op], totals.tried[op],
		       totals.done[op] ? "" : "   NEVER");
		missing += !totals.done[op];
	}
	return missing;
}

/* How many mounts the kernel has, roughly; -1: unknown */
static int count_all_mounts(void)
{
	int fd, nr = -1;
	char line[256];
	FILE *file;

	fd = openat(proc, "slabinfo", O_RDONLY | O_CLOEXEC);
	file = fd == -1 ? NULL : fdopen(fd, "r");
	if (!file)
		return -1;
	while (nr == -1 && fgets(line, sizeof(line), file))
		sscanf(line, "mnt_cache %d", &nr);
	fclose(file);
	return nr;
}

/* Slabs that are only partly in use count as full. */
#define MOUNTS_SLACK	256

/*
 * Plays scenes from @seed on: @nr of them (0: any number), for @duration
 * seconds (0: any time). Returns -1 for a failure.
 */
static int explore(uint64_t seed, unsigned int nr, time_t duration)
{
	time_t begin = seconds();
	int mounts, first = -1;
	unsigned int i;

	memset(&totals, 0, sizeof(totals));
	for (i = 0; !nr || i < nr; i++) {
		if (duration && seconds() >= begin + duration)
			break;
		/* for a kernel that crashes */
		if (i % 10 == 0)
			printf("# seed %llu\n", (unsigned long long)seed + i);
		if (run_seed(seed + i)) {
			printf("# seed %llu, %ld seconds, %u steps in all\n",
			       (unsigned long long)seed + i,
			       (long)(seconds() - begin), totals.steps);
			report_failure();
			return -1;
		}
		mounts = count_all_mounts();
		if (first == -1)
			first = mounts;
		if (mounts > first + MOUNTS_SLACK) {
			printf("# seed %llu: %d mounts in the kernel\n",
			       (unsigned long long)seed + i, mounts);
			printf("# %d after the first scene\n", first);
			return -1;
		}
	}
	printf("# seeds %llu to %llu, %ld seconds\n", (unsigned long long)seed,
	       (unsigned long long)seed + i - 1, (long)(seconds() - begin));
	/* How much is played in a given time is luck. */
	return print_stats() && nr && i == nr ? -1 : 0;
}

static int prepare(void)
{
	proc = open_proc();
	scene = mmap(NULL, sizeof(*scene), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return proc == -1 || scene == MAP_FAILED ? -1 : 0;
}

static void may_explore(struct __test_metadata *_metadata)
{
	if (!have(_metadata, NEEDS_ALL_FLAGS))
		return;
	if (!have_unprivileged_userns())
		SKIP(return, "no user namespaces without privileges");
	ASSERT_OK(prepare());
}

FIXTURE(explorer)
{
};

FIXTURE_SETUP(explorer)
{
	may_explore(_metadata);
}

FIXTURE_TEARDOWN(explorer)
{
}

/* A host reveals a secret. */
TEST_F_TIMEOUT(explorer, finds_a_revealed_secret, 280)
{
	struct step steps[] = {
		{ .who = OWNER, .op = FSMOUNT_NS },
		{ .who = HOST, .op = OVERMOUNT, .path2 = find_path("m1") },
		{ .who = INNER_HOST, .op = REVEAL, .path2 = find_path("c/u") },
		{ .who = CHILD, .op = UNSHARE_EMPTY },
	};

	ASSERT_EQ(LEAK, run_steps(PLAIN, steps, ARRAY_SIZE(steps), true));
	ASSERT_EQ(3, scene->nr_steps) TH_LOG("not when it happened");
	EXPECT_HAS(scene->text, "sees the secret c/u/s");
	ASSERT_EQ(1, shrink(PLAIN, steps, ARRAY_SIZE(steps), LEAK));
	ASSERT_EQ(REVEAL, steps[0].op) TH_LOG("reduced to another step");
}

/*
 * Each sequence is a leak in a kernel without, in this order:
 *  - the lock on a mount that propagates beneath a locked mount,
 *  - the lock on the mount on top of such a mount,
 *  - the check of children in a copy that is not recursive, of an unprivileged
 *    caller, and of one that owns the mount namespace,
 *  - MNT_LOCKED on the mount beneath, and on the mount on a namespace root,
 *  - the check for mount namespace files,
 *  - locks in the copy of an unprivileged caller,
 *  - the check of locked children of a mount that is bound, and of one that
 *    joins a peer group.
 */
static const char * const known[] = {
	"plain@inner-host.swap.0.0.0.2.0.1,nested.beneath.1.2.0.9.3.0",
	"plain@host.swap.0.0.0.2.0.1,owner.umount.0.2.0.2.5.0",
	"plain@host.overmount.0.0.0.12.0.1,child.umount.0.29.0.12.3.0,"
	"host.umount-extra.0.0.0.12.0.1",
	"plain@inner-guest.tree-ns.1.0.6.0.5.0",
	"plain@child.tree-ns.0.8.0.2.1.0",
	"plain@owner.new-tmpfs.0.9.0.7.1.0,owner.attach-beneath.3.19.0.9.1.0,"
	"owner.umount.0.6.0.9.4.1,owner.beneath.0.9.0.7.4.0",
	"plain@inner-guest.fsmount-ns.0.2.0.2.5.0,"
	"inner-guest.setns.0.14.1.18.5.0,inner-guest.umount.0.0.0.29.2.1",
	"nsfiles@inner-guest.tree-ns.1.29.0.3.1.1",
	"plain@guest.tree-ns.0.1.1.11.1.1,guest.setns.5.18.0.5.1.0,"
	"guest.umount.5.25.0.22.3.1",
	"plain@child.mount-tmpfs.3.0.0.0.0.0,child.umount.3.0.1.29.3.1,"
	"child.bind.1.29.0.20.3.0",
	"twice@owner.mount-tmpfs.0.0.0.25.0.0,owner.propagation.0.0.0.17.0.0,"
	"owner.set-group.0.17.0.8.0.0,owner.umount.0.0.0.25.0.1",
};

TEST_F_TIMEOUT(explorer, finds_no_known_leak, 280)
{
	struct step steps[MAX_STEPS];
	enum scene_kind kind;
	int nr, i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		nr = parse_sequence(known[i], &kind, steps);
		ASSERT_LT(0, nr) TH_LOG("not a sequence: %s", known[i]);
		EXPECT_EQ(GOOD, run_steps(kind, steps, nr, true))
			TH_LOG("%s: %s", known[i], scene->text);
	}
}

FIXTURE(random_scenes)
{
};

FIXTURE_VARIANT(random_scenes)
{
	uint64_t seed;
	int nr;
};

/* Each action succeeds at least once. */
FIXTURE_VARIANT_ADD(random_scenes, from_seed_1) {
	.seed = 1,
	.nr = 20,
};

FIXTURE_SETUP(random_scenes)
{
	may_explore(_metadata);
}

FIXTURE_TEARDOWN(random_scenes)
{
}

/* A slow kernel plays fewer. */
TEST_F_TIMEOUT(random_scenes, reveal_no_secret, 280)
{
	ASSERT_EQ(0, explore(variant->seed, variant->nr, 100));
}

static int misused(const char *name)
{
	fprintf(stderr,
		"usage: %s [-s SEED] [-t SECONDS | -n SCENES]\n"
		"       %s -r SEQUENCE\n", name, name);
	return 2;
}

static int replay(const char *text)
{
	struct step steps[MAX_STEPS];
	enum scene_kind kind;
	int nr;

	nr = parse_sequence(text, &kind, steps);
	if (nr == -1) {
		fprintf(stderr, "not a sequence: %s\n", text);
		return 2;
	}
	run_steps(kind, steps, nr, true);
	print_failure(kind, steps, scene->nr_steps);
	return scene->verdict ? 1 : 0;
}

int main(int argc, char **argv)
{
	uint64_t seed = 1;
	long duration = 0, nr = 0;
	bool by_hand = false;
	int opt;

	if (argc == 1)
		return test_harness_run(argc, argv);
	if (prepare()) {
		perror(argv[0]);
		return 2;
	}
	while ((opt = getopt(argc, argv, "s:t:n:r:")) != -1) {
		switch (opt) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 't':
			duration = atol(optarg);
			break;
		case 'n':
			nr = atol(optarg);
			break;
		case 'r':
			return replay(optarg);
		default:
			return misused(argv[0]);
		}
		by_hand = true;
	}
	if (!by_hand)
		return test_harness_run(argc, argv);
	if (optind < argc || (!nr && duration <= 0))
		return misused(argv[0]);
	return explore(seed, nr, duration) ? 1 : 0;
}
