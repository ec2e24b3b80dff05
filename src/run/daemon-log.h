/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the loop of 'memcoord run' says of its cycles. */
#pragma once

#include "cycle/cycle.h"

/* What was said of an overload so far; all zero in the beginning. */
struct overload_log {
	bool is_overloaded, has_warned;
	int64_t since_ms;
};

/* Tell of a move that was made, or was not; a cycle_result_fn. */
void daemon_log_move(void *data, const struct cycle *cycle, const struct move *move,
		     int result);

/* Tell of each domain how it is judged, and why it gets what it gets. */
void daemon_log_verdicts(const struct cycle *cycle);

/* Tell what is wrong with the metadata of @domain; the options @cure of set help. */
void daemon_log_metadata(const struct domain *domain, const char *cure);

/*
 * Tell what the last look has taught of domains that are left alone from now on, and of
 * metadata that is ignored from now on.
 */
void daemon_log_lessons(const struct cycle *cycle);

/* Say once that there is not enough for all, loudly if it lasts, and when it is over. */
void daemon_log_overload(struct overload_log *log, const struct cycle *cycle);
