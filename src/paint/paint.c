/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/sat.h"
#include "base/size.h"
#include "base/value.h"
#include "paint/glyph.h"
#include "paint/help.h"
#include "paint/layout.h"
#include "paint/paint.h"
#include "paint/row.h"

/* All that is needed to paint. */
struct painting {
	struct top_frame *frame;
	const struct top_model *model;
	const struct top_view *view;
	const struct top_words *words;
	struct top_layout layout;
};

enum { LINE_LENGTH = 256, URI_MIN_WIDTH = 15 };

/* Put @text at the right edge. Returns how much room remains on the left, with a gap. */
static unsigned put_right(const struct painting *painting, unsigned y,
			  enum top_style style, const char *text)
{
	unsigned width = top_frame_measure(painting->frame, text);
	unsigned x = (unsigned)sat_sub(painting->layout.width, width);

	top_frame_put(painting->frame, x, y, width, style, text);
	return (unsigned)sat_sub(x, 2);
}

/* Put @text left of @room, if @n_kept columns remain then. Returns what room remains. */
static unsigned put_before(const struct painting *painting, unsigned y, unsigned room,
			   unsigned n_kept, enum top_style style, const char *text)
{
	unsigned length = (unsigned)strlen(text);

	if (room < length + n_kept)
		return room;
	top_frame_put(painting->frame, room - length, y, length, style, text);
	return (unsigned)sat_sub(room - length, 2);
}

/* The URI may be long; it gives way to all but the settings. */
static void paint_title(const struct painting *painting)
{
	const struct top_words *words = painting->words;
	unsigned y = (unsigned)painting->layout.title_y;
	unsigned room = put_right(painting, y, TOP_PLAIN, words->clock);
	char settings[LINE_LENGTH];

	if (painting->view->is_paused)
		room = put_before(painting, y, room, 0, TOP_NOTICE, "PAUSED");
	if (painting->model->host.is_overloaded)
		room = put_before(painting, y, room, 0, TOP_NOTICE, "OVERLOAD");
	snprintf(settings, sizeof(settings), "%s, every %u s", words->policy,
		 words->period_s);
	room = put_before(painting, y, room, URI_MIN_WIDTH, TOP_PLAIN, settings);
	top_put_cut(painting->frame, 0, y, room, TOP_BOLD, words->uri);
}

static void paint_host(const struct painting *painting)
{
	const struct top_host *host = &painting->model->host;
	unsigned y = (unsigned)painting->layout.host_y;
	unsigned left = painting->layout.width < 60 ? 0 : TOP_LEGEND_X;
	char size[SIZE_TEXT_LENGTH];
	unsigned room = put_right(painting, y, TOP_PLAIN,
				  size_format_short(host->capacity_kib, size));

	if (left > 0)
		top_frame_put(painting->frame, 0, y, left, TOP_PLAIN, "Host");
	if (room > left)
		top_put_bar(painting->frame, left, y, room + 1 - left, host->parts_kib,
			    TOP_HOST_N_PARTS, top_host_looks, NULL);
}

static void paint_legend_item(const struct painting *painting, unsigned x, unsigned y,
			      enum top_host_part part)
{
	const struct top_host *host = &painting->model->host;
	const struct top_look *look = &top_host_looks[part];
	bool is_short = part == TOP_HOST_FREE && host->short_kib > 0;
	enum top_style style = is_short ? TOP_NOTICE : TOP_PLAIN;
	char text[LINE_LENGTH], size[SIZE_TEXT_LENGTH];

	top_frame_fill(painting->frame, x, y, 1, look->style,
		       top_glyph(painting->frame, look->glyph));
	snprintf(text, sizeof(text), "%-8s %7s", is_short ? "short" : look->name,
		 size_format_short(is_short ? host->short_kib : host->amounts_kib[part],
				   size));
	top_frame_put(painting->frame, x + 2, y, TOP_LEGEND_WIDTH - 2, style, text);
}

static void paint_legend(const struct painting *painting)
{
	const struct top_layout *layout = &painting->layout;

	for (unsigned i = 0; i < TOP_HOST_N_PARTS; i++)
		paint_legend_item(
			painting,
			TOP_LEGEND_X + i % layout->n_legend_columns *
					       (TOP_LEGEND_WIDTH + TOP_LEGEND_GAP),
			(unsigned)layout->legend_y + i / layout->n_legend_columns,
			(enum top_host_part)i);
}

