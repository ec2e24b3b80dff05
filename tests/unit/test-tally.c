/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is counted, and what is not. */
#include "core/tally.h"
#include "testing.h"

static struct world world;
static struct tally tally;
static struct verdict verdicts[WORLD_MAX];

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	world_add(&world, 1024 * MIB, 2048 * MIB, 512 * MIB);
	world_add(&world, 1024 * MIB, 2048 * MIB, 512 * MIB);
	tally = (struct tally){ 0 };
	for (size_t i = 0; i < WORLD_MAX; i++)
		verdicts[i] = (struct verdict){ CLASS_BALANCED, REASON_ENOUGH };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tally_clear(&tally);
	world_clear(&world);
	return 0;
}

static void look(int64_t elapsed_ms)
{
	world_sample(&world, elapsed_ms);
	tally_look(&tally, &world.snapshot, &world.history);
}

static void complete(void)
{
	tally_complete(&tally, &world.history,
		       &(struct plan){ .n_verdicts = world.snapshot.n_domains,
				       .verdicts = verdicts });
}

/* A whole cycle that moves nothing. */
static void cycle(int64_t elapsed_ms)
{
	look(elapsed_ms);
	complete();
}

/* A whole cycle that asks the first domain for another size. */
static void cycle_with_move(int64_t elapsed_ms, uint64_t target_kib)
{
	struct domain *domain = &world.domains[0];

	look(elapsed_ms);
	record_note_command(&world.history.records[0], domain, target_kib, true,
			    world.snapshot.now_ms);
	tally_note_move(&tally, &(struct move){ .from_kib = domain->current_kib,
						.to_kib = target_kib });
	complete();
}

static void cycles_are_counted_by_their_end(void **state)
{
	(void)state;
	cycle(0);
	cycle(2000);
	tally_fail(&tally);
	assert_int_equal(tally.n_cycles, 2);
	assert_int_equal(tally.n_failed_cycles, 1);
}

static void a_duration_belongs_to_its_bound(void **state)
{
	(void)state;
	tally_note_duration(&tally, 0);
	tally_note_duration(&tally, 5000);
	tally_note_duration(&tally, 5001);
	tally_note_duration(&tally, 10000000);
	tally_note_duration(&tally, 10000001);
	tally_note_duration(&tally, -1);
	assert_int_equal(tally.durations.n[0], 3);
	assert_int_equal(tally.durations.n[1], 1);
	assert_int_equal(tally.durations.n[TALLY_N_BOUNDS - 1], 1);
	assert_int_equal(tally.durations.n[TALLY_N_BOUNDS], 1);
	assert_int_equal(tally.durations.sum_us, 20010002);
}

static void bounds_rise(void **state)
{
	(void)state;
	for (size_t i = 1; i < TALLY_N_BOUNDS; i++)
		assert_true(tally_bounds_ms[i] > tally_bounds_ms[i - 1]);
}

static void moves_are_counted_by_their_direction(void **state)
{
	(void)state;
	look(0);
	tally_note_move(&tally, &(struct move){ .from_kib = 1, .to_kib = 2 });
	tally_note_move(&tally, &(struct move){ .from_kib = 1, .to_kib = 2 });
	tally_note_move(&tally, &(struct move){ .from_kib = 2, .to_kib = 1 });
	/* withdrawn */
	tally_note_move(&tally, &(struct move){ .from_kib = 1, .to_kib = 1 });
	tally_note_refusal(&tally, &(struct move){ .domain = 1, .to_kib = 1 });
	assert_int_equal(tally.domains[0].n_grows, 2);
	assert_int_equal(tally.domains[0].n_shrinks, 1);
	assert_int_equal(tally.domains[0].n_refusals, 0);
	assert_int_equal(tally.domains[1].n_grows, 0);
	assert_int_equal(tally.domains[1].n_refusals, 1);
}

static void moves_of_unknown_domains_count_nowhere(void **state)
{
	(void)state;
	tally_note_move(&tally, &(struct move){ .to_kib = 1 });
	look(0);
	tally_note_move(&tally, &(struct move){ .domain = 2, .to_kib = 1 });
	tally_note_refusal(&tally, &(struct move){ .domain = 2, .to_kib = 1 });
	assert_int_equal(tally.n_domains, 2);
}

