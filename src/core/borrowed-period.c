/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/borrowed-period.h"

/* Others who set it again and again want it so: they get their way more and more. */
#define PAUSE_MIN_MS ((int64_t)60000)
#define PAUSE_MAX_MS ((int64_t)3600000)

enum period_event { SEEN_OURS, SEEN_THEIRS, SET, REFUSED, PERIOD_EVENTS };

/* What does not happen leaves the state as it is. */
static const enum period_state next_state[PERIOD_STATES][PERIOD_EVENTS] = {
	[PERIOD_UNSEEN] = { [SEEN_OURS] = PERIOD_BORROWED,
			    [SEEN_THEIRS] = PERIOD_THEIRS,
			    [SET] = PERIOD_BORROWED,
			    [REFUSED] = PERIOD_REFUSED },
	[PERIOD_THEIRS] = { [SEEN_OURS] = PERIOD_THEIRS,
			    [SEEN_THEIRS] = PERIOD_THEIRS,
			    [SET] = PERIOD_BORROWED,
			    [REFUSED] = PERIOD_REFUSED },
	[PERIOD_BORROWED] = { [SEEN_OURS] = PERIOD_BORROWED,
			      [SEEN_THEIRS] = PERIOD_THEIRS,
			      [SET] = PERIOD_BORROWED,
			      [REFUSED] = PERIOD_KEPT },
	[PERIOD_KEPT] = { [SEEN_OURS] = PERIOD_KEPT,
			  [SEEN_THEIRS] = PERIOD_REFUSED,
			  [SET] = PERIOD_BORROWED,
			  [REFUSED] = PERIOD_KEPT },
	[PERIOD_REFUSED] = { [SEEN_OURS] = PERIOD_REFUSED,
			     [SEEN_THEIRS] = PERIOD_REFUSED,
			     [SET] = PERIOD_BORROWED,
			     [REFUSED] = PERIOD_REFUSED },
};

static void pass(struct borrowed_period *period, enum period_event event)
{
	period->state = next_state[period->state][event];
}

/* Whoever set the mark may have shortened the period once more afterwards. */
static bool is_marked(const struct domain *domain)
{
	const struct period_mark *mark = &domain->period_mark;

	return mark->is_there && domain->stats_period_s > 0 &&
	       domain->stats_period_s <= mark->set_s;
}

/* From whoever coordinated before and could not give it back. */
static void take_over(struct borrowed_period *period, const struct domain *domain)
{
	period->original_s = domain->period_mark.original_s;
	period->set_s = period->asked_s = (unsigned)domain->stats_period_s;
	period->n_shortened = 1;
	pass(period, SEEN_OURS);
}

void borrowed_period_observe(struct borrowed_period *period, const struct domain *domain)
{
	unsigned seen_s = (unsigned)domain->stats_period_s;

	if (!domain_has(domain, DOMAIN_STATS_PERIOD))
		return;
	period->is_certain = period->is_read_anew || period->state == PERIOD_UNSEEN ||
			     seen_s != period->seen_s;
	period->is_read_anew = false;
	period->seen_s = seen_s;
	if (period->state == PERIOD_UNSEEN && is_marked(domain))
		take_over(period, domain);
	else if (borrowed_period_is_ours(period) &&
		 (seen_s == period->set_s || seen_s == period->asked_s))
		pass(period, SEEN_OURS);
	else
		pass(period, SEEN_THEIRS);
}

bool borrowed_period_is_ours(const struct borrowed_period *period)
{
	return period->state == PERIOD_BORROWED || period->state == PERIOD_KEPT;
}

bool borrowed_period_has_old_mark(const struct borrowed_period *period,
				  const struct domain *domain)
{
	return domain->period_mark.is_there && period->state != PERIOD_UNSEEN &&
	       !borrowed_period_is_ours(period);
}

static int64_t pause_ms(unsigned n_shortened)
{
	int64_t ms = PAUSE_MIN_MS;

	for (unsigned i = 2; i < n_shortened && ms < PAUSE_MAX_MS; i++)
		ms *= 2;
	return ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
}

/* What was read before a pause, others may have changed during it. */
bool borrowed_period_needs_reading(const struct borrowed_period *period)
{
	return period->state == PERIOD_THEIRS && period->n_shortened > 0 &&
	       !period->is_certain;
}

static bool may_be_shortened(const struct borrowed_period *period, int64_t now_ms)
{
	switch (period->state) {
	case PERIOD_BORROWED: /* to what is shorter than before */
		return true;
	case PERIOD_THEIRS:
		return period->n_shortened < 2 ||
		       now_ms - period->shortened_ms >= pause_ms(period->n_shortened);
	default:
		return false;
	}
}

bool borrowed_period_is_due(const struct borrowed_period *period,
			    const struct domain *domain, unsigned period_s,
			    int64_t now_ms)
{
	return domain->has_balloon && domain_responds(domain) &&
	       domain_has(domain, DOMAIN_STATS_PERIOD) &&
	       (domain->stats_period_s == 0 || domain->stats_period_s > period_s) &&
	       may_be_shortened(period, now_ms);
}

struct period_mark borrowed_period_mark(const struct borrowed_period *period,
					const struct domain *domain, unsigned period_s)
{
	struct period_mark mark = { true, (unsigned)domain->stats_period_s, period_s };

	if (!borrowed_period_is_ours(period))
		return mark;
	mark.original_s = period->original_s;
	/* Until the call has its effect it may be what it is now. */
	if (domain->stats_period_s > period_s &&
	    domain->stats_period_s != period->original_s)
		mark.set_s = (unsigned)domain->stats_period_s;
	return mark;
}

/* Only what others set counts, and who has not for long has no such habit. */
static void count(struct borrowed_period *period, int64_t now_ms)
{
	if (now_ms - period->shortened_ms > 2 * pause_ms(period->n_shortened))
		period->n_shortened = period->n_shortened > 0;
	period->n_shortened++;
	period->shortened_ms = now_ms;
}

void borrowed_period_note_set(struct borrowed_period *period, const struct domain *domain,
			      unsigned period_s, bool is_answered, int64_t now_ms)
{
	unsigned now_s = (unsigned)domain->stats_period_s;

	if (!borrowed_period_is_ours(period)) {
		period->original_s = now_s;
		count(period, now_ms);
	}
	period->set_s = is_answered ? period_s : now_s;
	period->asked_s = period_s;
	if (is_answered)
		period->seen_s = period_s;
	pass(period, SET);
}

void borrowed_period_note_refusal(struct borrowed_period *period)
{
	pass(period, REFUSED);
}
