// SPDX-License-Identifier: GPL-2.0
/* The mounts and the secrets that a scene begins with */

#include "explore.h"

/* The file @path is a secret from now on. */
static int keep_secret(const char *path, enum secret_class class)
{
	struct secret *secret = &scene->secrets[scene->nr_secrets];
	struct stat st;

	if (make_file(path) && errno != EEXIST)
		return -1;
	if (stat(path, &st))
		return -1;
	snprintf(secret->name, sizeof(secret->name), "%s (%d)", path,
		 scene->nr_secrets);
	secret->class = class;
	secret->dev = st.st_dev;
	secret->ino = st.st_ino;
	scene->nr_secrets++;
	return 0;
}

/* A new tmpfs on the directory @path */
static int add_tmpfs(const char *path)
{
	int fd = filled_tmpfs(), ret;

	if (fd == -1)
		return -1;
	ret = mount_on(fd, path);
	close(fd);
	return ret;
}

/* A secret in the directory @path, and a tmpfs on it */
static int hide(const char *path, enum secret_class class)
{
	char file[32];

	snprintf(file, sizeof(file), "%s/s", path);
	return keep_secret(file, class) || add_tmpfs(path) ? -1 : 0;
}

static int make_dirs(const char * const *dirs)
{
	for (; *dirs; dirs++)
		if (mkdir(*dirs, 0755))
			return -1;
	return 0;
}

static int change_type(const char *path, unsigned long type)
{
	return mount(NULL, path, NULL, type, NULL);
}

static int hide_in_b(void)
{
	return hide("b/d", HOSTS) || change_type("b/d", MS_UNBINDABLE) ? -1 : 0;
}

/*
 * /m1 becomes a second mount of the filesystem on /b. Only /b has a mount on
 * d/v, with a secret, which a mount on d hides.
 */
static int hide_in_one_of_two_places(void)
{
	return mount("b", "m1", NULL, MS_BIND, NULL) ||
	       change_type("m1", MS_PRIVATE) || mkdir("b/d/v", 0755) ||
	       add_tmpfs("b/d/v") || keep_secret("b/d/v/s", HOSTS) ||
	       add_tmpfs("b/d") ? -1 : 0;
}

const struct scene_type scene_types[NR_SCENES] = {
	[PLAIN] = {
		.name = "plain",
		.hide_in_b = hide_in_b,
		.group_factor = 1,
		.private_copies = 80,
		.group_from = "a/d",
	},
	[NS_FILES] = {
		.name = "nsfiles",
		.ns_files = true,
		.hide_in_b = hide_in_b,
		.group_factor = 1,
		.private_copies = 80,
		.group_from = "a/d",
	},
	[TWICE] = {
		.name = "twice",
		.hide_in_b = hide_in_one_of_two_places,
		.group_factor = 2,
		.private_copies = 20,
		.hot_path = "m1/d",
		.group_from = "m1",
		.group_to = "b",
	},
};

/*
 * The mounts of HOST: its secrets, and directories to mount on. The root, /a,
 * /c and the mounts in them are shared, others are private.
 */
int setup_host(void)
{
	static const char * const dirs[] = {
		"a", "b", "c", "w", "p", "m1", "m2", "m3", NULL,
	};

	if (make_dirs(dirs) || make_file("e") ||
	    change_type(".", MS_SHARED))
		return -1;

	if (add_tmpfs("a") || mkdir("a/v/x", 0755) || hide("a/d", HOSTS) ||
	    keep_secret("a/f", HOSTS) ||
	    mount("e", "a/f", NULL, MS_BIND, NULL) ||
	    change_type("a/f", MS_PRIVATE))
		return -1;

	/* A mount that hides a secret, with another one in it */
	if (mkdir("a/n", 0755) || hide("a/n", HOSTS) || hide("a/n/d", HOSTS))
		return -1;

	/* Nothing here propagates, or gets into an ordinary copy. */
	if (add_tmpfs("b") || change_type("b", MS_PRIVATE))
		return -1;
	if (scene_types[scene->kind].hide_in_b())
		return -1;

	/* For INNER_HOST to hide */
	if (add_tmpfs("c") || mkdir("c/u", 0755) ||
	    keep_secret("c/u/s", INNER_HOSTS))
		return -1;

	/* all of a mount, and the directory beneath it */
	if (hide("w", HOSTS) || change_type("w", MS_PRIVATE) ||
	    hide("w", HOSTS))
		return -1;

	/* Later, see hide_by_ns_files() */
	if (mount("p", "p", NULL, MS_BIND, NULL) ||
	    change_type("p", MS_PRIVATE))
		return -1;
	return 0;
}

/* What INNER_HOST does to its copy of that, before it has children */
int setup_inner_host(void)
{
	static const char * const shared[] = {
		".", "a", "a/d", "a/n", "a/n/d", "c", NULL,
	};
	int i;

	for (i = 0; shared[i]; i++)
		if (change_type(shared[i], MS_SHARED))
			return -1;
	return add_tmpfs("c/u") || add_tmpfs("c/v") || hide("c/v/d", HOSTS) ?
		       -1 : 0;
}

/*
 * A mount namespace file hides a file. All processes have been started: since
 * /p is private, no other mount namespace gets the mount.
 */
int hide_by_ns_files(void)
{
	int fd, ret;

	if (add_tmpfs("p") || keep_secret("p/f", HOSTS))
		return -1;
	fd = new_fs_mntns("tmpfs", 0);
	if (fd == -1)
		return -1;
	note_ns(fd, false);
	ret = bind_mntns(fd, "p/f");
	close(fd);
	return ret;
}
