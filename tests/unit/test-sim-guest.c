/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated guest: no memory comes from nowhere, and nothing is faster than real. */
#include "base/sat.h"
#include "model/guest.h"
#include "testing.h"

enum { STEP_MS = 250, STEPS_PER_S = 1000 / STEP_MS };

static struct sim_guest_spec spec;
static struct sim_guest guest;
static struct prng prng;
static int64_t now_ms;

static int set_up(void **state)
{
	(void)state;
	prng = (struct prng){ 1 };
	now_ms = 0;
	spec = (struct sim_guest_spec){
		.name = "guest",
		.maximum_kib = 4 * GIB,
		.start_kib = 2 * GIB,
		.base_kib = 150 * MIB,
		.weight = 100,
		.cooperates = true,
		.is_warm = true,
		.n_terms = 1,
		.terms = { { .shape = SIM_CONSTANT, .amount_kib = 300 * MIB } },
	};
	return 0;
}

static void begin(void)
{
	sim_guest_init(&guest, &spec, 2000, &prng);
}

static void assert_sound(void)
{
	uint64_t held_kib = spec.base_kib + guest.anonymous_kib + guest.cache_kib;

	assert_true(held_kib <= guest.current_kib);
	assert_true(guest.rss_kib <= guest.current_kib);
	assert_true(guest.current_kib <= spec.maximum_kib);
	assert_true(guest.swapped_kib <= spec.swap_kib);
	assert_true(guest.cache_kib <= spec.cache_max_kib);
	assert_true(sim_guest_usable_kib(&guest) <= guest.current_kib - spec.base_kib);
}

static void live_ms(int64_t ms)
{
	for (int64_t end_ms = now_ms + ms; now_ms < end_ms;) {
		now_ms += STEP_MS;
		sim_guest_step(&guest, now_ms, STEP_MS);
		sim_guest_report(&guest, now_ms, &prng);
		assert_sound();
	}
}

/* Give the application @mib to need on top, from the next step on. */
static void need_more(int64_t mib)
{
	spec.terms[spec.n_terms++] =
		(struct sim_term){ .shape = SIM_CONSTANT, .amount_kib = mib * 1024 };
}

static void a_guest_at_rest_stays_so(void **state)
{
	(void)state;
	begin();
	live_ms(60000);
	assert_int_equal(guest.current_kib, 2 * GIB);
	assert_int_equal(guest.anonymous_kib, 300 * MIB);
	assert_int_equal(guest.rss_kib, 2 * GIB);
	assert_int_equal(guest.moved_kib, 0);
	assert_int_equal(guest.n_oom_kills, 0);
	/* 2048 - 150 - 300 - 45 */
	assert_int_equal(sim_guest_usable_kib(&guest), 1553 * MIB);
}

static void random_guest(void)
{
	set_up(NULL);
	prng.state = prng_next(&prng);
	spec.start_kib = (300 + prng_below(&prng, 3000)) * MIB;
	spec.io_kib = prng_below(&prng, 100) * MIB;
	spec.cache_max_kib = prng_below(&prng, 3000) * MIB;
	spec.swap_kib = prng_below(&prng, 2) * prng_below(&prng, 2000) * MIB;
	spec.is_warm = prng_below(&prng, 2);
	spec.cooperates = prng_below(&prng, 8) > 0;
	spec.is_oneshot = prng_below(&prng, 2);
	spec.driver_ms = prng_below(&prng, 4) ? 0 : 5000;
	spec.terms[spec.n_terms++] = (struct sim_term){
		.shape = (enum sim_shape)prng_below(&prng, 5),
		.amount_kib = ((int64_t)prng_below(&prng, 6000) - 2000) * 1024,
		.from_ms = 3000,
		.to_ms = 20000,
		.period_ms = 10000,
	};
	begin();
}

/* assert_sound() in each step is the test. */
static void memory_is_conserved_whatever_happens(void **state)
{
	int rounds = getenv("MEMCOORD_TEST_QUICK") ? 20 : 500;
	uint64_t seed = 0;

	(void)state;
	for (int i = 0; i < rounds; i++) {
		struct prng targets = { ++seed };

		random_guest();
		prng.state = seed;
		for (int s = 0; s < 60; s++) {
			if (prng_below(&targets, 4) == 0)
				guest.target_kib = prng_below(&targets, 4 * GIB + 1);
			live_ms(1000);
		}
	}
}

static uint64_t shrunk_within_1_s(uint64_t target_kib)
{
	uint64_t before_kib = guest.current_kib;

	guest.target_kib = target_kib;
	live_ms(1000);
	return before_kib - guest.current_kib;
}

