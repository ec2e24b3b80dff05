/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/sat.h"
#include "core/demand.h"

/* Three missed reports, and never less than 7 s: a busy guest may answer late. */
#define STALE_PERIODS 3
#define STALE_MIN_MS 7000

/* 2^(-t / 30 s) falls by 1 / 43 s at its start. */
#define PEAK_DECAY_MS ((uint64_t)43000)

/* Idle guests jitter by less than 1 MiB, large ones by less than a thousandth. */
#define NOISE_MIN_KIB ((uint64_t)1024)
#define NOISE_SHARE 1000

/* QEMU tells of a moving balloon once a second; so many samples cannot come before that.
 */
#define BEYOND_MAX 4

/* A sample may be seen so much later than it was taken, or the clock be set a little. */
#define CLOCK_TOLERANCE_S 60

/* The most faults of lately fade by a quarter in 2 s, but by no more in a report. */
#define FAULTS_DECAY_MS ((uint64_t)8000)

/* KiB per millisecond to bytes per second. */
#define RATE_UNIT ((uint64_t)1024 * 1000)

/* Choose the figure that stands for free memory; false if the guest reports none. */
static bool choose_free(const struct domain *domain, enum metric metric,
			uint64_t *ret_free_kib, bool *ret_is_low_confidence)
{
	*ret_is_low_confidence = false;
	if (metric != METRIC_UNUSED && domain_has(domain, DOMAIN_USABLE)) {
		*ret_free_kib = domain->usable_kib;
		return true;
	}
	if (metric == METRIC_USABLE || !domain_has(domain, DOMAIN_UNUSED))
		return false;
	*ret_free_kib = domain->unused_kib;
	if (metric == METRIC_UNUSED)
		return true;
	if (domain_has(domain, DOMAIN_DISK_CACHES))
		*ret_free_kib = sat_add(*ret_free_kib, domain->disk_caches_kib);
	else
		*ret_is_low_confidence = true;
	return true;
}

/* Where the last sample's trend would have led by now. */
static uint64_t predict_used_kib(const struct demand *old, int64_t elapsed_ms)
{
	int64_t drift_kib = old->has_rate ? sat_scale(old->rate_bytes,
						      (uint64_t)elapsed_ms, RATE_UNIT)
					  : 0;

	return drift_kib < 0 ? sat_sub(old->used_kib, (uint64_t)-drift_kib)
			     : sat_add(old->used_kib, (uint64_t)drift_kib);
}

/*
 * Used memory at the sample: the balloon's size then, less what was free. If the balloon
 * moved at about that time, several sizes are possible; the guest's own trend decides,
 * and without one the largest, which takes nothing for idle. If more was free than any of
 * them, somebody else has moved it, and QEMU has not told yet: the guest's use is none of
 * that, or all that comes next would look like consumption. What lasts has another cause,
 * such as memory that was plugged.
 */
static void set_used(struct demand *demand, const struct demand *old,
		     const struct size_range *sizes, int64_t elapsed_ms)
{
	demand->is_ambiguous = sizes->min_kib != sizes->max_kib;
	demand->used_kib = sat_sub(sizes->max_kib, demand->free_kib);
	demand->n_beyond = 0;
	if (!old->has_sample)
		return;
	if (demand->free_kib > sizes->max_kib)
		demand->n_beyond = old->n_beyond + 1;
	if (demand->n_beyond > 0 && demand->n_beyond < BEYOND_MAX)
		demand->used_kib = old->used_kib;
	else if (demand->is_ambiguous)
		demand->used_kib = max_u64(
			sat_sub(sizes->min_kib, demand->free_kib),
			min_u64(demand->used_kib, predict_used_kib(old, elapsed_ms)));
}

/* From the last sample to this one, which has a rate if there was one before it. */
static void set_rate(struct demand *demand, const struct demand *old, enum metric metric,
		     int64_t elapsed_ms)
{
	if (!demand->has_rate)
		return;

	int64_t consumed_kib = metric == METRIC_UNUSED
				       ? sat_diff(old->free_kib, demand->free_kib)
				       : sat_diff(demand->used_kib, old->used_kib);
	demand->rate_bytes = sat_scale(consumed_kib, RATE_UNIT, (uint64_t)elapsed_ms);
}

/*
 * P + (U - P) * 2^(-t / 30 s), with its tangent in place of the power (a decaying peak,
 * as in Borg's Autopilot, Rzadca 2020).
 */
static void update_peak(struct demand *demand, int64_t elapsed_ms)
{
	uint64_t above_kib = sat_sub(demand->peak_kib, demand->used_kib);
	uint64_t left_ms = sat_sub(PEAK_DECAY_MS, (uint64_t)elapsed_ms);

	demand->peak_kib =
		sat_add(demand->used_kib, sat_mul_div(above_kib, left_ms, PEAK_DECAY_MS));
}

