/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics periods that memcoord has to set, and gives back at the end.
 *
 * libvirt refreshes a guest's figures only when a period is set, and only that often.
 */
#pragma once

#include "cycle/cycle.h"

/*
 * Set the period of every running domain of the last look that has none, or one longer
 * than stats_period, and tell so. A domain that refuses is told once and not tried again.
 * Returns how many were set.
 */
unsigned stats_periods_borrow(struct cycle *cycle);

/*
 * Put back what was there in all domains of the last look. Without a connection, say in
 * which ones it could not be put back.
 */
void stats_periods_return(struct cycle *cycle);