static void a_balloon_takes_free_memory_fast(void **state)
{
	(void)state;
	begin();
	assert_int_equal(shrunk_within_1_s(700 * MIB), 500 * MIB);
	assert_int_equal(guest.moved_kib, 500 * MIB);
	assert_int_equal(guest.rss_kib, guest.current_kib);
}

static void page_cache_takes_longer(void **state)
{
	(void)state;
	spec.io_kib = 1000 * MIB;
	spec.cache_max_kib = 4 * GIB;
	begin();
	live_ms(3000); /* all is cached but the watermark */
	assert_int_equal(guest.cache_kib, 1553 * MIB);
	spec.io_kib = 0;
	assert_int_equal(shrunk_within_1_s(700 * MIB), 150 * MIB);
	assert_int_equal(guest.cache_kib, 1403 * MIB);
}

static void swapping_takes_longest(void **state)
{
	(void)state;
	spec.swap_kib = 1 * GIB;
	spec.start_kib = 500 * MIB;
	begin();
	live_ms(1000);
	shrunk_within_1_s(495 * MIB); /* nothing is free any more */
	/* And nothing is, so the guest cannot swap in either. */
	assert_int_equal(shrunk_within_1_s(300 * MIB), 30 * MIB);
	assert_int_equal(guest.swap_out_kib, 30 * MIB);
	assert_int_equal(guest.swap_in_kib, 0);
}

static void without_swap_a_balloon_stops(void **state)
{
	(void)state;
	begin();
	guest.target_kib = 100 * MIB;
	live_ms(30000);
	assert_int_equal(guest.current_kib, (150 + 300 + 45) * MIB);
	assert_int_equal(guest.n_oom_kills, 0);
}

static void a_balloon_gives_back_faster(void **state)
{
	(void)state;
	begin();
	guest.target_kib = 4 * GIB;
	live_ms(1000);
	assert_int_equal(guest.current_kib, 3048 * MIB);
	assert_int_equal(guest.rss_kib, 2 * GIB); /* not touched yet */
	live_ms(2000);
	assert_int_equal(guest.current_kib, 4 * GIB);
}

static void a_wooden_balloon_never_moves(void **state)
{
	(void)state;
	spec.cooperates = false;
	begin();
	guest.target_kib = 1 * GIB;
	live_ms(60000);
	assert_int_equal(guest.current_kib, 2 * GIB);
}

static void a_service_is_killed_and_comes_back(void **state)
{
	(void)state;
	begin();
	need_more(2000); /* more than the guest has */
	while (guest.anonymous_kib < (2048 - 150 - 45) * MIB)
		live_ms(STEP_MS);
	int64_t full_ms = now_ms;

	while (guest.n_oom_kills == 0)
		live_ms(STEP_MS);
	assert_in_range(now_ms - full_ms, 1000, 1500);
	assert_int_equal(guest.anonymous_kib, 0);
	assert_int_equal(sim_guest_need_kib(&guest, now_ms), 150 * MIB);
	assert_int_equal(sim_guest_owed_kib(&guest, now_ms), 2450 * MIB);
	live_ms(9500);
	assert_int_equal(guest.anonymous_kib, 0);
	live_ms(1000);
	assert_true(guest.anonymous_kib > 0);
}

static void a_oneshot_stays_dead(void **state)
{
	(void)state;
	spec.is_oneshot = true;
	begin();
	need_more(2000);
	live_ms(60000);
	assert_int_equal(guest.n_oom_kills, 1);
	assert_true(guest.is_dead);
	assert_int_equal(guest.anonymous_kib, 0);
	assert_int_equal(sim_guest_owed_kib(&guest, now_ms), 150 * MIB);
}

static void memory_in_time_prevents_the_kill(void **state)
{
	(void)state;
	begin();
	need_more(2000);
	while (guest.stalled_ms < 1000)
		live_ms(STEP_MS);
	guest.target_kib = 4 * GIB;
	live_ms(60000);
	assert_int_equal(guest.n_oom_kills, 0);
	assert_int_equal(guest.anonymous_kib, 2300 * MIB);
}

static void swap_prevents_the_kill_while_it_lasts(void **state)
{
	(void)state;
	spec.swap_kib = 400 * MIB;
	begin();
	need_more(2000);
	while (guest.swapped_kib == 0)
		live_ms(STEP_MS);
	uint64_t before_kib = guest.swapped_kib;

	live_ms(1000);
	assert_int_equal(guest.swapped_kib - before_kib, 80 * MIB);
	while (guest.swapped_kib < spec.swap_kib)
		live_ms(STEP_MS);
	assert_int_equal(guest.n_oom_kills, 0);
	live_ms(1500);
	assert_int_equal(guest.n_oom_kills, 1);
	assert_int_equal(guest.swapped_kib, 0);
}