/* In the order of urgency. */
static const enum domain_class classes[] = {
	CLASS_STARVING, CLASS_WASTING, CLASS_BALANCED,
	CLASS_UNKNOWN,	CLASS_FROZEN,  CLASS_UNMANAGED,
};

enum { N_CLASSES = sizeof(classes) / sizeof(*classes) };

/*
 * "3 STARVING", or where there is little room "3 S", for all classes that there are: from
 * @x up to @right. Returns where that would end if there were enough room.
 */
static unsigned put_class_counts(const struct painting *painting, unsigned x,
				 unsigned right, const size_t *counts, bool has_words)
{
	for (size_t i = 0; i < N_CLASSES; i++) {
		enum domain_class class = classes[i];
		const char letter[] = { top_class_letter(class), '\0' };
		char text[LINE_LENGTH];

		if (counts[class] == 0)
			continue;
		snprintf(text, sizeof(text), "  %zu %s", counts[class],
			 has_words ? class_name(class) : letter);
		if (x < right)
			top_frame_put(painting->frame, x,
				      (unsigned)painting->layout.summary_y, right - x,
				      top_class_style(class), text);
		x += (unsigned)strlen(text);
	}
	return x;
}

/* "/db-*  by NAME reversed" */
static void describe_view(const struct top_view *view, char line[LINE_LENGTH])
{
	bool is_filtered = view->filter[0] && view->mode != TOP_PROMPT;

	snprintf(line, LINE_LENGTH, "%s%s%sby %s%s", is_filtered ? "/" : "",
		 is_filtered ? view->filter : "", is_filtered ? "  " : "",
		 top_column_heading(view->sort), view->is_reversed ? " reversed" : "");
}

static void paint_summary(const struct painting *painting)
{
	const struct top_model *model = painting->model;
	unsigned y = (unsigned)painting->layout.summary_y;
	size_t counts[N_CLASSES] = { 0 };
	char line[LINE_LENGTH];
	unsigned right, x;

	describe_view(painting->view, line);
	right = put_right(painting, y, TOP_PLAIN, line);
	for (size_t i = 0; i < model->n_rows; i++)
		counts[model->rows[i].verdict.class]++;
	snprintf(line, sizeof(line), "%zu domain%s", model->n_rows,
		 model->n_rows == 1 ? "" : "s");
	x = top_frame_put(painting->frame, 0, y, right, TOP_PLAIN, line);
	if (put_class_counts(painting, x, 0, counts, true) <= right)
		put_class_counts(painting, x, right, counts, true);
	else
		put_class_counts(painting, x, right, counts, false);
}

/* The arrow takes the space before the heading; the first one has it behind. */
static void paint_heading(const struct painting *painting, const struct top_place *place)
{
	const struct top_view *view = painting->view;
	const char *text = top_column_heading(place->column);
	unsigned y = (unsigned)painting->layout.heading_y;
	bool is_sorted = view->sort == place->column;
	enum top_style style = is_sorted ? TOP_SORTED : TOP_HEADING;
	unsigned length = (unsigned)min_u64(strlen(text), place->width);
	unsigned x = top_column_is_text(place->column) ? place->x
						       : place->x + place->width - length;
	wchar_t arrow = top_glyph(painting->frame, top_view_is_descending(view)
							   ? TOP_GLYPH_DESCENDING
							   : TOP_GLYPH_ASCENDING);

	top_frame_put(painting->frame, x, y, length, style, text);
	if (is_sorted)
		top_frame_fill(painting->frame, x > 0 ? x - 1 : length, y, 1, style,
			       arrow);
}

static void paint_headings(const struct painting *painting)
{
	const struct top_layout *layout = &painting->layout;

	top_frame_fill(painting->frame, 0, (unsigned)layout->heading_y, layout->width,
		       TOP_HEADING, ' ');
	for (size_t i = 0; i < layout->n_places; i++)
		paint_heading(painting, &layout->places[i]);
}

