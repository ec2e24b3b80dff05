/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal that standard output may be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Is standard output a terminal, and one that obeys escape sequences? */
bool screen_is_there(void);

/* How many cells a line of it has; 0: it is no terminal, or does not tell. */
size_t screen_columns(void);

/*
 * Draw the lines of @text over what is on the screen, from its top on, all at once: it
 * does not flicker. Lines for which there is no room are left out; then the last line
 * tells how many. The cursor ends below, and nothing of the terminal's state is changed
 * that a signal could leave so.
 *
 * Returns 0 or a negative errno.
 */
int screen_draw(const char *text);
