/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signs that bars and arrows are made of, and how classes look. Pure. */
#pragma once

#include "paint/frame.h"
#include "paint/model.h"

enum top_glyph {
	TOP_GLYPH_USED,
	TOP_GLYPH_IDLE,
	TOP_GLYPH_UNTOLD, /* a domain has it, but does not tell what for */
	TOP_GLYPH_ROOM,
	TOP_GLYPH_PROMISED,
	TOP_GLYPH_FREE,
	TOP_GLYPH_RESERVE,
	TOP_GLYPH_OTHER,
	TOP_GLYPH_UP,
	TOP_GLYPH_DOWN,
	TOP_GLYPH_ASCENDING,
	TOP_GLYPH_DESCENDING,
	TOP_GLYPH_MORE, /* a text goes on */
};

/* Each is one column wide. */
wchar_t top_glyph(const struct top_frame *frame, enum top_glyph glyph);

/* How a part of a bar looks. */
struct top_look {
	const char *name;
	enum top_glyph glyph;
	enum top_style style;
};

extern const struct top_look top_host_looks[TOP_HOST_N_PARTS];

/* The style is that of the domain's class instead, but for the last one. */
extern const struct top_look top_part_looks[TOP_N_PARTS];

enum top_style top_class_style(enum domain_class class);
char top_class_letter(enum domain_class class);

/* Put @text into @width columns; what does not fit ends with a sign for that. */
void top_put_cut(struct top_frame *frame, unsigned x, unsigned y, unsigned width,
		 enum top_style style, const char *text);

/* A bar of @width columns between brackets. @styles: by part; NULL: those of @looks. */
void top_put_bar(struct top_frame *frame, unsigned x, unsigned y, unsigned width,
		 const uint64_t *amounts, size_t n, const struct top_look *looks,
		 const enum top_style *styles);
