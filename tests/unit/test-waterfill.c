/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Invariants 1 and 2 of fairness, on random instances, and the cases one can see by eye.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/sat.h"
#include "core/waterfill.h"

enum { ITEMS_MAX = 12, ROUNDS = 20000 };

static uint64_t below(uint64_t limit)
{
	return ((uint64_t)rand() << 31 ^ (uint64_t)rand()) % limit;
}

static size_t make_items(struct waterfill *items)
{
	static const uint64_t weights[] = { 100, 100, 200, 50, 10000, 1 };
	size_t n = 1 + below(ITEMS_MAX);

	for (size_t i = 0; i < n; i++) {
		uint64_t min_kib = below(3) ? below(500000) : 0;

		items[i] = (struct waterfill){
			.weight = weights[below(6)],
			.min_kib = min_kib,
			.max_kib = min_kib + (below(3) ? below(2000000) : 0),
		};
	}
	return n;
}

static uint64_t sum(const struct waterfill *items, size_t n, size_t offset)
{
	uint64_t total = 0, value;

	for (size_t i = 0; i < n; i++) {
		memcpy(&value, (const char *)&items[i] + offset, sizeof(value));
		total += value;
	}
	return total;
}

#define SUM(items, n, member) sum(items, n, offsetof(struct waterfill, member))

static uint64_t make_budget(const struct waterfill *items, size_t n)
{
	return below(SUM(items, n, max_kib) * 12 / 10 + 1);
}

/* sum = min(max(B, sum min), sum max), but for what rounding takes; within the bounds. */
static void nothing_is_lost_and_nothing_invented(void **state)
{
	struct waterfill items[ITEMS_MAX];

	(void)state;
	srand(1);
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = make_items(items);
		uint64_t budget = make_budget(items, n);

		assert_int_equal(waterfill(items, n, budget), 0);
		uint64_t expected = min_u64(max_u64(budget, SUM(items, n, min_kib)),
					    SUM(items, n, max_kib));
		uint64_t dealt = SUM(items, n, share_kib);

		assert_true(dealt <= expected && dealt + n >= expected);
		for (size_t i = 0; i < n; i++) {
			assert_true(items[i].share_kib >= items[i].min_kib);
			assert_true(items[i].share_kib <= items[i].max_kib);
		}
	}
}

/* Whoever is above its minimum is not richer per weight than who is below its maximum. */
static void it_is_weighted_max_min(void **state)
{
	struct waterfill items[ITEMS_MAX];
	size_t n_seen = 0;

	(void)state;
	srand(2);
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = make_items(items);

		assert_int_equal(waterfill(items, n, make_budget(items, n)), 0);
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++) {
				if (items[i].share_kib <= items[i].min_kib ||
				    items[j].share_kib >= items[j].max_kib)
					continue;
				n_seen++;
				/* one KiB of rounding on either side */
				assert_true((items[i].share_kib - 1) * items[j].weight <=
					    (items[j].share_kib + 1) * items[i].weight);
			}
	}
	assert_true(n_seen > ROUNDS);
}

static void the_order_does_not_matter(void **state)
{
	struct waterfill items[ITEMS_MAX], reversed[ITEMS_MAX];

	(void)state;
	srand(3);
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = make_items(items);
		uint64_t budget = make_budget(items, n);

		for (size_t i = 0; i < n; i++)
			reversed[i] = items[n - 1 - i];
		waterfill(items, n, budget);
		waterfill(reversed, n, budget);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(items[i].share_kib,
					 reversed[n - 1 - i].share_kib);
	}
}

static void more_is_never_less(void **state)
{
	struct waterfill items[ITEMS_MAX], richer[ITEMS_MAX];

	(void)state;
	srand(4);
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = make_items(items);
		uint64_t budget = make_budget(items, n);

		memcpy(richer, items, sizeof(items));
		waterfill(items, n, budget);
		waterfill(richer, n, budget + below(1000000));
		for (size_t i = 0; i < n; i++)
			assert_true(richer[i].share_kib >= items[i].share_kib);
	}
}

static void what_was_dealt_is_dealt_again(void **state)
{
	struct waterfill items[ITEMS_MAX], again[ITEMS_MAX];

	(void)state;
	srand(5);
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = make_items(items);
		uint64_t budget = make_budget(items, n);

		waterfill(items, n, budget);
		memcpy(again, items, sizeof(items));
		for (size_t i = 0; i < n; i++)
			again[i].max_kib = items[i].share_kib;
		waterfill(again, n, budget);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(again[i].share_kib, items[i].share_kib);
	}
}

