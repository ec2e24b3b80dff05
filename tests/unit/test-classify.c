/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

static struct world world;

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_clear(&world);
	return 0;
}

static struct verdict judge(size_t i)
{
	return classify_classic(&world.domains[i], &world.history.records[i].demand,
				&world.settings, world.snapshot.now_ms);
}

/* The three states, and their borders, on a balloon of 100000 KiB over 1 s. */
static void states_and_borders(void **state)
{
	static const struct {
		uint64_t before_kib, free_kib;
		enum domain_class class;
		enum reason reason;
	} cases[] = {
		/* below 15 % and consuming more than 1 KiB/s */
		{ 20000, 14999, CLASS_STARVING, REASON_LOW_AND_CONSUMING },
		{ 15001, 14999, CLASS_STARVING, REASON_LOW_AND_CONSUMING },
		{ 2, 0, CLASS_STARVING, REASON_LOW_AND_CONSUMING },
		/* exactly 15 % */
		{ 20000, 15000, CLASS_BALANCED, REASON_ENOUGH },
		/* rate exactly 1 KiB/s, below it, and a recovering domain */
		{ 15000, 14999, CLASS_BALANCED, REASON_LOW_NOT_CONSUMING },
		{ 14999, 14999, CLASS_BALANCED, REASON_LOW_NOT_CONSUMING },
		{ 1000, 14999, CLASS_BALANCED, REASON_LOW_NOT_CONSUMING },
		/* above 50 % and consuming less than 1 KiB/s */
		{ 50001, 50001, CLASS_WASTING, REASON_MUCH_UNUSED },
		{ 20000, 90000, CLASS_WASTING, REASON_MUCH_UNUSED },
		{ 100000, 100000, CLASS_WASTING, REASON_MUCH_UNUSED },
		/* exactly 50 % */
		{ 50000, 50000, CLASS_BALANCED, REASON_ENOUGH },
		/* above 50 % with a rate of exactly 1 KiB/s, and above it */
		{ 50002, 50001, CLASS_BALANCED, REASON_MUCH_BUT_CONSUMING },
		{ 90000, 60000, CLASS_BALANCED, REASON_MUCH_BUT_CONSUMING },
		/* in between */
		{ 40000, 30000, CLASS_BALANCED, REASON_ENOUGH },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_up(NULL);
		struct domain *domain =
			world_add(&world, 100000, 4 * GIB, cases[i].before_kib);
		world_look(&world, 0);
		domain->usable_kib = cases[i].free_kib;
		world_sample(&world, 1000);
		assert_int_equal(judge(0).class, cases[i].class);
		assert_int_equal(judge(0).reason, cases[i].reason);
		tear_down(NULL);
	}
}

static void thresholds_are_settings(void **state)
{
	(void)state;
	world.settings.starvation_threshold_percent = 30;
	world.settings.waste_threshold_percent = 40;
	world.settings.rate_threshold_bytes = (uint64_t)10 * 1024;
	world_add(&world, 100000, 4 * GIB, 30000);
	world_add(&world, 100000, 4 * GIB, 41000);
	world_add(&world, 100000, 4 * GIB, 29010);
	world_look(&world, 0);
	world.domains[0].usable_kib = 29000; /* 1000 KiB/s */
	world.domains[1].usable_kib = 40991; /* 9 KiB/s */
	world.domains[2].usable_kib = 29000; /* 10 KiB/s */
	world_sample(&world, 1000);
	assert_int_equal(judge(0).class, CLASS_STARVING);
	assert_int_equal(judge(1).class, CLASS_WASTING);
	assert_int_equal(judge(2).class, CLASS_BALANCED);
}

