// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: leave pivot|beneath|move
 * As process 1 of the virtual machine, leave the initramfs for a tmpfs and report
 * whether its memory is free afterwards: by pivot_root() or by a mount beneath the
 * root, without deleting anything, or by MS_MOVE, as switch_root does. Prints KTAP.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MIB	(1L << 20)
#define SIZE	(128 * MIB)

/* <sys/mount.h> does not go with <linux/mount.h> */
int mount(const char *source, const char *target, const char *type,
	  unsigned long flags, const void *data);
int umount2(const char *target, int flags);
#define MNT_DETACH	2

static int failed;

static void result(bool ok, const char *name)
{
	static int nr;

	printf("%s %d - %s\n", ok ? "ok" : "not ok", ++nr, name);
	failed |= !ok;
}

#define CHECK(call)	do { if ((call) == -1) err(1, "%s", #call); } while (0)

static void copy(const char *from, const char *to)
{
	int in, out;
	ssize_t n;
	static char buf[65536];

	CHECK(in = open(from, O_RDONLY));
	CHECK(out = open(to, O_WRONLY | O_CREAT, 0755));
	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n));
	close(in);
	close(out);
}

static long free_memory(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	long kib = -1;

	while (file && kib == -1 && fgets(line, sizeof(line), file))
		sscanf(line, "MemFree: %ld", &kib);
	if (file)
		fclose(file);
	return kib * 1024;
}

static int new_tmpfs(void)
{
	int fs, mnt;

	CHECK(fs = syscall(SYS_fsopen, "tmpfs", 0));
	CHECK(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	CHECK(mnt = syscall(SYS_fsmount, fs, 0, 0));
	close(fs);
	return mnt;
}

static void leave(const char *how)
{
	static char mib[MIB];
	char before[32];
	int fd, i;

	CHECK(fd = open("/big", O_WRONLY | O_CREAT, 0600));
	for (i = 0; i < SIZE / MIB; i++)
		if (write(fd, mib, MIB) != MIB)
			err(1, "/big");
	close(fd);

	fd = new_tmpfs();
	if (strcmp(how, "beneath")) {
		CHECK(mkdir("/new", 0755));
		CHECK(syscall(SYS_move_mount, fd, "", AT_FDCWD, "/new",
			      MOVE_MOUNT_F_EMPTY_PATH));
	}
	CHECK(fchdir(fd));
	copy("/leave", "leave");
	CHECK(mkdir("proc", 0555));
	CHECK(mknod("kmsg", S_IFCHR | 0600, makedev(1, 11)));
	snprintf(before, sizeof(before), "%ld", free_memory());

	if (!strcmp(how, "pivot")) {
		CHECK(syscall(SYS_pivot_root, ".", "."));
	} else if (!strcmp(how, "beneath")) {
		CHECK(syscall(SYS_move_mount, fd, "", AT_FDCWD, "/",
			      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
		CHECK(chroot("."));
	} else {
		CHECK(unlink("/big"));
		CHECK(mount(".", "/", NULL, MS_MOVE, NULL));
		CHECK(chroot("."));
	}
	if (strcmp(how, "move"))
		CHECK(umount2(".", MNT_DETACH));
	close(fd);
	CHECK(chdir("/"));
	/* This program is in the initramfs. */
	CHECK(execl("/leave", "leave", how, before, NULL));
}

/* Is the task @pid, a kernel thread that shares process 1's root, here as well? */
static bool is_here(int pid)
{
	char path[64];
	struct stat here, there;

	snprintf(path, sizeof(path), "/proc/%d/root/.", pid);
	return !stat("/", &here) && !stat(path, &there) &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static void check(const char *how, long before)
{
	long wanted = before + SIZE / 2, now;
	char name[64], text[16];
	int i, fd;

	puts("1..2");
	CHECK(mount("proc", "/proc", "proc", 0, NULL));
	/* Mounts are freed by tasks of their own, RCU grace periods later. */
	for (i = 0; (now = free_memory()) < wanted && i < 200; i++)
		usleep(50000);
	printf("# %s: %ld MiB were free, now it is %ld MiB\n", how,
	       before / MIB, now / MIB);
	snprintf(name, sizeof(name), "%s: the initramfs is freed", how);
	result(now >= wanted, name);
	snprintf(name, sizeof(name), "%s: kernel threads have the new root", how);
	result(is_here(2), name);

	fflush(stdout);
	CHECK(fd = open("/kmsg", O_WRONLY));
	snprintf(text, sizeof(text), "mntns: exit %d\n", failed);
	CHECK(write(fd, text, strlen(text)));
	sync();
	/* The port is slow: closing waits until all of it is out. */
	fclose(stdout);
	close(0);
	close(2);
	reboot(RB_AUTOBOOT);
}

int main(int argc, char **argv)
{
	if (argc == 2)
		leave(argv[1]);
	else
		check(argv[1], atol(argv[2]));
	return 1;
}
