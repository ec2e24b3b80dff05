/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics periods that others set while somebody coordinates, on the simulated host,
 * which tells nobody: what libvirt does.
 */
#include "core/defaults.h"
#include "cycle/stats-period.h"
#include "simulate/hypervisor.h"
#include "system/log.h"
#include "testing.h"

/* What the simulated guest has at first, see simulate/hypervisor.c. */
#define ORIGINAL_S 2

static struct settings settings;
static struct sim_guest_spec spec;
static struct scenario scenario;
static struct simulation *simulation;
static struct hypervisor_ops ops; /* of the simulation, which counts */
static const struct hypervisor_ops *sim_ops;
static struct cycle cycle;
static unsigned n_set, n_marks, n_refreshed, n_looks;
static int64_t set_ms, refreshed_ms; /* the last of them */
static int64_t worst_gap_ms;	     /* between two reports that were seen */
static unsigned n_calls_left;	     /* then memcoord is killed */

/* Is it killed before this call? */
static bool is_killed(void)
{
	return n_calls_left == 0 || n_calls_left-- == 0;
}

static int set_stats_period(struct hypervisor *base, const char *uuid, unsigned period_s)
{
	n_set++;
	set_ms = simulation->now_ms;
	return is_killed() ? -ETIMEDOUT : sim_ops->set_stats_period(base, uuid, period_s);
}

static int mark_stats_period(struct hypervisor *base, const char *uuid,
			     const struct period_mark *mark)
{
	n_marks++;
	return is_killed() ? -ETIMEDOUT : sim_ops->mark_stats_period(base, uuid, mark);
}

static int refresh(struct hypervisor *base, const char *uuid)
{
	n_refreshed++;
	refreshed_ms = simulation->now_ms;
	return sim_ops->refresh(base, uuid);
}

static int set_up(void **state)
{
	(void)state;
	log_set_level(LOG_ERROR);
	defaults_init(&settings);
	spec = (struct sim_guest_spec){
		.name = "guest",
		.maximum_kib = 4 * GIB,
		.start_kib = 2 * GIB,
		.base_kib = 150 * MIB,
		.cooperates = true,
		.is_warm = true,
		.n_terms = 1,
		.terms = { { .shape = SIM_CONSTANT, .amount_kib = 300 * MIB } },
	};
	scenario = (struct scenario){
		.name = (char *)(uintptr_t) "test",
		.duration_ms = 100000000,
		.host_kib = 16 * GIB,
		.host_base_kib = 1 * GIB,
		.n_guests = 1,
		.guests = &spec,
	};
	assert_int_equal(simulation_open(&scenario, &settings, 1, &simulation), 0);
	sim_ops = simulation->base.ops;
	ops = *sim_ops;
	ops.set_stats_period = set_stats_period;
	ops.mark_stats_period = mark_stats_period;
	ops.refresh = refresh;
	simulation->base.ops = &ops;
	cycle = (struct cycle){ .hypervisor = &simulation->base, .settings = &settings };
	n_set = n_marks = n_refreshed = n_looks = 0;
	worst_gap_ms = 0;
	n_calls_left = UINT32_MAX;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	cycle_clear(&cycle);
	hypervisor_close(&simulation->base);
	return 0;
}

static void look(void)
{
	assert_int_equal(cycle_look(&cycle), 0);
	stats_periods_borrow(&cycle);
	cycle_refresh(&cycle);
	n_looks++;
}

/* Coordinate as run does, until @until_ms. */
static void run_until(int64_t until_ms)
{
	while (simulation->now_ms < until_ms) {
		int64_t now_ms = simulation->now_ms, gap_ms, next_ms;

		look();
		gap_ms = now_ms - cycle.history.records[0].absence.report_ms;
		worst_gap_ms = gap_ms > worst_gap_ms ? gap_ms : worst_gap_ms;
		next_ms = cycle_next_ms(&cycle, now_ms);
		hypervisor_wait(&simulation->base,
				next_ms < until_ms ? next_ms : until_ms);
	}
}

/* Another one begins, who knows nothing of before. */
static void begin_anew(void)
{
	cycle_clear(&cycle);
	cycle = (struct cycle){ .hypervisor = &simulation->base, .settings = &settings };
	simulation_reconnect(simulation);
	n_calls_left = UINT32_MAX;
}

static void others_set(unsigned period_s)
{
	simulation_change_stats_period(simulation, 0, period_s);
}

