/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'fair' in a closed loop: random simulated hosts with constant demand. */
#include "base/sat.h"
#include "core/defaults.h"
#include "cycle/cycle.h"
#include "simulate/run.h"
#include "testing.h"

enum { GUESTS_MAX = 12, QUIET_FROM_MS = 120000 };

static struct sim_guest_spec guests[GUESTS_MAX];
static struct scenario scenario;
static struct settings settings;

static uint64_t below(uint64_t limit)
{
	return ((uint64_t)rand() << 31 ^ (uint64_t)rand()) % limit;
}

static uint64_t between_mib(uint64_t from_mib, uint64_t to_mib)
{
	return (from_mib + below(to_mib - from_mib + 1)) * MIB;
}

/* A guest whose application needs @demand_kib all the time. */
static struct sim_guest_spec *add_guest(uint64_t maximum_kib, uint64_t start_kib,
					uint64_t demand_kib)
{
	struct sim_guest_spec *spec = &guests[scenario.n_guests++];

	*spec = (struct sim_guest_spec){
		.maximum_kib = maximum_kib,
		.start_kib = start_kib,
		.base_kib = 150 * MIB,
		.weight = 100,
		.cooperates = true,
		.is_warm = true,
		.n_terms = 1,
		.terms = { { .shape = SIM_CONSTANT, .amount_kib = (int64_t)demand_kib } },
	};
	snprintf(spec->name, sizeof(spec->name), "g%zu", scenario.n_guests);
	return spec;
}

static void begin(int64_t duration_ms)
{
	defaults_init(&settings);
	settings.policy = &policy_fair;
	settings.domain_floor_kib = 200 * MIB;
	scenario = (struct scenario){
		.name = (char *)"random",
		.duration_ms = duration_ms,
		.host_base_kib = 800 * MIB,
		.guests = guests,
	};
}

static uint64_t sum_of_starts(void)
{
	uint64_t sum_kib = 0;

	for (size_t i = 0; i < scenario.n_guests; i++)
		sum_kib += guests[i].start_kib;
	return sum_kib;
}

/* Give the host what @used_kib leaves free above its base and reserve, and a little. */
static void size_host(uint64_t used_kib)
{
	scenario.host_kib = (used_kib + scenario.host_base_kib) * 100 / 95 + 64 * MIB;
}

struct watch {
	uint64_t late_commands;
	uint64_t before_quiet;
};

/* Count the commands that come when all should be quiet. */
static void watch_commands(void *data, const struct simulation *simulation)
{
	struct watch *watch = data;

	if (simulation->now_ms <= QUIET_FROM_MS)
		watch->before_quiet = simulation->metrics.n_commands;
	watch->late_commands = simulation->metrics.n_commands - watch->before_quiet;
}

static struct sim_metrics simulate(uint64_t seed, struct watch *watch)
{
	static const struct contender contender = { .name = "fair",
						    .policy = &policy_fair };
	struct sim_metrics metrics;
	struct sim_setup setup = {
		.scenario = &scenario,
		.contender = &contender,
		.settings = &settings,
		.seed = seed,
		.on_step = watch ? watch_commands : NULL,
		.on_step_data = watch,
	};

	assert_int_equal(sim_run(&setup, &metrics), 0);
	return metrics;
}

/* 4. The reserve is kept at every instant, overloaded and uncooperative guests or not. */
static void the_host_never_goes_below_its_reserve(void **state)
{
	(void)state;
	srand(21);
	for (uint64_t round = 0; round < 150; round++) {
		begin(400000);
		for (uint64_t n = 1 + below(10); n > 0; n--) {
			uint64_t maximum_kib = (uint64_t)1024 * MIB << below(3);
			struct sim_guest_spec *spec = add_guest(
				maximum_kib, between_mib(300, maximum_kib / MIB),
				between_mib(20, maximum_kib * 8 / 10 / MIB));

			spec->swap_kib = below(2) ? 4096 * MIB : 0;
			spec->io_kib = below(3) ? 0 : 30 * MIB;
			spec->cache_max_kib = 3000 * MIB;
			spec->cooperates = below(10) > 0;
			spec->is_oneshot = true;
		}
		size_host(sum_of_starts() * (100 + below(50)) / 100);
		struct sim_metrics metrics = simulate(round + 1, NULL);

		assert_int_equal(metrics.below_reserve_ms, 0);
	}
}

