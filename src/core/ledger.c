/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/ledger.h"

uint64_t ledger_capacity_kib(const struct host *host, const struct settings *settings)
{
	return settings->has_host_capacity
		       ? min_u64(host->total_kib, settings->host_capacity_kib)
		       : host->total_kib;
}

uint64_t ledger_reserve_kib(const struct host *host, const struct settings *settings)
{
	const struct reserve *reserve = &settings->host_reserve;

	return reserve->is_percent ? sat_mul_div(ledger_capacity_kib(host, settings),
						 reserve->percent, 100)
				   : reserve->size_kib;
}

uint64_t ledger_cost_kib(const struct domain *domain, const struct record *record)
{
	if (domain_has(domain, DOMAIN_RSS))
		return domain->rss_kib;
	return record->has_rss ? record->rss_kib
			       : promise_size_kib(&record->promise, domain);
}

uint64_t ledger_touched_kib(const struct domain *domain, const struct record *record)
{
	return sat_sub(ledger_cost_kib(domain, record),
		       max_u64(OVERHEAD_MIN_KIB, record->overhead_kib));
}

/* Memory available, within host_capacity, above the reserve and what is owed. */
static int64_t left_over(const struct snapshot *snapshot, const struct history *history,
			 const struct settings *settings, uint64_t owed_kib)
{
	uint64_t free_kib = snapshot->host.available_kib;
	uint64_t cost_sum_kib = 0;

	for (size_t i = 0; i < snapshot->n_domains; i++)
		cost_sum_kib =
			sat_add(cost_sum_kib, ledger_cost_kib(&snapshot->domains[i],
							      &history->records[i]));
	if (settings->has_host_capacity)
		free_kib = min_u64(free_kib,
				   sat_sub(ledger_capacity_kib(&snapshot->host, settings),
					   cost_sum_kib));
	return sat_diff(free_kib,
			sat_add(owed_kib, ledger_reserve_kib(&snapshot->host, settings)));
}

int64_t ledger_grantable_kib(const struct snapshot *snapshot,
			     const struct history *history,
			     const struct settings *settings)
{
	uint64_t owed_kib = 0;

	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct domain *domain = &snapshot->domains[i];
		const struct promise *promise = &history->records[i].promise;

		owed_kib =
			sat_add(owed_kib, sat_sub(promise_committed_kib(promise, domain),
						  promise_size_kib(promise, domain)));
	}
	return left_over(snapshot, history, settings, owed_kib);
}

int64_t ledger_backed_kib(const struct snapshot *snapshot, const struct history *history,
			  const struct settings *settings)
{
	uint64_t owed_kib = 0;

	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct domain *domain = &snapshot->domains[i];
		const struct record *record = &history->records[i];

		owed_kib = sat_add(
			owed_kib, sat_sub(promise_committed_kib(&record->promise, domain),
					  ledger_touched_kib(domain, record)));
	}
	return left_over(snapshot, history, settings, owed_kib);
}

uint64_t ledger_short_kib(const struct snapshot *snapshot, const struct history *history,
			  const struct settings *settings)
{
	int64_t left_kib = left_over(snapshot, history, settings, 0);

	return left_kib < 0 ? (uint64_t)-left_kib : 0;
}
