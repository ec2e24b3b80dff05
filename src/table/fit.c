/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#include "base/cells.h"
#include "table/fit.h"

/* Nobody can read words in a column that is narrower than this. */
enum { BROKEN_LEAST_CELLS = 8 };

/* Widths of one column, in cells. */
struct shape {
	bool is_text;
	size_t heading;
	size_t word;	/* the longest one, the heading included */
	size_t natural; /* without any break */
	size_t width;	/* that it is to have */
};

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t longest_word(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t length = strcspn(text, " ");

		longest = larger(longest, cells_count(text, length));
		text += length;
		text += strspn(text, " ");
	}
	return longest;
}

static struct shape measure(struct libscols_table *table, size_t i)
{
	struct libscols_column *column = scols_table_get_column(table, i);
	const char *text = scols_cell_get_data(scols_column_get_header(column));
	size_t heading = cells_count(text, strlen(text));
	struct shape shape = {
		.is_text = !(scols_column_get_flags(column) & SCOLS_FL_RIGHT),
		.natural = heading,
		.heading = heading,
		.word = heading,
	};

	for (size_t n = 0; n < scols_table_get_nlines(table); n++) {
		text = scols_cell_get_data(
			scols_line_get_cell(scols_table_get_line(table, n), i));
		if (!text)
			continue;
		shape.natural = larger(shape.natural, cells_count(text, strlen(text)));
		shape.word = larger(shape.word, longest_word(text));
	}
	shape.width = shape.natural;
	return shape;
}

/* The cells of whole lines, with one between two columns. */
static size_t sum_widths(const struct shape *shapes, size_t n)
{
	size_t sum = n - 1;

	for (size_t i = 0; i < n; i++)
		sum += shapes[i].width;
	return sum;
}

static size_t least_width(const struct shape *shape, bool breaks_words)
{
	size_t least = larger(shape->heading, BROKEN_LEAST_CELLS);

	if (!shape->is_text)
		return shape->natural;
	return breaks_words && shape->word > least ? least : shape->word;
}

/* Take @excess cells from the texts, the widest first. Returns what cannot be taken. */
static size_t narrow(struct shape *shapes, size_t n, size_t excess, bool breaks_words)
{
	for (; excess > 0; excess--) {
		struct shape *widest = NULL;

		for (size_t i = 0; i < n; i++)
			if (shapes[i].width > least_width(&shapes[i], breaks_words) &&
			    (!widest || shapes[i].width > widest->width))
				widest = &shapes[i];
		if (!widest)
			break;
		widest->width--;
	}
	return excess;
}

/* The length of the piece of @text that goes on a line of @width cells. */
static size_t piece_length(const char *text, size_t width)
{
	size_t fit = cells_fit(text, width), length = fit;

	if (text[fit] == '\0')
		return fit;
	while (length > 0 && text[length] != ' ')
		length--;
	return length > 0 ? length : larger(fit, 1);
}

/* A copy of @text, in lines of at most @width cells. */
static char *fold(const char *text, size_t width)
{
	char *lines = malloc(2 * strlen(text) + 1); /* a byte a line at worst */
	char *to = lines;

	while (lines && *text) {
		size_t length = piece_length(text, width);

		for (const char *end = text + length; text < end; text++)
			*to++ = (char)(*text == '\n' ? ' ' : *text); /* ours only */
		text += *text == ' ';
		if (*text)
			*to++ = '\n';
	}
	if (lines)
		*to = '\0';
	return lines;
}

static int fold_cell(struct libscols_line *line, size_t i, size_t width)
{
	const char *text = scols_cell_get_data(scols_line_get_cell(line, i));
	char *lines = fold(text ? text : "", width);
	int r = lines ? scols_line_set_data(line, i, lines) : -ENOMEM;

	free(lines);
	return r;
}

static int fold_column(struct libscols_table *table, size_t i, size_t width)
{
	struct libscols_column *column = scols_table_get_column(table, i);
	int r = scols_column_set_safechars(column, "\n");

	for (size_t n = 0; n < scols_table_get_nlines(table) && r == 0; n++)
		r = fold_cell(scols_table_get_line(table, n), i, width);
	scols_column_set_flags(column, scols_column_get_flags(column) | SCOLS_FL_WRAP);
	return r == 0 ? scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
						  scols_wrapnl_nextchunk, NULL)
		      : r;
}

/* Give each column its width. Returns what is still too much of them. */
static size_t shape_columns(struct libscols_table *table, struct shape *shapes, size_t n,
			    size_t width)
{
	size_t excess, sum;

	for (size_t i = 0; i < n; i++)
		shapes[i] = measure(table, i);
	sum = sum_widths(shapes, n);
	excess = narrow(shapes, n, sum > width ? sum - width : 0, false);
	return narrow(shapes, n, excess, true);
}

int fit_table(struct libscols_table *table, size_t width)
{
	size_t n = scols_table_get_ncols(table);
	struct shape *shapes = calloc(n + 1, sizeof(*shapes));
	int r = shapes ? 0 : -ENOMEM;

	if (r == 0 && n > 0 && shape_columns(table, shapes, n, width) == 0)
		for (size_t i = 0; i < n && r == 0; i++)
			if (shapes[i].width < shapes[i].natural)
				r = fold_column(table, i, shapes[i].width);
	free(shapes);
	return r;
}
