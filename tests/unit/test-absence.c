/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a report is missing, and how often its domain's XML is asked for because of that.
 */
#include "core/absence.h"
#include "testing.h"

static struct world world;
static struct domain *domain;
static struct absence absence;

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	domain = world_add(&world, 1 * GIB, 4 * GIB, 500 * MIB);
	absence = (struct absence){ 0 };
	absence_observe(&absence, domain, 0);
	return 0;
}

/* Looks every @step_ms until @until_ms. Returns how often it was asked for. */
static unsigned look_until(int64_t from_ms, int64_t until_ms, int64_t step_ms)
{
	unsigned n = 0;

	for (int64_t ms = from_ms; ms <= until_ms; ms += step_ms) {
		absence_observe(&absence, domain, ms);
		if (!absence_is_due(&absence, domain, ms))
			continue;
		absence_note_asked(&absence, ms);
		n++;
	}
	return n;
}

static void the_first_report_that_is_missing_counts(void **state)
{
	static const struct {
		uint64_t period_s;
		int64_t due_ms; /* the first moment at which it is */
	} cases[] = {
		{ 1, 2001 },
		{ 2, 3001 },
		{ 5, 6001 },
		{ 60, 61001 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		domain->stats_period_s = cases[i].period_s;
		assert_false(absence_is_due(&absence, domain, cases[i].due_ms - 1));
		assert_true(absence_is_due(&absence, domain, cases[i].due_ms));
	}
}

static void whom_nobody_asks_misses_nothing(void **state)
{
	(void)state;
	domain->stats_period_s = 0;
	assert_int_equal(look_until(0, 3600000, 1000), 0);
	domain->stats_period_s = UINT64_MAX;
	assert_int_equal(look_until(0, 3600000, 1000), 0);
	domain->stats_period_s = 1;
	domain->present &= ~(unsigned)DOMAIN_STATS_PERIOD;
	assert_int_equal(look_until(0, 3600000, 1000), 0);
	domain->present |= DOMAIN_STATS_PERIOD;
	domain->state = DOMAIN_PAUSED;
	assert_int_equal(look_until(0, 3600000, 1000), 0);
	domain->state = DOMAIN_RUNNING;
	domain->present &= ~(unsigned)DOMAIN_LAST_UPDATE; /* busy */
	assert_int_equal(look_until(0, 3600000, 1000), 0);
}

static void who_reports_in_time_costs_nothing(void **state)
{
	(void)state;
	for (int64_t ms = 0; ms < 3600000; ms += 1000) {
		domain->last_update_s++;
		assert_int_equal(look_until(ms, ms, 1), 0);
	}
}

/* Every report is 3 s late: one for each, and none for those that are but 1 s late. */
static void who_answers_late_costs_one_for_each_absence(void **state)
{
	(void)state;
	for (int64_t ms = 0; ms < 400000; ms += 4000) {
		domain->last_update_s += 4;
		assert_int_equal(look_until(ms, ms + 3999, 500), 1);
	}
	for (int64_t ms = 400000; ms < 800000; ms += 2000) {
		domain->last_update_s += 2;
		assert_int_equal(look_until(ms, ms + 1999, 500), 0);
	}
}

static void who_is_silent_costs_less_and_less(void **state)
{
	(void)state;
	/* at 2.5 s, 7.5 s, 17.5 s, 37.5 s and so on */
	assert_int_equal(look_until(0, 60000, 500), 4);
	assert_int_equal(look_until(60500, 3600000, 500), 4 + 4);
	/* then every ten minutes; and at once when it has come back and is gone again */
	assert_int_equal(look_until(3600500, 7200000, 500), 6);
	domain->last_update_s++;
	assert_int_equal(look_until(7200500, 7203000, 500), 1);
}

static void who_never_reported_counts_from_the_first_look(void **state)
{
	(void)state;
	domain->last_update_s = 0;
	absence = (struct absence){ 0 };
	absence_observe(&absence, domain, 50000);
	assert_false(absence_is_due(&absence, domain, 52000));
	assert_true(absence_is_due(&absence, domain, 52001));
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_report_that_is_missing_counts),
		TEST(whom_nobody_asks_misses_nothing),
		TEST(who_reports_in_time_costs_nothing),
		TEST(who_answers_late_costs_one_for_each_absence),
		TEST(who_is_silent_costs_less_and_less),
		TEST(who_never_reported_counts_from_the_first_look),
	};

	return cmocka_run_group_tests_name("absence", tests, NULL, NULL);
}
