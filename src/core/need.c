/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/need.h"
#include "core/suitability.h"

#define HEADROOM_MIN_KIB ((uint64_t)100 * 1024)
#define HEADROOM_SHARE 32

/* The original rules grant 2 * rate * period: that is what the next period is for. */
#define LOOK_AHEAD_PERIODS 2

/* Twice the starvation threshold: from there a domain does not fall into it at once. */
#define COMFORT 2
#define COMFORT_MAX_PERCENT 90

/* A domain that swaps or has nearly nothing free uses more than it can show. */
#define PRESSED_PERCENT 120

/* A silent domain grows on its last trend for so long. */
#define BLIND_MAX_MS 30000

/* After swapping out, a domain gives nothing for its own idleness / for others. */
#define SWAP_VETO_IDLE_MS 60000
#define SWAP_VETO_MS 4000

/* After start, a guest may not have begun its work yet. */
#define GRACE_MS 60000

/* For so many samples a domain must have wasted to give for its idleness. */
#define IDLE_SAMPLES 3

/* Older samples are not good enough to take something away. */
#define SHRINK_SAMPLE_MAX_MS 4500

uint64_t need_ceiling_kib(const struct domain *domain, const struct record *record)
{
	const struct domain_settings *settings = &record->settings;

	return settings->has_ceiling ? min_u64(domain->maximum_kib, settings->ceiling_kib)
				     : domain->maximum_kib;
}

uint64_t need_floor_kib(const struct domain *domain, const struct record *record)
{
	return min_u64(record->settings.floor_kib, need_ceiling_kib(domain, record));
}

uint64_t need_headroom_kib(const struct domain *domain, const struct record *record)
{
	return max_u64(HEADROOM_MIN_KIB,
		       need_ceiling_kib(domain, record) / HEADROOM_SHARE);
}

static uint64_t clamp(uint64_t value, uint64_t min, uint64_t max)
{
	return max_u64(min, min_u64(value, max));
}

/* @used_kib of a size of which @free_percent are left free. */
static uint64_t with_free_share(uint64_t used_kib, uint64_t free_percent)
{
	return sat_mul_div(used_kib, 100, 100 - free_percent);
}

/* What is consumed at the present trend in @ms milliseconds. */
static uint64_t consumption_kib(const struct demand *demand, uint64_t ms)
{
	return demand->trend_bytes > 0 ? sat_mul_div((uint64_t)demand->trend_bytes, ms,
						     (uint64_t)1024 * 1000)
				       : 0;
}

static bool is_pressed(const struct domain *domain, const struct demand *demand,
		       uint64_t free_kib)
{
	return swapping_counts(&demand->swapping) ||
	       compare_percent(free_kib, domain->current_kib, CLASSIFY_PINNED_PERCENT) <
		       0;
}

/* Used memory to provide for: with what the coming periods will add. */
static uint64_t expected_kib(const struct demand *demand, bool pressed,
			     const struct settings *settings)
{
	uint64_t look_ahead_ms = (uint64_t)settings->period_s * 1000 * LOOK_AHEAD_PERIODS;
	uint64_t expected =
		max_u64(sat_add(demand->used_kib, consumption_kib(demand, look_ahead_ms)),
			demand->recent_kib);

	if (pressed)
		expected = max_u64(expected,
				   sat_mul_div(demand->used_kib, PRESSED_PERCENT, 100));
	return expected;
}

static int64_t max_shrink_age_ms(const struct domain *domain)
{
	int64_t by_period_ms = sat_scale(1500, domain->stats_period_s, 1);

	return by_period_ms > SHRINK_SAMPLE_MAX_MS ? by_period_ms : SHRINK_SAMPLE_MAX_MS;
}

/* Why nothing may be taken from the domain for others. */
static enum reason why_it_keeps(const struct domain *domain, const struct record *record,
				int64_t now_ms)
{
	const struct demand *demand = &record->demand;
	const struct promise *promise = &record->promise;
	enum reason no_reclaim = suitability_no_reclaim(domain, record);

	/* By memcoord or, as it will be clear soon, by somebody else. */
	if ((promise->is_open && promise->target_kib < domain->current_kib) ||
	    record->foreign.is_away)
		return REASON_MOVE_UNDER_WAY;
	if ((promise->was_commanded && demand->sample_ms <= promise->commanded_ms) ||
	    now_ms - demand->sample_ms > max_shrink_age_ms(domain))
		return REASON_AWAITS_SAMPLE;
	if (no_reclaim != REASON_NONE)
		return no_reclaim;
	if (demand->is_low_confidence || demand->is_ambiguous)
		return REASON_NOT_TRUSTED;
	if (swapping_counted_within(&demand->swapping, SWAP_VETO_MS, now_ms))
		return REASON_SWAPPED_RECENTLY;
	return REASON_NONE;
}