static int64_t period_s(void)
{
	return simulation->guests[0].stats_period_ms / 1000;
}

static bool is_marked(void)
{
	return simulation->period_marks[0].is_there;
}

/* virt-manager, cockpit, CloudStack and an administrator. */
static void what_others_set_is_noticed_and_given_back(void **state)
{
	static const unsigned periods_s[] = { 5, 10, 60, 0 };

	for (size_t i = 0; i < sizeof(periods_s) / sizeof(periods_s[0]); i++) {
		tear_down(state);
		set_up(state);
		run_until(30000);
		assert_int_equal(period_s(), 1);
		n_refreshed = 0;
		worst_gap_ms = 0;
		others_set(periods_s[i]);
		run_until(90000);
		assert_int_equal(period_s(), 1);
		assert_in_range(worst_gap_ms, 0, 6000);
		assert_int_equal(n_refreshed, 1);
		assert_int_equal(set_ms - refreshed_ms, 250); /* not a period */
		assert_int_equal(n_set, 2);
		stats_periods_return(&cycle);
		assert_int_equal(period_s(), periods_s[i]);
		assert_false(is_marked());
	}
}

/* Or it would provide for 60 s. Figures of before the first look may be of any age. */
static void the_plan_knows_a_period_that_is_set_again(void **state)
{
	static const unsigned periods_s[] = { 60, 0 };

	for (size_t i = 0; i < sizeof(periods_s) / sizeof(periods_s[0]); i++) {
		tear_down(state);
		set_up(state);
		others_set(periods_s[i]);
		look();
		assert_int_equal(period_s(), 1);
		assert_int_equal(cycle.snapshot.domains[0].stats_period_s, periods_s[i]);
		run_until(10000);
		others_set(periods_s[i]);
		while (n_set < 2)
			run_until(simulation->now_ms + 1);
		assert_int_equal(cycle.snapshot.domains[0].stats_period_s, 1);
	}
}

static void an_idle_cycle_asks_for_nothing(void **state)
{
	(void)state;
	run_until(30000);
	n_set = n_marks = n_refreshed = n_looks = 0;
	run_until(3630000);
	assert_int_equal(n_looks, 1800);
	assert_int_equal(n_set + n_marks + n_refreshed, 0);
}

static void a_silent_guest_costs_next_to_nothing(void **state)
{
	(void)state;
	spec.falls_silent = true;
	spec.silent_at_ms = 30000;
	run_until(30000);
	n_set = n_marks = n_refreshed = n_looks = 0;
	run_until(3630000);
	assert_in_range(n_refreshed, 5, 13);
	assert_in_range(n_looks, 1800, 1800 + 13);
	assert_int_equal(n_set + n_marks, 0);
}

/* Whoever wants it otherwise, at once and always, gets it more and more. */
static void nobody_is_fought_with(void **state)
{
	int64_t last_ms = 0, least_ms = INT64_MAX;

	(void)state;
	run_until(10000);
	for (int64_t ms = 10000; ms < 7200000; ms += 500) {
		unsigned n = n_set;

		if (period_s() == 1)
			others_set(60);
		run_until(ms + 500);
		if (n_set == n)
			continue;
		/* the first may come at once; there may be no second within a minute */
		if (last_ms > 0 && ms - last_ms < least_ms)
			least_ms = ms - last_ms;
		last_ms = ms;
	}
	assert_in_range(least_ms, 60000, 66000);
	/* after 0, 1, 2, 4 ... 32 and 60 minutes */
	assert_in_range(n_set, 7, 10);
	stats_periods_return(&cycle);
	assert_int_equal(period_s(), 60);
	assert_false(is_marked());
}

/* During the pause they may change it once more. */
static void it_is_the_latest_that_is_given_back(void **state)
{
	(void)state;
	run_until(10000);
	others_set(60);
	run_until(20000);
	assert_int_equal(period_s(), 1);
	others_set(10);
	run_until(30000);
	assert_int_equal(period_s(), 10);
	others_set(5);
	run_until(100000);
	assert_int_equal(period_s(), 1);
	stats_periods_return(&cycle);
	assert_int_equal(period_s(), 5);
}

