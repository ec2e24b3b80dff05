/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/sat.h"
#include "core/tally.h"

/* From a host with a few domains to the longest wait for libvirt. */
const unsigned tally_bounds_ms[TALLY_N_BOUNDS] = {
	5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000,
};

/* Carry over the counts of @domain, searching from @*cursor on, or begin new ones. */
static void inherit(struct domain_tally *counts, const struct domain *domain,
		    const struct tally *tally, size_t *cursor)
{
	while (*cursor < tally->n_domains &&
	       strcmp(tally->domains[*cursor].uuid, domain->uuid) < 0)
		(*cursor)++;
	if (*cursor < tally->n_domains &&
	    strcmp(tally->domains[*cursor].uuid, domain->uuid) == 0)
		*counts = tally->domains[*cursor];
	else
		memcpy(counts->uuid, domain->uuid, sizeof(counts->uuid));
	if (counts->id != domain->id) {
		counts->is_starving = counts->is_unrelieved = counts->is_stuck = false;
		counts->has_current = counts->has_target = false;
	}
	counts->id = domain->id;
}

/* No further than to its target: the rest is somebody else's doing. */
static void count_movement(struct domain_tally *counts, const struct domain *domain)
{
	uint64_t from_kib = counts->current_kib, to_kib = domain->current_kib;

	if (!domain_has(domain, DOMAIN_CURRENT))
		return;
	if (counts->has_current && counts->has_target) {
		uint64_t least_kib = min_u64(to_kib, counts->target_kib);
		uint64_t most_kib = max_u64(to_kib, counts->target_kib);

		counts->grown_kib =
			sat_add(counts->grown_kib, sat_sub(least_kib, from_kib));
		counts->shrunk_kib =
			sat_add(counts->shrunk_kib, sat_sub(from_kib, most_kib));
	}
	counts->has_current = true;
	counts->current_kib = to_kib;
}

static void count_stuck(struct domain_tally *counts, const struct promise *promise)
{
	bool is_stuck = promise->is_stuck && !promise->is_refused;

	counts->n_stuck += is_stuck && !counts->is_stuck;
	counts->is_stuck = is_stuck;
}

static void count_time(struct domain_tally *counts, uint64_t elapsed_ms)
{
	if (counts->is_starving)
		counts->starving_ms = sat_add(counts->starving_ms, elapsed_ms);
	if (counts->is_unrelieved)
		counts->unrelieved_ms = sat_add(counts->unrelieved_ms, elapsed_ms);
}

static void forget_domains(struct tally *tally)
{
	free(tally->domains);
	tally->domains = NULL;
	tally->n_domains = 0;
}

void tally_look(struct tally *tally, const struct snapshot *snapshot,
		const struct history *history)
{
	size_t n = snapshot->n_domains, cursor = 0;
	struct domain_tally *domains = n > 0 ? calloc(n, sizeof(*domains)) : NULL;
	int64_t elapsed_ms = tally->has_looked ? snapshot->now_ms - tally->looked_ms : 0;

	for (size_t i = 0; domains && i < n; i++) {
		inherit(&domains[i], &snapshot->domains[i], tally, &cursor);
		count_time(&domains[i], elapsed_ms > 0 ? (uint64_t)elapsed_ms : 0);
		count_movement(&domains[i], &snapshot->domains[i]);
		count_stuck(&domains[i], &history->records[i].promise);
	}
	forget_domains(tally);
	tally->domains = domains;
	tally->n_domains = domains ? n : 0;
	tally->has_looked = true;
	tally->looked_ms = snapshot->now_ms;
}

void tally_note_move(struct tally *tally, const struct move *move)
{
	if (move->domain >= tally->n_domains)
		return;
	/* A request that is withdrawn is neither. */
	tally->domains[move->domain].n_grows += move->to_kib > move->from_kib;
	tally->domains[move->domain].n_shrinks += move->to_kib < move->from_kib;
}

void tally_note_refusal(struct tally *tally, const struct move *move)
{
	if (move->domain < tally->n_domains)
		tally->domains[move->domain].n_refusals++;
}

/* Is memory on its way to the domain? */
static bool is_relieved(const struct domain_tally *counts, const struct promise *promise)
{
	return counts->has_target && !promise->is_stuck &&
	       counts->target_kib > counts->current_kib;
}

void tally_complete(struct tally *tally, const struct history *history,
		    const struct plan *plan)
{
	tally->n_cycles++;
	for (size_t i = 0; i < tally->n_domains; i++) {
		struct domain_tally *counts = &tally->domains[i];
		const struct promise *promise = &history->records[i].promise;

		counts->has_target = promise->is_open;
		counts->target_kib = promise->target_kib;
		counts->is_starving = plan->verdicts[i].class == CLASS_STARVING;
		counts->is_unrelieved =
			counts->is_starving && !is_relieved(counts, promise);
	}
}

void tally_fail(struct tally *tally)
{
	tally->n_failed_cycles++;
	tally->has_looked = false;
}

void tally_note_duration(struct tally *tally, int64_t duration_us)
{
	uint64_t us = duration_us > 0 ? (uint64_t)duration_us : 0;
	size_t i = 0;

	while (i < TALLY_N_BOUNDS && us > (uint64_t)tally_bounds_ms[i] * 1000)
		i++;
	tally->durations.n[i]++;
	tally->durations.sum_us = sat_add(tally->durations.sum_us, us);
}

void tally_clear(struct tally *tally)
{
	forget_domains(tally);
}
