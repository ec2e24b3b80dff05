/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "system/journal.h"

#ifdef HAVE_LIBSYSTEMD

#define SD_JOURNAL_SUPPRESS_LOCATION /* it would be this file, always */
#include <systemd/sd-journal.h>

/* libsystemd's own; it has no name there. */
#define SOCKET_PATH "/run/systemd/journal/socket"

int journal_send(const struct iovec *fields, int n_fields)
{
	/* sd_journal_sendv() would drop the entry and return 0. */
	if (access(SOCKET_PATH, F_OK) < 0)
		return -ENOENT;
	return sd_journal_sendv(fields, n_fields);
}

#else

int journal_send(const struct iovec *fields, int n_fields)
{
	(void)fields;
	(void)n_fields;
	return -ENOSYS;
}

#endif

bool journal_is_stderr(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char real[64];

	if (!stream || fstat(STDERR_FILENO, &st) < 0)
		return false;
	snprintf(real, sizeof(real), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino);
	return strcmp(stream, real) == 0;
}
