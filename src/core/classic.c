/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The original rules: per cycle, the most starved and the most wasteful domain.
 *
 * 1. Both exist: 2 * rate * period goes from the wasteful to the starved one.
 * 2. Only a starved one: it comes from the host.
 * 3. Only a wasteful one: half of its unused memory goes back to the host.
 *
 * Amounts are clamped, never refused: to half of the donor's unused memory, to its floor,
 * to the receiver's ceiling, to what the host can back above its reserve. What a clamped
 * donor cannot give comes from the host. A grant that only the donor's memory can back
 * waits for it: the donor gives now, and the receiver gets it when it has arrived.
 */
#include "base/sat.h"
#include "core/ledger.h"
#include "core/policy.h"
#include "core/suitability.h"

#define NOBODY SIZE_MAX

struct view {
	const struct snapshot *snapshot;
	const struct history *history;
	const struct settings *settings;
};

static uint64_t free_kib(const struct view *view, size_t i)
{
	return demand_free_kib(&view->history->records[i].demand,
			       &view->snapshot->domains[i], view->settings->metric);
}

/* No second command on one sample: it does not show yet what the first one did. */
static bool is_fresh(const struct view *view, size_t i)
{
	const struct record *record = &view->history->records[i];

	return !record->promise.was_commanded ||
	       record->demand.sample_ms > record->promise.commanded_ms;
}

/* What the domain can still take. */
static uint64_t room_kib(const struct view *view, size_t i)
{
	const struct domain *domain = &view->snapshot->domains[i];
	const struct record *record = &view->history->records[i];

	if (suitability_stays(record) != REASON_NONE)
		return 0;
	return sat_sub(need_ceiling_kib(domain, record),
		       promise_committed_kib(&record->promise, domain));
}

/* What the domain can give at most in one step. */
static uint64_t spare_kib(const struct view *view, size_t i)
{
	const struct domain *domain = &view->snapshot->domains[i];
	const struct record *record = &view->history->records[i];
	uint64_t above_floor_kib =
		sat_sub(domain->current_kib, record->settings.floor_kib);

	/* A command would hide whose hand moves the balloon. */
	if (record->foreign.is_away || record->foreign.is_left_alone ||
	    record->promise.is_open || suitability_stays(record) != REASON_NONE ||
	    suitability_no_reclaim(domain, record) != REASON_NONE ||
	    record->demand.is_low_confidence || record->demand.is_ambiguous)
		return 0;
	return min_u64(min_u64(free_kib(view, i) / 2, above_floor_kib),
		       promise_most_kib(&record->promise, view->snapshot->now_ms));
}

/* Is domain @a a smaller share free than domain @b? */
static bool is_poorer(const struct view *view, size_t a, size_t b)
{
	const struct domain *domains = view->snapshot->domains;

	return (unsigned __int128)free_kib(view, a) * domains[b].current_kib <
	       (unsigned __int128)free_kib(view, b) * domains[a].current_kib;
}

/* Domains come in the order of their UUIDs, so the first of equals has the lowest. */
static size_t most_starved(const struct view *view, const struct plan *plan)
{
	size_t best = NOBODY;

	for (size_t i = 0; i < plan->n_verdicts; i++)
		if (plan->verdicts[i].class == CLASS_STARVING && is_fresh(view, i) &&
		    room_kib(view, i) > 0 && (best == NOBODY || is_poorer(view, i, best)))
			best = i;
	return best;
}

static size_t most_wasteful(const struct view *view, const struct plan *plan)
{
	size_t best = NOBODY;

	for (size_t i = 0; i < plan->n_verdicts; i++)
		if (plan->verdicts[i].class == CLASS_WASTING && is_fresh(view, i) &&
		    spare_kib(view, i) > 0 &&
		    (best == NOBODY || free_kib(view, i) > free_kib(view, best)))
			best = i;
	return best;
}

/* 2 * rate * period, so that the next cycle finds the domain no worse off. */
static uint64_t step_kib(const struct view *view, size_t i)
{
	int64_t rate_bytes = view->history->records[i].demand.rate_bytes;

	return sat_mul_div((uint64_t)rate_bytes, 2 * (uint64_t)view->settings->period_s,
			   1024);
}

static void shrink(const struct view *view, struct plan *plan, size_t donor,
		   uint64_t amount_kib, size_t receiver)
{
	const struct domain *domain = &view->snapshot->domains[donor];
	uint64_t current_kib = domain->current_kib;

	/* A target that is still above the maximum would be refused. */
	if (amount_kib == 0 || current_kib - amount_kib > domain->maximum_kib)
		return;
	plan->moves[plan->n_moves++] = (struct move){
		.domain = donor,
		.from_kib = current_kib,
		.to_kib = current_kib - amount_kib,
		.reason = receiver == NOBODY ? REASON_GIVES_TO_HOST
					     : REASON_GIVES_TO_DOMAIN,
		.has_peer = receiver != NOBODY,
		.peer = receiver == NOBODY ? 0 : receiver,
	};
}

static void grow(const struct view *view, struct plan *plan, size_t receiver,
		 uint64_t amount_kib, size_t donor)
{
	const struct domain *domain = &view->snapshot->domains[receiver];
	uint64_t committed_kib =
		promise_committed_kib(&view->history->records[receiver].promise, domain);

	if (amount_kib == 0)
		return;
	plan->moves[plan->n_moves++] = (struct move){
		.domain = receiver,
		.from_kib = domain->current_kib,
		.to_kib = committed_kib + amount_kib,
		.reason = donor == NOBODY ? REASON_STARVING_FROM_HOST
					  : REASON_STARVING_FROM_DOMAIN,
		.has_peer = donor != NOBODY,
		.peer = donor == NOBODY ? 0 : donor,
	};
}

static int plan_moves(const struct snapshot *snapshot, const struct history *history,
		      const struct settings *settings, struct plan *plan)
{
	struct view view = { snapshot, history, settings };
	size_t starved = most_starved(&view, plan);
	size_t wasteful = most_wasteful(&view, plan);

	if (starved == NOBODY && wasteful == NOBODY)
		return 0;
	if (starved == NOBODY) {
		shrink(&view, plan, wasteful, spare_kib(&view, wasteful), NOBODY);
		return 0;
	}

	uint64_t wanted_kib = min_u64(step_kib(&view, starved), room_kib(&view, starved));
	if (wasteful != NOBODY)
		shrink(&view, plan, wasteful,
		       min_u64(wanted_kib, spare_kib(&view, wasteful)), starved);

	int64_t grantable_kib = ledger_grantable_kib(snapshot, history, settings);
	if (grantable_kib > 0)
		grow(&view, plan, starved, min_u64(wanted_kib, (uint64_t)grantable_kib),
		     wasteful);
	return 0;
}

const struct policy policy_classic = {
	.name = "classic",
	.summary = "the original rules: one starved and one wasteful domain per cycle",
	.withdraws_from_stuck = true,
	.awaits_targets = true,
	.classify = classify_classic,
	.grantable_kib = ledger_grantable_kib,
	.move = plan_moves,
};
