/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/absence.h"

/* QEMU asks anew a period after the last answer, and a busy guest takes a moment. */
#define LATE_MS ((uint64_t)1000)

#define AGAIN_MIN_MS ((int64_t)5000)
#define AGAIN_MAX_MS ((int64_t)600000)

void absence_observe(struct absence *absence, const struct domain *domain, int64_t now_ms)
{
	bool has_reported = domain_has(domain, DOMAIN_LAST_UPDATE) &&
			    domain->last_update_s != absence->last_update_s;

	if (absence->has_looked && !has_reported)
		return;
	absence->has_looked = true;
	if (has_reported)
		absence->last_update_s = domain->last_update_s;
	absence->report_ms = now_ms;
	absence->n_asked = 0;
}

static int64_t pause_ms(unsigned n_asked)
{
	int64_t ms = AGAIN_MIN_MS;

	for (unsigned i = 1; i < n_asked && ms < AGAIN_MAX_MS; i++)
		ms *= 2;
	return ms < AGAIN_MAX_MS ? ms : AGAIN_MAX_MS;
}

bool absence_is_due(const struct absence *absence, const struct domain *domain,
		    int64_t now_ms)
{
	if (!domain_responds(domain) || !domain_has(domain, DOMAIN_STATS_PERIOD) ||
	    domain->stats_period_s == 0)
		return false;
	if (absence->n_asked > 0)
		return now_ms - absence->asked_ms >= pause_ms(absence->n_asked);
	return (uint64_t)(now_ms - absence->report_ms) >
	       sat_add(sat_mul_div(domain->stats_period_s, 1000, 1), LATE_MS);
}

void absence_note_asked(struct absence *absence, int64_t now_ms)
{
	absence->asked_ms = now_ms;
	absence->n_asked++;
}
