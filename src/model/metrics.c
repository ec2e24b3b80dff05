/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "model/metrics.h"

#define MIB ((uint64_t)1024)

/* Less than that is missing: rounding. */
#define MISSING_KIB (1 * MIB)
/* A guest with less of its need usable than this is thrashing its page cache. */
#define STARVED_PERCENT 5
/* What a guest may keep beyond its need before it counts as idle. */
#define HEADROOM_PERCENT 25
#define HEADROOM_KIB (60 * MIB)
/* A move of at least this much, back within that time, is a reversal. */
#define REVERSAL_KIB (16 * MIB)
#define REVERSAL_MS 30000
/* The reserve counts as kept down to this much less. */
#define RESERVE_SLACK_KIB ((int64_t)MIB)

void sim_metrics_init(struct sim_metrics *metrics)
{
	*metrics = (struct sim_metrics){ .lowest_free_kib = INT64_MAX };
}

static void add_product(uint64_t *sum, uint64_t kib, int64_t ms)
{
	*sum = sat_add(*sum, sat_mul_div(kib, (uint64_t)ms, 1));
}

static void note_guest(struct sim_metrics *metrics, const struct sim_guest *guest,
		       uint64_t floor_kib, int64_t now_ms, int64_t step_ms)
{
	uint64_t owed_kib = sim_guest_owed_kib(guest, now_ms);
	uint64_t missing_kib =
		sat_sub(owed_kib, guest->spec->base_kib + guest->anonymous_kib);
	bool is_starved = missing_kib > MISSING_KIB ||
			  sim_guest_usable_kib(guest) < owed_kib * STARVED_PERCENT / 100;

	if (!guest->is_up)
		return;
	add_product(&metrics->unmet_kib_ms, missing_kib, step_ms);
	if (is_starved && !guest->is_dead && !guest->spec->is_hopeless)
		metrics->starved_ms += (uint64_t)step_ms;
	uint64_t fair_kib = max_u64(floor_kib, owed_kib * (100 + HEADROOM_PERCENT) / 100 +
						       HEADROOM_KIB);
	add_product(&metrics->idle_kib_ms, sat_sub(guest->current_kib, fair_kib),
		    step_ms);
}

void sim_metrics_note_step(struct sim_metrics *metrics, const struct sim_host *host,
			   const struct sim_guest *guests, size_t n_guests,
			   int64_t now_ms, int64_t step_ms)
{
	if (host->free_kib < metrics->lowest_free_kib)
		metrics->lowest_free_kib = host->free_kib;
	if (host->free_kib < (int64_t)host->reserve_kib - RESERVE_SLACK_KIB)
		metrics->below_reserve_ms += (uint64_t)step_ms;
	for (size_t i = 0; i < n_guests; i++)
		note_guest(metrics, &guests[i], host->floor_kib, now_ms, step_ms);
}

void sim_metrics_note_command(struct sim_metrics *metrics, struct sim_guest *guest,
			      uint64_t target_kib, int64_t now_ms)
{
	bool grows = target_kib > guest->target_kib;
	uint64_t distance_kib =
		grows ? target_kib - guest->target_kib : guest->target_kib - target_kib;

	metrics->n_commands++;
	if (distance_kib < REVERSAL_KIB)
		return;
	if (guest->has_moved && guest->has_grown != grows &&
	    now_ms - guest->moved_ms <= REVERSAL_MS)
		metrics->n_reversals++;
	guest->has_moved = true;
	guest->has_grown = grows;
	guest->moved_ms = now_ms;
}

void sim_metrics_finish(struct sim_metrics *metrics, const struct sim_guest *guests,
			size_t n_guests)
{
	for (size_t i = 0; i < n_guests; i++) {
		metrics->n_oom_kills += guests[i].n_oom_kills;
		metrics->churn_kib = sat_add(metrics->churn_kib, guests[i].moved_kib);
	}
}

void sim_metrics_add(struct sim_metrics *sum, const struct sim_metrics *other)
{
	sum->starved_ms = sat_add(sum->starved_ms, other->starved_ms);
	sum->n_oom_kills += other->n_oom_kills;
	sum->unmet_kib_ms = sat_add(sum->unmet_kib_ms, other->unmet_kib_ms);
	sum->idle_kib_ms = sat_add(sum->idle_kib_ms, other->idle_kib_ms);
	sum->churn_kib = sat_add(sum->churn_kib, other->churn_kib);
	sum->n_commands += other->n_commands;
	sum->n_reversals += other->n_reversals;
	sum->below_reserve_ms = sat_add(sum->below_reserve_ms, other->below_reserve_ms);
	if (other->lowest_free_kib < sum->lowest_free_kib)
		sum->lowest_free_kib = other->lowest_free_kib;
}