static void update_recent(struct demand *demand)
{
	demand->recent[demand->n_recent++ % DEMAND_RECENT_LENGTH] = demand->used_kib;
	demand->recent_kib = 0;
	for (unsigned i = 0; i < DEMAND_RECENT_LENGTH && i < demand->n_recent; i++)
		demand->recent_kib = max_u64(demand->recent_kib, demand->recent[i]);
}

/* Up at once, down smoothly (Waldspurger, OSDI 2002); an idle guest's jitter is none. */
static void update_trend(struct demand *demand, const struct demand *old,
			 uint64_t current_kib)
{
	uint64_t change_kib = demand->used_kib > old->used_kib
				      ? demand->used_kib - old->used_kib
				      : old->used_kib - demand->used_kib;
	bool is_noise = change_kib < max_u64(NOISE_MIN_KIB, current_kib / NOISE_SHARE);
	int64_t rate_bytes = is_noise ? 0 : demand->rate_bytes;

	demand->trend_bytes = rate_bytes > old->trend_bytes
				      ? rate_bytes
				      : rate_bytes / 2 + old->trend_bytes / 2;
}

static bool has_much_free(const struct demand *demand, uint64_t current_kib,
			  const struct settings *settings)
{
	unsigned __int128 free_kib = sat_sub(current_kib, demand->used_kib);

	return !demand->is_low_confidence &&
	       free_kib * 100 >=
		       (unsigned __int128)current_kib * settings->waste_threshold_percent;
}

static void update_swapping(struct demand *demand, const struct demand *old,
			    uint64_t current_kib, const struct settings *settings,
			    int64_t elapsed_ms)
{
	swapping_observe(
		&demand->swapping,
		&(struct swapping_sample){
			.swapped_kib =
				counters_swapped_kib(&old->counters, &demand->counters),
			.over_ms = (uint64_t)elapsed_ms,
			.is_one_of_many = old->has_rate,
			.has_much_free = has_much_free(demand, current_kib, settings),
			.at_ms = demand->sample_ms,
		});
}

/* Is more than waste_threshold free, and nothing consumed? */
static bool is_idle(const struct demand *demand, uint64_t current_kib,
		    const struct settings *settings)
{
	unsigned __int128 free_kib = sat_sub(current_kib, demand->used_kib);

	return free_kib * 100 > (unsigned __int128)current_kib *
					settings->waste_threshold_percent &&
	       (demand->trend_bytes < 0 ||
		(uint64_t)demand->trend_bytes < settings->rate_threshold_bytes);
}

static void update_faults(struct demand *demand, const struct demand *old,
			  int64_t elapsed_ms)
{
	demand->faults_per_s =
		sat_mul_div(counters_faults(&old->counters, &demand->counters), 1000,
			    (uint64_t)elapsed_ms);
	demand->faults_peak_per_s =
		max_u64(demand->faults_per_s,
			sat_mul_div(old->faults_peak_per_s,
				    FAULTS_DECAY_MS - min_u64((uint64_t)elapsed_ms,
							      FAULTS_DECAY_MS / 4),
				    FAULTS_DECAY_MS));
}

/* What the new sample means after the one before it. */
static void update_estimates(struct demand *demand, const struct demand *old,
			     const struct domain *domain, const struct settings *settings,
			     int64_t elapsed_ms)
{
	if (!demand->has_rate) {
		demand->peak_kib = demand->used_kib;
		demand->trend_bytes = 0;
		demand->n_recent = 0;
		swapping_end(&demand->swapping);
		demand->faults_per_s = demand->faults_peak_per_s = 0;
	} else {
		update_peak(demand, elapsed_ms);
		update_trend(demand, old, domain->current_kib);
		update_swapping(demand, old, domain->current_kib, settings, elapsed_ms);
		update_faults(demand, old, elapsed_ms);
	}
	update_recent(demand);
	demand->n_idle =
		is_idle(demand, domain->current_kib, settings) ? old->n_idle + 1 : 0;
	if (demand->n_idle == 1)
		demand->idle_since_ms = demand->sample_ms;
}

/*
 * Can these figures not be true? Then nothing is taken away because of them. More free
 * than there is, a balloon beyond its maximum, a time of report that goes back or runs
 * ahead of the clock (all clocks are set at times, so that costs only this sample).
 */
static bool is_nonsense(const struct demand *demand, const struct demand *old,
			const struct domain *domain, const struct size_range *sizes,
			int64_t elapsed_ms)
{
	uint64_t last_s = old->reports.last_update_s;
	uint64_t limit_s =
		sat_add(last_s, (uint64_t)elapsed_ms / 1000 + CLOCK_TOLERANCE_S);

	if (demand->free_kib > sizes->max_kib ||
	    (domain_has(domain, DOMAIN_MAXIMUM) &&
	     domain->current_kib > domain->maximum_kib))
		return true;
	return old->has_sample &&
	       (domain->last_update_s < last_s || domain->last_update_s > limit_s);
}

