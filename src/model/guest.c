/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "model/guest.h"

#define MIB ((uint64_t)1024)

/* How fast a balloon fills, per second: from free memory, from page cache, by swapping.
 */
#define SHRINK_FREE_KIB (500 * MIB)
#define SHRINK_CACHE_KIB (150 * MIB)
#define SHRINK_SWAP_KIB (30 * MIB)
/* Giving back only takes a list of pages. */
#define GROW_KIB (1000 * MIB)
/* The guest's own swap, either way, per second. */
#define SWAP_KIB (80 * MIB)
/* An application cannot touch new pages faster than this, per second. */
#define TOUCH_KIB (400 * MIB)

/* min_free_kbytes as khugepaged raises it; small guests do without. */
#define WATERMARK_KIB (45 * MIB)
#define SMALL_WATERMARK_KIB (20 * MIB)
#define SMALL_GUEST_KIB (256 * MIB)

/* The OOM killer comes after this time without memory, a service after that time. */
#define OOM_AFTER_MS 1000
#define RESTART_AFTER_MS 10000

/* The kernel counts that much of the page cache as not available. */
#define CACHE_KEPT_PERCENT 15

/* One sample in eight is off by up to half a MiB, as idle guests' real ones are. */
#define NOISE_ODDS 8
#define NOISE_KIB 512

void sim_guest_init(struct sim_guest *guest, const struct sim_guest_spec *spec,
		    int64_t stats_period_ms, struct prng *prng)
{
	*guest = (struct sim_guest){
		.spec = spec,
		.is_up = spec->boot_ms == 0,
		.current_kib = spec->start_kib,
		.target_kib = spec->start_kib,
		.watermark_kib = spec->start_kib < SMALL_GUEST_KIB ? SMALL_WATERMARK_KIB
								   : WATERMARK_KIB,
		.rss_kib = spec->is_warm ? spec->start_kib : spec->base_kib,
		.stats_period_ms = stats_period_ms,
		.told_kib = spec->start_kib,
	};
	guest->next_stats_ms =
		spec->boot_ms + prng_below(prng, (uint32_t)stats_period_ms);
	if (guest->is_up)
		guest->anonymous_kib = min_u64(
			sim_demand_kib(spec->terms, spec->n_terms, 0),
			sat_sub(spec->start_kib, spec->base_kib + guest->watermark_kib));
}

static uint64_t free_kib(const struct sim_guest *guest)
{
	return sat_sub(guest->current_kib,
		       guest->spec->base_kib + guest->anonymous_kib + guest->cache_kib);
}

/* What the application and the page cache can have together. */
static uint64_t room_kib(const struct sim_guest *guest)
{
	return sat_sub(guest->current_kib, guest->spec->base_kib + guest->watermark_kib);
}

uint64_t sim_guest_usable_kib(const struct sim_guest *guest)
{
	return sat_sub(room_kib(guest),
		       guest->anonymous_kib +
			       guest->cache_kib * CACHE_KEPT_PERCENT / 100);
}

bool sim_guest_has_driver(const struct sim_guest *guest, int64_t now_ms)
{
	return guest->is_up && now_ms >= guest->spec->boot_ms + guest->spec->driver_ms;
}

uint64_t sim_guest_owed_kib(const struct sim_guest *guest, int64_t at_ms)
{
	const struct sim_guest_spec *spec = guest->spec;

	if (!guest->is_up)
		return 0;
	if (guest->is_dead)
		return spec->base_kib;
	return spec->base_kib +
	       sim_demand_kib(spec->terms, spec->n_terms, at_ms - spec->boot_ms);
}

uint64_t sim_guest_need_kib(const struct sim_guest *guest, int64_t at_ms)
{
	bool is_down = guest->is_dead || at_ms < guest->killed_until_ms;

	if (guest->is_up && is_down)
		return guest->spec->base_kib;
	return sim_guest_owed_kib(guest, at_ms);
}

