// SPDX-License-Identifier: GPL-2.0-only
/*
 * Soak mount namespaces: many processes at a time make them, enter them, mount
 * in them, switch their roots and leave them, while memory runs out and signals
 * hit them at any time. In the end nothing may be left in the kernel.
 *
 * SOAK_SECONDS and SOAK_SEED in the environment say for how long, and which
 * random numbers. The same seed makes the same lives, but not at the same pace.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

#include "soak.h"

#define CGROUPS		"/sys/fs/cgroup"
#define CGROUP		CGROUPS "/mntns_soak"
#define ENOUGH_MEMORY	"256M"
#define TOO_LITTLE	"12M"
#define DUMP_TASKS	"sys/vm/oom_dump_tasks"
#define LIVES_PER_CPU	4
#define MAX_LIVES	64

static struct world world;
static int cgroup;
static uint64_t seed;		/* of all lives */
static uint64_t state;		/* of what the keeper draws */
static pid_t lives[MAX_LIVES];
static int nr_lives;
static unsigned long born, killed;
static char dump_tasks[16];

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static unsigned long from_environment(const char *name, unsigned long other)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : other;
}

/*
 * The lives must neither see nor write the files of the machine: the keeper is
 * in a mount namespace with nothing but what it needs.
 */
static int make_place(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	if (sys_unshare(UNSHARE_EMPTY_MNTNS) || overmount_root() == -1 ||
	    mkdir("/proc", 0755) || mkdir("/sys", 0755) || mkdir("/tmp", 0755))
		return -1;
	if (mount("proc", "/proc", "proc", 0, NULL) ||
	    mount("sysfs", "/sys", "sysfs", 0, NULL) ||
	    mount("cgroup2", CGROUPS, "cgroup2", 0, NULL))
		return -1;
	return sys_mount_setattr(AT_FDCWD, "/", 0, &attr);
}

static int limit_soak_userns(void)
{
	if (setns(world.userns, CLONE_NEWUSER))
		return -1;
	return write_at(world.proc, "sys/user/max_mnt_namespaces", "%d",
			LIMIT_MNTNS) ||
	       write_at(world.proc, "sys/user/max_user_namespaces", "%d",
			LIMIT_USERNS) ? -1 : 0;
}

/* A user namespace that lives as long as world.userns: its root is nobody. */
static int make_soak_userns(void)
{
	char path[32];
	int ends[2], status, err;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	pid = fork_with(CLONE_NEWUSER);
	if (!pid) {
		close(ends[1]);
		read(ends[0], &status, 1);
		_exit(0);
	}
	close(ends[0]);
	if (pid == -1)
		return -1;
	world.userns = open_ns(world.proc, pid, "user");
	snprintf(path, sizeof(path), "%d/uid_map", pid);
	err = write_at(world.proc, path, "0 65534 1");
	snprintf(path, sizeof(path), "%d/gid_map", pid);
	err |= write_at(world.proc, path, "0 65534 1");
	close(ends[1]);
	waitpid(pid, NULL, 0);
	if (world.userns == -1 || err)
		return -1;

	pid = fork();
	if (!pid)
		_exit(!!limit_soak_userns());
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status ? -1 : 0;
}

/* What was there leaves a cgroup a bit after its end. */
static int remove_cgroup(void)
{
	struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	int tries = 200;

	while (rmdir(CGROUP) && errno == EBUSY && tries--)
		nanosleep(&pause, NULL);
	return access(CGROUP, F_OK) ? 0 : -1;
}

/*
 * A new one for each time that lives are kept: that ends with cgroup.kill, and
 * Linux 7.1 and 7.2 kill whatever is born in a cgroup that was killed once.
 */
static int make_cgroup(const char *memory)
{
	if (write_at(AT_FDCWD, CGROUPS "/cgroup.subtree_control",
		     "+memory +pids"))
		return -1;
	if (remove_cgroup() || mkdir(CGROUP, 0755))
		return -1;
	if (write_at(AT_FDCWD, CGROUP "/memory.max", "%s", memory) ||
	    write_at(AT_FDCWD, CGROUP "/pids.max", "%d", 2 * MAX_LIVES))
		return -1;
	cgroup = open(CGROUP, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return cgroup == -1 ? -1 : 0;
}

static int begin_life(void)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = cgroup,
	};
	pid_t pid;

	pid = sys_clone3(&args);
	if (!pid) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		live(&world, (seed + born * 0x9e3779b97f4a7c15ULL) | 1);
	}
	if (pid == -1)
		return -1;
	lives[nr_lives++] = pid;
	born++;
	return 0;
}

/* Some of those that end are not known: orphans of other lives. */
static void bury(int options)
{
	pid_t pid;
	int i;

	while ((pid = waitpid(-1, NULL, options)) > 0)
		for (i = 0; i < nr_lives; i++)
			if (lives[i] == pid) {
				lives[i] = lives[--nr_lives];
				break;
			}
}

