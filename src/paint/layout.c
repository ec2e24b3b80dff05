/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "paint/layout.h"

static const struct {
	const char *heading;
	bool is_text;
	unsigned width; /* at least */
} columns[] = {
	[TOP_NAME] = { "NAME", true, 8 },
	[TOP_CLASS] = { "CLASS", true, 1 },
	[TOP_FREE_PERCENT] = { "FREE%", false, 5 },
	[TOP_USED] = { "USED", false, 7 },
	[TOP_CURRENT] = { "CURRENT", false, 7 },
	[TOP_MAXIMUM] = { "MAXIMUM", false, 7 },
	[TOP_RATE] = { "RATE", false, 8 },
	[TOP_SWAP] = { "SWAP", false, 7 },
	[TOP_CHANGE] = { "CHANGE", false, TOP_AMOUNT_WIDTH + 1 + TOP_AGE_WIDTH },
	[TOP_BAR] = { "MEMORY", true, 10 },
	[TOP_WHY] = { "WHY", true, 30 },
};

/* What is left out first comes last. */
static const enum top_column by_importance[] = {
	TOP_NAME,   TOP_CLASS, TOP_FREE_PERCENT, TOP_BAR,     TOP_CURRENT,
	TOP_CHANGE, TOP_RATE,  TOP_SWAP,	 TOP_MAXIMUM, TOP_USED,
};

enum {
	CLASS_WORD_WIDTH = sizeof("UNMANAGED") - 1,
	NAME_MAX_WIDTH = 40,
	WHY_MORE_WIDTH = 20
};

const char *top_column_heading(enum top_column column)
{
	return columns[column].heading;
}

bool top_column_is_text(enum top_column column)
{
	return columns[column].is_text;
}

static unsigned clamp(unsigned value, unsigned least, unsigned most)
{
	return value < least ? least : value > most ? most : value;
}

/* Widths by column; 0: left out. */
struct widths {
	unsigned of[TOP_N_COLUMNS];
	unsigned n_left;
};

/* Make @column wider by up to @more columns, as far as there is room for all. */
static void widen(struct widths *widths, enum top_column column, unsigned more)
{
	unsigned n = more < widths->n_left ? more : widths->n_left;

	widths->of[column] += n;
	widths->n_left -= n;
}

/* Each column has one of space before it, but for the first. */
static bool add(struct widths *widths, enum top_column column, unsigned width)
{
	unsigned needed = width + (column != TOP_NAME);

	if (needed > widths->n_left)
		return false;
	widths->of[column] = width;
	widths->n_left -= needed;
	return true;
}

/* They must be readable before others come. */
static void grow_name_and_bar(struct widths *widths, unsigned width, unsigned name_width)
{
	unsigned name_wish = clamp(name_width, columns[TOP_NAME].width,
				   clamp(width / 5, columns[TOP_NAME].width, 16));
	unsigned bar_wish = clamp(width / 5, columns[TOP_BAR].width, 20);

	if (widths->of[TOP_NAME] && widths->of[TOP_NAME] < name_wish)
		widen(widths, TOP_NAME, name_wish - widths->of[TOP_NAME]);
	if (widths->of[TOP_BAR] && widths->of[TOP_BAR] < bar_wish)
		widen(widths, TOP_BAR, bar_wish - widths->of[TOP_BAR]);
}

static struct widths choose_widths(unsigned width, unsigned name_width)
{
	struct widths widths = { .n_left = width };
	unsigned longest = clamp(name_width, columns[TOP_NAME].width, NAME_MAX_WIDTH);

	for (size_t i = 0; i < sizeof(by_importance) / sizeof(*by_importance); i++) {
		if (!add(&widths, by_importance[i], columns[by_importance[i]].width))
			break;
		grow_name_and_bar(&widths, width, name_width);
	}
	if (widths.of[TOP_USED] && widths.n_left >= CLASS_WORD_WIDTH - 1)
		widen(&widths, TOP_CLASS, CLASS_WORD_WIDTH - 1);
	if (widths.of[TOP_CLASS] == CLASS_WORD_WIDTH)
		add(&widths, TOP_WHY, columns[TOP_WHY].width);
	if (!widths.of[TOP_NAME])
		widen(&widths, TOP_NAME, width);
	if (widths.of[TOP_NAME] < longest)
		widen(&widths, TOP_NAME, longest - widths.of[TOP_NAME]);
	if (widths.of[TOP_WHY])
		widen(&widths, TOP_WHY, clamp(widths.n_left / 2, 0, WHY_MORE_WIDTH));
	widen(&widths, widths.of[TOP_BAR] ? TOP_BAR : TOP_NAME, widths.n_left);
	return widths;
}

static void place_columns(struct top_layout *layout, unsigned name_width)
{
	struct widths widths = choose_widths(layout->width, name_width);
	unsigned x = 0;

	for (enum top_column column = 0; column < TOP_N_COLUMNS; column++) {
		if (!widths.of[column])
			continue;
		layout->places[layout->n_places++] =
			(struct top_place){ column, x, widths.of[column] };
		x += widths.of[column] + 1;
	}
	layout->has_class_words = widths.of[TOP_CLASS] == CLASS_WORD_WIDTH;
}

static void divide_legend(struct top_layout *layout)
{
	static const unsigned choices[] = { 6, 3, 2 };

	for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
		unsigned n = choices[i];

		if (layout->width <
		    TOP_LEGEND_X + n * (TOP_LEGEND_WIDTH + TOP_LEGEND_GAP))
			continue;
		layout->n_legend_columns = n;
		layout->n_legend_lines = TOP_HOST_N_PARTS / n;
		return;
	}
}

/* Take @n lines if @n_rows remain for the domains. Returns whether that was possible. */
static bool take(unsigned *n_left, unsigned n, unsigned n_rows)
{
	if (n == 0 || *n_left < n + n_rows)
		return false;
	*n_left -= n;
	return true;
}

static void place_lines(struct top_layout *layout)
{
	unsigned n_left = layout->height;
	bool has_heading = take(&n_left, 1, 1);
	bool has_host = take(&n_left, 1, 4);
	bool has_summary = take(&n_left, 1, 4);
	bool has_title = take(&n_left, 1, 4);
	bool has_footer = take(&n_left, 1, 4);
	bool has_legend = take(&n_left, layout->n_legend_lines, 7);
	bool has_gap = take(&n_left, 1, 10);
	int y = 0;

	layout->title_y = has_title ? y++ : -1;
	layout->host_y = has_host ? y++ : -1;
	layout->legend_y = has_legend ? y : -1;
	y += has_legend ? (int)layout->n_legend_lines : 0;
	layout->summary_y = has_summary ? y++ : -1;
	y += has_gap;
	layout->heading_y = has_heading ? y++ : -1;
	layout->rows_y = y;
	layout->n_rows = n_left;
	layout->footer_y = has_footer ? y + (int)n_left : -1;
}

struct top_layout top_layout_make(unsigned width, unsigned height, unsigned name_width)
{
	struct top_layout layout = { .width = width, .height = height };

	place_columns(&layout, name_width);
	divide_legend(&layout);
	place_lines(&layout);
	return layout;
}
