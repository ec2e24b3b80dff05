/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/demand.h"
#include "core/ledger.h"
#include "paint/host.h"

/* What the domain of @record has touched and does not use. */
static uint64_t idle_kib(const struct domain *domain, const struct record *record,
			 enum metric metric)
{
	uint64_t touched_kib = ledger_touched_kib(domain, record);
	uint64_t free_kib;

	if (!record->demand.has_sample || !domain_has(domain, DOMAIN_CURRENT))
		return 0;
	free_kib = demand_free_kib(&record->demand, domain, metric);
	return min_u64(free_kib,
		       sat_sub(touched_kib, sat_sub(domain->current_kib, free_kib)));
}

/* Divide @room_kib, what the host has left, among what is promised, free, and reserve. */
static void divide_room(struct top_host *host, uint64_t room_kib)
{
	uint64_t *parts = host->parts_kib;
	const uint64_t *amounts = host->amounts_kib;

	parts[TOP_HOST_PROMISED] = min_u64(amounts[TOP_HOST_PROMISED], room_kib);
	room_kib -= parts[TOP_HOST_PROMISED];
	parts[TOP_HOST_RESERVE] = min_u64(amounts[TOP_HOST_RESERVE], room_kib);
	parts[TOP_HOST_FREE] = room_kib - parts[TOP_HOST_RESERVE];
}

/* Sum up what the domains cost, used or idle. Returns the sum of both. */
static uint64_t add_domains(const struct snapshot *snapshot,
			    const struct history *history,
			    const struct settings *settings, struct top_host *host)
{
	uint64_t cost_kib = 0;

	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct domain *domain = &snapshot->domains[i];
		const struct record *record = &history->records[i];

		cost_kib = sat_add(cost_kib, ledger_cost_kib(domain, record));
		host->amounts_kib[TOP_HOST_IDLE] =
			sat_add(host->amounts_kib[TOP_HOST_IDLE],
				idle_kib(domain, record, settings->metric));
	}
	host->amounts_kib[TOP_HOST_USED] =
		sat_sub(cost_kib, host->amounts_kib[TOP_HOST_IDLE]);
	return cost_kib;
}

struct top_host top_host_of(const struct snapshot *snapshot,
			    const struct history *history, const struct plan *plan,
			    const struct settings *settings)
{
	struct top_host host = { .is_overloaded = plan->is_overloaded };
	uint64_t *amounts = host.amounts_kib;
	uint64_t cost_kib = add_domains(snapshot, history, settings, &host);
	uint64_t room_kib;
	int64_t grantable_kib =
		settings->policy->grantable_kib(snapshot, history, settings);

	host.capacity_kib = ledger_capacity_kib(&snapshot->host, settings);
	room_kib = snapshot->host.available_kib;
	if (settings->has_host_capacity)
		room_kib = min_u64(room_kib, sat_sub(host.capacity_kib, cost_kib));
	amounts[TOP_HOST_OTHER] = sat_sub(sat_sub(host.capacity_kib, cost_kib), room_kib);
	amounts[TOP_HOST_RESERVE] = ledger_reserve_kib(&snapshot->host, settings);
	/* What the policy does not hand out though it is there is promised. */
	host.short_kib = grantable_kib < 0 ? (uint64_t)-grantable_kib : 0;
	amounts[TOP_HOST_FREE] = grantable_kib > 0 ? (uint64_t)grantable_kib : 0;
	amounts[TOP_HOST_PROMISED] =
		sat_sub(sat_add(room_kib, host.short_kib),
			sat_add(amounts[TOP_HOST_RESERVE], amounts[TOP_HOST_FREE]));
	for (int part = TOP_HOST_OTHER; part <= TOP_HOST_IDLE; part++)
		host.parts_kib[part] = amounts[part];
	divide_room(&host, room_kib);
	return host;
}
