/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The help of 'top': its keys, and what is to be seen. Pure. */
#pragma once

#include "paint/frame.h"
#include "paint/view.h"

/* Fill @frame with as much of the help as there is room for; @scroll learns it. */
void top_paint_help(struct top_frame *frame, struct top_scroll *scroll);