/* What @per_second_kib comes to within @step_ms. */
static uint64_t within(uint64_t per_second_kib, int64_t step_ms)
{
	return per_second_kib * (uint64_t)step_ms / 1000;
}

/* The balloon takes free memory first, then page cache; then the guest has to swap. */
static void shrink(struct sim_guest *guest, int64_t step_ms)
{
	uint64_t left_kib = guest->target_kib < guest->current_kib
				    ? guest->current_kib - guest->target_kib
				    : 0;
	uint64_t from_free_kib =
		min_u64(min_u64(left_kib, within(SHRINK_FREE_KIB, step_ms)),
			sat_sub(free_kib(guest), guest->watermark_kib));
	uint64_t from_cache_kib = 0, from_swap_kib = 0;

	left_kib -= from_free_kib;
	if (from_free_kib < within(SHRINK_FREE_KIB, step_ms))
		from_cache_kib =
			min_u64(min_u64(left_kib, within(SHRINK_CACHE_KIB, step_ms)),
				guest->cache_kib);
	left_kib -= from_cache_kib;
	if (from_free_kib < within(SHRINK_FREE_KIB, step_ms) && from_cache_kib == 0)
		from_swap_kib = min_u64(
			min_u64(left_kib, within(SHRINK_SWAP_KIB, step_ms)),
			min_u64(guest->anonymous_kib,
				sat_sub(guest->spec->swap_kib, guest->swapped_kib)));
	guest->cache_kib -= from_cache_kib;
	guest->anonymous_kib -= from_swap_kib;
	guest->swapped_kib += from_swap_kib;
	guest->swap_out_kib += from_swap_kib;
	guest->current_kib -= from_free_kib + from_cache_kib + from_swap_kib;
	guest->moved_kib += from_free_kib + from_cache_kib + from_swap_kib;
}

static void grow(struct sim_guest *guest, int64_t step_ms)
{
	uint64_t amount_kib = min_u64(sat_sub(guest->target_kib, guest->current_kib),
				      within(GROW_KIB, step_ms));

	guest->current_kib += amount_kib;
	guest->moved_kib += amount_kib;
}

static void move_balloon(struct sim_guest *guest, int64_t now_ms, int64_t step_ms)
{
	if (!sim_guest_has_driver(guest, now_ms)) {
		guest->current_kib = guest->spec->maximum_kib;
	} else if (guest->spec->cooperates) {
		shrink(guest, step_ms);
		grow(guest, step_ms);
	}
}

/* The application lets go of what it no longer wants, in memory and swap alike. */
static void release(struct sim_guest *guest, uint64_t wanted_kib)
{
	uint64_t held_kib = guest->anonymous_kib + guest->swapped_kib;

	if (wanted_kib >= held_kib)
		return;
	guest->swapped_kib = sat_mul_div(guest->swapped_kib, wanted_kib, held_kib);
	guest->anonymous_kib = wanted_kib - guest->swapped_kib;
}

/* Nothing is free: swap, or be killed after a while. */
static void run_short(struct sim_guest *guest, uint64_t missing_kib, int64_t now_ms,
		      int64_t step_ms)
{
	uint64_t space_kib = sat_sub(guest->spec->swap_kib, guest->swapped_kib);

	if (space_kib > 0) {
		uint64_t out_kib = min_u64(
			min_u64(missing_kib, within(SWAP_KIB, step_ms)), space_kib);

		guest->swapped_kib += out_kib;
		guest->swap_out_kib += out_kib;
		guest->stalled_ms = 0;
		return;
	}
	guest->stalled_ms += step_ms;
	if (guest->stalled_ms <= OOM_AFTER_MS)
		return;
	guest->n_oom_kills++;
	guest->anonymous_kib = guest->swapped_kib = 0;
	guest->stalled_ms = 0;
	guest->is_dead = guest->spec->is_oneshot;
	guest->killed_until_ms = now_ms + RESTART_AFTER_MS;
}

