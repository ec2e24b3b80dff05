/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be done with a domain at all: by its settings, by what its XML tells, and by
 * what was learned of it.
 *
 * Pure: no I/O, no clock.
 */
#pragma once

#include "core/domain.h"
#include "core/history.h"
#include "core/reason.h"

enum suitability {
	SUITABILITY_UNMANAGED, /* nothing: it keeps what it has */
	SUITABILITY_HELD,      /* nothing just now: libvirt cannot change it */
	/* The host would gain nothing from shrinking it, or somebody else has set its
	   size. */
	SUITABILITY_GROW_ONLY,
	SUITABILITY_MANAGED,
};

struct suitability_verdict {
	enum suitability suitability;
	enum reason reason; /* REASON_NONE if it is managed */
};

/* The word for @suitability: "GROW-ONLY". */
const char *suitability_name(enum suitability suitability);

/* What can be done with @domain of @record. */
struct suitability_verdict suitability_judge(const struct domain *domain,
					     const struct record *record);

/* Why the host gains nothing from shrinking @domain, or REASON_NONE. */
enum reason suitability_no_reclaim(const struct domain *domain,
				   const struct record *record);

/*
 * Why @record's domain is left as it is for the time being, or REASON_NONE: also for one
 * that somebody else has changed and that is in need of more.
 */
enum reason suitability_stays(const struct record *record);

/*
 * What another process may want to know of @record: the reason that was learned, and that
 * a look at its domain does not show; or REASON_NONE.
 */
enum reason suitability_lesson(const struct record *record);
