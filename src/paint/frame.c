/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paint/frame.h"

int top_frame_reset(struct top_frame *frame, unsigned width, unsigned height)
{
	size_t n = (size_t)width * height;
	struct top_cell *cells =
		reallocarray(frame->cells, n > 0 ? n : 1, sizeof(*cells));

	if (!cells)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		cells[i] = (struct top_cell){ L' ', TOP_PLAIN };
	frame->width = width;
	frame->height = height;
	frame->cells = cells;
	return 0;
}

void top_frame_clear(struct top_frame *frame)
{
	free(frame->cells);
	*frame = (struct top_frame){ 0 };
}

static struct top_cell *cell_at(const struct top_frame *frame, unsigned x, unsigned y)
{
	return &frame->cells[(size_t)y * frame->width + x];
}

const struct top_cell *top_frame_at(const struct top_frame *frame, unsigned x, unsigned y)
{
	return cell_at(frame, x, y);
}

/* The columns that are left on the line from @x on. */
static unsigned room(const struct top_frame *frame, unsigned x, unsigned y)
{
	return y < frame->height && x < frame->width ? frame->width - x : 0;
}

/* What is covered by half goes as a whole. */
static void set_cell(struct top_frame *frame, unsigned x, unsigned y,
		     struct top_cell cell)
{
	struct top_cell *at = cell_at(frame, x, y);

	if (at->c == 0 && x > 0 && cell.c != 0)
		at[-1].c = L' ';
	if (x + 1 < frame->width && at[1].c == 0)
		at[1].c = L' ';
	*at = cell;
}

void top_frame_fill(struct top_frame *frame, unsigned x, unsigned y, unsigned n,
		    enum top_style style, wchar_t c)
{
	unsigned n_left = room(frame, x, y);

	for (unsigned i = 0; i < n && i < n_left; i++)
		set_cell(frame, x + i, y, (struct top_cell){ c, style });
}

/* ASCII alone needs no locale: one question mark for each other character. */
static size_t next_ascii(const char *text, wchar_t *ret_c)
{
	bool is_ascii = (unsigned char)*text < 0x80;
	size_t length = 1;

	*ret_c = is_ascii ? (wchar_t)*text : L'?';
	while (!is_ascii && ((unsigned char)text[length] & 0xc0) == 0x80)
		length++;
	return length;
}

/*
 * The next character of @text and the number of columns it takes. Returns the number of
 * its bytes; 0 at the end.
 */
static size_t next(const struct top_frame *frame, const char *text, wchar_t *ret_c,
		   unsigned *ret_width)
{
	mbstate_t state = { 0 };
	size_t length;
	int width;

	if (!*text)
		return 0;
	if (!frame->is_unicode) {
		*ret_width = 1;
		return next_ascii(text, ret_c);
	}
	length = mbrtowc(ret_c, text, strlen(text), &state);
	if (length == (size_t)-1 || length == (size_t)-2) {
		length = 1;
		*ret_c = L'?';
	}
	width = wcwidth(*ret_c);
	if (width < 0)
		*ret_c = L'?';
	*ret_width = width < 0 ? 1 : (unsigned)width;
	return length;
}

unsigned top_frame_put(struct top_frame *frame, unsigned x, unsigned y, unsigned width,
		       enum top_style style, const char *text)
{
	unsigned n_left = room(frame, x, y), n_taken = 0, n_columns;
	size_t length;
	wchar_t c;

	if (n_left > width)
		n_left = width;
	for (; (length = next(frame, text, &c, &n_columns)) > 0; text += length) {
		if (n_columns == 0)
			continue;
		if (n_taken + n_columns > n_left)
			break;
		for (unsigned i = 0; i < n_columns; i++)
			set_cell(frame, x + n_taken + i, y,
				 (struct top_cell){ i == 0 ? c : 0, style });
		n_taken += n_columns;
	}
	return n_taken;
}

unsigned top_frame_measure(const struct top_frame *frame, const char *text)
{
	unsigned sum = 0, n_columns;
	size_t length;
	wchar_t c;

	for (; (length = next(frame, text, &c, &n_columns)) > 0; text += length)
		sum += n_columns;
	return sum;
}
