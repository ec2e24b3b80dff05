/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is remembered of each domain from one snapshot to the next.
 *
 * Pure: no I/O, no clock.
 */
#pragma once

#include "demand.h"
#include "domain.h"
#include "ledger.h"

/* A statistics period that was set, and what it was before. */
struct borrowed_period {
	bool is_refused, is_set;
	unsigned original_s;
};

struct record {
	char uuid[DOMAIN_UUID_SIZE];
	int id;
	struct demand demand;
	struct promise promise;
	struct borrowed_period stats_period;
	bool has_rss;
	uint64_t rss_kib;      /* the last known one: busy domains do not show it */
	uint64_t overhead_kib; /* QEMU's own memory: the largest rss - current seen */
	uint64_t original_kib; /* current size before it was first commanded */
};

/* Records are aligned with the domains of the snapshot that was taken in last. */
struct history {
	size_t n_records;
	struct record *records; /* owned; free with history_clear() */
	bool has_looked;	/* so that who comes now has just been started */
};

/*
 * Take in @snapshot, whose domains must be sorted. Domains that are gone, or that were
 * started again, are forgotten. Returns 0, or -ENOMEM with @history unchanged.
 */
int history_update(struct history *history, const struct snapshot *snapshot,
		   const struct settings *settings);

/* The record of @uuid, or NULL. */
struct record *history_find(struct history *history, const char *uuid);

/*
 * Forget the samples, for settings that read them in another way. Promises stay.
 */
void history_forget_samples(struct history *history);

/* Forget everything. */
void history_clear(struct history *history);
