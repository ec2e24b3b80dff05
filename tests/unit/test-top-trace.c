/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What 'top' tells of changes, from one look to the next. */
#include <stdbool.h>
#include <string.h>

#include "paint/trace.h"
#include "suite.h"

enum { STEPS_MAX = 8, ROUNDS = 5000 };

#define MIB ((uint64_t)1024)

/* Sizes in MiB and when they are seen, and what has changed in the end. */
static const struct change_row {
	const char *title;
	size_t n;
	struct {
		int at_s;
		unsigned size_mib;
	} steps[STEPS_MAX];
	int changed_mib; /* 0: no change */
	int changed_s;
} change_rows[] = {
	{ "seen once", 1, { { 0, 512 } }, 0, 0 },
	{ "it stays", 3, { { 0, 512 }, { 2, 512 }, { 4, 512 } }, 0, 0 },
	{ "it grows", 2, { { 0, 512 }, { 2, 768 } }, 256, 2 },
	{ "it shrinks", 2, { { 0, 768 }, { 2, 512 } }, -256, 2 },
	{ "it keeps what it has got",
	  3,
	  { { 0, 512 }, { 2, 768 }, { 60, 768 } },
	  256,
	  2 },
	{ "a move takes several looks",
	  4,
	  { { 0, 512 }, { 2, 600 }, { 4, 700 }, { 6, 768 } },
	  256,
	  6 },
	{ "a move with a pause",
	  5,
	  { { 0, 512 }, { 2, 600 }, { 4, 600 }, { 6, 600 }, { 12, 768 } },
	  256,
	  12 },
	{ "a later move counts alone",
	  4,
	  { { 0, 512 }, { 2, 768 }, { 4, 768 }, { 13, 1024 } },
	  256,
	  13 },
	{ "it turns round",
	  4,
	  { { 0, 512 }, { 2, 768 }, { 4, 1024 }, { 6, 900 } },
	  -124,
	  6 },
	{ "it turns round twice",
	  4,
	  { { 0, 512 }, { 2, 768 }, { 4, 700 }, { 6, 710 } },
	  10,
	  6 },
	{ "a breath is no change", 3, { { 0, 512 }, { 2, 515 }, { 4, 509 } }, 0, 0 },
	{ "breaths add up",
	  4,
	  { { 0, 512 }, { 2, 515 }, { 60, 517 }, { 90, 518 } },
	  5,
	  60 },
	{ "the last bit of a move counts",
	  3,
	  { { 0, 512 }, { 2, 766 }, { 4, 768 } },
	  256,
	  2 },
	{ "a bit later it does not", 3, { { 0, 512 }, { 2, 766 }, { 14, 768 } }, 254, 2 },
	{ "a breath back is no change",
	  3,
	  { { 0, 512 }, { 2, 768 }, { 4, 766 } },
	  256,
	  2 },
	{ "from nothing", 2, { { 0, 0 }, { 2, 512 } }, 512, 2 },
	{ "to nothing", 2, { { 0, 512 }, { 2, 0 } }, -512, 2 },
};

static void see_changes(void **state)
{
	const struct change_row *row = *state;
	struct top_change change = { 0 };

	for (size_t i = 0; i < row->n; i++)
		top_change_see(&change, row->steps[i].size_mib * MIB,
			       row->steps[i].at_s * 1000);
	assert_int_equal(change.has_change, row->changed_mib != 0);
	assert_int_equal(change.difference_kib, row->changed_mib * (int64_t)MIB);
	assert_int_equal(change.changed_ms, row->changed_s * 1000);
}

static const struct swap_row {
	const char *title;
	size_t n;
	struct {
		int at_ms;
		unsigned swap_out_kib;
	} steps[STEPS_MAX];
	bool has_rate;
	int64_t rate_bytes;
} swap_rows[] = {
	{ "one sample tells no rate", 1, { { 0, 100 } }, false, 0 },
	{ "none", 2, { { 0, 100 }, { 1000, 100 } }, true, 0 },
	{ "some", 2, { { 0, 100 }, { 2000, 300 } }, true, 100 * 1024 },
	{ "the same sample again",
	  3,
	  { { 0, 100 }, { 2000, 300 }, { 2000, 300 } },
	  true,
	  100 * 1024 },
	{ "it ends", 3, { { 0, 100 }, { 2000, 300 }, { 4000, 300 } }, true, 0 },
	{ "a reboot", 2, { { 0, 100 }, { 2000, 50 } }, false, 0 },
	{ "after a reboot",
	  3,
	  { { 0, 100 }, { 2000, 50 }, { 3000, 60 } },
	  true,
	  10 * 1024 },
	{ "time goes back", 2, { { 2000, 100 }, { 1000, 200 } }, false, 0 },
};

static void see_swapping(void **state)
{
	const struct swap_row *row = *state;
	struct top_swap swap = { 0 };

	for (size_t i = 0; i < row->n; i++)
		top_swap_see(&swap, row->steps[i].swap_out_kib, row->steps[i].at_ms);
	assert_int_equal(swap.has_rate, row->has_rate);
	assert_int_equal(swap.rate_bytes, row->rate_bytes);
}

static uint64_t below(uint64_t limit)
{
	return ((uint64_t)rand() << 31 ^ (uint64_t)rand()) % limit;
}

/*
 * Whatever sizes are seen: what is told happened between two sizes that were really seen,
 * the last of them not long ago, and it is never nothing.
 */
static void a_change_is_what_was_seen(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < ROUNDS; round++) {
		struct top_change change = { 0 };
		uint64_t size_kib = below(64 * 1024 * MIB);
		int64_t now_ms = 0;

		for (int i = 0; i < 20; i++) {
			size_kib = below(3) ? size_kib : below(UINT64_MAX) >> below(64);
			now_ms += (int64_t)below(15000);
			top_change_see(&change, size_kib, now_ms);
			assert_true(change.has_size);
			/* less than a breath is let pass at most */
			assert_true(size_kib - change.size_kib < 4 * MIB ||
				    change.size_kib - size_kib < 4 * MIB);
			if (!change.has_change)
				continue;
			assert_true(change.difference_kib != 0);
			assert_true((change.difference_kib > 0) ==
				    (change.size_kib > change.from_kib));
			assert_true(change.changed_ms <= now_ms);
		}
	}
}

static void the_largest_figures_do_not_wrap(void **state)
{
	struct top_change change = { 0 };
	struct top_swap swap = { 0 };

	(void)state;
	top_change_see(&change, 0, 0);
	top_change_see(&change, UINT64_MAX, 1);
	assert_int_equal(change.difference_kib, INT64_MAX);
	top_change_see(&change, 0, 2);
	assert_int_equal(change.difference_kib, -INT64_MAX);
	top_swap_see(&swap, 0, 0);
	top_swap_see(&swap, UINT64_MAX, 1);
	assert_int_equal(swap.rate_bytes, INT64_MAX);
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(change_rows) / sizeof(*change_rows); i++)
		suite_add(&suite, see_changes, &change_rows[i], "change: %s",
			  change_rows[i].title);
	for (size_t i = 0; i < sizeof(swap_rows) / sizeof(*swap_rows); i++)
		suite_add(&suite, see_swapping, &swap_rows[i], "swap: %s",
			  swap_rows[i].title);
	suite_add(&suite, a_change_is_what_was_seen, NULL, "a change is what was seen");
	suite_add(&suite, the_largest_figures_do_not_wrap, NULL,
		  "the largest figures do not wrap");
	return suite_run("top-trace", &suite, NULL, NULL);
}
