/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/classify.h"

const char *class_name(enum domain_class class)
{
	static const char *const names[] = {
		[CLASS_UNMANAGED] = "UNMANAGED", [CLASS_FROZEN] = "FROZEN",
		[CLASS_UNKNOWN] = "UNKNOWN",	 [CLASS_STARVING] = "STARVING",
		[CLASS_BALANCED] = "BALANCED",	 [CLASS_WASTING] = "WASTING",
	};

	return names[class];
}

static struct verdict verdict(enum domain_class class, enum reason reason)
{
	return (struct verdict){ .class = class, .reason = reason };
}

struct verdict classify_trust(const struct domain *domain, const struct demand *demand,
			      int64_t now_ms)
{
	if (domain->is_unanswered)
		return verdict(CLASS_UNKNOWN, REASON_UNANSWERED);
	if (!domain->has_balloon)
		return verdict(CLASS_UNMANAGED, REASON_NO_BALLOON);
	if (domain->state != DOMAIN_RUNNING)
		return verdict(CLASS_FROZEN, REASON_NOT_RUNNING);
	if (domain_has(domain, DOMAIN_STATS_PERIOD) && domain->stats_period_s == 0)
		return verdict(CLASS_UNMANAGED, REASON_NO_STATS_PERIOD);
	if (!domain_responds(domain))
		return verdict(CLASS_UNKNOWN, REASON_BUSY);
	if (domain->last_update_s == 0)
		return verdict(CLASS_UNKNOWN, REASON_NEVER_REPORTED);
	if (!demand->has_sample)
		return verdict(CLASS_UNKNOWN,
			       demand->is_spent ? REASON_STALE : REASON_NO_METRIC);
	if (demand_is_stale(demand, domain, now_ms))
		return verdict(CLASS_UNKNOWN, REASON_STALE);
	if (!demand->has_rate)
		return verdict(CLASS_UNKNOWN, REASON_FIRST_SAMPLE);
	return verdict(CLASS_BALANCED, REASON_NONE);
}

static int compare_rate(int64_t rate_bytes, uint64_t threshold_bytes)
{
	if (rate_bytes < 0)
		return -1;
	return ((uint64_t)rate_bytes > threshold_bytes) -
	       ((uint64_t)rate_bytes < threshold_bytes);
}

/* Has it been looked at again before its next report was due? */
static bool is_slow(const struct domain *domain, const struct demand *demand,
		    int64_t now_ms)
{
	return domain_has(domain, DOMAIN_STATS_PERIOD) && demand->seen_ms < now_ms &&
	       (uint64_t)(now_ms - demand->seen_ms) / 1000 < domain->stats_period_s;
}

struct verdict classify_classic(const struct domain *domain, const struct demand *demand,
				const struct settings *settings, int64_t now_ms)
{
	struct verdict trust = classify_trust(domain, demand, now_ms);

	if (trust.reason == REASON_FIRST_SAMPLE && is_slow(domain, demand, now_ms))
		return verdict(CLASS_UNKNOWN, REASON_SLOW_STATS);
	if (trust.class != CLASS_BALANCED)
		return trust;

	uint64_t free_kib = demand_free_kib(demand, domain, settings->metric);
	int rate = compare_rate(demand->rate_bytes, settings->rate_threshold_bytes);

	if (compare_percent(free_kib, domain->current_kib,
			    settings->starvation_threshold_percent) < 0)
		return rate > 0 ? verdict(CLASS_STARVING, REASON_LOW_AND_CONSUMING)
				: verdict(CLASS_BALANCED, REASON_LOW_NOT_CONSUMING);
	if (compare_percent(free_kib, domain->current_kib,
			    settings->waste_threshold_percent) > 0)
		return rate < 0 ? verdict(CLASS_WASTING, REASON_MUCH_UNUSED)
				: verdict(CLASS_BALANCED, REASON_MUCH_BUT_CONSUMING);
	return verdict(CLASS_BALANCED, REASON_ENOUGH);
}

struct verdict classify_fair(const struct domain *domain, const struct demand *demand,
			     const struct settings *settings, int64_t now_ms)
{
	struct verdict trust = classify_trust(domain, demand, now_ms);

	if (trust.class != CLASS_BALANCED && trust.reason != REASON_FIRST_SAMPLE)
		return trust;

	uint64_t free_kib = demand_free_kib(demand, domain, settings->metric);
	uint64_t current_kib = domain->current_kib;
	int trend = compare_rate(demand->trend_bytes, settings->rate_threshold_bytes);
	bool is_low = compare_percent(free_kib, current_kib,
				      settings->starvation_threshold_percent) < 0;

	if (is_low && compare_percent(free_kib, current_kib, CLASSIFY_PINNED_PERCENT) < 0)
		return verdict(CLASS_STARVING, REASON_PINNED);
	if ((is_low || free_kib < CLASSIFY_WATERMARK_KIB) &&
	    swapping_counts(&demand->swapping))
		return verdict(CLASS_STARVING, REASON_SWAPPING);
	if ((is_low || free_kib < CLASSIFY_WATERMARK_KIB) && trend > 0)
		return verdict(CLASS_STARVING, REASON_LOW_AND_CONSUMING);
	if (is_low)
		return verdict(CLASS_BALANCED, REASON_LOW_NOT_CONSUMING);
	if (compare_percent(free_kib, current_kib, settings->waste_threshold_percent) > 0)
		return trend < 0 ? verdict(CLASS_WASTING, REASON_MUCH_UNUSED)
				 : verdict(CLASS_BALANCED, REASON_MUCH_BUT_CONSUMING);
	return verdict(CLASS_BALANCED, REASON_ENOUGH);
}
