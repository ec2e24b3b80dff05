/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A filter for names, as it is typed.
 *
 * Pure, but that upper and lower case are those of the locale.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { TOP_FILTER_SIZE = 64 };

/*
 * A filter with one of *?[ is a shell pattern for whole names, any other is looked for
 * within @name; upper and lower case are the same. An empty one matches every name.
 */
bool top_filter_matches(const char *filter, const char *name);

/* Append the character @code, as UTF-8. False: it cannot be shown, or there is no room.
 */
bool top_filter_append(char filter[TOP_FILTER_SIZE], uint32_t code);

/* Take the last character away. */
void top_filter_cut(char filter[TOP_FILTER_SIZE]);
