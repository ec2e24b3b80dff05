/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every sentence of the original rules, one test each; then random hosts. */
#include "core/ledger.h"
#include "planning.h"

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	plan = (struct plan){ 0 };
	return 0;
}

/*
 * A domain of @current_mib that had @before_mib free a second before it has @free_mib;
 * maximum 4 GiB.
 */
static struct domain *add(uint64_t current_mib, uint64_t before_mib, uint64_t free_mib)
{
	struct domain *domain =
		world_add(&world, current_mib * MIB, 4 * GIB, before_mib * MIB);

	/* not present, so nobody reads it before see_and_plan() moves it over */
	domain->disk_caches_kib = free_mib * MIB;
	return domain;
}

/* Two samples, a second apart, and a plan; the period of the settings is 2 s. */
static void see_and_plan(void)
{
	world_look(&world, 0);
	for (size_t i = 0; i < world.snapshot.n_domains; i++)
		world.domains[i].usable_kib = world.domains[i].unused_kib =
			world.domains[i].disk_caches_kib;
	world_sample(&world, 1000);
	make_plan();
}

static void assert_move(size_t n, size_t domain, uint64_t to_mib, enum reason reason)
{
	assert_true(n < plan.n_moves);
	assert_int_equal(plan.moves[n].domain, domain);
	assert_int_equal(plan.moves[n].from_kib, world.domains[domain].current_kib);
	assert_int_equal(plan.moves[n].to_kib, to_mib * MIB);
	assert_int_equal(plan.moves[n].reason, reason);
}

/* 1. 2 * rate * period goes from the wasteful to the starved one. */
static void starved_and_wasteful(void **state)
{
	(void)state;
	add(1000, 120, 100); /* 20 MiB/s: 2 * 20 * 2 = 80 MiB */
	add(1000, 800, 800);
	see_and_plan();
	assert_int_equal(plan.n_moves, 2);
	assert_move(0, 1, 920, REASON_GIVES_TO_DOMAIN);
	assert_move(1, 0, 1080, REASON_STARVING_FROM_DOMAIN);
	assert_true(plan.moves[0].has_peer && plan.moves[0].peer == 0);
	assert_true(plan.moves[1].has_peer && plan.moves[1].peer == 1);
}

static void the_step_follows_rate_and_period(void **state)
{
	(void)state;
	world.settings.period_s = 5;
	add(1000, 130, 100); /* 30 MiB/s: 2 * 30 * 5 = 300 MiB */
	add(1000, 800, 800);
	see_and_plan();
	assert_move(0, 1, 700, REASON_GIVES_TO_DOMAIN);
	assert_move(1, 0, 1300, REASON_STARVING_FROM_DOMAIN);
}

/* The donor gives at most half of its unused memory; the host gives what is missing. */
static void a_donor_gives_half_of_its_unused_and_the_host_the_rest(void **state)
{
	(void)state;
	add(1000, 200, 100); /* 100 MiB/s: 400 MiB */
	add(500, 300, 300);
	see_and_plan();
	assert_int_equal(plan.n_moves, 2);
	assert_move(0, 1, 350, REASON_GIVES_TO_DOMAIN);
	assert_move(1, 0, 1400, REASON_STARVING_FROM_DOMAIN);
}

/* The donor never drops below domain_floor. */
static void a_donor_keeps_its_floor(void **state)
{
	(void)state;
	world.settings.domain_floor_kib = 480 * MIB;
	add(1000, 200, 100);
	add(500, 300, 300);
	see_and_plan();
	assert_move(0, 1, 480, REASON_GIVES_TO_DOMAIN);
	assert_move(1, 0, 1400, REASON_STARVING_FROM_DOMAIN);
}

/* A domain at or below its floor is no donor at all. */
static void a_domain_at_its_floor_gives_nothing(void **state)
{
	static const uint64_t floors_mib[] = { 500, 600 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		tear_down(NULL);
		set_up(NULL);
		world.settings.domain_floor_kib = floors_mib[i] * MIB;
		add(1000, 120, 100);
		add(500, 300, 300);
		see_and_plan();
		assert_int_equal(plan.n_moves, 1);
		assert_move(0, 0, 1080, REASON_STARVING_FROM_HOST);
	}
}

