// SPDX-License-Identifier: GPL-2.0-only
/*
 * A container launcher that uses the flags that the kernel has.
 *
 * The launcher gives a command a root filesystem, a PID namespace with a /proc,
 * and, if the caller is not root, a user namespace. There are four ways to the
 * root filesystem, see ways[]: the first copies no mounts, the last works on all
 * kernels. The launcher tries each way in a new process, so that a way that fails
 * leaves nothing behind, and the next way has the same start.
 *
 * This confines what the command sees. It is no sandbox if root runs it: the
 * command has all privileges of the caller.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "mntns-sample.h"

/* In case the headers are older than the kernel */
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH	0x00000200
#endif
#ifndef __NR_close_range
#define __NR_close_range	436
#endif

#define PROC_FLAGS	0xe	/* MS_NOSUID | MS_NODEV | MS_NOEXEC */

/* The exit status, as env(1), timeout(1) and others have it */
#define EXIT_LAUNCHER	125
#define EXIT_CANNOT_RUN	126
#define EXIT_NOT_FOUND	127

static const char *dir;		/* the root is a copy of dir; NULL: a tmpfs */
static const char *proc;	/* the kind of /proc; NULL: full if permitted */
static bool rootless;
static uid_t uid;		/* the caller's */
static gid_t gid;
static int program = -1;	/* the command's file, to copy into the tmpfs */
static char **command;
static sigset_t original_mask, signals;

static const char usage[] =
"usage: mntns-launch [OPTION...] [--] COMMAND [ARGUMENT...]\n"
"Run COMMAND with a new root filesystem, a new PID namespace and a /proc.\n"
"  -d DIR   The root is a copy of DIR with all mounts below. Without -d, the root\n"
"           is an empty tmpfs into which COMMAND is copied: the full path of a\n"
"           statically linked program.\n"
"  -u       Be root in a user namespace. This is the default unless root runs it.\n"
"  -p KIND  The kind of /proc: full, pid (tasks only) or none. A DIR without a\n"
"           directory proc needs none. The default is full if the kernel permits\n"
"           it, otherwise pid.\n"
"  -w WAY   The way to the root: namespace, empty, beneath or pivot. The default is\n"
"           the first of them that works.\n"
"The exit status is that of COMMAND, or 128 plus the number of the signal that\n"
"ended it; 125 if no way works, 126 if COMMAND cannot be run, 127 if there is no\n"
"COMMAND. SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 and SIGUSR2 are passed on to\n"
"COMMAND.\n";

static void die(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "mntns-launch: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	_exit(status);
}

/* fork() with some CLONE_* flags */
static pid_t fork_with(__u64 flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };

	return syscall(__NR_clone3, &args, sizeof(args));
}

/* A pipe to the launcher, for the reason why a way failed, or for SUCCESS */
static int report = -1;

#define SUCCESS	"done"

static const char *way_out(void)
{
	switch (errno) {
	case ENOSPC:
		return " (a limit: see user.max_*_namespaces and fs.mount-max)";
	case EINVAL:
		return " (this kernel may not have it)";
	case EACCES:
		return " (by AppArmor, without attach_disconnected?)";
	case EPERM:
		return rootless ? " (by a sysctl for user namespaces, a chroot or an LSM?)" :
				  " (-u needs no privileges)";
	default:
		return "";
	}
}

static void give_up(const char *what, const char *hint)
{
	dprintf(report, "%s: %s%s", what, strerror(errno), hint);
	_exit(EXIT_LAUNCHER);
}

static int must(int ret, const char *what)
{
	if (ret < 0)
		give_up(what, way_out());
	return ret;
}

/* A system call that the way depends on; a failure reports it as written */
#define MUST_DO(call)	must(call, #call)

/*
 * The ways. After each, the process is in the new root, has a /proc there, and no
 * path leads to another mount.
 */

static const char *proc_is = "none";

/* Mount a proc on proc/ in the working directory, which is the new root. */
static void mount_proc(void)
{
	if (proc && !strcmp(proc, "none"))
		return;
	if (!dir)
		MUST_DO(mkdir("proc", 0555));
	else if (access("proc", F_OK))
		give_up("proc in the root",
			": create this directory, or use -p none");

	proc_is = "full";
	if ((!proc || strcmp(proc, "pid")) &&
	    !mount("proc", "proc", "proc", PROC_FLAGS, NULL))
		return;
	proc_is = "pid";
	if ((!proc || strcmp(proc, "full")) &&
	    !mount("proc", "proc", "proc", PROC_FLAGS, "subset=pid"))
		return;
	give_up("proc", errno != EPERM ? way_out() :
		": a user namespace without a visible full proc can have pid or none; try -w beneath, or -p");
}

/* The filesystem context of a new tmpfs */
static int tmpfs_context(void)
{
	int fsfd = fsopen("tmpfs", FSOPEN_CLOEXEC);

	if (fsfd >= 0 &&
	    (fsconfig(fsfd, FSCONFIG_SET_STRING, "mode", "0755", 0) ||
	     fsconfig(fsfd, FSCONFIG_CMD_CREATE, NULL, NULL, 0)))
		return -1;
	return fsfd;
}

