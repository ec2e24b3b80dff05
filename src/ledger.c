/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history.h"
#include "ledger.h"
#include "sat.h"

/* Balloons move in whole guest pages, which are up to 64 KiB large. */
#define SETTLED_WITHIN_KIB 64

void promise_open(struct promise *promise, uint64_t target_kib, int64_t now_ms)
{
	*promise = (struct promise){
		.is_open = true,
		.target_kib = target_kib,
		.was_commanded = true,
		.commanded_ms = now_ms,
	};
}

void promise_settle(struct promise *promise, const struct domain *domain)
{
	if (!promise->is_open || !domain_has(domain, DOMAIN_CURRENT))
		return;
	int64_t missing_kib = sat_diff(promise->target_kib, domain->current_kib);

	if (missing_kib >= -SETTLED_WITHIN_KIB && missing_kib <= SETTLED_WITHIN_KIB)
		promise->is_open = false;
}

uint64_t promise_committed_kib(const struct promise *promise, const struct domain *domain)
{
	uint64_t current_kib =
		domain_has(domain, DOMAIN_CURRENT) ? domain->current_kib : 0;

	return promise->is_open ? max_u64(current_kib, promise->target_kib) : current_kib;
}

static uint64_t capacity_kib(const struct host *host, const struct settings *settings)
{
	return settings->has_host_capacity
		       ? min_u64(host->total_kib, settings->host_capacity_kib)
		       : host->total_kib;
}

uint64_t ledger_reserve_kib(const struct host *host, const struct settings *settings)
{
	const struct reserve *reserve = &settings->host_reserve;

	return reserve->is_percent
		       ? sat_mul_div(capacity_kib(host, settings), reserve->percent, 100)
		       : reserve->size_kib;
}

/* What @domain costs the host; without that figure, all that it may use. */
static uint64_t cost_kib(const struct domain *domain)
{
	return domain_has(domain, DOMAIN_RSS) ? domain->rss_kib : domain->current_kib;
}

int64_t ledger_grantable_kib(const struct snapshot *snapshot,
			     const struct history *history,
			     const struct settings *settings)
{
	uint64_t owed_kib = ledger_reserve_kib(&snapshot->host, settings);
	uint64_t cost_sum_kib = 0;

	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct domain *domain = &snapshot->domains[i];
		uint64_t committed_kib =
			promise_committed_kib(&history->records[i].promise, domain);

		cost_sum_kib = sat_add(cost_sum_kib, cost_kib(domain));
		owed_kib = sat_add(owed_kib, sat_sub(committed_kib, domain->current_kib));
	}

	uint64_t free_kib = snapshot->host.available_kib;
	if (settings->has_host_capacity)
		free_kib =
			min_u64(free_kib, sat_sub(capacity_kib(&snapshot->host, settings),
						  cost_sum_kib));
	return sat_diff(free_kib, owed_kib);
}
