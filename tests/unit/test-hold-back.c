/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memcoord does not do: ask domains that do not respond, count on what it cannot. */
#include "base/sat.h"
#include "core/ledger.h"
#include "planning.h"

static const struct policy *const both[] = { &policy_fair, &policy_classic };

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	world.settings.policy = &policy_fair;
	plan = (struct plan){ 0 };
	return 0;
}

/* Begin anew, with policy number @i. */
static void begin_with(size_t i)
{
	tear_down(NULL);
	set_up(NULL);
	world.settings.policy = both[i];
}

static struct promise *promise_of(size_t i)
{
	return &world.history.records[i].promise;
}

static void ask(size_t i, uint64_t target_kib)
{
	promise_open(promise_of(i), target_kib, world.snapshot.now_ms);
}

/* A domain of 1000 MiB that consumes 20 MiB/s, with 100 MiB free. */
static void see_starving(void)
{
	world_add(&world, 1000 * MIB, 8 * GIB, 140 * MIB);
	world_look(&world, 0);
	world.domains[0].usable_kib = 100 * MIB;
	world_sample(&world, 2000);
}

/* Its monitor is busy or hung: it is listed, with the little that libvirt knows itself.
 */
static void make_busy(size_t i)
{
	world.domains[i].present = DOMAIN_CURRENT | DOMAIN_MAXIMUM | DOMAIN_STATS_PERIOD;
	world.domains[i].rss_kib = 0;
}

static void make_paused(size_t i)
{
	world.domains[i].state = DOMAIN_PAUSED;
}

static void (*const silencers[])(size_t i) = { make_busy, make_paused };

/* Row 18: it consumed until it became busy, and yet it is not even grown. */
static void who_does_not_respond_is_not_grown(void **state)
{
	(void)state;
	for (size_t p = 0; p < 2; p++)
		for (size_t s = 0; s < 2; s++) {
			begin_with(p);
			see_starving();
			make_plan();
			assert_non_null(move_of(0));
			silencers[s](0);
			for (int i = 0; i < 20; i++) {
				world_look(&world, 2000);
				make_plan();
				assert_int_equal(plan.n_moves, 0);
			}
		}
}

/* The call that withdraws a request would block like any other. */
static void nothing_is_withdrawn_from_who_does_not_respond(void **state)
{
	(void)state;
	for (size_t p = 0; p < 2; p++)
		for (size_t s = 0; s < 2; s++)
			for (int stuck_before = 0; stuck_before < 2; stuck_before++) {
				begin_with(p);
				see_starving();
				ask(0, 3 * GIB);
				if (stuck_before)
					world_look(&world, 5000);
				assert_int_equal(promise_of(0)->is_stuck, stuck_before);
				silencers[s](0);
				for (int i = 0; i < 10; i++) {
					world_look(&world, 2000);
					make_plan();
					assert_int_equal(plan.n_moves, 0);
				}
			}
}

/* Its balloon may go on to the old target meanwhile. */
static void what_was_promised_to_it_stays_promised(void **state)
{
	(void)state;
	for (int stuck_before = 0; stuck_before < 2; stuck_before++) {
		begin_with(0);
		see_starving();
		ask(0, 3 * GIB);
		if (stuck_before)
			world_look(&world, 5000);
		make_busy(0);
		world_look(&world, 2000);
		assert_int_equal(promise_committed_kib(promise_of(0), &world.domains[0]),
				 3 * GIB);
		/* even the size can be missing */
		world.domains[0].present = 0;
		world.domains[0].current_kib = 0;
		promise_of(0)->is_open = false;
		world_look(&world, 2000);
		assert_int_equal(promise_committed_kib(promise_of(0), &world.domains[0]),
				 1000 * MIB);
	}
}

