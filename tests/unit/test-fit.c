/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#include "base/cells.h"
#include "table/fit.h"
#include "suite.h"

enum { LINES_MAX = 4 };

/* A table of a name, a number and a text; what it looks like in @width cells. */
static const struct row {
	const char *title;
	size_t width;
	struct {
		const char *name, *why;
	} lines[LINES_MAX];
	const char *wanted;
} rows[] = {
	{ "a table that fits stays",
	  29,
	  { { "db-1", "it has enough free" } },
	  "NAME SIZE WHY\n"
	  "db-1   2G it has enough free" },
	{ "one that just fits",
	  28,
	  { { "db-1", "it has enough free" } },
	  "NAME SIZE WHY\n"
	  "db-1   2G it has enough free" },
	{ "a text goes on below",
	  27,
	  { { "db-1", "it has enough free" }, { "db-2", "ends" } },
	  "NAME SIZE WHY\n"
	  "db-1   2G it has enough\n"
	  "          free\n"
	  "db-2   2G ends" },
	{ "and on",
	  19,
	  { { "db-1", "it has enough free" } },
	  "NAME SIZE WHY\n"
	  "db-1   2G it has\n"
	  "          enough\n"
	  "          free" },
	{ "a name is broken last",
	  27,
	  { { "a-long-name-of-a-domain", "it has enough" } },
	  "NAME            SIZE WHY\n"
	  "a-long-name-of-   2G it has\n"
	  "a-domain             enough" },
	{ "names of several words are broken between them",
	  25,
	  { { "the second web server", "enough" } },
	  "NAME       SIZE WHY\n"
	  "the second   2G enough\n"
	  "web server      " },
	{ "no text is narrower than 8",
	  22,
	  { { "abcdefghijkl", "mnopqrstuvwx" } },
	  "NAME     SIZE WHY\n"
	  "abcdefgh   2G mnopqrst\n"
	  "ijkl          uvwx" },
	{ "what cannot be made to fit stays",
	  21,
	  { { "abcdefghijkl", "mnopqrstuvwx" } },
	  "NAME         SIZE WHY\n"
	  "abcdefghijkl   2G mnopqrstuvwx" },
	{ "an empty text",
	  27,
	  { { "db-1", "it has enough free" }, { "db-2", "" } },
	  "NAME SIZE WHY\n"
	  "db-1   2G it has enough\n"
	  "          free\n"
	  "db-2   2G " },
	{ "a line end in a text is none",
	  27,
	  { { "db-1", "it has\nenough free" } },
	  "NAME SIZE WHY\n"
	  "db-1   2G it has enough\n"
	  "          free" },
};

static struct libscols_table *make_table(const struct row *row)
{
	struct libscols_table *table = scols_new_table();

	assert_non_null(table);
	assert_non_null(scols_table_new_column(table, "NAME", 0, 0));
	assert_non_null(scols_table_new_column(table, "SIZE", 0, SCOLS_FL_RIGHT));
	assert_non_null(scols_table_new_column(table, "WHY", 0, 0));
	for (size_t i = 0; i < LINES_MAX && row->lines[i].name; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);

		assert_non_null(line);
		scols_line_set_data(line, 0, row->lines[i].name);
		scols_line_set_data(line, 1, "2G");
		scols_line_set_data(line, 2, row->lines[i].why);
	}
	return table;
}

static char *print(struct libscols_table *table)
{
	char *text = NULL;

	assert_int_equal(scols_print_table_to_string(table, &text), 0);
	return text;
}

static void check(void **state)
{
	const struct row *row = *state;
	struct libscols_table *table = make_table(row);
	char *text;

	assert_int_equal(fit_table(table, row->width), 0);
	text = print(table);
	assert_string_equal(text, row->wanted);
	free(text);
	scols_unref_table(table);
}

/* Nothing is lost, and no line is too long, whatever the width. */
static void check_any_width(void **state)
{
	static const struct row row = {
		.lines = { { "a-name-that-is-rather-long", "a text with words" },
			   { "short", "a-word-that-is-rather-long-itself and more" } },
	};
	static const char letters[] = "NAMESIZEWHY";

	(void)state;
	for (size_t width = 1; width < 90; width++) {
		struct libscols_table *table = make_table(&row);
		size_t n_letters = 0, widest = 0;
		char *text, *rest, *line;

		assert_int_equal(fit_table(table, width), 0);
		text = rest = print(table);
		while ((line = strsep(&rest, "\n"))) {
			size_t cells = cells_count(line, strlen(line));

			widest = cells > widest ? cells : widest;
			for (; *line; line++)
				n_letters += *line != ' ';
		}
		/* 8 cells for a text, 4 for the number */
		assert_true(widest <= width || width < 8 + 1 + 4 + 1 + 8);
		assert_int_equal(n_letters, strlen(letters) + 26 + 14 + 5 + 40 + 2 * 2);
		free(text);
		scols_unref_table(table);
	}
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		suite_add(&suite, check, &rows[i], "%s", rows[i].title);
	suite_add(&suite, check_any_width, NULL, "any_width_loses_nothing");
	return suite_run("fit", &suite, NULL, NULL);
}
