/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics periods that memcoord had to set, and gives back at the end.
 *
 * libvirt refreshes a guest's figures only when a period is set, and only that often.
 */
#pragma once

#include "domain.h"
#include "hypervisor.h"
#include "settings.h"

struct stats_periods {
	size_t n_entries;
	struct stats_period_entry *entries; /* owned */
};

/*
 * Set the period of every running domain of @snapshot that has none, or one longer than
 * stats_period, and tell so. A domain that refuses is told once and not tried again.
 * Returns how many were set, or -ENOMEM.
 */
int stats_periods_borrow(struct stats_periods *periods, struct hypervisor *hypervisor,
			 const struct snapshot *snapshot,
			 const struct settings *settings);

/* Put back what was there, in all domains that are still the same; free everything. */
void stats_periods_return(struct stats_periods *periods, struct hypervisor *hypervisor,
			  const struct snapshot *snapshot);
