/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What 'fair' decides: by hand-made cases, then the invariants on random hosts. */
#include "base/sat.h"
#include "core/ledger.h"
#include "core/suitability.h"
#include "planning.h"

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	world.settings.policy = &policy_fair;
	plan = (struct plan){ 0 };
	return 0;
}

/* A domain of @current_mib, all of it touched, with @free_mib free. */
static struct domain *add(uint64_t current_mib, uint64_t maximum_mib, uint64_t free_mib)
{
	struct domain *domain =
		world_add(&world, current_mib * MIB, maximum_mib * MIB, free_mib * MIB);

	domain->rss_kib = domain->current_kib + OVERHEAD_MIN_KIB;
	return domain;
}

/* Leave the host @mib above its reserve of 1 GiB. */
static void set_host_spare(uint64_t mib)
{
	world.settings.host_reserve = (struct reserve){ .size_kib = 1 * GIB };
	world.snapshot.host.available_kib = 1 * GIB + mib * MIB;
}

static void consume(size_t i, uint64_t mib)
{
	world.domains[i].usable_kib = sat_sub(world.domains[i].usable_kib, mib * MIB);
}

/* The domains that are listed consume @mib between two samples, 2 s apart. */
static void see_consumer(size_t i, uint64_t mib)
{
	world_look(&world, 0);
	consume(i, mib);
	world_sample(&world, 2000);
	make_plan();
}

static void see_idle(unsigned n_samples)
{
	world_look(&world, 0);
	for (unsigned i = 1; i < n_samples; i++)
		world_sample(&world, 2000);
	make_plan();
}

static void a_starved_domain_gets_its_need_and_headroom(void **state)
{
	(void)state;
	add(1000, 4096, 140);
	see_consumer(0, 40); /* 20 MiB/s, 900 MiB used, 10 % free */
	const struct move *move = move_of(0);

	assert_non_null(move);
	assert_int_equal(move->reason, REASON_GROWS_OUT_OF_STARVING);
	/* (900 + 2 * 20 * 2) / 0.70 */
	assert_in_range(move->to_kib, 1399 * MIB, 1401 * MIB);
}

static void a_pinned_domain_is_helped_though_its_rate_is_0(void **state)
{
	(void)state;
	add(1000, 4096, 30);
	see_idle(3);
	assert_int_equal(plan.verdicts[0].reason, REASON_PINNED);
	assert_non_null(move_of(0));
	assert_true(move_of(0)->to_kib >= 1164 * MIB / 85 * 100);
}

static void a_swapping_domain_is_helped_though_it_looks_idle(void **state)
{
	struct domain *domain = add(1000, 4096, 130);

	(void)state;
	domain->present |= DOMAIN_SWAP_OUT;
	world_look(&world, 0);
	domain->swap_out_kib = 2 * MIB;
	world_sample(&world, 2000);
	make_plan();
	assert_int_equal(plan.verdicts[0].reason, REASON_SWAPPING);
	assert_non_null(move_of(0));
}

static void a_domain_that_will_starve_is_served_ahead(void **state)
{
	(void)state;
	add(1000, 4096, 280);
	see_consumer(0, 80); /* 20 % free, 40 MiB/s: 960 used in two periods */
	assert_int_equal(plan.verdicts[0].class, CLASS_BALANCED);
	assert_non_null(move_of(0));
	assert_int_equal(move_of(0)->reason, REASON_GROWS_AHEAD);
}

/* Only what the host holds in its hand is granted; the rest is asked of donors. */
static void a_grant_waits_for_the_donor(void **state)
{
	(void)state;
	set_host_spare(50);
	add(1000, 4096, 140);
	add(2000, 4096, 1500);
	see_consumer(0, 40);
	assert_int_equal(move_of(0)->to_kib, 1050 * MIB);
	assert_int_equal(move_of(1)->reason, REASON_GIVES_TO_OTHERS);
	assert_true(move_of(1)->to_kib < 2000 * MIB);
	assert_true(plan.is_waiting);
	assert_int_equal(plan.look_again_ms, 500);

	/* while that memory is on its way nothing more is asked, nor granted */
	uint64_t target_kib = move_of(1)->to_kib;
	promise_open(&world.history.records[0].promise, 1050 * MIB,
		     world.snapshot.now_ms);
	promise_open(&world.history.records[1].promise, target_kib,
		     world.snapshot.now_ms);
	world.domains[0].current_kib = 1050 * MIB;
	world.domains[0].usable_kib = 100 * MIB;
	world_sample(&world, 2000);
	make_plan();
	assert_null(move_of(0));
	assert_null(move_of(1));
}

