/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A statistics period that is shortened for as long as somebody coordinates, and given
 * back then; unless others have set another one meanwhile, which is theirs to keep.
 *
 * The live XML has a mark of it, so that the next coordinator can give back what one that
 * was killed could not, or what came with a migration or a restore. The mark is written
 * before the period is set, and removed after that is given back: whenever memcoord is
 * killed, either the period is the original one, and the mark does not count, or the mark
 * has the original one.
 *
 * Pure: no I/O, no clock. Times are monotonic milliseconds.
 */
#pragma once

#include "core/domain.h"

enum period_state {
	PERIOD_UNSEEN,	 /* nobody has looked yet who may change it */
	PERIOD_THEIRS,	 /* as others have it */
	PERIOD_BORROWED, /* shortened, to be given back */
	PERIOD_KEPT,	 /* the same, and it refused to be shortened further */
	PERIOD_REFUSED,	 /* as others have it, who do not let go of it */
	PERIOD_STATES
};

struct borrowed_period {
	enum period_state state;
	unsigned original_s; /* while it is borrowed */
	/* Both are ours: what the last answered call has set, and what one that got no
	 * answer may set yet. */
	unsigned set_s, asked_s;
	unsigned n_shortened; /* of late, as others set it again and again; last: */
	int64_t shortened_ms;
	unsigned seen_s;   /* what it was at the last look */
	bool is_read_anew; /* its XML was asked for since the last look */
	bool is_certain;   /* it was read at this look, or has just become this long */
};

/* Take in the period that @domain shows. */
void borrowed_period_observe(struct borrowed_period *period, const struct domain *domain);

/* Is it ours, to be given back? */
bool borrowed_period_is_ours(const struct borrowed_period *period);

/* Is the mark in @domain one of before, that says nothing of its period any more? */
bool borrowed_period_has_old_mark(const struct borrowed_period *period,
				  const struct domain *domain);

/*
 * Is the period of @domain to be shortened to @period_s at @now_ms? Not, if others set it
 * again and again: after the second time there is a pause of a minute, and then twice as
 * long a one each, up to an hour.
 */
bool borrowed_period_is_due(const struct borrowed_period *period,
			    const struct domain *domain, unsigned period_s,
			    int64_t now_ms);

/* Is its XML to be read before that, so that it is the latest that is given back? */
bool borrowed_period_needs_reading(const struct borrowed_period *period);

/* The mark that @domain needs before its period is set to @period_s. */
struct period_mark borrowed_period_mark(const struct borrowed_period *period,
					const struct domain *domain, unsigned period_s);

/*
 * Note that the period of @domain was set to @period_s at @now_ms; if not @is_answered,
 * it may have been.
 */
void borrowed_period_note_set(struct borrowed_period *period, const struct domain *domain,
			      unsigned period_s, bool is_answered, int64_t now_ms);

/* Note that its domain refuses to have it set. */
void borrowed_period_note_refusal(struct borrowed_period *period);