static void what_was_swapped_out_comes_back(void **state)
{
	(void)state;
	spec.swap_kib = 1 * GIB;
	begin();
	need_more(2000);
	while (guest.anonymous_kib + guest.swapped_kib < 2300 * MIB)
		live_ms(STEP_MS);
	uint64_t out_kib = guest.swapped_kib;

	guest.target_kib = 4 * GIB;
	live_ms(30000);
	assert_int_equal(guest.swapped_kib, 0);
	assert_int_equal(guest.anonymous_kib, 2300 * MIB);
	assert_int_equal(guest.swap_in_kib, guest.swap_out_kib);
	assert_true(guest.swap_out_kib >= out_kib);
}

static void what_is_freed_stays_on_the_host_until_the_balloon_takes_it(void **state)
{
	(void)state;
	begin();
	spec.terms[0].amount_kib = 0;
	live_ms(1000);
	assert_int_equal(guest.anonymous_kib, 0);
	assert_int_equal(guest.rss_kib, 2 * GIB);
}

static void without_its_driver_a_guest_has_all(void **state)
{
	(void)state;
	spec.boot_ms = 5000;
	spec.driver_ms = 6000;
	spec.is_warm = false;
	spec.start_kib = 1 * GIB;
	begin();
	assert_false(guest.is_up);
	live_ms(4750);
	assert_false(guest.is_up);
	assert_int_equal(sim_guest_owed_kib(&guest, now_ms), 0);
	live_ms(STEP_MS);
	assert_true(guest.is_up);
	assert_int_equal(guest.current_kib, 4 * GIB);
	live_ms(5750);
	assert_int_equal(guest.current_kib, 4 * GIB);
	assert_false(guest.stats.is_there);
	live_ms(1000);
	assert_int_equal(guest.current_kib, 4 * GIB - 500 * MIB);
	live_ms(6000);
	assert_int_equal(guest.current_kib, 1 * GIB);
	assert_true(guest.stats.is_there);
}

static void every_report_is_a_new_one(void **state)
{
	int64_t last_ms = -1;
	uint64_t last_update_s = 0;
	unsigned n = 0;

	(void)state;
	begin();
	while (now_ms < 60000) {
		live_ms(STEP_MS);
		if (guest.stats.last_update_s == last_update_s)
			continue;
		assert_true(guest.stats.last_update_s > last_update_s);
		if (last_ms >= 0)
			assert_int_equal(now_ms - last_ms, 2000);
		last_ms = now_ms;
		last_update_s = guest.stats.last_update_s;
		n++;
	}
	assert_in_range(n, 29, 30);
}

static void reports_are_nearly_exact(void **state)
{
	uint64_t lowest_kib = UINT64_MAX, highest_kib = 0;

	(void)state;
	begin();
	live_ms(2000);
	while (now_ms < 600000) {
		live_ms(2000);
		lowest_kib = min_u64(lowest_kib, guest.stats.usable_kib);
		highest_kib = max_u64(highest_kib, guest.stats.usable_kib);
	}
	assert_in_range(lowest_kib, 1553 * MIB - 512, 1553 * MIB - 1);
	assert_in_range(highest_kib, 1553 * MIB + 1, 1553 * MIB + 512);
	assert_int_equal(guest.stats.current_kib, 2 * GIB);
}

static void a_mute_guest_reports_no_more(void **state)
{
	(void)state;
	spec.falls_silent = true;
	spec.silent_at_ms = 10000;
	begin();
	live_ms(9750);
	struct sim_stats last = guest.stats;

	assert_true(last.is_there);
	live_ms(60000);
	assert_int_equal(guest.stats.last_update_s, last.last_update_s);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_guest_at_rest_stays_so),
		TEST(memory_is_conserved_whatever_happens),
		TEST(a_balloon_takes_free_memory_fast),
		TEST(page_cache_takes_longer),
		TEST(swapping_takes_longest),
		TEST(without_swap_a_balloon_stops),
		TEST(a_balloon_gives_back_faster),
		TEST(a_wooden_balloon_never_moves),
		TEST(a_service_is_killed_and_comes_back),
		TEST(a_oneshot_stays_dead),
		TEST(memory_in_time_prevents_the_kill),
		TEST(swap_prevents_the_kill_while_it_lasts),
		TEST(what_was_swapped_out_comes_back),
		TEST(what_is_freed_stays_on_the_host_until_the_balloon_takes_it),
		TEST(without_its_driver_a_guest_has_all),
		TEST(every_report_is_a_new_one),
		TEST(reports_are_nearly_exact),
		TEST(a_mute_guest_reports_no_more),
	};

	return cmocka_run_group_tests_name("sim-guest", tests, NULL, NULL);
}