static void what_balloons_move_is_counted_as_it_is_seen(void **state)
{
	struct domain *domain = &world.domains[0];

	(void)state;
	cycle_with_move(0, 1536 * MIB);
	assert_int_equal(tally.domains[0].grown_kib, 0);
	domain->current_kib = 1200 * MIB;
	cycle(2000);
	assert_int_equal(tally.domains[0].grown_kib, 176 * MIB);
	domain->current_kib = 1536 * MIB;
	cycle(2000);
	assert_int_equal(tally.domains[0].grown_kib, 512 * MIB);

	cycle_with_move(2000, 1000 * MIB);
	domain->current_kib = 1100 * MIB;
	cycle(2000);
	assert_int_equal(tally.domains[0].shrunk_kib, 436 * MIB);
	assert_int_equal(tally.domains[0].grown_kib, 512 * MIB);
}

static void what_others_move_is_not_counted(void **state)
{
	struct domain *domain = &world.domains[0];

	(void)state;
	cycle(0);
	domain->current_kib = 1536 * MIB;
	cycle(2000);
	assert_int_equal(tally.domains[0].grown_kib, 0);

	/* beyond the target, and away from it */
	cycle_with_move(2000, 1792 * MIB);
	domain->current_kib = 2048 * MIB;
	cycle(2000);
	assert_int_equal(tally.domains[0].grown_kib, 256 * MIB);
	cycle_with_move(2000, 1024 * MIB);
	domain->current_kib = 512 * MIB;
	cycle(2000);
	assert_int_equal(tally.domains[0].shrunk_kib, 1024 * MIB);
	cycle_with_move(2000, 256 * MIB);
	domain->current_kib = 1024 * MIB;
	cycle(2000);
	assert_int_equal(tally.domains[0].grown_kib, 256 * MIB);
	assert_int_equal(tally.domains[0].shrunk_kib, 1024 * MIB);
}

static void a_size_that_is_not_shown_is_waited_for(void **state)
{
	struct domain *domain = &world.domains[0];

	(void)state;
	cycle_with_move(0, 1536 * MIB);
	domain->present &= ~(unsigned)DOMAIN_CURRENT;
	domain->current_kib = 0;
	cycle(2000);
	domain->present |= DOMAIN_CURRENT;
	domain->current_kib = 1536 * MIB;
	cycle(2000);
	assert_int_equal(tally.domains[0].grown_kib, 512 * MIB);
	assert_int_equal(tally.domains[0].shrunk_kib, 0);
}

static void time_counts_by_how_the_cycle_before_ended(void **state)
{
	(void)state;
	cycle(0);
	verdicts[0].class = CLASS_STARVING;
	cycle(2000);
	assert_int_equal(tally.domains[0].starving_ms, 0);
	cycle(3000);
	verdicts[0].class = CLASS_BALANCED;
	cycle(4000);
	cycle(5000);
	assert_int_equal(tally.domains[0].starving_ms, 7000);
	assert_int_equal(tally.domains[0].unrelieved_ms, 7000);
	assert_int_equal(tally.domains[1].starving_ms, 0);
}

static void the_time_of_a_failed_cycle_does_not_count(void **state)
{
	(void)state;
	verdicts[0].class = CLASS_STARVING;
	cycle(0);
	tally_fail(&tally);
	cycle(60000);
	assert_int_equal(tally.domains[0].starving_ms, 0);
	cycle(2000);
	assert_int_equal(tally.domains[0].starving_ms, 2000);
}

static void memory_on_its_way_is_relief(void **state)
{
	(void)state;
	verdicts[0].class = CLASS_STARVING;
	cycle_with_move(0, 1536 * MIB);
	cycle(2000);
	assert_int_equal(tally.domains[0].starving_ms, 2000);
	assert_int_equal(tally.domains[0].unrelieved_ms, 0);

	/* all of it has arrived, and does not suffice */
	world.domains[0].current_kib = 1536 * MIB;
	cycle(2000);
	cycle(2000);
	assert_int_equal(tally.domains[0].starving_ms, 6000);
	assert_int_equal(tally.domains[0].unrelieved_ms, 2000);
}

