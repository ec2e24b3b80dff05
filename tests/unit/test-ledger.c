/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/ledger.h"
#include "testing.h"

static struct world world;

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_clear(&world);
	return 0;
}

static int64_t grantable(void)
{
	return ledger_grantable_kib(&world.snapshot, &world.history, &world.settings);
}

static void promise_is_kept_when_the_balloon_arrives(void **state)
{
	struct domain *domain = world_add(&world, 1 * GIB, 4 * GIB, 0);
	struct promise promise = { 0 };

	(void)state;
	assert_int_equal(promise_committed_kib(&promise, domain), 1 * GIB);
	promise_open(&promise, 2 * GIB, 7);
	assert_int_equal(promise_committed_kib(&promise, domain), 2 * GIB);
	domain->current_kib = 2 * GIB - 65;
	promise_settle(&promise, domain, 1000);
	assert_true(promise.is_open);
	domain->current_kib = 2 * GIB - 64; /* whole guest pages only */
	promise_settle(&promise, domain, 1000);
	assert_false(promise.is_open);
	assert_true(promise.was_commanded);
	assert_int_equal(promise.commanded_ms, 7);
}

static void a_shrinking_domain_still_has_what_it_has(void **state)
{
	struct domain *domain = world_add(&world, 2 * GIB, 4 * GIB, 0);
	struct promise promise = { 0 };

	(void)state;
	promise_open(&promise, 1 * GIB, 0);
	assert_int_equal(promise_committed_kib(&promise, domain), 2 * GIB);
}

/* Row 7: after 5 s without progress nobody may count on the rest any more. */
/* Who got no answer may have been heard, or not. */
static void without_an_answer_the_larger_target_counts(void **state)
{
	struct domain *domain = world_add(&world, 1 * GIB, 4 * GIB, 0);
	struct promise promise = { 0 };

	(void)state;
	promise_open_in_doubt(&promise, 2 * GIB, 0);
	assert_int_equal(promise_committed_kib(&promise, domain), 2 * GIB);
	promise_open(&promise, 3 * GIB, 0);
	promise_open_in_doubt(&promise, 2 * GIB, 0);
	promise_open_in_doubt(&promise, 1536 * MIB, 0);
	assert_int_equal(promise_committed_kib(&promise, domain), 3 * GIB);
	/* also while it does not move, and nobody knows where to */
	for (int64_t now_ms = 0; now_ms < 20000; now_ms += 1000)
		promise_settle(&promise, domain, now_ms);
	assert_true(promise.is_stuck);
	assert_int_equal(promise_committed_kib(&promise, domain), 3 * GIB);
	/* until one is answered, */
	promise_open(&promise, 1536 * MIB, 20000);
	assert_int_equal(promise_committed_kib(&promise, domain), 1 * GIB);
	/* or it arrives */
	promise = (struct promise){ 0 };
	promise_open(&promise, 3 * GIB, 0);
	promise_open_in_doubt(&promise, 1536 * MIB, 0);
	domain->current_kib = 1536 * MIB;
	promise_settle(&promise, domain, 1000);
	assert_int_equal(promise_committed_kib(&promise, domain), 1536 * MIB);
}

/* That it stays where it is asked to stay tells nothing of what it was told. */
static void staying_does_not_prove_a_withdrawal(void **state)
{
	struct domain *domain = world_add(&world, 1 * GIB, 4 * GIB, 0);
	struct promise promise = { .seen_kib = 1 * GIB };

	(void)state;
	promise_open(&promise, 3 * GIB, 0);
	promise_open_in_doubt(&promise, 1 * GIB, 0);
	promise_settle(&promise, domain, 1000);
	assert_true(promise.is_open);
	assert_int_equal(promise_committed_kib(&promise, domain), 3 * GIB);
	promise_open(&promise, 1 * GIB, 2000);
	promise_settle(&promise, domain, 3000);
	assert_false(promise.is_open);
	assert_int_equal(promise_committed_kib(&promise, domain), 1 * GIB);
}

/* Its guest writes the size of a balloon: that must not take memory from all others. */
static void nobody_has_more_than_the_maximum(void **state)
{
	struct domain *domain = world_add(&world, UINT64_MAX, 4 * GIB, 0);
	struct promise promise = { 0 };

	(void)state;
	assert_int_equal(promise_committed_kib(&promise, domain), 4 * GIB);
	domain->current_kib = 5 * GIB;
	domain->traits = DOMAIN_HAS_PLUGGED_MEMORY;
	assert_int_equal(promise_committed_kib(&promise, domain), 5 * GIB);
}

