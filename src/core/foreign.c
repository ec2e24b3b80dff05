/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/classify.h"
#include "core/foreign.h"

/* Whoever sets a size by hand changes more than balloons breathe. */
#define AWAY_MIN_KIB ((uint64_t)16 * 1024)

/*
 * So long after a command its balloon may still be seen on the way that it was sent
 * before: QEMU tells of it once a second, and a driver turns round when it has finished
 * what it is doing.
 */
#define TURN_ROUND_MS 3000

/* Twice so far apart: QEMU tells of a moving balloon once a second, and it may be slow.
 */
#define CONFIRM_MS 2000

/* A place that memcoord did not choose is one if the balloon has been there so long. */
#define REST_MS 60000

/* A guest that reboots has loaded its driver and come back from its maximum by then. */
#define REBOOT_MS 30000

/* From its start or reboot a guest may take so long, until its driver has settled. */
#define YOUNG_MS 90000

/* libvirt waits half a minute for a domain that is busy; then the guest takes its time.
 */
#define IN_DOUBT_MS 60000
/* Nothing moves while libvirtd hangs, so that a long time between two looks is none. */
#define LOOK_COUNTS_MS 5000

/* A guest that grows is out of memory soon after; one that only jitters is not. */
#define HUNGRY_AFTER_MS 4000

/* Less is rounding to pages. */
#define AT_MAXIMUM_KIB 64

/* How far @kib is outside of the range from @a to @b. */
static uint64_t outside(uint64_t kib, uint64_t a, uint64_t b)
{
	uint64_t min_kib = min_u64(a, b), max_kib = max_u64(a, b);

	return kib < min_kib ? min_kib - kib : sat_sub(kib, max_kib);
}

void foreign_doubt(struct foreign *foreign)
{
	foreign->in_doubt_ms = IN_DOUBT_MS;
}

/* May a call that got no answer still move the balloon of @domain? */
static bool is_in_doubt(struct foreign *foreign, const struct domain *domain,
			int64_t now_ms)
{
	int64_t elapsed_ms = foreign->looked_ms ? now_ms - foreign->looked_ms : 0;

	foreign->looked_ms = now_ms;
	if (elapsed_ms > LOOK_COUNTS_MS)
		elapsed_ms = LOOK_COUNTS_MS;
	if (domain_responds(domain) && foreign->in_doubt_ms > 0)
		foreign->in_doubt_ms -= elapsed_ms;
	return foreign->in_doubt_ms > 0;
}

/* A place counts only while the guest reports: its driver is there and has settled. */
static void watch_rest(struct foreign *foreign, uint64_t current_kib, bool does_report,
		       int64_t now_ms)
{
	if (!foreign->has_looked || !does_report ||
	    distance_u64(current_kib, foreign->still_kib) >= BALLOON_BREATH_KIB) {
		foreign->has_looked = true;
		foreign->still_kib = current_kib;
		foreign->still_ms = now_ms;
	} else if (now_ms - foreign->still_ms >= REST_MS) {
		foreign->has_rested = true;
		foreign->rest_kib = foreign->still_kib;
	}
}

/* How far the balloon is from where it should be; 0 if that cannot be told. */
static uint64_t find_gap_kib(const struct foreign *foreign, const struct promise *promise,
			     uint64_t current_kib, int64_t now_ms)
{
	bool has_turned = now_ms - promise->commanded_ms >= TURN_ROUND_MS;

	if (promise->is_open)
		return has_turned ? outside(current_kib, promise->from_kib,
					    promise->target_kib)
				  : 0;
	if (promise->is_kept)
		return has_turned ? distance_u64(current_kib, promise->target_kib) : 0;
	return foreign->has_rested ? distance_u64(current_kib, foreign->rest_kib) : 0;
}

/* May it be on its way through a reboot? To the maximum, and back by itself. */
static bool may_reboot(struct foreign *foreign, const struct domain *domain,
		       int64_t now_ms)
{
	if (distance_u64(domain->current_kib, domain->maximum_kib) <= AT_MAXIMUM_KIB &&
	    !foreign->is_at_maximum) {
		foreign->is_at_maximum = true;
		foreign->maximum_ms = now_ms;
	}
	return foreign->is_at_maximum && now_ms - foreign->maximum_ms < REBOOT_MS;
}

static bool is_young(const struct demand *demand, int64_t now_ms)
{
	return demand->is_young && now_ms - demand->young_since_ms < YOUNG_MS;
}

