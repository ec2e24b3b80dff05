/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where everything is on a screen of any size: what matters least is left out first.
 *
 * Pure: no I/O, no clock.
 */
#pragma once

#include "paint/model.h"

struct top_place {
	enum top_column column;
	unsigned x, width;
};

/* Lines are -1 where there is no room for them. */
struct top_layout {
	unsigned width, height;
	size_t n_places;
	struct top_place places[TOP_N_COLUMNS]; /* from left to right */
	bool has_class_words;			/* else letters */
	int title_y, host_y, legend_y, summary_y, heading_y, rows_y, footer_y;
	unsigned n_legend_lines, n_legend_columns;
	unsigned n_rows;
};

/* Columns of a part of the legend: a sample, a word, a size. */
enum { TOP_LEGEND_WIDTH = 18, TOP_LEGEND_GAP = 3, TOP_LEGEND_X = 6 };

/* How a size is told to have changed: +1023M, a space, and 59s ago. */
enum { TOP_AMOUNT_WIDTH = 7, TOP_AGE_WIDTH = 3 };

/*
 * Lay out a screen of @width columns and @height lines; the longest name needs
 * @name_width columns.
 */
struct top_layout top_layout_make(unsigned width, unsigned height, unsigned name_width);

/* The heading of @column, and whether it is aligned to the left. */
const char *top_column_heading(enum top_column column);
bool top_column_is_text(enum top_column column);
