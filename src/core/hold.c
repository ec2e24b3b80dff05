/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "core/hold.h"

/* libvirt itself waits so long for a job to end, before it gives a change up. */
#define BACKOFF_MIN_S 30
#define BACKOFF_MAX_S 240

/* Whether a job has ended is a small question, but one for each domain. */
#define ASK_EVERY_MS 2000

void hold_begin(struct hold *hold, enum hold_kind kind, int64_t now_ms)
{
	hold->backoff_s = hold->backoff_s == 0			? BACKOFF_MIN_S
			  : hold->backoff_s < BACKOFF_MAX_S / 2 ? hold->backoff_s * 2
								: BACKOFF_MAX_S;
	hold->kind = kind;
	hold->until_ms = now_ms + (int64_t)hold->backoff_s * 1000;
	hold->is_resting = true;
	hold->asked_ms = now_ms;
}

bool hold_note_failure(struct hold *hold, int result, int64_t now_ms)
{
	switch (result) {
	case -ETIMEDOUT:
	case -EALREADY:
		hold_begin(hold, HOLD_UNANSWERED, now_ms);
		return true;
	case -EBUSY:
		hold_begin(hold, HOLD_JOB, now_ms);
		return true;
	default:
		return false;
	}
}

void hold_end(struct hold *hold)
{
	hold->kind = HOLD_NONE;
	hold->backoff_s = 0;
	hold->is_resting = false;
}

void hold_observe(struct hold *hold, bool is_unanswered, int64_t now_ms)
{
	if (is_unanswered && hold->kind == HOLD_NONE)
		hold->kind = HOLD_SILENT;
	else if (!is_unanswered && hold->kind == HOLD_SILENT)
		hold_end(hold);
	hold->is_resting = hold->kind == HOLD_SILENT ||
			   (hold->kind != HOLD_NONE && now_ms < hold->until_ms);
	if (hold->kind != hold->told) {
		hold->told = hold->kind;
		hold->noticed_ms = now_ms;
	}
}

bool hold_is_to_ask(const struct hold *hold, int64_t now_ms)
{
	return (hold->kind == HOLD_UNANSWERED || hold->kind == HOLD_JOB) &&
	       now_ms - hold->asked_ms >= ASK_EVERY_MS;
}

void hold_note_asked(struct hold *hold, int64_t now_ms)
{
	hold->asked_ms = now_ms;
}

void hold_note_job(struct hold *hold, bool has_job)
{
	if (has_job)
		hold->kind = HOLD_JOB;
	else
		hold_end(hold);
}

enum reason hold_reason(const struct hold *hold)
{
	if (!hold->is_resting)
		return REASON_NONE;
	return hold->kind == HOLD_JOB ? REASON_HAS_JOB : REASON_UNANSWERED;
}
