/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/text.h"
#include "system/cleanup.h"

/* A configuration file is written by hand: more than this is another kind of file. */
#define FILE_MAX_BYTES ((size_t)1024 * 1024)

int config_refuse(const struct config_reader *reader, unsigned line, const char *format,
		  ...)
{
	CLEANUP_FREE char *what = NULL;
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = vasprintf(&what, format, arguments);
	va_end(arguments);
	if (r < 0) {
		what = NULL;
		*reader->ret_error = NULL;
		return -ENOMEM;
	}
	r = line ? asprintf(reader->ret_error, "%s:%u: %s", reader->path, line, what)
		 : asprintf(reader->ret_error, "%s: %s", reader->path, what);
	if (r < 0)
		*reader->ret_error = NULL;
	return -EINVAL;
}

/* Step over what libconfig takes for a string or a comment at @p, counting lines. */
static const char *skip_opaque(const char *p, unsigned *line)
{
	const char *end;

	if (*p == '"') {
		for (end = p + 1; *end && *end != '"'; end++)
			if (*end == '\\' && end[1])
				end++;
		end += *end == '"';
	} else if (*p == '#' || (p[0] == '/' && p[1] == '/')) {
		end = p + strcspn(p, "\n");
	} else if (p[0] == '/' && p[1] == '*') {
		const char *close = strstr(p + 2, "*/");

		end = close ? close + 2 : p + strlen(p);
	} else {
		return p;
	}
	for (; p < end; p++)
		*line += *p == '\n';
	return end;
}

/*
 * Refuse what libconfig 1.5 would misread: it cuts integers to 32 bits without a word,
 * and it ends the whole process when an included file cannot be read.
 */
static int check_text(const struct config_reader *reader, const char *text)
{
	unsigned line = 1;

	for (const char *p = text; *p;) {
		const char *next = skip_opaque(p, &line);

		if (next != p) {
			p = next;
		} else if (*p == '@') {
			return config_refuse(reader, line, "@include is not supported");
		} else if (isalnum((unsigned char)*p) || *p == '_') {
			size_t length = strspn(p, "0123456789abcdefghijklmnopqrstuvwxyz"
						  "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-*");

			if (isdigit((unsigned char)*p) && length > 9)
				return config_refuse(reader, line,
						     "'%.*s' is too large a number",
						     (int)length, p);
			p += length;
		} else {
			line += *p == '\n';
			p++;
		}
	}
	return 0;
}

/* Open the file, or return NULL with the error in @ret_error. */
static FILE *open_regular(const struct config_reader *reader, int *ret_error)
{
	/* Not blocking, or a FIFO would wait for its writer. */
	int fd = open(reader->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;

	if (fd < 0) {
		*ret_error = -errno;
		config_refuse(reader, 0, "%s", strerror(errno));
		return NULL;
	}
	/* A character device, because -f /dev/null is how one says "no configuration". */
	if (fstat(fd, &status) < 0 ||
	    !(S_ISREG(status.st_mode) || S_ISCHR(status.st_mode))) {
		close(fd);
		*ret_error = config_refuse(reader, 0, "not a regular file");
		return NULL;
	}

	FILE *file = fdopen(fd, "r");

	if (!file) {
		close(fd);
		*ret_error = -ENOMEM;
	}
	return file;
}

int config_read_text(const struct config_reader *reader, char **ret_text)
{
	int r = 0;
	FILE *file = open_regular(reader, &r);

	if (!file)
		return r;

	char *text = malloc(FILE_MAX_BYTES + 2);
	size_t length = text ? fread(text, 1, FILE_MAX_BYTES + 1, file) : 0;

	if (!text)
		r = -ENOMEM;
	else if (ferror(file))
		r = config_refuse(reader, 0, "cannot be read");
	else if (length > FILE_MAX_BYTES)
		r = config_refuse(reader, 0, "larger than 1 MiB");
	else if (memchr(text, '\0', length))
		r = config_refuse(reader, 0, "not a text file");
	fclose(file);
	if (r == 0) {
		/* libconfig 1.5 takes a comment without its line end for a syntax error.
		 */
		if (length > 0 && text[length - 1] != '\n')
			text[length++] = '\n';
		text[length] = '\0';
		r = check_text(reader, text);
	}
	if (r < 0) {
		free(text);
		return r;
	}
	*ret_text = text;
	return 0;
}
