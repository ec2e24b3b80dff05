/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What guests count, and what some of them send instead. */
#include "core/counters.h"
#include "planning.h"

#define HUGE_FAULTS 18446744071562067968ULL /* as a driver for Windows sent */
#define HUGE_SWAP 18014398509481980ULL

static struct domain *domain;

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	world.settings.policy = &policy_fair;
	plan = (struct plan){ 0 };
	domain = world_add(&world, 1000 * MIB, 4000 * MIB, 300 * MIB);
	domain->present |= DOMAIN_SWAP_IN | DOMAIN_SWAP_OUT | DOMAIN_MAJOR_FAULTS;
	return 0;
}

static const struct demand *demand(void)
{
	return &world.history.records[0].demand;
}

/* Three counters; NONE: it is not reported. */
struct shown {
	uint64_t swap_in, swap_out, faults;
};

#define NONE UINT64_MAX

static void show_one(uint64_t value, enum domain_figure figure,
		     uint64_t *figure_of_domain)
{
	domain->present &= ~(unsigned)figure;
	if (value == NONE)
		return;
	domain->present |= figure;
	*figure_of_domain = value;
}

static void show(const struct shown *shown, int64_t elapsed_ms)
{
	show_one(shown->swap_in, DOMAIN_SWAP_IN, &domain->swap_in_kib);
	show_one(shown->swap_out, DOMAIN_SWAP_OUT, &domain->swap_out_kib);
	show_one(shown->faults, DOMAIN_MAJOR_FAULTS, &domain->major_faults);
	world_sample(&world, elapsed_ms);
}

static void a_reboot_is_told_by_all_counters_together(void **state)
{
	static const struct {
		struct shown before, after;
		bool is_reboot;
	} cases[] = {
		{ { 10, 10, 10 }, { 10, 10, 10 }, false },
		{ { 10, 10, 10 }, { 11, 12, 13 }, false },
		{ { 10, 10, 10 }, { 0, 0, 0 }, true },
		{ { 10, 10, 10 }, { 9, 10, 10 }, true },
		/* what was 0 before may have been counted since */
		{ { 0, 0, 1000 }, { 5, 5, 100 }, true },
		{ { 0, 0, 0 }, { 5, 5, 5 }, false },
		{ { NONE, NONE, 1000 }, { NONE, NONE, 10 }, true },
		/* one counter falls, another one goes on */
		{ { 5000, 10, 10 }, { 20, 11, 10 }, false },
		{ { 20, 10, 10 }, { 5000, 9, 10 }, false },
		{ { 5000, 10, NONE }, { 20, 11, 10 }, false },
		/* only what both have */
		{ { 5000, NONE, NONE }, { NONE, 10, 10 }, false },
		{ { 5000, 10, NONE }, { NONE, 9, 10 }, true },
		/* what cannot be true is none of them */
		{ { HUGE_SWAP, 10, 10 }, { 5000, 10, 10 }, false },
		{ { 5000, 10, 10 }, { HUGE_SWAP, 10, 10 }, false },
		{ { 5, 5, HUGE_FAULTS }, { 5, 5, 10 }, false },
		{ { HUGE_SWAP, 10, HUGE_FAULTS }, { 0, 0, 0 }, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tear_down(NULL);
		set_up(NULL);
		show(&cases[i].before, 1000);
		show(&cases[i].before, 1000);
		assert_true(demand()->has_rate);
		show(&cases[i].after, 1000);
		assert_int_equal(demand()->is_young, cases[i].is_reboot);
		assert_int_equal(demand()->has_rate, !cases[i].is_reboot);
	}
}

/* True and absurd figures in turn: neither swapping, nor faults, nor a reboot. */
static void a_counter_that_flaps_is_none(void **state)
{
	static const struct shown cases[][2] = {
		{ { HUGE_SWAP, 0, 0 }, { 5000, 0, 0 } },
		{ { 0, HUGE_SWAP, 0 }, { 0, 5000, 0 } },
		{ { 0, 0, HUGE_FAULTS }, { 0, 0, 5000 } },
		{ { 0, 900000, 900000 }, { 0, NONE, NONE } },
		{ { HUGE_SWAP, HUGE_SWAP, HUGE_FAULTS }, { 9000, 90000, 90000 } },
		{ { NONE, NONE, HUGE_FAULTS }, { NONE, NONE, HUGE_FAULTS } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tear_down(NULL);
		set_up(NULL);
		for (int n = 0; n < 20; n++) {
			show(&cases[i][n % 2], 1000);
			assert_int_equal(demand()->has_rate, n > 0);
			assert_int_equal(demand()->swapping.state, SWAPPING_NOT);
			assert_int_equal(demand()->faults_per_s, 0);
		}
		assert_false(demand()->is_young);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_reboot_is_told_by_all_counters_together),
		TEST(a_counter_that_flaps_is_none),
	};

	return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}
