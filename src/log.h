/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages for people, one line each, on stderr.
 *
 * Only the edge logs; the core returns what there is to say. Whatever a message was put
 * together from: it is one line that no terminal obeys, and passwords in URIs are blanked.
 */
#pragma once

#include <stdbool.h>

enum log_level {
	LOG_ERROR,   /* something failed */
	LOG_WARNING, /* it goes on, but somebody should look */
	LOG_INFO,    /* what was done */
	LOG_DEBUG,   /* how it came to that */
};

/* Show messages up to @level; LOG_INFO if never called. */
void log_set_level(enum log_level level);

/* Date each message, or not (the default). */
void log_set_stamped(bool is_stamped);

void log_message(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...) log_message(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_message(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_message(LOG_DEBUG, __VA_ARGS__)