/* It has touched half of its memory: the other half is owed to it still. */
static void its_last_known_cost_stays_in_the_ledger(void **state)
{
	int64_t backed_kib;

	(void)state;
	see_starving();
	world.domains[0].rss_kib = 600 * MIB;
	world_sample(&world, 2000);
	backed_kib = ledger_backed_kib(&world.snapshot, &world.history, &world.settings);
	make_busy(0);
	world_look(&world, 2000);
	assert_int_equal(
		ledger_backed_kib(&world.snapshot, &world.history, &world.settings),
		backed_kib);
}

/* The time without an answer is no proof that the balloon does not move. */
static void who_comes_back_is_not_stuck_at_once(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct domain kept;

		begin_with(0);
		see_starving();
		kept = world.domains[0];
		ask(0, 3 * GIB);
		silencers[s](0);
		world_look(&world, 20000);
		world.domains[0] = kept;
		world_sample(&world, 2000);
		assert_false(promise_of(0)->is_stuck);
		world_sample(&world, 5000);
		assert_true(promise_of(0)->is_stuck);
	}
}

static void who_comes_back_is_served_on_its_next_sample(void **state)
{
	struct domain kept;

	(void)state;
	see_starving();
	kept = world.domains[0];
	make_busy(0);
	world_look(&world, 20000);
	world.domains[0] = kept;
	world.domains[0].usable_kib = 20 * MIB;
	world_sample(&world, 2000);
	make_plan();
	assert_non_null(move_of(0));
}

/* Nobody waits for what a donor gives that does not respond: others are asked. */
static void others_give_in_place_of_who_does_not_respond(void **state)
{
	(void)state;
	world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
	world.snapshot.host.available_kib = 1 * GIB;
	see_starving();
	world_add(&world, 2000 * MIB, 4 * GIB, 1500 * MIB);
	world_add(&world, 2000 * MIB, 4 * GIB, 1400 * MIB);
	for (size_t i = 0; i < 3; i++)
		world.domains[i].rss_kib = world.domains[i].current_kib + 100 * MIB;
	world_sample(&world, 2000);
	world.domains[0].usable_kib = 20 * MIB;
	world_sample(&world, 2000);
	ask(1, 1000 * MIB);
	make_plan();
	assert_null(move_of(2));
	make_busy(1);
	world_look(&world, 500);
	make_plan();
	assert_null(move_of(1));
	assert_non_null(move_of(2));
}

/* A refused change of an open promise changes nothing: QEMU goes on to the old target. */
static void a_refused_request_leaves_the_older_promise(void **state)
{
	(void)state;
	see_starving();
	ask(0, 3 * GIB);
	promise_refuse(promise_of(0), world.snapshot.now_ms);
	world_look(&world, 10000);
	make_plan();
	assert_int_equal(plan.n_moves, 0);
	assert_int_equal(promise_committed_kib(promise_of(0), &world.domains[0]),
			 3 * GIB);
	/* asked again after a minute, to withdraw it */
	world_look(&world, 51000);
	make_plan();
	assert_int_equal(plan.n_moves, 1);
	assert_int_equal(move_of(0)->reason, REASON_STUCK);
}

/* Row 25: who was asked for more by the memcoord before this one? */
static void nothing_is_granted_while_a_balloon_may_be_moving(void **state)
{
	(void)state;
	for (size_t p = 0; p < 2; p++) {
		begin_with(p);
		world_add(&world, 1000 * MIB, 8 * GIB, 180 * MIB);
		world_add(&world, 1000 * MIB, 8 * GIB, 400 * MIB);
		world_look(&world, 0);
		for (int i = 0; i < 3; i++) {
			world.domains[0].usable_kib -= 20 * MIB;
			world.domains[1].current_kib += 300 * MIB;
			world.domains[1].usable_kib += 300 * MIB;
			world_sample(&world, 1000);
			make_plan();
			assert_null(move_of(0));
			assert_true(!plan.shares ||
				    plan.shares[0].bound == REASON_TARGETS_UNKNOWN);
		}
		/* it breathes, but has arrived */
		world.domains[0].usable_kib -= 20 * MIB;
		world.domains[1].current_kib += 3 * MIB;
		world_sample(&world, 999);
		make_plan();
		assert_null(move_of(0));
		world.domains[0].usable_kib -= 20 * MIB;
		world_sample(&world, 1);
		make_plan();
		assert_non_null(move_of(0));
	}
}

