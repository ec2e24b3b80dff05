/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/metrics-file.h"

/* The node exporter reads no other names. */
#define DEFAULT_NAME "memcoord.prom"

/* In the first directory of $RUNTIME_DIRECTORY (systemd.exec(5)); NULL: there is none. */
static int default_path(char **ret_path)
{
	const char *directories = getenv("RUNTIME_DIRECTORY");
	int length = directories ? (int)strcspn(directories, ":") : 0;

	if (length == 0 || *directories != '/') {
		*ret_path = NULL;
		return 0;
	}
	return asprintf(ret_path, "%.*s/" DEFAULT_NAME, length, directories) < 0 ? -ENOMEM
										 : 0;
}

int metrics_file_path(const struct settings *settings, char **ret_path)
{
	char *path = NULL;
	int r = 0;

	if (!settings->metrics_file)
		r = default_path(&path);
	else if (*settings->metrics_file)
		r = (path = strdup(settings->metrics_file)) ? 0 : -ENOMEM;
	if (r == 0)
		*ret_path = path;
	return r;
}

int metrics_file_write(struct owned_file *file, const char *path,
		       const struct metrics_view *view)
{
	struct exposition exposition = { 0 };
	int r = metrics_print(view, &exposition);

	if (r == 0)
		r = owned_file_write(file, path, exposition.text, exposition.length);
	exposition_clear(&exposition);
	return r;
}
