/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What state a domain is in, and why.
 *
 * Pure: no I/O, no clock; @now_ms is the monotonic time of the snapshot.
 */
#pragma once

#include "core/demand.h"
#include "core/domain.h"
#include "core/reason.h"
#include "core/settings.h"

enum domain_class {
	CLASS_UNMANAGED, /* cannot be balanced */
	CLASS_FROZEN,	 /* not running: its memory counts, nothing is asked of it */
	CLASS_UNKNOWN,	 /* no fresh, trustworthy figures: never shrunk */
	CLASS_STARVING,
	CLASS_BALANCED,
	CLASS_WASTING,
};

struct verdict {
	enum domain_class class;
	enum reason reason;
};

/* The word for @class, such as "STARVING". */
const char *class_name(enum domain_class class);

/*
 * Whether @domain can be judged at all. Returns CLASS_BALANCED with REASON_NONE if it
 * can: a fresh sample and a rate are there. Otherwise the class and reason it has
 * instead.
 */
struct verdict classify_trust(const struct domain *domain, const struct demand *demand,
			      int64_t now_ms);

/*
 * The original rules: STARVING with less than starvation_threshold percent free and a
 * rate above rate_threshold; WASTING with more than waste_threshold percent free and a
 * rate below it; BALANCED otherwise. Values on a border are BALANCED.
 */
struct verdict classify_classic(const struct domain *domain, const struct demand *demand,
				const struct settings *settings, int64_t now_ms);

/* Below this a guest cannot even consume any more, so that its rate is 0. */
#define CLASSIFY_PINNED_PERCENT 5

/*
 * Free memory at which a Linux guest's own watermarks lie: kswapd and then direct reclaim
 * begin here. A domain keeps it even while others starve.
 */
#define CLASSIFY_WATERMARK_KIB ((uint64_t)60 * 1024)

/*
 * The rules of 'fair', on the trend instead of the bare rate: also STARVING are a domain
 * with less than 5 % free, one that swaps out, and one whose free memory is so little
 * that its kernel is about to reclaim. A first sample counts, with a trend of 0.
 */
struct verdict classify_fair(const struct domain *domain, const struct demand *demand,
			     const struct settings *settings, int64_t now_ms);