static void take_sample(struct demand *demand, const struct domain *domain,
			uint64_t target_kib, const struct settings *settings,
			int64_t now_ms)
{
	enum metric metric = settings->metric;
	struct demand old = *demand;
	struct size_range sizes = balloon_sizes_since(
		&demand->balloon, arrival_earliest_ms(&demand->reports, domain, now_ms),
		target_kib);
	int64_t elapsed_ms =
		arrival_interval_ms(&demand->reports, domain, demand->sample_ms, now_ms);

	demand->is_spent = demand->is_hearsay = false;
	if (!choose_free(domain, metric, &demand->free_kib, &demand->is_low_confidence)) {
		demand->has_sample = demand->has_rate = false;
		return;
	}
	/* It can be of another size of the balloon, or even of another boot. */
	old.has_sample &= !old.is_hearsay;
	demand->is_low_confidence |=
		is_nonsense(demand, &old, domain, &sizes, elapsed_ms);
	set_used(demand, &old, &sizes, elapsed_ms);
	demand->sample_ms = demand->seen_ms = now_ms;
	demand->counters = counters_read(domain);
	demand->has_sample = true;
	demand->has_rate = old.has_sample;
	set_rate(demand, &old, metric, elapsed_ms);
	update_estimates(demand, &old, domain, settings, elapsed_ms);
}

void demand_note_reboot(struct demand *demand, int64_t now_ms)
{
	demand->is_spent |= demand->has_sample;
	demand->has_sample = demand->has_rate = demand->is_hearsay = false;
	demand->swapping = (struct swapping){ 0 };
	demand->n_idle = 0;
	demand->is_young = true;
	demand->young_since_ms = now_ms;
}

/* Take what is new for what it is worth. */
static void take_report(struct demand *demand, const struct domain *domain,
			uint64_t target_kib, const struct settings *settings,
			const struct moment *moment)
{
	switch (arrival_judge(&demand->reports, domain, moment,
			      demand_stale_after_ms(domain))) {
	case ARRIVAL_NONE:
		break;
	case ARRIVAL_OLD:
		demand->is_spent = true;
		break;
	case ARRIVAL_SEEN:
		take_sample(demand, domain, target_kib, settings, moment->now_ms);
		break;
	case ARRIVAL_DATED:
		take_sample(demand, domain, target_kib, settings, moment->now_ms);
		demand->sample_ms -= arrival_age_ms(domain, moment);
		/* That much was never free of this size: it was another one. */
		demand->is_hearsay =
			demand->has_sample && demand->free_kib > domain->current_kib;
		if (demand->is_hearsay)
			demand->n_idle = 0;
		break;
	case ARRIVAL_UNDATED:
		take_sample(demand, domain, target_kib, settings, moment->now_ms);
		demand->is_hearsay = demand->has_sample;
		demand->n_idle = 0;
		break;
	}
}

void demand_observe(struct demand *demand, const struct domain *domain,
		    uint64_t target_kib, const struct settings *settings,
		    const struct moment *moment)
{
	struct counters counters = counters_read(domain);

	if (demand->has_sample && !demand->is_hearsay &&
	    counters_began_anew(&demand->counters, &counters))
		demand_note_reboot(demand, moment->now_ms);
	if (domain_has(domain, DOMAIN_CURRENT))
		balloon_sizes_note(&demand->balloon, domain->current_kib, moment->now_ms);
	take_report(demand, domain, target_kib, settings, moment);
	arrival_note_look(&demand->reports, domain, moment->now_ms);
}

int64_t demand_stale_after_ms(const struct domain *domain)
{
	uint64_t stats_period_s =
		domain_has(domain, DOMAIN_STATS_PERIOD) ? domain->stats_period_s : 0;
	int64_t by_period_ms =
		sat_scale((int64_t)1000 * STALE_PERIODS, stats_period_s, 1);

	return by_period_ms > STALE_MIN_MS ? by_period_ms : STALE_MIN_MS;
}

bool demand_is_stale(const struct demand *demand, const struct domain *domain,
		     int64_t now_ms)
{
	return !demand->has_sample ||
	       now_ms - demand->sample_ms > demand_stale_after_ms(domain);
}

uint64_t demand_free_kib(const struct demand *demand, const struct domain *domain,
			 enum metric metric)
{
	if (metric == METRIC_UNUSED)
		return demand->free_kib;
	return sat_sub(domain->current_kib, demand->used_kib);
}
