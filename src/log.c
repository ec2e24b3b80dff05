/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "log.h"

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
	va_list arguments;

	if (level > max_level)
		return;
	flockfile(stderr);
	if (is_stamped)
		print_stamp();
	fputs("memcoord: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	funlockfile(stderr);
}
