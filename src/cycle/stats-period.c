/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "cycle/stats-period.h"
#include "system/log.h"

static bool needs_period(const struct domain *domain, const struct settings *settings)
{
	return domain->has_balloon && domain_responds(domain) &&
	       domain_has(domain, DOMAIN_STATS_PERIOD) &&
	       (domain->stats_period_s == 0 ||
		domain->stats_period_s > settings->stats_period_s);
}

/* Returns 0 or a negative errno. */
static int set_period(struct hypervisor *hypervisor, const struct domain *domain,
		      unsigned period_s)
{
	const struct log_subject subject = { .domain = domain->name,
					     .uuid = domain->uuid };
	int r = hypervisor_set_stats_period(hypervisor, domain->uuid, period_s);

	if (r == 0)
		log_about(&subject, LOG_INFO, "%s: statistics period set to %u s",
			  domain->name, period_s);
	else if (r != -ENOENT)
		log_about(&subject, LOG_WARNING,
			  "%s: cannot set its statistics period%s: %s", domain->name,
			  hypervisor_is_refusal(hypervisor, r) ? ", leaving it alone"
							       : "",
			  hypervisor_error(hypervisor));
	return r;
}

/* Not for the first time if stats_period was changed by a reload. */
static void note_borrowed(struct borrowed_period *period, const struct domain *domain)
{
	if (!period->is_set)
		period->original_s = (unsigned)domain->stats_period_s;
	period->is_set = true;
}

unsigned stats_periods_borrow(struct cycle *cycle)
{
	unsigned n_set = 0;
	int r;

	for (size_t i = 0; i < cycle->snapshot.n_domains; i++) {
		const struct domain *domain = &cycle->snapshot.domains[i];
		struct borrowed_period *period = &cycle->history.records[i].stats_period;

		if (hypervisor_is_hurried(cycle->hypervisor))
			break;
		if (period->is_refused || cycle->history.records[i].hold.is_resting ||
		    !cycle->history.records[i].settings.is_managed ||
		    !needs_period(domain, cycle->settings))
			continue;
		r = set_period(cycle->hypervisor, domain,
			       cycle->settings->stats_period_s);
		/* A call that was given up may take effect yet. */
		if (r == 0 || r == -ETIMEDOUT)
			note_borrowed(period, domain);
		else if (hypervisor_is_refusal(cycle->hypervisor, r))
			period->is_refused = true;
		if (r == -ETIMEDOUT || r == -EBUSY || r == -EALREADY)
			hold_begin(&cycle->history.records[i].hold,
				   r == -EBUSY ? HOLD_JOB : HOLD_UNANSWERED,
				   hypervisor_now_ms(cycle->hypervisor));
		if (r < 0 && hypervisor_fails_all(cycle->hypervisor, r))
			break; /* the others would wait as well */
		n_set += r == 0;
	}
	return n_set;
}

/* Why the period of @domain cannot be put back, or NULL. */
static const char *find_obstacle(const struct cycle *cycle, const struct domain *domain)
{
	if (!cycle->hypervisor || !hypervisor_is_alive(cycle->hypervisor))
		return "there is no connection";
	/* It would keep the call waiting, and whoever stops memcoord with it. */
	return domain->state == DOMAIN_RUNNING && !domain_responds(domain)
		       ? reason_text(REASON_BUSY)
		       : NULL;
}

void stats_periods_return(struct cycle *cycle)
{
	for (size_t i = 0; i < cycle->snapshot.n_domains; i++) {
		const struct domain *domain = &cycle->snapshot.domains[i];
		struct borrowed_period *period = &cycle->history.records[i].stats_period;
		const char *obstacle =
			period->is_set ? find_obstacle(cycle, domain) : NULL;

		if (obstacle)
			log_warning("%s: its statistics period stays changed, it was "
				    "%u s: %s",
				    domain->name, period->original_s, obstacle);
		else if (period->is_set)
			set_period(cycle->hypervisor, domain, period->original_s);
		*period = (struct borrowed_period){ 0 };
	}
}
