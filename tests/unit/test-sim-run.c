/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole simulations: the same seed gives the same outcome, and is judged rightly. */
#include "core/defaults.h"
#include "simulate/bench.h"
#include "testing.h"

enum { GUESTS_MAX = 4 };

static struct settings settings;
static struct sim_guest_spec specs[GUESTS_MAX];
static struct scenario scenario;
static const struct contender nobody = { .name = "none" };
static const struct contender classic = { .name = "classic", .policy = &policy_classic };

static void add_guest(int64_t demand_mib, int64_t growth_mib)
{
	struct sim_guest_spec *spec = &specs[scenario.n_guests++];

	*spec = (struct sim_guest_spec){
		.maximum_kib = 4 * GIB,
		.start_kib = 1 * GIB,
		.base_kib = 150 * MIB,
		.weight = 100,
		.cooperates = true,
		.is_warm = true,
		.n_terms = 2,
		.terms = { { .shape = SIM_CONSTANT, .amount_kib = demand_mib * 1024 },
			   { .shape = SIM_GROWTH, .amount_kib = growth_mib * 1024 } },
	};
	snprintf(spec->name, sizeof(spec->name), "guest-%zu", scenario.n_guests);
}

static int set_up(void **state)
{
	(void)state;
	defaults_init(&settings);
	settings.domain_floor_kib = 200 * MIB;
	scenario = (struct scenario){
		.name = (char *)(uintptr_t) "test",
		.duration_ms = 100000,
		.host_kib = 8 * GIB,
		.host_base_kib = 1 * GIB,
		.guests = specs,
	};
	return 0;
}

static struct sim_metrics run(const struct contender *contender, uint64_t seed)
{
	struct sim_metrics metrics;

	assert_int_equal(sim_run(&(struct sim_setup){ .scenario = &scenario,
						      .contender = contender,
						      .settings = &settings,
						      .seed = seed },
				 &metrics),
			 0);
	return metrics;
}

static void the_same_seed_gives_the_same(void **state)
{
	struct sim_metrics first, again;

	(void)state;
	add_guest(300, 10);
	add_guest(100, 0);
	add_guest(700, 0);
	for (uint64_t seed = 1; seed <= 3; seed++) {
		first = run(&classic, seed);
		again = run(&classic, seed);
		assert_true(first.n_commands > 0);
		assert_memory_equal(&first, &again, sizeof(first));
	}
}

static void another_seed_gives_another(void **state)
{
	struct sim_metrics first, other;

	(void)state;
	add_guest(300, 10);
	add_guest(100, 0);
	first = run(&classic, 1);
	other = run(&classic, 2);
	assert_memory_not_equal(&first, &other, sizeof(first));
}

static void nobody_moves_nothing(void **state)
{
	struct sim_metrics metrics;

	(void)state;
	add_guest(300, 0);
	metrics = run(&nobody, 1);
	assert_int_equal(metrics.n_commands, 0);
	assert_int_equal(metrics.churn_kib, 0);
	assert_int_equal(metrics.starved_ms, 0);
	assert_int_equal(metrics.lowest_free_kib, 6 * GIB);
}

/* 1024 - 1.25 * 450 - 60 MiB are idle for 100 s. */
static void idle_memory_is_what_exceeds_need_and_headroom(void **state)
{
	(void)state;
	add_guest(300, 0);
	assert_int_equal(run(&nobody, 1).idle_kib_ms,
			 (1024 * MIB - 450 * MIB * 125 / 100 - 60 * MIB) * 100000);
}

/* It can have 829 MiB beside its kernel and the watermark, and has no swap. */
static void missing_memory_starves_and_kills(void **state)
{
	struct sim_metrics metrics;

	(void)state;
	add_guest(1000, 0);
	metrics = run(&nobody, 1);
	assert_true(metrics.n_oom_kills >= 5);
	assert_int_equal(metrics.starved_ms, 100000);
	assert_true(metrics.unmet_kib_ms > 171 * MIB * 100000);
}

static void the_hopeless_do_not_count_as_starved(void **state)
{
	struct sim_metrics metrics;

	(void)state;
	add_guest(1000, 0);
	specs[0].is_hopeless = true;
	metrics = run(&nobody, 1);
	assert_true(metrics.n_oom_kills >= 5);
	assert_int_equal(metrics.starved_ms, 0);
}

