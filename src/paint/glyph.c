/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paint/bar.h"
#include "paint/glyph.h"

/* Different without colours, too. */
static const struct {
	wchar_t unicode, ascii;
} glyphs[] = {
	[TOP_GLYPH_USED] = { 0x2588, '#' },	/* full block */
	[TOP_GLYPH_IDLE] = { 0x2592, '=' },	/* medium shade */
	[TOP_GLYPH_UNTOLD] = { 0x2591, ':' },	/* light shade */
	[TOP_GLYPH_ROOM] = { 0x00b7, '.' },	/* middle dot */
	[TOP_GLYPH_PROMISED] = { 0x2591, '-' }, /* light shade */
	[TOP_GLYPH_FREE] = { ' ', ' ' },
	[TOP_GLYPH_RESERVE] = { 0x2581, '_' }, /* lower one eighth block */
	[TOP_GLYPH_OTHER] = { 0x259a, '%' },   /* two quadrants */
	[TOP_GLYPH_UP] = { 0x2191, '+' },
	[TOP_GLYPH_DOWN] = { 0x2193, '-' },
	[TOP_GLYPH_ASCENDING] = { 0x2191, '^' },
	[TOP_GLYPH_DESCENDING] = { 0x2193, 'v' },
	[TOP_GLYPH_MORE] = { 0x2026, '~' }, /* ellipsis */
};

const struct top_look top_host_looks[TOP_HOST_N_PARTS] = {
	[TOP_HOST_OTHER] = { "other", TOP_GLYPH_OTHER, TOP_OTHER_BAR },
	[TOP_HOST_USED] = { "used", TOP_GLYPH_USED, TOP_USED_BAR },
	[TOP_HOST_IDLE] = { "idle", TOP_GLYPH_IDLE, TOP_IDLE_BAR },
	[TOP_HOST_PROMISED] = { "promised", TOP_GLYPH_PROMISED, TOP_PROMISED_BAR },
	[TOP_HOST_FREE] = { "free", TOP_GLYPH_FREE, TOP_PLAIN },
	[TOP_HOST_RESERVE] = { "reserve", TOP_GLYPH_RESERVE, TOP_RESERVE_BAR },
};

const struct top_look top_part_looks[TOP_N_PARTS] = {
	[TOP_PART_USED] = { "used", TOP_GLYPH_USED, TOP_PLAIN },
	[TOP_PART_USABLE] = { "usable", TOP_GLYPH_IDLE, TOP_PLAIN },
	[TOP_PART_CURRENT] = { "current", TOP_GLYPH_UNTOLD, TOP_PLAIN },
	[TOP_PART_ROOM] = { "maximum", TOP_GLYPH_ROOM, TOP_DIM },
};

wchar_t top_glyph(const struct top_frame *frame, enum top_glyph glyph)
{
	return frame->is_unicode ? glyphs[glyph].unicode : glyphs[glyph].ascii;
}

enum top_style top_class_style(enum domain_class class)
{
	switch (class) {
	case CLASS_STARVING:
		return TOP_STARVING;
	case CLASS_WASTING:
		return TOP_WASTING;
	case CLASS_BALANCED:
		return TOP_BALANCED;
	default:
		return TOP_OTHER_CLASS;
	}
}

char top_class_letter(enum domain_class class)
{
	static const char letters[] = {
		[CLASS_STARVING] = 'S', [CLASS_WASTING] = 'W', [CLASS_BALANCED] = 'B',
		[CLASS_UNKNOWN] = '?',	[CLASS_FROZEN] = 'F',  [CLASS_UNMANAGED] = 'U',
	};

	return letters[class];
}

void top_put_cut(struct top_frame *frame, unsigned x, unsigned y, unsigned width,
		 enum top_style style, const char *text)
{
	if (top_frame_measure(frame, text) <= width) {
		top_frame_put(frame, x, y, width, style, text);
		return;
	}
	if (width == 0)
		return;
	x += top_frame_put(frame, x, y, width - 1, style, text);
	top_frame_fill(frame, x, y, 1, TOP_DIM, top_glyph(frame, TOP_GLYPH_MORE));
}

void top_put_bar(struct top_frame *frame, unsigned x, unsigned y, unsigned width,
		 const uint64_t *amounts, size_t n, const struct top_look *looks,
		 const enum top_style *styles)
{
	unsigned lengths[TOP_BAR_PARTS_MAX];

	if (width < 3)
		return;
	top_frame_fill(frame, x, y, 1, TOP_PLAIN, '[');
	top_frame_fill(frame, x + width - 1, y, 1, TOP_PLAIN, ']');
	top_bar_share(amounts, n, width - 2, lengths);
	x++;
	for (size_t i = 0; i < n; i++) {
		top_frame_fill(frame, x, y, lengths[i],
			       styles ? styles[i] : looks[i].style,
			       top_glyph(frame, looks[i].glyph));
		x += lengths[i];
	}
}