static void a_shrink_and_a_stuck_balloon_are_no_relief(void **state)
{
	(void)state;
	verdicts[0].class = CLASS_STARVING;
	cycle_with_move(0, 512 * MIB);
	cycle(2000);
	assert_int_equal(tally.domains[0].unrelieved_ms, 2000);

	cycle_with_move(0, 1536 * MIB);
	cycle(10000); /* of relief, as far as could be known */
	assert_int_equal(tally.domains[0].unrelieved_ms, 2000);
	cycle(2000);
	assert_int_equal(tally.domains[0].unrelieved_ms, 4000);
}

static void stuck_balloons_are_counted_once_each_time(void **state)
{
	(void)state;
	cycle_with_move(0, 1536 * MIB);
	cycle(6000);
	cycle(2000);
	assert_int_equal(tally.domains[0].n_stuck, 1);
	world.history.records[0].promise.is_open = false;
	cycle(120000);
	cycle_with_move(2000, 1536 * MIB);
	assert_int_equal(tally.domains[0].n_stuck, 1);
	cycle(6000);
	assert_int_equal(tally.domains[0].n_stuck, 2);
	assert_int_equal(tally.domains[1].n_stuck, 0);
}

static void a_refused_request_is_not_stuck(void **state)
{
	(void)state;
	look(0);
	promise_refuse(&world.history.records[0].promise, world.snapshot.now_ms);
	complete();
	cycle(2000);
	assert_int_equal(tally.domains[0].n_stuck, 0);
}

static void counts_of_domains_that_are_gone_are_forgotten(void **state)
{
	struct domain first = world.domains[0];

	(void)state;
	cycle_with_move(0, 1536 * MIB);
	tally_note_refusal(&tally, &(struct move){ .domain = 1, .to_kib = 1 });

	/* the first one ends */
	world.domains[0] = world.domains[1];
	world.snapshot.n_domains = 1;
	cycle(2000);
	assert_int_equal(tally.n_domains, 1);
	assert_string_equal(tally.domains[0].uuid, world.domains[0].uuid);
	assert_int_equal(tally.domains[0].n_refusals, 1);

	/* and comes back */
	world.domains[1] = world.domains[0];
	world.domains[0] = first;
	world.snapshot.n_domains = 2;
	cycle(2000);
	assert_int_equal(tally.domains[0].n_grows, 0);
	assert_int_equal(tally.domains[1].n_refusals, 1);
}

static void a_domain_that_is_started_again_goes_on_counting(void **state)
{
	(void)state;
	verdicts[0].class = CLASS_STARVING;
	cycle_with_move(0, 1536 * MIB);
	cycle(2000);
	world.domains[0].id = 99;
	world.domains[0].current_kib = 1536 * MIB;
	cycle(2000);
	assert_int_equal(tally.domains[0].n_grows, 1);
	/* but what was under way has ended with it */
	assert_int_equal(tally.domains[0].grown_kib, 0);
	assert_int_equal(tally.domains[0].starving_ms, 2000);
}

static void a_host_may_have_no_domains(void **state)
{
	(void)state;
	cycle(0);
	world.snapshot.n_domains = 0;
	cycle(2000);
	assert_int_equal(tally.n_domains, 0);
	assert_int_equal(tally.n_cycles, 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cycles_are_counted_by_their_end),
		TEST(a_duration_belongs_to_its_bound),
		TEST(bounds_rise),
		TEST(moves_are_counted_by_their_direction),
		TEST(moves_of_unknown_domains_count_nowhere),
		TEST(what_balloons_move_is_counted_as_it_is_seen),
		TEST(what_others_move_is_not_counted),
		TEST(a_size_that_is_not_shown_is_waited_for),
		TEST(time_counts_by_how_the_cycle_before_ended),
		TEST(the_time_of_a_failed_cycle_does_not_count),
		TEST(memory_on_its_way_is_relief),
		TEST(a_shrink_and_a_stuck_balloon_are_no_relief),
		TEST(stuck_balloons_are_counted_once_each_time),
		TEST(a_refused_request_is_not_stuck),
		TEST(counts_of_domains_that_are_gone_are_forgotten),
		TEST(a_domain_that_is_started_again_goes_on_counting),
		TEST(a_host_may_have_no_domains),
	};

	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
