// SPDX-License-Identifier: GPL-2.0
/*
 * What mount namespaces cost.
 *
 * The unit is that of CLOCK_MONOTONIC: nanoseconds, or instructions where a
 * virtual machine counts those for its time (qemu -icount shift=0,sleep=off,
 * one processor). Every figure is the median of some runs in the process that
 * measures, less what an empty measurement takes. Each run has a process of its
 * own to begin with, so that none inherits what another left behind.
 *
 * Output: lines of "result", the axis and where on it, the name of what was
 * measured, the phase (make, drop; slab, percpu; others in time.c), and the
 * figure; "-" if the running kernel does not have that call.
 */
#include "bench.h"

#define RUNS		7
#define MAX_MOUNTS	10000
#define MAX_TASKS	5000
#define MAX_BESIDE	20000

int proc, own_ns;
static int few_ns;

long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return x < y ? -1 : x > y;
}

long long median(long long *figures, int nr)
{
	qsort(figures, nr, sizeof(*figures), compare);
	return figures[nr / 2];
}

void report(const char *axis, int at, const char *what, const char *phase,
	    long long figure)
{
	if (figure < 0)
		printf("result %s %d %s %s -\n", axis, at, what, phase);
	else
		printf("result %s %d %s %s %lld\n", axis, at, what, phase,
		       figure);
	fflush(stdout);
}

/* The caller has made a child that is in the namespace. */

static pid_t child;

static int clone_with(uint64_t flags)
{
	child = fork_with(flags);
	if (!child) {
		pause();
		_exit(1);
	}
	return child == -1 ? -1 : 0;
}

static int clone_plain(void)
{
	return clone_with(0);
}

static int clone_uts(void)
{
	return clone_with(CLONE_NEWUTS);
}

static int clone_full(void)
{
	return clone_with(CLONE_NEWNS);
}

static int clone_empty(void)
{
	return clone_with(CLONE_EMPTY_MNTNS);
}

/* A switch of the root to the tmpfs on /mnt, in a namespace made before */

static int switch_beneath(void)
{
	int fd = sys_open_tree(AT_FDCWD, "/mnt", OPEN_TREE_CLONE);

	if (fchdir(fd) ||
	    sys_move_mount(fd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH |
			   MOVE_MOUNT_BENEATH) ||
	    chroot(".") || umount2(".", MNT_DETACH))
		return -1;
	return close(fd);
}

static int switch_pivot(void)
{
	if (chdir("/mnt") || sys_pivot_root(".", ".") ||
	    umount2(".", MNT_DETACH))
		return -1;
	return 0;
}

static int new_root_ready(void)
{
	if (private_mntns() || mount("tmpfs", "/mnt", "tmpfs", 0, NULL))
		return -1;
	return 0;
}

/* Single calls, of a caller that has many mounts: prepared, then made */

static int ready_fd;

