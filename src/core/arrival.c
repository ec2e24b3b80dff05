/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/arrival.h"

/* A guest answers within this time after QEMU has asked it for its statistics. */
#define ANSWER_MS 500

/* QEMU asks for statistics in whole seconds, and tells in whole seconds when they came.
 */
#define REPORT_MIN_MS 1000

/* A clock may be slewed between the report and the look, and both are whole seconds. */
#define AHEAD_MAX_S 2

/* Older makes no difference, and can be reckoned with: times are signed. */
#define AGE_MAX_S ((uint64_t)1000000000)

static uint64_t period_s(const struct domain *domain)
{
	return domain_has(domain, DOMAIN_STATS_PERIOD) ? domain->stats_period_s : 0;
}

static bool shows_reports(const struct domain *domain)
{
	return domain_has(domain, DOMAIN_CURRENT | DOMAIN_LAST_UPDATE);
}

enum arrival arrival_judge(const struct report_watch *watch, const struct domain *domain,
			   const struct moment *moment, int64_t stale_after_ms)
{
	if (!shows_reports(domain) || domain->last_update_s == 0)
		return ARRIVAL_NONE;
	if (watch->has_looked)
		return domain->last_update_s == watch->last_update_s ? ARRIVAL_NONE
								     : ARRIVAL_SEEN;
	if (!moment->has_time)
		return ARRIVAL_UNDATED;
	if (sat_sub(domain->last_update_s, moment->time_s) > AHEAD_MAX_S ||
	    arrival_age_ms(domain, moment) > stale_after_ms)
		return ARRIVAL_OLD;
	return ARRIVAL_DATED;
}

int64_t arrival_age_ms(const struct domain *domain, const struct moment *moment)
{
	uint64_t age_s = sat_sub(moment->time_s, domain->last_update_s);

	return sat_scale(1000, min_u64(age_s, AGE_MAX_S), 1);
}

int64_t arrival_earliest_ms(const struct report_watch *watch, const struct domain *domain,
			    int64_t now_ms)
{
	if (!watch->has_looked)
		return now_ms;
	if (period_s(domain) == 0)
		return watch->looked_ms;

	uint64_t since_look_ms = (uint64_t)(now_ms - watch->looked_ms);
	uint64_t longest_s = max_u64(period_s(domain), watch->period_s);
	uint64_t age_ms = sat_add(sat_mul_div(longest_s, 1000, 1), ANSWER_MS);

	return now_ms - (int64_t)min_u64(age_ms, since_look_ms);
}

int64_t arrival_interval_ms(const struct report_watch *watch, const struct domain *domain,
			    int64_t before_ms, int64_t now_ms)
{
	int64_t seen_ms = now_ms - before_ms;
	uint64_t told_s = sat_sub(domain->last_update_s, watch->last_update_s);
	uint64_t longest_s = max_u64(period_s(domain), watch->period_s);
	/* Of n whole seconds more than n - 1 have passed; a clock may have been set. */
	int64_t least_ms =
		sat_scale(REPORT_MIN_MS, min_u64(sat_sub(told_s, 1), longest_s), 1);

	if (least_ms < REPORT_MIN_MS)
		least_ms = REPORT_MIN_MS;
	return seen_ms > least_ms ? seen_ms : least_ms;
}

void arrival_note_look(struct report_watch *watch, const struct domain *domain,
		       int64_t now_ms)
{
	if (!shows_reports(domain))
		return;

	bool is_new = !watch->has_looked || domain->last_update_s != watch->last_update_s;

	*watch = (struct report_watch){
		.has_looked = true,
		.looked_ms = now_ms,
		.last_update_s = domain->last_update_s,
		.period_s = is_new ? period_s(domain)
				   : max_u64(watch->period_s, period_s(domain)),
	};
}
