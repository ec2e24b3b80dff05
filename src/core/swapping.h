/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a guest swap out, and is that a sign that it is short of memory?
 *
 * Mostly it is, whatever else the guest shows: what is swapped out looks like free
 * memory. But there are guests that count what they write to files, for ever. A guest
 * that is short shows it within two minutes: some of that time it has not much free.
 *
 *	state        what a sample shows                 next state
 *	NOT          swapping                            COUNTS, since then
 *	COUNTS       swapping, and not much free;        COUNTS, since then
 *	             or memcoord has shrunk it
 *	COUNTS       swapping, much free for 2 minutes   DISREGARDED
 *	DISREGARDED  swapping, and not much free         COUNTS, since then
 *	any          no swapping                         NOT
 *
 * Pure: no I/O, no clock. Sizes are KiB, times monotonic milliseconds.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum swapping_state {
	SWAPPING_NOT,
	SWAPPING_COUNTS,      /* a sign of shortage */
	SWAPPING_DISREGARDED, /* it goes on, and the guest is never short */
};

struct swapping {
	enum swapping_state state;
	int64_t since_ms; /* with much free, and not shrunk */
	uint64_t kib_per_s;
	uint64_t swapped_kib, over_ms; /* between the last two samples */
	bool has_counted;
	int64_t counted_ms; /* when it counted last */
};

/* What one sample tells. */
struct swapping_sample {
	uint64_t swapped_kib; /* since the one before */
	uint64_t over_ms;
	bool is_one_of_many; /* there was one for the one before, too */
	bool has_much_free;
	int64_t at_ms;
};

void swapping_observe(struct swapping *swapping, const struct swapping_sample *sample);

/* Note that memcoord has shrunk the domain at @now_ms: what it does now may be of that.
 */
void swapping_note_shrink(struct swapping *swapping, int64_t now_ms);

/* It is not known whether the guest swaps now. */
void swapping_end(struct swapping *swapping);

/* Is the guest short of memory by that? */
static inline bool swapping_counts(const struct swapping *swapping)
{
	return swapping->state == SWAPPING_COUNTS;
}

/* Was it within @ms before @now_ms? */
static inline bool swapping_counted_within(const struct swapping *swapping, int64_t ms,
					   int64_t now_ms)
{
	return swapping->has_counted && now_ms - swapping->counted_ms < ms;
}
