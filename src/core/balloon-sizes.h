/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sizes that a balloon had lately: a guest's report is of a moment, and what it tells
 * of its use depends on the size that its balloon had then.
 *
 * Pure: no I/O, no clock. Sizes are KiB, times monotonic milliseconds.
 */
#pragma once

#include <stdint.h>

enum { BALLOON_SIZES_LENGTH = 8 };

/* All zero in the beginning; the oldest first. */
struct balloon_sizes {
	unsigned n;
	struct balloon_size {
		int64_t at_ms;
		uint64_t current_kib;
	} sizes[BALLOON_SIZES_LENGTH];
};

struct size_range {
	uint64_t min_kib, max_kib;
};

/* Note that the balloon had @current_kib at @at_ms; times must not go back. */
void balloon_sizes_note(struct balloon_sizes *balloon, uint64_t current_kib,
			int64_t at_ms);

/*
 * All sizes that the balloon can have had since @since_ms on its way to @target_kib; at
 * least one must have been noted.
 */
struct size_range balloon_sizes_since(const struct balloon_sizes *balloon,
				      int64_t since_ms, uint64_t target_kib);
