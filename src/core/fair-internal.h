/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by fair.c and the fair-*.c files only. Sizes are KiB. */
#pragma once

#include "base/sat.h"
#include "core/policy.h"
#include "core/waterfill.h"

#define MIB ((uint64_t)1024)

/* Least amount of a move: to save a starving domain / in general. */
#define RESCUE_MIN_KIB (4 * MIB)
#define MOVE_MIN_KIB (32 * MIB)
#define MOVE_MIN_PERCENT 3

/* One domain on its way through the plan. */
struct item {
	size_t domain;
	const struct domain *of;
	const struct record *record;
	enum domain_class class;
	struct need need;
	uint64_t share_kib;
	bool has_its_wish; /* its share is all that it wants */
	uint64_t wish_kib; /* by which it should grow */
	uint64_t grant_kib;
	uint64_t give_kib;
	enum reason reason;
};

struct work {
	const struct snapshot *snapshot;
	const struct settings *settings;
	struct item *items;   /* by domain */
	struct item **sorted; /* as the step at hand wants them */
	struct waterfill *fill;
	size_t n;
	bool is_overloaded;   /* known needs exceed what the host can back */
	int64_t at_hand_kib;  /* what can be granted now */
	uint64_t deficit_kib; /* what others have to give */
	bool is_pressing;     /* for one that has nearly nothing */
};

static inline uint64_t percent_of(uint64_t kib, unsigned percent)
{
	return sat_mul_div(kib, percent, 100);
}

static inline uint64_t min_move_kib(const struct item *item)
{
	return max_u64(MOVE_MIN_KIB, percent_of(item->of->current_kib, MOVE_MIN_PERCENT));
}

/* Has it been asked to give, and is still on its way? Who does not respond may not be. */
static inline bool is_shrinking(const struct item *item)
{
	const struct promise *promise = &item->record->promise;

	return promise->is_open && !promise->is_stuck && !promise->is_held &&
	       promise->target_kib < item->of->current_kib;
}

/* Is the first of @a and @b in the order of UUIDs, which is that of the snapshot? */
static inline int compare_place(const struct item *a, const struct item *b)
{
	return (a->domain > b->domain) - (a->domain < b->domain);
}

/*
 * Set the share of every item and whether the host is overloaded, by what the host can
 * back in all. Returns 0 or -ENOMEM.
 */
int fair_share_out(struct work *work);

/* What has been asked of donors already and is still on its way. */
uint64_t fair_returning_kib(const struct work *work);

/* Have few domains give for the deficit, and the idle ones for the host. */
void fair_choose_donors(struct work *work);
