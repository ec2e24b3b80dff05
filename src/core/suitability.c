/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/suitability.h"

const char *suitability_name(enum suitability suitability)
{
	static const char *const names[] = {
		[SUITABILITY_UNMANAGED] = "UNMANAGED",
		[SUITABILITY_HELD] = "HELD",
		[SUITABILITY_GROW_ONLY] = "GROW-ONLY",
		[SUITABILITY_MANAGED] = "MANAGED",
	};

	return names[suitability];
}

static const struct {
	enum domain_trait trait;
	enum reason reason;
} obstacles[] = {
	{ DOMAIN_PASSES_DEVICES, REASON_PASSES_DEVICES },
	{ DOMAIN_LOCKS_MEMORY, REASON_LOCKS_MEMORY },
	{ DOMAIN_HAS_HUGE_PAGES, REASON_HUGE_PAGES },
	{ DOMAIN_IS_ENCRYPTED, REASON_ENCRYPTED },
};

enum reason suitability_no_reclaim(const struct domain *domain,
				   const struct record *record)
{
	for (size_t i = 0; i < sizeof(obstacles) / sizeof(obstacles[0]); i++)
		if (domain->traits & obstacles[i].trait)
			return obstacles[i].reason;
	if (record->aftermath.is_no_reclaim || record->told == REASON_NO_RECLAIM)
		return REASON_NO_RECLAIM;
	return REASON_NONE;
}

static bool is_stuck(const struct record *record)
{
	return record->promise.is_stuck || record->told == REASON_STUCK;
}

static bool is_foreign(const struct record *record)
{
	return record->foreign.is_left_alone || record->told == REASON_FOREIGN;
}

/* Why libvirt cannot change it just now. */
static enum reason why_held(const struct record *record)
{
	if (record->told == REASON_HAS_JOB || record->told == REASON_UNANSWERED)
		return record->told;
	return hold_reason(&record->hold);
}

enum reason suitability_stays(const struct record *record)
{
	enum reason held = why_held(record);

	if (is_stuck(record))
		return REASON_STUCK;
	if (held != REASON_NONE)
		return held;
	if (is_foreign(record) && !record->foreign.is_hungry)
		return REASON_FOREIGN;
	return REASON_NONE;
}

enum reason suitability_lesson(const struct record *record)
{
	enum reason held = why_held(record);

	if (is_stuck(record))
		return REASON_STUCK;
	if (held != REASON_NONE)
		return held;
	if (is_foreign(record))
		return REASON_FOREIGN;
	return record->aftermath.is_no_reclaim ? REASON_NO_RECLAIM : REASON_NONE;
}

/* Why nothing at all can be done with the domain. */
static enum reason find_obstacle(const struct domain *domain, const struct record *record)
{
	if (!record->settings.is_managed)
		return REASON_LEFT_OUT;
	if (domain->is_unanswered)
		return REASON_UNANSWERED;
	if (!domain->has_balloon)
		return REASON_NO_BALLOON;
	if (domain_has(domain, DOMAIN_STATS_PERIOD) && domain->stats_period_s == 0)
		return REASON_NO_STATS_PERIOD;
	if (domain_responds(domain) && domain->last_update_s == 0)
		return REASON_NEVER_REPORTED;
	return is_stuck(record) ? REASON_STUCK : why_held(record);
}

struct suitability_verdict suitability_judge(const struct domain *domain,
					     const struct record *record)
{
	enum reason reason = find_obstacle(domain, record);

	if (reason == REASON_HAS_JOB || reason == REASON_UNANSWERED)
		return (struct suitability_verdict){ SUITABILITY_HELD, reason };
	if (reason != REASON_NONE)
		return (struct suitability_verdict){ SUITABILITY_UNMANAGED, reason };
	reason = is_foreign(record) ? REASON_FOREIGN
				    : suitability_no_reclaim(domain, record);
	if (reason == REASON_NONE && record->demand.is_low_confidence)
		reason = REASON_NOT_TRUSTED;
	if (reason != REASON_NONE)
		return (struct suitability_verdict){ SUITABILITY_GROW_ONLY, reason };
	return (struct suitability_verdict){ SUITABILITY_MANAGED, REASON_NONE };
}
