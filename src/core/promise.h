/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A promise: what was asked of a balloon and has not come true yet.
 *
 * A balloon moves in its own time. What a domain was granted is gone from the host at
 * once, even if the domain has not taken it; what a donor was asked for is there only
 * when its current size has really fallen (after Xen's squeezed and Qubes' qmemman).
 *
 * Pure: no I/O, no clock. Sizes are KiB, times monotonic milliseconds.
 */
#pragma once

#include "core/domain.h"

/* Balloons move in whole guest pages, which are up to 64 KiB large. */
#define SETTLED_WITHIN_KIB 64

struct promise {
	bool is_open;
	uint64_t from_kib, target_kib; /* of the last command */
	bool is_kept;		       /* the balloon has been where it was sent last */
	uint64_t doubt_kib; /* an older, larger target that may be in force yet, or 0 */
	bool was_commanded;
	int64_t commanded_ms; /* of the last command, also after the promise is kept */
	uint64_t seen_kib;    /* the last known size */
	bool is_held;	      /* its domain does not respond: neither asked nor judged */
	/* It was there before memcoord: where its balloon is bound for is not known. */
	bool is_adrift;
	uint64_t maximum_kib; /* the last known one: it cannot be bound for more */
	bool has_looked;
	int64_t adrift_ms; /* the size has held still since then: */
	uint64_t adrift_kib;
	bool is_refused; /* while it is stuck: the last request was refused */

	/* Does the balloon obey? */
	int64_t moved_ms; /* when it last moved, or was last asked to */
	uint64_t moved_kib;
	bool is_stuck;
	int64_t stuck_until_ms;
	unsigned stuck_s; /* how long the next time; doubles up to an hour */

	/* A shrink has stalled half way: after that much, */
	bool has_stalled;
	uint64_t gave_kib;
	int64_t stalled_until_ms; /* and this is believed for so long */
};

/* A change by less is no sign of life, nor of a purpose: a guest's page lists breathe. */
#define BALLOON_BREATH_KIB ((uint64_t)4 * 1024)

/* Note that @target_kib was asked for at @now_ms. */
void promise_open(struct promise *promise, uint64_t target_kib, int64_t now_ms);

/*
 * Note that the same was asked for in a call that got no answer: until the balloon has
 * arrived or another call was answered, the target before may be the one in force.
 */
void promise_open_in_doubt(struct promise *promise, uint64_t target_kib, int64_t now_ms);

/*
 * Note that a request was refused at @now_ms: the domain counts as stuck for a minute, so
 * that the others get their turn. An older promise stays open: its balloon goes on.
 */
void promise_refuse(struct promise *promise, int64_t now_ms);

/*
 * Close the promise if the balloon of @domain has arrived. If it has not moved for 5 s,
 * the domain is stuck for a minute, the next time for two, and so on: nobody may count on
 * the rest, and the request should be withdrawn. The time in which the domain does not
 * respond does not count.
 */
void promise_settle(struct promise *promise, const struct domain *domain, int64_t now_ms);

/*
 * What the domain can be asked to give at once at @now_ms: all, or no more than what it
 * gave before it stalled, until a request of any size has come true again, or an hour has
 * passed.
 */
uint64_t promise_most_kib(const struct promise *promise, int64_t now_ms);

/*
 * Should the request be withdrawn, because the balloon does not move? Not while the call
 * would block or be refused.
 */
bool promise_is_to_withdraw(const struct promise *promise);

/*
 * What the domain has. Its guest writes that itself, so no more counts than it can have;
 * memory that was plugged in comes on top of the maximum.
 */
uint64_t promise_size_kib(const struct promise *promise, const struct domain *domain);

/*
 * What the host must be able to back: the larger of the current size and the target; of a
 * stuck domain the current size, as its request is withdrawn; of one that does not
 * respond and whose target is not known, its maximum. The last known size stands in for
 * one that is not shown.
 */
uint64_t promise_committed_kib(const struct promise *promise,
			       const struct domain *domain);
