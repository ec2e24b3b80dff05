/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal. curses is used here and nowhere else.
 *
 * One at a time. While it is open nothing else may write to the terminal.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "paint/frame.h"

struct top_screen;

/*
 * Take over the terminal of stdin and stdout; top_screen_close() gives it back as it was.
 * Returns 0, -ENOTTY, or -ENODEV: its type is not known or can do too little.
 */
int top_screen_open(struct top_screen **ret_screen);

/* NULL is fine. */
void top_screen_close(struct top_screen *screen);

/* The size that the terminal has now. */
void top_screen_measure(struct top_screen *screen, unsigned *ret_width,
			unsigned *ret_height);

/* Show @frame, which is of that size. */
void top_screen_show(struct top_screen *screen, const struct top_frame *frame);

/* What is on the terminal is not what was shown: the next frame is drawn as a whole. */
void top_screen_forget(struct top_screen *screen);

/* Give the terminal back for a while; the next frame takes it again. */
void top_screen_leave(struct top_screen *screen);

/*
 * The next key: a character or enum top_key (TOP_KEY_NONE: one that means nothing here).
 * Returns 0, or -EAGAIN: none is waiting.
 */
int top_screen_read(struct top_screen *screen, uint32_t *ret_key);