static void a_higher_weight_never_gets_less(void **state)
{
	struct waterfill items[ITEMS_MAX], changed[ITEMS_MAX];

	(void)state;
	srand(6);
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = make_items(items), who = below(n);
		uint64_t budget = make_budget(items, n);

		memcpy(changed, items, sizeof(items));
		changed[who].weight += 1 + below(1000);
		waterfill(items, n, budget);
		waterfill(changed, n, budget);
		/* rounding at another level may take one KiB */
		assert_true(changed[who].share_kib + 1 >= items[who].share_kib);
	}
}

/*
 * 11. Who is met in full and then asks for more takes from a poorer one at most down to
 * what that one needs, or to the water level.
 */
static void a_growing_wish_does_not_sink_the_poor(void **state)
{
	struct waterfill items[ITEMS_MAX], changed[ITEMS_MAX];

	(void)state;
	srand(8);
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = make_items(items), who = below(n);
		uint64_t budget = make_budget(items, n);

		waterfill(items, n, budget);
		if (items[who].share_kib < items[who].max_kib)
			continue;
		memcpy(changed, items, sizeof(items));
		changed[who].max_kib += below(1000000);
		waterfill(changed, n, budget);
		for (size_t i = 0; i < n; i++) {
			/* still at its need, or not poorer per weight than who grew */
			bool is_poorer =
				(changed[i].share_kib + 2) * changed[who].weight <
				changed[who].share_kib * changed[i].weight;

			if (i != who && is_poorer &&
			    changed[who].share_kib > changed[who].min_kib + 1)
				assert_true(changed[i].share_kib + 1 >=
					    changed[i].max_kib);
		}
	}
}

static void cases_by_eye(void **state)
{
	static const struct {
		struct waterfill items[3];
		uint64_t budget, shares[3];
	} cases[] = {
		/* equal weights: the small wish is met, the others share the rest */
		{ { { 1, 0, 10, 0 }, { 1, 0, 100, 0 }, { 1, 0, 100, 0 } },
		  90,
		  { 10, 40, 40 } },
		/* weights 1 : 3 */
		{ { { 100, 0, 1000, 0 }, { 300, 0, 1000, 0 }, { 1, 0, 0, 0 } },
		  400,
		  { 100, 300, 0 } },
		/* minima are kept even when there is not enough for them */
		{ { { 1, 50, 100, 0 }, { 1, 60, 60, 0 }, { 1, 0, 5, 0 } },
		  20,
		  { 50, 60, 0 } },
		/* enough for all */
		{ { { 1, 5, 10, 0 }, { 2, 0, 20, 0 }, { 3, 1, 30, 0 } },
		  60,
		  { 10, 20, 30 } },
		/* a minimum above the water level is not lowered */
		{ { { 1, 70, 100, 0 }, { 1, 0, 100, 0 }, { 1, 0, 100, 0 } },
		  100,
		  { 70, 15, 15 } },
		/* a maximum below the minimum counts as the minimum */
		{ { { 1, 30, 10, 0 }, { 1, 0, 100, 0 }, { 1, 0, 100, 0 } },
		  50,
		  { 30, 10, 10 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct waterfill items[3];

		memcpy(items, cases[i].items, sizeof(items));
		assert_int_equal(waterfill(items, 3, cases[i].budget), 0);
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(items[j].share_kib, cases[i].shares[j]);
	}
	assert_int_equal(waterfill(NULL, 0, 5), 0);
}

static void absurd_numbers_do_not_wrap(void **state)
{
	struct waterfill items[ITEMS_MAX];

	(void)state;
	srand(7);
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = make_items(items);

		for (size_t i = 0; i < n; i++) {
			items[i].min_kib = UINT64_MAX >> below(64);
			items[i].max_kib = UINT64_MAX >> below(64);
		}
		assert_int_equal(waterfill(items, n, UINT64_MAX >> below(64)), 0);
		for (size_t i = 0; i < n; i++) {
			assert_true(items[i].share_kib >= items[i].min_kib);
			assert_true(items[i].share_kib <=
				    max_u64(items[i].min_kib, items[i].max_kib));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_and_nothing_invented),
		cmocka_unit_test(it_is_weighted_max_min),
		cmocka_unit_test(the_order_does_not_matter),
		cmocka_unit_test(more_is_never_less),
		cmocka_unit_test(what_was_dealt_is_dealt_again),
		cmocka_unit_test(a_higher_weight_never_gets_less),
		cmocka_unit_test(a_growing_wish_does_not_sink_the_poor),
		cmocka_unit_test(cases_by_eye),
		cmocka_unit_test(absurd_numbers_do_not_wrap),
	};

	return cmocka_run_group_tests_name("waterfill", tests, NULL, NULL);
}
