/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long the parts of a bar are.
 *
 * Pure: no I/O, no clock.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { TOP_BAR_PARTS_MAX = 8 };

/*
 * Share @width cells among @n amounts (at most TOP_BAR_PARTS_MAX) in proportion, by the
 * largest remainder; of equal ones the first. @ret_lengths sum up to @width, unless all
 * amounts are 0: then all lengths are.
 */
void top_bar_share(const uint64_t *amounts, size_t n, unsigned width,
		   unsigned *ret_lengths);
