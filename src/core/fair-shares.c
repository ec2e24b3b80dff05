/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What would be fair: needs by weighted max-min, then headroom in proportion to weight.
 */
#include "core/fair-internal.h"

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

/*
 * Nobody has heard of its guest yet, so that what it has says nothing of what it needs.
 * Who is not known for another reason keeps what it has for longer than that.
 */
static bool is_unheard(const struct item *item)
{
	return !item->need.is_known &&
	       (item->need.keeps == REASON_FIRST_SAMPLE ||
		(item->need.keeps == REASON_STALE && !item->record->demand.has_sample));
}

/* Do known needs exceed what the host can back, beside what others keep? */
static bool is_overloaded(const struct work *work, uint64_t capacity_kib)
{
	uint64_t sum_kib = 0;
	bool is_any_known = false;

	for (size_t i = 0; i < work->n; i++) {
		const struct item *item = &work->items[i];

		is_any_known |= item->need.is_known;
		if (!is_unheard(item))
			sum_kib = sat_add(sum_kib, item->need.need_kib);
	}
	return is_any_known && sum_kib > capacity_kib;
}

/* Tier 1: weighted max-min over the needs. Returns what is left of @capacity_kib. */
static int share_needs(struct work *work, uint64_t capacity_kib, uint64_t *ret_left_kib)
{
	uint64_t sum_kib = 0;
	int r;

	for (size_t i = 0; i < work->n; i++) {
		const struct need *need = &work->items[i].need;

		work->fill[i] = (struct waterfill){
			.weight = work->items[i].record->settings.weight,
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
	work->is_overloaded = is_overloaded(work, capacity_kib);
	*ret_left_kib = sat_sub(capacity_kib, sum_kib);
	return 0;
}

static uint64_t wish_kib(const struct item *item)
{
	return sat_sub(item->need.want_kib, item->need.need_kib);
}

/* All wishes that are open, each times its weight. */
static unsigned __int128 weigh_wishes(const struct work *work)
{
	unsigned __int128 sum = 0;

	for (size_t i = 0; i < work->n; i++)
		if (!work->items[i].has_its_wish)
			sum += (unsigned __int128)wish_kib(&work->items[i]) *
			       work->items[i].record->settings.weight;
	return sum;
}

/* All open wishes as @item weighs them: it gets as much of its own as there is of these.
 */
static uint64_t all_wishes_kib(const struct item *item, unsigned __int128 weighed)
{
	unsigned weight = item->record->settings.weight;
	/* Rounded up, so that no share is over its exact value. */
	unsigned __int128 sum_kib = (weighed + weight - 1) / weight;

	return sum_kib > UINT64_MAX ? UINT64_MAX : (uint64_t)sum_kib;
}

/*
 * Grant the whole wish to those whose weight is worth that. As they leave some to the
 * others, it can be worth it to more then. Returns whether there was any.
 */
static bool grant_whole_wishes(struct work *work, uint64_t *left_kib)
{
	unsigned __int128 weighed = weigh_wishes(work);
	uint64_t at_first_kib = *left_kib;
	bool was_any = false;

	for (size_t i = 0; i < work->n; i++) {
		struct item *item = &work->items[i];

		if (item->has_its_wish || at_first_kib < all_wishes_kib(item, weighed))
			continue;
		item->has_its_wish = was_any = true;
		item->share_kib = sat_add(item->share_kib, wish_kib(item));
		*left_kib = sat_sub(*left_kib, wish_kib(item));
	}
	return was_any;
}

/*
 * Tier 2: a fraction of everybody's further wish, in proportion to the weight, but never
 * more than all of it; what then is left stays with the host.
 */
static void share_headroom(struct work *work, uint64_t left_kib)
{
	unsigned __int128 weighed;

	while (grant_whole_wishes(work, &left_kib))
		;
	weighed = weigh_wishes(work);
	for (size_t i = 0; i < work->n; i++) {
		struct item *item = &work->items[i];

		if (!item->has_its_wish)
			item->share_kib =
				sat_add(item->share_kib,
					sat_mul_div(wish_kib(item), left_kib,
						    all_wishes_kib(item, weighed)));
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