static void who_never_holds_still_is_waited_for_10_s(void **state)
{
	(void)state;
	world_add(&world, 1000 * MIB, 8 * GIB, 30 * MIB);
	world_add(&world, 1000 * MIB, 8 * GIB, 400 * MIB);
	world_look(&world, 0);
	for (int i = 1; i <= 10; i++) {
		world.domains[1].current_kib += 10 * MIB;
		world_sample(&world, i < 10 ? 1000 : 999);
		make_plan();
		assert_null(move_of(0));
	}
	world_sample(&world, 1);
	make_plan();
	assert_non_null(move_of(0));
}

/*
 * Of one that does not respond nobody can say whether it moves. It must not hold up the
 * others, but for 10 s the host keeps what it could grow to.
 */
static void who_does_not_respond_is_not_waited_for_but_provided_for(void **state)
{
	(void)state;
	for (int has_room = 0; has_room < 2; has_room++) {
		begin_with(0);
		world_add(&world, 1000 * MIB, 8 * GIB, 30 * MIB);
		world_add(&world, 1000 * MIB, 8 * GIB, 400 * MIB);
		make_busy(1);
		world.snapshot.host.total_kib = 64 * GIB;
		world.snapshot.host.available_kib = has_room ? 20 * GIB : 10 * GIB;
		world_look(&world, 0);
		for (int i = 1; i <= 10; i++) {
			world_sample(&world, i < 10 ? 1000 : 999);
			make_plan();
			assert_true(!move_of(0) == !has_room);
		}
		world_sample(&world, 1);
		make_plan();
		assert_non_null(move_of(0));
	}
}

/* Whose size falls, or cannot rise, takes nothing of what is granted to others. */
static void who_cannot_be_growing_is_not_waited_for(void **state)
{
	(void)state;
	for (int is_falling = 0; is_falling < 2; is_falling++) {
		begin_with(0);
		world_add(&world, 1000 * MIB, 8 * GIB, 30 * MIB);
		world_add(&world, 8 * GIB, 8 * GIB, 7 * GIB);
		world_look(&world, 0);
		world.domains[1].current_kib -= is_falling ? 100 * MIB : 0;
		world_sample(&world, 1000);
		make_plan();
		assert_non_null(move_of(0));
	}
}

static void who_comes_later_is_not_waited_for(void **state)
{
	(void)state;
	world_add(&world, 1000 * MIB, 8 * GIB, 30 * MIB);
	world_look(&world, 0);
	world_add(&world, 1000 * MIB, 8 * GIB, 400 * MIB);
	world_sample(&world, 1000);
	make_plan();
	assert_non_null(move_of(0));
}

/* A domain that must give, gives: that takes nothing from the host. */
static void shrinking_does_not_wait_for_balloons(void **state)
{
	(void)state;
	world.settings.host_reserve = (struct reserve){ .size_kib = 14 * GIB };
	world_add(&world, 2000 * MIB, 8 * GIB, 1500 * MIB);
	world_add(&world, 1000 * MIB, 8 * GIB, 400 * MIB);
	for (int i = 0; i < 3; i++) {
		world.domains[1].current_kib += 100 * MIB;
		world_sample(&world, 1000);
	}
	make_plan();
	assert_non_null(move_of(0));
	assert_true(move_of(0)->to_kib < 2000 * MIB);
}

/* Give @mib, the rest never comes: the request is withdrawn. */
static void stall_after(uint64_t mib)
{
	ask(0, 1000 * MIB);
	world.domains[0].current_kib -= mib * MIB;
	world.domains[0].usable_kib -= mib * MIB;
	world_sample(&world, 2000);
	world_sample(&world, 6000);
	make_plan();
	assert_non_null(move_of(0));
	assert_int_equal(move_of(0)->reason, REASON_STUCK);
	ask(0, world.domains[0].current_kib);
	for (int i = 0; i < 40; i++)
		world_sample(&world, 2000);
	assert_false(promise_of(0)->is_stuck);
}