/* The new root as a detached mount */
static int detached_root(void)
{
	if (dir)
		return MUST_DO(open_tree(AT_FDCWD, dir, OPEN_TREE_CLONE |
					 OPEN_TREE_CLOEXEC | AT_RECURSIVE));
	return MUST_DO(fsmount(MUST_DO(tmpfs_context()), FSMOUNT_CLOEXEC, 0));
}

/* Enter a copy of the mount namespace, from which nothing propagates. */
static void copy_namespace(void)
{
	MUST_DO(unshare(CLONE_NEWNS));
	MUST_DO(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

/* The new mount namespace begins with the root. */
static void by_namespace(void)
{
	int nsfd, fsfd, status;

	if (dir) {
		nsfd = MUST_DO(open_tree(AT_FDCWD, dir, OPEN_TREE_NAMESPACE |
					 OPEN_TREE_CLOEXEC | AT_RECURSIVE));
	} else {
		fsfd = tmpfs_context();
		if (fsfd < 0 && errno == EPERM) {
			/* Only the owner of a mount namespace may do this. */
			if (!MUST_DO(fork_with(CLONE_FILES |
					       CLONE_EMPTY_MNTNS)))
				_exit(tmpfs_context());
			wait(&status);
			fsfd = WEXITSTATUS(status);
		}
		nsfd = MUST_DO(fsmount(fsfd, FSMOUNT_NAMESPACE |
				       FSMOUNT_CLOEXEC, 0));
	}
	MUST_DO(setns(nsfd, CLONE_NEWNS));
	MUST_DO(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mount_proc();
}

/* Mount the root in an empty mount namespace. */
static void by_empty(void)
{
	int fd = -1;

	/* Only the owner of a mount namespace may use OPEN_TREE_CLONE. */
	if (dir) {
		if (rootless)
			copy_namespace();
		fd = detached_root();
	}
	MUST_DO(syscall(__NR_unshare, UNSHARE_EMPTY_MNTNS));
	if (!dir)
		fd = detached_root();
	MUST_DO(move_mount(fd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
	MUST_DO(fchdir(fd));
	MUST_DO(chroot("."));
	MUST_DO(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mount_proc();
}

/* Mount the root beneath a copy of the old root. */
static void by_beneath(void)
{
	int fd;

	copy_namespace();
	fd = detached_root();
	MUST_DO(fchdir(fd));
	MUST_DO(move_mount(fd, "", AT_FDCWD, "/",
			   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
	/* Another proc is still visible here, so a full one is permitted. */
	mount_proc();
	MUST_DO(chroot("."));
	MUST_DO(umount2(".", MNT_DETACH));
}

/* Exchange a copy of the old root for the new root. */
static void by_pivot(void)
{
	int fd;

	copy_namespace();
	fd = detached_root();
	MUST_DO(move_mount(fd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
	MUST_DO(fchdir(fd));
	mount_proc();
	if (pivot_root(".", "."))
		give_up("pivot_root", errno != EINVAL ? way_out() :
			": the old root is a chroot, or an initramfs without nullfs beneath");
	MUST_DO(umount2(".", MNT_DETACH));
}

static const struct way {
	const char *name;
	void (*take)(void);
} ways[] = {
	{ "namespace", by_namespace },
	{ "empty", by_empty },
	{ "beneath", by_beneath },
	{ "pivot", by_pivot },
	{ }
};

/* Copy the command into the new root, under the same name. */
static void bring_program(void)
{
	char path[PATH_MAX], *slash;
	int fd;

	snprintf(path, sizeof(path), "%s", command[0]);
	for (slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			give_up(path, "");
		*slash = '/';
	}
	fd = must(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755),
		  path);
	while (MUST_DO(sendfile(fd, program, NULL, 1 << 20)))
		;
	close(fd);	/* a file that is open for writing cannot be executed */
}

static void run_command(void)
{
	sigprocmask(SIG_SETMASK, &original_mask, NULL);
	/* A file descriptor of a directory outside would lead there. */
	syscall(__NR_close_range, 3, ~0U, 0);
	execvp(command[0], command);
	if (errno == ENOENT)
		die(EXIT_NOT_FOUND,
		    "%s is not in the new root, or a library that it needs is not",
		    command[0]);
	die(EXIT_CANNOT_RUN, "%s: %s", command[0], strerror(errno));
}

/*
 * Wait for @child, and pass on signals of other processes. The command gets those
 * of a terminal from the terminal. Return the exit status.
 */
static int attend(pid_t child)
{
	siginfo_t info;
	int status;
	pid_t pid;

	for (;;) {
		if (sigwaitinfo(&signals, &info) < 0)
			continue;
		if (info.si_signo != SIGCHLD) {
			if (info.si_code <= 0)
				kill(child, info.si_signo);
			continue;
		}
		/* The first process of a PID namespace inherits orphans. */
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
			if (pid != child)
				continue;
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
						     WEXITSTATUS(status);
		}
	}
}

/* Map the caller to root. No other user is mapped. */
static void map_root(void)
{
	char map[32];

	MUST_DO(write_file("/proc/self/setgroups", "deny"));
	snprintf(map, sizeof(map), "0 %u 1", uid);
	MUST_DO(write_file("/proc/self/uid_map", map));
	snprintf(map, sizeof(map), "0 %u 1", gid);
	MUST_DO(write_file("/proc/self/gid_map", map));
}

/* The first process in the container */
static void be_init(const struct way *way)
{
	pid_t pid;

	if (rootless)
		map_root();
	way->take();
	MUST_DO(chdir("/"));
	if (!dir)
		bring_program();

	/* If the launcher is killed, the container ends, too. */
	MUST_DO(prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (dprintf(report, SUCCESS) < 0)
		_exit(EXIT_LAUNCHER);
	close(report);
	fprintf(stderr, "mntns-launch: %s is the root, way: %s, /proc: %s\n",
		dir ? dir : "a tmpfs", way->name, proc_is);

	pid = fork();
	if (!pid)
		run_command();
	if (pid < 0)
		die(EXIT_LAUNCHER, "fork: %s", strerror(errno));
	_exit(attend(pid));
}

/* Return process 1 of the container, or -1 with its report in @said. */
static pid_t launch(const struct way *way, char *said, size_t size)
{
	size_t len = 0;
	int ends[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		die(EXIT_LAUNCHER, "pipe: %s", strerror(errno));
	pid = fork_with(CLONE_NEWPID | (rootless ? CLONE_NEWUSER : 0));
	if (!pid) {
		close(ends[0]);
		report = ends[1];
		be_init(way);
	}
	if (pid < 0)
		die(EXIT_LAUNCHER, "a new %s namespace: %s%s",
		    rootless ? "user" : "PID", strerror(errno), way_out());
	close(ends[1]);
	while ((n = read(ends[0], said + len, size - 1 - len)) > 0)
		len += n;
	said[len] = '\0';
	close(ends[0]);
	if (!strcmp(said, SUCCESS))
		return pid;
	if (!len)
		snprintf(said, size, "it was killed");
	waitpid(pid, NULL, 0);
	return -1;
}

static void parse(int argc, char **argv, const struct way **only)
{
	const struct way *way;
	int c;

	while ((c = getopt(argc, argv, "+d:hp:uw:")) != -1) {
		switch (c) {
		case 'd':
			dir = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		case 'p':
			proc = optarg;
			if (strcmp(proc, "full") && strcmp(proc, "pid") &&
			    strcmp(proc, "none"))
				die(EXIT_LAUNCHER, "-p %s: see -h", optarg);
			break;
		case 'u':
			rootless = true;
			break;
		case 'w':
			for (way = ways; way->name; way++)
				if (!strcmp(optarg, way->name))
					*only = way;
			if (!*only)
				die(EXIT_LAUNCHER, "-w %s: see -h", optarg);
			break;
		default:
			die(EXIT_LAUNCHER, "see -h");
		}
	}
	command = argv + optind;
	if (!*command)
		die(EXIT_LAUNCHER, "no COMMAND: see -h");
}

static void check_arguments(void)
{
	struct stat st;

	if (dir) {
		if (stat(dir, &st) || !S_ISDIR(st.st_mode))
			die(EXIT_LAUNCHER, "-d %s: no such directory", dir);
		return;
	}
	if (command[0][0] != '/')
		die(EXIT_LAUNCHER, "%s: without -d, give its full path",
		    command[0]);
	program = open(command[0], O_RDONLY | O_CLOEXEC);
	if (program < 0)
		die(EXIT_NOT_FOUND, "%s: %s", command[0], strerror(errno));
}

static void block_signals(void)
{
	static const int handled[] = {
		SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, 0
	};
	const int *sig;

	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&signals);
	for (sig = handled; *sig; sig++)
		sigaddset(&signals, *sig);
	sigprocmask(SIG_BLOCK, &signals, &original_mask);
}

int main(int argc, char **argv)
{
	char said[512], failures[4096] = "";
	const struct way *only = NULL, *way;
	size_t len = 0;
	pid_t pid = -1;

	parse(argc, argv, &only);
	check_arguments();
	block_signals();
	uid = geteuid();
	gid = getegid();
	rootless = rootless || uid;

	for (way = only ? only : ways; way->name; way++) {
		pid = launch(way, said, sizeof(said));
		if (pid > 0)
			break;
		len += snprintf(failures + len, sizeof(failures) - len,
				"\n  %s: %s", way->name, said);
		if (only)
			break;
	}
	if (pid < 0)
		die(EXIT_LAUNCHER, "no way to the new root works:%s", failures);
	return attend(pid);
}