static void a_host_below_its_reserve_counts(void **state)
{
	(void)state;
	scenario.host_kib = 2200 * MIB; /* 1176 MiB without the base */
	add_guest(300, 0);
	assert_int_equal(run(&nobody, 1).below_reserve_ms, 0); /* 152 of 110 MiB */
	scenario.host_base_kib += 50 * MIB;
	assert_int_equal(run(&nobody, 1).below_reserve_ms, 100000);
	assert_int_equal(run(&nobody, 1).lowest_free_kib, 102 * MIB);
}

static struct verdict judge_nobody(const struct domain *domain,
				   const struct demand *demand,
				   const struct settings *unused, int64_t now_ms)
{
	(void)domain;
	(void)demand;
	(void)unused;
	(void)now_ms;
	return (struct verdict){ .class = CLASS_BALANCED };
}

/* Up, down 10 s later, up after more than 30 s, a little down, and down again. */
static int seesaw(const struct snapshot *snapshot, const struct history *history,
		  const struct settings *unused, struct plan *plan)
{
	static const struct {
		int64_t at_ms;
		uint64_t to_kib;
	} moves[] = {
		{ 10000, 1100 * MIB }, { 20000, 1000 * MIB }, { 51000, 1100 * MIB },
		{ 52000, 1090 * MIB }, { 53000, 1000 * MIB },
	};

	(void)history;
	(void)unused;
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		if (moves[i].at_ms == snapshot->now_ms)
			plan->moves[plan->n_moves++] =
				(struct move){ .to_kib = moves[i].to_kib };
	return 0;
}

static void reversals_are_large_moves_back_within_30_s(void **state)
{
	static const struct policy policy = { .name = "seesaw",
					      .classify = judge_nobody,
					      .move = seesaw };
	const struct contender contender = { .policy = &policy, .period_ms = 1000 };
	struct sim_metrics metrics;

	(void)state;
	add_guest(300, 0);
	metrics = run(&contender, 1);
	assert_int_equal(metrics.n_commands, 5);
	assert_int_equal(metrics.n_reversals, 2); /* at 20 s and at 53 s */
	assert_int_equal(metrics.churn_kib, (76 + 100 + 100 + 10 + 90) * MIB);
}

static void nobody_coordinates_before_the_beginning(void **state)
{
	(void)state;
	add_guest(300, 10);
	scenario.begin_ms = 200000;
	assert_int_equal(run(&classic, 1).n_commands, 0);
}

static void a_bench_adds_up(void **state)
{
	struct scenario copies[2];
	struct sim_bench bench = {
		.settings = settings,
		.first_seed = 1,
		.last_seed = 2,
		.n_contenders = 2,
		.contenders = { &nobody, &classic },
		.n_scenarios = 2,
		.scenarios = copies,
	};
	struct sim_metrics sum;

	(void)state;
	add_guest(300, 10);
	copies[0] = copies[1] = scenario;
	assert_int_equal(sim_bench_run(&bench), 0);
	assert_int_equal(bench.n_outcomes, 6);
	assert_string_equal(bench.outcomes[3].policy, "classic");
	assert_string_equal(bench.outcomes[5].scenario, "total");
	assert_string_equal(bench.outcomes[5].policy, "classic");
	sum = run(&classic, 1);
	assert_true(sum.n_commands > 0);
	assert_int_equal(bench.outcomes[1].sum.n_commands,
			 sum.n_commands + run(&classic, 2).n_commands);
	assert_int_equal(bench.outcomes[5].sum.n_commands,
			 2 * bench.outcomes[1].sum.n_commands);
	assert_int_equal(bench.outcomes[4].sum.n_commands, 0);
	free(bench.outcomes);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_seed_gives_the_same),
		TEST(another_seed_gives_another),
		TEST(nobody_moves_nothing),
		TEST(idle_memory_is_what_exceeds_need_and_headroom),
		TEST(missing_memory_starves_and_kills),
		TEST(the_hopeless_do_not_count_as_starved),
		TEST(a_host_below_its_reserve_counts),
		TEST(reversals_are_large_moves_back_within_30_s),
		TEST(nobody_coordinates_before_the_beginning),
		TEST(a_bench_adds_up),
	};

	return cmocka_run_group_tests_name("sim-run", tests, NULL, NULL);
}
