/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

static struct settings settings;
static struct world world;

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	settings = world.settings;
	return 0;
}

static struct domain *guest(uint64_t current_mib, uint64_t usable_mib)
{
	return world_add(&world, current_mib * MIB, 4 * GIB, usable_mib * MIB);
}

/* Look at @domain, which is on its way to @target_kib, when its report has just come. */
static void look_on_the_way(struct demand *demand, const struct domain *domain,
			    uint64_t target_kib, int64_t now_ms)
{
	const struct moment moment = {
		.now_ms = now_ms,
		.has_time = true,
		.time_s = domain->last_update_s,
	};

	demand_observe(demand, domain, target_kib, &settings, &moment);
}

static void look(struct demand *demand, const struct domain *domain, int64_t now_ms)
{
	look_on_the_way(demand, domain, domain->current_kib, now_ms);
}

static void first_sample_has_no_rate(void **state)
{
	struct domain *domain = guest(1024, 256);
	struct demand demand = { 0 };

	(void)state;
	look(&demand, domain, 5000);
	assert_true(demand.has_sample);
	assert_false(demand.has_rate);
	assert_int_equal(demand.used_kib, 768 * MIB);
	assert_int_equal(demand_free_kib(&demand, domain, METRIC_AUTO), 256 * MIB);
}

