/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is remembered of each domain from one snapshot to the next.
 *
 * Pure: no I/O, no clock.
 */
#pragma once

#include "core/absence.h"
#include "core/aftermath.h"
#include "core/borrowed-period.h"
#include "core/demand.h"
#include "core/domain.h"
#include "core/foreign.h"
#include "core/hold.h"
#include "core/promise.h"

/*
 * What is wrong with the metadata of a domain, or with the definition that has it.
 * Records own nothing: a hash must do.
 */
struct metadata_fault {
	uint64_t hash;	    /* of the text that says what; 0: nothing is wrong */
	int64_t noticed_ms; /* newly noticed if that is the time of the snapshot */
};

struct record {
	char uuid[DOMAIN_UUID_SIZE]; /* first: see domain_compare_uuid() */
	int id;
	struct domain_settings settings; /* what held at the last look */
	struct demand demand;
	struct promise promise;
	struct foreign foreign;
	struct hold hold;
	struct aftermath aftermath;
	struct absence absence;
	struct borrowed_period stats_period;
	enum reason told; /* what a running coordinator has learned, see lessons.h */
	struct metadata_fault metadata_fault;
	bool has_rss;
	uint64_t rss_kib;      /* the last known one: busy domains do not show it */
	uint64_t overhead_kib; /* QEMU's own memory: the largest rss - current seen */
	uint64_t original_kib; /* current size before it was first commanded */
};

/* Records are aligned with the domains of the snapshot that was taken in last. */
struct history {
	size_t n_records;
	struct record *records; /* owned; free with history_clear() */
	bool has_looked;	/* so that who comes now has just been started */
	int64_t first_look_ms;
};

/*
 * Take in @snapshot, whose domains must be sorted. Domains that are gone, or that were
 * started again, are forgotten. Returns 0, or -ENOMEM with @history unchanged.
 */
int history_update(struct history *history, const struct snapshot *snapshot,
		   const struct settings *settings);

/*
 * Is it known at @now_ms where the balloons are bound for? Whoever coordinated before may
 * have promised more to those that were there at the first look, and QEMU goes on to that
 * target without telling it. It is known of a domain once its balloon has held still or
 * shrunk, or is at its maximum. Who does not hold still is not waited for longer than
 * 10 s, because a balloon that still creeps then takes little of what is granted by the
 * second; who does not respond is not waited for: for as long the host keeps what it
 * could grow to, see promise_committed_kib().
 */
bool history_knows_targets(const struct history *history, int64_t now_ms);

/* Note that the guest of @uuid has rebooted at @now_ms, as an event told. */
void history_note_reboot(struct history *history, const char *uuid, int64_t now_ms);

/*
 * Note that @domain of @record was sent to @target_kib at @now_ms; if not @is_answered,
 * it may have been.
 */
void record_note_command(struct record *record, const struct domain *domain,
			 uint64_t target_kib, bool is_answered, int64_t now_ms);

/* Is something wrong with the domain's metadata, or the definition that has it, that was
 * not there at the last look? */
bool record_has_new_fault(const struct record *record, int64_t now_ms);

/* The record of @uuid, or NULL. */
struct record *history_find(struct history *history, const char *uuid);

/*
 * Forget the samples, for settings that read them in another way. Promises stay.
 */
void history_forget_samples(struct history *history);

/* Forget everything. */
void history_clear(struct history *history);
