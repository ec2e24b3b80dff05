/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages for people, one line each: to the journal of systemd where stderr leads there,
 * with fields to search by, or else to stderr. From one thread only.
 *
 * Only the edge logs; the core returns what there is to say. Whatever a message was put
 * together from: it is one line that no terminal obeys, and passwords in URIs are
 * blanked.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sys/uio.h>

#include "system/log-level.h"

/* Which domain a message is about, and what happened to it; for the journal's fields. */
struct log_subject {
	const char *domain, *uuid;  /* these and the next: NULL if there is none */
	const char *class, *reason; /* the words that scripts rely on */
	bool has_move;
	uint64_t from_kib, to_kib; /* of the move */
};

/* Find out whether stderr leads to the journal; without this call it does not. */
void log_init(void);

/* Show messages up to @level; LOG_INFO if never called. */
void log_set_level(enum log_level level);

/* Whether messages of @level are shown; for what is costly to put together. */
bool log_is_shown(enum log_level level);

/*
 * From now on speak as a service does. Messages on stderr are dated, unless the journal
 * does that. What is said again within a minute is not shown again, but counted. This
 * does not concern debug messages, nor moves: each of those has really happened.
 */
void log_to_service(void);

/* Tell what was said again and not shown for a minute; to be called in each cycle. */
void log_remind(void);

/*
 * Tell all that was said again and not shown, and show everything that comes next: at the
 * end, and when somebody waits for an answer.
 */
void log_flush(void);

void log_message(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, with what it is about. */
void log_about(const struct log_subject *subject, enum log_level level,
	       const char *format, ...) __attribute__((format(printf, 3, 4)));

#define log_error(...) log_message(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_message(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_message(LOG_DEBUG, __VA_ARGS__)

/* For tests: where the entries of the journal go (NULL: to stderr), and a clock. */
void log_set_journal(int (*send)(const struct iovec *fields, int n_fields));
void log_set_clock(int64_t (*now_ms)(void));