static void what_others_set_at_last_is_left_to_them(void **state)
{
	static const unsigned periods_s[] = { 5, 60, 0 };

	for (size_t i = 0; i < sizeof(periods_s) / sizeof(periods_s[0]); i++) {
		tear_down(state);
		set_up(state);
		run_until(10000);
		others_set(periods_s[i]);
		n_set = 0;
		stats_periods_return(&cycle);
		assert_int_equal(period_s(), periods_s[i]);
		assert_int_equal(n_set, 0);
		assert_false(is_marked());
	}
	/* one that is shorter than ours, too */
	tear_down(state);
	set_up(state);
	settings.stats_period_s = 5;
	others_set(10);
	run_until(10000);
	assert_int_equal(period_s(), 5);
	others_set(2);
	run_until(20000);
	stats_periods_return(&cycle);
	assert_int_equal(period_s(), 2);
	assert_false(is_marked());
}

/* Whenever that is, the next one gives back what was there at first. */
static void who_is_killed_is_inherited_from(void **state)
{
	/* mark, period; period, mark */
	for (unsigned n_calls = 0; n_calls <= 4; n_calls++) {
		tear_down(state);
		set_up(state);
		n_calls_left = n_calls;
		run_until(2000);
		if (n_calls >= 2)
			stats_periods_return(&cycle);
		begin_anew();
		assert_int_equal(is_marked(), n_calls > 0 && n_calls < 4);
		run_until(10000);
		assert_int_equal(period_s(), 1);
		assert_true(is_marked());
		assert_int_equal(simulation->period_marks[0].original_s, ORIGINAL_S);
		stats_periods_return(&cycle);
		assert_int_equal(period_s(), ORIGINAL_S);
		assert_false(is_marked());
	}
}

/* Also if stats_period has become shorter before. */
static void who_is_killed_after_a_reload_is_inherited_from(void **state)
{
	for (unsigned n_calls = 0; n_calls <= 1; n_calls++) {
		tear_down(state);
		set_up(state);
		others_set(10);
		settings.stats_period_s = 5;
		run_until(2000);
		settings.stats_period_s = 2;
		n_calls_left = n_calls;
		run_until(4000);
		begin_anew();
		run_until(10000);
		assert_int_equal(period_s(), 2);
		stats_periods_return(&cycle);
		assert_int_equal(period_s(), 10);
	}
}

static void what_others_set_after_a_kill_is_theirs(void **state)
{
	static const unsigned periods_s[] = { 5, 60, 0 };

	for (size_t i = 0; i < sizeof(periods_s) / sizeof(periods_s[0]); i++) {
		tear_down(state);
		set_up(state);
		run_until(10000);
		others_set(periods_s[i]);
		begin_anew();
		run_until(20000);
		assert_int_equal(period_s(), 1);
		stats_periods_return(&cycle);
		assert_int_equal(period_s(), periods_s[i]);
		assert_false(is_marked());
	}
}

/* Other commands look while a coordinator runs. */
static void who_only_looks_changes_no_mark(void **state)
{
	(void)state;
	run_until(10000);
	begin_anew();
	n_set = n_marks = 0;
	assert_int_equal(cycle_look(&cycle), 0);
	stats_periods_return(&cycle);
	assert_int_equal(n_set + n_marks, 0);
	assert_int_equal(period_s(), 1);
	assert_true(is_marked());
}

static void a_domain_that_is_left_out_gets_back_what_it_had(void **state)
{
	struct domain_rule rule = {
		.match = (char *)(uintptr_t) "guest",
		.choices.is_left_out = true,
	};

	(void)state;
	run_until(10000);
	settings.rules = &rule;
	settings.n_rules = 1;
	begin_anew();
	run_until(20000);
	stats_periods_return(&cycle);
	assert_int_equal(period_s(), ORIGINAL_S);
	assert_false(is_marked());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_others_set_is_noticed_and_given_back),
		TEST(the_plan_knows_a_period_that_is_set_again),
		TEST(an_idle_cycle_asks_for_nothing),
		TEST(a_silent_guest_costs_next_to_nothing),
		TEST(nobody_is_fought_with),
		TEST(it_is_the_latest_that_is_given_back),
		TEST(what_others_set_at_last_is_left_to_them),
		TEST(who_is_killed_is_inherited_from),
		TEST(who_is_killed_after_a_reload_is_inherited_from),
		TEST(what_others_set_after_a_kill_is_theirs),
		TEST(who_only_looks_changes_no_mark),
		TEST(a_domain_that_is_left_out_gets_back_what_it_had),
	};

	return cmocka_run_group_tests_name("stats-period", tests, NULL, NULL);
}
