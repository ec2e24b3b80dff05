/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/cgroup-limit.h"
#include "system/cleanup.h"

/* libvirt's name for the cgroup of a domain begins so, and its threads are below it. */
#define SYSTEM_SLICE "/system.slice/"
#define DOMAIN_CGROUP "/machine-qemu"

/* The file @name in the cgroup @path holds a size or "max". Returns false for none. */
static bool read_limit(const char *root, const char *path, const char *name,
		       uint64_t *ret_kib)
{
	char file_name[PATH_MAX];
	uint64_t bytes;
	FILE *file;
	int n;

	snprintf(file_name, sizeof(file_name), "%s/sys/fs/cgroup%s/%s", root, path, name);
	file = fopen(file_name, "re");
	if (!file)
		return false;
	n = fscanf(file, "%" SCNu64, &bytes);
	fclose(file);
	if (n != 1)
		return false;
	*ret_kib = bytes / 1024;
	return true;
}

/* Take the limit of the cgroup @path into @limit if it is lower. Returns 0 or -ENOMEM. */
static int lower(struct cgroup_limit *limit, const char *root, const char *path,
		 const char *name, bool is_hard)
{
	uint64_t limit_kib;
	char *copy;

	if (!limit || !read_limit(root, path, name, &limit_kib) ||
	    (limit->path && limit->limit_kib <= limit_kib))
		return 0;
	copy = strdup(path + 1);
	if (!copy)
		return -ENOMEM;
	free(limit->path);
	limit->path = copy;
	limit->is_hard = is_hard;
	limit->limit_kib = limit_kib;
	return 0;
}

/* The path of the cgroup of @pid, beginning with a slash; NULL: unknown. */
static char *read_path(const char *root, int pid)
{
	char name[PATH_MAX];
	CLEANUP_FREE char *line = NULL;
	char *path = NULL;
	size_t size = 0;
	FILE *file;

	/* Only there where version 2 has all controllers. */
	snprintf(name, sizeof(name), "%s/sys/fs/cgroup/cgroup.controllers", root);
	if (access(name, F_OK) < 0)
		return NULL;
	snprintf(name, sizeof(name), "%s/proc/%d/cgroup", root, pid);
	file = fopen(name, "re");
	if (!file)
		return NULL;
	while (!path && getline(&line, &size, file) >= 0)
		if (strncmp(line, "0::/", 4) == 0)
			path = strndup(line + 3, strcspn(line + 3, "\n"));
	fclose(file);
	return path;
}

int cgroup_limit_find(const char *root, int pid, struct cgroup_limit *own,
		      struct cgroup_limit *shared)
{
	CLEANUP_FREE char *path = read_path(root, pid);
	int r = 0;

	if (!path)
		return -ENOENT;
	/* The root of all has no limit. */
	for (; r == 0 && path[0] && path[1]; *strrchr(path, '/') = '\0') {
		struct cgroup_limit *limit = strstr(path, DOMAIN_CGROUP) ? own : shared;

		r = lower(limit, root, path, "memory.max", true);
		if (r == 0)
			r = lower(limit, root, path, "memory.high", false);
	}
	return r;
}

char *cgroup_unit(const char *root, int pid)
{
	char *path = read_path(root, pid), *unit = NULL;
	const char *suffix = path ? strrchr(path, '.') : NULL;

	/* A user's own manager may have units of the same names, and of any other. */
	if (suffix && strcmp(suffix, ".service") == 0 &&
	    strncmp(path, SYSTEM_SLICE, strlen(SYSTEM_SLICE)) == 0)
		unit = strdup(strrchr(path, '/') + 1);
	free(path);
	return unit;
}
