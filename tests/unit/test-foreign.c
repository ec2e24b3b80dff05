/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Row 24: who else changes a domain's memory is noticed, and nothing else is taken so. */
#include "base/sat.h"
#include "planning.h"

static const struct policy *const both[] = { &policy_fair, &policy_classic };

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	world.settings.policy = &policy_fair;
	plan = (struct plan){ 0 };
	world_add(&world, 2000 * MIB, 4000 * MIB, 800 * MIB);
	world.domains[0].present |= DOMAIN_MAJOR_FAULTS;
	world.domains[0].major_faults = 1000;
	world_look(&world, 0);
	return 0;
}

static struct record *record(void)
{
	return &world.history.records[0];
}

static bool is_left_alone(void)
{
	return record()->foreign.is_left_alone;
}

/* The guest reports each second, and is looked at every two. */
static void live_s(unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i += 2)
		world_sample(&world, 2000);
}

/* The balloon goes there, and takes as much from what is free. */
static void move_to_kib(uint64_t kib)
{
	struct domain *domain = &world.domains[0];
	uint64_t used_kib = sat_sub(domain->current_kib, domain->usable_kib);

	domain->current_kib = kib;
	domain->usable_kib = sat_sub(kib, used_kib);
}

static void move_to(uint64_t mib)
{
	move_to_kib(mib * MIB);
}

static void ask(uint64_t mib)
{
	promise_open(&record()->promise, mib * MIB, world.snapshot.now_ms);
}

/* memcoord has sent it to 1800 MiB, and there it is. */
static void settle(void)
{
	live_s(4);
	ask(1800);
	move_to(1800);
	live_s(6);
	assert_true(record()->promise.is_kept);
}

static void a_settled_balloon_that_leaves_is_noticed(void **state)
{
	static const uint64_t to_mib[] = { 1000, 1784, 1816, 3000 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		tear_down(NULL);
		set_up(NULL);
		settle();
		move_to(to_mib[i]);
		live_s(2);
		assert_false(is_left_alone());
		live_s(2);
		assert_true(is_left_alone());
		/* newly noticed is who was noticed in this look */
		assert_int_equal(record()->foreign.noticed_ms, world.snapshot.now_ms);
		assert_int_equal(
			promise_committed_kib(&record()->promise, &world.domains[0]),
			to_mib[i] * MIB);
		live_s(2);
		assert_true(record()->foreign.noticed_ms < world.snapshot.now_ms);
	}
}

static void a_balloon_breathes(void **state)
{
	(void)state;
	settle();
	for (int i = 0; i < 100; i++) {
		move_to(i % 2 ? 1785 : 1815);
		live_s(2);
		assert_false(is_left_alone());
	}
}

/* Never sent anywhere: from where it has rested for a minute. */
static void a_resting_balloon_that_leaves_is_noticed(void **state)
{
	(void)state;
	live_s(62);
	move_to(1500);
	live_s(4);
	assert_true(is_left_alone());
	tear_down(NULL);
	set_up(NULL);
	live_s(56);
	move_to(1500);
	live_s(60);
	assert_false(is_left_alone());
}

static void who_is_sent_further_or_back_on_its_way_is_noticed(void **state)
{
	static const uint64_t to_mib[] = { 1400, 2100 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		tear_down(NULL);
		set_up(NULL);
		live_s(4);
		ask(1500);
		move_to(1900);
		live_s(4);
		assert_false(is_left_alone());
		move_to(to_mib[i]);
		live_s(4);
		assert_true(is_left_alone());
		assert_false(record()->promise.is_open);
	}
}

/* It waits in libvirtd or QEMU, and is carried out after what was asked for later. */
static void a_late_call_is_not_foreign(void **state)
{
	(void)state;
	settle();
	record_note_command(record(), &world.domains[0], 1500 * MIB, false,
			    world.snapshot.now_ms);
	/* while it hangs no time passes for it */
	world.domains[0].present &= ~(unsigned)DOMAIN_CURRENT;
	live_s(300);
	world.domains[0].present |= DOMAIN_CURRENT;
	/* nor while libvirtd does */
	world_sample(&world, 300000);
	live_s(4);
	record_note_command(record(), &world.domains[0], 1700 * MIB, true,
			    world.snapshot.now_ms);
	move_to(1700);
	live_s(20);
	move_to(1500);
	live_s(10);
	assert_false(is_left_alone());
}

