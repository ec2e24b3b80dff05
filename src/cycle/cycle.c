/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "cycle/cycle.h"

static int look(struct cycle *cycle,
		int (*sample)(struct hypervisor *hypervisor, struct snapshot *ret))
{
	struct snapshot snapshot;
	int64_t begun_ms = hypervisor_now_ms(cycle->hypervisor);
	int r = sample(cycle->hypervisor, &snapshot);

	cycle->look_ms = hypervisor_now_ms(cycle->hypervisor) - begun_ms;
	/* What the last plan was in a hurry for is not known any more. */
	cycle->plan.look_again_ms = cycle->plan.watch_ms = 0;
	cycle->plan.is_waiting = false;
	cycle->awaits_xml = false;
	if (r < 0)
		return r;
	r = history_update(&cycle->history, &snapshot, cycle->settings);
	if (r < 0) {
		snapshot_clear(&snapshot);
		return r;
	}
	plan_clear(&cycle->plan); /* its indices belong to the old snapshot */
	snapshot_clear(&cycle->snapshot);
	cycle->snapshot = snapshot;
	return 0;
}

/* Who could not be changed may be free again: libvirt's own word ends that. */
static void ask_who_is_held(struct cycle *cycle)
{
	for (size_t i = 0; i < cycle->snapshot.n_domains; i++) {
		const struct domain *domain = &cycle->snapshot.domains[i];
		struct hold *hold = &cycle->history.records[i].hold;
		int64_t now_ms = cycle->snapshot.now_ms;
		bool has_job;

		if (hypervisor_is_hurried(cycle->hypervisor))
			return;
		if (!domain_responds(domain) || !hold_is_to_ask(hold, now_ms))
			continue;
		hold_note_asked(hold, now_ms);
		if (hypervisor_has_job(cycle->hypervisor, domain->uuid, &has_job) == 0)
			hold_note_job(hold, has_job);
	}
}

int cycle_look(struct cycle *cycle)
{
	int r = look(cycle, hypervisor_sample);

	if (r == 0)
		ask_who_is_held(cycle);
	return r;
}

int cycle_look_at_definitions(struct cycle *cycle)
{
	return look(cycle, hypervisor_sample_definitions);
}

void cycle_refresh_domain(struct cycle *cycle, size_t i)
{
	struct record *record = &cycle->history.records[i];

	/* Whether it can be asked for or not: that is no reason to ask all the time. */
	absence_note_asked(&record->absence, cycle->snapshot.now_ms);
	record->stats_period.is_read_anew = true;
	if (hypervisor_refresh(cycle->hypervisor, record->uuid) == 0)
		cycle->awaits_xml = true;
}

void cycle_refresh(struct cycle *cycle)
{
	for (size_t i = 0; i < cycle->snapshot.n_domains; i++)
		if (!hypervisor_is_hurried(cycle->hypervisor) &&
		    absence_is_due(&cycle->history.records[i].absence,
				   &cycle->snapshot.domains[i], cycle->snapshot.now_ms))
			cycle_refresh_domain(cycle, i);
}

int cycle_plan(struct cycle *cycle)
{
	plan_clear(&cycle->plan);
	return policy_plan(&cycle->snapshot, &cycle->history, cycle->settings,
			   &cycle->plan);
}

/* What became of @move, whose call had the result @r. */
static void note_result(struct cycle *cycle, const struct move *move, int r)
{
	const struct domain *domain = &cycle->snapshot.domains[move->domain];
	struct record *record = &cycle->history.records[move->domain];
	int64_t now_ms = hypervisor_now_ms(cycle->hypervisor);

	/* One that was given up may take effect yet. */
	if (r == 0 || r == -ETIMEDOUT)
		record_note_command(record, domain, move->to_kib, r == 0, now_ms);
	if (r == 0)
		hold_end(&record->hold);
	else if (!hold_note_failure(&record->hold, r, now_ms) && r != -ENOENT &&
		 hypervisor_is_refusal(cycle->hypervisor, r))
		promise_refuse(&record->promise, now_ms);
}

void cycle_act(struct cycle *cycle, cycle_result_fn *on_result, void *data)
{
	for (size_t i = 0; i < cycle->plan.n_moves; i++) {
		const struct move *move = &cycle->plan.moves[i];
		const struct domain *domain = &cycle->snapshot.domains[move->domain];
		int r;

		if (hypervisor_is_hurried(cycle->hypervisor))
			return;
		r = hypervisor_set_target(cycle->hypervisor, domain->uuid, move->to_kib);
		note_result(cycle, move, r);
		if (on_result)
			on_result(data, cycle, move, r);
		if (r < 0 && hypervisor_fails_all(cycle->hypervisor, r)) {
			cycle->plan.look_again_ms = 1;
			return;
		}
	}
}

/*
 * Is it worth a look at once? Memory that somebody waits for may have come back; who has
 * just started needs a statistics period; and without a connection there is work to do.
 */
static bool note_event(void *data, const struct hypervisor_event *event)
{
	struct cycle *cycle = data;
	struct record *record = history_find(&cycle->history, event->uuid);

	switch (event->kind) {
	case HYPERVISOR_BALLOON:
		if (record)
			balloon_sizes_note(&record->demand.balloon, event->current_kib,
					   event->at_ms);
		return cycle->plan.is_waiting;
	case HYPERVISOR_REBOOTED:
		history_note_reboot(&cycle->history, event->uuid, event->at_ms);
		return false;
	case HYPERVISOR_ANSWERED:
		if (record && event->result == 0)
			hold_end(&record->hold);
		return false;
	case HYPERVISOR_STOPPED:
		return cycle->plan.is_waiting;
	case HYPERVISOR_STARTED:
	case HYPERVISOR_CLOSED:
		return true;
	}
	return false;
}

int cycle_listen(struct cycle *cycle)
{
	return hypervisor_listen(cycle->hypervisor, note_event, cycle);
}

/* Looking takes at most a twentieth of the time for the sake of watching. */
#define WATCH_PART 20

/* Who misses a report may run out soon, and what it misses for is told by the XML. */
#define XML_MS 250

/* When there is something to watch by, or 0. */
static int64_t watch_after_ms(const struct cycle *cycle)
{
	int64_t watch_ms = cycle->awaits_xml ? XML_MS : cycle->plan.watch_ms;

	if (watch_ms > 0 && watch_ms < cycle->look_ms * WATCH_PART)
		watch_ms = cycle->look_ms * WATCH_PART;
	return watch_ms;
}

int64_t cycle_next_ms(const struct cycle *cycle, int64_t begun_ms)
{
	const struct plan *plan = &cycle->plan;
	int64_t wait_ms = (int64_t)cycle->settings->period_s * 1000;
	int64_t watch_ms = watch_after_ms(cycle);

	if (watch_ms > 0 && watch_ms < wait_ms)
		wait_ms = watch_ms;
	if (plan->look_again_ms > 0 && plan->look_again_ms < wait_ms)
		wait_ms = plan->look_again_ms;
	return begun_ms + wait_ms;
}

void cycle_clear(struct cycle *cycle)
{
	plan_clear(&cycle->plan);
	snapshot_clear(&cycle->snapshot);
	history_clear(&cycle->history);
}
