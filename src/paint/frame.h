/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A screen as cells, before it is shown: what is put beyond its edges is cut off, and a
 * wide character is never cut in half.
 *
 * Pure, but for the widths of characters: they are those of the locale (wcwidth()).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

enum top_style {
	TOP_PLAIN,
	TOP_DIM,
	TOP_BOLD,
	TOP_HEADING,
	TOP_SORTED, /* the heading of what is sorted by */
	TOP_NOTICE, /* what must not be overlooked */
	TOP_STARVING,
	TOP_WASTING,
	TOP_BALANCED,
	TOP_OTHER_CLASS,
	TOP_USED_BAR,
	TOP_IDLE_BAR,
	TOP_PROMISED_BAR,
	TOP_RESERVE_BAR,
	TOP_OTHER_BAR,
	TOP_N_STYLES
};

struct top_cell {
	wchar_t c; /* 0: the right half of the wide character on its left */
	enum top_style style;
};

struct top_frame {
	bool is_unicode; /* else ASCII only is shown */
	unsigned width, height;
	struct top_cell *cells; /* line by line; owned */
};

/* Make it empty, of that size. Returns 0, or -ENOMEM with @frame unchanged. */
int top_frame_reset(struct top_frame *frame, unsigned width, unsigned height);

/* Free what @frame owns. */
void top_frame_clear(struct top_frame *frame);

const struct top_cell *top_frame_at(const struct top_frame *frame, unsigned x,
				    unsigned y);

/* Put @n times @c, which is one column wide. */
void top_frame_fill(struct top_frame *frame, unsigned x, unsigned y, unsigned n,
		    enum top_style style, wchar_t c);

/*
 * Put @text, one line of UTF-8, into at most @width columns. Where characters cannot be
 * shown there are question marks; those without a width are left out: they would combine
 * with what stands on the left, or turn the direction of the line. Returns the number of
 * columns that were taken.
 */
unsigned top_frame_put(struct top_frame *frame, unsigned x, unsigned y, unsigned width,
		       enum top_style style, const char *text);

/* The number of columns that all of @text needs. */
unsigned top_frame_measure(const struct top_frame *frame, const char *text);
