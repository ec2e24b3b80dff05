/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every domain in every cycle: shares by weighted max-min over what the domains need,
 * then headroom by weight; grants only from what the host holds in its hand.
 *
 * 1. The capacity is what the host can back: memory to hand out and all that is
 * committed.
 * 2. The shares: first needs, by water-filling between what a domain can do with and what
 *    it needs; then what is left over, a fraction by weight of everybody's further wish.
 * 3. Grow who starves or soon will, most starved first, from what is at hand now.
 * 4. Shrink for what was not at hand: the wasteful first, then who is most above its
 * share.
 * 5. Shrink who has been idle for three samples, gently, for the host.
 *
 * Few, large moves: each costs the guest huge pages and us a call.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/fair-internal.h"
#include "core/ledger.h"

static int compare_free_share(const void *a, const void *b)
{
	const struct item *left = *(struct item *const *)a;
	const struct item *right = *(struct item *const *)b;
	unsigned __int128 l =
		(unsigned __int128)left->need.free_kib * right->of->current_kib;
	unsigned __int128 r =
		(unsigned __int128)right->need.free_kib * left->of->current_kib;

	return l != r ? (l > r) - (l < r) : compare_place(left, right);
}

/*
 * Is it to get back what a shrink took, as that harmed it or gained nothing? Nobody else
 * has to give for that.
 */
static bool is_undone(const struct item *item)
{
	const struct aftermath *aftermath = &item->record->aftermath;

	return aftermath->is_undone && aftermath->undo_kib > item->need.committed_kib;
}

/* By how much the domain should grow, if it should. */
static uint64_t growth_kib(const struct item *item, const struct settings *settings)
{
	uint64_t up_kib = sat_sub(item->share_kib, item->need.committed_kib);
	bool is_low = item->need.is_known &&
		      (unsigned __int128)item->need.free_kib * 100 <
			      (unsigned __int128)item->of->current_kib *
				      settings->starvation_threshold_percent;

	if (!item->need.may_grow)
		return 0;
	if (item->class == CLASS_STARVING && up_kib >= RESCUE_MIN_KIB)
		return up_kib;
	if ((is_low || item->need.need_kib > item->need.committed_kib ||
	     is_undone(item)) &&
	    up_kib >= min_move_kib(item))
		return up_kib;
	return 0;
}

/* Deal what is at hand to those who should grow: needs by max-min, then headroom. */
static int grant(struct work *work)
{
	uint64_t at_hand_kib = work->at_hand_kib > 0 ? (uint64_t)work->at_hand_kib : 0;
	uint64_t budget_kib = at_hand_kib;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < work->n; i++) {
		struct item *item = &work->items[i];

		item->wish_kib = growth_kib(item, work->settings);
		if (item->wish_kib > 0)
			work->sorted[n++] = item;
	}
	if (n > 1)
		qsort(work->sorted, n, sizeof(*work->sorted), compare_free_share);
	for (size_t i = 0; i < n; i++) {
		const struct need *need = &work->sorted[i]->need;
		uint64_t missing_kib =
			min_u64(work->sorted[i]->wish_kib,
				sat_sub(need->need_kib, need->committed_kib));

		work->fill[i] = (struct waterfill){
			.weight = work->sorted[i]->record->settings.weight,
			.min_kib = need->committed_kib,
			.max_kib = sat_add(need->committed_kib, missing_kib),
		};
		budget_kib = sat_add(budget_kib, need->committed_kib);
	}
	r = waterfill(work->fill, n, budget_kib);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		work->sorted[i]->grant_kib =
			work->fill[i].share_kib - work->fill[i].min_kib;
		at_hand_kib = sat_sub(at_hand_kib, work->sorted[i]->grant_kib);
	}
	for (size_t i = 0; i < n; i++) {
		struct item *item = work->sorted[i];
		uint64_t more_kib =
			min_u64(item->wish_kib - item->grant_kib, at_hand_kib);

		item->grant_kib += more_kib;
		at_hand_kib -= more_kib;
		if (is_undone(item) && item->need.need_kib <= item->need.committed_kib)
			continue;
		work->deficit_kib =
			sat_add(work->deficit_kib, item->wish_kib - item->grant_kib);
		work->is_pressing |= item->need.is_pressed &&
				     item->wish_kib - item->grant_kib > RESCUE_MIN_KIB;
	}
	return 0;
}

