/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain that cannot be changed just now: a migration, a dump or a snapshot has it, a
 * hook script runs, its QEMU hangs. It is asked for nothing until libvirt says that it is
 * free again, or some time has passed; what it was promised stays.
 *
 * Pure: no I/O, no clock. Times are monotonic milliseconds.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/reason.h"

enum hold_kind {
	HOLD_NONE,
	HOLD_UNANSWERED, /* a change was not answered in time */
	HOLD_SILENT,	 /* not even a question is answered */
	HOLD_JOB,	 /* libvirt says that another job has it */
};

/* All zero in the beginning. */
struct hold {
	enum hold_kind kind;
	int64_t until_ms;   /* then it may be asked again, once */
	unsigned backoff_s; /* how long that was; 0: it was free */
	bool is_resting;    /* before that time, as of the last look */
	int64_t asked_ms;   /* when libvirt was last asked whether it is free */
	enum hold_kind told;
	int64_t noticed_ms; /* newly held or free if that is the time of the look */
};

/* Note at @now_ms that a change was not answered, or that another job was in its way. */
void hold_begin(struct hold *hold, enum hold_kind kind, int64_t now_ms);

/*
 * Note at @now_ms why a change failed: @result is 0 or a negative errno of the
 * hypervisor. False if that does not say that the domain is held; then nothing is noted.
 */
bool hold_note_failure(struct hold *hold, int result, int64_t now_ms);

/* Note that the domain can be changed, or that it was. */
void hold_end(struct hold *hold);

/* Look at @now_ms; @is_unanswered: not even a question is answered. */
void hold_observe(struct hold *hold, bool is_unanswered, int64_t now_ms);

/* Should libvirt be asked at @now_ms whether the domain, which answers, is free again? */
bool hold_is_to_ask(const struct hold *hold, int64_t now_ms);

/* Note that it is asked, whether it answers or not. */
void hold_note_asked(struct hold *hold, int64_t now_ms);

/* Note what it said. */
void hold_note_job(struct hold *hold, bool has_job);

/* Why nothing is asked of the domain, or REASON_NONE. */
enum reason hold_reason(const struct hold *hold);
