/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Qubes OS's qmemman: a guest's wish is 1.3 times what it uses, and at least 200 MiB. All
 * that is left over is dealt out in proportion to the wishes. It acts if more than 150
 * MiB would move in all, or a guest below its wish would gain more than 15 MiB.
 */
#include <math.h>

#include "rival.h"

#define PERIOD_MS 2000
#define WISH_FACTOR 1.3
#define WISH_MIN 200.0
#define MOVES_MIN 150.0
#define GAIN_MIN 15.0
#define DONATION_MIN 10.0
#define ALMOST 0.999 /* rounding must not deal out more than there is */
#define ROUNDS 8

struct deal {
	bool takes_part; /* it has sent statistics */
	bool has_target;
	double committed, wish, target;
};

static struct deal deals[RIVAL_GUESTS_MAX];

static void make_wishes(const struct rival_view *view)
{
	for (size_t i = 0; i < view->n; i++) {
		const struct rival_guest *guest = &view->guests[i];

		deals[i] = (struct deal){
			.takes_part = guest->has_stats,
			.committed = larger(guest->current, guest->target),
			.wish = larger(WISH_MIN, smaller(WISH_FACTOR * guest->used,
							 guest->maximum)),
		};
	}
}

/* Free memory of the host above the reserve and above what is promised. */
static double unpromised(const struct rival_view *view)
{
	double free = view->host_free - view->reserve;

	for (size_t i = 0; i < view->n; i++)
		if (deals[i].takes_part)
			free -= larger(0, deals[i].committed - view->guests[i].rss);
	return free;
}

/* Cut targets down to the maxima; returns what that frees, and who has room for it. */
static double cut(const struct rival_view *view, size_t *ret_n_with_room)
{
	double left = 0;

	*ret_n_with_room = 0;
	for (size_t i = 0; i < view->n; i++) {
		if (!deals[i].takes_part)
			continue;
		if (deals[i].target < view->guests[i].maximum)
			(*ret_n_with_room)++;
		left += larger(0, deals[i].target - view->guests[i].maximum);
		deals[i].target = smaller(deals[i].target, view->guests[i].maximum);
	}
	return left;
}

/* There is enough: everybody gets its wish and its share of the rest. */
static void deal_surplus(const struct rival_view *view, double surplus)
{
	double wishes = 0;

	for (size_t i = 0; i < view->n; i++)
		wishes += deals[i].takes_part ? deals[i].wish : 0;
	for (size_t i = 0; i < view->n; i++) {
		deals[i].has_target = deals[i].takes_part;
		deals[i].target = deals[i].wish * (1 + surplus / wishes) * ALMOST;
	}
	for (int round = 0; round < ROUNDS; round++) {
		size_t n_with_room;
		double left = cut(view, &n_with_room);

		if (left < 1 || n_with_room == 0)
			break;
		for (size_t i = 0; i < view->n; i++)
			if (deals[i].takes_part &&
			    deals[i].target < view->guests[i].maximum)
				deals[i].target += ALMOST * left / (double)n_with_room;
	}
}

static bool is_acceptor(const struct rival_guest *guest, const struct deal *deal)
{
	return deal->takes_part && deal->wish > deal->committed &&
	       deal->committed < guest->maximum;
}

/* There is not: donors go down to their wishes, the others share what is free now. */
static void deal_shortage(const struct rival_view *view, double free)
{
	double wishes = 0;

	for (size_t i = 0; i < view->n; i++) {
		struct deal *deal = &deals[i];

		if (is_acceptor(&view->guests[i], deal)) {
			wishes += deal->wish;
		} else if (deal->takes_part &&
			   deal->committed - deal->wish >= DONATION_MIN) {
			deal->has_target = true;
			deal->target = deal->wish;
		}
	}
	for (size_t i = 0; i < view->n && free > 0; i++) {
		struct deal *deal = &deals[i];

		if (!is_acceptor(&view->guests[i], deal))
			continue;
		deal->has_target = true;
		deal->target =
			smaller(deal->committed + deal->wish / wishes * free * ALMOST,
				view->guests[i].maximum);
	}
}

static bool is_worth_it(const struct rival_view *view)
{
	double moves = 0;

	for (size_t i = 0; i < view->n; i++) {
		double gain = deals[i].target - view->guests[i].target;

		if (!deals[i].has_target)
			continue;
		if (view->guests[i].target < deals[i].wish && gain > GAIN_MIN)
			return true;
		moves += fabs(gain);
	}
	return moves > MOVES_MIN;
}

static void carry_out(const struct rival_view *view, struct plan *plan, double free)
{
	for (size_t i = 0; i < view->n; i++)
		if (deals[i].has_target && deals[i].target < deals[i].committed)
			rival_set(plan, &view->guests[i], deals[i].target);
	for (size_t i = 0; i < view->n; i++) {
		double gain;

		if (!deals[i].has_target || deals[i].target < deals[i].committed)
			continue;
		gain = smaller(deals[i].target - deals[i].committed, larger(0, free));
		free -= gain;
		rival_set(plan, &view->guests[i], deals[i].committed + gain);
	}
}

static int move(const struct snapshot *snapshot, const struct history *history,
		const struct settings *settings, struct plan *plan)
{
	const struct rival_view *view = rival_look(snapshot, settings);
	double free, surplus;

	(void)history;
	make_wishes(view);
	surplus = free = unpromised(view);
	for (size_t i = 0; i < view->n; i++)
		if (deals[i].takes_part)
			surplus -= deals[i].wish - deals[i].committed;
	if (surplus > 0)
		deal_surplus(view, surplus);
	else
		deal_shortage(view, free);
	if (is_worth_it(view))
		carry_out(view, plan, free);
	return 0;
}

static const struct policy policy = {
	.name = "qubes",
	.classify = rival_classify,
	.move = move,
};

const struct contender rival_qubes = {
	.name = "qubes",
	.summary = "Qubes OS's qmemman",
	.policy = &policy,
	.period_ms = PERIOD_MS,
	.begin = rival_begin,
};