/* A filesystem context of proc, for an unprivileged caller */
static int proc_ready(void)
{
	int status;
	pid_t pid;

	if (enter_userns(proc, 0))
		return -1;
	pid = fork_with(CLONE_EMPTY_MNTNS | CLONE_NEWPID | CLONE_FILES);
	if (!pid) {
		ready_fd = sys_fsopen("proc", 0);
		sys_fsconfig(ready_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
		_exit(ready_fd);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return -1;
	ready_fd = WEXITSTATUS(status);
	return 0;
}

static int fsmount_ns_refused(void)
{
	return sys_fsmount(ready_fd, FSMOUNT_NAMESPACE, 0) == -1 &&
	       errno == EPERM ? 0 : -1;
}

static int open_tree_ns(void)
{
	return sys_open_tree(AT_FDCWD, "/tmp/tree", OPEN_TREE_NAMESPACE);
}

static int open_tree_ns_recursive(void)
{
	return sys_open_tree(AT_FDCWD, "/tmp/tree",
			     OPEN_TREE_NAMESPACE | AT_RECURSIVE);
}

/* A directory of the file system that has the mount points */
static int open_tree_ns_directory(void)
{
	return sys_open_tree(AT_FDCWD, "/tmp/source", OPEN_TREE_NAMESPACE);
}

static int open_tree_ns_all(void)
{
	return sys_open_tree(AT_FDCWD, "/", OPEN_TREE_NAMESPACE | AT_RECURSIVE);
}

static int beneath_ready(void)
{
	if (private_mntns())
		return -1;
	ready_fd = new_tmpfs();
	return ready_fd == -1 ? -1 : 0;
}

static int beneath(void)
{
	return sys_move_mount(ready_fd, "", AT_FDCWD, "/",
			      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH);
}

/* Ask for own_ns from elsewhere */

static uint64_t ready_id;

static int elsewhere(void)
{
	ready_id = mntns_id(own_ns);
	return setns(few_ns, CLONE_NEWNS);
}

static int listmount_one(void)
{
	uint64_t id;

	return listmount(LSMT_ROOT, ready_id, 0, &id, 1, 0) == 1 ? 0 : -1;
}

static int ns_get_info(void)
{
	struct mnt_ns_info info;

	return ioctl(own_ns, NS_MNT_GET_INFO, &info);
}

static int end_child(void)
{
	return kill(child, SIGKILL) || waitpid(child, NULL, 0) != child ? -1 : 0;
}

static const struct op creations[] = {
	{ "unshare_uts", nothing, unshare_uts, NULL },
	{ "unshare_full", nothing, unshare_full, leave },
	{ "unshare_empty", nothing, unshare_empty, leave },
	{ "clone_plain", nothing, clone_plain, end_child },
	{ "clone_uts", nothing, clone_uts, end_child },
	{ "clone_full", nothing, clone_full, end_child },
	{ "clone_empty", nothing, clone_empty, end_child },
	{ "fsmount_ns", nothing, fsmount_ns, leave },
	{ "fsmount_open_tree_ns", nothing, fsmount_and_open_tree_ns, leave },
	{ "classic", nothing, classic, leave },
	{}
}, switches[] = {
	{ "switch_beneath", new_root_ready, switch_beneath, leave },
	{ "switch_pivot", new_root_ready, switch_pivot, leave },
	{}
}, calls[] = {
	{ "unshare_empty", nothing, unshare_empty, leave },
	{ "clone_empty", nothing, clone_empty, end_child },
	{ "fsmount_ns", nothing, fsmount_ns, leave },
	{ "fsmount_ns_refused", proc_ready, fsmount_ns_refused, NULL },
	{ "open_tree_ns", nothing, open_tree_ns, NULL },
	{ "open_tree_ns_recursive", nothing, open_tree_ns_recursive, NULL },
	{ "open_tree_ns_directory", nothing, open_tree_ns_directory, NULL },
	{ "open_tree_ns_all", nothing, open_tree_ns_all, NULL },
	{ "beneath", beneath_ready, beneath, NULL },
	{ "listmount_one", elsewhere, listmount_one, NULL },
	{ "ns_get_info", elsewhere, ns_get_info, NULL },
	{}
};

/* One run in a process of its own; false if it cannot be done. */
static bool run_once(const struct op *op, long long *make, long long *drop)
{
	long long figures[3];
	int fds[2], status;
	pid_t pid;

	MUST(pipe2(fds, O_CLOEXEC));
	pid = MUST(fork());
	if (!pid) {
		if (op->prepare())
			_exit(2);
		/* once for nothing, so that its pages are there */
		now();
		figures[0] = now();
		if (op->make() == -1)
			_exit(2);
		figures[1] = now();
		if (op->drop && op->drop())
			_exit(2);
		figures[2] = now();
		if (write(fds[1], figures, sizeof(figures)) != sizeof(figures))
			_exit(1);
		_exit(0);
	}
	close(fds[1]);
	status = read(fds[0], figures, sizeof(figures)) == sizeof(figures);
	close(fds[0]);
	MUST(waitpid(pid, NULL, 0));
	if (!status)
		return false;
	*make = figures[1] - figures[0];
	*drop = figures[2] - figures[1];
	return true;
}

/* What others gave up is freed when it pleases them, not in a measurement. */
void settle(void)
{
	struct timespec ts = { .tv_nsec = 100000000 };

	nanosleep(&ts, NULL);
}

static bool measure(const struct op *op, long long *make, long long *drop)
{
	long long makes[RUNS], drops[RUNS];
	int i;

	for (i = 0; i < RUNS; i++) {
		settle();
		if (!run_once(op, makes + i, drops + i))
			return false;
	}
	*make = median(makes, RUNS);
	*drop = median(drops, RUNS);
	return true;
}

static void measure_all(const struct op *op, const char *axis, int at)
{
	static const struct op empty = { "nothing", nothing, nothing, nothing };
	long long make, drop, base_make, base_drop;

	measure(&empty, &base_make, &base_drop);
	for (; op->name; op++) {
		bool done = measure(op, &make, &drop);

		report(axis, at, op->name, "make", done ? make - base_make : -1);
		if (op->drop)
			report(axis, at, op->name, "drop",
			       done ? drop - base_drop : -1);
	}
}

/* Bytes of a line of /proc/meminfo, which counts in kB */
static long long meminfo(const char *name)
{
	char text[4096], *line;

	MUST(write_at(proc, "sys/vm/stat_refresh", "1"));
	MUST(read_at(proc, "meminfo", text, sizeof(text)));
	line = strstr(text, name);
	return line ? atoll(line + strlen(name)) * 1024 : -1;
}

struct memory {
	long long slab, percpu;
};

static struct memory memory_now(void)
{
	settle();
	return (struct memory){ meminfo("\nSlab:"), meminfo("\nPercpu:") };
}

/* Makes and keeps @nr of them; false if that cannot be done. */
static bool make_many(const struct op *op, int nr)
{
	for (; nr; nr--)
		if (op->make() || open_mntns(proc) == -1 || leave())
			return false;
	return true;
}

/*
 * How many bytes does one namespace take? The kernel counts pages of slabs, so
 * it takes many to tell, and others before to use up what room there is. Those
 * that begin as a copy are fewer, as each takes its time.
 */
static void measure_memory(const struct op *op, int at)
{
	int nr = op->make == unshare_full ? 4 + 20000 / (at + 20) :
		 op->make == classic ? 200 : 1000;
	struct rlimit limit = { 4096, 4096 };
	long long slab = -1, percpu = -1;
	struct memory before, after;
	pid_t pid;

	pid = MUST(fork());
	if (!pid) {
		MUST(setrlimit(RLIMIT_NOFILE, &limit));
		if (make_many(op, nr)) {
			before = memory_now();
			if (make_many(op, nr)) {
				after = memory_now();
				slab = (after.slab - before.slab) / nr;
				percpu = (after.percpu - before.percpu) / nr;
			}
		}
		report("mounts", at, op->name, "slab", slab);
		report("mounts", at, op->name, "percpu", percpu);
		_exit(0);
	}
	MUST(waitpid(pid, NULL, 0));
}

/* Adds bind mounts until there are @to. */
void add_mounts(int to)
{
	static int nr;
	char path[32];

	for (; nr < to; nr++) {
		snprintf(path, sizeof(path), "/tmp/%d", nr);
		MUST(mkdir(path, 0755));
		MUST(mount("/tmp/source", path, NULL, MS_BIND, NULL));
	}
}

static void over_mounts(int max)
{
	static const int points[] = { 0, 10, 100, 1000, 5000, 10000 };
	const struct op *op;
	int i;

	MUST(mkdir("/tmp/source", 0755));
	for (i = 0; i < ARRAY_SIZE(points) && points[i] <= max; i++) {
		add_mounts(points[i]);
		measure_all(creations, "mounts", points[i]);
		for (op = creations; op->name; op++)
			if (op->drop == leave)
				measure_memory(op, points[i]);
	}
}

/* The same, each on a directory of the one before */
static void add_chain(int to)
{
	static int nr, end = -1;

	if (end == -1) {
		MUST(mkdir("/tmp/source/next", 0755));
		end = MUST(open("/tmp/source", O_PATH));
	}
	MUST(fchdir(end));
	for (; nr < to; nr++) {
		MUST(mount("/tmp/source", "next", NULL, MS_BIND, NULL));
		MUST(chdir("next"));
	}
	close(end);
	end = MUST(open(".", O_PATH));
	MUST(chdir("/"));
}

/* Each shape has a process, and so a mount namespace, of its own. */
static void beside(int max, const char *shape, void (*add)(int to))
{
	const int points[] = { 0, max / 2, max };
	int i, status;
	pid_t pid;

	pid = MUST(fork());
	if (pid) {
		MUST(waitpid(pid, &status, 0));
		if (status)
			exit(1);
		return;
	}
	MUST(private_scratch());
	own_ns = MUST(open_mntns(proc));
	MUST(mkdir("/tmp/source", 0755));
	MUST(mkdir("/tmp/tree", 0755));
	MUST(mount("tree", "/tmp/tree", "tmpfs", 0, NULL));
	MUST(mkdir("/tmp/tree/below", 0755));
	MUST(mount("below", "/tmp/tree/below", "tmpfs", 0, NULL));
	for (i = 0; i < ARRAY_SIZE(points); i++) {
		add(points[i]);
		measure_all(calls, shape, points[i]);
	}
	_exit(0);
}

static void beside_mounts(int max)
{
	few_ns = own_ns;
	beside(max, "directory", add_mounts);
	beside(max, "chain", add_chain);
}

/* Tasks that sleep, and have nothing to do with the namespaces measured */
static void over_tasks(int max)
{
	static const int points[] = { 10, 100, 1000, 5000 };
	int i, nr = 0, fds[2];
	char c;

	MUST(pipe2(fds, O_CLOEXEC));
	for (i = 0; i < ARRAY_SIZE(points) && points[i] <= max; i++) {
		for (; nr < points[i]; nr++) {
			if (MUST(fork()))
				continue;
			close(fds[1]);
			_exit(read(fds[0], &c, 1) != 0);
		}
		measure_all(switches, "tasks", points[i]);
	}
	close(fds[1]);
	while (wait(NULL) > 0)
		;
}

static void wrong_usage(void)
{
	fputs("usage: mntns_bench mounts|tasks|beside|time|workers|waits [NUMBER]\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	int nr = argc > 2 ? atoi(argv[2]) : 0;

	if (argc < 2)
		wrong_usage();
	if (!strcmp(argv[1], "home")) {
		say_home();
		return 0;
	}
	if (geteuid()) {
		fprintf(stderr, "mntns_bench: error: run it as root\n");
		return 1;
	}
	proc = MUST(open_proc());
	/* What is mounted here is nobody else's, and gone at the end. */
	MUST(private_scratch());
	own_ns = MUST(open_mntns(proc));
	if (!strcmp(argv[1], "mounts"))
		over_mounts(nr ?: MAX_MOUNTS);
	else if (!strcmp(argv[1], "tasks"))
		over_tasks(nr ?: MAX_TASKS);
	else if (!strcmp(argv[1], "beside"))
		beside_mounts(nr ?: MAX_BESIDE);
	else if (!strcmp(argv[1], "time"))
		over_time(nr ?: MAX_MOUNTS);
	else if (!strcmp(argv[1], "workers"))
		over_workers(nr ?: 1000);
	else if (!strcmp(argv[1], "waits"))
		count_waits(nr);
	else
		wrong_usage();
	return 0;
}
