/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of single domains: which rule holds for whom, and what it means. */
#include "base/sat.h"
#include "planning.h"

enum { RULES_MAX = 4 };

static struct domain_rule rules[RULES_MAX];

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	world.settings.policy = &policy_fair;
	world.settings.rules = rules;
	plan = (struct plan){ 0 };
	return 0;
}

/* Another rule, that changes nothing yet. */
static struct domain_rule *add_rule(const char *match)
{
	struct domain_rule *rule = &rules[world.settings.n_rules++];

	*rule = (struct domain_rule){ .match = (char *)(uintptr_t)match };
	return rule;
}

static void add_floor(const char *match, uint64_t mib)
{
	add_rule(match)->choices.floor_kib = mib * MIB;
}

static void add_ceiling(const char *match, uint64_t mib)
{
	add_rule(match)->choices.ceiling_kib = mib * MIB;
}

/* A domain of at most 4 GiB, all of it touched. */
static struct domain *add(uint64_t current_mib, uint64_t free_mib)
{
	struct domain *domain =
		world_add(&world, current_mib * MIB, 4 * GIB, free_mib * MIB);

	domain->rss_kib = domain->current_kib + OVERHEAD_MIN_KIB;
	return domain;
}

/* Leave the host @mib above its reserve of 1 GiB. */
static void set_host_spare(uint64_t mib)
{
	world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
	world.snapshot.host.available_kib = 1 * GIB + mib * MIB;
}

/* Four samples; meanwhile domain @i consumes @mib per sample. */
static void see(size_t i, uint64_t mib)
{
	world_look(&world, 0);
	for (unsigned n = 0; n < 3; n++) {
		world.domains[i].usable_kib =
			sat_sub(world.domains[i].usable_kib, mib * MIB);
		world_sample(&world, 2000);
	}
	make_plan();
}

static struct domain_settings settings_of(const char *name, const char *uuid)
{
	struct domain domain = { .name = (char *)(uintptr_t)name };

	snprintf(domain.uuid, sizeof(domain.uuid), "%s", uuid);
	return settings_for_domain(&world.settings, &domain);
}

/* Which rule */

static const struct match_row {
	const char *match, *name, *uuid;
	bool is_match;
} match_rows[] = {
	{ "db-1", "db-1", "00000000-0000-4000-8000-00000000000a", true },
	{ "db-1", "db-10", "00000000-0000-4000-8000-00000000000a", false },
	{ "db-*", "db-", "00000000-0000-4000-8000-00000000000a", true },
	{ "db-*", "db-10", "00000000-0000-4000-8000-00000000000a", true },
	{ "db-*", "a-db-1", "00000000-0000-4000-8000-00000000000a", false },
	{ "db-?", "db-1", "00000000-0000-4000-8000-00000000000a", true },
	{ "db-[0-4]", "db-5", "00000000-0000-4000-8000-00000000000a", false },
	{ "DB-*", "db-1", "00000000-0000-4000-8000-00000000000a", false },
	{ "*", "", "00000000-0000-4000-8000-00000000000a", true },
	{ "x[1]", "x[1]", "00000000-0000-4000-8000-00000000000a", true },
	{ "00000000-0000-4000-8000-00000000000a", "db-1",
	  "00000000-0000-4000-8000-00000000000a", true },
	{ "00000000-0000-4000-8000-00000000000A", "db-1",
	  "00000000-0000-4000-8000-00000000000a", true },
	{ "00000000-0000-4000-8000-00000000000b", "db-1",
	  "00000000-0000-4000-8000-00000000000a", false },
	/* not a pattern of UUIDs */
	{ "00000000-*", "db-1", "00000000-0000-4000-8000-00000000000a", false },
};

static void names_patterns_and_uuids_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(match_rows) / sizeof(match_rows[0]); i++) {
		const struct match_row *row = &match_rows[i];

		world.settings.n_rules = 0;
		add_rule(row->match)->choices.weight = 7;
		assert_int_equal(settings_of(row->name, row->uuid).weight,
				 row->is_match ? 7 : WEIGHT_DEFAULT);
	}
}

