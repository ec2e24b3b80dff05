/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a bar. */
#include <stdbool.h>
#include <string.h>

#include "paint/bar.h"
#include "suite.h"

enum { ROUNDS = 20000 };

static const struct row {
	const char *title;
	unsigned width;
	size_t n;
	uint64_t amounts[TOP_BAR_PARTS_MAX];
	unsigned lengths[TOP_BAR_PARTS_MAX];
} rows[] = {
	{ "no part", 10, 0, { 0 }, { 0 } },
	{ "nothing at all", 10, 3, { 0, 0, 0 }, { 0, 0, 0 } },
	{ "all of it", 10, 3, { 0, 7, 0 }, { 0, 10, 0 } },
	{ "in half", 10, 2, { 1, 1 }, { 5, 5 } },
	{ "even, but for one", 10, 3, { 1, 1, 1 }, { 4, 3, 3 } },
	{ "the largest remainder", 10, 3, { 25, 28, 47 }, { 2, 3, 5 } },
	{ "two remainders", 10, 3, { 18, 18, 64 }, { 2, 2, 6 } },
	{ "a little is not seen", 10, 2, { 1, 999 }, { 0, 10 } },
	{ "no room", 0, 2, { 1, 1 }, { 0, 0 } },
	{ "one cell goes to the most", 1, 3, { 3, 5, 4 }, { 0, 1, 0 } },
	{ "more parts than cells", 2, 4, { 1, 1, 1, 1 }, { 1, 1, 0, 0 } },
	{ "the largest numbers",
	  9,
	  3,
	  { UINT64_MAX, UINT64_MAX, UINT64_MAX },
	  { 3, 3, 3 } },
	{ "the widest bar", 65535, 2, { UINT64_MAX, UINT64_MAX }, { 32768, 32767 } },
};

static void share(void **state)
{
	const struct row *row = *state;
	unsigned lengths[TOP_BAR_PARTS_MAX] = { 0 };

	top_bar_share(row->amounts, row->n, row->width, lengths);
	for (size_t i = 0; i < row->n; i++)
		assert_int_equal(lengths[i], row->lengths[i]);
}

static uint64_t below(uint64_t limit)
{
	return ((uint64_t)rand() << 31 ^ (uint64_t)rand()) % limit;
}

/* All magnitudes, and often none at all. */
static uint64_t some_amount(void)
{
	return below(4) ? below(UINT64_MAX) >> below(64) : 0;
}

static void they_sum_up_and_are_in_proportion(void **state)
{
	uint64_t amounts[TOP_BAR_PARTS_MAX];
	unsigned lengths[TOP_BAR_PARTS_MAX];

	(void)state;
	srand(1);
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = 1 + below(TOP_BAR_PARTS_MAX);
		unsigned width = (unsigned)below(300), sum = 0;
		unsigned __int128 total = 0;

		for (size_t i = 0; i < n; i++)
			total += amounts[i] = some_amount();
		top_bar_share(amounts, n, width, lengths);
		for (size_t i = 0; i < n; i++) {
			unsigned __int128 exact = (unsigned __int128)amounts[i] * width;

			sum += lengths[i];
			/* less than one cell away, so that nothing is nothing */
			assert_true(total * lengths[i] < exact + total || total == 0);
			assert_true(total * lengths[i] + total > exact || total == 0);
			assert_true(amounts[i] > 0 || lengths[i] == 0);
		}
		assert_int_equal(sum, total > 0 ? width : 0);
	}
}

static void who_has_more_is_not_shorter(void **state)
{
	uint64_t amounts[TOP_BAR_PARTS_MAX];
	unsigned lengths[TOP_BAR_PARTS_MAX];

	(void)state;
	srand(2);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < TOP_BAR_PARTS_MAX; i++)
			amounts[i] = some_amount();
		top_bar_share(amounts, TOP_BAR_PARTS_MAX, (unsigned)below(300), lengths);
		for (size_t i = 0; i < TOP_BAR_PARTS_MAX; i++)
			for (size_t j = 0; j < TOP_BAR_PARTS_MAX; j++)
				assert_true(amounts[i] <= amounts[j] ||
					    lengths[i] >= lengths[j]);
	}
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		suite_add(&suite, share, &rows[i], "%s", rows[i].title);
	suite_add(&suite, they_sum_up_and_are_in_proportion, NULL,
		  "they sum up and are in proportion");
	suite_add(&suite, who_has_more_is_not_shorter, NULL,
		  "who has more is not shorter");
	return suite_run("top-bar", &suite, NULL, NULL);
}
