/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulate/scenario-find.h"

static const char suffix[] = ".conf";

const char *scenario_directory(void)
{
	const char *directory = getenv("MEMCOORD_SCENARIO_DIR");

	return directory && *directory ? directory : DEFAULT_SCENARIO_DIR;
}

char *scenario_path(const char *name)
{
	char *path;

	if (strchr(name, '/'))
		return strdup(name);
	if (asprintf(&path, "%s/%s%s", scenario_directory(), name, suffix) < 0)
		return NULL;
	return path;
}

static int has_suffix(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	size_t suffix_length = sizeof(suffix) - 1;

	return entry->d_name[0] != '.' && length > suffix_length &&
	       strcmp(entry->d_name + length - suffix_length, suffix) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name); /* the same in every locale */
}

int scenario_names(char ***ret_names)
{
	struct dirent **entries;
	int n = scandir(scenario_directory(), &entries, has_suffix, by_name);
	int r = 0;

	if (n < 0)
		return -errno;

	char **names = calloc((size_t)n + 1, sizeof(*names));

	for (int i = 0; i < n; i++) {
		size_t length = strlen(entries[i]->d_name) - (sizeof(suffix) - 1);

		if (names && r == 0 && !(names[i] = strndup(entries[i]->d_name, length)))
			r = -ENOMEM;
		free(entries[i]);
	}
	free(entries);
	if (!names)
		return -ENOMEM;
	if (n == 0)
		r = -ENOENT;
	if (r < 0) {
		scenario_names_free(names);
		return r;
	}
	*ret_names = names;
	return 0;
}

void scenario_names_free(char **names)
{
	for (char **name = names; names && *name; name++)
		free(*name);
	free(names);
}