/* The receiver never exceeds its maximum. */
static void a_receiver_stops_at_its_maximum(void **state)
{
	(void)state;
	add(1000, 120, 100)->maximum_kib = 1030 * MIB;
	add(1000, 800, 800);
	see_and_plan();
	assert_int_equal(plan.n_moves, 2);
	assert_move(0, 1, 970, REASON_GIVES_TO_DOMAIN);
	assert_move(1, 0, 1030, REASON_STARVING_FROM_DOMAIN);
}

/* A starved domain at its maximum cannot be helped and does not block the next one. */
static void a_full_receiver_leaves_its_place(void **state)
{
	(void)state;
	add(1000, 60, 40)->maximum_kib = 1000 * MIB;
	add(1000, 120, 100);
	see_and_plan();
	assert_int_equal(plan.n_moves, 1);
	assert_move(0, 1, 1080, REASON_STARVING_FROM_HOST);
}

/* 2. Starved, none wasteful: the same amount comes from the host, */
static void starved_only(void **state)
{
	(void)state;
	add(1000, 120, 100);
	add(1000, 400, 400);
	see_and_plan();
	assert_int_equal(plan.n_moves, 1);
	assert_move(0, 0, 1080, REASON_STARVING_FROM_HOST);
	assert_false(plan.moves[0].has_peer);
}

