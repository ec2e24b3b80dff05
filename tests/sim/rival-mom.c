/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oVirt's Memory Overcommitment Manager, doc/balloon.rules: every 10 s, on the means of
 * 10 samples that are taken every 5 s. With less than 20 % of the host free every guest
 * shrinks by at most 5 %; else every guest grows by 5 %.
 */
#include <math.h>
#include <string.h>

#include "rival.h"

enum { SAMPLES = 10 };

#define SAMPLE_MS 5000
#define SAMPLES_PER_ACT 2
#define PRESSURE 0.20 /* less than this share of the host free: shrink */
#define CRITICAL 0.05
#define FREE_SHARE 0.20 /* what a guest may keep free */
#define STEP 0.05
#define SMALLEST 0.0025 /* a smaller change is not worth a command */

struct window {
	size_t n; /* of all that came in */
	double values[SAMPLES];
};

static struct {
	unsigned n_ticks;
	struct window host_free;
	struct window used[RIVAL_GUESTS_MAX];
} state;

static void begin(const struct simulation *simulation)
{
	memset(&state, 0, sizeof(state));
	rival_begin(simulation);
}

static void put(struct window *window, double value)
{
	window->values[window->n++ % SAMPLES] = value;
}

static double mean(const struct window *window)
{
	size_t n = window->n < SAMPLES ? window->n : SAMPLES;
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += window->values[i];
	return sum / (double)n;
}

static double shrunk(const struct rival_guest *guest, double used, double host_free)
{
	double keep = host_free <= CRITICAL ? host_free - CRITICAL
					    : FREE_SHARE * host_free / PRESSURE;

	return larger(guest->current * (1 - STEP),
		      larger(guest->floor, used + keep * guest->current));
}

static double grown(const struct rival_guest *guest, double used)
{
	double wanted = larger(guest->current * (1 + STEP),
			       larger(guest->floor, used + FREE_SHARE * guest->current));

	return smaller(guest->maximum, wanted);
}

static void balance(struct plan *plan, const struct rival_guest *guest, double host_free)
{
	double used = mean(&state.used[guest->index]);
	double size;

	if (host_free < PRESSURE) {
		size = shrunk(guest, used, host_free);
		if (size > guest->current)
			return;
	} else {
		size = grown(guest, used);
	}
	if (fabs(size - guest->current) > SMALLEST * guest->current)
		rival_set(plan, guest, smaller(size, guest->maximum));
}

static int move(const struct snapshot *snapshot, const struct history *history,
		const struct settings *settings, struct plan *plan)
{
	const struct rival_view *view = rival_look(snapshot, settings);

	(void)history;
	put(&state.host_free, view->host_free);
	for (size_t i = 0; i < view->n; i++)
		if (view->guests[i].has_stats)
			put(&state.used[view->guests[i].index],
			    view->guests[i].current - view->guests[i].unused);
	if (state.n_ticks++ % SAMPLES_PER_ACT != 0)
		return 0;
	for (size_t i = 0; i < view->n; i++)
		if (state.used[view->guests[i].index].n > 0)
			balance(plan, &view->guests[i],
				mean(&state.host_free) / view->host);
	return 0;
}

static const struct policy policy = {
	.name = "mom",
	.classify = rival_classify,
	.move = move,
};

const struct contender rival_mom = {
	.name = "mom",
	.summary = "oVirt's Memory Overcommitment Manager",
	.policy = &policy,
	.period_ms = SAMPLE_MS,
	.begin = begin,
};