static void the_first_match_wins_alone(void **state)
{
	struct domain_settings own;

	(void)state;
	add_rule("web-*")->choices.weight = 1;
	add_ceiling("db-*", 8192);
	add_floor("db-1", 1024);
	own = settings_of("db-1", "");
	assert_true(own.has_ceiling);
	assert_int_equal(own.ceiling_kib, 8 * GIB);
	assert_int_equal(own.floor_kib, DOMAIN_FLOOR_MIN_KIB);
	assert_int_equal(own.weight, WEIGHT_DEFAULT);
	assert_true(own.is_managed);
}

static void without_a_match_the_settings_for_all_hold(void **state)
{
	struct domain_settings own;

	(void)state;
	world.settings.domain_floor_kib = 300 * MIB;
	add_rule("web-*")->choices.is_left_out = true;
	own = settings_of("db-1", "");
	assert_int_equal(own.floor_kib, 300 * MIB);
	assert_false(own.has_ceiling);
	assert_int_equal(own.weight, WEIGHT_DEFAULT);
	assert_true(own.is_managed);
}

/* What the domain chose for itself, over a rule, over what holds for all. */
static const struct precedence_row {
	const char *name;
	struct domain_choices rule, own;
	struct domain_settings expected;
} precedence_rows[] = {
	{ "nobody chose",
	  { 0 },
	  { 0 },
	  { .is_managed = true, .floor_kib = 100 * MIB, .weight = 100 } },
	{ "the rule alone",
	  { .floor_kib = 200 * MIB, .ceiling_kib = 1 * GIB, .weight = 5 },
	  { 0 },
	  { .is_managed = true,
	    .floor_kib = 200 * MIB,
	    .has_ceiling = true,
	    .ceiling_kib = 1 * GIB,
	    .weight = 5,
	    .sources = SETTINGS_FROM_CONFIG } },
	{ "the domain alone",
	  { 0 },
	  { .floor_kib = 200 * MIB, .ceiling_kib = 1 * GIB, .weight = 5 },
	  { .is_managed = true,
	    .floor_kib = 200 * MIB,
	    .has_ceiling = true,
	    .ceiling_kib = 1 * GIB,
	    .weight = 5,
	    .sources = SETTINGS_FROM_METADATA } },
	{ "each its part",
	  { .floor_kib = 200 * MIB, .ceiling_kib = 1 * GIB, .weight = 5 },
	  { .weight = 300 },
	  { .is_managed = true,
	    .floor_kib = 200 * MIB,
	    .has_ceiling = true,
	    .ceiling_kib = 1 * GIB,
	    .weight = 300,
	    .sources = SETTINGS_FROM_CONFIG | SETTINGS_FROM_METADATA } },
	{ "the domain's floor above the rule's ceiling",
	  { .ceiling_kib = 1 * GIB },
	  { .floor_kib = 2 * GIB },
	  { .is_managed = true,
	    .floor_kib = 2 * GIB,
	    .has_ceiling = true,
	    .ceiling_kib = 2 * GIB,
	    .weight = 100,
	    .sources = SETTINGS_FROM_CONFIG | SETTINGS_FROM_METADATA } },
	{ "the domain's ceiling below the rule's floor",
	  { .floor_kib = 2 * GIB },
	  { .ceiling_kib = 1 * GIB },
	  { .is_managed = true,
	    .floor_kib = 1 * GIB,
	    .has_ceiling = true,
	    .ceiling_kib = 1 * GIB,
	    .weight = 100,
	    .sources = SETTINGS_FROM_CONFIG | SETTINGS_FROM_METADATA } },
	{ "a ceiling below the floor of all",
	  { .ceiling_kib = 60 * MIB },
	  { 0 },
	  { .is_managed = true,
	    .floor_kib = 60 * MIB,
	    .has_ceiling = true,
	    .ceiling_kib = 60 * MIB,
	    .weight = 100,
	    .sources = SETTINGS_FROM_CONFIG } },
	{ "the domain leaves itself out",
	  { 0 },
	  { .is_left_out = true },
	  { .floor_kib = 100 * MIB, .weight = 100, .sources = SETTINGS_FROM_METADATA } },
	{ "whom the rule leaves out stays left out",
	  { .is_left_out = true },
	  { .weight = 7 },
	  { .floor_kib = 100 * MIB,
	    .weight = 7,
	    .sources = SETTINGS_FROM_CONFIG | SETTINGS_FROM_METADATA } },
};

