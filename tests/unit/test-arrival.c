/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Row 4: a report that nobody saw arrive, and one that was asked for seldom. */
#include "planning.h"

enum { DAY_S = 86400, UNDATED = -1000 };

static struct domain *domain;

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	world.settings.policy = &policy_fair;
	plan = (struct plan){ 0 };
	domain = world_add(&world, 1024 * MIB, 4096 * MIB, 300 * MIB);
	return 0;
}

static const struct demand *demand(void)
{
	return &world.history.records[0].demand;
}

/* The report that is there at the first look is @age_s old, or UNDATED. */
static void begin(int64_t age_s)
{
	world.snapshot.has_time = age_s != UNDATED;
	world.snapshot.time_s = 1700000000;
	domain->last_update_s = 1700000000 - (uint64_t)(age_s == UNDATED ? 7 : age_s);
	world_look(&world, 0);
	make_plan();
}

/* The guest reports after @told_s by its clock, which is seen after @elapsed_ms. */
static void report(uint64_t usable_mib, uint64_t told_s, int64_t elapsed_ms)
{
	domain->usable_kib = domain->unused_kib = usable_mib * MIB;
	domain->last_update_s += told_s;
	world_look(&world, elapsed_ms);
	make_plan();
}

static void what_nobody_saw_arrive_makes_no_rate_and_no_growth(void **state)
{
	static const struct {
		int64_t age_s;
		unsigned period_s; /* at first, then 1 */
		uint64_t current_mib, before_mib, after_mib;
		enum reason reason; /* of its class at first */
	} cases[] = {
		/* the report of its boot, which QEMU keeps */
		{ DAY_S, 0, 4096, 3748, 1331, REASON_NO_STATS_PERIOD },
		{ DAY_S, 1, 4096, 3748, 1331, REASON_STALE },
		{ DAY_S, 1, 1024, 2871, 300, REASON_STALE },
		{ 31, 10, 1024, 900, 300, REASON_STALE },
		{ 181, 60, 1024, 900, 300, REASON_STALE },
		{ 8, 1, 1024, 900, 300, REASON_STALE },
		/* of a clock that has been set since */
		{ -3, 1, 1024, 900, 300, REASON_STALE },
		{ -DAY_S, 1, 1024, 900, 300, REASON_STALE },
		/* lately, but of another size */
		{ 5, 2, 1024, 2871, 300, REASON_MUCH_UNUSED },
		/* on another machine, whose clock is not known */
		{ UNDATED, 0, 4096, 3748, 1331, REASON_NO_STATS_PERIOD },
		{ UNDATED, 1, 4096, 3748, 1331, REASON_MUCH_UNUSED },
		{ UNDATED, 1, 1024, 2871, 300, REASON_MUCH_UNUSED },
		{ UNDATED, 10, 1024, 900, 300, REASON_MUCH_UNUSED },
		{ UNDATED, 1, 1024, 10, 300, REASON_PINNED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tear_down(NULL);
		set_up(NULL);
		domain->maximum_kib = 8192 * MIB;
		domain->current_kib = domain->rss_kib = cases[i].current_mib * MIB;
		domain->usable_kib = domain->unused_kib = cases[i].before_mib * MIB;
		domain->stats_period_s = cases[i].period_s;
		begin(cases[i].age_s);
		assert_int_equal(plan.verdicts[0].reason, cases[i].reason);
		assert_int_equal(plan.n_moves, 0);
		assert_false(plan.shares[0].need.is_known);
		assert_int_equal(demand()->n_idle, 0);
		/* however long that lasts */
		for (int look = 0; look < 20; look++) {
			world_look(&world, 500);
			make_plan();
			assert_int_equal(plan.n_moves, 0);
		}
		domain->stats_period_s = 1;
		report(cases[i].after_mib, cases[i].age_s < 0 ? DAY_S + 1 : 1, 1000);
		assert_false(demand()->has_rate);
		assert_false(demand()->is_low_confidence);
		assert_int_equal(demand()->trend_bytes, 0);
		assert_true(plan.shares[0].need.is_known);
		assert_int_equal(plan.n_moves, 0);
		report(cases[i].after_mib - 100, 1, 1000);
		assert_int_equal(demand()->rate_bytes, 100 * 1024 * 1024);
	}
}

/* Its figures are shown by commands that look once. */
static void who_looks_once_is_shown_figures_all_the_same(void **state)
{
	(void)state;
	begin(UNDATED);
	assert_true(demand()->has_sample);
	assert_int_equal(demand()->used_kib, 724 * MIB);
	assert_int_equal(plan.shares[0].bound, REASON_FIRST_SAMPLE);
}

/* What is fresh is trusted at once; the next report tells how fast. */
static void what_came_lately_is_dated_by_its_age(void **state)
{
	static const struct {
		int64_t age_s;
		unsigned period_s;   /* at first, then 1 */
		int64_t interval_ms; /* to the next report, a second later */
	} cases[] = {
		{ 0, 1, 1000 },	  { 1, 1, 2000 },    { 7, 1, 8000 }, { -2, 1, 1000 },
		{ 9, 10, 10000 }, { 30, 10, 31000 }, { 2, 0, 3000 }, { 59, 60, 60000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t told_s = (uint64_t)(cases[i].age_s + 1);

		tear_down(NULL);
		set_up(NULL);
		domain->stats_period_s = cases[i].period_s;
		begin(cases[i].age_s);
		assert_true(demand()->has_sample);
		domain->stats_period_s = 1;
		report(200, cases[i].age_s < 0 ? 3 : told_s, 1000);
		assert_true(demand()->has_rate);
		assert_int_equal(demand()->rate_bytes, (int64_t)100 * 1024 * 1024 * 1000 /
							       cases[i].interval_ms);
	}
}

static void
a_pinned_guest_is_helped_at_the_first_look_if_its_report_is_fresh(void **state)
{
	(void)state;
	domain->usable_kib = domain->unused_kib = 10 * MIB;
	world.history.has_looked = true; /* its balloon is known not to be moving */
	world.history.first_look_ms = world.snapshot.now_ms - 60000;
	begin(1);
	assert_int_equal(plan.n_moves, 1);
	assert_true(plan.moves[0].to_kib > domain->current_kib);
}

/* Reports that were seen to come every 10 or 60 s, then every second. */
static void a_shortened_period_does_not_shorten_what_was_before(void **state)
{
	static const struct {
		unsigned period_s;
		uint64_t told_s;
		int64_t seen_ms, interval_ms;
	} cases[] = {
		/* the last one was seen late, this one early */
		{ 10, 10, 1250, 9000 },	  { 60, 60, 1250, 59000 },
		{ 10, 3, 1250, 2000 },	  { 10, 10, 9500, 9500 },
		{ 60, 60, 61000, 61000 }, { 10, 50, 1250, 10000 }, /* the clock was set */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tear_down(NULL);
		set_up(NULL);
		domain->stats_period_s = cases[i].period_s;
		begin(0);
		report(300, cases[i].period_s, (int64_t)cases[i].period_s * 1000);
		/* it is seen that the period is another before there is a report */
		domain->stats_period_s = 1;
		world_look(&world, 250);
		report(200, cases[i].told_s, cases[i].seen_ms - 250);
		assert_int_equal(demand()->rate_bytes, (int64_t)100 * 1024 * 1024 * 1000 /
							       cases[i].interval_ms);
		/* from then on as ever */
		report(100, 1, 250);
		assert_int_equal(demand()->rate_bytes, 100 * 1024 * 1024);
	}
}

/* The report may have been made before the balloon moved. */
static void the_size_is_looked_for_as_far_back_as_the_report_can_be_of(void **state)
{
	static const struct {
		unsigned before_s, after_s; /* periods */
		int64_t moved_ms;	    /* before the report was seen */
		bool is_busy;		    /* the looks between show no figures */
		bool is_ambiguous;
	} cases[] = {
		{ 1, 1, 1000, false, true },	{ 1, 1, 30000, false, false },
		{ 10, 1, 8000, false, true },	{ 10, 1, 11000, false, false },
		{ 60, 1, 30000, false, true },	{ 1, 60, 30000, false, true },
		{ 60, 60, 30000, false, true }, { 60, 60, 30000, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record *record;
		unsigned all = domain->present;

		tear_down(NULL);
		set_up(NULL);
		domain->stats_period_s = cases[i].before_s;
		begin(0);
		record = &world.history.records[0];
		balloon_sizes_note(&record->demand.balloon, 1000 * MIB,
				   world.snapshot.now_ms + 40000 - cases[i].moved_ms);
		domain->current_kib = 1000 * MIB;
		domain->stats_period_s = cases[i].after_s;
		if (cases[i].is_busy) {
			domain->present &=
				~(unsigned)(DOMAIN_LAST_UPDATE | DOMAIN_USABLE);
			world_look(&world, 39000);
			domain->present = all;
		}
		report(280, 40, cases[i].is_busy ? 1000 : 40000);
		assert_int_equal(demand()->is_ambiguous, cases[i].is_ambiguous);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_nobody_saw_arrive_makes_no_rate_and_no_growth),
		TEST(who_looks_once_is_shown_figures_all_the_same),
		TEST(what_came_lately_is_dated_by_its_age),
		TEST(a_pinned_guest_is_helped_at_the_first_look_if_its_report_is_fresh),
		TEST(a_shortened_period_does_not_shorten_what_was_before),
		TEST(the_size_is_looked_for_as_far_back_as_the_report_can_be_of),
	};

	return cmocka_run_group_tests_name("arrival", tests, NULL, NULL);
}
