/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "cleanup.h"
#include "log.h"
#include "plain.h"

static enum log_level max_level = LOG_INFO;
static bool is_stamped;

void log_set_level(enum log_level level)
{
	max_level = level;
}

void log_set_stamped(bool stamped)
{
	is_stamped = stamped;
}

static void print_stamp(void)
{
	time_t now = time(NULL);
	struct tm local;
	char text[32];

	if (localtime_r(&now, &local) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S ", &local) > 0)
		fputs(text, stderr);
}

void log_message(enum log_level level, const char *format, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list arguments;
	int r;

	if (level > max_level)
		return;
	va_start(arguments, format);
	r = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (r < 0) {
		text = NULL;
	} else {
		plain_flatten(text);
		plain_hide_passwords(text);
	}
	flockfile(stderr);
	if (is_stamped)
		print_stamp();
	fputs("memcoord: ", stderr);
	fputs(text ? text : "out of memory", stderr);
	fputc('\n', stderr);
	funlockfile(stderr);
}