static void metadata_then_rules_then_defaults(void **state)
{
	(void)state;
	world.settings.domain_floor_kib = 100 * MIB;
	for (size_t i = 0; i < sizeof(precedence_rows) / sizeof(precedence_rows[0]);
	     i++) {
		const struct precedence_row *row = &precedence_rows[i];
		const struct domain_settings *expected = &row->expected;
		struct domain domain = { .name = (char *)(uintptr_t) "db-1",
					 .choices = row->own };

		print_message("# %s\n", row->name);
		world.settings.n_rules = 0;
		add_rule("db-*")->choices = row->rule;

		struct domain_settings got =
			settings_for_domain(&world.settings, &domain);

		assert_int_equal(got.is_managed, expected->is_managed);
		assert_int_equal(got.floor_kib, expected->floor_kib);
		assert_int_equal(got.has_ceiling, expected->has_ceiling);
		assert_int_equal(got.ceiling_kib, expected->has_ceiling
							  ? expected->ceiling_kib
							  : UINT64_MAX);
		assert_int_equal(got.weight, expected->weight);
		assert_int_equal(got.sources, expected->sources);
	}
}

static void sources_have_names(void **state)
{
	(void)state;
	assert_string_equal(settings_sources_name(0), "default");
	assert_string_equal(settings_sources_name(SETTINGS_FROM_CONFIG), "configuration");
	assert_string_equal(settings_sources_name(SETTINGS_FROM_METADATA), "metadata");
	assert_string_equal(
		settings_sources_name(SETTINGS_FROM_METADATA | SETTINGS_FROM_CONFIG),
		"metadata, configuration");
}

static void a_copy_has_its_own_texts_and_rules(void **state)
{
	static char metrics_file[] = "/a.prom";
	struct settings copy;

	(void)state;
	add_rule("a")->choices.weight = 3;
	add_floor("b", 100);
	world.settings.metrics_file = metrics_file;
	assert_int_equal(settings_copy(&world.settings, &copy), 0);
	assert_string_equal(copy.metrics_file, "/a.prom");
	assert_ptr_not_equal(copy.metrics_file, metrics_file);
	assert_int_equal(copy.n_rules, 2);
	assert_ptr_not_equal(copy.rules, rules);
	assert_ptr_not_equal(copy.rules[0].match, rules[0].match);
	assert_string_equal(copy.rules[0].match, "a");
	assert_int_equal(copy.rules[0].choices.weight, 3);
	assert_int_equal(copy.rules[1].choices.floor_kib, 100 * MIB);
	settings_clear(&copy);
	assert_int_equal(copy.n_rules, 0);
	assert_null(copy.rules);
}

/* What it means, to every policy */

static void to_every_policy(void (*test)(void))
{
	for (size_t i = 0; policies[i]; i++) {
		tear_down(NULL);
		set_up(NULL);
		world.settings.policy = policies[i];
		test();
	}
}

static void starve_two_one_left_out(void)
{
	add_rule("vm0")->choices.is_left_out = true;
	add(1000, 200);
	add(1000, 200);
	see(0, 50);
	assert_int_equal(plan.verdicts[0].class, CLASS_UNMANAGED);
	assert_int_equal(plan.verdicts[0].reason, REASON_LEFT_OUT);
	assert_int_equal(plan.verdicts[1].class, CLASS_BALANCED);
	assert_null(move_of(0));
}

