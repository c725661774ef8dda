/* SPDX-License-Identifier: GPL-2.0 */
/* The mounts and the secrets that a scene begins with */

#ifndef __EXPLORE_SCENE_H
#define __EXPLORE_SCENE_H

#include "../mntns_containment/containment.h"
#include "actions.h"

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

/* A secret in the directory @path, and a tmpfs over it */
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

static int set_propagation(const char *path, unsigned long type)
{
	return mount(NULL, path, NULL, type, NULL);
}

/*
 * /m1 becomes a second mount of what is on /b. Only in /b there is a mount with a
 * secret in /b/d/v, and a cover on /b/d.
 */
static int hide_in_one_of_two_places(void)
{
	return mount("b", "m1", NULL, MS_BIND, NULL) ||
	       set_propagation("m1", MS_PRIVATE) || mkdir("b/d/v", 0755) ||
	       add_tmpfs("b/d/v") || keep_secret("b/d/v/s", HOSTS) ||
	       add_tmpfs("b/d") ? -1 : 0;
}

/*
 * The table of HOST: what it has to hide, and places to mount on. The root, /a,
 * /c and what's mounted on them is shared, the rest is private.
 */
static int setup_host(void)
{
	static const char * const dirs[] = {
		"a", "b", "c", "w", "p", "m1", "m2", "m3", NULL,
	};

	if (make_dirs(dirs) || make_file("e") ||
	    set_propagation(".", MS_SHARED))
		return -1;

	/* Directories beside others that are open to all, and a file */
	if (add_tmpfs("a") || mkdir("a/v/x", 0755) || hide("a/d", HOSTS) ||
	    keep_secret("a/f", HOSTS) ||
	    mount("e", "a/f", NULL, MS_BIND, NULL) ||
	    set_propagation("a/f", MS_PRIVATE))
		return -1;

	/* A cover with another one in it */
	if (mkdir("a/n", 0755) || hide("a/n", HOSTS) || hide("a/n/d", HOSTS))
		return -1;

	/* No cover here propagates, nor gets into an ordinary copy. */
	if (add_tmpfs("b") || set_propagation("b", MS_PRIVATE))
		return -1;
	if (scene->kind == TWICE) {
		if (hide_in_one_of_two_places())
			return -1;
	} else if (hide("b/d", HOSTS) || set_propagation("b/d", MS_UNBINDABLE)) {
		return -1;
	}

	/* For INNER_HOST to cover */
	if (add_tmpfs("c") || mkdir("c/u", 0755) ||
	    keep_secret("c/u/s", INNER_HOSTS))
		return -1;

	/* The whole of a mount, and what that is mounted on */
	if (hide("w", HOSTS) || set_propagation("w", MS_PRIVATE) ||
	    hide("w", HOSTS))
		return -1;

	/* Later, see hide_by_pins() */
	if (mount("p", "p", NULL, MS_BIND, NULL) ||
	    set_propagation("p", MS_PRIVATE))
		return -1;
	return 0;
}

/* What INNER_HOST does to its copy of that, before it has children */
static int setup_inner_host(void)
{
	static const char * const shared[] = {
		".", "a", "a/d", "a/n", "a/n/d", "c", NULL,
	};
	int i;

	for (i = 0; shared[i]; i++)
		if (set_propagation(shared[i], MS_SHARED))
			return -1;
	return add_tmpfs("c/u") || add_tmpfs("c/v") || hide("c/v/d", HOSTS) ?
		       -1 : 0;
}

/*
 * A mount namespace as the cover of a file. This is done when all processes
 * have been started: those that aren't in the caller's mount namespace don't
 * get to see it, since /p is private.
 */
static int hide_by_pins(void)
{
	int fd, ret;

	if (add_tmpfs("p") || keep_secret("p/f", HOSTS))
		return -1;
	fd = new_fs_mntns("tmpfs", 0);
	if (fd == -1)
		return -1;
	note_ns(fd, false);
	ret = pin_mntns(fd, "p/f");
	close(fd);
	return ret;
}

#endif /* __EXPLORE_SCENE_H */
