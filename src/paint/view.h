/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How 'top' is looked at: what its rows are sorted and filtered by, which of them are on
 * the screen, and what keys do to that.
 *
 * Pure: no I/O, no clock.
 */
#pragma once

#include "paint/filter.h"
#include "paint/model.h"

/* Keys: a character, or one of these, which are beyond Unicode. */
enum top_key {
	TOP_KEY_NONE = 0x110000,
	TOP_KEY_UP,
	TOP_KEY_DOWN,
	TOP_KEY_PAGE_UP,
	TOP_KEY_PAGE_DOWN,
	TOP_KEY_HOME,
	TOP_KEY_END,
	TOP_KEY_BACKSPACE,
	TOP_KEY_ENTER,
	TOP_KEY_ESCAPE,
};

/* What a key asks for that is no matter of the view. */
enum top_request {
	TOP_NOTHING,
	TOP_QUIT,
	TOP_LOOK, /* now: who goes on after a pause wants to see something new */
	TOP_LONGER_PERIOD,
	TOP_SHORTER_PERIOD,
	TOP_REDRAW,
};

enum top_mode { TOP_LIST, TOP_PROMPT, TOP_HELP };

/* A part of a list that is on the screen. */
struct top_scroll {
	size_t first, n_lines, n_all;
};

/* All members 0: sorted by name, all domains. Free with top_view_clear(). */
struct top_view {
	enum top_mode mode;
	bool is_paused;
	enum top_column sort; /* below TOP_N_SORTS */
	bool is_reversed;
	char filter[TOP_FILTER_SIZE]; /* UTF-8; empty: none */
	char old_filter[TOP_FILTER_SIZE];
	struct top_scroll list, help;
	size_t *order; /* of the rows, list.n_all of them; owned */
};

/*
 * Choose and sort the rows of @model. A filter with one of *?[ is a shell pattern for
 * whole names, any other is looked for within them; upper and lower case are the same.
 * Unknown values come last, in whatever order. Returns 0, or -ENOMEM with @view
 * unchanged.
 */
int top_view_arrange(struct top_view *view, const struct top_model *model);

/* Do higher values come first? */
bool top_view_is_descending(const struct top_view *view);

/* @scroll has @n_lines lines and @n_all to show: stay within. */
void top_scroll_fit(struct top_scroll *scroll, size_t n_lines, size_t n_all);

/* What @key does; the rows must be arranged again. @key: a character or enum top_key. */
enum top_request top_view_key(struct top_view *view, uint32_t key);

void top_view_clear(struct top_view *view);
