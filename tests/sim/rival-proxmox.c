/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proxmox VE's pvestatd: every 10 s steer the host's use to 80 %, with at most 100 MiB
 * per guest and round; what guests have above their minimum is dealt out by shares.
 */
#include <math.h>

#include "rival.h"

#define PERIOD_MS 10000
#define GOAL 0.80
#define GOAL_SLACK 10.0
#define STEP 100.0
#define POOR_SHARE 0.25 /* less of its minimum unused: poor */
#define ROUNDS 60

struct dealt {
	bool takes_part, is_done;
	double size; /* as planned */
	bool is_planned;
};

static struct dealt shares[RIVAL_GUESTS_MAX];

/* What all that take part have above their minimum, and their weights. */
static double sum_up(const struct rival_view *view, double *ret_weights)
{
	double above = 0;

	*ret_weights = 0;
	for (size_t i = 0; i < view->n; i++) {
		if (!shares[i].takes_part || shares[i].is_done)
			continue;
		above += shares[i].size - view->guests[i].floor;
		*ret_weights += view->guests[i].weight;
	}
	return above;
}

/* Move guest @i towards its share of @level per weight; returns by how much. */
static double plan_guest(const struct rival_guest *guest, struct dealt *share,
			 double level, bool grows)
{
	double wanted =
		clamp(guest->floor + level * guest->weight, guest->floor, guest->maximum);
	double size, change;

	if (grows && wanted > guest->current) {
		size = smaller(wanted, guest->current + STEP);
	} else if (wanted < guest->current) {
		size = larger(wanted, guest->current - STEP);
	} else {
		share->is_done = true;
		return 0;
	}
	change = size - share->size;
	share->size = size;
	share->is_planned = true;
	return change;
}

/* Deal @amount out to those that take part; returns what is left of it. */
static double change(const struct rival_view *view, double amount)
{
	double rest = amount;

	for (size_t i = 0; i < view->n; i++)
		shares[i].is_done = false;
	for (int round = 0; round < ROUNDS && fabs(rest) >= 1; round++) {
		double weights, moved = 0;
		double above = sum_up(view, &weights);
		bool has_progress = false;

		if (weights <= 0)
			break;
		for (size_t i = 0; i < view->n; i++) {
			double step;

			if (!shares[i].takes_part || shares[i].is_done)
				continue;
			step = plan_guest(&view->guests[i], &shares[i],
					  (above + rest) / weights, amount > 0);
			moved += step;
			has_progress = has_progress || fabs(step) > 0.01;
		}
		rest -= moved;
		if (!has_progress)
			break;
	}
	return rest;
}

static void sort_out(const struct rival_view *view, bool grows)
{
	for (size_t i = 0; i < view->n; i++) {
		const struct rival_guest *guest = &view->guests[i];
		bool is_rich = guest->has_stats &&
			       guest->unused > POOR_SHARE * guest->floor &&
			       guest->current >= guest->floor;

		shares[i] = (struct dealt){ .takes_part = is_rich != grows,
					    .size = guest->current };
	}
}

static int move(const struct snapshot *snapshot, const struct history *history,
		const struct settings *settings, struct plan *plan)
{
	const struct rival_view *view = rival_look(snapshot, settings);
	double goal = GOAL * view->host - (view->host - view->host_free);
	double rest;

	(void)history;
	if (fabs(goal) <= GOAL_SLACK)
		return 0;
	sort_out(view, goal > 0);
	rest = change(view, goal);
	if ((goal > 0 && rest >= goal) || (goal < 0 && rest <= goal)) {
		for (size_t i = 0; i < view->n; i++)
			shares[i].takes_part = true;
		change(view, rest);
	}
	for (size_t i = 0; i < view->n; i++)
		if (shares[i].is_planned)
			rival_set(plan, &view->guests[i], shares[i].size);
	return 0;
}

static const struct policy policy = {
	.name = "proxmox",
	.classify = rival_classify,
	.move = move,
};

const struct contender rival_proxmox = {
	.name = "proxmox",
	.summary = "Proxmox VE's automatic memory allocation",
	.policy = &policy,
	.period_ms = PERIOD_MS,
	.begin = rival_begin,
};
