/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows 10 and 14: a shrink that harmed its guest, or gained the host nothing. */
#include "base/sat.h"
#include "planning.h"

/* An idle domain of 2000 MiB, all of it touched. */
static int set_up(void **state)
{
	struct domain *domain;

	(void)state;
	world_init(&world);
	world.settings.policy = &policy_fair;
	plan = (struct plan){ 0 };
	domain = world_add(&world, 2000 * MIB, 4000 * MIB, 1500 * MIB);
	domain->present |= DOMAIN_MAJOR_FAULTS | DOMAIN_SWAP_OUT;
	domain->rss_kib = domain->current_kib + OVERHEAD_MIN_KIB;
	world_look(&world, 0);
	return 0;
}

static struct record *record(void)
{
	return &world.history.records[0];
}

static struct aftermath *aftermath(void)
{
	return &record()->aftermath;
}

/* Each 2 s: so many faults a second, so much swapped out. */
static void live_s(unsigned seconds, uint64_t faults_per_s, uint64_t swap_kib_per_s)
{
	for (unsigned i = 0; i < seconds; i += 2) {
		world.domains[0].major_faults += 2 * faults_per_s;
		world.domains[0].swap_out_kib += 2 * swap_kib_per_s;
		world_sample(&world, 2000);
	}
}

static const struct move *plan_move(void)
{
	make_plan();
	return move_of(0);
}

static void command(uint64_t mib)
{
	record_note_command(record(), &world.domains[0], mib * MIB, true,
			    world.snapshot.now_ms);
}

/* The balloon arrives; the host gets @percent of it back. */
static void move_to(uint64_t mib, unsigned percent)
{
	struct domain *domain = &world.domains[0];
	uint64_t given_kib = sat_sub(domain->current_kib, mib * MIB);

	domain->usable_kib -= given_kib;
	domain->current_kib -= given_kib;
	domain->rss_kib -= given_kib * percent / 100;
}

/* Shrunk from 2000 to 1500 MiB, and arrived, after a time with so many faults. */
static void be_shrunk(uint64_t faults_per_s)
{
	live_s(6, faults_per_s, 0);
	command(1500);
	move_to(1500, 100);
}