/* Why nothing may be taken from the domain though it is idle. */
static enum reason why_it_keeps_idle(const struct record *record,
				     const struct settings *settings, int64_t now_ms)
{
	const struct demand *demand = &record->demand;
	const struct promise *promise = &record->promise;
	/* Cycles are not quite regular, but four looks are more than three. */
	int64_t pace_ms = (int64_t)settings->period_s * 1000 * 7 / 8;

	if (!settings->idle_reclaim)
		return REASON_NO_IDLE_RECLAIM;
	if (swapping_counted_within(&demand->swapping, SWAP_VETO_IDLE_MS, now_ms))
		return REASON_SWAPPED_RECENTLY;
	if (aftermath_is_harmed(&record->aftermath, now_ms))
		return REASON_HARMED;
	if (demand->is_young && now_ms - demand->young_since_ms < GRACE_MS)
		return REASON_JUST_STARTED;
	/* Looks between two cycles are for who may grow: nothing is taken any sooner. */
	if (demand->n_idle < IDLE_SAMPLES ||
	    now_ms - demand->idle_since_ms < pace_ms * (IDLE_SAMPLES - 1))
		return REASON_IDLE_TOO_SHORT;
	if (promise->was_commanded && now_ms - promise->commanded_ms < pace_ms)
		return REASON_A_QUARTER_A_TIME;
	return REASON_NONE;
}

/* Why a domain keeps just what it has, whatever its class. */
static enum reason why_it_stays(const struct record *record, struct verdict verdict)
{
	enum reason stays = suitability_stays(record);

	if (stays != REASON_NONE)
		return stays;
	if (verdict.class < CLASS_STARVING)
		return verdict.reason;
	return record->demand.is_hearsay ? REASON_FIRST_SAMPLE : REASON_NONE;
}

/* Nothing is known for sure: it keeps what it has, or grows on as it did. */
static struct need estimate_unknown(const struct domain *domain,
				    const struct record *record, enum reason reason,
				    const struct settings *settings, int64_t now_ms)
{
	const struct demand *demand = &record->demand;
	uint64_t committed_kib = promise_committed_kib(&record->promise, domain);
	struct need need = {
		.committed_kib = committed_kib,
		.keeps = reason,
		.keeps_idle = reason,
	};

	need.least_kib = need.need_kib = committed_kib;
	/* Without its size nobody knows what would be growth. */
	if (reason == REASON_STALE && demand->has_sample && demand->trend_bytes > 0 &&
	    domain_has(domain, DOMAIN_CURRENT | DOMAIN_MAXIMUM)) {
		uint64_t silent_ms =
			clamp((uint64_t)(now_ms - demand->sample_ms), 0, BLIND_MAX_MS);
		uint64_t used_kib =
			sat_add(demand->used_kib, consumption_kib(demand, silent_ms));

		need.need_kib = max_u64(
			committed_kib,
			min_u64(with_free_share(used_kib,
						settings->starvation_threshold_percent),
				need_ceiling_kib(domain, record)));
		need.may_grow = need.need_kib > committed_kib;
	}
	need.want_kib = need.need_kib;
	return need;
}

/* Somebody else has set its size: it only gets what it cannot do without. */
static void respect(struct need *need, const struct foreign *foreign)
{
	need->least_kib = need->committed_kib;
	need->need_kib = max_u64(need->need_kib, need->committed_kib);
	need->want_kib = need->need_kib;
	need->keeps = REASON_FOREIGN;
	/* If he changes it once more, that is to be noticed first. */
	need->may_grow = !foreign->is_away;
}

struct need need_estimate(const struct domain *domain, const struct record *record,
			  struct verdict verdict, const struct settings *settings,
			  int64_t now_ms)
{
	const struct demand *demand = &record->demand;
	enum reason stays = why_it_stays(record, verdict);

	if (stays != REASON_NONE)
		return estimate_unknown(domain, record, stays, settings, now_ms);

	uint64_t min_kib = need_floor_kib(domain, record);
	uint64_t max_kib = need_ceiling_kib(domain, record);
	uint64_t free_kib = demand_free_kib(demand, domain, settings->metric);
	unsigned threshold = settings->starvation_threshold_percent;
	bool pressed = is_pressed(domain, demand, free_kib);
	uint64_t expected = expected_kib(demand, pressed, settings);
	uint64_t peak_kib = max_u64(expected, demand->peak_kib);
	struct need need = {
		.committed_kib = promise_committed_kib(&record->promise, domain),
		.free_kib = free_kib,
		.is_known = true,
		.is_pressed = pressed,
	};

	need.need_kib = clamp(max_u64(with_free_share(expected, threshold),
				      sat_add(expected, CLASSIFY_WATERMARK_KIB)),
			      min_kib, max_kib);
	need.want_kib = clamp(
		max_u64(with_free_share(peak_kib, min_u64((uint64_t)threshold * COMFORT,
							  COMFORT_MAX_PERCENT)),
			sat_add(peak_kib, need_headroom_kib(domain, record))),
		need.need_kib, max_kib);
	/* A wish, so that nobody has to give for it. */
	if (record->aftermath.is_undone)
		need.want_kib = max_u64(need.want_kib,
					min_u64(record->aftermath.undo_kib, max_kib));
	need.least_kib = clamp(min_u64(need.committed_kib,
				       sat_add(demand->used_kib, CLASSIFY_WATERMARK_KIB)),
			       min_kib, max_kib);
	if (demand->is_low_confidence ||
	    suitability_no_reclaim(domain, record) != REASON_NONE)
		need.least_kib = need.committed_kib;
	/* A command would hide whose hand moves the balloon; need comes first. */
	need.may_grow = !record->foreign.is_away || verdict.class == CLASS_STARVING;
	need.keeps = why_it_keeps(domain, record, now_ms);
	if (record->foreign.is_left_alone)
		respect(&need, &record->foreign);
	need.keeps_idle =
		need.keeps ? need.keeps : why_it_keeps_idle(record, settings, now_ms);
	return need;
}
