/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When was a guest's report made? QEMU keeps the last one for ever, be it of the start of
 * a driver days ago, and tells in whole seconds of its host's clock when it came.
 *
 * One that was not there at the look before was seen to arrive. Of one that was there
 * at the first look nobody knows that; if the clock is this machine's it tells the age,
 * and if not, the report can be shown but nothing be done about it.
 *
 * Pure: no I/O, no clock. Times are monotonic milliseconds.
 */
#pragma once

#include "core/domain.h"

/* When a domain is looked at. */
struct moment {
	int64_t now_ms;
	bool has_time;
	uint64_t time_s; /* by the clock that dates reports */
};

enum arrival {
	ARRIVAL_NONE,	 /* no report, or one that is known */
	ARRIVAL_SEEN,	 /* it has come since the last look */
	ARRIVAL_DATED,	 /* it was there at the first look, and came lately */
	ARRIVAL_UNDATED, /* it was there at the first look: nobody knows since when */
	ARRIVAL_OLD,	 /* it was there at the first look, since long */
};

/* What the looks at a domain's reports have shown. */
struct report_watch {
	bool has_looked;
	int64_t looked_ms;	/* at the last look that showed when a report came */
	uint64_t last_update_s; /* then */
	/* The longest period since the last report: the next one can be of the old one.
	 */
	uint64_t period_s;
};

/* What of @domain's report is new at @moment; not to be trusted from @stale_after_ms on.
 */
enum arrival arrival_judge(const struct report_watch *watch, const struct domain *domain,
			   const struct moment *moment, int64_t stale_after_ms);

/* How long before @moment a report of ARRIVAL_DATED came. */
int64_t arrival_age_ms(const struct domain *domain, const struct moment *moment);

/* The earliest moment at which the new report first seen at @now_ms can have been made.
 */
int64_t arrival_earliest_ms(const struct report_watch *watch, const struct domain *domain,
			    int64_t now_ms);

/*
 * The time from the last report, of @before_ms, to the new one first seen at @now_ms.
 * Both were seen when somebody looked, the last one perhaps long after it came.
 */
int64_t arrival_interval_ms(const struct report_watch *watch, const struct domain *domain,
			    int64_t before_ms, int64_t now_ms);

/* Note that @domain was looked at, after all of the above. */
void arrival_note_look(struct report_watch *watch, const struct domain *domain,
		       int64_t now_ms);
