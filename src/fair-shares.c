/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What would be fair: needs by weighted max-min, then headroom in proportion. */
#include "fair-internal.h"

/* What the host can back in all. */
static uint64_t capacity_kib(const struct work *work)
{
	uint64_t committed_kib = 0;

	for (size_t i = 0; i < work->n; i++)
		committed_kib = sat_add(committed_kib, work->items[i].need.committed_kib);
	return work->at_hand_kib < 0
		       ? sat_sub(committed_kib, (uint64_t)-work->at_hand_kib)
		       : sat_add(committed_kib, (uint64_t)work->at_hand_kib);
}

/* Tier 1: weighted max-min over the needs. Returns what is left of @capacity_kib. */
static int share_needs(struct work *work, uint64_t capacity_kib, uint64_t *ret_left_kib)
{
	uint64_t sum_kib = 0, need_sum_kib = 0;
	int r;

	for (size_t i = 0; i < work->n; i++) {
		const struct need *need = &work->items[i].need;

		need_sum_kib = sat_add(need_sum_kib, need->need_kib);

		work->fill[i] = (struct waterfill){
			.weight = 100,
			.min_kib = min_u64(need->least_kib, need->need_kib),
			.max_kib = need->need_kib,
		};
	}
	r = waterfill(work->fill, work->n, capacity_kib);
	if (r < 0)
		return r;
	for (size_t i = 0; i < work->n; i++) {
		work->items[i].share_kib = work->fill[i].share_kib;
		sum_kib = sat_add(sum_kib, work->fill[i].share_kib);
	}
	work->is_overloaded = need_sum_kib > capacity_kib;
	*ret_left_kib = sat_sub(capacity_kib, sum_kib);
	return 0;
}

/* Tier 2: the same fraction of everybody's further wish; the rest stays with the host. */
static void share_headroom(struct work *work, uint64_t left_kib)
{
	uint64_t extra_kib = 0;

	for (size_t i = 0; i < work->n; i++)
		extra_kib = sat_add(extra_kib, sat_sub(work->items[i].need.want_kib,
						       work->items[i].need.need_kib));
	if (extra_kib == 0)
		return;
	for (size_t i = 0; i < work->n; i++) {
		struct item *item = &work->items[i];
		uint64_t wish_kib = sat_sub(item->need.want_kib, item->need.need_kib);

		item->share_kib = sat_add(
			item->share_kib,
			sat_mul_div(wish_kib, min_u64(left_kib, extra_kib), extra_kib));
	}
}

int fair_share_out(struct work *work)
{
	uint64_t left_kib;
	int r = share_needs(work, capacity_kib(work), &left_kib);

	if (r == 0)
		share_headroom(work, left_kib);
	return r;
}