static void who_is_left_out_does_not_grow(void **state)
{
	(void)state;
	to_every_policy(starve_two_one_left_out);
}

static void waste_left_out(void)
{
	add_rule("vm0")->choices.is_left_out = true;
	set_host_spare(0);
	add(2000, 1900);
	add(1000, 200);
	see(1, 50);
	assert_int_equal(plan.verdicts[1].class, CLASS_STARVING);
	assert_null(move_of(0));
}

static void who_is_left_out_does_not_give(void **state)
{
	(void)state;
	to_every_policy(waste_left_out);
}

static void compare_grantable(void)
{
	int64_t before_kib, after_kib;

	set_host_spare(500);
	world.settings.has_host_capacity = true;
	world.settings.host_capacity_kib = 4 * GIB;
	add(1000, 200);
	add(1000, 200);
	see(0, 0);
	before_kib = world.settings.policy->grantable_kib(&world.snapshot, &world.history,
							  &world.settings);
	add_rule("vm0")->choices.is_left_out = true;
	see(0, 0);
	after_kib = world.settings.policy->grantable_kib(&world.snapshot, &world.history,
							 &world.settings);
	assert_int_equal(after_kib, before_kib);
}

static void what_is_left_out_counts(void **state)
{
	(void)state;
	to_every_policy(compare_grantable);
}

/* Who is left out by a reload may have been asked for something that never came. */
static void what_is_stuck_is_withdrawn_all_the_same(void **state)
{
	(void)state;
	add(1000, 500);
	see(0, 0);
	promise_open(&world.history.records[0].promise, 2 * GIB, world.snapshot.now_ms);
	add_rule("vm0")->choices.is_left_out = true;
	see(0, 0);
	assert_non_null(move_of(0));
	assert_int_equal(move_of(0)->reason, REASON_STUCK);
	assert_int_equal(move_of(0)->to_kib, 1000 * MIB);
}

static void starve_below_a_ceiling(void)
{
	add_ceiling("vm0", 1040);
	add(1000, 200);
	see(0, 50);
	assert_int_equal(plan.verdicts[0].class, CLASS_STARVING);
	assert_non_null(move_of(0));
	assert_int_equal(move_of(0)->to_kib, 1040 * MIB);
}

static void nobody_grows_beyond_the_ceiling(void **state)
{
	(void)state;
	to_every_policy(starve_below_a_ceiling);
}

static void starve_above_a_ceiling(void)
{
	add_ceiling("vm0", 900);
	add(1000, 200);
	see(0, 50);
	assert_int_equal(plan.verdicts[0].class, CLASS_STARVING);
	assert_int_equal(plan.n_moves, 0);
}

static void who_is_above_the_ceiling_stays(void **state)
{
	(void)state;
	to_every_policy(starve_above_a_ceiling);
	to_every_policy(starve_below_a_ceiling);
}

static void idle_above_a_floor(void)
{
	/* but for the floor, 'fair' would take 500 and 'classic' 900 */
	add_floor("vm0", 1700);
	add(2000, 1800);
	see(0, 0);
	assert_int_equal(plan.verdicts[0].class, CLASS_WASTING);
	assert_non_null(move_of(0));
	assert_int_equal(move_of(0)->to_kib, 1700 * MIB);
}

static void nobody_shrinks_below_the_floor(void **state)
{
	(void)state;
	to_every_policy(idle_above_a_floor);
}

/* To 'fair' */

/* A smaller ceiling makes headroom and share smaller. */
static void the_ceiling_bounds_the_share(void **state)
{
	(void)state;
	set_host_spare(0);
	add_ceiling("vm0", 800);
	add(1500, 600);
	add(1000, 200);
	see(1, 50);
	assert_int_equal(plan.shares[0].need.want_kib, 800 * MIB);
	assert_int_equal(plan.shares[0].share_kib, 800 * MIB);
	/* it gives to who starves, but keeps what it uses and 60 MiB */
	assert_non_null(move_of(0));
	assert_true(move_of(0)->to_kib >= 960 * MIB);
}

