/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages that are said again and again: shown once a minute, and counted.
 *
 * Times are milliseconds of a clock that never goes back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system/log-level.h"

/* More than a host with trouble of its own says in turn; then the oldest are told. */
enum { REPEATS_MAX = 32 };

#define REPEATS_QUIET_MS ((int64_t)60000)

struct repeat {
	char *text; /* owned */
	enum log_level level;
	int64_t shown_ms;
	unsigned n_since; /* how often it was said since, and not shown */
};

struct repeats {
	/* Called with what was said and not shown, before that is forgotten. */
	void (*tell)(const struct repeat *repeat);
	size_t n;
	struct repeat entries[REPEATS_MAX]; /* what was said last comes last */
};

/*
 * Note that @text is said. Returns whether to show it: not if it was shown less than a
 * minute ago. @ret_n_since: how often it was said since it was last shown, this time
 * included; 0 if that was not held back in between.
 */
bool repeats_admit(struct repeats *repeats, enum log_level level, const char *text,
		   int64_t now_ms, unsigned *ret_n_since);

/* Tell what was said and not shown for a minute. */
void repeats_remind(struct repeats *repeats, int64_t now_ms);

/* Tell all that was said and not shown, and forget everything. */
void repeats_flush(struct repeats *repeats);