/* What somebody else has set is all that it has. */
static void who_is_changed_by_others_is_in_no_doubt(void **state)
{
	(void)state;
	settle();
	record_note_command(record(), &world.domains[0], 1700 * MIB, true,
			    world.snapshot.now_ms);
	record_note_command(record(), &world.domains[0], 1500 * MIB, false,
			    world.snapshot.now_ms);
	for (unsigned s = 0; s < 70; s += 2) { /* creeping: neither stuck nor there */
		move_to(1790 - s * 2);
		live_s(2);
	}
	move_to(1000);
	live_s(8);
	assert_true(is_left_alone());
	assert_int_equal(promise_committed_kib(&record()->promise, &world.domains[0]),
			 1000 * MIB);
}

static void doubts_end(void **state)
{
	(void)state;
	settle();
	record_note_command(record(), &world.domains[0], 1500 * MIB, false,
			    world.snapshot.now_ms);
	live_s(4);
	move_to(1500);
	live_s(60);
	move_to(1000);
	live_s(4);
	assert_true(is_left_alone());
}

static void a_slow_way_is_not_foreign(void **state)
{
	(void)state;
	live_s(4);
	ask(1500);
	for (uint64_t mib = 1990; mib >= 1500; mib -= 10) {
		move_to(mib);
		live_s(2);
		assert_false(is_left_alone());
	}
	live_s(4);
	assert_false(is_left_alone());
}

/* What is shown of a moving balloon is a second old: it was further, and turns round. */
static void a_cancelled_request_is_not_foreign(void **state)
{
	(void)state;
	live_s(4);
	ask(1000);
	move_to(1700);
	world_sample(&world, 1000);
	ask(1700);
	for (int i = 0; i < 6; i++) {
		move_to(i < 5 ? 1300 : 1500);
		world_sample(&world, 500);
		assert_false(is_left_alone());
	}
	move_to(1700);
	live_s(20);
	assert_false(is_left_alone());
}

static void a_withdrawn_request_is_not_foreign(void **state)
{
	(void)state;
	live_s(4);
	ask(1000);
	live_s(6);
	assert_true(record()->promise.is_stuck);
	ask(2000);
	live_s(20);
	assert_false(is_left_alone());
}

/* Its statistics stop, it takes its maximum, and then comes back by itself. */
static void reboot(bool tells_by_counters)
{
	world_look(&world, 2000);
	world_look(&world, 2000);
	move_to(4000);
	for (int i = 0; i < 3; i++)
		world_look(&world, 2000);
	if (tells_by_counters)
		world.domains[0].major_faults = 10;
	for (uint64_t mib = 3000; mib > 1800; mib -= 400) {
		move_to(mib);
		live_s(2);
		assert_false(is_left_alone());
	}
	move_to(1800);
	live_s(120);
	assert_false(is_left_alone());
}

static void a_reboot_is_not_foreign(void **state)
{
	(void)state;
	settle();
	reboot(true);
	tear_down(NULL);
	set_up(NULL);
	settle();
	world.domains[0].present &= ~(unsigned)DOMAIN_MAJOR_FAULTS;
	reboot(false);
}

/* Back after a while at the maximum, at once: two looks of a guest that reports. */
static void a_jump_to_the_maximum_and_back_is_not_foreign(void **state)
{
	(void)state;
	settle();
	move_to(4000);
	live_s(26);
	assert_false(is_left_alone());
	move_to(1800);
	live_s(20);
	assert_false(is_left_alone());
	/* who stays there was sent there */
	move_to(4000);
	live_s(28);
	assert_false(is_left_alone());
	live_s(6);
	assert_true(is_left_alone());
}

