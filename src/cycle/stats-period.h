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
 * than stats_period, mark it as borrowed, and tell so; the same again, now and then, when
 * others have set it meanwhile. What an earlier coordinator has borrowed and not given
 * back is taken over. A domain that refuses is told once and not tried again. Returns how
 * many were set.
 */
unsigned stats_periods_borrow(struct cycle *cycle);

/*
 * Look once more if any is borrowed, and put back what was there in all domains, but
 * where others have set another one meanwhile. Without a connection, say in which ones it
 * could not be put back; the mark stays there, for the next one to do so.
 */
void stats_periods_return(struct cycle *cycle);
