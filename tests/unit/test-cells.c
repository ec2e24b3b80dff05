/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>
#include <string.h>

#include "base/cells.h"
#include "suite.h"

static const struct row {
	const char *title, *text;
	size_t cells;
	size_t fit; /* bytes of it that fit in four cells */
} rows[] = {
	{ "the empty text", "", 0, 0 },
	{ "ASCII", "db-1", 4, 4 },
	{ "longer ASCII", "db-100", 6, 4 },
	{ "accents", "\xc3\xa9t\xc3\xa9", 3, 5 },
	{ "wide characters", "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 6, 6 },
	{ "a wide character that would be cut", "a\xe6\xbc\xa2\xe5\xad\x97", 5, 4 },
	{ "a combining accent", "e\xcc\x81t", 2, 4 },
	{ "a control character, shown as \\x1b", "\033x", 5, 1 },
	{ "a control character in two bytes", "\xc2\x9b", 8, 0 },
	{ "no UTF-8", "\xff", 4, 1 },
	{ "a character cut short", "a\xe2\x82", 9, 1 },
};

static void check_count(void **state)
{
	const struct row *row = *state;

	assert_int_equal(cells_count(row->text, strlen(row->text)), row->cells);
}

static void check_fit(void **state)
{
	const struct row *row = *state;

	assert_int_equal(cells_fit(row->text, 4), row->fit);
}

int main(void)
{
	static struct suite suite;

	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		puts("1..0 # SKIP no locale C.UTF-8");
		return 0;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		suite_add(&suite, check_count, &rows[i], "cells of %s", rows[i].title);
		suite_add(&suite, check_fit, &rows[i], "four cells of %s", rows[i].title);
	}
	return suite_run("cells", &suite, NULL, NULL);
}
