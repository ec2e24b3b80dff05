/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be done with a domain at all, and that the policies keep to it. */
#include "core/suitability.h"
#include "planning.h"

enum { PAIR = 2 };

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	plan = (struct plan){ 0 };
	for (size_t i = 0; i < PAIR; i++)
		world_add(&world, 1 * GIB, 2 * GIB, 600 * MIB);
	return 0;
}

static struct record *record(size_t i)
{
	return &world.history.records[i];
}

static void assert_judged(enum suitability suitability, enum reason reason)
{
	struct suitability_verdict verdict =
		suitability_judge(&world.domains[0], record(0));

	assert_int_equal(verdict.suitability, suitability);
	assert_int_equal(verdict.reason, reason);
}

static void look(void)
{
	world_look(&world, 0);
	world_sample(&world, 2000);
}

static const struct trait_row {
	unsigned traits;
	enum suitability suitability;
	enum reason reason;
} trait_rows[] = {
	{ 0, SUITABILITY_MANAGED, REASON_NONE },
	{ DOMAIN_PASSES_DEVICES, SUITABILITY_GROW_ONLY, REASON_PASSES_DEVICES },
	{ DOMAIN_LOCKS_MEMORY, SUITABILITY_GROW_ONLY, REASON_LOCKS_MEMORY },
	{ DOMAIN_HAS_HUGE_PAGES, SUITABILITY_GROW_ONLY, REASON_HUGE_PAGES },
	{ DOMAIN_IS_ENCRYPTED, SUITABILITY_GROW_ONLY, REASON_ENCRYPTED },
	{ DOMAIN_AUTODEFLATES, SUITABILITY_MANAGED, REASON_NONE },
	{ DOMAIN_REPORTS_FREE_PAGES, SUITABILITY_MANAGED, REASON_NONE },
	{ DOMAIN_HAS_PLUGGED_MEMORY, SUITABILITY_MANAGED, REASON_NONE },
	{ DOMAIN_IS_NUMA_BOUND, SUITABILITY_MANAGED, REASON_NONE },
	{ DOMAIN_AUTODEFLATES | DOMAIN_LOCKS_MEMORY, SUITABILITY_GROW_ONLY,
	  REASON_LOCKS_MEMORY },
};

static void traits_tell(void **state)
{
	(void)state;
	look();
	for (size_t i = 0; i < sizeof(trait_rows) / sizeof(trait_rows[0]); i++) {
		world.domains[0].traits = trait_rows[i].traits;
		assert_judged(trait_rows[i].suitability, trait_rows[i].reason);
	}
}

static void lessons_tell_more(void **state)
{
	(void)state;
	look();
	record(0)->aftermath.is_no_reclaim = true;
	assert_judged(SUITABILITY_GROW_ONLY, REASON_NO_RECLAIM);
	assert_int_equal(suitability_lesson(record(0)), REASON_NO_RECLAIM);
	record(0)->foreign.is_left_alone = true;
	assert_judged(SUITABILITY_GROW_ONLY, REASON_FOREIGN);
	assert_int_equal(suitability_stays(record(0)), REASON_FOREIGN);
	assert_int_equal(suitability_lesson(record(0)), REASON_FOREIGN);
	record(0)->foreign.is_hungry = true;
	assert_judged(SUITABILITY_GROW_ONLY, REASON_FOREIGN);
	assert_int_equal(suitability_stays(record(0)), REASON_NONE);
	assert_int_equal(suitability_lesson(record(0)), REASON_FOREIGN);
	record(0)->promise.is_stuck = true;
	assert_judged(SUITABILITY_UNMANAGED, REASON_STUCK);
	assert_int_equal(suitability_lesson(record(0)), REASON_STUCK);
	assert_int_equal(suitability_lesson(record(1)), REASON_NONE);
}

static void what_others_tell_counts_as_well(void **state)
{
	(void)state;
	look();
	record(0)->told = REASON_NO_RECLAIM;
	assert_judged(SUITABILITY_GROW_ONLY, REASON_NO_RECLAIM);
	record(0)->told = REASON_STUCK;
	assert_judged(SUITABILITY_UNMANAGED, REASON_STUCK);
	record(0)->told = REASON_FOREIGN;
	assert_judged(SUITABILITY_GROW_ONLY, REASON_FOREIGN);
	assert_int_equal(suitability_stays(record(0)), REASON_FOREIGN);
	/* nonsense */
	record(0)->told = REASON_AT_MAXIMUM;
	assert_judged(SUITABILITY_MANAGED, REASON_NONE);
}