/* ... unless the host would be left with less than host_reserve free. */
static void the_host_keeps_its_reserve(void **state)
{
	static const struct {
		uint64_t above_reserve_mib, to_mib;
	} cases[] = { { 80, 1080 }, { 79, 1079 }, { 1, 1001 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tear_down(NULL);
		set_up(NULL);
		world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
		world.snapshot.host.available_kib =
			1 * GIB + cases[i].above_reserve_mib * MIB;
		add(1000, 120, 100);
		see_and_plan();
		assert_move(0, 0, cases[i].to_mib, REASON_STARVING_FROM_HOST);
	}
}

static void a_host_at_its_reserve_gives_nothing(void **state)
{
	static const uint64_t available_mib[] = { 1024, 1000, 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		tear_down(NULL);
		set_up(NULL);
		world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
		world.snapshot.host.available_kib = available_mib[i] * MIB;
		add(1000, 120, 100);
		see_and_plan();
		assert_int_equal(plan.n_moves, 0);
	}
}

/* At the reserve the donor gives now, and the grant waits until that has arrived. */
static void memory_is_not_granted_before_it_has_arrived(void **state)
{
	(void)state;
	world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
	world.snapshot.host.available_kib = 1 * GIB;
	add(1000, 120, 100);
	add(1000, 800, 800);
	see_and_plan();
	assert_int_equal(plan.n_moves, 1);
	assert_move(0, 1, 920, REASON_GIVES_TO_DOMAIN);

	promise_open(&world.history.records[1].promise, 920 * MIB, world.snapshot.now_ms);
	balloon_sizes_note(&world.history.records[1].demand.balloon, 920 * MIB,
			   world.snapshot.now_ms + 100);
	world.domains[1].current_kib = 920 * MIB;
	world.domains[1].usable_kib = 720 * MIB;
	world.domains[0].usable_kib = 80 * MIB;
	world.snapshot.host.available_kib = 1 * GIB + 80 * MIB;
	world_sample(&world, 2000);
	make_plan();
	assert_int_equal(plan.n_moves, 2);
	/* 10 MiB/s by now */
	assert_move(1, 0, 1040, REASON_STARVING_FROM_DOMAIN);
}

static void earlier_promises_count(void **state)
{
	(void)state;
	world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
	world.snapshot.host.available_kib = 1 * GIB + 100 * MIB;
	add(1000, 120, 100);
	add(1000, 400, 400);
	world_look(&world, 0);
	promise_open(&world.history.records[1].promise, 1070 * MIB,
		     world.snapshot.now_ms);
	see_and_plan();
	assert_int_equal(plan.n_moves, 1);
	assert_move(0, 0, 1030, REASON_STARVING_FROM_HOST);
}

/* 3. Wasteful, none starved: half of its unused memory goes back to the host, */
static void wasteful_only(void **state)
{
	(void)state;
	add(1000, 400, 400);
	add(1000, 700, 700);
	see_and_plan();
	assert_int_equal(plan.n_moves, 1);
	assert_move(0, 1, 650, REASON_GIVES_TO_HOST);
	assert_false(plan.moves[0].has_peer);
}

/* libvirt refuses a target above the maximum, even one on the way down to it. */
static void wasteful_only_but_far_above_its_maximum(void **state)
{
	struct domain *domain = add(1000, 800, 800);

	(void)state;
	see_and_plan();
	domain->maximum_kib = 400 * MIB;
	make_plan();
	assert_int_equal(plan.n_moves, 0);
	domain->maximum_kib = 900 * MIB;
	make_plan();
	assert_int_equal(plan.n_moves, 1);
}

/* ... floor respected. */
static void wasteful_only_keeps_the_floor(void **state)
{
	(void)state;
	world.settings.domain_floor_kib = 900 * MIB;
	add(1000, 700, 700);
	see_and_plan();
	assert_move(0, 0, 900, REASON_GIVES_TO_HOST);
}

/* 4. Neither: nothing. */
static void neither(void **state)
{
	(void)state;
	add(1000, 400, 400);
	add(1000, 50, 60);   /* recovering */
	add(1000, 700, 600); /* much free, but consuming */
	see_and_plan();
	assert_int_equal(plan.n_moves, 0);
}

static void an_empty_host(void **state)
{
	(void)state;
	see_and_plan();
	assert_int_equal(plan.n_moves, 0);
	assert_int_equal(plan.n_verdicts, 0);
}

/* Most starved = lowest percent; most wasteful = most unused KiB; one pair per cycle. */
static void the_extremes_are_chosen(void **state)
{
	(void)state;
	add(1000, 120, 100);   /* 10 % */
	add(4000, 300, 280);   /* 7 %, more in KiB */
	add(1000, 160, 140);   /* 14 % */
	add(1000, 900, 900);   /* 90 %, 900 MiB */
	add(2000, 1100, 1100); /* 55 %, 1100 MiB */
	world.domains[1].maximum_kib = 8 * GIB;
	see_and_plan();
	assert_int_equal(plan.n_moves, 2);
	assert_move(0, 4, 1920, REASON_GIVES_TO_DOMAIN);
	assert_move(1, 1, 4080, REASON_STARVING_FROM_DOMAIN);
}

static void ties_go_by_uuid(void **state)
{
	(void)state;
	add(1000, 700, 700);
	add(1000, 120, 100);
	add(1000, 120, 100);
	add(1000, 700, 700);
	see_and_plan();
	assert_move(0, 0, 920, REASON_GIVES_TO_DOMAIN);
	assert_move(1, 1, 1080, REASON_STARVING_FROM_DOMAIN);
}

static void the_first_sample_moves_nothing(void **state)
{
	(void)state;
	add(1000, 100, 100);
	add(1000, 800, 800);
	world_look(&world, 0);
	make_plan();
	assert_int_equal(plan.n_moves, 0);
	assert_int_equal(plan.verdicts[0].class, CLASS_UNKNOWN);
}

static void who_appears_between_samples_waits(void **state)
{
	(void)state;
	add(1000, 120, 100);
	see_and_plan();
	assert_int_equal(plan.n_moves, 1);
	add(1000, 900, 900);
	world_sample(&world, 1000);
	make_plan();
	assert_int_equal(plan.verdicts[1].reason, REASON_FIRST_SAMPLE);
	for (size_t i = 0; i < plan.n_moves; i++)
		assert_int_not_equal(plan.moves[i].domain, 1);
}

static void who_disappears_is_not_planned_for(void **state)
{
	(void)state;
	add(1000, 120, 100);
	add(1000, 800, 800);
	see_and_plan();
	world.snapshot.n_domains = 1;
	world.domains[0].usable_kib = 80 * MIB;
	world_sample(&world, 1000);
	make_plan();
	assert_int_equal(plan.n_moves, 1);
	assert_move(0, 0, 1080, REASON_STARVING_FROM_HOST);
}

/* No second command on the sample that already led to one. */
static void one_sample_one_command(void **state)
{
	(void)state;
	add(1000, 120, 100);
	add(1000, 800, 800);
	see_and_plan();
	for (size_t i = 0; i < 2; i++)
		promise_open(&world.history.records[i].promise, plan.moves[1 - i].to_kib,
			     world.snapshot.now_ms + 1);
	world.domains[0].current_kib = 1080 * MIB;
	world.domains[1].current_kib = 920 * MIB;
	world_look(&world, 1000); /* no new sample */
	make_plan();
	assert_int_equal(plan.n_moves, 0);
}

static void a_shrink_under_way_is_left_alone(void **state)
{
	(void)state;
	add(1000, 800, 800);
	see_and_plan();
	assert_int_equal(plan.n_moves, 1);
	promise_open(&world.history.records[0].promise, 600 * MIB, world.snapshot.now_ms);
	world.domains[0].current_kib = 900 * MIB; /* half way */
	world_sample(&world, 2000);
	make_plan();
	assert_int_equal(plan.n_moves, 0);
}

/* Not to hide whose hand it is, until that is clear; a starved one is helped. */
static void who_may_be_in_foreign_hands_gives_nothing(void **state)
{
	(void)state;
	add(1000, 800, 800);
	see_and_plan();
	assert_int_equal(plan.n_moves, 1);
	world.history.records[0].foreign.is_away = true;
	make_plan();
	assert_int_equal(plan.verdicts[0].class, CLASS_WASTING);
	assert_int_equal(plan.n_moves, 0);

	tear_down(NULL);
	set_up(NULL);
	add(1000, 120, 100);
	see_and_plan();
	world.history.records[0].foreign.is_away = true;
	make_plan();
	assert_int_equal(plan.n_moves, 1);
}

/* A grant under way is added to, never taken back by aiming lower. */
static void a_grant_under_way_is_added_to(void **state)
{
	(void)state;
	add(1000, 120, 100);
	see_and_plan();
	promise_open(&world.history.records[0].promise, 1500 * MIB,
		     world.snapshot.now_ms);
	world.domains[0].usable_kib = 80 * MIB;
	world_sample(&world, 1000);
	make_plan();
	assert_int_equal(plan.n_moves, 1);
	assert_move(0, 0, 1580, REASON_STARVING_FROM_HOST);
}

/* Row 1: page cache may read as use where only 'unused' is known. */
static void low_confidence_is_never_shrunk(void **state)
{
	(void)state;
	add(1000, 800, 800)->present &= ~(unsigned)DOMAIN_USABLE;
	see_and_plan();
	assert_int_equal(plan.verdicts[0].class, CLASS_WASTING);
	assert_int_equal(plan.n_moves, 0);
}

/* Row 3: at which size was the sample taken? Not known, so nothing is taken away. */
static void an_ambiguous_sample_shrinks_nobody(void **state)
{
	(void)state;
	add(1000, 800, 800);
	world_look(&world, 0);
	world.domains[0].current_kib = 900 * MIB;
	world.domains[0].usable_kib = 700 * MIB;
	world_sample(&world, 1000);
	make_plan();
	assert_int_equal(plan.verdicts[0].class, CLASS_WASTING);
	assert_int_equal(plan.n_moves, 0);
	world_sample(&world, 2000);
	make_plan();
	assert_int_equal(plan.n_moves, 1);
}

static void policies_are_found_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(policy_find("classic"), &policy_classic);
	assert_null(policy_find("nonsense"));
	assert_null(policy_find(""));
	assert_non_null(policy_default());
}

