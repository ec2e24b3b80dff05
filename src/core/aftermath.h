/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What became of a shrink: did it harm the guest, and has the host gained anything?
 *
 * Harm: within 10 s the guest swaps out, or its major faults rise well above what they
 * were before (so must its swapping, if that was disregarded before, see swapping.h). The
 * shrink is to be undone then, and the domain is not shrunk for its idleness for a
 * minute, the next time for two, and so on up to an hour; an hour of peace makes that a
 * minute again. Where others need its memory the shares go on to decide: a guest that had
 * a veto for so long made all others suffer in its place.
 *
 * No gain: the balloon has arrived, and the domain costs the host what it did before.
 * Once may be chance; after the second time nothing is taken from the domain any more
 * until it is started again. Passed-through devices and locked memory do that.
 *
 * Pure: no I/O, no clock. Sizes are KiB, times monotonic milliseconds.
 */
#pragma once

#include "core/demand.h"
#include "core/promise.h"
#include "core/reason.h"

/* A shrink as it is commanded. */
struct shrink {
	uint64_t from_kib, target_kib;
	bool has_rss;
	uint64_t rss_kib, overhead_kib;
};

struct aftermath {
	/* Harm by the last shrink */
	bool watches_harm;
	uint64_t step_from_kib;
	int64_t shrunk_ms;
	uint64_t faults_per_s;	    /* before it */
	uint64_t swapped_kib_per_s; /* before it, which was no sign of shortage */
	bool has_been_harmed;
	int64_t harmed_until_ms;
	unsigned backoff_s; /* the last one */

	/* Gain by the last shrinks, as many as came before one could be judged */
	bool watches_gain;
	struct shrink shrink;
	bool has_arrived;
	int64_t arrived_ms;
	unsigned n_vain;
	uint64_t vain_from_kib;
	bool is_no_reclaim;
	int64_t learned_ms; /* newly learned if that is the time of the snapshot */

	/* What the domain is to get back, as far as the host has it */
	bool is_undone;
	uint64_t undo_kib;
	enum reason undo_reason;
	int64_t undo_until_ms;
};

/* Note that @shrink was commanded at @now_ms, on what @demand knew. */
void aftermath_note_shrink(struct aftermath *aftermath, const struct shrink *shrink,
			   const struct demand *demand, int64_t now_ms);

/* Note another command, after which the gain of a shrink cannot be told any more. */
void aftermath_note_other(struct aftermath *aftermath);

/* Take in what @domain shows at @now_ms, after @demand and @promise have. */
void aftermath_observe(struct aftermath *aftermath, const struct promise *promise,
		       const struct demand *demand, const struct domain *domain,
		       int64_t now_ms);

/* Has the guest suffered from a shrink so lately that it should be left in peace? */
bool aftermath_is_harmed(const struct aftermath *aftermath, int64_t now_ms);

/* May the rss of the domain be what a shrink left on the host? */
bool aftermath_distrusts_rss(const struct aftermath *aftermath);
