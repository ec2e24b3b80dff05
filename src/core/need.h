/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a domain needs, and what it would like to have.
 *
 * Pure: no I/O, no clock. Sizes are KiB.
 */
#pragma once

#include "core/classify.h"
#include "core/history.h"

struct need {
	uint64_t committed_kib; /* what it has or was promised */
	uint64_t least_kib;	/* what it can do with while others starve */
	uint64_t need_kib;	/* just out of STARVING, for the coming period too */
	uint64_t want_kib;	/* comfortable, as its recent peak was */
	uint64_t free_kib;	/* 0 if not known */
	bool is_known;		/* else it keeps what it has: see may_grow */
	bool may_grow;
	bool is_pressed; /* it swaps out, or has nearly nothing free */
	/* Why it must not shrink for others / for its idleness; REASON_NONE: it may. */
	enum reason keeps, keeps_idle;
};

/* The most that @domain may grow to: its ceiling, or its maximum if that is smaller. */
uint64_t need_ceiling_kib(const struct domain *domain, const struct record *record);

/* The floor of @domain, or its ceiling if that is smaller. */
uint64_t need_floor_kib(const struct domain *domain, const struct record *record);

/*
 * Headroom that a domain keeps at least: 100 MiB, or 1/32 of its ceiling if that is more
 * (an 8 GiB guest that sleeps keeps 256 MiB; Hyper-V's Linux driver has a floor table of
 * the same slope).
 */
uint64_t need_headroom_kib(const struct domain *domain, const struct record *record);

/*
 * Estimate the need of @domain, whose @verdict is that of 'fair'. Without fresh, trusted
 * figures it needs just what it has, or up to 30 s more of its last trend; a busy one
 * what it has, because asking it would block.
 */
struct need need_estimate(const struct domain *domain, const struct record *record,
			  struct verdict verdict, const struct settings *settings,
			  int64_t now_ms);
