/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/swapping.h"

/* Less is housekeeping of the guest's kernel. */
#define SWAPPING_KIB_PER_S 512

/* Swapping is no matter of an instant. */
#define SWAPPING_MIN_MS 2000

/* Longer than it takes a guest that is short to show it. */
#define NO_SHORTAGE_MS 120000

/* Of two reports in quick succession both count, as one does that comes more seldom. */
static uint64_t find_rate(struct swapping *swapping, const struct swapping_sample *sample)
{
	uint64_t swapped_kib = sample->swapped_kib, over_ms = sample->over_ms;

	if (over_ms < SWAPPING_MIN_MS && sample->is_one_of_many) {
		swapped_kib = sat_add(swapped_kib, swapping->swapped_kib);
		over_ms = sat_add(over_ms, swapping->over_ms);
	}
	swapping->swapped_kib = sample->swapped_kib;
	swapping->over_ms = sample->over_ms;
	return sat_mul_div(swapped_kib, 1000, max_u64(over_ms, SWAPPING_MIN_MS));
}

void swapping_observe(struct swapping *swapping, const struct swapping_sample *sample)
{
	swapping->kib_per_s = find_rate(swapping, sample);
	if (swapping->kib_per_s <= SWAPPING_KIB_PER_S) {
		swapping->state = SWAPPING_NOT;
		return;
	}
	if (swapping->state == SWAPPING_NOT || !sample->has_much_free) {
		swapping->state = SWAPPING_COUNTS;
		swapping->since_ms = sample->at_ms;
	} else if (sample->at_ms - swapping->since_ms >= NO_SHORTAGE_MS) {
		swapping->state = SWAPPING_DISREGARDED;
	}
	if (swapping_counts(swapping)) {
		swapping->has_counted = true;
		swapping->counted_ms = sample->at_ms;
	}
}

void swapping_note_shrink(struct swapping *swapping, int64_t now_ms)
{
	if (swapping->state == SWAPPING_COUNTS)
		swapping->since_ms = now_ms;
}

void swapping_end(struct swapping *swapping)
{
	swapping->state = SWAPPING_NOT;
}
