/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ledger of promises: what the host still has when all promises are kept.
 *
 * Pure: no I/O, no clock. Sizes are KiB.
 */
#pragma once

#include "core/history.h"

/* The memory that there is for domains and reserve: min(host memory, host_capacity). */
uint64_t ledger_capacity_kib(const struct host *host, const struct settings *settings);

/* Memory that the settings want kept free, of min(host memory, host_capacity). */
uint64_t ledger_reserve_kib(const struct host *host, const struct settings *settings);

/* What @domain costs the host, or did; without that figure, all that it may use. */
uint64_t ledger_cost_kib(const struct domain *domain, const struct record *record);

/* How much of that the guest itself has touched. */
uint64_t ledger_touched_kib(const struct domain *domain, const struct record *record);

/*
 * What the host can hand out now for 'fair': memory available above the reserve, within
 * host_capacity, less all that domains were promised and have not touched yet, whoever
 * promised it. Negative: it is short by that much.
 */
int64_t ledger_backed_kib(const struct snapshot *snapshot, const struct history *history,
			  const struct settings *settings);

/*
 * What the host can hand out now for 'classic': memory available above the reserve,
 * within host_capacity, less every open promise. Negative: it is short by that much.
 * @history must be aligned with @snapshot.
 */
int64_t ledger_grantable_kib(const struct snapshot *snapshot,
			     const struct history *history,
			     const struct settings *settings);

/*
 * What is missing of the reserve at this moment, of memory available within
 * host_capacity; promises do not count. @history must be aligned with @snapshot.
 */
uint64_t ledger_short_kib(const struct snapshot *snapshot, const struct history *history,
			  const struct settings *settings);