static void a_balloon_that_does_not_move_is_stuck(void **state)
{
	static const uint64_t targets[] = { 1 * GIB, 3 * GIB };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		set_up(NULL);
		struct domain *domain = world_add(&world, 2 * GIB, 4 * GIB, 0);
		struct promise promise = { 0 };

		promise_settle(&promise, domain, 0);
		promise_open(&promise, targets[i], 1000);
		promise_settle(&promise, domain, 5999);
		assert_false(promise.is_stuck);
		promise_settle(&promise, domain, 6000);
		assert_true(promise.is_stuck);
		assert_int_equal(promise_committed_kib(&promise, domain), 2 * GIB);
		/* withdrawn */
		promise_open(&promise, 2 * GIB, 6000);
		promise_settle(&promise, domain, 7000);
		assert_false(promise.is_open);
		assert_true(promise.is_stuck);
		promise_settle(&promise, domain, 6000 + 59999);
		assert_true(promise.is_stuck);
		promise_settle(&promise, domain, 6000 + 60000);
		assert_false(promise.is_stuck);
		/* tried again in vain: twice as long */
		promise_open(&promise, targets[i], 100000);
		promise_settle(&promise, domain, 105000);
		promise_open(&promise, 2 * GIB, 105000);
		promise_settle(&promise, domain, 105000 + 119999);
		assert_true(promise.is_stuck);
		promise_settle(&promise, domain, 105000 + 120000);
		assert_false(promise.is_stuck);
	}
}

static void slow_is_not_stuck(void **state)
{
	struct domain *domain = world_add(&world, 2 * GIB, 4 * GIB, 0);
	struct promise promise = { 0 };

	(void)state;
	promise_settle(&promise, domain, 0);
	promise_open(&promise, 1 * GIB, 0);
	for (int64_t now_ms = 4000; now_ms < 60000; now_ms += 4000) {
		domain->current_kib -= 4 * MIB;
		promise_settle(&promise, domain, now_ms);
		assert_false(promise.is_stuck);
		assert_true(promise.is_open);
	}
}

static void stuck_for_an_hour_at_most(void **state)
{
	struct domain *domain = world_add(&world, 2 * GIB, 4 * GIB, 0);
	struct promise promise = { 0 };
	int64_t now_ms = 0;

	(void)state;
	promise_settle(&promise, domain, now_ms);
	for (int i = 0; i < 20; i++) {
		promise_open(&promise, 1 * GIB, now_ms);
		now_ms += 5000;
		promise_settle(&promise, domain, now_ms);
		assert_true(promise.is_stuck);
		assert_true(promise.stuck_until_ms - now_ms <= 3600 * 1000);
		now_ms = promise.stuck_until_ms;
		promise_settle(&promise, domain, now_ms);
	}
	assert_int_equal(promise.stuck_s, 3600);
}

/* Row 16: what was granted and never touched is still owed, whoever granted it. */
static void backed_counts_what_was_never_touched(void **state)
{
	(void)state;
	world.settings.host_reserve = (struct reserve){ .size_kib = 2 * GIB };
	world_add(&world, 2 * GIB, 4 * GIB, 0)->rss_kib = 1 * GIB + OVERHEAD_MIN_KIB;
	world_add(&world, 1 * GIB, 4 * GIB, 0)->rss_kib = 1 * GIB + 200 * MIB;
	world.domains[1].has_balloon = false;
	world_look(&world, 0);
	/* 12 available, 2 reserve, 1 owed to the first; nothing to the second */
	assert_int_equal(
		ledger_backed_kib(&world.snapshot, &world.history, &world.settings),
		9 * GIB);
	promise_open(&world.history.records[0].promise, 4 * GIB, world.snapshot.now_ms);
	assert_int_equal(
		ledger_backed_kib(&world.snapshot, &world.history, &world.settings),
		7 * GIB);
	/* the overhead once seen stays that of the domain */
	world.domains[1].rss_kib = 600 * MIB;
	world_look(&world, 1000);
	assert_int_equal(
		ledger_backed_kib(&world.snapshot, &world.history, &world.settings),
		7 * GIB - (1024 - 400) * MIB);
}

