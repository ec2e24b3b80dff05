/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/metrics-file.h"
#include "system/cleanup.h"

/* The collector reads names that end in .prom only: not the file that is in the making.
 */
#define DEFAULT_NAME "memcoord.prom"
#define TEMPORARY_SUFFIX ".tmp"

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

static int write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* One that is left over may be somebody's link to somewhere else. */
static int write_anew(const char *path, const char *text, size_t size)
{
	int fd, r;

	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	/* whatever the umask says */
	r = fchmod(fd, 0644) < 0 ? -errno : write_all(fd, text, size);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

/* Whoever reads @path gets what was there before, or all of @text. */
static int replace(const char *path, const char *temporary, const char *text, size_t size)
{
	int r = write_anew(temporary, text, size);

	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(temporary);
	return r;
}

/* rename() would put a file in the place of /dev/null, too. */
static bool is_something_else(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

int metrics_file_write(const char *path, const struct metrics_view *view)
{
	CLEANUP_FREE char *temporary = NULL;
	struct exposition exposition = { 0 };
	int r;

	if (is_something_else(path))
		return -EEXIST;
	if (asprintf(&temporary, "%s" TEMPORARY_SUFFIX, path) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	r = metrics_print(view, &exposition);
	if (r == 0)
		r = replace(path, temporary, exposition.text, exposition.length);
	exposition_clear(&exposition);
	return r;
}
