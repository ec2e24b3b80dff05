/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/size.h"
#include "base/value.h"
#include "core/reason.h"
#include "paint/glyph.h"
#include "paint/row.h"

/* Whose balloon has just moved catches the eye for so long. */
#define RECENT_MS 5000

/* Where a row goes. */
struct brush {
	struct top_frame *frame;
	unsigned y;
	enum top_style style;
};

const char *top_format_age(int64_t ms, char age[TOP_AGE_LENGTH])
{
	int64_t minutes = ms / 60000, days = ms / 86400000;

	if (minutes < 1)
		snprintf(age, TOP_AGE_LENGTH, "%ds", (int)(ms / 1000));
	else if (minutes < 60)
		snprintf(age, TOP_AGE_LENGTH, "%dm", (int)minutes);
	else if (days < 1)
		snprintf(age, TOP_AGE_LENGTH, "%dh", (int)(minutes / 60));
	else
		snprintf(age, TOP_AGE_LENGTH, "%dd", days < 99 ? (int)days : 99);
	return age;
}

/* Give up the decimal of "1023.9M/s" rather than its unit. */
static void fit_number(char *text, unsigned width)
{
	char *point = strchr(text, '.');

	if (strlen(text) > width && point)
		memmove(point, point + 2, strlen(point + 2) + 1);
}

static void put_number(const struct brush *brush, unsigned x, unsigned width, char *text)
{
	size_t length;

	fit_number(text, width);
	length = strlen(text);
	top_put_cut(brush->frame, x + (length < width ? width - (unsigned)length : 0),
		    brush->y, width, brush->style, text);
}

static void put_value(const struct brush *brush, const struct top_place *place,
		      const struct value *value)
{
	char cell[VALUE_CELL_LENGTH];

	value_format(value, false, cell);
	put_number(brush, place->x, place->width, cell);
}

/* An arrow with the amount, and how long ago. */
static void put_change(const struct brush *brush, const struct top_place *place,
		       const struct top_row *row, int64_t now_ms)
{
	const struct value *value = &row->values[TOP_CHANGE];
	int64_t age_ms = now_ms - row->change.changed_ms;
	struct brush accent = *brush;
	char cell[VALUE_CELL_LENGTH], age[TOP_AGE_LENGTH];
	unsigned x = place->x;

	if (value->type == VALUE_ABSENT) {
		put_value(brush, place, value);
		return;
	}
	if (age_ms <= RECENT_MS)
		accent.style = TOP_BOLD;
	value_format(value, false, cell); /* its sign gives way to the arrow */
	fit_number(cell, TOP_AMOUNT_WIDTH);
	if (strlen(cell) < TOP_AMOUNT_WIDTH)
		x += TOP_AMOUNT_WIDTH - (unsigned)strlen(cell);
	top_put_cut(accent.frame, x + 1, accent.y, TOP_AMOUNT_WIDTH - 1, accent.style,
		    cell + 1);
	top_frame_fill(brush->frame, x, brush->y, 1, accent.style,
		       top_glyph(brush->frame,
				 value->difference > 0 ? TOP_GLYPH_UP : TOP_GLYPH_DOWN));
	top_format_age(age_ms, age);
	put_number(brush, place->x + TOP_AMOUNT_WIDTH + 1, TOP_AGE_WIDTH, age);
}

static void put_class(const struct brush *brush, const struct top_place *place,
		      enum domain_class class, bool has_word)
{
	const char letter[] = { top_class_letter(class), '\0' };

	top_frame_put(brush->frame, place->x, brush->y, place->width,
		      top_class_style(class), has_word ? class_name(class) : letter);
}

static void put_parts(const struct brush *brush, const struct top_place *place,
		      const struct top_row *row)
{
	enum top_style class = top_class_style(row->verdict.class);
	const enum top_style styles[TOP_N_PARTS] = {
		[TOP_PART_USED] = class,
		[TOP_PART_USABLE] = class,
		[TOP_PART_CURRENT] = class,
		[TOP_PART_ROOM] = TOP_DIM,
	};

	top_put_bar(brush->frame, place->x, brush->y, place->width, row->parts_kib,
		    TOP_N_PARTS, top_part_looks, styles);
}

void top_paint_row(struct top_frame *frame, const struct top_layout *layout, unsigned y,
		   const struct top_row *row, int64_t now_ms)
{
	struct brush brush = { frame, y, TOP_PLAIN };

	if (top_class_style(row->verdict.class) == TOP_OTHER_CLASS)
		brush.style = TOP_DIM;
	for (size_t i = 0; i < layout->n_places; i++) {
		const struct top_place *place = &layout->places[i];

		switch (place->column) {
		case TOP_NAME:
			top_put_cut(frame, place->x, y, place->width, brush.style,
				    row->name);
			break;
		case TOP_CLASS:
			put_class(&brush, place, row->verdict.class,
				  layout->has_class_words);
			break;
		case TOP_CHANGE:
			put_change(&brush, place, row, now_ms);
			break;
		case TOP_BAR:
			put_parts(&brush, place, row);
			break;
		case TOP_WHY:
			top_put_cut(frame, place->x, y, place->width, brush.style,
				    reason_text(row->verdict.reason));
			break;
		default:
			put_value(&brush, place, &row->values[place->column]);
		}
	}
}
