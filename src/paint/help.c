/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "paint/glyph.h"
#include "paint/help.h"

/* Where the texts begin. */
enum { TEXT_X = 20 };

enum sample { NO_SAMPLE, CLASS_SAMPLE, HOST_SAMPLE, PART_SAMPLE };

struct line {
	const char *key; /* or a heading, when there is no text */
	const char *text;
	enum sample sample; /* shown in the place of a key: */
	int which;	    /* enum domain_class, top_host_part or top_part */
};

/* Whoever has 40 columns only still sees what a line is about. */
static const struct line lines[] = {
	{ "Keys", NULL, NO_SAMPLE, 0 },
	{ "q, Ctrl-C", "quit", NO_SAMPLE, 0 },
	{ "h, ?", "this help", NO_SAMPLE, 0 },
	{ "Up, Down, k, j", "scroll by a line", NO_SAMPLE, 0 },
	{ "PgUp, PgDn", "scroll by a page", NO_SAMPLE, 0 },
	{ "Home, End", "to the first, the last", NO_SAMPLE, 0 },
	{ "s >, S <", "sort by the next, the previous column", NO_SAMPLE, 0 },
	{ "1 2 3", "sort by NAME, CLASS, FREE%;", NO_SAMPLE, 0 },
	{ "4 5 6", "by USED, CURRENT, MAXIMUM;", NO_SAMPLE, 0 },
	{ "7 8 9", "by RATE, SWAP, CHANGE; again: reverse", NO_SAMPLE, 0 },
	{ "r", "reverse the order", NO_SAMPLE, 0 },
	{ "/", "show some names: a part, or a pattern like db-*", NO_SAMPLE, 0 },
	{ "Esc", "show all again", NO_SAMPLE, 0 },
	{ "p, Space", "pause, go on", NO_SAMPLE, 0 },
	{ "+, -", "look less often, more often", NO_SAMPLE, 0 },
	{ "Ctrl-L", "draw the screen anew", NO_SAMPLE, 0 },
	{ "", "", NO_SAMPLE, 0 },
	{ "Classes", NULL, NO_SAMPLE, 0 },
	{ NULL, "little free, and consuming", CLASS_SAMPLE, CLASS_STARVING },
	{ NULL, "much free, and not consuming", CLASS_SAMPLE, CLASS_WASTING },
	{ NULL, "in between", CLASS_SAMPLE, CLASS_BALANCED },
	{ NULL, "no fresh figures", CLASS_SAMPLE, CLASS_UNKNOWN },
	{ NULL, "not running", CLASS_SAMPLE, CLASS_FROZEN },
	{ NULL, "cannot be balanced, or is left out", CLASS_SAMPLE, CLASS_UNMANAGED },
	{ "", "", NO_SAMPLE, 0 },
	{ "Bar of a domain", NULL, NO_SAMPLE, 0 },
	{ NULL, "its guest cannot do without", PART_SAMPLE, TOP_PART_USED },
	{ NULL, "its guest could give", PART_SAMPLE, TOP_PART_USABLE },
	{ NULL, "it has this, but its guest tells nothing", PART_SAMPLE,
	  TOP_PART_CURRENT },
	{ NULL, "it may grow by this", PART_SAMPLE, TOP_PART_ROOM },
	{ "", "", NO_SAMPLE, 0 },
	{ "Bar of the host", NULL, NO_SAMPLE, 0 },
	{ NULL, "whatever is no domain", HOST_SAMPLE, TOP_HOST_OTHER },
	{ NULL, "used by domains", HOST_SAMPLE, TOP_HOST_USED },
	{ NULL, "in domains, which do not use it", HOST_SAMPLE, TOP_HOST_IDLE },
	{ NULL, "domains have it, but never touched it", HOST_SAMPLE, TOP_HOST_PROMISED },
	{ NULL, "can be handed out", HOST_SAMPLE, TOP_HOST_FREE },
	{ NULL, "is kept free", HOST_SAMPLE, TOP_HOST_RESERVE },
	{ "", "", NO_SAMPLE, 0 },
	{ "Columns", NULL, NO_SAMPLE, 0 },
	{ "RATE", "memory consumed per second", NO_SAMPLE, 0 },
	{ "SWAP", "memory swapped out per second", NO_SAMPLE, 0 },
	{ "CHANGE", "last change of the size, how long ago", NO_SAMPLE, 0 },
	{ "others", "as in memcoord(1)", NO_SAMPLE, 0 },
};

enum { N_LINES = sizeof(lines) / sizeof(*lines) };

static void put_look(struct top_frame *frame, unsigned y, const struct top_look *look,
		     enum top_style style)
{
	top_frame_fill(frame, 2, y, 1, style, top_glyph(frame, look->glyph));
	top_frame_put(frame, 4, y, TEXT_X - 4, TOP_PLAIN, look->name);
}

static void put_sample(struct top_frame *frame, unsigned y, const struct line *line)
{
	const char letter[] = { top_class_letter((enum domain_class)line->which), '\0' };

	switch (line->sample) {
	case CLASS_SAMPLE:
		top_frame_put(frame, 2, y, 1,
			      top_class_style((enum domain_class)line->which), letter);
		top_frame_put(frame, 4, y, TEXT_X - 4,
			      top_class_style((enum domain_class)line->which),
			      class_name((enum domain_class)line->which));
		break;
	case HOST_SAMPLE:
		put_look(frame, y, &top_host_looks[line->which],
			 top_host_looks[line->which].style);
		break;
	case PART_SAMPLE:
		put_look(frame, y, &top_part_looks[line->which],
			 top_part_looks[line->which].style);
		break;
	case NO_SAMPLE:
		top_frame_put(frame, 2, y, TEXT_X - 2, TOP_BOLD, line->key);
		break;
	}
}

static void put_line(struct top_frame *frame, unsigned y, const struct line *line)
{
	if (!line->text) {
		top_frame_put(frame, 0, y, UINT32_MAX, TOP_BOLD, line->key);
		return;
	}
	put_sample(frame, y, line);
	top_frame_put(frame, TEXT_X, y, UINT32_MAX, TOP_PLAIN, line->text);
}

void top_paint_help(struct top_frame *frame, struct top_scroll *scroll)
{
	static const char footer[] = "Up, Down: scroll; any other key: back";
	unsigned n_lines = frame->height > 1 ? frame->height - 1 : frame->height;

	top_scroll_fit(scroll, n_lines, N_LINES);
	for (unsigned i = 0; i < n_lines && scroll->first + i < N_LINES; i++)
		put_line(frame, i, &lines[scroll->first + i]);
	if (n_lines == frame->height)
		return;
	top_frame_fill(frame, 0, n_lines, frame->width, TOP_HEADING, ' ');
	top_frame_put(frame, 0, n_lines, frame->width, TOP_HEADING, footer);
}
