/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Has somebody else changed a domain's memory? An administrator, or another coordinator:
 * then the domain is left alone for a while. It is not shrunk, and is given no headroom;
 * but whoever set its size did not want it to be killed for that: once it has starved for
 * some seconds it is given what it needs, until somebody changes it again.
 *
 * It is told by a balloon that is neither where memcoord sent it nor on its way there.
 * Balloons leave their place for other reasons, too, which do not count: a guest that
 * reboots jumps to its maximum and comes back by itself, one that starts leaves its
 * maximum when its driver loads, and one with deflate-on-OOM grows when it is short. And
 * memcoord's own calls may be late.
 *
 * Pure: no I/O, no clock. Sizes are KiB, times monotonic milliseconds.
 */
#pragma once

#include "core/demand.h"
#include "core/promise.h"

/* For so long a domain is left as the other one wanted it. */
#define FOREIGN_LEFT_ALONE_MS 600000

struct foreign {
	bool is_left_alone;
	int64_t noticed_ms; /* newly noticed if that is the time of the snapshot */
	bool does_starve;   /* meanwhile */
	int64_t starves_since_ms;
	bool is_hungry; /* it has starved for so long that it is helped from now on */

	/* Where a balloon rests that memcoord has not sent anywhere. */
	bool has_looked, has_rested;
	uint64_t still_kib, rest_kib;
	int64_t still_ms; /* since then */

	bool is_away;
	int64_t away_ms;   /* since then */
	uint64_t away_kib; /* by how much at most since then */
	bool is_at_maximum;
	int64_t maximum_ms; /* since then, or it is on its way back from there */

	int64_t in_doubt_ms; /* for so long a late call may move it */
	int64_t looked_ms;   /* at the last look; 0: none yet */
};

/*
 * Note that a call for the domain got no answer: it waits in libvirtd or in QEMU, and may
 * move the balloon when that goes on again, whatever was asked for since.
 */
void foreign_doubt(struct foreign *foreign);

/*
 * Take in what @domain shows at @now_ms, after @demand and @promise have. If somebody
 * else has changed its memory, @promise is closed: its target is not the balloon's any
 * more. While it is left alone, note whether it starves by the rules of 'fair'.
 */
void foreign_observe(struct foreign *foreign, struct promise *promise,
		     const struct demand *demand, const struct domain *domain,
		     const struct settings *settings, int64_t now_ms);
