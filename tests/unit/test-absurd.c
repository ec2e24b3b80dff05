/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever figures come: both policies keep their limits, and nothing overflows. */
#include "base/sat.h"
#include "testing.h"

static struct world world;
static struct plan plan;

static uint64_t below(uint64_t limit)
{
	return ((uint64_t)rand() << 31 ^ (uint64_t)rand()) % limit;
}

/* An extreme, something near one, or any number of any length. */
static uint64_t extreme(void)
{
	static const uint64_t edges[] = {
		0,
		1,
		64,
		MIB,
		GIB,
		INT32_MAX,
		INT64_MAX,
		UINT64_MAX / 2,
		UINT64_MAX - 64,
		UINT64_MAX,
	};
	uint64_t any = (uint64_t)rand() << 62 ^ (uint64_t)rand() << 31 ^ (uint64_t)rand();

	switch (below(3)) {
	case 0:
		return edges[below(sizeof(edges) / sizeof(edges[0]))];
	case 1:
		return edges[below(sizeof(edges) / sizeof(edges[0]))] + below(5) - 2;
	default:
		return any >> below(64);
	}
}

/* One figure in three is absurd, the others are those of a healthy guest. */
static uint64_t figure(uint64_t healthy)
{
	return below(3) ? healthy : extreme();
}

static void change(struct domain *domain)
{
	uint64_t used_kib = below(900) * MIB;

	domain->maximum_kib = figure(4 * GIB);
	domain->current_kib = figure(1000 * MIB);
	domain->usable_kib = figure(1000 * MIB - used_kib);
	domain->unused_kib = figure(1000 * MIB - used_kib);
	domain->disk_caches_kib = figure(10 * MIB);
	domain->rss_kib = figure(1100 * MIB);
	domain->swap_in_kib = figure(domain->swap_in_kib);
	domain->swap_out_kib = figure(domain->swap_out_kib + below(5 * MIB));
	domain->major_faults = figure(domain->major_faults + below(1000));
	domain->last_update_s = figure(domain->last_update_s + 2);
	domain->stats_period_s = below(10) ? 1 : extreme();
	domain->state = below(10) ? DOMAIN_RUNNING : DOMAIN_PAUSED;
	domain->present = below(10) ? (1U << 12) - 1 : (unsigned)below(1U << 12);
}

static void begin(const struct policy *policy)
{
	world_clear(&world);
	world_init(&world);
	world.settings.policy = policy;
	world.settings.has_host_capacity = below(3) == 0;
	world.settings.host_capacity_kib = extreme();
	for (uint64_t n = below(6); n > 0; n--)
		world_add(&world, 1000 * MIB, 4 * GIB, 500 * MIB);
	world_look(&world, 0);
}

static bool is_nonsense(const struct domain *domain)
{
	return domain->current_kib > domain->maximum_kib;
}

static void check(const struct move *move)
{
	const struct domain *domain = &world.domains[move->domain];
	const struct record *record = &world.history.records[move->domain];

	assert_true(domain_responds(domain));
	if (move->to_kib > domain->current_kib) {
		assert_true(move->to_kib <= domain->maximum_kib);
	} else if (move->to_kib < domain->current_kib) {
		assert_false(record->demand.is_low_confidence);
		assert_false(is_nonsense(domain) &&
			     record->demand.sample_ms == world.snapshot.now_ms);
		assert_true(move->to_kib >= min_u64(world.settings.domain_floor_kib,
						    domain->maximum_kib));
	}
}

static void plan_and_check(void)
{
	plan_clear(&plan);
	assert_int_equal(
		policy_plan(&world.snapshot, &world.history, &world.settings, &plan), 0);
	for (size_t i = 0; i < plan.n_moves; i++) {
		const struct move *move = &plan.moves[i];

		check(move);
		if (below(2))
			record_note_command(&world.history.records[move->domain],
					    &world.domains[move->domain], move->to_kib,
					    true, world.snapshot.now_ms);
	}
}

static void extremes_break_nothing(void **state)
{
	const struct policy *policy = *state;
	size_t n_moves = 0;

	srand(31);
	for (int round = 0; round < 4000; round++) {
		begin(policy);
		for (int step = 0; step < 8; step++) {
			for (size_t i = 0; i < world.snapshot.n_domains; i++)
				change(&world.domains[i]);
			world.snapshot.host.available_kib = figure(8 * GIB);
			world.snapshot.host.total_kib = figure(16 * GIB);
			world_look(&world, (int64_t)below(20000));
			plan_and_check();
			n_moves += plan.n_moves;
		}
	}
	plan_clear(&plan);
	world_clear(&world);
	assert_true(n_moves > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(extremes_break_nothing, (void *)&policy_fair),
		cmocka_unit_test_prestate(extremes_break_nothing,
					  (void *)&policy_classic),
	};

	return cmocka_run_group_tests_name("absurd", tests, NULL, NULL);
}
