/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who gives: for others the wasteful first, few and much; for the host who is idle. */
#include <stdlib.h>

#include "core/fair-internal.h"

/* A deficit below this is not worth a move. */
#define DEFICIT_MIN_KIB (4 * MIB)

/* Idle domains give at most a quarter of themselves a time, and not in drops. */
#define IDLE_MIN_KIB (64 * MIB)
#define IDLE_MIN_PERCENT 8

static uint64_t above_share_kib(const struct item *item)
{
	return sat_sub(item->need.committed_kib, item->share_kib);
}

static int compare_as_donors(const void *a, const void *b)
{
	const struct item *left = *(struct item *const *)a;
	const struct item *right = *(struct item *const *)b;
	bool left_wastes = left->class == CLASS_WASTING;
	bool right_wastes = right->class == CLASS_WASTING;

	if (left_wastes != right_wastes)
		return left_wastes ? -1 : 1;

	uint64_t l = above_share_kib(left), r = above_share_kib(right);

	return l != r ? (l < r) - (l > r) : compare_place(left, right);
}

uint64_t fair_returning_kib(const struct work *work)
{
	uint64_t sum_kib = 0;

	for (size_t i = 0; i < work->n; i++) {
		const struct item *item = &work->items[i];

		if (is_shrinking(item))
			sum_kib = sat_add(sum_kib,
					  item->of->current_kib -
						  item->record->promise.target_kib);
	}
	return sum_kib;
}

/* What can be asked of the domain at once. */
static uint64_t most_kib(const struct work *work, const struct item *item)
{
	return promise_most_kib(&item->record->promise, work->snapshot->now_ms);
}

/* How far the domain can go down for others. */
static uint64_t bottom_kib(const struct item *item)
{
	uint64_t share_kib = item->share_kib;

	if (item->class == CLASS_WASTING)
		share_kib = min_u64(share_kib, item->need.want_kib);
	return max_u64(share_kib, item->need.least_kib);
}

/*
 * What the domain can give for others. Where the host itself is short of little, that can
 * be less than a move from each: then a move comes out of a domain's headroom, never of
 * what it needs.
 */
static uint64_t spare_kib(const struct work *work, const struct item *item)
{
	uint64_t current_kib = item->of->current_kib;
	uint64_t spare_kib = sat_sub(current_kib, bottom_kib(item));
	uint64_t headroom_kib =
		sat_sub(current_kib, max_u64(item->need.need_kib, item->need.least_kib));

	if (spare_kib > 0 && work->at_hand_kib < 0 && spare_kib < min_move_kib(item))
		spare_kib = max_u64(spare_kib, min_u64(headroom_kib, min_move_kib(item)));
	spare_kib = min_u64(spare_kib, most_kib(work, item));
	return min_u64(spare_kib, sat_sub(item->need.free_kib, CLASSIFY_WATERMARK_KIB));
}

/*
 * libvirt refuses a target above the maximum: a balloon that is larger, whatever that
 * means, gives at least what is above it, or nothing.
 */
static uint64_t above_maximum_kib(const struct item *item)
{
	return sat_sub(item->of->current_kib, item->of->maximum_kib);
}

/* The least that the domain gives for others; for one that has nearly nothing its own
 * size does not matter. */
static uint64_t least_gift_kib(const struct work *work, const struct item *item)
{
	return work->is_pressing ? MOVE_MIN_KIB : min_move_kib(item);
}

/* Collect the deficit from few donors. */
static void collect(struct work *work)
{
	size_t n = 0;

	for (size_t i = 0; i < work->n; i++) {
		struct item *item = &work->items[i];

		/* A starving domain gives only where there is not enough for all. */
		if (item->need.keeps == REASON_NONE && item->wish_kib == 0 &&
		    (item->class != CLASS_STARVING || work->is_overloaded))
			work->sorted[n++] = item;
	}
	if (n > 1)
		qsort(work->sorted, n, sizeof(*work->sorted), compare_as_donors);
	for (size_t i = 0; i < n && work->deficit_kib > DEFICIT_MIN_KIB; i++) {
		struct item *item = work->sorted[i];
		uint64_t give_kib =
			min_u64(spare_kib(work, item),
				max_u64(work->deficit_kib, least_gift_kib(work, item)));

		if (give_kib <
		    max_u64(least_gift_kib(work, item), above_maximum_kib(item)))
			continue;
		item->give_kib = give_kib;
		item->reason = REASON_GIVES_TO_OTHERS;
		work->deficit_kib = sat_sub(work->deficit_kib, give_kib);
	}
}

/* Return to the host what has lain idle for some time, in steps. */
static void reclaim_idle(struct work *work)
{
	for (size_t i = 0; i < work->n; i++) {
		struct item *item = &work->items[i];
		uint64_t current_kib = item->of->current_kib;
		uint64_t give_kib = min_u64(item->need.free_kib / 2, current_kib / 4);

		if (item->class != CLASS_WASTING ||
		    item->need.keeps_idle != REASON_NONE || item->give_kib > 0 ||
		    item->wish_kib > 0)
			continue;
		give_kib = min_u64(give_kib, sat_sub(current_kib, item->need.want_kib));
		give_kib = min_u64(give_kib, most_kib(work, item));
		if (give_kib < max_u64(IDLE_MIN_KIB,
				       percent_of(current_kib, IDLE_MIN_PERCENT)) ||
		    give_kib < above_maximum_kib(item))
			continue;
		item->give_kib = give_kib;
		item->reason = REASON_GIVES_TO_HOST;
	}
}

void fair_choose_donors(struct work *work)
{
	collect(work);
	reclaim_idle(work);
}