static void the_ceiling_is_named_as_the_bound(void **state)
{
	(void)state;
	add_ceiling("vm0", 1000);
	add(1000, 100);
	see(0, 0);
	assert_int_equal(plan.shares[0].bound, REASON_AT_CEILING);
}

static void a_ceiling_below_the_floor_of_all_goes_first(void **state)
{
	(void)state;
	world.settings.domain_floor_kib = 2 * GIB;
	add_ceiling("vm0", 1040);
	add(1000, 200);
	see(0, 50);
	assert_int_equal(plan.shares[0].share_kib, 1040 * MIB);
	assert_int_equal(world.history.records[0].settings.floor_kib, 1040 * MIB);
}

static void weights_divide_scarce_memory(void **state)
{
	(void)state;
	set_host_spare(150);
	add_rule("vm0")->choices.weight = 300;
	add(1000, 20);
	add(1000, 20);
	add(1000, 20);
	see(0, 0);
	assert_true(plan.is_overloaded);
	/* the others keep what they use, the rest is not even a third more */
	assert_int_equal(plan.shares[0].share_kib, 1150 * MIB);
	assert_int_equal(move_of(0)->to_kib, 1150 * MIB);
	assert_null(move_of(1));
	world.settings.n_rules = 0;
	see(0, 0);
	assert_int_equal(plan.shares[0].share_kib, 1050 * MIB);
	assert_int_equal(move_of(1)->to_kib, 1050 * MIB);
}

static uint64_t headroom_kib(size_t i)
{
	return plan.shares[i].share_kib - plan.shares[i].need.need_kib;
}

/* Needs of 988 MiB are met, and 224 MiB are left for wishes of 212 MiB each. */
static void headroom_goes_by_weight(void **state)
{
	(void)state;
	add_rule("vm0")->choices.weight = 300;
	set_host_spare(0);
	add(1100, 260);
	add(1100, 260);
	see(0, 0);
	assert_false(plan.is_overloaded);
	assert_in_range(headroom_kib(1), 55 * MIB, 57 * MIB);
	assert_in_range(headroom_kib(0), 3 * headroom_kib(1) - 3,
			3 * headroom_kib(1) + 3);
}

static void nobody_gets_more_than_all_of_the_wish(void **state)
{
	(void)state;
	add_rule("vm0")->choices.weight = WEIGHT_MAX;
	set_host_spare(0);
	add(1100, 260);
	add(1100, 260);
	see(0, 0);
	assert_int_equal(plan.shares[0].share_kib, plan.shares[0].need.want_kib);
	/* all that is left */
	assert_in_range(headroom_kib(0) + headroom_kib(1) +
				2 * plan.shares[0].need.need_kib,
			2200 * MIB - 2, 2200 * MIB);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_patterns_and_uuids_match),
		TEST(the_first_match_wins_alone),
		TEST(without_a_match_the_settings_for_all_hold),
		TEST(metadata_then_rules_then_defaults),
		TEST(sources_have_names),
		TEST(a_copy_has_its_own_texts_and_rules),
		TEST(who_is_left_out_does_not_grow),
		TEST(who_is_left_out_does_not_give),
		TEST(what_is_left_out_counts),
		TEST(what_is_stuck_is_withdrawn_all_the_same),
		TEST(nobody_grows_beyond_the_ceiling),
		TEST(who_is_above_the_ceiling_stays),
		TEST(nobody_shrinks_below_the_floor),
		TEST(the_ceiling_bounds_the_share),
		TEST(the_ceiling_is_named_as_the_bound),
		TEST(a_ceiling_below_the_floor_of_all_goes_first),
		TEST(weights_divide_scarce_memory),
		TEST(headroom_goes_by_weight),
		TEST(nobody_gets_more_than_all_of_the_wish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
