/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Row 24: who else changes a domain's memory is noticed, and nothing else is taken so. */
#include "base/sat.h"
#include "planning.h"

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
static void move_to(uint64_t mib)
{
	struct domain *domain = &world.domains[0];
	uint64_t used_kib = sat_sub(domain->current_kib, domain->usable_kib);

	domain->current_kib = mib * MIB;
	domain->usable_kib = sat_sub(domain->current_kib, used_kib);
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

/* Left alone: neither grown nor shrunk, and counted as what it has. */
static void who_is_left_alone_is_not_moved(void **state)
{
	static const struct policy *const both[] = { &policy_fair, &policy_classic };

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
			world.domains[0].usable_kib =
				s % 100 < 50 ? 2000 * MIB : (300 - s % 50 * 2) * MIB;
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
	};

	return cmocka_run_group_tests_name("foreign", tests, NULL, NULL);
}