/* 4 MiB each time that QEMU tells of it, however often one looks. */
static void a_slow_return_is_no_stay(void **state)
{
	(void)state;
	for (int64_t look_ms = 500; look_ms <= 2000; look_ms *= 2) {
		tear_down(NULL);
		set_up(NULL);
		settle();
		move_to(4000);
		live_s(4);
		for (int64_t ms = 0; ms < 300000; ms += 50) {
			if (ms % 1050 == 0) {
				move_to(4000 - 4 * (uint64_t)ms / 1050);
				world.domains[0].last_update_s++;
			}
			world.snapshot.now_ms += 50;
			if (ms % look_ms == 0)
				world_look(&world, 0);
			assert_false(is_left_alone());
		}
	}
}

/* Its driver takes the balloon from the maximum to its size up to a minute later. */
static void a_start_is_not_foreign(void **state)
{
	(void)state;
	world_add(&world, 4000 * MIB, 4000 * MIB, 3000 * MIB);
	live_s(60);
	world.domains[1].current_kib = 1000 * MIB;
	world.domains[1].usable_kib = 500 * MIB;
	live_s(60);
	assert_false(world.history.records[1].foreign.is_left_alone);
}

static void deflate_on_oom_is_not_foreign(void **state)
{
	(void)state;
	settle();
	for (uint64_t mib = 1800; mib < 2400; mib += 30) {
		world.domains[0].current_kib = mib * MIB;
		world.domains[0].usable_kib = 5 * MIB;
		live_s(2);
		assert_false(is_left_alone());
	}
	/* and when it has what it needs again, it is where it is */
	world.domains[0].usable_kib = 1000 * MIB;
	live_s(120);
	assert_false(is_left_alone());
}

/* Left alone: not moved at all, and counted as what it has. */
static void who_is_left_alone_is_not_moved(void **state)
{
	(void)state;
	for (size_t p = 0; p < 2; p++) {
		tear_down(NULL);
		set_up(NULL);
		world.settings.policy = both[p];
		settle();
		move_to(2200);
		live_s(4);
		assert_true(is_left_alone());
		for (unsigned s = 0; s < 594; s += 2) {
			/* it has much free or consumes, but does not starve */
			world.domains[0].usable_kib =
				s % 100 < 50 ? 2000 * MIB : (500 - s % 50 * 3) * MIB;
			live_s(2);
			make_plan();
			assert_int_equal(plan.n_moves, 0);
		}
		if (plan.shares)
			assert_int_equal(plan.shares[0].bound, REASON_FOREIGN);
		world.domains[0].usable_kib = 2000 * MIB;
		live_s(10);
		assert_false(is_left_alone());
		live_s(120);
		make_plan();
		assert_int_equal(plan.n_moves, 1);
		/* from then on as ever: where it rests by now is its place */
		ask(1700);
		move_to(1700);
		live_s(60);
		assert_false(is_left_alone());
	}
}

/* Somebody else has taken it to 1000 MiB, of which nearly nothing is free. */
static void be_left_to_starve(const struct policy *policy)
{
	tear_down(NULL);
	set_up(NULL);
	world.settings.policy = policy;
	settle();
	move_to(1000);
	world.domains[0].usable_kib = 200 * MIB;
	live_s(4);
	assert_true(is_left_alone());
	world.domains[0].usable_kib = 120 * MIB;
}

/* Another sample after @ms; the guest consumes 10 MiB and the plan comes true. */
static const struct move *starve(int64_t ms)
{
	const struct move *move;

	world.domains[0].usable_kib = sat_sub(world.domains[0].usable_kib, 10 * MIB);
	world_sample(&world, ms);
	make_plan();
	move = move_of(0);
	if (move) {
		record_note_command(record(), &world.domains[0], move->to_kib, true,
				    world.snapshot.now_ms);
		move_to_kib(move->to_kib);
	}
	return move;
}

static void who_is_left_alone_and_starves_is_helped(void **state)
{
	static const int64_t look_ms[] = { 500, 1000, 2000 };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		int64_t ms = look_ms[i / 2];

		be_left_to_starve(both[i % 2]);
		/* however often one looks */
		for (int64_t starved_ms = 0; starved_ms < 4000; starved_ms += ms)
			assert_null(starve(ms));
		const struct move *move = starve(ms);
		assert_non_null(move);
		assert_true(move->to_kib > move->from_kib);
		assert_true(is_left_alone());
		if (i % 2)
			continue;
		/* up to its need, which has no headroom in it */
		assert_int_equal(plan.shares[0].need.want_kib,
				 plan.shares[0].need.need_kib);
		assert_true(move->to_kib <= plan.shares[0].need.need_kib);
		/* from now on at once */
		for (int n = 0; n < 100; n++) {
			starve(1000);
			assert_true(world.domains[0].usable_kib > 60 * MIB);
		}
		assert_true(is_left_alone());
	}
}

