/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/sat.h"
#include "core/history.h"

/* From no balloon that moves at all anything can be known by waiting longer. */
#define ADRIFT_MAX_MS 10000

/* Carry over the record of @domain, searching from @*cursor on, or begin a new one. */
static void inherit(struct record *record, const struct domain *domain,
		    const struct history *history, size_t *cursor, int64_t now_ms)
{
	while (*cursor < history->n_records &&
	       strcmp(history->records[*cursor].uuid, domain->uuid) < 0)
		(*cursor)++;

	const struct record *old =
		*cursor < history->n_records ? &history->records[*cursor] : NULL;

	if (old && strcmp(old->uuid, domain->uuid) == 0 && old->id == domain->id) {
		*record = *old;
		return;
	}
	memcpy(record->uuid, domain->uuid, sizeof(record->uuid));
	record->id = domain->id;
	record->promise.is_adrift = !history->has_looked;
	record->demand.is_young = history->has_looked;
	record->demand.young_since_ms = now_ms;
}

static void note_cost(struct record *record, const struct domain *domain)
{
	if (!domain_has(domain, DOMAIN_RSS))
		return;
	record->has_rss = true;
	record->rss_kib = domain->rss_kib;
	/* What the host does not get back from a shrink is not QEMU's own memory. */
	if (domain_has(domain, DOMAIN_CURRENT) &&
	    !aftermath_distrusts_rss(&record->aftermath))
		record->overhead_kib =
			max_u64(record->overhead_kib,
				sat_sub(domain->rss_kib, domain->current_kib));
}

static void note_metadata(struct metadata_fault *fault, const struct domain *domain,
			  int64_t now_ms)
{
	const char *text = domain->definition_error ? domain->definition_error
						    : domain->metadata_error;
	/* Never 0, which means that there is no text. */
	uint64_t hash = text ? hash_text(text) | 1 : 0;

	if (hash != fault->hash)
		*fault = (struct metadata_fault){ .hash = hash, .noticed_ms = now_ms };
}

int history_update(struct history *history, const struct snapshot *snapshot,
		   const struct settings *settings)
{
	int64_t first_look_ms =
		history->has_looked ? history->first_look_ms : snapshot->now_ms;
	struct record *records = NULL;
	size_t cursor = 0;
	const struct moment moment = {
		.now_ms = snapshot->now_ms,
		.has_time = snapshot->has_time,
		.time_s = snapshot->time_s,
	};

	if (snapshot->n_domains > 0) {
		records = calloc(snapshot->n_domains, sizeof(*records));
		if (!records)
			return -ENOMEM;
	}
	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct domain *domain = &snapshot->domains[i];
		struct promise *promise = &records[i].promise;

		inherit(&records[i], domain, history, &cursor, snapshot->now_ms);
		records[i].settings = settings_for_domain(settings, domain);
		demand_observe(&records[i].demand, domain,
			       promise->is_open ? promise->target_kib
						: domain->current_kib,
			       settings, &moment);
		hold_observe(&records[i].hold, domain->is_unanswered, snapshot->now_ms);
		/* Who cannot be changed just now does not fail to obey. */
		if (records[i].hold.is_resting)
			promise->moved_ms = snapshot->now_ms;
		absence_observe(&records[i].absence, domain, snapshot->now_ms);
		promise_settle(promise, domain, snapshot->now_ms);
		if (snapshot->now_ms - first_look_ms >= ADRIFT_MAX_MS)
			promise->is_adrift = false;
		if (!promise->was_commanded && domain_has(domain, DOMAIN_CURRENT))
			records[i].original_kib = domain->current_kib;
		foreign_observe(&records[i].foreign, promise, &records[i].demand, domain,
				settings, snapshot->now_ms);
		aftermath_observe(&records[i].aftermath, promise, &records[i].demand,
				  domain, snapshot->now_ms);
		note_cost(&records[i], domain);
		note_metadata(&records[i].metadata_fault, domain, snapshot->now_ms);
	}
	history_clear(history);
	history->records = records;
	history->n_records = snapshot->n_domains;
	history->has_looked = true;
	history->first_look_ms = first_look_ms;
	return 0;
}

bool history_knows_targets(const struct history *history, int64_t now_ms)
{
	if (now_ms - history->first_look_ms >= ADRIFT_MAX_MS)
		return true;
	for (size_t i = 0; i < history->n_records; i++) {
		const struct promise *promise = &history->records[i].promise;

		if (promise->is_adrift && !promise->is_held)
			return false;
	}
	return true;
}

void record_note_command(struct record *record, const struct domain *domain,
			 uint64_t target_kib, bool is_answered, int64_t now_ms)
{
	if (is_answered)
		promise_open(&record->promise, target_kib, now_ms);
	else
		promise_open_in_doubt(&record->promise, target_kib, now_ms);
	if (!is_answered)
		foreign_doubt(&record->foreign);
	if (target_kib < domain->current_kib) {
		swapping_note_shrink(&record->demand.swapping, now_ms);
		aftermath_note_shrink(&record->aftermath,
				      &(struct shrink){
					      .from_kib = domain->current_kib,
					      .target_kib = target_kib,
					      .rss_kib = record->rss_kib,
					      .overhead_kib = record->overhead_kib,
					      .has_rss = domain_has(domain, DOMAIN_RSS),
				      },
				      &record->demand, now_ms);
	} else {
		aftermath_note_other(&record->aftermath);
	}
}

bool record_has_new_fault(const struct record *record, int64_t now_ms)
{
	return record->metadata_fault.hash && record->metadata_fault.noticed_ms == now_ms;
}

struct record *history_find(struct history *history, const char *uuid)
{
	if (history->n_records == 0)
		return NULL;
	return bsearch(uuid, history->records, history->n_records,
		       sizeof(*history->records), domain_compare_uuid);
}

void history_note_reboot(struct history *history, const char *uuid, int64_t now_ms)
{
	struct record *record = history_find(history, uuid);

	if (!record)
		return;
	demand_note_reboot(&record->demand, now_ms);
	/* Its balloon goes to the maximum and comes back: that tells of no shrink. */
	aftermath_note_other(&record->aftermath);
}

void history_forget_samples(struct history *history)
{
	for (size_t i = 0; i < history->n_records; i++)
		history->records[i].demand = (struct demand){ 0 };
}

void history_clear(struct history *history)
{
	free(history->records);
	*history = (struct history){ 0 };
}