static void what_it_lacks_tells_first(void **state)
{
	struct domain *domain = &world.domains[0];

	(void)state;
	look();
	domain->traits = DOMAIN_LOCKS_MEMORY;
	domain->last_update_s = 0;
	assert_judged(SUITABILITY_UNMANAGED, REASON_NEVER_REPORTED);
	domain->stats_period_s = 0;
	assert_judged(SUITABILITY_UNMANAGED, REASON_NO_STATS_PERIOD);
	domain->has_balloon = false;
	assert_judged(SUITABILITY_UNMANAGED, REASON_NO_BALLOON);
	record(0)->settings.is_managed = false;
	assert_judged(SUITABILITY_UNMANAGED, REASON_LEFT_OUT);
}

static void figures_that_cannot_be_trusted_let_it_only_grow(void **state)
{
	(void)state;
	world.domains[0].present &= ~(unsigned)DOMAIN_USABLE;
	look();
	assert_judged(SUITABILITY_GROW_ONLY, REASON_NOT_TRUSTED);
}

/* The first domain wastes; the second one starves if @does_starve. */
static void let_waste(const struct policy *policy, bool does_starve)
{
	world.settings.policy = policy;
	world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
	world.snapshot.host.available_kib = 1 * GIB + 8 * MIB;
	world.domains[1].usable_kib = does_starve ? 100 * MIB : 500 * MIB;
	world_look(&world, 0);
	for (unsigned i = 0; i < 10; i++) {
		world.domains[0].usable_kib += 1 * MIB;
		if (does_starve)
			world.domains[1].usable_kib -= 6 * MIB;
		world_sample(&world, 2000);
	}
	make_plan();
}

static void who_cannot_give_does_not(void **state)
{
	static const struct policy *const tried[] = { &policy_fair, &policy_classic };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		const struct policy *policy = tried[i / 2];
		bool does_starve = i % 2;

		let_waste(policy, does_starve);
		assert_non_null(move_of(0));
		assert_true(move_of(0)->to_kib < move_of(0)->from_kib);
		tear_down(NULL);
		set_up(NULL);
		world.domains[0].traits = DOMAIN_PASSES_DEVICES;
		let_waste(policy, does_starve);
		assert_null(move_of(0));
		tear_down(NULL);
		set_up(NULL);
	}
}

static void who_cannot_give_may_grow(void **state)
{
	(void)state;
	world.settings.policy = &policy_fair;
	world.domains[0].traits = DOMAIN_PASSES_DEVICES;
	world.domains[0].usable_kib = 120 * MIB;
	world_look(&world, 0);
	for (unsigned i = 0; i < 4; i++) {
		world.domains[0].usable_kib -= 10 * MIB;
		world_sample(&world, 2000);
	}
	make_plan();
	assert_non_null(move_of(0));
	assert_true(move_of(0)->to_kib > 1 * GIB);
}

/* Each reason has one word, and the word leads back to it. */
static void words_lead_back(void **state)
{
	(void)state;
	assert_int_equal(reason_find("stuck"), REASON_STUCK);
	assert_int_equal(reason_find("encrypted"), REASON_ENCRYPTED);
	for (int reason = REASON_NONE; reason <= REASON_A_QUARTER_A_TIME; reason++)
		assert_int_equal(reason_find(reason_word((enum reason)reason)), reason);
	assert_int_equal(reason_find(""), REASON_NONE);
	assert_int_equal(reason_find("stucks"), REASON_NONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(traits_tell),
		TEST(lessons_tell_more),
		TEST(what_others_tell_counts_as_well),
		TEST(what_it_lacks_tells_first),
		TEST(figures_that_cannot_be_trusted_let_it_only_grow),
		TEST(who_cannot_give_does_not),
		TEST(who_cannot_give_may_grow),
		TEST(words_lead_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