static void reserve_is_a_share_or_a_size(void **state)
{
	(void)state;
	assert_int_equal(ledger_reserve_kib(&world.snapshot.host, &world.settings),
			 16 * GIB / 20);
	world.settings.has_host_capacity = true;
	world.settings.host_capacity_kib = 4 * GIB;
	assert_int_equal(ledger_reserve_kib(&world.snapshot.host, &world.settings),
			 4 * GIB / 20);
	world.settings.host_capacity_kib = 64 * GIB;
	assert_int_equal(ledger_reserve_kib(&world.snapshot.host, &world.settings),
			 16 * GIB / 20);
	world.settings.host_reserve = (struct reserve){ .size_kib = 3 * GIB };
	assert_int_equal(ledger_reserve_kib(&world.snapshot.host, &world.settings),
			 3 * GIB);
}

static void grantable_counts_reserve_and_open_promises(void **state)
{
	(void)state;
	world.settings.host_reserve = (struct reserve){ .size_kib = 2 * GIB };
	world_add(&world, 1 * GIB, 4 * GIB, 0);
	world_add(&world, 2 * GIB, 4 * GIB, 0);
	world_look(&world, 0);
	assert_int_equal(grantable(), 10 * GIB);
	promise_open(&world.history.records[0].promise, 3 * GIB, 0);
	assert_int_equal(grantable(), 8 * GIB);
	/* what a donor was asked for is not there before it has arrived */
	promise_open(&world.history.records[1].promise, 1 * GIB, 0);
	assert_int_equal(grantable(), 8 * GIB);
	world.snapshot.host.available_kib = 1 * GIB;
	assert_int_equal(grantable(), -3 * (int64_t)GIB);
}

static void capacity_bounds_what_domains_may_cost(void **state)
{
	(void)state;
	world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
	world.settings.has_host_capacity = true;
	world.settings.host_capacity_kib = 4 * GIB;
	world_add(&world, 1 * GIB, 4 * GIB, 0)->rss_kib = 2 * GIB;
	world_look(&world, 0);
	assert_int_equal(grantable(), 1 * GIB);
	/* without rss, the last known one counts, else all that the domain may use */
	world.domains[0].present &= ~(unsigned)DOMAIN_RSS;
	assert_int_equal(grantable(), 1 * GIB);
	world.history.records[0].has_rss = false;
	assert_int_equal(grantable(), 2 * GIB);
	world.domains[0].present |= DOMAIN_RSS;
	world.domains[0].rss_kib = UINT64_MAX;
	assert_int_equal(grantable(), -1 * (int64_t)GIB);
}

static uint64_t missing(void)
{
	return ledger_short_kib(&world.snapshot, &world.history, &world.settings);
}

static void what_is_missing_of_the_reserve_is_missing_now(void **state)
{
	(void)state;
	world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
	world.snapshot.host.available_kib = 1 * GIB;
	world_add(&world, 1 * GIB, 4 * GIB, 0)->rss_kib = 2 * GIB;
	world_look(&world, 0);
	assert_int_equal(missing(), 0);
	world.snapshot.host.available_kib = 1 * GIB - 1;
	assert_int_equal(missing(), 1);
	world.snapshot.host.available_kib = 0;
	assert_int_equal(missing(), 1 * GIB);

	/* what is promised is there yet */
	world.snapshot.host.available_kib = 1 * GIB;
	promise_open(&world.history.records[0].promise, 3 * GIB, 0);
	assert_true(grantable() < 0);
	assert_int_equal(missing(), 0);

	/* the host has enough, but not for the domains */
	world.settings.has_host_capacity = true;
	world.settings.host_capacity_kib = 2 * GIB + 512 * MIB;
	assert_int_equal(missing(), 512 * MIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(promise_is_kept_when_the_balloon_arrives,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_shrinking_domain_still_has_what_it_has,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			without_an_answer_the_larger_target_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(staying_does_not_prove_a_withdrawal,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_has_more_than_the_maximum, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_balloon_that_does_not_move_is_stuck,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(slow_is_not_stuck, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stuck_for_an_hour_at_most, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(backed_counts_what_was_never_touched,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(reserve_is_a_share_or_a_size, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			grantable_counts_reserve_and_open_promises, set_up, tear_down),
		cmocka_unit_test_setup_teardown(capacity_bounds_what_domains_may_cost,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_missing_of_the_reserve_is_missing_now, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