/* Has each act succeeded at least once? */
static bool all_done(void)
{
	int i;

	for (i = 0; i < count_acts(); i++)
		if (!__atomic_load_n(&world.done[i], __ATOMIC_RELAXED))
			return false;
	return true;
}

/*
 * Keeps lives going until @end, and ends some of them before their time. A slow
 * machine gets until @latest to do everything once.
 */
static void keep_lives(int wanted, time_t end, time_t latest)
{
	struct timespec pause = {};
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	while (seconds() < end || (seconds() < latest && !all_done())) {
		while (nr_lives < wanted && !begin_life())
			;
		pause.tv_nsec = 1000 * 1000 * draw(&state, 20);
		sigtimedwait(&chld, NULL, &pause);
		bury(WNOHANG);
		if (nr_lives && !draw(&state, 3)) {
			kill(lives[draw(&state, nr_lives)], SIGKILL);
			killed++;
		}
	}
	write_at(AT_FDCWD, CGROUP "/cgroup.kill", "1");
	bury(0);
}

/* What was handed out and not taken over */
static void empty_pool(void)
{
	char c;

	while (recv(world.pool[1], &c, 1, MSG_DONTWAIT) > 0)
		;
}

static long oom_kills(void)
{
	char text[512];
	const char *at;

	if (read_at(AT_FDCWD, CGROUP "/memory.events", text, sizeof(text)) <= 0)
		return -1;
	at = strstr(text, "oom_kill ");
	return at ? atol(at + strlen("oom_kill ")) : -1;
}

static void set_up(void)
{
	sigset_t chld;

	if (make_place())
		ksft_exit_skip("no place of its own: %m\n");
	world.proc = open_proc();
	if (make_cgroup(ENOUGH_MEMORY))
		ksft_exit_skip("no cgroup with memory and pids: %m\n");
	if (make_soak_userns())
		ksft_exit_skip("no user namespace: %m\n");
	world.done = mmap(NULL, count_acts() * sizeof(*world.done),
			  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);
	if (world.done == MAP_FAILED ||
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, world.pool))
		ksft_exit_fail_perror("setting up");
	/* The tables of tasks are long, and of no interest. */
	read_at(world.proc, DUMP_TASKS, dump_tasks, sizeof(dump_tasks));
	write_at(world.proc, DUMP_TASKS, "0");
	/* Lives that end early leave children behind. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
}

static void report(long kills)
{
	const struct account *account;
	int i;

	for (i = 0; i < count_acts(); i++) {
		ksft_print_msg("%s: done %lu times\n", act_name(i),
			       world.done[i]);
		ksft_test_result(world.done[i], "%s\n", act_name(i));
	}
	ksft_print_msg("%lu lives, %lu killed, %ld for memory\n", born, killed,
		       kills);
	ksft_test_result(kills > 0, "memory ran out\n");
	for (i = 0; i < count_accounts(); i++) {
		account = &ledger[i];
		ksft_print_msg("%s %ld before, %ld after, %ld more are tolerated\n",
			       account->name, account->before, account->now,
			       account->slack);
		if (account->now == -1 || account->before == -1)
			ksft_test_result_skip("%s\n", account->name);
		else
			ksft_test_result(account->now <=
					 account->before + account->slack,
					 "%s\n", account->name);
	}
}

int main(void)
{
	unsigned long duration = from_environment("SOAK_SECONDS", 20);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int wanted = cpus * LIVES_PER_CPU;
	time_t start;
	long kills;

	ksft_print_header();
	if (geteuid())
		ksft_exit_skip("needs root\n");
	if (!can_unshare(UNSHARE_EMPTY_MNTNS))
		ksft_exit_skip("no empty mount namespaces\n");
	seed = from_environment("SOAK_SEED", getpid() ^ time(NULL));
	ksft_print_msg("SOAK_SEED=%llu SOAK_SECONDS=%lu\n",
		       (unsigned long long)seed, duration);
	state = seed | 1;
	if (wanted > MAX_LIVES)
		wanted = MAX_LIVES;
	set_up();

	/* What the kernel allocates once and for all is no leak. */
	start = seconds();
	keep_lives(wanted, start + 2 + duration / 10, 0);
	empty_pool();
	close(cgroup);
	if (make_cgroup(TOO_LITTLE))
		ksft_exit_fail_perror("limiting the memory");
	open_ledger(&world);

	start = seconds();
	keep_lives(wanted, start + duration, start + 3 * duration);
	empty_pool();
	kills = oom_kills();
	close_ledger(&world);

	write_at(world.proc, DUMP_TASKS, "%s", dump_tasks);
	close(cgroup);
	remove_cgroup();
	ksft_set_plan(count_acts() + 1 + count_accounts());
	report(kills);
	ksft_finished();
}