/* Random hosts */

static uint64_t below(uint64_t limit)
{
	return ((uint64_t)rand() << 31 ^ (uint64_t)rand()) % limit;
}

static uint64_t any_number(void)
{
	uint64_t bits =
		(uint64_t)rand() << 62 ^ (uint64_t)rand() << 31 ^ (uint64_t)rand();

	return bits >> (rand() % 64);
}

static void make_random_world(bool is_absurd)
{
	world.settings.period_s = 1 + (unsigned)below(10);
	world.settings.domain_floor_kib = (50 + below(500)) * MIB;
	world.settings.has_host_capacity = below(2);
	world.settings.host_capacity_kib = (64 + below(20000)) * MIB;
	world.snapshot.host.available_kib = is_absurd ? any_number() : below(16 * GIB);
	for (uint64_t n = below(8); n > 0; n--) {
		uint64_t maximum_kib = (256 + below(8000)) * MIB;
		uint64_t current_kib = 1 + below(maximum_kib);
		struct domain *domain = world_add(&world, current_kib, maximum_kib,
						  below(current_kib + 1));

		domain->disk_caches_kib = below(current_kib + 1);
		domain->rss_kib = below(current_kib + 1);
		if (!is_absurd)
			continue;
		domain->current_kib = any_number();
		domain->maximum_kib = any_number();
		domain->usable_kib = any_number();
		domain->rss_kib = any_number();
		domain->disk_caches_kib = any_number();
	}
}