/* Deflate-on-OOM gives a guest just what it is short of: it is short still. */
static bool has_grown_by_itself(const struct promise *promise,
				const struct foreign *foreign,
				const struct demand *demand, const struct domain *domain,
				const struct settings *settings)
{
	uint64_t place_kib = promise->is_open
				     ? max_u64(promise->from_kib, promise->target_kib)
			     : promise->is_kept ? promise->target_kib
						: foreign->rest_kib;
	bool is_short = demand->free_kib < CLASSIFY_WATERMARK_KIB ||
			compare_percent(demand->free_kib, domain->current_kib,
					settings->starvation_threshold_percent) < 0;

	return domain->current_kib > place_kib && is_short;
}

/* Its old place is none any more; it gets a new one where it comes to rest. */
static void lose_place(struct foreign *foreign, struct promise *promise)
{
	promise->is_open = promise->is_kept = false;
	promise->doubt_kib = 0;
	*foreign = (struct foreign){
		.is_left_alone = foreign->is_left_alone,
		.noticed_ms = foreign->noticed_ms,
		.is_hungry = foreign->is_hungry,
	};
}

static void leave_alone(struct foreign *foreign, int64_t now_ms)
{
	foreign->is_left_alone = true;
	foreign->noticed_ms = now_ms;
	foreign->does_starve = foreign->is_hungry = false;
}

/* By time, not by looks, which can be close together; silence tells nothing. */
static void watch_hunger(struct foreign *foreign, const struct demand *demand,
			 const struct domain *domain, const struct settings *settings,
			 int64_t now_ms)
{
	enum domain_class class = classify_fair(domain, demand, settings, now_ms).class;

	if (class == CLASS_UNKNOWN)
		return;
	if (class != CLASS_STARVING) {
		foreign->does_starve = false;
		return;
	}
	if (!foreign->does_starve) {
		foreign->does_starve = true;
		foreign->starves_since_ms = now_ms;
	}
	foreign->is_hungry |= now_ms - foreign->starves_since_ms >= HUNGRY_AFTER_MS;
}

static void judge(struct foreign *foreign, struct promise *promise,
		  const struct demand *demand, const struct domain *domain,
		  const struct settings *settings, int64_t now_ms)
{
	uint64_t gap_kib = find_gap_kib(foreign, promise, domain->current_kib, now_ms);
	uint64_t old_gap_kib = foreign->is_away ? foreign->away_kib : 0;
	bool is_coming_back = sat_sub(old_gap_kib, gap_kib) >= BALLOON_BREATH_KIB;

	if (gap_kib < AWAY_MIN_KIB) {
		foreign->is_away = foreign->is_at_maximum = false;
		return;
	}
	if (!foreign->is_away || is_coming_back) {
		foreign->is_away = true;
		foreign->away_ms = now_ms;
		foreign->away_kib = gap_kib;
	}
	foreign->away_kib = max_u64(foreign->away_kib, gap_kib);
	/* A sample of after the departure: counters that fell would have shown a reboot.
	 */
	if (may_reboot(foreign, domain, now_ms) ||
	    now_ms - foreign->away_ms < CONFIRM_MS ||
	    demand->sample_ms - foreign->away_ms < CONFIRM_MS)
		return;

	bool is_foreign =
		!has_grown_by_itself(promise, foreign, demand, domain, settings);

	/* A promise that comes not true like that is left to the rule for stuck ones. */
	if (is_foreign || !promise->is_open)
		lose_place(foreign, promise);
	foreign->is_away = false;
	if (is_foreign)
		leave_alone(foreign, now_ms);
}

void foreign_observe(struct foreign *foreign, struct promise *promise,
		     const struct demand *demand, const struct domain *domain,
		     const struct settings *settings, int64_t now_ms)
{
	if (foreign->is_left_alone) {
		if (now_ms - foreign->noticed_ms >= FOREIGN_LEFT_ALONE_MS) {
			*foreign = (struct foreign){ 0 };
			return;
		}
		watch_hunger(foreign, demand, domain, settings, now_ms);
		/* Where it was left nobody minds; where it was helped to is its place. */
		if (!promise->is_open && !promise->is_kept)
			return;
	}
	if (is_in_doubt(foreign, domain, now_ms) || !domain_responds(domain)) {
		foreign->is_away = false;
		return;
	}

	bool does_report =
		!demand_is_stale(demand, domain, now_ms) && !is_young(demand, now_ms);

	watch_rest(foreign, domain->current_kib, does_report, now_ms);
	if (does_report)
		judge(foreign, promise, demand, domain, settings, now_ms);
	else
		foreign->is_away = false;
}
