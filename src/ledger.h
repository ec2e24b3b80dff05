/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ledger of promises: what was asked of each balloon and has not come true yet.
 *
 * A balloon moves in its own time. What a domain was granted is gone from the host at
 * once, even if the domain has not taken it; what a donor was asked for is there only
 * when its current size has really fallen (after Xen's squeezed and Qubes' qmemman).
 *
 * Pure: no I/O, no clock. Sizes are KiB, times monotonic milliseconds.
 */
#pragma once

#include "domain.h"
#include "settings.h"

struct history;

struct promise {
	bool is_open;
	uint64_t target_kib;
	bool was_commanded;
	int64_t commanded_ms; /* of the last command, also after the promise is kept */
};

/* Note that @target_kib was asked for at @now_ms. */
void promise_open(struct promise *promise, uint64_t target_kib, int64_t now_ms);

/* Close the promise if the balloon of @domain has arrived. */
void promise_settle(struct promise *promise, const struct domain *domain);

/* What the host must be able to back: the larger of the current size and the target. */
uint64_t promise_committed_kib(const struct promise *promise,
			       const struct domain *domain);

/* Memory that the settings want kept free, of min(host memory, host_capacity). */
uint64_t ledger_reserve_kib(const struct host *host, const struct settings *settings);

/*
 * What the host can hand out now: memory available above the reserve, within
 * host_capacity, less every open promise. Negative: it is short by that much.
 * @history must be aligned with @snapshot.
 */
int64_t ledger_grantable_kib(const struct snapshot *snapshot,
			     const struct history *history,
			     const struct settings *settings);