static void harm_is_undone_at_once(void **state)
{
	static const struct {
		uint64_t before, faults_per_s, swap_kib_per_s;
		bool does_harm;
	} cases[] = {
		{ 0, 0, 1000, true },
		{ 0, 0, 400, false },
		{ 0, 300, 0, true },
		{ 0, 150, 0, false },
		/* it reads files all the time */
		{ 500, 600, 0, false },
		{ 500, 2000, 0, false },
		{ 500, 2500, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tear_down(NULL);
		set_up(NULL);
		be_shrunk(cases[i].before);
		live_s(2, cases[i].before, 0);
		live_s(2, cases[i].faults_per_s, cases[i].swap_kib_per_s);
		const struct move *move = plan_move();

		assert_int_equal(move && move->reason == REASON_UNDOES_HARM,
				 cases[i].does_harm);
		if (cases[i].does_harm)
			assert_int_equal(move->to_kib, 2000 * MIB);
	}
}

/* Faults in bursts are harm to nobody, however often one looks; nor is a little swapped.
 */
static void the_sense_of_harm_does_not_depend_on_the_pace(void **state)
{
	(void)state;
	for (int64_t look_ms = 500; look_ms <= 2000; look_ms *= 2)
		for (int64_t shrink_ms = 60000; shrink_ms < 72000; shrink_ms += 500) {
			bool has_shrunk = false;

			tear_down(NULL);
			set_up(NULL);
			for (int64_t ms = 0; ms < 84000; ms += 500) {
				struct domain *domain = &world.domains[0];

				/* 2 s of 12, 1000 a second; 800 KiB at once */
				if (ms % 12000 < 2000)
					domain->major_faults += 500;
				if (ms == 66000)
					domain->swap_out_kib += 800;
				if (ms % 1000 == 0)
					domain->last_update_s++;
				world.snapshot.now_ms += 500;
				if (ms % look_ms == 0)
					world_look(&world, 0);
				if (ms >= shrink_ms && !has_shrunk) {
					has_shrunk = true;
					command(1500);
					move_to(1500, 100);
				}
				assert_false(aftermath()->is_undone);
			}
		}
}

/* The usual level of faults is known, and steady swapping seen, at any pace of reports.
 */
static void faults_and_swapping_are_judged_alike_at_any_pace(void **state)
{
	static const int64_t report_ms[] = { 1000, 2000, 4000, 5000, 8000, 30000 };

	(void)state;
	for (size_t i = 0; i < sizeof(report_ms) / sizeof(report_ms[0]); i++)
		for (uint64_t swap_kib_per_s = 0; swap_kib_per_s <= 700;
		     swap_kib_per_s += 350) {
			unsigned n_swapping = 0;

			tear_down(NULL);
			set_up(NULL);
			world.domains[0].stats_period_s = (unsigned)report_ms[i] / 1000;
			/* with so much free it would not count for ever */
			world.domains[0].usable_kib = 900 * MIB;
			for (unsigned n = 0; n < 41; n++) {
				/* in one of four */
				if (n % 4 == 0)
					world.domains[0].major_faults +=
						(uint64_t)report_ms[i];
				world.domains[0].swap_out_kib +=
					swap_kib_per_s * (uint64_t)report_ms[i] / 1000;
				world.domains[0].last_update_s +=
					(uint64_t)report_ms[i] / 1000 - 1;
				world_sample(&world, report_ms[i]);
				n_swapping += swapping_counts(&record()->demand.swapping);
				assert_true(!aftermath()->is_undone ||
					    swap_kib_per_s == 700);
				if (n >= 8 && n % 5 == 3)
					command(1990);
			}
			assert_true(swap_kib_per_s == 700 ? n_swapping >= 39
							  : n_swapping == 0);
		}
}

static void what_comes_later_has_other_causes(void **state)
{
	(void)state;
	be_shrunk(0);
	live_s(10, 0, 0);
	live_s(2, 3000, 0);
	assert_false(aftermath()->is_undone);
}

/* The host has no more than that: nobody else has to give for it. */
static void an_undo_takes_nothing_from_others(void **state)
{
	(void)state;
	world_add(&world, 2000 * MIB, 4000 * MIB, 900 * MIB);
	world.domains[1].rss_kib = world.domains[1].current_kib + OVERHEAD_MIN_KIB;
	be_shrunk(0);
	world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
	world.snapshot.host.available_kib = 1 * GIB + 200 * MIB;
	live_s(2, 3000, 0);
	const struct move *move = plan_move();

	assert_int_equal(plan.n_moves, 1);
	assert_int_equal(move->domain, 0);
	assert_true(move->to_kib <= 1700 * MIB);
}

/* Shrunk and harmed again and again: left in peace for longer and longer. */
static void harm_is_avoided_for_longer_and_longer(void **state)
{
	int64_t peace_s = 60;

	(void)state;
	for (int i = 0; i < 8; i++) {
		be_shrunk(0);
		live_s(2, 3000, 0);
		assert_int_equal(aftermath()->backoff_s, peace_s);
		command(2000);
		world.domains[0].current_kib = 2000 * MIB;
		world.domains[0].usable_kib = 1500 * MIB;
		live_s((unsigned)peace_s - 4, 0, 0);
		assert_null(plan_move());
		assert_int_equal(plan.shares[0].bound, REASON_HARMED);
		live_s(40, 0, 0);
		assert_non_null(plan_move());
		assert_int_equal(plan.moves[0].reason, REASON_GIVES_TO_HOST);
		peace_s = peace_s * 2 < 3600 ? peace_s * 2 : 3600;
	}
	live_s(3600, 0, 0);
	be_shrunk(0);
	live_s(2, 3000, 0);
	assert_int_equal(aftermath()->backoff_s, 60);
}

static void settle(void)
{
	live_s(6, 0, 0);
}

static void a_domain_that_never_pays_is_learned(void **state)
{
	static const struct policy *const both[] = { &policy_fair, &policy_classic };

	(void)state;
	for (size_t p = 0; p < 2; p++) {
		tear_down(NULL);
		set_up(NULL);
		world.settings.policy = both[p];
		settle();
		command(1700);
		move_to(1700, 10);
		settle();
		assert_false(aftermath()->is_no_reclaim);
		assert_non_null(plan_move());
		command(1400);
		move_to(1400, 10);
		live_s(2, 0, 0);
		assert_false(aftermath()->is_no_reclaim);
		live_s(2, 0, 0);
		assert_true(aftermath()->is_no_reclaim);
		assert_int_equal(aftermath()->learned_ms, world.snapshot.now_ms);
		const struct move *move = plan_move();

		if (p == 0) {
			assert_non_null(move);
			assert_int_equal(move->reason, REASON_UNDOES_VAIN);
			assert_int_equal(move->to_kib, 2000 * MIB);
		}
		command(2000);
		world.domains[0].current_kib = 2000 * MIB;
		world.domains[0].usable_kib = 1700 * MIB;
		live_s(300, 0, 0);
		assert_null(plan_move());
		if (p == 0)
			assert_int_equal(plan.shares[0].bound, REASON_NO_RECLAIM);
		/* until it is started again */
		world.domains[0].id++;
		live_s(100, 0, 0);
		assert_non_null(plan_move());
	}
}

/* Two shrinks of 300 MiB with, for each, how much of it the host gets. */
static bool is_learned(unsigned first_percent, unsigned second_percent)
{
	settle();
	command(1700);
	move_to(1700, first_percent);
	settle();
	command(1400);
	move_to(1400, second_percent);
	settle();
	return aftermath()->is_no_reclaim;
}

static void who_pays_is_not_suspected(void **state)
{
	static const struct {
		unsigned first, second;
		bool is_learned;
	} cases[] = {
		{ 100, 100, false }, { 30, 30, false }, { 0, 100, false },
		{ 100, 0, false },   { 0, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tear_down(NULL);
		set_up(NULL);
		assert_int_equal(is_learned(cases[i].first, cases[i].second),
				 cases[i].is_learned);
	}
}

/* Row 15: what the guest has never touched cannot be gained. */
static void nothing_is_expected_of_untouched_memory(void **state)
{
	(void)state;
	world.domains[0].rss_kib = 1300 * MIB;
	assert_false(is_learned(0, 0));
}

/* Grown since, the guest may have touched what the host had gained. */
static void a_grant_since_ends_the_judgement(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		settle();
		command(1500);
		move_to(1500, 0);
		live_s(2, 0, 0);
		command(2000);
		world.domains[0].current_kib = 2000 * MIB;
		world.domains[0].usable_kib += 500 * MIB;
	}
	settle();
	assert_false(aftermath()->is_no_reclaim);
	assert_int_equal(aftermath()->n_vain, 0);
}

/* One shrink after the other: judged as one. */
static void steps_without_a_pause_are_judged_together(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		settle();
		for (uint64_t mib = 1700; mib >= 1400; mib -= 100) {
			command(mib);
			move_to(mib, 0);
			live_s(2, 0, 0);
		}
		settle();
		assert_int_equal(aftermath()->is_no_reclaim, i == 1);
		if (i == 0)
			command(2000);
		world.domains[0].usable_kib += 600 * MIB;
		world.domains[0].current_kib = 2000 * MIB;
	}
	assert_int_equal(aftermath()->undo_kib, 2000 * MIB);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(harm_is_undone_at_once),
		TEST(the_sense_of_harm_does_not_depend_on_the_pace),
		TEST(faults_and_swapping_are_judged_alike_at_any_pace),
		TEST(what_comes_later_has_other_causes),
		TEST(an_undo_takes_nothing_from_others),
		TEST(harm_is_avoided_for_longer_and_longer),
		TEST(a_domain_that_never_pays_is_learned),
		TEST(who_pays_is_not_suspected),
		TEST(nothing_is_expected_of_untouched_memory),
		TEST(a_grant_since_ends_the_judgement),
		TEST(steps_without_a_pause_are_judged_together),
	};

	return cmocka_run_group_tests_name("aftermath", tests, NULL, NULL);
}
