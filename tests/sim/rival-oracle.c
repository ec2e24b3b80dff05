/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clairvoyant: it knows what guests need now and in two seconds, and decides every
 * quarter of a second. It still depends on the balloons' speed, the reserve and the
 * ledger. A measure for what is possible, not a bound: it keeps no headroom.
 */
#include <stdlib.h>

#include "rival.h"

#define PERIOD_MS 250
#define LOOK_AHEAD_MS 2000
#define HEADROOM 1.08
#define MARGIN 20.0 /* MiB */
#define SMALLEST 4.0

struct wish {
	const struct rival_guest *guest;
	double low, high, share;
};

static double mib(uint64_t kib)
{
	return (double)kib / 1024;
}

/* What @guest should have at @at_ms. */
static double wanted(const struct rival_guest *guest, int64_t at_ms)
{
	return smaller(guest->maximum,
		       mib(sim_guest_need_kib(guest->guest, at_ms)) * HEADROOM +
			       mib(guest->guest->watermark_kib) + MARGIN);
}

static bool can_move(const struct rival_view *view, const struct rival_guest *guest)
{
	return guest->guest->spec->cooperates &&
	       sim_guest_has_driver(guest->guest, view->now_ms);
}

static size_t make_wishes(const struct rival_view *view, struct wish *wishes)
{
	size_t n = 0;

	for (size_t i = 0; i < view->n; i++) {
		const struct rival_guest *guest = &view->guests[i];
		double held =
			mib(guest->guest->spec->base_kib + guest->guest->anonymous_kib +
			    guest->guest->watermark_kib);
		double high = larger(wanted(guest, view->now_ms),
				     wanted(guest, view->now_ms + LOOK_AHEAD_MS));

		if (can_move(view, guest))
			wishes[n++] =
				(struct wish){ guest, smaller(high, held), high, 0 };
	}
	return n;
}

static double sum_at(const struct wish *wishes, size_t n, double level)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += clamp(wishes[i].guest->weight * level, wishes[i].low,
			     wishes[i].high);
	return sum;
}

/* Weighted max-min: the highest level that @budget pays for, by bisection. */
static void fill(struct wish *wishes, size_t n, double budget)
{
	double low = 0, high = 1e12;

	for (int i = 0; i < 100; i++) {
		double level = (low + high) / 2;

		if (sum_at(wishes, n, level) <= budget)
			low = level;
		else
			high = level;
	}
	for (size_t i = 0; i < n; i++)
		wishes[i].share = clamp(wishes[i].guest->weight * low, wishes[i].low,
					wishes[i].high);
}

/* Poorest first. */
static int compare_wish(const void *a, const void *b)
{
	const struct wish *left = a, *right = b;
	double l = left->guest->current / larger(left->share, 1);
	double r = right->guest->current / larger(right->share, 1);

	return (l > r) - (l < r);
}

static void carry_out(const struct wish *wishes, size_t n, double free, struct plan *plan)
{
	for (size_t i = 0; i < n; i++)
		if (wishes[i].share < wishes[i].guest->current - SMALLEST)
			rival_set(plan, wishes[i].guest, wishes[i].share);
	for (size_t i = 0; i < n; i++) {
		const struct rival_guest *guest = wishes[i].guest;
		double committed = larger(guest->current, guest->target);
		double gain = smaller(wishes[i].share - committed, free);

		if (gain <= 0)
			continue;
		free -= gain;
		rival_set(plan, guest, committed + gain);
	}
}

static int move(const struct snapshot *snapshot, const struct history *history,
		const struct settings *settings, struct plan *plan)
{
	static struct wish wishes[RIVAL_GUESTS_MAX];
	const struct rival_view *view = rival_look(snapshot, settings);
	size_t n = make_wishes(view, wishes);
	double free = view->host_free - view->reserve;
	double budget = view->host - mib(view->simulation->scenario->host_base_kib) -
			view->reserve;

	(void)history;
	for (size_t i = 0; i < view->n; i++) {
		const struct rival_guest *guest = &view->guests[i];
		double target = guest->guest->spec->cooperates ? guest->target : 0;

		free -= larger(0, larger(guest->current, target) - guest->rss);
		if (!can_move(view, guest))
			budget -= guest->current;
	}
	fill(wishes, n, budget);
	qsort(wishes, n, sizeof(*wishes), compare_wish);
	carry_out(wishes, n, free, plan);
	return 0;
}

static const struct policy policy = {
	.name = "oracle",
	.classify = rival_classify,
	.move = move,
};

const struct contender rival_oracle = {
	.name = "oracle",
	.summary = "knows what guests need, and what they will",
	.policy = &policy,
	.period_ms = PERIOD_MS,
	.begin = rival_begin,
};