/* 9. Constant, feasible demand: finitely many commands, no reversal, then silence. */
static void constant_demand_ends_in_silence(void **state)
{
	uint64_t commands = 0;

	(void)state;
	srand(22);
	for (uint64_t round = 0; round < 120; round++) {
		struct watch watch = { 0 };
		uint64_t comfort_kib = 0;

		begin(300000);
		for (uint64_t n = 1 + below(GUESTS_MAX); n > 0; n--) {
			uint64_t maximum_kib = (uint64_t)1024 * MIB << below(3);
			uint64_t demand_kib = between_mib(20, maximum_kib * 6 / 10 / MIB);
			uint64_t start_kib = min_u64(demand_kib + 300 * MIB, maximum_kib);

			start_kib += below(maximum_kib - start_kib + 1);
			add_guest(maximum_kib, start_kib, demand_kib);
			comfort_kib += (demand_kib + 195 * MIB) * 100 / 70 + 100 * MIB;
		}
		size_host(sum_of_starts() > comfort_kib ? sum_of_starts() : comfort_kib);
		struct sim_metrics metrics = simulate(round + 1, &watch);

		assert_int_equal(watch.late_commands, 0);
		assert_int_equal(metrics.n_reversals, 0);
		assert_int_equal(metrics.n_oom_kills, 0);
		assert_int_equal(metrics.below_reserve_ms, 0);
		commands += metrics.n_commands;
	}
	assert_true(commands > 200);
}

/* 8. Everybody BALANCED from the beginning: not one command. */
static void balance_is_left_alone(void **state)
{
	(void)state;
	srand(23);
	for (uint64_t round = 0; round < 60; round++) {
		begin(60000);
		for (uint64_t n = 1 + below(GUESTS_MAX); n > 0; n--) {
			uint64_t maximum_kib = (uint64_t)1024 * MIB << below(3);
			uint64_t start_kib = between_mib(500, maximum_kib / MIB);
			uint64_t used_kib = start_kib * (55 + below(25)) / 100;

			add_guest(maximum_kib, start_kib,
				  used_kib > 195 * MIB ? used_kib - 195 * MIB : 1);
		}
		size_host(sum_of_starts());
		assert_int_equal(simulate(round + 1, NULL).n_commands, 0);
	}
}

/* Nobody but memcoord moves these balloons: no false alarm, whatever the guests do. */
static void nobody_else_is_suspected(void **state)
{
	uint64_t n_commands = 0;

	(void)state;
	srand(24);
	for (uint64_t round = 0; round < 40; round++) {
		struct simulation *simulation;
		struct cycle cycle = { .settings = &settings };

		begin(200000);
		for (uint64_t n = 2 + below(6); n > 0; n--) {
			uint64_t maximum_kib = (uint64_t)1024 * MIB << below(3);
			struct sim_guest_spec *spec = add_guest(
				maximum_kib, between_mib(300, maximum_kib / MIB),
				between_mib(20, maximum_kib * 6 / 10 / MIB));

			spec->swap_kib = below(2) ? 4096 * MIB : 0;
			spec->cooperates = below(8) > 0;
			spec->boot_ms = below(3) ? 0 : (int64_t)below(60000);
			spec->driver_ms = spec->boot_ms ? (int64_t)below(30000) : 0;
			spec->terms[1] = (struct sim_term){
				.shape = SIM_SINE,
				.amount_kib = (int64_t)(maximum_kib / 5),
				.period_ms = 40000,
			};
			spec->n_terms = 2;
		}
		size_host(sum_of_starts());
		assert_int_equal(
			simulation_open(&scenario, &settings, round + 1, &simulation), 0);
		cycle.hypervisor = &simulation->base;
		assert_int_equal(cycle_listen(&cycle), 0);
		while (simulation->now_ms < scenario.duration_ms) {
			int64_t begun_ms = simulation->now_ms;

			assert_int_equal(cycle_look(&cycle), 0);
			cycle.look_ms = (int64_t)below(200);
			assert_int_equal(cycle_plan(&cycle), 0);
			cycle_act(&cycle, NULL, NULL);
			for (size_t i = 0; i < cycle.history.n_records; i++)
				assert_false(
					cycle.history.records[i].foreign.is_left_alone);
			hypervisor_wait(&simulation->base,
					cycle_next_ms(&cycle, begun_ms));
		}
		n_commands += simulation->metrics.n_commands;
		cycle_clear(&cycle);
		hypervisor_close(&simulation->base);
	}
	assert_true(n_commands > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_never_goes_below_its_reserve),
		cmocka_unit_test(constant_demand_ends_in_silence),
		cmocka_unit_test(balance_is_left_alone),
		cmocka_unit_test(nobody_else_is_suspected),
	};

	return cmocka_run_group_tests_name("fair-loop", tests, NULL, NULL);
}