static uint64_t asked_for_kib(void)
{
	make_plan();
	return move_of(0) ? world.domains[0].current_kib - move_of(0)->to_kib : 0;
}

/* Row 9: it is not asked for more than it gave, until it has moved freely again. */
static void who_stalls_half_way_is_asked_for_less(void **state)
{
	(void)state;
	for (size_t p = 0; p < 2; p++) {
		begin_with(p);
		world_add(&world, 3000 * MIB, 4 * GIB, 2600 * MIB);
		world_look(&world, 0);
		world_sample(&world, 2000);
		stall_after(300);
		assert_int_equal(asked_for_kib(), 300 * MIB);
		/* that much comes true */
		ask(0, 2400 * MIB);
		world.domains[0].current_kib -= 300 * MIB;
		world.domains[0].usable_kib -= 300 * MIB;
		world_sample(&world, 2000);
		world_sample(&world, 2000);
		assert_true(asked_for_kib() > 500 * MIB);
		/* it stalls again; that is believed for an hour */
		stall_after(240);
		assert_int_equal(asked_for_kib(), 240 * MIB);
		for (int i = 0; i < 1780; i++)
			world_sample(&world, 2000);
		assert_true(asked_for_kib() > 500 * MIB);
	}
}

/* Nor for others, however much they need. */
static void who_stalls_gives_no_more_to_others(void **state)
{
	(void)state;
	world.settings.idle_reclaim = false;
	world_add(&world, 3000 * MIB, 4 * GIB, 2600 * MIB);
	world_look(&world, 0);
	world_sample(&world, 2000);
	stall_after(100);
	world.settings.host_reserve = (struct reserve){ .size_kib = 13 * GIB };
	assert_int_equal(asked_for_kib(), 100 * MIB);
}

/*
 * Its balloon is not where it was sent, and it consumes. It is not asked for anything
 * before it is clear that somebody else moves it, unless it is short.
 */
static void who_may_be_moved_by_somebody_else_is_waited_for(void **state)
{
	static const uint64_t usable_mib[] = { 200, 40 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin_with(0);
		world_add(&world, 1000 * MIB, 8 * GIB, 860 * MIB);
		world_look(&world, 0);
		ask(0, 1000 * MIB);
		for (int n = 0; n < 4; n++)
			world_sample(&world, 2000);
		world.domains[0].current_kib = 600 * MIB;
		world.domains[0].usable_kib = usable_mib[i] * MIB;
		world_sample(&world, 2000);
		make_plan();
		assert_true(world.history.records[0].foreign.is_away);
		assert_int_equal(move_of(0) != NULL, i == 1);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_does_not_respond_is_not_grown),
		TEST(nothing_is_withdrawn_from_who_does_not_respond),
		TEST(what_was_promised_to_it_stays_promised),
		TEST(its_last_known_cost_stays_in_the_ledger),
		TEST(who_comes_back_is_not_stuck_at_once),
		TEST(who_comes_back_is_served_on_its_next_sample),
		TEST(others_give_in_place_of_who_does_not_respond),
		TEST(a_refused_request_leaves_the_older_promise),
		TEST(nothing_is_granted_while_a_balloon_may_be_moving),
		TEST(who_never_holds_still_is_waited_for_10_s),
		TEST(who_does_not_respond_is_not_waited_for_but_provided_for),
		TEST(who_cannot_be_growing_is_not_waited_for),
		TEST(who_comes_later_is_not_waited_for),
		TEST(who_stalls_half_way_is_asked_for_less),
		TEST(who_stalls_gives_no_more_to_others),
		TEST(shrinking_does_not_wait_for_balloons),
		TEST(who_may_be_moved_by_somebody_else_is_waited_for),
	};

	return cmocka_run_group_tests_name("hold-back", tests, NULL, NULL);
}
