/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/aftermath.h"

/* What happens later has other causes: the guest has a life of its own. */
#define HARM_WITHIN_MS 10000

/*
 * A guest that reads files by mapping them faults all the time: only a rate of 4 times
 * what it was counts. Of 200 faults each costs about 0.1 (flash) to 5 ms (disks): fewer a
 * second are not felt. The same factor holds for swapping that was disregarded before.
 */
#define FAULTS_FACTOR 4
#define FAULTS_MIN_PER_S 200

#define BACKOFF_MIN_S 60
#define BACKOFF_MAX_S 3600
#define PEACE_MS ((int64_t)3600 * 1000)

/* What the host does not have by then is not given back any more. */
#define UNDO_WITHIN_MS 60000

/* QEMU gives the pages to the host before it tells; rss is read a moment later. */
#define GAIN_AFTER_MS 1000

/* Less is lost among QEMU's own comings and goings. */
#define GAIN_MIN_KIB ((uint64_t)32 * 1024)
#define GAIN_SHARE 4

/* After so many shrinks without a gain, nothing is expected any more. */
#define VAIN_MAX 2

void aftermath_note_shrink(struct aftermath *aftermath, const struct shrink *shrink,
			   const struct demand *demand, int64_t now_ms)
{
	aftermath->watches_harm = true;
	aftermath->step_from_kib = shrink->from_kib;
	aftermath->shrunk_ms = now_ms;
	aftermath->faults_per_s = demand->faults_peak_per_s;
	aftermath->swapped_kib_per_s = demand->swapping.state == SWAPPING_DISREGARDED
					       ? demand->swapping.kib_per_s
					       : 0;
	aftermath->is_undone = false;

	if (aftermath->watches_gain)
		aftermath->shrink.target_kib = shrink->target_kib;
	else
		aftermath->shrink = *shrink;
	aftermath->watches_gain = shrink->has_rss;
	aftermath->has_arrived = false;
}

void aftermath_note_other(struct aftermath *aftermath)
{
	aftermath->watches_gain = aftermath->watches_harm = false;
}

static void undo(struct aftermath *aftermath, uint64_t to_kib, enum reason reason,
		 int64_t now_ms)
{
	aftermath->is_undone = true;
	aftermath->undo_kib = to_kib;
	aftermath->undo_reason = reason;
	aftermath->undo_until_ms = now_ms + UNDO_WITHIN_MS;
}

static bool does_suffer(const struct aftermath *aftermath, const struct demand *demand)
{
	uint64_t usual = sat_mul_div(aftermath->faults_per_s, FAULTS_FACTOR, 1);
	uint64_t usual_kib = sat_mul_div(aftermath->swapped_kib_per_s, FAULTS_FACTOR, 1);

	return (swapping_counts(&demand->swapping) &&
		demand->swapping.kib_per_s > usual_kib) ||
	       demand->faults_per_s > sat_add(usual, FAULTS_MIN_PER_S);
}

static void watch_harm(struct aftermath *aftermath, const struct demand *demand,
		       int64_t now_ms)
{
	bool is_at_peace = !aftermath->has_been_harmed ||
			   now_ms - aftermath->harmed_until_ms >= PEACE_MS;

	if (now_ms - aftermath->shrunk_ms > HARM_WITHIN_MS)
		aftermath->watches_harm = false;
	if (!aftermath->watches_harm || !demand->has_rate ||
	    demand->sample_ms <= aftermath->shrunk_ms || !does_suffer(aftermath, demand))
		return;
	aftermath->watches_harm = false;
	aftermath->backoff_s =
		is_at_peace ? BACKOFF_MIN_S
			    : (unsigned)min_u64((uint64_t)aftermath->backoff_s * 2,
						BACKOFF_MAX_S);
	aftermath->has_been_harmed = true;
	aftermath->harmed_until_ms = now_ms + (int64_t)aftermath->backoff_s * 1000;
	undo(aftermath, aftermath->step_from_kib, REASON_UNDOES_HARM, now_ms);
}

/*
 * Did the host gain nearly nothing of what it should? Of memory that a guest has not
 * touched nothing can be gained, so the measure is rss: when the balloon has arrived, it
 * is at most the new size and QEMU's own memory, whatever the guest has touched since.
 */
static void judge_gain(struct aftermath *aftermath, uint64_t rss_kib, int64_t now_ms)
{
	const struct shrink *shrink = &aftermath->shrink;
	uint64_t overhead_kib = max_u64(OVERHEAD_MIN_KIB, shrink->overhead_kib);
	uint64_t expected_kib =
		sat_sub(sat_sub(shrink->rss_kib, overhead_kib), shrink->target_kib);

	if (expected_kib < GAIN_MIN_KIB)
		return;
	if (sat_sub(shrink->rss_kib, rss_kib) >= expected_kib / GAIN_SHARE) {
		aftermath->n_vain = 0;
		return;
	}
	if (aftermath->n_vain++ == 0)
		aftermath->vain_from_kib = shrink->from_kib;
	if (aftermath->n_vain < VAIN_MAX)
		return;
	aftermath->is_no_reclaim = true;
	aftermath->learned_ms = now_ms;
	undo(aftermath, max_u64(aftermath->vain_from_kib, shrink->from_kib),
	     REASON_UNDOES_VAIN, now_ms);
}

static void watch_gain(struct aftermath *aftermath, const struct promise *promise,
		       const struct domain *domain, int64_t now_ms)
{
	const struct shrink *shrink = &aftermath->shrink;

	if (!aftermath->watches_gain || promise->is_open)
		return;
	/* It has not come true, or has been grown since. */
	if (!promise->is_kept || promise->target_kib != shrink->target_kib ||
	    sat_sub(domain->current_kib, shrink->target_kib) >= BALLOON_BREATH_KIB) {
		aftermath->watches_gain = false;
		return;
	}
	if (!aftermath->has_arrived) {
		aftermath->has_arrived = true;
		aftermath->arrived_ms = now_ms;
	}
	if (now_ms - aftermath->arrived_ms < GAIN_AFTER_MS ||
	    !domain_has(domain, DOMAIN_RSS))
		return;
	aftermath->watches_gain = false;
	judge_gain(aftermath, domain->rss_kib, now_ms);
}

void aftermath_observe(struct aftermath *aftermath, const struct promise *promise,
		       const struct demand *demand, const struct domain *domain,
		       int64_t now_ms)
{
	if (!domain_responds(domain))
		return;
	if (aftermath->is_undone && (now_ms >= aftermath->undo_until_ms ||
				     domain->current_kib >= aftermath->undo_kib))
		aftermath->is_undone = false;
	watch_harm(aftermath, demand, now_ms);
	watch_gain(aftermath, promise, domain, now_ms);
}

bool aftermath_is_harmed(const struct aftermath *aftermath, int64_t now_ms)
{
	return aftermath->has_been_harmed && now_ms < aftermath->harmed_until_ms;
}

bool aftermath_distrusts_rss(const struct aftermath *aftermath)
{
	return aftermath->watches_gain || aftermath->n_vain > 0;
}
