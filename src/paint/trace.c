/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/promise.h"
#include "paint/trace.h"

static bool goes_on(const struct top_change *change, int64_t step_kib, int64_t now_ms)
{
	return change->has_change && (step_kib > 0) == (change->difference_kib > 0) &&
	       now_ms - change->changed_ms <= TOP_CHANGE_GAP_MS;
}

void top_change_see(struct top_change *change, uint64_t size_kib, int64_t now_ms)
{
	int64_t step_kib = sat_diff(size_kib, change->size_kib);
	bool is_breath = distance_u64(size_kib, change->size_kib) < BALLOON_BREATH_KIB;

	if (!change->has_size) {
		*change = (struct top_change){ .has_size = true,
					       .from_kib = size_kib,
					       .size_kib = size_kib };
		return;
	}
	if (step_kib == 0)
		return;
	if (!goes_on(change, step_kib, now_ms)) {
		/* What is too small adds up until it counts. */
		if (is_breath)
			return;
		change->from_kib = change->size_kib;
	}
	change->has_change = true;
	change->size_kib = size_kib;
	change->difference_kib = sat_diff(size_kib, change->from_kib);
	if (!is_breath)
		change->changed_ms = now_ms;
}

void top_swap_see(struct top_swap *swap, uint64_t swap_out_kib, int64_t sample_ms)
{
	struct top_swap next = {
		.has_sample = true,
		.sample_ms = sample_ms,
		.swap_out_kib = swap_out_kib,
	};

	if (swap->has_sample && sample_ms == swap->sample_ms)
		return;
	if (swap->has_sample && sample_ms > swap->sample_ms &&
	    swap_out_kib >= swap->swap_out_kib) {
		next.has_rate = true;
		next.rate_bytes = sat_scale(sat_diff(swap_out_kib, swap->swap_out_kib),
					    (uint64_t)1024 * 1000,
					    (uint64_t)(sample_ms - swap->sample_ms));
	}
	*swap = next;
}
