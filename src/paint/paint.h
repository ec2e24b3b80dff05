/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paint what 'top' shows.
 *
 * Pure: no I/O, no clock.
 */
#pragma once

#include "paint/frame.h"
#include "paint/model.h"
#include "paint/view.h"

/* What is told besides. */
struct top_words {
	const char *uri; /* fit to be shown */
	const char *policy;
	const char *clock;  /* of the last look */
	const char *notice; /* NULL, or what is wrong */
	unsigned period_s;
};

/* Paint into @frame, whose size tells how much there is room for; @view learns it. */
void top_paint(struct top_frame *frame, const struct top_model *model,
	       struct top_view *view, const struct top_words *words);
