/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Weighted max-min fairness with a lower and an upper bound for each.
 *
 * Everybody's share is as high as the common water level times their weight, within
 * their bounds; the level is the highest that the budget allows. Nobody can get more
 * without somebody getting less who has not more per weight (Bertsekas and Gallager,
 * Data Networks, 6.5.2; memory shares by weight: Waldspurger, OSDI 2002).
 *
 * Pure. Sizes are KiB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct waterfill {
	uint64_t weight; /* 1 to 10000 */
	uint64_t min_kib, max_kib;
	uint64_t share_kib; /* the result */
};

/*
 * Deal @budget_kib out to the @n @items. Gives everybody min_kib even if the budget is
 * smaller than their sum. No share is over its exact value, so that their sum never
 * exceeds max(budget, sum of min_kib); it stays below min(budget, sum of max_kib) by less
 * than @n KiB, which rounding takes. max_kib below min_kib counts as min_kib.
 *
 * O(n log n). Returns 0, or -ENOMEM with @items unchanged.
 */
int waterfill(struct waterfill *items, size_t n, uint64_t budget_kib);