static void rate_is_signed_and_over_real_time(void **state)
{
	static const struct {
		uint64_t before_mib, after_mib;
		int64_t elapsed_ms, rate_mib;
	} cases[] = {
		{ 300, 200, 2000, 50 }, { 300, 200, 4000, 25 }, { 200, 300, 2000, -50 },
		{ 200, 200, 2000, 0 },	{ 300, 200, 500, 100 }, { 201, 200, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct demand demand = { 0 };

		set_up(NULL);
		struct domain *domain = guest(1024, cases[i].before_mib);
		look(&demand, domain, 5000);
		domain->usable_kib = cases[i].after_mib * MIB;
		domain->last_update_s += 1;
		look(&demand, domain, 5000 + cases[i].elapsed_ms);
		assert_true(demand.has_rate);
		assert_int_equal(demand.rate_bytes, cases[i].rate_mib * 1024 * 1024);
	}
}

static void a_poll_without_new_sample_changes_nothing(void **state)
{
	struct domain *domain = guest(1024, 300);
	struct demand demand = { 0 }, before;

	(void)state;
	look(&demand, domain, 5000);
	before = demand;
	domain->usable_kib = 100 * MIB; /* cannot be: same last_update */
	look(&demand, domain, 7000);
	assert_int_equal(demand.used_kib, before.used_kib);
	assert_int_equal(demand.sample_ms, 5000);
	assert_false(demand.has_rate);
}

/* A guest reports once a second at most: what was seen sooner was only seen sooner. */
static void reports_are_no_closer_than_they_can_be(void **state)
{
	static const struct {
		unsigned period_s;
		uint64_t told_s; /* from one report to the other */
		int64_t seen_ms, interval_ms;
	} cases[] = {
		{ 1, 1, 0, 1000 },    { 1, 1, 500, 1000 },   { 1, 2, 500, 1000 },
		{ 1, 1, 1500, 1500 }, { 5, 5, 1250, 4000 },  { 5, 6, 1250, 5000 },
		{ 5, 5, 5250, 5250 }, { 5, 50, 1250, 5000 }, /* the clock was set */
		{ 5, 1, 500, 1000 }, /* the period has been shortened meanwhile */
		{ 0, 30, 500, 1000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct demand demand = { 0 };

		set_up(NULL);
		struct domain *domain = guest(1024, 300);
		domain->stats_period_s = cases[i].period_s;
		look(&demand, domain, 5000);
		domain->usable_kib = 200 * MIB;
		domain->last_update_s += cases[i].told_s;
		look(&demand, domain, 5000 + cases[i].seen_ms);
		assert_int_equal(demand.rate_bytes, (int64_t)100 * 1024 * 1024 * 1000 /
							    cases[i].interval_ms);
	}
}

static void our_own_move_is_no_consumption(void **state)
{
	struct domain *domain = guest(1024, 600);
	struct demand demand = { 0 };

	(void)state;
	look(&demand, domain, 5000);
	/* Shrunk by 300 MiB right after the look; done at 5.2 s, as an event told. */
	balloon_sizes_note(&demand.balloon, 724 * MIB, 5200);
	domain->current_kib = 724 * MIB;
	domain->usable_kib = 300 * MIB;
	domain->last_update_s += 3;
	look(&demand, domain, 8000);
	assert_int_equal(demand.used_kib, 424 * MIB);
	assert_int_equal(demand.rate_bytes, 0);
	assert_int_equal(demand_free_kib(&demand, domain, METRIC_AUTO), 300 * MIB);
}

static void a_sample_from_before_the_move_keeps_its_size(void **state)
{
	struct domain *domain = guest(1024, 600);
	struct demand demand = { 0 };

	(void)state;
	look(&demand, domain, 5000);
	/* The balloon moved at 7.9 s, after the sample that is seen at 8 s was taken. */
	balloon_sizes_note(&demand.balloon, 724 * MIB, 7900);
	domain->current_kib = 724 * MIB;
	domain->usable_kib = 600 * MIB;
	domain->last_update_s += 3;
	look(&demand, domain, 8000);
	assert_int_equal(demand.used_kib, 424 * MIB);
	assert_int_equal(demand_free_kib(&demand, domain, METRIC_AUTO), 300 * MIB);
}

/* Without an event it is not known when the balloon moved: err towards more use. */
static void an_unknown_order_never_makes_a_domain_look_idle(void **state)
{
	struct domain *domain = guest(1024, 600);
	struct demand demand = { 0 };

	(void)state;
	look(&demand, domain, 5000);
	domain->current_kib = 724 * MIB;
	domain->usable_kib = 300 * MIB;
	domain->last_update_s++;
	look(&demand, domain, 6000);
	assert_true(demand.used_kib >= 424 * MIB);
	assert_true(demand.is_ambiguous);
}

/* QEMU tells of a moving balloon once a second: the sample may be ahead of it. */
static void a_sample_may_know_the_target_before_the_size(void **state)
{
	struct domain *domain = guest(1024, 600);
	struct demand demand = { 0 };

	(void)state;
	look(&demand, domain, 5000);
	domain->usable_kib =
		300 * MIB; /* shrunk to 724 already, as current shows later */
	domain->last_update_s++;
	look_on_the_way(&demand, domain, 724 * MIB, 6000);
	assert_true(demand.is_ambiguous);
	assert_int_equal(demand.used_kib, 424 * MIB);
	assert_int_equal(demand.rate_bytes, 0);
}

/* A grant that arrives around the sample neither hides nor feigns consumption. */
static void a_consumer_stays_one_while_its_balloon_grows(void **state)
{
	static const struct {
		uint64_t usable_mib; /* at 1024 MiB, after the grant */
		int64_t rate_mib;
	} cases[] = {
		{ 1024 - 840, 20 }, /* went on at its rate */
		{ 1024 - 800, 0 },  /* stopped: the larger size bounds what it used */
		{ 1024 - 920, 20 }, /* could be either: its trend decides */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct demand demand = { 0 };

		set_up(NULL);
		struct domain *domain = guest(900, 120);
		look(&demand, domain, 5000);
		domain->usable_kib = 100 * MIB;
		domain->last_update_s++;
		look(&demand, domain, 6000);
		assert_int_equal(demand.rate_bytes, 20 * 1024 * 1024);
		balloon_sizes_note(&demand.balloon, 1024 * MIB, 6900);
		domain->current_kib = 1024 * MIB;
		domain->usable_kib = cases[i].usable_mib * MIB;
		domain->last_update_s++;
		look(&demand, domain, 8000);
		assert_true(demand.is_ambiguous);
		assert_int_equal(demand.rate_bytes, cases[i].rate_mib * 1024 * 1024);
	}
}

static void the_trace_forgets_the_oldest_sizes_only(void **state)
{
	struct demand demand = { 0 };

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		balloon_sizes_note(&demand.balloon, (1000 + i) * MIB, i * 100);
	assert_int_equal(demand.balloon.n, BALLOON_SIZES_LENGTH);
	assert_int_equal(demand.balloon.sizes[BALLOON_SIZES_LENGTH - 1].current_kib,
			 1099 * MIB);
	assert_int_equal(demand.balloon.sizes[0].current_kib,
			 (1100 - BALLOON_SIZES_LENGTH) * MIB);
	balloon_sizes_note(&demand.balloon, 1099 * MIB, 20000);
	assert_int_equal(demand.balloon.sizes[BALLOON_SIZES_LENGTH - 1].at_ms, 9900);
}

/* Row 1: usable, else unused + disk caches, else unused alone and never shrunk on it. */
static void metric_falls_back(void **state)
{
	static const struct {
		enum metric metric;
		unsigned missing;
		bool has_sample, is_low_confidence;
		uint64_t free_mib;
	} cases[] = {
		{ METRIC_AUTO, 0, true, false, 500 },
		{ METRIC_AUTO, DOMAIN_USABLE, true, false, 300 },
		{ METRIC_AUTO, DOMAIN_USABLE | DOMAIN_DISK_CACHES, true, true, 100 },
		{ METRIC_AUTO, DOMAIN_USABLE | DOMAIN_UNUSED, false, false, 0 },
		{ METRIC_USABLE, 0, true, false, 500 },
		{ METRIC_USABLE, DOMAIN_USABLE, false, false, 0 },
		{ METRIC_UNUSED, 0, true, false, 100 },
		{ METRIC_UNUSED, DOMAIN_USABLE | DOMAIN_DISK_CACHES, true, false, 100 },
		{ METRIC_UNUSED, DOMAIN_UNUSED, false, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct demand demand = { 0 };

		set_up(NULL);
		struct domain *domain = guest(1024, 500);
		domain->unused_kib = 100 * MIB;
		domain->disk_caches_kib = 200 * MIB;
		domain->present |= DOMAIN_DISK_CACHES;
		domain->present &= ~cases[i].missing;
		settings.metric = cases[i].metric;
		look(&demand, domain, 5000);
		assert_int_equal(demand.has_sample, cases[i].has_sample);
		if (!demand.has_sample)
			continue;
		assert_int_equal(demand.is_low_confidence, cases[i].is_low_confidence);
		assert_int_equal(demand_free_kib(&demand, domain, cases[i].metric),
				 cases[i].free_mib * MIB);
	}
}

/* Row 2: with deflate-on-OOM the guest's total stays at the maximum. */
static void available_is_never_used(void **state)
{
	struct domain *domain = guest(1024, 256);
	struct demand demand = { 0 };

	(void)state;
	domain->available_kib = 4 * GIB;
	domain->present |= DOMAIN_AVAILABLE;
	look(&demand, domain, 5000);
	assert_int_equal(demand.used_kib, 768 * MIB);
}

/* Row 4. */
static void stale_after_three_periods_and_at_least_seven_seconds(void **state)
{
	static const struct {
		uint64_t period_s;
		int64_t fresh_until_ms;
	} cases[] = { { 1, 7000 }, { 2, 7000 }, { 3, 9000 }, { 10, 30000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct demand demand = { 0 };

		set_up(NULL);
		struct domain *domain = guest(1024, 256);
		domain->stats_period_s = cases[i].period_s;
		assert_true(demand_is_stale(&demand, domain, 5000));
		look(&demand, domain, 5000);
		assert_false(
			demand_is_stale(&demand, domain, 5000 + cases[i].fresh_until_ms));
		assert_true(
			demand_is_stale(&demand, domain, 5001 + cases[i].fresh_until_ms));
	}
}

static void zero_last_update_is_no_sample(void **state)
{
	struct domain *domain = guest(1024, 256);
	struct demand demand = { 0 };

	(void)state;
	domain->last_update_s = 0;
	look(&demand, domain, 5000);
	assert_false(demand.has_sample);
}

static void a_falling_counter_is_a_reboot(void **state)
{
	static const unsigned counters[] = { DOMAIN_SWAP_IN, DOMAIN_SWAP_OUT,
					     DOMAIN_MAJOR_FAULTS };

	(void)state;
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		struct demand demand = { 0 };

		set_up(NULL);
		struct domain *domain = guest(1024, 256);
		domain->present |= counters[i];
		domain->swap_in_kib = domain->swap_out_kib = domain->major_faults = 10;
		look(&demand, domain, 5000);
		domain->last_update_s++;
		look(&demand, domain, 6000);
		assert_true(demand.has_rate);
		domain->swap_in_kib = domain->swap_out_kib = domain->major_faults = 9;
		domain->last_update_s++;
		look(&demand, domain, 7000);
		assert_true(demand.has_sample);
		assert_false(demand.has_rate);
	}
}

static void figures_left_out_keep_the_last_sample(void **state)
{
	struct domain *domain = guest(1024, 256);
	struct demand demand = { 0 };

	(void)state;
	look(&demand, domain, 5000);
	domain->present = DOMAIN_CURRENT | DOMAIN_MAXIMUM;
	look(&demand, domain, 6000);
	assert_true(demand.has_sample);
	assert_int_equal(demand.sample_ms, 5000);
}

static uint64_t any_number(void)
{
	uint64_t bits =
		(uint64_t)rand() << 62 ^ (uint64_t)rand() << 31 ^ (uint64_t)rand();

	return bits >> (rand() % 64);
}

/* No claim of a guest may wrap round to more free memory than the balloon holds. */
static void any_claim_is_survived(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		struct demand demand = { 0 };
		struct domain domain = { .has_balloon = true };
		int64_t now_ms = 0;

		settings.metric = METRIC_AUTO;
		for (int step = 0; step < 5; step++) {
			domain.present = (unsigned)rand();
			domain.current_kib = any_number();
			domain.usable_kib = any_number();
			domain.unused_kib = any_number();
			domain.disk_caches_kib = any_number();
			domain.stats_period_s = any_number();
			domain.last_update_s = any_number();
			domain.swap_out_kib = any_number();
			now_ms += rand() % 5000;
			const struct moment moment = { now_ms, rand() % 2, any_number() };
			demand_observe(&demand, &domain, any_number(), &settings,
				       &moment);
			if (demand.has_sample)
				assert_true(
					demand_free_kib(&demand, &domain, METRIC_AUTO) <=
					domain.current_kib);
		}
	}
}

/* Row 21: an event tells of it before the counters do. */
static void a_reboot_that_is_told_begins_anew(void **state)
{
	struct domain *domain = guest(1024, 256);
	struct demand demand = { 0 };

	(void)state;
	for (int64_t now_ms = 1000; now_ms <= 3000; now_ms += 1000) {
		domain->last_update_s++;
		look(&demand, domain, now_ms);
	}
	demand_note_reboot(&demand, 3500);
	assert_true(demand.is_young);
	assert_int_equal(demand.young_since_ms, 3500);
	/* what is shown still is of before */
	look(&demand, domain, 4000);
	assert_false(demand.has_sample);
	assert_int_equal(classify_fair(domain, &demand, &settings, 4000).reason,
			 REASON_STALE);
	domain->last_update_s++;
	look(&demand, domain, 5000);
	assert_true(demand.has_sample);
	assert_false(demand.has_rate);
	assert_int_equal(demand.n_idle, 0);
}

/* What cannot be true takes nothing away from the domain. */
static void nonsense_has_low_confidence(void **state)
{
	static const struct {
		uint64_t current_mib, usable_mib;
		int64_t update_s; /* since the last one */
		bool is_low_confidence;
	} cases[] = {
		{ 1024, 512, 2, false },
		{ 1024, 1024, 2, false },
		{ 1024, 1025, 2, true },
		{ 1024, UINT64_MAX / 1024, 2, true },
		{ 4096, 512, 2, false },
		{ 4097, 512, 2, true },
		{ 1024, 512, -1, true },
		{ 1024, 512, -900, true },
		{ 1024, 512, 60, false },
		{ 1024, 512, 63, true },
		{ 1024, 512, INT64_MAX / 2, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct demand demand = { 0 };

		set_up(NULL);
		struct domain *domain = guest(cases[i].current_mib, 512);
		look(&demand, domain, 5000);
		domain->usable_kib = cases[i].usable_mib * MIB;
		domain->last_update_s += (uint64_t)cases[i].update_s;
		look(&demand, domain, 7000);
		assert_int_equal(demand.is_low_confidence, cases[i].is_low_confidence);
		/* the next true one counts */
		domain->current_kib = 1024 * MIB;
		domain->usable_kib = 512 * MIB;
		domain->last_update_s++;
		look(&demand, domain, 8000);
		assert_false(demand.is_low_confidence);
	}
}

/* Memory was plugged that is none of the balloon's: what the guest used just before is
 * over. */
static void more_free_than_the_balloon_has_is_believed_if_it_lasts(void **state)
{
	struct domain *domain = guest(1024, 16);
	struct demand demand = { 0 };

	(void)state;
	look(&demand, domain, 5000);
	domain->usable_kib = 2 * GIB;
	for (int i = 1; i <= 4; i++) {
		domain->last_update_s++;
		look(&demand, domain, 5000 + i * 1000);
		assert_true(demand.is_low_confidence);
		assert_int_equal(demand.used_kib, i < 4 ? 1008 * MIB : 0);
	}
}

/* By an administrator, 400 MiB at once; QEMU tells of it after the guest has. */
static void a_balloon_that_somebody_else_moves_is_no_consumption(void **state)
{
	struct domain *domain = guest(256, 96);
	struct demand demand = { 0 };

	(void)state;
	look(&demand, domain, 5000);
	domain->last_update_s++;
	domain->usable_kib = 496 * MIB;
	look(&demand, domain, 6000);
	assert_true(demand.is_low_confidence);
	assert_int_equal(demand.used_kib, 160 * MIB);
	domain->last_update_s++;
	domain->current_kib = 656 * MIB;
	look(&demand, domain, 8000);
	assert_int_equal(demand.used_kib, 160 * MIB);
	assert_int_equal(demand.rate_bytes, 0);
	assert_int_equal(demand.trend_bytes, 0);
}

/* As the classes do: nothing is above it, so that nobody ever consumes. */
static void the_largest_threshold_is_no_negative_one(void **state)
{
	struct domain *domain = guest(1024, 1000);
	struct demand demand = { 0 };

	(void)state;
	settings.rate_threshold_bytes = UINT64_MAX;
	look(&demand, domain, 5000);
	assert_int_equal(demand.n_idle, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(first_sample_has_no_rate, set_up),
		cmocka_unit_test_setup(the_largest_threshold_is_no_negative_one, set_up),
		cmocka_unit_test_setup(rate_is_signed_and_over_real_time, set_up),
		cmocka_unit_test_setup(a_poll_without_new_sample_changes_nothing, set_up),
		cmocka_unit_test_setup(reports_are_no_closer_than_they_can_be, set_up),
		cmocka_unit_test_setup(our_own_move_is_no_consumption, set_up),
		cmocka_unit_test_setup(a_sample_from_before_the_move_keeps_its_size,
				       set_up),
		cmocka_unit_test_setup(an_unknown_order_never_makes_a_domain_look_idle,
				       set_up),
		cmocka_unit_test_setup(a_sample_may_know_the_target_before_the_size,
				       set_up),
		cmocka_unit_test_setup(a_consumer_stays_one_while_its_balloon_grows,
				       set_up),
		cmocka_unit_test_setup(the_trace_forgets_the_oldest_sizes_only, set_up),
		cmocka_unit_test_setup(metric_falls_back, set_up),
		cmocka_unit_test_setup(available_is_never_used, set_up),
		cmocka_unit_test_setup(
			stale_after_three_periods_and_at_least_seven_seconds, set_up),
		cmocka_unit_test_setup(zero_last_update_is_no_sample, set_up),
		cmocka_unit_test_setup(a_falling_counter_is_a_reboot, set_up),
		cmocka_unit_test_setup(figures_left_out_keep_the_last_sample, set_up),
		cmocka_unit_test_setup(any_claim_is_survived, set_up),
		cmocka_unit_test_setup(a_reboot_that_is_told_begins_anew, set_up),
		cmocka_unit_test_setup(nonsense_has_low_confidence, set_up),
		cmocka_unit_test_setup(
			more_free_than_the_balloon_has_is_believed_if_it_lasts, set_up),
		cmocka_unit_test_setup(
			a_balloon_that_somebody_else_moves_is_no_consumption, set_up),
	};

	return cmocka_run_group_tests_name("demand", tests, NULL, NULL);
}