static void what_cannot_be_judged_says_why(void **state)
{
	struct domain *domain = world_add(&world, 100000, 4 * GIB, 60000);
	struct domain healthy;

	(void)state;
	world_look(&world, 0);
	assert_int_equal(judge(0).class, CLASS_UNKNOWN);
	assert_int_equal(judge(0).reason, REASON_FIRST_SAMPLE);
	world_sample(&world, 1000);
	assert_int_equal(judge(0).class, CLASS_WASTING);
	healthy = *domain;

	domain->has_balloon = false;
	assert_int_equal(judge(0).class, CLASS_UNMANAGED);
	assert_int_equal(judge(0).reason, REASON_NO_BALLOON);
	*domain = healthy;

	domain->stats_period_s = 0;
	assert_int_equal(judge(0).class, CLASS_UNMANAGED);
	assert_int_equal(judge(0).reason, REASON_NO_STATS_PERIOD);
	*domain = healthy;

	domain->present &= ~(unsigned)DOMAIN_LAST_UPDATE;
	assert_int_equal(judge(0).class, CLASS_UNKNOWN);
	assert_int_equal(judge(0).reason, REASON_BUSY);
	*domain = healthy;

	domain->last_update_s = 0;
	assert_int_equal(judge(0).class, CLASS_UNKNOWN);
	assert_int_equal(judge(0).reason, REASON_NEVER_REPORTED);
	*domain = healthy;

	static const enum domain_state not_running[] = { DOMAIN_PAUSED, DOMAIN_SUSPENDED,
							 DOMAIN_CRASHED,
							 DOMAIN_SHUTTING_DOWN };
	for (size_t i = 0; i < sizeof(not_running) / sizeof(not_running[0]); i++) {
		domain->state = not_running[i];
		assert_int_equal(judge(0).class, CLASS_FROZEN);
		assert_int_equal(judge(0).reason, REASON_NOT_RUNNING);
	}
	*domain = healthy;

	domain->current_kib = 0;
	assert_int_equal(judge(0).class, CLASS_UNKNOWN);
	*domain = healthy;

	world_look(&world, 7001);
	assert_int_equal(judge(0).class, CLASS_UNKNOWN);
	assert_int_equal(judge(0).reason, REASON_STALE);
}

static void a_guest_without_the_metric_is_unknown(void **state)
{
	struct domain *domain = world_add(&world, 100000, 4 * GIB, 60000);

	(void)state;
	domain->present &= ~(unsigned)(DOMAIN_USABLE | DOMAIN_UNUSED);
	world_look(&world, 0);
	world_sample(&world, 1000);
	assert_int_equal(judge(0).class, CLASS_UNKNOWN);
	assert_int_equal(judge(0).reason, REASON_NO_METRIC);
}

static void a_started_domain_is_a_new_one(void **state)
{
	struct domain *domain = world_add(&world, 100000, 4 * GIB, 60000);

	(void)state;
	world_look(&world, 0);
	world_sample(&world, 1000);
	assert_int_equal(judge(0).class, CLASS_WASTING);
	domain->id++;
	world_sample(&world, 1000);
	assert_int_equal(judge(0).reason, REASON_FIRST_SAMPLE);
}

/* Not the guest is late, but who looks is early. */
static void a_period_longer_than_the_interval_is_told(void **state)
{
	struct domain *domain = world_add(&world, 100000, 4 * GIB, 60000);

	(void)state;
	domain->stats_period_s = 5;
	world_look(&world, 0);
	assert_int_equal(judge(0).reason, REASON_FIRST_SAMPLE);
	world_look(&world, 4999);
	assert_int_equal(judge(0).class, CLASS_UNKNOWN);
	assert_int_equal(judge(0).reason, REASON_SLOW_STATS);
	domain->present &= ~(unsigned)DOMAIN_STATS_PERIOD;
	assert_int_equal(judge(0).reason, REASON_FIRST_SAMPLE);
	domain->present |= DOMAIN_STATS_PERIOD;
	world_look(&world, 1);
	assert_int_equal(judge(0).reason, REASON_FIRST_SAMPLE);
	world_sample(&world, 100);
	assert_int_equal(judge(0).class, CLASS_WASTING);
}

/* metric = "unused" is the original to the letter: the balloon's move reads as use. */
static void metric_unused_is_the_original_to_the_letter(void **state)
{
	struct domain *domain = world_add(&world, 100000, 4 * GIB, 80000);

	(void)state;
	world.settings.metric = METRIC_UNUSED;
	domain->unused_kib = 14000;
	world_look(&world, 0);
	domain->unused_kib = 13000;
	world_sample(&world, 1000);
	assert_int_equal(judge(0).class, CLASS_STARVING);
	assert_int_equal(world.history.records[0].demand.rate_bytes, 1000 * 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(states_and_borders, set_up, tear_down),
		cmocka_unit_test_setup_teardown(thresholds_are_settings, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_judged_says_why, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_guest_without_the_metric_is_unknown,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_started_domain_is_a_new_one, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_period_longer_than_the_interval_is_told,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			metric_unused_is_the_original_to_the_letter, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("classify", tests, NULL, NULL);
}
