/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "cycle/stats-period.h"
#include "system/log.h"

static struct log_subject subject_of(const struct domain *domain)
{
	return (struct log_subject){ .domain = domain->name, .uuid = domain->uuid };
}

/* Returns 0 or a negative errno. */
static int set_period(struct hypervisor *hypervisor, const struct domain *domain,
		      unsigned period_s)
{
	const struct log_subject subject = subject_of(domain);
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

/*
 * Put @mark (NULL: none) into @domain. Returns 0 or a negative errno. One that cannot be
 * written is missed only by the next coordinator, and only if this one is killed.
 */
static int set_mark(struct hypervisor *hypervisor, struct domain *domain,
		    const struct period_mark *mark)
{
	const struct log_subject subject = subject_of(domain);
	int r = hypervisor_mark_stats_period(hypervisor, domain->uuid, mark);

	if (r == 0)
		domain->period_mark = mark ? *mark : (struct period_mark){ 0 };
	else if (r != -ENOENT)
		log_about(&subject, LOG_DEBUG,
			  "%s: cannot mark its statistics period as borrowed: %s",
			  domain->name, hypervisor_error(hypervisor));
	return r;
}

static bool is_same_mark(const struct period_mark *a, const struct period_mark *b)
{
	return a->is_there == b->is_there && a->original_s == b->original_s &&
	       a->set_s == b->set_s;
}

static void observe(struct borrowed_period *period, const struct domain *domain)
{
	const struct log_subject subject = subject_of(domain);
	bool was_ours = borrowed_period_is_ours(period);

	borrowed_period_observe(period, domain);
	if (borrowed_period_is_ours(period) == was_ours)
		return;
	if (was_ours)
		log_about(&subject, LOG_INFO,
			  "%s: its statistics period is now %u s, as others have set it",
			  domain->name, period->seen_s);
	else
		log_about(&subject, LOG_INFO,
			  "%s: its statistics period is still %u s for an earlier "
			  "coordinator, it was %u s",
			  domain->name, period->seen_s, period->original_s);
}

/* Returns 0, a refusal, or why no other domain need be tried now. */
static int borrow(struct cycle *cycle, struct domain *domain,
		  struct borrowed_period *period)
{
	unsigned period_s = cycle->settings->stats_period_s;
	struct period_mark mark = borrowed_period_mark(period, domain, period_s);
	int r = 0;

	if (!is_same_mark(&mark, &domain->period_mark))
		r = set_mark(cycle->hypervisor, domain, &mark);
	if (r < 0 && !hypervisor_is_refusal(cycle->hypervisor, r))
		return r;
	r = set_period(cycle->hypervisor, domain, period_s);
	/* A call that was given up may take effect yet. */
	if (r == 0 || r == -ETIMEDOUT)
		borrowed_period_note_set(period, domain, period_s, r == 0,
					 cycle->snapshot.now_ms);
	if (r < 0 && hypervisor_is_refusal(cycle->hypervisor, r))
		borrowed_period_note_refusal(period);
	/* The plan need not provide for a long one. Nobody knows how old the figures of a
	 * domain are that is seen for the first time. */
	if (r == 0 && period->n_shortened > 1)
		domain->stats_period_s = period_s;
	if (borrowed_period_has_old_mark(period, domain))
		set_mark(cycle->hypervisor, domain, NULL);
	return r;
}

unsigned stats_periods_borrow(struct cycle *cycle)
{
	unsigned n_set = 0;
	bool fails_all = false;

	for (size_t i = 0; i < cycle->snapshot.n_domains; i++) {
		struct domain *domain = &cycle->snapshot.domains[i];
		struct record *record = &cycle->history.records[i];
		int r;

		observe(&record->stats_period, domain);
		if (hypervisor_is_hurried(cycle->hypervisor) || fails_all)
			continue; /* it would wait as well */
		if (!record->settings.is_managed || record->hold.is_resting ||
		    !borrowed_period_is_due(&record->stats_period, domain,
					    cycle->settings->stats_period_s,
					    cycle->snapshot.now_ms))
			continue;
		if (borrowed_period_needs_reading(&record->stats_period)) {
			cycle_refresh_domain(cycle, i);
			continue;
		}
		r = borrow(cycle, domain, &record->stats_period);
		/* Who cannot be changed now is asked for nothing else, either. */
		hold_note_failure(&record->hold, r, cycle->snapshot.now_ms);
		fails_all = r < 0 && hypervisor_fails_all(cycle->hypervisor, r);
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

/*
 * What is given back is read before, for others may have set another one by now. If that
 * cannot be done it is as it was at the last look.
 */
static void look_once_more(struct cycle *cycle)
{
	bool has_any = false;

	if (!cycle->hypervisor || !hypervisor_is_alive(cycle->hypervisor))
		return;
	for (size_t i = 0; i < cycle->snapshot.n_domains; i++)
		if (borrowed_period_is_ours(&cycle->history.records[i].stats_period)) {
			cycle_refresh_domain(cycle, i);
			has_any = true;
		}
	if (!has_any || cycle_look(cycle) < 0)
		return;
	for (size_t i = 0; i < cycle->snapshot.n_domains; i++)
		if (cycle->history.records[i].stats_period.state != PERIOD_UNSEEN)
			observe(&cycle->history.records[i].stats_period,
				&cycle->snapshot.domains[i]);
}

/* The period first: as long as it is not the original one, the mark must be there. */
static void give_back(struct cycle *cycle, struct domain *domain,
		      const struct borrowed_period *period)
{
	bool is_ours = borrowed_period_is_ours(period);
	const char *obstacle = find_obstacle(cycle, domain);

	if (obstacle && is_ours)
		log_warning("%s: its statistics period stays changed, it was %u s: %s",
			    domain->name, period->original_s, obstacle);
	if (obstacle)
		return;
	if (is_ours && set_period(cycle->hypervisor, domain, period->original_s) < 0)
		return;
	if (domain->period_mark.is_there && period->state != PERIOD_UNSEEN)
		set_mark(cycle->hypervisor, domain, NULL);
}

void stats_periods_return(struct cycle *cycle)
{
	look_once_more(cycle);
	for (size_t i = 0; i < cycle->snapshot.n_domains; i++) {
		struct borrowed_period *period = &cycle->history.records[i].stats_period;

		if (period->state != PERIOD_UNSEEN)
			give_back(cycle, &cycle->snapshot.domains[i], period);
		*period = (struct borrowed_period){ 0 };
	}
}
