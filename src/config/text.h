/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a configuration file, and errors that name its lines.
 *
 * libconfig 1.5 misreads some files without a word; they are refused before it sees them.
 */
#pragma once

struct config_reader {
	const char *path;
	char **ret_error; /* set on failure; the caller's */
};

/* Set the error to "FILE:LINE: ..." (line 0: "FILE: ...") and return -EINVAL. */
int config_refuse(const struct config_reader *reader, unsigned line, const char *format,
		  ...) __attribute__((format(printf, 3, 4)));

/*
 * Read all of the file as one string, owned by the caller. Returns 0, or a negative errno
 * with the error set (-ENOMEM: it may be NULL).
 */
int config_read_text(const struct config_reader *reader, char **ret_text);
