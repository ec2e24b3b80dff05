/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>

#include "rival.h"

/* A policy has no other way to what it is not told. */
static const struct simulation *simulation;

void rival_begin(const struct simulation *new_simulation)
{
	simulation = new_simulation;
}

static double mib(uint64_t kib)
{
	return (double)kib / 1024;
}

static struct rival_guest look_at_guest(const struct snapshot *snapshot, size_t i,
					const struct settings *settings)
{
	size_t index = (size_t)snapshot->domains[i].id - 1;
	const struct sim_guest *guest = &simulation->guests[index];
	const struct sim_stats *stats = &guest->stats;

	return (struct rival_guest){
		.domain = i,
		.index = index,
		.guest = guest,
		.has_stats = stats->is_there,
		.current = mib(guest->current_kib),
		.maximum = mib(guest->spec->maximum_kib),
		.floor = mib(settings->domain_floor_kib),
		.target = mib(guest->target_kib),
		.rss = mib(guest->rss_kib),
		.unused = mib(stats->unused_kib),
		.usable = mib(stats->usable_kib),
		.used = mib(stats->current_kib) - mib(stats->usable_kib),
		.weight = guest->spec->weight,
	};
}

struct rival_view *rival_look(const struct snapshot *snapshot,
			      const struct settings *settings)
{
	static struct rival_view view;

	view = (struct rival_view){
		.now_ms = snapshot->now_ms,
		.simulation = simulation,
		.host = mib(snapshot->host.total_kib),
		.host_free = (double)simulation->host.free_kib / 1024,
		.reserve = mib(simulation->host.reserve_kib),
		.n = snapshot->n_domains,
	};
	for (size_t i = 0; i < view.n; i++)
		view.guests[i] = look_at_guest(snapshot, i, settings);
	return &view;
}

void rival_set(struct plan *plan, const struct rival_guest *guest, double target)
{
	uint64_t current_kib = guest->guest->current_kib;
	uint64_t target_kib = target > 0 ? (uint64_t)llround(target * 1024) : 0;

	if (target <= 0 || target > guest->maximum + 0.5)
		return;
	if (target_kib > guest->guest->spec->maximum_kib)
		target_kib = guest->guest->spec->maximum_kib;
	plan->moves[plan->n_moves++] = (struct move){
		.domain = guest->domain,
		.from_kib = current_kib,
		.to_kib = target_kib,
		.reason = target_kib < current_kib ? REASON_GIVES_TO_HOST
						   : REASON_STARVING_FROM_HOST,
	};
}

struct verdict rival_classify(const struct domain *domain, const struct demand *demand,
			      const struct settings *settings, int64_t now_ms)
{
	(void)domain;
	(void)demand;
	(void)settings;
	(void)now_ms;
	return (struct verdict){ .class = CLASS_BALANCED };
}
