/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "core/reason.h"

static const struct {
	const char *word, *text;
} reasons[] = {
	[REASON_NONE] = { "none", "no reason" },
	[REASON_LEFT_OUT] = { "left-out", "its settings leave it out" },
	[REASON_NO_BALLOON] = { "no-balloon", "it has no balloon device" },
	[REASON_NO_STATS_PERIOD] = { "no-stats-period", "its statistics period is 0" },
	[REASON_NOT_RUNNING] = { "not-running", "it is not running" },
	[REASON_BUSY] = { "busy", "the hypervisor gave no figures for it this time" },
	[REASON_UNANSWERED] = { "unanswered", "libvirt does not answer for it" },
	[REASON_HAS_JOB] = { "has-job",
			     "a job of libvirt (migration, dump, ...) has it" },
	[REASON_NEVER_REPORTED] = { "never-reported", "its guest never reported" },
	[REASON_NO_METRIC] = { "no-metric", "its guest does not report free memory" },
	[REASON_STALE] = { "stale", "its statistics are too old" },
	[REASON_FIRST_SAMPLE] = { "first-sample", "no second sample yet" },
	[REASON_SLOW_STATS] = { "slow-stats",
				"its statistics period is longer than the interval" },
	[REASON_LOW_AND_CONSUMING] = { "low-and-consuming", "little free and consuming" },
	[REASON_LOW_NOT_CONSUMING] = { "low-not-consuming",
				       "little free but not consuming" },
	[REASON_PINNED] = { "pinned", "nearly nothing free" },
	[REASON_SWAPPING] = { "swapping", "little free and swapping out" },
	[REASON_ENOUGH] = { "enough", "enough free" },
	[REASON_MUCH_BUT_CONSUMING] = { "much-but-consuming", "much free but consuming" },
	[REASON_MUCH_UNUSED] = { "much-unused", "much free and not consuming" },
	[REASON_STARVING_FROM_DOMAIN] = { "starving-from-domain",
					  "it starves and a domain gives" },
	[REASON_STARVING_FROM_HOST] = { "starving-from-host",
					"it starves and the host gives" },
	[REASON_GIVES_TO_DOMAIN] = { "gives-to-domain",
				     "it wastes and a domain starves" },
	[REASON_GROWS_OUT_OF_STARVING] = { "grows-out-of-starving", "it starves" },
	[REASON_GROWS_AHEAD] = { "grows-ahead", "it will need it soon" },
	[REASON_CANCELS_SHRINK] = { "cancels-shrink", "it needs what it was to give" },
	[REASON_GIVES_TO_OTHERS] = { "gives-to-others",
				     "it has more than its share and others need it" },
	[REASON_STUCK] = { "stuck", "its balloon does not move: request withdrawn" },
	[REASON_HAS_ITS_SHARE] = { "has-its-share", "it has its share" },
	[REASON_AT_MAXIMUM] = { "at-maximum", "it has its maximum" },
	[REASON_AT_CEILING] = { "at-ceiling", "it has its configured ceiling" },
	[REASON_HOST_SHORT] = { "host-short", "the host has no more at hand" },
	[REASON_NOT_WORTH_A_MOVE] = { "not-worth-a-move", "too little for a move" },
	[REASON_MOVE_UNDER_WAY] = { "move-under-way", "its balloon is still moving" },
	[REASON_TARGETS_UNKNOWN] = { "targets-unknown",
				     "balloons may still be moving from before" },
	[REASON_UNDOES_HARM] = { "undoes-harm",
				 "its guest suffered from being shrunk: undone" },
	[REASON_UNDOES_VAIN] = { "undoes-vain",
				 "the host gained nothing from shrinking it: undone" },
	[REASON_PASSES_DEVICES] = { "passes-devices",
				    "a passed-through device keeps its memory in place" },
	[REASON_LOCKS_MEMORY] = { "locks-memory", "its memory is locked" },
	[REASON_HUGE_PAGES] = { "huge-pages", "its memory is in huge pages" },
	[REASON_ENCRYPTED] = { "encrypted", "its memory is encrypted" },
	[REASON_HARMED] = { "harmed", "its guest suffered lately from being shrunk" },
	[REASON_NO_RECLAIM] = { "no-reclaim",
				"the host gained nothing from shrinking it, twice" },
	[REASON_FOREIGN] = { "foreign",
			     "somebody else has changed its memory: for 10 minutes "
			     "it is not made smaller, and grows only if it starves "
			     "('memcoord set DOMAIN --managed no' keeps it as it is)" },
	[REASON_AWAITS_SAMPLE] = { "awaits-sample",
				   "no sample newer than its last move, or too old" },
	[REASON_NOT_TRUSTED] = { "not-trusted", "its sample cannot be trusted enough" },
	[REASON_SWAPPED_RECENTLY] = { "swapped-recently", "its guest has swapped out" },
	[REASON_JUST_STARTED] = { "just-started", "its guest has just started" },
	[REASON_IDLE_TOO_SHORT] = { "idle-too-short", "not idle for three samples" },
	[REASON_NO_IDLE_RECLAIM] = { "no-idle-reclaim", "idle_reclaim is off" },
	[REASON_A_QUARTER_A_TIME] = { "a-quarter-a-time", "a quarter at a time" },
	[REASON_GIVES_TO_HOST] = { "gives-to-host", "it wastes and nobody starves" },
};

const char *reason_word(enum reason reason)
{
	return reasons[reason].word;
}

enum reason reason_find(const char *word)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].word && strcmp(reasons[i].word, word) == 0)
			return (enum reason)i;
	return REASON_NONE;
}

const char *reason_text(enum reason reason)
{
	return reasons[reason].text;
}
