/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest counts since its boot, from one sample to the next.
 *
 * Not all guests count what they should: in Windows "swapped out" also counts what is
 * written to files, and drivers are known to send 2^54 - 4 or 2^64 less a little in turn
 * with true figures. What cannot be true is not reported.
 *
 * Pure: no I/O, no clock.
 */
#pragma once

#include "core/domain.h"

struct counters {
	unsigned known; /* enum domain_figure; the others are 0 */
	uint64_t swap_in_kib, swap_out_kib, major_faults;
};

/* The counters of @domain that can be true. */
struct counters counters_read(const struct domain *domain);

/*
 * Has the guest rebooted between @old and @new? All counters begin anew then: at least
 * one has fallen, and none has risen, but for those that were 0 before.
 */
bool counters_began_anew(const struct counters *old, const struct counters *new);

/* What was swapped out, and the major faults, from @old to @new; 0 if not known of both.
 */
uint64_t counters_swapped_kib(const struct counters *old, const struct counters *new);
uint64_t counters_faults(const struct counters *old, const struct counters *new);