static void assert_limits(void)
{
	int64_t grantable_kib =
		ledger_grantable_kib(&world.snapshot, &world.history, &world.settings);
	uint64_t granted_kib = 0;

	assert_true(plan.n_moves <= 2);
	for (size_t i = 0; i < plan.n_moves; i++) {
		const struct move *move = &plan.moves[i];
		const struct domain *domain = &world.domains[move->domain];
		enum domain_class class = plan.verdicts[move->domain].class;

		if (move->to_kib > domain->current_kib) {
			assert_int_equal(class, CLASS_STARVING);
			assert_true(move->to_kib <= domain->maximum_kib);
			granted_kib += move->to_kib - domain->current_kib;
		} else {
			uint64_t free_kib = demand_free_kib(
				&world.history.records[move->domain].demand, domain,
				METRIC_AUTO);

			assert_int_equal(class, CLASS_WASTING);
			assert_true(move->to_kib < domain->current_kib);
			assert_true(move->to_kib >= world.settings.domain_floor_kib);
			assert_true(domain->current_kib - move->to_kib <= free_kib / 2);
		}
	}
	assert_true(granted_kib == 0 || (int64_t)granted_kib <= grantable_kib);
}

static void limits_hold_on_random_hosts(void **state)
{
	size_t n_grows = 0, n_shrinks = 0;

	(void)state;
	srand(7);
	for (int round = 0; round < 20000; round++) {
		tear_down(NULL);
		set_up(NULL);
		make_random_world(round % 4 == 0);
		see_and_plan();
		assert_limits();
		for (size_t i = 0; i < plan.n_moves; i++)
			*(plan.moves[i].to_kib > plan.moves[i].from_kib ? &n_grows
									: &n_shrinks) +=
				1;
	}
	/* the test must have seen what it is about */
	assert_true(n_grows > 500 && n_shrinks > 500);
}

static void same_input_same_plan(void **state)
{
	(void)state;
	srand(9);
	for (int round = 0; round < 1000; round++) {
		struct plan again = { 0 };

		tear_down(NULL);
		set_up(NULL);
		make_random_world(false);
		see_and_plan();
		assert_int_equal(policy_plan(&world.snapshot, &world.history,
					     &world.settings, &again),
				 0);
		assert_int_equal(again.n_moves, plan.n_moves);
		for (size_t i = 0; i < plan.n_moves; i++) {
			assert_int_equal(again.moves[i].domain, plan.moves[i].domain);
			assert_int_equal(again.moves[i].to_kib, plan.moves[i].to_kib);
		}
		plan_clear(&again);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(starved_and_wasteful),
		TEST(the_step_follows_rate_and_period),
		TEST(a_donor_gives_half_of_its_unused_and_the_host_the_rest),
		TEST(a_donor_keeps_its_floor),
		TEST(a_domain_at_its_floor_gives_nothing),
		TEST(a_receiver_stops_at_its_maximum),
		TEST(a_full_receiver_leaves_its_place),
		TEST(starved_only),
		TEST(the_host_keeps_its_reserve),
		TEST(a_host_at_its_reserve_gives_nothing),
		TEST(memory_is_not_granted_before_it_has_arrived),
		TEST(earlier_promises_count),
		TEST(wasteful_only),
		TEST(wasteful_only_but_far_above_its_maximum),
		TEST(wasteful_only_keeps_the_floor),
		TEST(neither),
		TEST(an_empty_host),
		TEST(the_extremes_are_chosen),
		TEST(ties_go_by_uuid),
		TEST(the_first_sample_moves_nothing),
		TEST(who_appears_between_samples_waits),
		TEST(who_disappears_is_not_planned_for),
		TEST(one_sample_one_command),
		TEST(a_shrink_under_way_is_left_alone),
		TEST(who_may_be_in_foreign_hands_gives_nothing),
		TEST(a_grant_under_way_is_added_to),
		TEST(low_confidence_is_never_shrunk),
		TEST(an_ambiguous_sample_shrinks_nobody),
		TEST(policies_are_found_by_name),
		TEST(limits_hold_on_random_hosts),
		TEST(same_input_same_plan),
	};

	return cmocka_run_group_tests_name("policy-classic", tests, NULL, NULL);
}
