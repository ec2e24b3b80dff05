/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/promise.h"

/*
 * QEMU tells of a moving balloon once a second: at two looks that are so far apart, one
 * that moves shows two sizes.
 */
#define BALLOON_LAG_MS 1000

/* QEMU tells of a moving balloon once a second; even one that swaps moves by then. */
#define STUCK_AFTER_MS 5000
#define STUCK_MIN_S 60
#define STUCK_MAX_S 3600

void promise_open(struct promise *promise, uint64_t target_kib, int64_t now_ms)
{
	promise->is_open = true;
	promise->is_refused = promise->is_kept = false;
	promise->from_kib = promise->seen_kib;
	promise->target_kib = target_kib;
	promise->doubt_kib = 0;
	promise->was_commanded = true;
	promise->commanded_ms = promise->moved_ms = now_ms;
}

void promise_open_in_doubt(struct promise *promise, uint64_t target_kib, int64_t now_ms)
{
	uint64_t before_kib =
		promise->is_open ? max_u64(promise->target_kib, promise->doubt_kib) : 0;

	promise_open(promise, target_kib, now_ms);
	promise->doubt_kib = before_kib;
}

void promise_refuse(struct promise *promise, int64_t now_ms)
{
	promise->is_refused = true;
	promise->is_stuck = true;
	promise->stuck_until_ms = now_ms + (int64_t)STUCK_MIN_S * 1000;
}

static void watch_movement(struct promise *promise, uint64_t current_kib, int64_t now_ms)
{
	if (distance_u64(current_kib, promise->moved_kib) >= BALLOON_BREATH_KIB) {
		promise->moved_kib = current_kib;
		promise->moved_ms = now_ms;
		promise->stuck_s = STUCK_MIN_S;
	}
	if (promise->is_stuck && now_ms >= promise->stuck_until_ms)
		promise->is_stuck = promise->is_refused = false;
}

/* May the balloon be growing? Not at its maximum, nor while its size falls or is still.
 */
static bool may_be_growing(const struct promise *promise, const struct domain *domain,
			   int64_t now_ms)
{
	uint64_t current_kib = domain->current_kib;

	if (current_kib >= domain->maximum_kib)
		return false;
	if (!promise->has_looked)
		return true;
	if (sat_sub(promise->adrift_kib, current_kib) >= BALLOON_BREATH_KIB)
		return false;
	return sat_sub(current_kib, promise->adrift_kib) >= BALLOON_BREATH_KIB ||
	       now_ms - promise->adrift_ms < BALLOON_LAG_MS;
}

static void watch_drift(struct promise *promise, const struct domain *domain,
			int64_t now_ms)
{
	promise->is_adrift = may_be_growing(promise, domain, now_ms);
	if (promise->has_looked &&
	    distance_u64(domain->current_kib, promise->adrift_kib) < BALLOON_BREATH_KIB)
		return;
	promise->has_looked = true;
	promise->adrift_kib = domain->current_kib;
	promise->adrift_ms = now_ms;
}

/* One that has not moved at all is only tried again later: that may be its driver. */
static void note_stall(struct promise *promise, uint64_t current_kib, int64_t now_ms)
{
	uint64_t gave_kib = sat_sub(promise->from_kib, current_kib);

	if (promise->target_kib >= current_kib || gave_kib < BALLOON_BREATH_KIB)
		return;
	promise->has_stalled = true;
	promise->gave_kib = gave_kib;
	promise->stalled_until_ms = now_ms + (int64_t)STUCK_MAX_S * 1000;
}

uint64_t promise_most_kib(const struct promise *promise, int64_t now_ms)
{
	return promise->has_stalled && now_ms < promise->stalled_until_ms
		       ? promise->gave_kib
		       : UINT64_MAX;
}

/* One that was asked to stay where it is shows by that nothing of what it was told. */
static bool is_unproven(const struct promise *promise)
{
	return promise->doubt_kib > promise->target_kib &&
	       distance_u64(promise->from_kib, promise->target_kib) < BALLOON_BREATH_KIB;
}

void promise_settle(struct promise *promise, const struct domain *domain, int64_t now_ms)
{
	promise->is_held = !domain_responds(domain);
	if (domain_has(domain, DOMAIN_CURRENT))
		promise->seen_kib = domain->current_kib;
	if (domain_has(domain, DOMAIN_MAXIMUM))
		promise->maximum_kib = domain->maximum_kib;
	if (promise->is_held) {
		promise->moved_ms = now_ms;
		return;
	}
	watch_movement(promise, domain->current_kib, now_ms);
	if (promise->is_adrift)
		watch_drift(promise, domain, now_ms);
	if (!promise->is_open)
		return;
	if (distance_u64(promise->target_kib, domain->current_kib) <=
		    SETTLED_WITHIN_KIB &&
	    !is_unproven(promise)) {
		promise->is_open = false;
		promise->is_kept = true;
		promise->doubt_kib = 0;
		/* Not if it was only asked to stay as it is. */
		if (distance_u64(promise->from_kib, promise->target_kib) >=
		    BALLOON_BREATH_KIB)
			promise->has_stalled = false;
	} else if (!promise->is_stuck && now_ms - promise->moved_ms >= STUCK_AFTER_MS) {
		promise->is_stuck = true;
		note_stall(promise, domain->current_kib, now_ms);
		promise->stuck_until_ms = now_ms + (int64_t)promise->stuck_s * 1000;
		promise->stuck_s = promise->stuck_s < STUCK_MAX_S / 2
					   ? promise->stuck_s * 2
					   : STUCK_MAX_S;
	}
}

bool promise_is_to_withdraw(const struct promise *promise)
{
	return promise->is_open && promise->is_stuck && !promise->is_held &&
	       !promise->is_refused;
}

uint64_t promise_size_kib(const struct promise *promise, const struct domain *domain)
{
	uint64_t kib = domain_has(domain, DOMAIN_CURRENT) ? domain->current_kib
							  : promise->seen_kib;

	return domain_has(domain, DOMAIN_MAXIMUM) &&
			       !(domain->traits & DOMAIN_HAS_PLUGGED_MEMORY)
		       ? min_u64(kib, domain->maximum_kib)
		       : kib;
}

uint64_t promise_committed_kib(const struct promise *promise, const struct domain *domain)
{
	uint64_t current_kib =
		max_u64(promise_size_kib(promise, domain), promise->doubt_kib);

	if (promise->is_adrift && promise->is_held)
		current_kib = max_u64(current_kib, promise->maximum_kib);
	return promise->is_open && !promise_is_to_withdraw(promise)
		       ? max_u64(current_kib, promise->target_kib)
		       : current_kib;
}
