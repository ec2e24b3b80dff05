/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prototype that memcoord's rules come from, with its mistakes: rates are unsigned
 * and taken over the period instead of the time that has passed; it sleeps for a second
 * per domain; the domains are those of its start; its host check takes all of the host's
 * memory for free; donor and receiver are set together, or neither.
 */
#include <string.h>

#include "rival.h"

#define TICK_MS 1000
#define PERIOD_S 2
#define STARVED_PERCENT 20.0
#define WASTE_PERCENT 50.0
#define RESERVE_PERCENT 5
#define FLOOR_KIB ((uint64_t)50 * 1024)

struct sample {
	uint64_t unused_kib, current_kib;
};

static struct {
	bool has_begun, has_old;
	int64_t next_ms;
	size_t n, n_sampled;
	size_t indices[RIVAL_GUESTS_MAX];
	struct sample old[RIVAL_GUESTS_MAX], new[RIVAL_GUESTS_MAX];
} state;

struct choice {
	const struct rival_guest *guest; /* NULL: nobody */
	struct sample sample;
	uint64_t rate_kib;
};

static void begin(const struct simulation *simulation)
{
	memset(&state, 0, sizeof(state));
	rival_begin(simulation);
}

static const struct rival_guest *find(const struct rival_view *view, size_t index)
{
	for (size_t i = 0; i < view->n; i++)
		if (view->guests[i].index == index)
			return &view->guests[i];
	return NULL;
}

/* Find the most starved and the most wasteful one. */
static void choose(const struct rival_view *view, struct choice *starved,
		   struct choice *wasteful)
{
	double lowest_percent = 2147483647;

	for (size_t i = 0; i < state.n; i++) {
		struct sample new = state.new[i];
		double percent = 100.0 * (double)new.unused_kib / (double)new.current_kib;
		uint64_t rate_kib = (state.old[i].unused_kib - new.unused_kib) / PERIOD_S;
		struct choice choice = { find(view, state.indices[i]), new, rate_kib };

		if (rate_kib > 1 && percent <= STARVED_PERCENT) {
			if (lowest_percent <= percent)
				continue;
			*starved = choice;
			lowest_percent = percent;
		} else if (rate_kib < 1 && percent > WASTE_PERCENT &&
			   new.unused_kib > wasteful->sample.unused_kib) {
			*wasteful = choice;
		}
	}
}

static void set(struct plan *plan, const struct choice *choice, uint64_t target_kib)
{
	rival_set(plan, choice->guest, (double)target_kib / 1024);
}

static bool host_has(const struct rival_view *view, uint64_t amount_kib)
{
	uint64_t host_kib = (uint64_t)(view->host * 1024);

	/* Where that wraps round, the host seems to have more than enough. */
	return (double)(host_kib - amount_kib) * 100 / ((double)host_kib + 0.5) >=
	       RESERVE_PERCENT;
}

static void decide(const struct rival_view *view, struct plan *plan)
{
	struct choice starved = { 0 }, wasteful = { 0 };

	choose(view, &starved, &wasteful);

	uint64_t amount_kib = starved.rate_kib * PERIOD_S * 2;
	uint64_t grown_kib = starved.sample.current_kib + amount_kib;
	uint64_t given_kib = wasteful.sample.current_kib - amount_kib;
	bool is_too_much =
		starved.guest && grown_kib > (uint64_t)(starved.guest->maximum * 1024);

	if (starved.guest && wasteful.guest) {
		if (given_kib < FLOOR_KIB || is_too_much)
			return;
		set(plan, &wasteful, given_kib);
		set(plan, &starved, grown_kib);
	} else if (starved.guest) {
		if (host_has(view, amount_kib) && !is_too_much)
			set(plan, &starved, grown_kib);
	} else if (wasteful.guest) {
		uint64_t left_kib =
			wasteful.sample.current_kib - wasteful.sample.unused_kib / 2;

		if (left_kib >= FLOOR_KIB)
			set(plan, &wasteful, left_kib);
	}
}

static void start(const struct rival_view *view)
{
	state.has_begun = true;
	state.n = view->n;
	for (size_t i = 0; i < view->n; i++)
		state.indices[i] = view->guests[i].index;
	state.next_ms = view->now_ms + TICK_MS;
}

/* Sample one domain; true if that was the last. */
static bool sample_next(const struct rival_view *view)
{
	const struct rival_guest *guest = find(view, state.indices[state.n_sampled]);

	state.new[state.n_sampled++] = (struct sample){
		.unused_kib = guest->guest->stats.unused_kib,
		.current_kib = guest->guest->current_kib,
	};
	state.next_ms = view->now_ms + TICK_MS;
	return state.n_sampled == state.n;
}

static int move(const struct snapshot *snapshot, const struct history *history,
		const struct settings *settings, struct plan *plan)
{
	const struct rival_view *view = rival_look(snapshot, settings);

	(void)history;
	if (!state.has_begun)
		start(view);
	if (view->now_ms < state.next_ms || state.n == 0 || !sample_next(view))
		return 0;
	if (state.has_old)
		decide(view, plan);
	memcpy(state.old, state.new, sizeof(state.old));
	state.has_old = true;
	state.n_sampled = 0;
	state.next_ms = view->now_ms + (PERIOD_S + 1) * TICK_MS;
	return 0;
}

static const struct policy policy = {
	.name = "prototype",
	.classify = rival_classify,
	.move = move,
};

const struct contender rival_prototype = {
	.name = "prototype",
	.summary = "the prototype of memcoord, with its mistakes",
	.policy = &policy,
	.period_ms = TICK_MS,
	.begin = begin,
};