static void who_was_helped_is_not_shrunk_while_it_is_left_alone(void **state)
{
	(void)state;
	for (size_t p = 0; p < 2; p++) {
		be_left_to_starve(both[p]);
		for (int n = 0; n < 10; n++)
			starve(1000);
		assert_true(record()->foreign.is_hungry);
		world.domains[0].usable_kib = 900 * MIB;
		/* nor for others */
		world.snapshot.host.available_kib = 0;
		for (int n = 0; n < 560; n += 2) {
			live_s(2);
			make_plan();
			assert_int_equal(plan.n_moves, 0);
		}
		assert_true(is_left_alone());
		live_s(200);
		make_plan();
		assert_false(is_left_alone());
		assert_int_equal(plan.n_moves, 1);
	}
}

static void who_starves_now_and_then_is_not_hungry(void **state)
{
	(void)state;
	be_left_to_starve(&policy_fair);
	for (int n = 0; n < 50; n++) {
		assert_null(starve(2000));
		world.domains[0].usable_kib = 300 * MIB;
		live_s(2);
		world.domains[0].usable_kib = 120 * MIB;
	}
	assert_false(record()->foreign.is_hungry);
}

static void who_is_paused_or_left_out_is_not_helped(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		be_left_to_starve(&policy_fair);
		if (i == 0)
			world.domains[0].state = DOMAIN_PAUSED;
		else
			world.domains[0].choices.is_left_out = true;
		for (int n = 0; n < 20; n++)
			assert_null(starve(1000));
	}
}

/* He insists: that is noticed before memcoord helps again. */
static void who_is_changed_again_is_left_alone_again(void **state)
{
	int64_t noticed_ms;

	(void)state;
	be_left_to_starve(&policy_fair);
	for (int n = 0; n < 10; n++)
		starve(1000);
	assert_true(record()->foreign.is_hungry);
	live_s(10);
	noticed_ms = record()->foreign.noticed_ms;
	world.domains[0].usable_kib = 300 * MIB;
	live_s(2);
	move_to(900);
	world.domains[0].usable_kib = 20 * MIB;
	live_s(2);
	make_plan();
	assert_null(move_of(0));
	live_s(2);
	make_plan();
	assert_null(move_of(0));
	assert_true(is_left_alone());
	assert_true(record()->foreign.noticed_ms > noticed_ms);
	assert_false(record()->foreign.is_hungry);
	live_s(6);
	make_plan();
	assert_non_null(move_of(0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_settled_balloon_that_leaves_is_noticed),
		TEST(a_balloon_breathes),
		TEST(a_resting_balloon_that_leaves_is_noticed),
		TEST(who_is_sent_further_or_back_on_its_way_is_noticed),
		TEST(a_late_call_is_not_foreign),
		TEST(who_is_changed_by_others_is_in_no_doubt),
		TEST(doubts_end),
		TEST(a_slow_way_is_not_foreign),
		TEST(a_cancelled_request_is_not_foreign),
		TEST(a_withdrawn_request_is_not_foreign),
		TEST(a_reboot_is_not_foreign),
		TEST(a_jump_to_the_maximum_and_back_is_not_foreign),
		TEST(a_slow_return_is_no_stay),
		TEST(a_start_is_not_foreign),
		TEST(deflate_on_oom_is_not_foreign),
		TEST(who_is_left_alone_is_not_moved),
		TEST(who_is_left_alone_and_starves_is_helped),
		TEST(who_was_helped_is_not_shrunk_while_it_is_left_alone),
		TEST(who_starves_now_and_then_is_not_hungry),
		TEST(who_is_paused_or_left_out_is_not_helped),
		TEST(who_is_changed_again_is_left_alone_again),
	};

	return cmocka_run_group_tests_name("foreign", tests, NULL, NULL);
}