static void paint_rows(const struct painting *painting)
{
	const struct top_scroll *list = &painting->view->list;
	unsigned y = (unsigned)painting->layout.rows_y;

	if (painting->layout.n_rows > 0 && list->n_all == 0)
		top_frame_put(painting->frame, 0, y, UINT32_MAX, TOP_DIM,
			      painting->model->n_rows == 0 ? "No active domains."
							   : "No domain of such a name.");
	for (size_t i = 0; i < list->n_lines && list->first + i < list->n_all; i++)
		top_paint_row(
			painting->frame, &painting->layout, y + (unsigned)i,
			&painting->model->rows[painting->view->order[list->first + i]],
			painting->model->now_ms);
}

/* The keys that matter most, as far as there is room. */
static void put_hints(const struct painting *painting, unsigned y, unsigned right)
{
	static const char *const hints[][2] = {
		{ "q", "quit" }, { "h", "help" },    { "/", "filter" },
		{ "s", "sort" }, { "r", "reverse" }, { "p", "pause" },
	};
	unsigned x = 0;

	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++) {
		const char *word = hints[i][1];

		if (x + 2 + strlen(word) > right)
			return;
		if (hints[i][0][0] == 'p' && painting->view->is_paused)
			word = "go on";
		top_frame_put(painting->frame, x, y, 1, TOP_BOLD, hints[i][0]);
		x += 2;
		x += top_frame_put(painting->frame, x, y, UINT32_MAX, TOP_PLAIN, word);
		x += 2;
	}
}

static void paint_prompt(const struct painting *painting, unsigned y)
{
	static const char label[] = "Filter: ";
	unsigned x = sizeof(label) - 1;

	top_frame_put(painting->frame, 0, y, x, TOP_BOLD, label);
	x += top_frame_put(painting->frame, x, y, UINT32_MAX, TOP_PLAIN,
			   painting->view->filter);
	top_frame_fill(painting->frame, x, y, 1, TOP_HEADING, ' ');
}

/* "1-16 of 500", where that is not plain to see. */
static unsigned put_position(const struct painting *painting, unsigned y)
{
	const struct top_scroll *list = &painting->view->list;
	size_t last = min_u64(list->first + list->n_lines, list->n_all);
	char line[LINE_LENGTH];

	if (list->n_all == last && list->first == 0)
		return painting->layout.width;
	snprintf(line, sizeof(line), "%zu-%zu of %zu", list->first + 1, last,
		 list->n_all);
	return put_right(painting, y, TOP_PLAIN, line);
}

/* What is to be typed or known takes the last line in any case. */
static void paint_footer(const struct painting *painting)
{
	const struct top_layout *layout = &painting->layout;
	unsigned y = layout->height - 1;
	const char *notice = painting->words->notice;

	if (painting->view->mode == TOP_PROMPT) {
		top_frame_fill(painting->frame, 0, y, layout->width, TOP_PLAIN, ' ');
		paint_prompt(painting, y);
	} else if (notice) {
		top_frame_fill(painting->frame, 0, y, layout->width, TOP_NOTICE, ' ');
		top_frame_put(painting->frame, 0, y, UINT32_MAX, TOP_NOTICE, notice);
	} else if (layout->footer_y >= 0) {
		put_hints(painting, y, put_position(painting, y));
	}
}

static unsigned longest_name(const struct top_frame *frame, const struct top_model *model)
{
	unsigned longest = 0;

	for (size_t i = 0; i < model->n_rows; i++) {
		unsigned width = top_frame_measure(frame, model->rows[i].name);

		longest = width > longest ? width : longest;
	}
	return longest;
}

static void paint_list(const struct painting *painting)
{
	const struct top_layout *layout = &painting->layout;

	if (layout->title_y >= 0)
		paint_title(painting);
	if (layout->host_y >= 0)
		paint_host(painting);
	if (layout->legend_y >= 0)
		paint_legend(painting);
	if (layout->summary_y >= 0)
		paint_summary(painting);
	if (layout->heading_y >= 0)
		paint_headings(painting);
	paint_rows(painting);
	paint_footer(painting);
}

void top_paint(struct top_frame *frame, const struct top_model *model,
	       struct top_view *view, const struct top_words *words)
{
	struct painting painting = { frame, model, view, words, { 0 } };

	if (frame->width == 0 || frame->height == 0)
		return;
	painting.layout =
		top_layout_make(frame->width, frame->height, longest_name(frame, model));
	top_scroll_fit(&view->list, painting.layout.n_rows, view->list.n_all);
	if (view->mode == TOP_HELP)
		top_paint_help(frame, &view->help);
	else
		paint_list(&painting);
}
