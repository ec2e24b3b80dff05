/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What 'top' tells of a domain from one look to the next: the last change of its size,
 * and how much its guest swaps out. Whoever changes the size, it is seen in the samples.
 *
 * Pure: no I/O, no clock. Sizes are KiB, times monotonic milliseconds.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct top_change {
	bool has_size;
	uint64_t from_kib, size_kib; /* before the change, and when it was last seen */
	bool has_change;
	int64_t difference_kib;
	int64_t changed_ms; /* when the size was last seen to change */
};

/* A balloon that goes on in the same direction after so long still makes one change. */
#define TOP_CHANGE_GAP_MS 10000

/*
 * The domain has @size_kib at @now_ms. A change begins when the size differs by 4 MiB,
 * because guests' page lists breathe; then all that follows in the same direction belongs
 * to it, until TOP_CHANGE_GAP_MS pass without another 4 MiB.
 */
void top_change_see(struct top_change *change, uint64_t size_kib, int64_t now_ms);

struct top_swap {
	bool has_sample;
	int64_t sample_ms;
	uint64_t swap_out_kib;
	bool has_rate;
	int64_t rate_bytes; /* per second */
};

/*
 * The sample that was first seen at @sample_ms has the counter @swap_out_kib. A counter
 * that falls begins anew: the guest has rebooted.
 */
void top_swap_see(struct top_swap *swap, uint64_t swap_out_kib, int64_t sample_ms);