static void claim(struct sim_guest *guest, uint64_t wanted_kib, int64_t now_ms,
		  int64_t step_ms)
{
	uint64_t held_kib = guest->anonymous_kib + guest->swapped_kib;
	uint64_t growth_kib =
		min_u64(sat_sub(wanted_kib, held_kib), within(TOUCH_KIB, step_ms));
	uint64_t given_kib =
		min_u64(growth_kib, sat_sub(room_kib(guest), guest->anonymous_kib));

	guest->anonymous_kib += given_kib;
	if (given_kib < growth_kib)
		run_short(guest, growth_kib - given_kib, now_ms, step_ms);
	else
		guest->stalled_ms = 0;
}

static void swap_in(struct sim_guest *guest, int64_t step_ms)
{
	uint64_t in_kib = min_u64(min_u64(guest->swapped_kib, within(SWAP_KIB, step_ms)),
				  sat_sub(room_kib(guest), guest->anonymous_kib));

	if (guest->stalled_ms > 0)
		return;
	guest->swapped_kib -= in_kib;
	guest->anonymous_kib += in_kib;
	guest->swap_in_kib += in_kib;
}

/* The application comes first; files are cached in what it leaves. */
static void fill_cache(struct sim_guest *guest, int64_t step_ms)
{
	uint64_t room_left_kib = sat_sub(room_kib(guest), guest->anonymous_kib);

	guest->cache_kib = min_u64(guest->cache_kib, room_left_kib);

	uint64_t read_kib = min_u64(within(guest->spec->io_kib, step_ms),
				    room_left_kib - guest->cache_kib);

	if (read_kib > 0)
		guest->cache_kib =
			min_u64(guest->spec->cache_max_kib, guest->cache_kib + read_kib);
}

void sim_guest_step(struct sim_guest *guest, int64_t now_ms, int64_t step_ms)
{
	const struct sim_guest_spec *spec = guest->spec;
	uint64_t touched_kib;

	if (now_ms < spec->boot_ms)
		return;
	guest->is_up = true;
	move_balloon(guest, now_ms, step_ms);

	uint64_t wanted_kib = sim_guest_need_kib(guest, now_ms) - spec->base_kib;

	release(guest, wanted_kib);
	claim(guest, wanted_kib, now_ms, step_ms);
	swap_in(guest, step_ms);
	fill_cache(guest, step_ms);
	touched_kib = spec->base_kib + guest->anonymous_kib + guest->cache_kib;
	guest->rss_kib =
		min_u64(guest->current_kib, max_u64(guest->rss_kib, touched_kib));
}

static uint64_t with_noise(uint64_t kib, int64_t noise_kib)
{
	return noise_kib < 0 ? sat_sub(kib, (uint64_t)-noise_kib)
			     : kib + (uint64_t)noise_kib;
}

void sim_guest_report(struct sim_guest *guest, int64_t now_ms, struct prng *prng)
{
	int64_t noise_kib = 0;

	if (!sim_guest_has_driver(guest, now_ms) || guest->stats_period_ms == 0 ||
	    now_ms < guest->next_stats_ms ||
	    (guest->spec->falls_silent && now_ms >= guest->spec->silent_at_ms))
		return;
	if (prng_below(prng, NOISE_ODDS) == 0)
		noise_kib = (int64_t)prng_below(prng, 2 * NOISE_KIB + 1) - NOISE_KIB;
	guest->stats = (struct sim_stats){
		.is_there = true,
		.last_update_s = max_u64(guest->stats.last_update_s + 1,
					 SIM_EPOCH_S + (uint64_t)now_ms / 1000),
		.current_kib = guest->current_kib,
		.usable_kib = with_noise(sim_guest_usable_kib(guest), noise_kib),
		.unused_kib = with_noise(free_kib(guest), noise_kib),
		.disk_caches_kib = guest->cache_kib,
		.swap_in_kib = guest->swap_in_kib,
		.swap_out_kib = guest->swap_out_kib,
	};
	guest->next_stats_ms = now_ms + guest->stats_period_ms;
}
