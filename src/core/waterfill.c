/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/sat.h"
#include "core/waterfill.h"

/*
 * A level is a size per unit of weight, as the fraction kib / weight, so that comparing
 * two of them needs no division.
 */
struct bend {
	uint64_t kib, weight; /* the level at which an item starts or stops to rise */
	bool starts;
};

static int compare_bends(const void *a, const void *b)
{
	const struct bend *left = a, *right = b;
	unsigned __int128 l = (unsigned __int128)left->kib * right->weight;
	unsigned __int128 r = (unsigned __int128)right->kib * left->weight;

	return (l > r) - (l < r);
}

/*
 * The shares at the level of @bend sum up to what rises, times that level, plus what does
 * not rise (any more, or yet).
 */
struct slope {
	unsigned __int128 fixed_kib;
	uint64_t weight; /* sum of the weights of those that rise */
};

/* Sizes have 64 bits, weights 14, and no host has 2^32 domains: 128 bits are enough. */
static bool is_affordable(const struct slope *slope, const struct bend *level,
			  uint64_t budget_kib)
{
	if (slope->fixed_kib > budget_kib)
		return false;

	unsigned __int128 left = budget_kib - slope->fixed_kib;

	return (unsigned __int128)level->kib * slope->weight <= left * level->weight;
}

static uint64_t max_of(const struct waterfill *item)
{
	return max_u64(item->min_kib, item->max_kib);
}

/* Raise the water over the sorted @bends until the budget is used up. */
static struct slope find_slope(const struct bend *bends, size_t n_bends,
			       const struct waterfill *items, size_t n,
			       uint64_t budget_kib)
{
	struct slope slope = { 0 };

	for (size_t i = 0; i < n; i++)
		slope.fixed_kib += items[i].min_kib;
	for (size_t i = 0; i < n_bends; i++) {
		const struct bend *bend = &bends[i];

		if (!is_affordable(&slope, bend, budget_kib))
			break;
		if (bend->starts) {
			slope.fixed_kib -= bend->kib;
			slope.weight += bend->weight;
		} else {
			slope.fixed_kib += bend->kib;
			slope.weight -= bend->weight;
		}
	}
	return slope;
}

/* weight * left / rising, rounded down */
static uint64_t at_level(uint64_t weight, const struct slope *slope, uint64_t budget_kib)
{
	unsigned __int128 left = (unsigned __int128)budget_kib - slope->fixed_kib;

	/* Cannot be: the budget lies between the sums of the bounds. */
	if (slope->weight == 0)
		return 0;
	return sat_mul_div((uint64_t)left, weight, slope->weight);
}

static void set_shares(struct waterfill *items, size_t n, const struct slope *slope,
		       uint64_t budget_kib)
{
	for (size_t i = 0; i < n; i++) {
		struct waterfill *item = &items[i];

		item->share_kib = max_u64(
			item->min_kib,
			min_u64(max_of(item), at_level(item->weight, slope, budget_kib)));
	}
}

int waterfill(struct waterfill *items, size_t n, uint64_t budget_kib)
{
	unsigned __int128 sum_min_kib = 0, sum_max_kib = 0;
	size_t n_bends = 0;

	for (size_t i = 0; i < n; i++) {
		sum_min_kib += items[i].min_kib;
		sum_max_kib += max_of(&items[i]);
	}
	if (sum_min_kib >= budget_kib || sum_max_kib <= budget_kib) {
		for (size_t i = 0; i < n; i++)
			items[i].share_kib = sum_min_kib >= budget_kib
						     ? items[i].min_kib
						     : max_of(&items[i]);
		return 0;
	}

	struct bend *bends = calloc(2 * n, sizeof(*bends));

	if (!bends)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct waterfill *item = &items[i];

		if (item->min_kib == max_of(item))
			continue;
		bends[n_bends++] = (struct bend){ item->min_kib, item->weight, true };
		bends[n_bends++] = (struct bend){ max_of(item), item->weight, false };
	}
	qsort(bends, n_bends, sizeof(*bends), compare_bends);

	struct slope slope = find_slope(bends, n_bends, items, n, budget_kib);

	set_shares(items, n, &slope, budget_kib);
	free(bends);
	return 0;
}
