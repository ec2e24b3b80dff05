/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What 'run' has seen and done since it began, counted.
 *
 * Counts only rise. Those of a domain are forgotten when it is gone, and go on when it is
 * started again between two looks.
 *
 * Pure: no I/O, no clock. Sizes are KiB.
 */
#pragma once

#include "core/policy.h"

enum { TALLY_N_BOUNDS = 11 };

/* Durations of cycles are counted by these upper bounds, which belong to them. */
extern const unsigned tally_bounds_ms[TALLY_N_BOUNDS];

struct durations {
	/* Each without those of smaller bounds; the last one: longer than all bounds. */
	uint64_t n[TALLY_N_BOUNDS + 1];
	uint64_t sum_us;
};

struct domain_tally {
	char uuid[DOMAIN_UUID_SIZE]; /* first: see domain_compare_uuid() */
	int id;
	uint64_t n_grows, n_shrinks; /* requests that were accepted */
	uint64_t n_refusals;	     /* requests that were not */
	uint64_t n_stuck;	     /* how often its balloon did not move */
	/* By how much its balloon has moved as it was asked to. */
	uint64_t grown_kib, shrunk_kib;
	uint64_t starving_ms;	/* time for which it was seen STARVING */
	uint64_t unrelieved_ms; /* of that, with no memory on its way to it */

	/* What holds until the next look. */
	bool is_starving, is_unrelieved, is_stuck;
	bool has_current, has_target; /* a target only if the balloon is to move */
	uint64_t current_kib, target_kib;
};

struct tally {
	uint64_t n_cycles;	  /* that came to their end */
	uint64_t n_failed_cycles; /* the others */
	uint64_t n_errors;	  /* of libvirt itself, not of one domain */
	struct durations durations;
	bool has_looked; /* and has not failed to since */
	int64_t looked_ms;
	/* As many as the last look has shown, in its order; or none, see tally_look(). */
	size_t n_domains;
	struct domain_tally *domains; /* owned; free with tally_clear() */
};

/*
 * Take in what a look has shown; @history must have taken in @snapshot last. The time
 * since the look before counts by how the cycle of that one ended. Without memory the
 * counts of all domains are forgotten, and begin again at the next look.
 */
void tally_look(struct tally *tally, const struct snapshot *snapshot,
		const struct history *history);

/* Count @move of the last look's plan, which was accepted; or which was refused. */
void tally_note_move(struct tally *tally, const struct move *move);
void tally_note_refusal(struct tally *tally, const struct move *move);

/* The cycle that began with the last look has come to its end with that plan. */
void tally_complete(struct tally *tally, const struct history *history,
		    const struct plan *plan);

/* A cycle did not come to its end: what the domains do until the next is not known. */
void tally_fail(struct tally *tally);

/* A cycle, whatever became of it, took so long. */
void tally_note_duration(struct tally *tally, int64_t duration_us);

/* Free what @tally owns. */
void tally_clear(struct tally *tally);