/* Why the domain is not moved, or not further, for those who ask. */
static enum reason find_bound(const struct item *item)
{
	uint64_t committed_kib = item->need.committed_kib;
	uint64_t ceiling_kib = need_ceiling_kib(item->of, item->record);

	if (!item->need.is_known && item->wish_kib == 0)
		return item->need.keeps;
	if (item->wish_kib > item->grant_kib)
		return REASON_HOST_SHORT;
	if (item->share_kib >= ceiling_kib && committed_kib >= item->share_kib)
		return ceiling_kib < item->of->maximum_kib ? REASON_AT_CEILING
							   : REASON_AT_MAXIMUM;
	if (item->share_kib > committed_kib && item->grant_kib == 0)
		return REASON_NOT_WORTH_A_MOVE;
	if (item->class == CLASS_WASTING && item->give_kib > 0)
		return REASON_A_QUARTER_A_TIME;
	if (item->class == CLASS_WASTING)
		return item->need.keeps_idle ? item->need.keeps_idle
					     : REASON_NOT_WORTH_A_MOVE;
	return REASON_HAS_ITS_SHARE;
}

static void add_move(struct plan *plan, const struct item *item, uint64_t to_kib,
		     enum reason reason)
{
	plan->moves[plan->n_moves++] = (struct move){
		.domain = item->domain,
		.from_kib = item->of->current_kib,
		.to_kib = to_kib,
		.reason = reason,
	};
}

static enum reason why_it_grows(const struct item *item)
{
	if (is_undone(item))
		return item->record->aftermath.undo_reason;
	return item->class == CLASS_STARVING ? REASON_GROWS_OUT_OF_STARVING
					     : REASON_GROWS_AHEAD;
}

/* Shrinks first, so that their memory is on its way as early as can be. */
static void write_moves(const struct work *work, struct plan *plan)
{
	for (size_t i = 0; i < work->n; i++) {
		const struct item *item = &work->items[i];

		if (item->give_kib > 0)
			add_move(plan, item, item->of->current_kib - item->give_kib,
				 item->reason);
	}
	for (size_t i = 0; i < work->n; i++) {
		const struct item *item = &work->items[i];

		/* What a domain was to give while it needs more is not asked any more. */
		if (item->grant_kib >= RESCUE_MIN_KIB)
			add_move(plan, item, item->need.committed_kib + item->grant_kib,
				 why_it_grows(item));
		else if (item->wish_kib > 0 && is_shrinking(item))
			add_move(plan, item, item->of->current_kib,
				 REASON_CANCELS_SHRINK);
	}
}

/* Look again earlier than a period for who would have run out by then. */
#define LOOK_AGAIN_MIN_MS 500

/* How soon a domain has nothing free at its trend, if within @max_ms; else @max_ms. */
static uint64_t runs_out_ms(const struct item *item, uint64_t max_ms)
{
	int64_t trend_bytes = item->record->demand.trend_bytes;

	if (!item->need.is_known || trend_bytes <= 0 ||
	    item->need.committed_kib >= need_ceiling_kib(item->of, item->record))
		return max_ms;
	return min_u64(max_ms, sat_mul_div(item->need.free_kib, (uint64_t)1024 * 1000,
					   (uint64_t)trend_bytes));
}

/* Does a starved domain not get what it needs, while there is more to come? */
static bool is_waiting(const struct item *item)
{
	uint64_t missing_kib = min_u64(
		item->wish_kib, sat_sub(item->need.need_kib, item->need.committed_kib));

	return item->class == CLASS_STARVING &&
	       sat_sub(missing_kib, item->grant_kib) > RESCUE_MIN_KIB;
}

/* So many looks per period, or per report of the guest if those are rarer. */
#define WATCHES 4

/* How often there is news of a domain that could grow; else UINT64_MAX. */
static uint64_t news_ms(const struct item *item)
{
	if (!item->need.is_known || item->of->stats_period_s == 0 ||
	    item->need.committed_kib >= need_ceiling_kib(item->of, item->record))
		return UINT64_MAX;
	return sat_mul_div(item->of->stats_period_s, 1000, 1);
}

