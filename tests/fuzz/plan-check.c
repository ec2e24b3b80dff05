/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/suitability.h"
#include "fuzz.h"
#include "plan-check.h"

static bool is_fair(const struct situation *situation)
{
	return situation->settings->policy == &policy_fair;
}

/* Three missed reports, and never less than 7 s; half of that for 'fair' to take. */
static uint64_t max_age_ms(const struct situation *situation, const struct domain *domain)
{
	uint64_t period_s =
		domain_has(domain, DOMAIN_STATS_PERIOD) ? domain->stats_period_s : 0;

	return is_fair(situation) ? max_u64(4500, sat_mul_div(1500, period_s, 1))
				  : max_u64(7000, sat_mul_div(3000, period_s, 1));
}

/* Only a fresh sample that can be trusted takes anything away. */
static void check_trust(const struct situation *situation, const struct move *move)
{
	const struct domain *domain = &situation->snapshot->domains[move->domain];
	const struct record *record = &situation->history->records[move->domain];
	const struct demand *demand = &record->demand;
	const struct promise *promise = &record->promise;

	REQUIRE(domain->has_balloon && domain->state == DOMAIN_RUNNING);
	REQUIRE(demand->has_sample);
	REQUIRE((uint64_t)(situation->snapshot->now_ms - demand->sample_ms) <=
		max_age_ms(situation, domain));
	REQUIRE(!demand->is_low_confidence && !demand->is_ambiguous);
	REQUIRE(suitability_judge(domain, record).suitability == SUITABILITY_MANAGED);
	REQUIRE(!promise->was_commanded || demand->sample_ms > promise->commanded_ms);
}

static void check_shrink(const struct situation *situation, const struct plan *plan,
			 const struct move *move)
{
	const struct domain *domain = &situation->snapshot->domains[move->domain];
	const struct record *record = &situation->history->records[move->domain];
	const struct demand *demand = &record->demand;
	enum domain_class class = plan->verdicts[move->domain].class;
	uint64_t free_kib = demand_free_kib(demand, domain, situation->settings->metric);
	uint64_t gives_kib = move->from_kib - move->to_kib;

	check_trust(situation, move);
	REQUIRE(move->to_kib >= min_u64(record->settings.floor_kib, domain->maximum_kib));
	REQUIRE(gives_kib <= free_kib);
	REQUIRE(class > CLASS_STARVING || plan->is_overloaded);
	if (is_fair(situation))
		REQUIRE(gives_kib <= sat_sub(free_kib, CLASSIFY_WATERMARK_KIB));
}

/* Check @move; returns what it takes out of the host's hand. */
static uint64_t check_move(const struct situation *situation, const struct plan *plan,
			   const struct move *move)
{
	REQUIRE(move->domain < situation->snapshot->n_domains);
	REQUIRE(!move->has_peer || move->peer < situation->snapshot->n_domains);

	const struct domain *domain = &situation->snapshot->domains[move->domain];
	const struct record *record = &situation->history->records[move->domain];
	const struct promise *promise = &record->promise;
	uint64_t committed_kib = promise_committed_kib(promise, domain);

	REQUIRE(domain_has(domain, DOMAIN_CURRENT));
	REQUIRE(move->from_kib == domain->current_kib);
	REQUIRE(move->reason == REASON_STUCK || !(promise->is_open && promise->is_stuck));
	if (move->to_kib == move->from_kib) {
		REQUIRE(promise->is_open); /* it is withdrawn */
		return 0;
	}
	REQUIRE(record->settings.is_managed);
	REQUIRE(domain_has(domain, DOMAIN_MAXIMUM));
	REQUIRE(move->to_kib <= domain->maximum_kib);
	if (move->to_kib < move->from_kib) {
		check_shrink(situation, plan, move);
		return 0;
	}
	REQUIRE(move->to_kib > committed_kib);
	REQUIRE(move->to_kib <= need_ceiling_kib(domain, record));
	return move->to_kib - committed_kib;
}

static void check_moves(const struct situation *situation, const struct plan *plan)
{
	const struct settings *settings = situation->settings;
	int64_t backed_kib = settings->policy->grantable_kib(
		situation->snapshot, situation->history, settings);
	uint64_t granted_kib = 0;

	REQUIRE(plan->n_moves <= situation->snapshot->n_domains);
	for (size_t i = 0; i < plan->n_moves; i++) {
		for (size_t j = 0; j < i; j++)
			REQUIRE(plan->moves[j].domain != plan->moves[i].domain);
		granted_kib = sat_add(granted_kib,
				      check_move(situation, plan, &plan->moves[i]));
	}
	REQUIRE(granted_kib <= (backed_kib > 0 ? (uint64_t)backed_kib : 0));
}

static void check_share(const struct share *share)
{
	const struct need *need = &share->need;

	REQUIRE(need->need_kib <= need->want_kib);
	REQUIRE(share->share_kib >= min_u64(need->least_kib, need->need_kib));
	REQUIRE(share->share_kib <= need->want_kib);
	REQUIRE(reason_text(share->bound) && reason_text(need->keeps));
}

void plan_check(const struct situation *situation, const struct plan *plan)
{
	size_t n = situation->snapshot->n_domains;

	REQUIRE(plan->n_verdicts == n);
	REQUIRE(!is_fair(situation) || plan->shares);
	for (size_t i = 0; i < n; i++) {
		REQUIRE(class_name(plan->verdicts[i].class));
		REQUIRE(reason_word(plan->verdicts[i].reason));
		if (plan->shares)
			check_share(&plan->shares[i]);
	}
	REQUIRE(plan->look_again_ms <= situation->settings->period_s * 1000);
	check_moves(situation, plan);
}

static void check_same_share(const struct share *a, const struct share *b)
{
	REQUIRE(a->share_kib == b->share_kib && a->bound == b->bound);
	REQUIRE(a->need.need_kib == b->need.need_kib);
	REQUIRE(a->need.want_kib == b->need.want_kib);
}

void plan_check_same(const struct plan *a, const struct plan *b)
{
	REQUIRE(a->n_verdicts == b->n_verdicts && a->n_moves == b->n_moves);
	REQUIRE(a->look_again_ms == b->look_again_ms);
	REQUIRE(a->is_overloaded == b->is_overloaded && a->is_waiting == b->is_waiting);
	for (size_t i = 0; i < a->n_verdicts; i++) {
		REQUIRE(a->verdicts[i].class == b->verdicts[i].class);
		REQUIRE(a->verdicts[i].reason == b->verdicts[i].reason);
		if (a->shares)
			check_same_share(&a->shares[i], &b->shares[i]);
	}
	for (size_t i = 0; i < a->n_moves; i++) {
		REQUIRE(a->moves[i].domain == b->moves[i].domain);
		REQUIRE(a->moves[i].to_kib == b->moves[i].to_kib);
		REQUIRE(a->moves[i].reason == b->moves[i].reason);
	}
}
