/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a domain's samples, seen over time, tell about its use of memory.
 *
 * Used memory is current - usable with both taken at the same moment. It does not change
 * when the balloon moves, so its rate is the guest's own doing and our own moves cannot
 * feed back into it. available - unused is wrong: with deflate-on-OOM, available stays at
 * the maximum whatever the balloon does.
 *
 * Pure: no I/O, no clock. Sizes are KiB, times monotonic milliseconds.
 */
#pragma once

#include "core/arrival.h"
#include "core/balloon-sizes.h"
#include "core/counters.h"
#include "core/domain.h"
#include "core/settings.h"
#include "core/swapping.h"

enum { DEMAND_RECENT_LENGTH = 3 };

struct demand {
	struct report_watch reports;
	struct balloon_sizes balloon;

	bool is_young; /* it was seen to start or reboot, then: */
	int64_t young_since_ms;

	/* The statistics are of before a reboot, or of long before the first look. */
	bool is_spent;
	bool has_sample;
	/* Nobody knows when it was made, or at what size: it is for display only. */
	bool is_hearsay;
	int64_t sample_ms; /* when it was made, which is mostly when it was first seen */
	int64_t seen_ms;
	struct counters counters;
	uint64_t free_kib; /* as the guest reported it */
	uint64_t used_kib;
	unsigned n_beyond; /* samples in a row with more free than the balloon had */
	/* Two reasons never to shrink the domain on this sample: */
	bool is_low_confidence; /* page cache may read as use, or it is nonsense */
	bool is_ambiguous;	/* the balloon moved at about the same time */

	bool has_rate;
	int64_t rate_bytes; /* per second; > 0: consuming */

	/* For 'fair': the same without noise and outliers. */
	int64_t trend_bytes; /* rate, up at once and down smoothly */
	uint64_t peak_kib;   /* of used, decaying by half in 30 s */
	uint64_t recent_kib; /* the most used in the last three samples */
	unsigned n_recent;
	uint64_t recent[DEMAND_RECENT_LENGTH];
	struct swapping swapping;
	/* Major faults per second, and the most of lately: see demand.c. */
	uint64_t faults_per_s, faults_peak_per_s;
	unsigned n_idle; /* samples in a row that showed the domain wasting, since: */
	int64_t idle_since_ms;
};

/*
 * Take in what @domain shows at @moment. Its balloon may in truth have any size between
 * the current one and @target_kib, the target of an open promise (else the current size):
 * QEMU tells of a moving balloon once a second only. A sample is new when its last_update
 * has changed; it is dated by the moment it was first seen, because last_update has whole
 * seconds of a clock that may be another machine's. What was there before anybody looked
 * is judged by arrival.h: with a report whose age is not known the next one has no rate,
 * and one that is too old is no sample. When the guest's counters begin anew it has
 * rebooted: what was known is forgotten.
 */
void demand_observe(struct demand *demand, const struct domain *domain,
		    uint64_t target_kib, const struct settings *settings,
		    const struct moment *moment);

/*
 * Note that the guest has rebooted at @now_ms: what was known of its demand is forgotten,
 * its statistics count from the next new ones, and its time of grace begins. A reboot
 * that nobody tells of is seen by the guest's counters, some seconds later.
 */
void demand_note_reboot(struct demand *demand, int64_t now_ms);

/* Milliseconds after which the last sample of @domain must not be trusted any more. */
int64_t demand_stale_after_ms(const struct domain *domain);

/* Is there no sample, or is the last one too old at @now_ms? */
bool demand_is_stale(const struct demand *demand, const struct domain *domain,
		     int64_t now_ms);

/*
 * Free memory of @domain, in KiB, at its present balloon size. @demand must have a sample
 * and @domain its current size.
 */
uint64_t demand_free_kib(const struct demand *demand, const struct domain *domain,
			 enum metric metric);