/*
 * A report that comes just after a look waits for the next one: what a guest takes all of
 * a sudden would be noticed a whole period late.
 */
static void plan_watch(const struct work *work, struct plan *plan)
{
	uint64_t period_ms = (uint64_t)work->settings->period_s * 1000;
	uint64_t watch_ms = UINT64_MAX;

	for (size_t i = 0; i < work->n; i++)
		watch_ms = min_u64(watch_ms, news_ms(&work->items[i]));
	watch_ms = max_u64(watch_ms, period_ms) / WATCHES;
	if (watch_ms < period_ms)
		plan->watch_ms = (unsigned)watch_ms;
}

static void plan_next_look(const struct work *work, struct plan *plan)
{
	uint64_t period_ms = (uint64_t)work->settings->period_s * 1000;
	uint64_t again_ms = period_ms;
	bool is_coming = fair_returning_kib(work) > 0;

	for (size_t i = 0; i < work->n; i++) {
		uint64_t ms = runs_out_ms(&work->items[i], period_ms);

		if (ms < period_ms)
			again_ms = min_u64(again_ms, ms / 2);
		is_coming |= work->items[i].give_kib > 0;
		plan->is_waiting |= is_waiting(&work->items[i]);
	}
	plan->is_waiting &= is_coming;
	if (plan->is_waiting)
		again_ms = 0;
	if (again_ms < period_ms)
		plan->look_again_ms = (unsigned)max_u64(again_ms, LOOK_AGAIN_MIN_MS);
}

static int decide(struct work *work, struct plan *plan)
{
	int r = fair_share_out(work);

	if (r < 0)
		return r;
	r = grant(work);
	if (r < 0)
		return r;

	if (work->at_hand_kib < 0)
		work->deficit_kib =
			sat_add(work->deficit_kib, (uint64_t)-work->at_hand_kib);
	work->deficit_kib = sat_sub(work->deficit_kib, fair_returning_kib(work));
	fair_choose_donors(work);
	plan_next_look(work, plan);
	plan_watch(work, plan);
	plan->is_overloaded = work->is_overloaded;
	return 0;
}

static void fill_items(struct work *work, const struct history *history,
		       const struct plan *plan)
{
	for (size_t i = 0; i < work->n; i++) {
		const struct domain *domain = &work->snapshot->domains[i];
		const struct record *record = &history->records[i];

		work->items[i] = (struct item){
			.domain = i,
			.of = domain,
			.record = record,
			.class = plan->verdicts[i].class,
			.need = need_estimate(domain, record, plan->verdicts[i],
					      work->settings, work->snapshot->now_ms),
		};
	}
}

static int plan_moves(const struct snapshot *snapshot, const struct history *history,
		      const struct settings *settings, struct plan *plan)
{
	size_t n = snapshot->n_domains;
	struct work work = {
		.snapshot = snapshot,
		.settings = settings,
		.n = n,
		.items = calloc(n + 1, sizeof(*work.items)),
		.sorted = calloc(n + 1, sizeof(*work.sorted)),
		.fill = calloc(n + 1, sizeof(*work.fill)),
		.at_hand_kib = ledger_backed_kib(snapshot, history, settings),
	};
	int r = -ENOMEM;

	plan->shares = calloc(n + 1, sizeof(*plan->shares));
	if (work.items && work.sorted && work.fill && plan->shares) {
		fill_items(&work, history, plan);
		r = decide(&work, plan);
	}
	if (r == 0) {
		for (size_t i = 0; i < n; i++)
			plan->shares[i] = (struct share){
				.need = work.items[i].need,
				.share_kib = work.items[i].share_kib,
				.bound = find_bound(&work.items[i]),
			};
		write_moves(&work, plan);
	}
	free(work.items);
	free(work.sorted);
	free(work.fill);
	return r;
}

const struct policy policy_fair = {
	.name = "fair",
	.summary = "every domain by need, with a ledger of promises",
	.withdraws_from_stuck = true,
	.awaits_targets = true,
	.classify = classify_fair,
	.grantable_kib = ledger_backed_kib,
	.move = plan_moves,
};
