/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: every class and every move has one of these, and one string table serves logs,
 * tables, JSON and tests.
 */
#pragma once

enum reason {
	REASON_NONE,
	/* of a class */
	REASON_NO_BALLOON,
	REASON_NO_STATS_PERIOD,
	REASON_NOT_RUNNING,
	REASON_BUSY,
	REASON_NEVER_REPORTED,
	REASON_NO_METRIC,
	REASON_STALE,
	REASON_FIRST_SAMPLE,
	REASON_SLOW_STATS,
	REASON_LOW_AND_CONSUMING,
	REASON_LOW_NOT_CONSUMING,
	REASON_PINNED,
	REASON_SWAPPING,
	REASON_ENOUGH,
	REASON_MUCH_BUT_CONSUMING,
	REASON_MUCH_UNUSED,
	/* of a move */
	REASON_STARVING_FROM_DOMAIN,
	REASON_STARVING_FROM_HOST,
	REASON_GIVES_TO_DOMAIN,
	REASON_GIVES_TO_HOST,
	REASON_GROWS_OUT_OF_STARVING,
	REASON_GROWS_AHEAD,
	REASON_CANCELS_SHRINK,
	REASON_GIVES_TO_OTHERS,
	REASON_STUCK,
	/* why a domain is not moved, or not further */
	REASON_HAS_ITS_SHARE,
	REASON_AT_MAXIMUM,
	REASON_HOST_SHORT,
	REASON_NOT_WORTH_A_MOVE,
	REASON_MOVE_UNDER_WAY,
	REASON_TARGETS_UNKNOWN,
	REASON_AWAITS_SAMPLE,
	REASON_NOT_TRUSTED,
	REASON_SWAPPED_RECENTLY,
	REASON_JUST_STARTED,
	REASON_IDLE_TOO_SHORT,
	REASON_NO_IDLE_RECLAIM,
	REASON_A_QUARTER_A_TIME,
};

/* The stable word for scripts, such as "no-balloon". */
const char *reason_word(enum reason reason);

/* The same for people, such as "it has no balloon device". */
const char *reason_text(enum reason reason);
