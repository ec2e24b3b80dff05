/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paint one domain. Pure. */
#pragma once

#include "paint/frame.h"
#include "paint/layout.h"
#include "paint/model.h"

enum { TOP_AGE_LENGTH = 8 };

/* "12s", "5m", "3h" or "2d", at most 99d. Returns @age. */
const char *top_format_age(int64_t ms, char age[TOP_AGE_LENGTH]);

/* Put @row, as of @now_ms, on line @y. */
void top_paint_row(struct top_frame *frame, const struct top_layout *layout, unsigned y,
		   const struct top_row *row, int64_t now_ms);
