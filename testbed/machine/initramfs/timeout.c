// SPDX-License-Identifier: GPL-2.0-only
/*
 * timeout SECONDS COMMAND...
 *
 * What the selftests' runner.sh needs of coreutils' timeout and busybox'
 * does not have: the exit status 124. It also kills what COMMAND leaves behind,
 * which would otherwise hold the runner's pipe open and disturb the next test.
 *
 * The runner nests two of them; the outer one has --foreground.
 */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Orphans become children of this process, so this gets all descendants. */
static void kill_descendants(void)
{
	FILE *children;
	pid_t pid;

	do {
		children = fopen("/proc/thread-self/children", "re");
		if (!children)
			err(125, "/proc/thread-self/children");
		while (fscanf(children, "%d", &pid) == 1)
			kill(pid, SIGKILL);
		fclose(children);
	} while (wait(NULL) > 0);
}

int main(int argc, char **argv)
{
	struct timespec now, left;
	int status, seconds;
	sigset_t chld;
	time_t end;
	pid_t child, pid;

	if (argc > 3 && !strcmp(argv[1], "--foreground")) {
		execvp(argv[3], argv + 3);
		err(127, "%s", argv[3]);
	}
	if (argc < 3 || (seconds = atoi(argv[1])) <= 0)
		errx(125, "usage: timeout SECONDS COMMAND...");

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);

	child = fork();
	if (child < 0)
		err(125, "fork");
	if (!child) {
		sigprocmask(SIG_UNBLOCK, &chld, NULL);
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + seconds;
	for (;;) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
			if (pid != child)
				continue;
			kill_descendants();
			return WIFEXITED(status) ? WEXITSTATUS(status) :
						   128 + WTERMSIG(status);
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= end)
			break;
		left = (struct timespec) { .tv_sec = end - now.tv_sec };
		sigtimedwait(&chld, NULL, &left);
	}
	kill_descendants();
	return 124;
}
