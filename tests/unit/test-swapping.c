/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Row 11: swapping is a sign of shortage, unless it is none. */
#include "base/sat.h"
#include "planning.h"

static struct domain *domain;

/* An idle guest, all of it touched, with @free_mib of 4000 free. */
static void begin(uint64_t free_mib)
{
	plan_clear(&plan);
	world_clear(&world);
	world_init(&world);
	world.settings.policy = &policy_fair;
	domain = world_add(&world, 4000 * MIB, 4000 * MIB, free_mib * MIB);
	domain->present |= DOMAIN_SWAP_OUT;
	domain->rss_kib = domain->current_kib + OVERHEAD_MIN_KIB;
	world_look(&world, 0);
}

static int set_up(void **state)
{
	(void)state;
	begin(3000);
	return 0;
}

static struct record *record(void)
{
	return &world.history.records[0];
}

static enum swapping_state swapping(void)
{
	return record()->demand.swapping.state;
}

static void live_s(unsigned seconds, uint64_t swap_kib_per_s)
{
	for (unsigned i = 0; i < seconds; i += 2) {
		domain->swap_out_kib += 2 * swap_kib_per_s;
		world_sample(&world, 2000);
		make_plan();
	}
}

/* The plan comes true at once; what the balloon takes was free. */
static void obey(void)
{
	const struct move *move = move_of(0);
	uint64_t used_kib = sat_sub(domain->current_kib, domain->usable_kib);

	if (!move)
		return;
	record_note_command(record(), domain, move->to_kib, true, world.snapshot.now_ms);
	domain->current_kib = move->to_kib;
	domain->usable_kib = sat_sub(move->to_kib, used_kib);
	domain->rss_kib = min_u64(domain->rss_kib, move->to_kib + OVERHEAD_MIN_KIB);
}

/* Windows counts what it writes to files, for ever. */
static void who_seems_to_swap_for_ever_is_reclaimed(void **state)
{
	unsigned n_moves = 0;
	uint64_t rested_kib;

	(void)state;
	for (unsigned s = 0; s < 118; s += 2) {
		live_s(2, 1024);
		assert_int_equal(swapping(), SWAPPING_COUNTS);
		assert_int_equal(plan.n_moves, 0);
	}
	live_s(4, 1024);
	assert_int_equal(swapping(), SWAPPING_DISREGARDED);
	live_s(60, 1024); /* the veto of the last that counted */
	assert_non_null(move_of(0));
	for (unsigned s = 0; s < 300; s += 2) {
		obey();
		live_s(2, 1024);
	}
	/* it is no longer WASTING, and stays as it is */
	assert_in_range(domain->current_kib, 1400 * MIB, 2000 * MIB);
	rested_kib = domain->current_kib;
	for (unsigned s = 0; s < 3600; s += 2) {
		n_moves += plan.n_moves > 0;
		obey();
		live_s(2, 1024);
	}
	assert_int_equal(n_moves, 0);
	assert_int_equal(domain->current_kib, rested_kib);
	assert_false(record()->aftermath.has_been_harmed);
}

/* Whatever a guest has free while it pages out, it is short sooner or later. */
static void who_really_thrashes_is_short(void **state)
{
	(void)state;
	begin(100);
	live_s(600, 5000);
	assert_int_equal(swapping(), SWAPPING_COUNTS);
	assert_int_equal(plan.verdicts[0].class, CLASS_STARVING);
	/* it has much free for a minute at a time, of what it has paged out */
	begin(3000);
	for (int round = 0; round < 10; round++) {
		domain->usable_kib = 3000 * MIB;
		live_s(100, 5000);
		domain->usable_kib = 1900 * MIB;
		live_s(2, 5000);
		assert_int_equal(swapping(), SWAPPING_COUNTS);
	}
}

static void what_follows_a_shrink_is_of_it(void **state)
{
	(void)state;
	live_s(100, 1024);
	record_note_command(record(), domain, 3900 * MIB, true, world.snapshot.now_ms);
	live_s(118, 1024);
	assert_int_equal(swapping(), SWAPPING_COUNTS);
	live_s(4, 1024);
	assert_int_equal(swapping(), SWAPPING_DISREGARDED);
	/* what was disregarded before does no harm; what comes on top of it does */
	record_note_command(record(), domain, 3800 * MIB, true, world.snapshot.now_ms);
	domain->current_kib = 3800 * MIB;
	domain->usable_kib = 1850 * MIB;
	live_s(4, 1024);
	assert_int_equal(swapping(), SWAPPING_COUNTS);
	assert_false(record()->aftermath.is_undone);
	live_s(4, 9000);
	assert_true(record()->aftermath.is_undone);
}

static void it_is_disregarded_until_it_stops_or_the_guest_has_not_much_free(void **state)
{
	static const struct {
		uint64_t swap_kib_per_s, free_mib;
		enum swapping_state state;
	} cases[] = {
		{ 1024, 3000, SWAPPING_DISREGARDED },
		{ 90000, 2000, SWAPPING_DISREGARDED },
		{ 1024, 1999, SWAPPING_COUNTS },
		{ 0, 3000, SWAPPING_NOT },
		{ 0, 100, SWAPPING_NOT },
		{ 512, 3000, SWAPPING_NOT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(3000);
		live_s(126, 1024);
		assert_int_equal(swapping(), SWAPPING_DISREGARDED);
		domain->usable_kib = cases[i].free_mib * MIB;
		live_s(4, cases[i].swap_kib_per_s);
		assert_int_equal(swapping(), cases[i].state);
		/* then it counts anew */
		domain->usable_kib = 3000 * MIB;
		if (cases[i].state == SWAPPING_DISREGARDED)
			continue;
		live_s(100, 1024);
		assert_int_equal(swapping(), SWAPPING_COUNTS);
	}
}

/* By a guest whose free memory is not told well, nothing is disregarded. */
static void who_is_not_trusted_is_not_disregarded(void **state)
{
	(void)state;
	domain->present &= ~(unsigned)(DOMAIN_USABLE | DOMAIN_DISK_CACHES);
	live_s(300, 1024);
	assert_true(record()->demand.is_low_confidence);
	assert_int_equal(swapping(), SWAPPING_COUNTS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_seems_to_swap_for_ever_is_reclaimed),
		TEST(who_really_thrashes_is_short),
		TEST(what_follows_a_shrink_is_of_it),
		TEST(it_is_disregarded_until_it_stops_or_the_guest_has_not_much_free),
		TEST(who_is_not_trusted_is_not_disregarded),
	};

	return cmocka_run_group_tests_name("swapping", tests, NULL, NULL);
}