/* Who would run out before the next look is looked at earlier; nobody else is in a hurry.
 */
static void a_hot_domain_is_looked_at_sooner(void **state)
{
	static const struct {
		uint64_t consumed_mib;
		unsigned again_ms;
	} cases[] = {
		{ 20, 0 },    /* 10 MiB/s, 300 free */
		{ 180, 0 },   /* 90 MiB/s, 300 free: longer than a period */
		{ 400, 750 }, /* 200 MiB/s, 300 free: 1.5 s */
		{ 2000, 500 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tear_down(NULL);
		set_up(NULL);
		add(3000, 8192, 300 + cases[i].consumed_mib);
		for (int idle = 0; idle < 10; idle++)
			add(1000, 4096, 400);
		see_consumer(0, cases[i].consumed_mib);
		assert_false(plan.is_waiting);
		assert_int_equal(plan.look_again_ms, cases[i].again_ms);
	}
}

/* Who could need more is watched between two cycles, if there can be news by then. */
static void who_may_grow_is_watched(void **state)
{
	static const struct {
		unsigned period_s;
		uint64_t stats_period_s, maximum_mib;
		unsigned watch_ms;
	} cases[] = {
		{ 2, 1, 4096, 500 },
		{ 1, 1, 4096, 250 },
		{ 30, 1, 4096, 7500 },
		{ 2, 5, 4096, 1250 },
		{ 2, 8, 4096, 0 },		       /* less often than it is looked
							  at anyway */
		{ 2, UINT64_MAX / 1000 + 1, 4096, 0 }, /* nor does that wrap */
		{ 2, 0, 4096, 0 },		       /* nobody knows how often */
		{ 2, 1, 1000, 0 },		       /* it has all that it can have */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tear_down(NULL);
		set_up(NULL);
		world.settings.period_s = cases[i].period_s;
		add(1000, cases[i].maximum_mib, 400);
		add(1000, 1000, 400);
		world.domains[0].stats_period_s = cases[i].stats_period_s;
		see_idle(2);
		assert_int_equal(plan.watch_ms, cases[i].watch_ms);
	}
}

/* A silent guest has no news; that of the others may come more seldom. */
static void the_shortest_statistics_period_counts(void **state)
{
	(void)state;
	add(1000, 4096, 400)->stats_period_s = 6;
	add(1000, 4096, 400)->stats_period_s = 4;
	add(1000, 4096, 400)->stats_period_s = 1;
	world_look(&world, 0);
	world.domains[2].present &= ~(unsigned)DOMAIN_LAST_UPDATE;
	see_idle(1);
	assert_int_equal(plan.watch_ms, 1000);
}

/* Watching is for who may grow: what is taken is taken at the pace of the period. */
static void looking_more_often_takes_nothing_sooner(void **state)
{
	int64_t first_ms = 0;

	(void)state;
	world.settings.period_s = 4;
	add(2000, 4096, 1500);
	world_look(&world, 0);
	for (int64_t ms = 0; ms < 20000; ms += 1000) {
		world_sample(&world, 1000);
		make_plan();
		if (!move_of(0))
			continue;
		assert_int_equal(move_of(0)->reason, REASON_GIVES_TO_HOST);
		/* seven seconds after the first report; then each cycle */
		assert_true(ms - first_ms >= (first_ms ? 4000 : 6000));
		first_ms = ms;
		record_note_command(&world.history.records[0], &world.domains[0],
				    move_of(0)->to_kib, true, world.snapshot.now_ms);
		world.domains[0].usable_kib -=
			world.domains[0].current_kib - move_of(0)->to_kib;
		world.domains[0].rss_kib -=
			world.domains[0].current_kib - move_of(0)->to_kib;
		world.domains[0].current_kib = move_of(0)->to_kib;
	}
	assert_true(first_ms > 6000);
}

/* Three percent of a large one are much, for one that has nearly nothing. */
static void a_small_gift_is_worth_it_for_who_has_nearly_nothing(void **state)
{
	(void)state;
	for (uint64_t free_mib = 140; free_mib <= 280; free_mib += 140) {
		bool is_pressed = free_mib == 140; /* 3.6 %, or 7.1 % */

		tear_down(NULL);
		set_up(NULL);
		set_host_spare(0);
		add(3940, 8192, free_mib + 4);
		add(4060, 8192, 410);
		add(4060, 8192, 410);
		see_consumer(0, 4);
		assert_true(plan.is_overloaded);
		assert_int_equal(plan.verdicts[0].class, CLASS_STARVING);
		for (size_t i = 1; i < 3; i++) {
			assert_int_equal(move_of(i) != NULL, is_pressed);
			if (is_pressed)
				assert_int_equal(move_of(i)->to_kib, 4020 * MIB);
		}
	}
}

static void a_host_below_its_reserve_is_refilled(void **state)
{
	(void)state;
	set_host_spare(0);
	world.snapshot.host.available_kib = 700 * MIB; /* 324 below */
	add(2000, 4096, 1500);
	see_idle(2);
	assert_non_null(move_of(0));
	assert_true(move_of(0)->to_kib <= (2000 - 324) * MIB);
}

/* Each is above its share by less than a move, and none has been idle for long enough. */
static void a_little_that_the_host_is_short_of_comes_from_headroom(void **state)
{
	unsigned n = 0;

	(void)state;
	set_host_spare(0);
	world.snapshot.host.available_kib = (1024 - 39) * MIB;
	for (size_t i = 0; i < 4; i++)
		add(1400, 2048, 200);
	world_look(&world, 0);
	for (size_t i = 0; i < 4; i++)
		world.domains[i].usable_kib = 1200 * MIB; /* a peak is remembered */
	world_sample(&world, 2000);
	world_sample(&world, 2000);
	/* the high use is one of the last three samples: needed */
	make_plan();
	assert_int_equal(plan.n_moves, 0);
	world_sample(&world, 2000);
	make_plan();
	for (size_t i = 0; i < plan.n_moves; i++)
		n += plan.moves[i].reason == REASON_GIVES_TO_OTHERS;
	assert_int_equal(n, 1);
	assert_in_range(plan.moves[0].from_kib - plan.moves[0].to_kib, 39 * MIB,
			43 * MIB);
}

static void idle_memory_goes_back_gently_after_three_samples(void **state)
{
	(void)state;
	add(2000, 4096, 1500);
	see_idle(2);
	assert_null(move_of(0));
	world_sample(&world, 2000);
	make_plan();
	assert_non_null(move_of(0));
	assert_int_equal(move_of(0)->reason, REASON_GIVES_TO_HOST);
	assert_int_equal(move_of(0)->to_kib, 1500 * MIB); /* a quarter */
}

static void an_idle_domain_keeps_headroom_by_its_size(void **state)
{
	(void)state;
	add(1300, 32768, 1200);
	see_idle(4);
	/* 100 used + 1/32 of 32 GiB = 1124: more than 8 % away, but not by a quarter */
	assert_int_equal(move_of(0)->to_kib, 1124 * MIB);
}

static void who_just_started_is_left_in_peace(void **state)
{
	(void)state;
	add(1000, 4096, 400);
	world_look(&world, 0);
	add(2000, 4096, 1500);
	for (int i = 0; i < 29; i++)
		world_sample(&world, 2000);
	make_plan();
	assert_null(move_of(1));
	world_sample(&world, 2000);
	world_sample(&world, 2000);
	make_plan();
	assert_non_null(move_of(1));
}

static void who_has_swapped_is_not_shrunk_for_its_idleness(void **state)
{
	struct domain *domain = add(2000, 4096, 1500);

	(void)state;
	domain->present |= DOMAIN_SWAP_OUT;
	world_look(&world, 0);
	domain->swap_out_kib = 10 * MIB;
	for (int i = 0; i < 29; i++)
		world_sample(&world, 2000);
	make_plan();
	assert_null(move_of(0));
	for (int i = 0; i < 3; i++)
		world_sample(&world, 2000);
	make_plan();
	assert_non_null(move_of(0));
}

/* In scarcity nobody is pushed below used + 60 MiB. */
static void overload_leaves_everybody_their_watermark(void **state)
{
	(void)state;
	set_host_spare(0);
	add(1000, 4096, 30);
	add(1000, 4096, 200);
	see_idle(3);
	assert_null(move_of(0));
	assert_true(!move_of(1) || move_of(1)->to_kib >= 860 * MIB);
}

static void equals_are_treated_as_equals(void **state)
{
	(void)state;
	set_host_spare(200);
	add(1000, 4096, 40);
	add(1000, 4096, 40);
	see_idle(2);
	assert_int_equal(move_of(0)->to_kib, 1100 * MIB);
	assert_int_equal(move_of(1)->to_kib, 1100 * MIB);
}

static void a_silent_domain_grows_on_its_trend_for_a_while(void **state)
{
	(void)state;
	add(1000, 8192, 300);
	world_look(&world, 0);
	consume(0, 40);
	world_sample(&world, 2000);
	world_look(&world, 8000); /* no sample any more: stale */
	make_plan();
	assert_int_equal(plan.verdicts[0].reason, REASON_STALE);
	assert_non_null(move_of(0));
	/* (740 + 20 * 8) / 0.85 */
	assert_in_range(move_of(0)->to_kib, 1058 * MIB, 1060 * MIB);
	world_look(&world, 3600000);
	make_plan();
	/* never beyond 30 s of its trend */
	assert_true(move_of(0)->to_kib <= (740 + 20 * 30) * MIB * 100 / 85 + 1);
}

static void a_silent_domain_grows_to_the_configured_threshold(void **state)
{
	(void)state;
	world.settings.starvation_threshold_percent = 30;
	add(1000, 8192, 300);
	world_look(&world, 0);
	consume(0, 40);
	world_sample(&world, 2000);
	world_look(&world, 8000);
	make_plan();
	assert_non_null(move_of(0));
	/* (740 + 20 * 8) / 0.70 */
	assert_in_range(move_of(0)->to_kib, 1285 * MIB, 1287 * MIB);
}

static void a_stuck_request_is_withdrawn(void **state)
{
	(void)state;
	add(2000, 4096, 1500);
	see_idle(3);
	promise_open(&world.history.records[0].promise, 1500 * MIB,
		     world.snapshot.now_ms);
	for (int i = 0; i < 3; i++)
		world_sample(&world, 2000);
	make_plan();
	assert_int_equal(plan.n_moves, 1);
	assert_int_equal(move_of(0)->reason, REASON_STUCK);
	assert_int_equal(move_of(0)->to_kib, 2000 * MIB);
}

static void hide_size(struct domain *domain)
{
	domain->present &= ~(unsigned)DOMAIN_CURRENT;
	domain->current_kib = 0;
}

/* What would be growth from a size that is not known may be half of what it has. */
static void a_silent_domain_without_its_size_is_left_alone(void **state)
{
	struct domain *domain = add(1000, 4096, 300);

	(void)state;
	see_consumer(0, 40);
	hide_size(domain);
	world_look(&world, 2000);
	make_plan();
	assert_int_equal(plan.verdicts[0].class, CLASS_UNKNOWN);
	assert_int_equal(plan.n_moves, 0);
}

/* Or it would be asked to shrink to nothing. */
static void a_stuck_request_without_the_size_has_to_wait(void **state)
{
	struct domain *domain = add(2000, 4096, 1500);

	(void)state;
	see_idle(3);
	promise_open(&world.history.records[0].promise, 1500 * MIB,
		     world.snapshot.now_ms);
	for (int i = 0; i < 3; i++)
		world_sample(&world, 2000);
	hide_size(domain);
	world_look(&world, 1000);
	make_plan();
	assert_int_equal(plan.n_moves, 0);
}

/* libvirt refuses a target above the maximum, even one on the way down to it. */
static void no_target_is_above_the_maximum(void **state)
{
	(void)state;
	add(4000, 4000, 3000);
	add(2000, 2000, 1700);
	see_idle(3);
	world.domains[0].maximum_kib = 1000 * MIB;
	world.domains[1].maximum_kib = 1900 * MIB;
	make_plan();
	assert_null(move_of(0));
	assert_non_null(move_of(1));
	assert_true(move_of(1)->to_kib <= 1900 * MIB);

	set_host_spare(0); /* now they are asked for others, too */
	world.snapshot.host.available_kib -= 300 * MIB;
	make_plan();
	assert_null(move_of(0));
	assert_non_null(move_of(1));
}

/* An idle guest's figures jitter by less than 1 MiB: that is no consumption. */
static void noise_starves_nobody(void **state)
{
	(void)state;
	add(1000, 4096, 140);
	world_look(&world, 0);
	for (int i = 0; i < 20; i++) {
		world.domains[0].usable_kib = 140 * MIB - (i % 2 ? 1000 : 0);
		world_sample(&world, 2000);
		make_plan();
		assert_int_equal(plan.verdicts[0].reason, REASON_LOW_NOT_CONSUMING);
	}
}

/* Each move costs the guest huge pages: none for a few MiB. */
static void small_wishes_move_nothing(void **state)
{
	(void)state;
	set_host_spare(20);
	add(1000, 4096, 170);
	see_consumer(0, 10); /* 16 % free; needs 1011 */
	assert_int_equal(plan.verdicts[0].class, CLASS_BALANCED);
	assert_true(plan.shares[0].need.need_kib > 1000 * MIB);
	assert_null(move_of(0));
	assert_int_equal(plan.shares[0].bound, REASON_NOT_WORTH_A_MOVE);
}

/* Where one starves and one wastes, the starved one gets no less than by 'classic'. */
static void the_share_is_at_least_that_of_classic(void **state)
{
	(void)state;
	for (uint64_t rate_mib = 1; rate_mib < 60; rate_mib += 7) {
		uint64_t classic_kib;

		tear_down(NULL);
		set_up(NULL);
		add(1000, 8192, 100 + 2 * rate_mib);
		add(3000, 8192, 2800);
		see_consumer(0, 2 * rate_mib);
		uint64_t fair_kib = move_of(0)->to_kib;
		world.settings.policy = &policy_classic;
		make_plan();
		classic_kib = move_of(0)->to_kib;
		assert_true(fair_kib >= classic_kib);
	}
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

/* Rules for some of the domains: any weight, and a floor, a ceiling, or neither. */
static void make_random_rules(void)
{
	static char names[WORLD_MAX][8];
	static struct domain_rule rules[WORLD_MAX];

	world.settings.rules = rules;
	for (size_t i = 0; i < WORLD_MAX; i++) {
		struct domain_rule *rule = &rules[world.settings.n_rules];

		if (below(2))
			continue;
		snprintf(names[i], sizeof(names[i]), "vm%zu", i);
		*rule = (struct domain_rule){ .match = names[i] };
		rule->choices.weight = 1 + (unsigned)below(below(2) ? WEIGHT_MAX : 200);
		rule->choices.is_left_out = below(10) == 0;
		if (below(2))
			rule->choices.floor_kib = (50 + below(1000)) * MIB;
		if (below(2))
			rule->choices.ceiling_kib =
				max_u64(rule->choices.floor_kib, 50 * MIB) +
				below(4000) * MIB;
		world.settings.n_rules++;
	}
}

static void make_random_world(void)
{
	make_random_rules();
	world.settings.period_s = 1 + (unsigned)below(5);
	world.settings.domain_floor_kib = (50 + below(400)) * MIB;
	world.snapshot.host.available_kib = below(4 * GIB);
	for (uint64_t n = below(10); n > 0; n--) {
		uint64_t maximum_kib = (256 + below(8000)) * MIB;
		uint64_t current_kib = min_u64(maximum_kib, (128 + below(4000)) * MIB);
		struct domain *domain = world_add(&world, current_kib, maximum_kib,
						  below(current_kib + 1));

		domain->present |= DOMAIN_SWAP_OUT | DOMAIN_DISK_CACHES;
		domain->rss_kib = below(2) ? current_kib + 100 * MIB : below(current_kib);
		if (below(10) == 0)
			domain->present &=
				~(unsigned)(DOMAIN_USABLE | DOMAIN_DISK_CACHES);
		if (below(20) == 0)
			domain->state = DOMAIN_PAUSED;
		if (below(20) == 0)
			domain->has_balloon = false;
		if (below(10) == 0)
			domain->traits = 1U << below(8);
	}
}

/* Some time passes: guests use and free memory, balloons move, some go silent. */
static void let_time_pass(void)
{
	for (size_t i = 0; i < world.snapshot.n_domains; i++) {
		struct domain *domain = &world.domains[i];
		struct promise *promise = &world.history.records[i].promise;

		if (below(8) == 0)
			domain->usable_kib = below(domain->current_kib + 1);
		else
			domain->usable_kib =
				min_u64(domain->current_kib,
					domain->usable_kib + below(20 * MIB));
		domain->unused_kib = domain->usable_kib;
		if (below(15) == 0)
			domain->swap_out_kib += below(20 * MIB);
		if (promise->is_open && below(3))
			domain->current_kib = promise->target_kib;
		if (below(12))
			domain->last_update_s++;
		else
			world.domains[i].last_update_s += below(2);
	}
	world_look(&world, (int64_t)(500 + below(4000)));
}

static void carry_out(void)
{
	for (size_t i = 0; i < plan.n_moves; i++)
		if (below(20))
			promise_open(&world.history.records[plan.moves[i].domain].promise,
				     plan.moves[i].to_kib, world.snapshot.now_ms);
}

static uint64_t committed_sum(bool with_moves)
{
	uint64_t sum_kib = 0;

	for (size_t i = 0; i < world.snapshot.n_domains; i++) {
		uint64_t kib = promise_committed_kib(&world.history.records[i].promise,
						     &world.domains[i]);
		const struct move *move = with_moves ? move_of(i) : NULL;

		/* a donor keeps what it has until it has given it */
		sum_kib += move && move->reason != REASON_STUCK
				   ? max_u64(move->to_kib, world.domains[i].current_kib)
				   : kib;
	}
	return sum_kib;
}

/* Is there not enough for all needs? */
static bool is_overloaded(void)
{
	int64_t at_hand_kib =
		ledger_backed_kib(&world.snapshot, &world.history, &world.settings);
	int64_t missing_kib = -at_hand_kib;

	for (size_t i = 0; i < world.snapshot.n_domains; i++)
		missing_kib += sat_diff(plan.shares[i].need.need_kib,
					plan.shares[i].need.committed_kib);
	return missing_kib > 0;
}

static void check_shrink(const struct move *move)
{
	const struct domain *domain = &world.domains[move->domain];
	const struct record *record = &world.history.records[move->domain];

	/* 5. not below the floor, nor below what is used and 60 MiB */
	assert_true(move->to_kib >=
		    min_u64(record->settings.floor_kib, domain->maximum_kib));
	assert_int_equal(suitability_judge(domain, record).suitability,
			 SUITABILITY_MANAGED);
	assert_true(move->to_kib + 1 >= record->demand.used_kib + 60 * MIB);
	/* 6. only on fresh, trusted figures of a domain that obeys */
	assert_true(plan.verdicts[move->domain].class >= CLASS_STARVING);
	assert_true(plan.verdicts[move->domain].class != CLASS_STARVING ||
		    is_overloaded());
	assert_false(record->promise.is_stuck);
	assert_false(record->demand.is_low_confidence);
	/* 7. only on a sample newer than the last command */
	assert_true(!record->promise.was_commanded ||
		    record->demand.sample_ms > record->promise.commanded_ms);
	assert_true(world.snapshot.now_ms - record->demand.sample_ms <= 4500);
}

static uint64_t ceiling_kib(size_t i)
{
	return need_ceiling_kib(&world.domains[i], &world.history.records[i]);
}

/* Returns how many domains grow and how many shrink. */
static void check_invariants(size_t *n_grows, size_t *n_shrinks)
{
	int64_t at_hand_kib =
		ledger_backed_kib(&world.snapshot, &world.history, &world.settings);
	uint64_t before_kib = committed_sum(false);
	uint64_t capacity_kib = at_hand_kib < 0
					? sat_sub(before_kib, (uint64_t)-at_hand_kib)
					: before_kib + (uint64_t)at_hand_kib;
	uint64_t granted_kib = 0;

	for (size_t i = 0; i < plan.n_moves; i++) {
		const struct move *move = &plan.moves[i];
		const struct domain *domain = &world.domains[move->domain];

		assert_ptr_equal(move_of(move->domain), move); /* 7. one each */
		assert_true(move->to_kib <=
			    max_u64(domain->maximum_kib, domain->current_kib));
		if (move->reason == REASON_STUCK)
			continue;
		if (move->to_kib < domain->current_kib) {
			check_shrink(move);
			(*n_shrinks)++;
			continue;
		}
		/* 5. not above the ceiling */
		assert_true(world.history.records[move->domain].settings.is_managed);
		assert_true(move->to_kib == domain->current_kib ||
			    move->to_kib <= ceiling_kib(move->domain));
		granted_kib += sat_sub(
			move->to_kib,
			promise_committed_kib(
				&world.history.records[move->domain].promise, domain));
		(*n_grows)++;
	}
	/* 4. what is granted is on the host now */
	assert_true(granted_kib <= (at_hand_kib > 0 ? (uint64_t)at_hand_kib : 0));
	/* 3. promises never exceed what the host can back, unless they did before */
	assert_true(committed_sum(true) <= max_u64(capacity_kib, before_kib));
}

static void invariants_hold_on_random_hosts(void **state)
{
	size_t n_grows = 0, n_shrinks = 0;

	(void)state;
	srand(11);
	for (int round = 0; round < 3000; round++) {
		tear_down(NULL);
		set_up(NULL);
		make_random_world();
		world_look(&world, 0);
		for (int step = 0; step < 12; step++) {
			let_time_pass();
			make_plan();
			check_invariants(&n_grows, &n_shrinks);
			carry_out();
		}
	}
	assert_true(n_grows > 2000 && n_shrinks > 2000);
}

/* 8. Everybody between the thresholds, every need covered, the reserve kept: nothing. */
static void a_balanced_host_is_left_alone(void **state)
{
	(void)state;
	srand(12);
	for (int round = 0; round < 3000; round++) {
		tear_down(NULL);
		set_up(NULL);
		world.snapshot.host.available_kib = 2 * GIB;
		for (uint64_t n = 1 + below(10); n > 0; n--) {
			uint64_t current_mib = 500 + below(3000);

			add(current_mib, 4096, current_mib * (20 + below(25)) / 100);
		}
		see_idle(2 + (unsigned)below(6));
		assert_int_equal(plan.n_moves, 0);
	}
}

/* 10. The same input gives the same plan. */
static void same_input_same_plan(void **state)
{
	(void)state;
	srand(13);
	for (int round = 0; round < 1000; round++) {
		struct plan again = { 0 };

		tear_down(NULL);
		set_up(NULL);
		make_random_world();
		world_look(&world, 0);
		let_time_pass();
		make_plan();
		assert_int_equal(policy_plan(&world.snapshot, &world.history,
					     &world.settings, &again),
				 0);
		assert_int_equal(again.n_moves, plan.n_moves);
		if (plan.n_moves > 0)
			assert_memory_equal(again.moves, plan.moves,
					    plan.n_moves * sizeof(*plan.moves));
		plan_clear(&again);
	}
}

/* 10. Other names, the same fate: permuting the domains permutes the plan. */
static void the_order_of_domains_does_not_matter(void **state)
{
	(void)state;
	srand(15);
	for (int round = 0; round < 1000; round++) {
		struct plan forwards;
		struct domain kept[WORLD_MAX];
		size_t n;

		tear_down(NULL);
		set_up(NULL);
		make_random_world();
		n = world.snapshot.n_domains;
		memcpy(kept, world.domains, sizeof(kept));
		world_look(&world, 0);
		world_sample(&world, 2000);
		make_plan();
		forwards = plan;
		plan = (struct plan){ 0 };

		/* the same guests under each other's UUIDs */
		history_clear(&world.history);
		for (size_t i = 0; i < n; i++) {
			world.domains[i] = kept[n - 1 - i];
			memcpy(world.domains[i].uuid, kept[i].uuid, DOMAIN_UUID_SIZE);
		}
		world_look(&world, 0);
		world_sample(&world, 2000);
		make_plan();
		assert_int_equal(plan.n_moves, forwards.n_moves);
		for (size_t i = 0; i < forwards.n_moves; i++) {
			const struct move *move = &forwards.moves[i];
			const struct move *other = move_of(n - 1 - move->domain);

			assert_non_null(other);
			assert_int_equal(other->to_kib, move->to_kib);
			assert_int_equal(other->reason, move->reason);
		}
		plan_clear(&forwards);
	}
}

/* 11. Raising a weight never lowers that domain's share, but by what rounding takes. */
static void more_weight_is_never_less_share(void **state)
{
	size_t n_more = 0;

	(void)state;
	srand(16);
	for (int round = 0; round < 3000; round++) {
		uint64_t before_kib;
		size_t i;

		tear_down(NULL);
		set_up(NULL);
		make_random_world();
		if (world.snapshot.n_domains == 0)
			continue;
		world_look(&world, 0);
		let_time_pass();
		make_plan();
		i = (size_t)below(world.snapshot.n_domains);
		before_kib = plan.shares[i].share_kib;
		world.history.records[i].settings.weight += (unsigned)below(
			WEIGHT_MAX - world.history.records[i].settings.weight + 1);
		make_plan();
		assert_true(plan.shares[i].share_kib + world.snapshot.n_domains >=
			    before_kib);
		n_more += plan.shares[i].share_kib > before_kib;
	}
	assert_true(n_more > 100);
}

/* At first nobody has been heard of: nothing is known of a need. */
static void what_is_not_known_is_no_overload(void **state)
{
	(void)state;
	add(1000, 4096, 500);
	add(1000, 4096, 100);
	add(1000, 4096, 500);
	/* 1000 MiB more are promised than there are */
	set_host_spare(0);
	world.snapshot.host.available_kib = 24 * MIB;
	for (int i = 0; i < 3; i++)
		world.domains[i].last_update_s -= 3600;
	world_look(&world, 0);
	make_plan();
	assert_false(plan.is_overloaded);
	/* one that is known does not need more than there is; it starves, and keeps it */
	world.domains[1].last_update_s += 3601;
	world_look(&world, 1000);
	world.domains[1].last_update_s++;
	world.domains[1].usable_kib -= 40 * MIB;
	world_look(&world, 1000);
	make_plan();
	assert_int_equal(plan.verdicts[1].class, CLASS_STARVING);
	assert_false(plan.is_overloaded);
	assert_null(move_of(1));
	/* all need about 500 + 500 + 1000 */
	for (int i = 0; i < 3; i++)
		world.domains[i].last_update_s += 3602;
	world_look(&world, 1000);
	make_plan();
	assert_true(plan.is_overloaded);
	/* who is known to keep what it has is no different */
	plan_clear(&plan);
	world.domains[0].state = world.domains[2].state = DOMAIN_PAUSED;
	world_look(&world, 0);
	make_plan();
	assert_true(plan.is_overloaded);
	world.domains[1].state = DOMAIN_PAUSED;
	world_look(&world, 0);
	make_plan();
	assert_false(plan.is_overloaded);
}

static void overload_is_said(void **state)
{
	(void)state;
	set_host_spare(0);
	add(1000, 4096, 30);
	add(1000, 4096, 40);
	see_idle(2);
	assert_true(plan.is_overloaded);
	set_host_spare(2000);
	world_sample(&world, 2000);
	make_plan();
	assert_false(plan.is_overloaded);
}

/* 12. Whatever guests claim. */
static void absurd_figures_do_not_wrap(void **state)
{
	(void)state;
	srand(14);
	for (int round = 0; round < 3000; round++) {
		size_t n_grows = 0, n_shrinks = 0;

		tear_down(NULL);
		set_up(NULL);
		make_random_world();
		world_look(&world, 0);
		for (int step = 0; step < 4; step++) {
			for (size_t i = 0; i < world.snapshot.n_domains; i++) {
				struct domain *domain = &world.domains[i];

				domain->usable_kib = any_number();
				domain->unused_kib = any_number();
				domain->disk_caches_kib = any_number();
				domain->swap_out_kib = any_number();
				domain->rss_kib = any_number();
				domain->last_update_s++;
			}
			world_look(&world, 2000);
			make_plan();
			check_invariants(&n_grows, &n_shrinks);
			carry_out();
		}
	}
}

/* Whose size is as large as can be does not wait for more. */
static void the_largest_size_does_not_wrap_into_waiting(void **state)
{
	struct domain *domain = add(2000, 4096, 30);

	(void)state;
	add(2000, 4096, 1500);
	domain->current_kib = domain->maximum_kib = UINT64_MAX;
	see_idle(3);
	assert_int_equal(plan.verdicts[0].class, CLASS_STARVING);
	promise_open(&world.history.records[1].promise, 1500 * MIB,
		     world.snapshot.now_ms);
	make_plan();
	assert_false(plan.is_waiting);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_starved_domain_gets_its_need_and_headroom),
		TEST(a_pinned_domain_is_helped_though_its_rate_is_0),
		TEST(a_swapping_domain_is_helped_though_it_looks_idle),
		TEST(a_domain_that_will_starve_is_served_ahead),
		TEST(a_grant_waits_for_the_donor),
		TEST(a_hot_domain_is_looked_at_sooner),
		TEST(who_may_grow_is_watched),
		TEST(the_shortest_statistics_period_counts),
		TEST(looking_more_often_takes_nothing_sooner),
		TEST(a_small_gift_is_worth_it_for_who_has_nearly_nothing),
		TEST(a_host_below_its_reserve_is_refilled),
		TEST(a_little_that_the_host_is_short_of_comes_from_headroom),
		TEST(idle_memory_goes_back_gently_after_three_samples),
		TEST(an_idle_domain_keeps_headroom_by_its_size),
		TEST(who_just_started_is_left_in_peace),
		TEST(who_has_swapped_is_not_shrunk_for_its_idleness),
		TEST(overload_leaves_everybody_their_watermark),
		TEST(equals_are_treated_as_equals),
		TEST(a_silent_domain_grows_on_its_trend_for_a_while),
		TEST(a_silent_domain_grows_to_the_configured_threshold),
		TEST(a_stuck_request_is_withdrawn),
		TEST(a_silent_domain_without_its_size_is_left_alone),
		TEST(a_stuck_request_without_the_size_has_to_wait),
		TEST(no_target_is_above_the_maximum),
		TEST(noise_starves_nobody),
		TEST(small_wishes_move_nothing),
		TEST(the_share_is_at_least_that_of_classic),
		TEST(invariants_hold_on_random_hosts),
		TEST(a_balanced_host_is_left_alone),
		TEST(same_input_same_plan),
		TEST(the_order_of_domains_does_not_matter),
		TEST(more_weight_is_never_less_share),
		TEST(what_is_not_known_is_no_overload),
		TEST(overload_is_said),
		TEST(absurd_figures_do_not_wrap),
		TEST(the_largest_size_does_not_wrap_into_waiting),
	};

	return cmocka_run_group_tests_name("policy-fair", tests, NULL, NULL);
}
