/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cycle on a hypervisor that does as it is told, and fails where it is told to. */
#include <errno.h>

#include "cycle/cycle.h"
#include "cycle/stats-period.h"
#include "system/log.h"
#include "testing.h"

enum { CALLS_MAX = 32 };

struct fake {
	struct hypervisor base;
	struct world world; /* what it shows */
	int sample_result;
	int64_t took_ms;	  /* a look */
	const char *failing_uuid; /* whose calls fail, with this: */
	int failure;
	bool is_lost; /* the connection */
	bool is_mute; /* no call is answered */
	bool has_job; /* whoever is asked about it */
	unsigned n_marks;
	int mark_result;
	size_t n_calls;
	struct call {
		char uuid[DOMAIN_UUID_SIZE];
		uint64_t target_kib;
		unsigned period_s;
	} calls[CALLS_MAX];
};

static struct fake fake;
static struct cycle cycle;

static int64_t now_ms(struct hypervisor *base)
{
	(void)base;
	return fake.world.snapshot.now_ms;
}

static int sample(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	size_t n = fake.world.snapshot.n_domains;

	(void)base;
	fake.world.snapshot.now_ms += fake.took_ms;
	if (fake.sample_result < 0)
		return fake.sample_result;
	*ret_snapshot = fake.world.snapshot;
	ret_snapshot->domains = calloc(n + 1, sizeof(struct domain));
	for (size_t i = 0; i < n; i++) {
		ret_snapshot->domains[i] = fake.world.domains[i];
		ret_snapshot->domains[i].name = strdup(fake.world.domains[i].name);
	}
	return 0;
}

static int note_call(const char *uuid, uint64_t target_kib, unsigned period_s)
{
	struct call *call = &fake.calls[fake.n_calls++];

	assert_true(fake.n_calls < CALLS_MAX);
	strcpy(call->uuid, uuid);
	call->target_kib = target_kib;
	call->period_s = period_s;
	return fake.failing_uuid && strcmp(uuid, fake.failing_uuid) == 0 ? fake.failure
									 : 0;
}

static int set_target(struct hypervisor *base, const char *uuid, uint64_t target_kib)
{
	(void)base;
	return note_call(uuid, target_kib, 0);
}

static int set_stats_period(struct hypervisor *base, const char *uuid, unsigned period_s)
{
	int r = note_call(uuid, 0, period_s);

	(void)base;
	for (size_t i = 0; r == 0 && i < fake.world.snapshot.n_domains; i++)
		if (strcmp(fake.world.domains[i].uuid, uuid) == 0)
			fake.world.domains[i].stats_period_s = period_s;
	return r;
}

/* Told apart from other calls: most tests are not about marks. */
static int mark_stats_period(struct hypervisor *base, const char *uuid,
			     const struct period_mark *mark)
{
	(void)base;
	fake.n_marks++;
	for (size_t i = 0; fake.mark_result == 0 && i < fake.world.snapshot.n_domains;
	     i++)
		if (strcmp(fake.world.domains[i].uuid, uuid) == 0)
			fake.world.domains[i].period_mark =
				mark ? *mark : (struct period_mark){ 0 };
	return fake.mark_result;
}

static int listen_to_nothing(struct hypervisor *base)
{
	(void)base;
	return 0;
}

static int has_job(struct hypervisor *base, const char *uuid, bool *ret_has_job)
{
	(void)base;
	assert_string_equal(uuid, fake.failing_uuid);
	*ret_has_job = fake.has_job;
	return 0;
}

static bool answers(struct hypervisor *base)
{
	(void)base;
	return !fake.is_mute;
}

static bool is_alive(struct hypervisor *base)
{
	(void)base;
	return !fake.is_lost;
}

static const struct hypervisor_ops fake_ops = {
	.has_job = has_job,
	.answers = answers,
	.is_alive = is_alive,
	.now_ms = now_ms,
	.sample = sample,
	.set_target = set_target,
	.set_stats_period = set_stats_period,
	.mark_stats_period = mark_stats_period,
	.listen = listen_to_nothing,
};

static int set_up(void **state)
{
	(void)state;
	log_set_level(LOG_ERROR);
	fake = (struct fake){ .base = { .ops = &fake_ops } };
	world_init(&fake.world);
	cycle = (struct cycle){ .hypervisor = &fake.base,
				.settings = &fake.world.settings };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	cycle_clear(&cycle);
	return 0;
}

/* Time passes, and every guest reports. */
static void look_again(void)
{
	fake.world.snapshot.now_ms += 1000;
	for (size_t i = 0; i < fake.world.snapshot.n_domains; i++)
		fake.world.domains[i].last_update_s++;
	assert_int_equal(cycle_look(&cycle), 0);
}

/* A starved one and a wasteful one, seen twice and planned for. */
static void see_a_pair(void)
{
	world_add(&fake.world, 1000 * MIB, 4 * GIB, 120 * MIB);
	world_add(&fake.world, 1000 * MIB, 4 * GIB, 800 * MIB);
	look_again();
	fake.world.domains[0].usable_kib = 100 * MIB;
	look_again();
	assert_int_equal(cycle_plan(&cycle), 0);
	assert_int_equal(cycle.plan.n_moves, 2);
}

struct results {
	size_t n;
	int by_move[4];
};

static void keep_result(void *data, const struct cycle *of, const struct move *move,
			int result)
{
	struct results *results = data;

	assert_ptr_equal(of, &cycle);
	assert_ptr_equal(move, &cycle.plan.moves[results->n]);
	results->by_move[results->n++] = result;
}

static void a_plan_is_carried_out_in_order(void **state)
{
	struct results results = { 0 };

	(void)state;
	see_a_pair();
	cycle_act(&cycle, keep_result, &results);
	assert_int_equal(results.n, 2);
	assert_int_equal(fake.n_calls, 2);
	assert_string_equal(fake.calls[0].uuid, fake.world.domains[1].uuid);
	assert_int_equal(fake.calls[0].target_kib, 920 * MIB);
	assert_string_equal(fake.calls[1].uuid, fake.world.domains[0].uuid);
	assert_int_equal(fake.calls[1].target_kib, 1080 * MIB);
	for (size_t i = 0; i < 2; i++)
		assert_true(cycle.history.records[i].promise.is_open);
	/* what becomes of the shrink is watched */
	assert_true(cycle.history.records[1].aftermath.watches_harm);
	assert_false(cycle.history.records[0].aftermath.watches_harm);
}

/* Row 26: who is gone is dropped, the rest of the plan goes on. */
static void a_domain_that_ends_does_not_hold_up_the_others(void **state)
{
	(void)state;
	for (size_t gone = 0; gone < 2; gone++) {
		struct results results = { 0 };

		tear_down(NULL);
		set_up(NULL);
		see_a_pair();
		fake.failing_uuid = fake.world.domains[gone].uuid;
		fake.failure = -ENOENT;
		cycle_act(&cycle, keep_result, &results);
		assert_int_equal(fake.n_calls, 2);
		assert_int_equal(results.by_move[1 - gone], -ENOENT);
		assert_int_equal(results.by_move[gone], 0);
		/* nothing was promised to it or by it */
		assert_false(cycle.history.records[gone].promise.is_open);
		assert_true(cycle.history.records[1 - gone].promise.is_open);
	}
}

/* Both guests have used 5 MiB more. */
static void look_at_consumers(void)
{
	for (size_t i = 0; i < 2; i++)
		fake.world.domains[i].usable_kib -= 5 * MIB;
	look_again();
	assert_int_equal(cycle_plan(&cycle), 0);
}

/* The most starved one refuses: the next one gets its turn, and it is asked again later.
 */
static void who_refuses_does_not_hold_up_the_others(void **state)
{
	(void)state;
	world_add(&fake.world, 1000 * MIB, 4 * GIB, 130 * MIB);
	world_add(&fake.world, 1000 * MIB, 4 * GIB, 140 * MIB);
	look_again();
	look_at_consumers();
	assert_int_equal(cycle.plan.n_moves, 1);
	assert_int_equal(cycle.plan.moves[0].domain, 0);
	fake.failing_uuid = fake.world.domains[0].uuid;
	fake.failure = -EOPNOTSUPP;
	cycle_act(&cycle, NULL, NULL);
	look_at_consumers();
	assert_int_equal(cycle.plan.n_moves, 1);
	assert_int_equal(cycle.plan.moves[0].domain, 1);
	fake.world.snapshot.now_ms += 56000;
	look_again();
	look_at_consumers();
	assert_int_equal(cycle.plan.moves[0].domain, 1);
	look_at_consumers();
	look_at_consumers();
	assert_int_equal(cycle.plan.moves[0].domain, 0);
}

static void planning_alone_calls_nothing(void **state)
{
	(void)state;
	see_a_pair();
	assert_int_equal(fake.n_calls, 0);
}

static void a_failed_look_loses_nothing(void **state)
{
	(void)state;
	see_a_pair();
	fake.sample_result = -EIO;
	assert_int_equal(cycle_look(&cycle), -EIO);
	assert_int_equal(cycle.snapshot.n_domains, 2);
	assert_int_equal(cycle.plan.n_moves, 2);
	assert_true(cycle.history.records[0].demand.has_rate);
	fake.sample_result = 0;
	look_again();
	assert_true(cycle.history.records[0].demand.has_rate);
}

static const char unknown_uuid[] = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/* Returns whether it is worth a look at once. */
static bool happens(enum hypervisor_event_kind kind, const char *uuid,
		    uint64_t current_kib)
{
	fake.base.is_woken = false;
	hypervisor_tell(&fake.base, &(struct hypervisor_event){
					    .kind = kind,
					    .uuid = uuid,
					    .current_kib = current_kib,
					    .at_ms = fake.world.snapshot.now_ms + 10,
				    });
	return fake.base.is_woken;
}

static void balloons_are_followed_between_two_looks(void **state)
{
	const char *uuid = fake.world.domains[1].uuid;

	(void)state;
	see_a_pair();
	assert_int_equal(cycle_listen(&cycle), 0);
	/* nobody waits for it; then somebody does */
	assert_false(happens(HYPERVISOR_BALLOON, uuid, 800 * MIB));
	cycle.plan.is_waiting = true;
	assert_true(happens(HYPERVISOR_BALLOON, uuid, 700 * MIB));
	happens(HYPERVISOR_BALLOON, unknown_uuid, 1);
	const struct demand *demand = &cycle.history.records[1].demand;
	assert_int_equal(demand->balloon.sizes[demand->balloon.n - 1].current_kib,
			 700 * MIB);
}

static void a_reboot_that_is_told_of_begins_the_time_of_grace(void **state)
{
	(void)state;
	see_a_pair();
	cycle_listen(&cycle);
	assert_false(happens(HYPERVISOR_REBOOTED, fake.world.domains[1].uuid, 0));
	assert_false(happens(HYPERVISOR_REBOOTED, unknown_uuid, 0));
	assert_false(cycle.history.records[1].demand.has_sample);
	assert_true(cycle.history.records[1].demand.is_young);
	assert_true(cycle.history.records[0].demand.has_sample);
}

static void who_comes_is_looked_at_and_who_goes_if_somebody_waits(void **state)
{
	(void)state;
	see_a_pair();
	cycle_listen(&cycle);
	assert_true(happens(HYPERVISOR_STARTED, unknown_uuid, 0));
	assert_false(happens(HYPERVISOR_STOPPED, fake.world.domains[1].uuid, 0));
	cycle.plan.is_waiting = true;
	assert_true(happens(HYPERVISOR_STOPPED, fake.world.domains[1].uuid, 0));
	assert_true(happens(HYPERVISOR_CLOSED, "", 0));
}

/* The first move of a plan of two is not answered; is any call? */
static void act_without_an_answer(bool is_mute)
{
	const struct record *record;

	see_a_pair();
	record = &cycle.history.records[cycle.plan.moves[0].domain];
	fake.failing_uuid = fake.world.domains[cycle.plan.moves[0].domain].uuid;
	fake.failure = -ETIMEDOUT;
	fake.is_mute = is_mute;
	promise_open(&cycle.history.records[cycle.plan.moves[0].domain].promise, 9 * GIB,
		     0);
	cycle_act(&cycle, NULL, NULL);
	assert_true(record->promise.is_open);
	assert_int_equal(record->promise.target_kib, cycle.plan.moves[0].to_kib);
	assert_int_equal(record->promise.doubt_kib, 9 * GIB);
	assert_int_equal(hold_reason(&record->hold), REASON_UNANSWERED);
}

/* It may take effect yet. */
static void a_call_without_answer_counts_and_holds_up_nobody(void **state)
{
	(void)state;
	act_without_an_answer(false);
	assert_int_equal(fake.n_calls, 2);
}

static void if_nobody_answers_the_rest_is_left_to_a_new_look(void **state)
{
	(void)state;
	act_without_an_answer(true);
	assert_int_equal(fake.n_calls, 1);
	assert_int_equal(cycle_next_ms(&cycle, 5000), 5001);
}

/* Not withdrawn, nor asked again, until it is free or the time is over. */
static void who_is_in_a_job_is_left_alone_and_keeps_his_promise(void **state)
{
	struct record *record;
	size_t i;

	(void)state;
	see_a_pair();
	i = cycle.plan.moves[0].domain;
	fake.failing_uuid = fake.world.domains[i].uuid;
	fake.failure = -ETIMEDOUT;
	cycle_act(&cycle, NULL, NULL);
	fake.has_job = true;
	for (int s = 0; s < 25; s++) {
		look_again();
		assert_int_equal(cycle_plan(&cycle), 0);
		record = &cycle.history.records[i];
		assert_int_equal(hold_reason(&record->hold),
				 s < 1 ? REASON_UNANSWERED : REASON_HAS_JOB);
		assert_true(record->promise.is_open);
		assert_false(record->promise.is_stuck);
		for (size_t m = 0; m < cycle.plan.n_moves; m++)
			assert_int_not_equal(cycle.plan.moves[m].domain, i);
	}
	fake.has_job = false;
	look_again();
	look_again();
	assert_int_equal(hold_reason(&cycle.history.records[i].hold), REASON_NONE);
}

static void a_lost_connection_is_nobodys_refusal(void **state)
{
	(void)state;
	see_a_pair();
	fake.failing_uuid = fake.world.domains[cycle.plan.moves[0].domain].uuid;
	fake.failure = -EIO;
	fake.is_lost = true;
	cycle_act(&cycle, NULL, NULL);
	assert_int_equal(fake.n_calls, 1);
	for (size_t i = 0; i < 2; i++) {
		assert_false(cycle.history.records[i].promise.is_open);
		assert_false(cycle.history.records[i].promise.is_stuck);
	}
}

static void a_stop_ends_a_plan_half_way(void **state)
{
	static const bool is_hurried = true;

	(void)state;
	see_a_pair();
	fake.base.is_hurried = &is_hurried;
	cycle_act(&cycle, NULL, NULL);
	assert_int_equal(fake.n_calls, 0);
}

static void the_next_look_is_a_period_away_unless_there_is_a_hurry(void **state)
{
	(void)state;
	see_a_pair();
	assert_int_equal(cycle_next_ms(&cycle, 5000), 7000);
	cycle.plan.look_again_ms = 500;
	assert_int_equal(cycle_next_ms(&cycle, 5000), 5500);
	cycle.plan.look_again_ms = 9999;
	assert_int_equal(cycle_next_ms(&cycle, 5000), 7000);
	/* what failed is not tried in a hurry */
	cycle.plan.look_again_ms = 500;
	fake.sample_result = -EIO;
	assert_int_equal(cycle_look(&cycle), -EIO);
	assert_int_equal(cycle_next_ms(&cycle, 5000), 7000);
}

/* To watch is a luxury: a twentieth of the time is enough for that. */
static void watching_is_cheap_or_left(void **state)
{
	static const struct {
		int64_t took_ms, next_ms;
	} cases[] = {
		{ 0, 500 },   { 25, 500 },   { 26, 520 },
		{ 99, 1980 }, { 100, 2000 }, { 900, 2000 },
	};

	(void)state;
	see_a_pair();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake.took_ms = cases[i].took_ms;
		assert_int_equal(cycle_look(&cycle), 0);
		cycle.plan.watch_ms = 500;
		assert_int_equal(cycle_next_ms(&cycle, 5000), 5000 + cases[i].next_ms);
		/* who will have run out does not wait for that */
		cycle.plan.look_again_ms = 700;
		assert_int_equal(cycle_next_ms(&cycle, 5000),
				 cases[i].next_ms < 700 ? 5000 + cases[i].next_ms : 5700);
	}
	/* nor is it done in the dark */
	fake.took_ms = 0;
	cycle.plan.watch_ms = 500;
	fake.sample_result = -EIO;
	assert_int_equal(cycle_look(&cycle), -EIO);
	assert_int_equal(cycle_next_ms(&cycle, 5000), 7000);
}

static void periods_are_borrowed_once_and_given_back(void **state)
{
	(void)state;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 0;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 10;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 1;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->has_balloon = false;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->state = DOMAIN_PAUSED;
	fake.world.domains[3].stats_period_s = fake.world.domains[4].stats_period_s = 0;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 2);
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	assert_int_equal(fake.n_calls, 2);
	stats_periods_return(&cycle);
	assert_int_equal(fake.n_calls, 4);
	assert_int_equal(fake.world.domains[0].stats_period_s, 0);
	assert_int_equal(fake.world.domains[1].stats_period_s, 10);
	stats_periods_return(&cycle);
	assert_int_equal(fake.n_calls, 4);
}

static void no_period_is_borrowed_of_who_is_left_out(void **state)
{
	struct domain_rule rule = {
		.match = (char *)(uintptr_t) "vm0",
		.choices.is_left_out = true,
	};

	(void)state;
	fake.world.settings.rules = &rule;
	fake.world.settings.n_rules = 1;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 0;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 0;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 1);
	assert_int_equal(fake.world.domains[0].stats_period_s, 0);
	assert_int_equal(fake.world.domains[1].stats_period_s, 1);
}

/* A reload may shorten stats_period; what was there at first is given back. */
static void a_borrowed_period_can_be_shortened(void **state)
{
	(void)state;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 10;
	fake.world.settings.stats_period_s = 5;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 1);
	fake.world.settings.stats_period_s = 2;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 1);
	assert_int_equal(fake.world.domains[0].stats_period_s, 2);
	look_again();
	stats_periods_return(&cycle);
	assert_int_equal(fake.world.domains[0].stats_period_s, 10);
}

static void a_period_that_is_refused_is_not_tried_again(void **state)
{
	(void)state;
	log_set_level(LOG_ERROR);
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 0;
	fake.failing_uuid = fake.world.domains[0].uuid;
	fake.failure = -ENOENT;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	assert_int_equal(fake.n_calls, 1);
	stats_periods_return(&cycle);
	assert_int_equal(fake.n_calls, 1);
}

static void a_period_is_tried_again_after_a_lost_connection(void **state)
{
	(void)state;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 0;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 0;
	fake.failing_uuid = fake.world.domains[0].uuid;
	fake.failure = -EIO;
	fake.is_lost = true;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	assert_int_equal(fake.n_calls, 1); /* nor the other one, just now */
	fake.is_lost = false;
	fake.failing_uuid = NULL;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 2);
}

/* It may take effect yet. */
static void a_period_whose_call_was_given_up_is_given_back(void **state)
{
	(void)state;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 10;
	fake.failing_uuid = fake.world.domains[0].uuid;
	fake.failure = -ETIMEDOUT;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	fake.failing_uuid = NULL;
	fake.world.domains[0].stats_period_s = 1;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	stats_periods_return(&cycle);
	assert_int_equal(fake.world.domains[0].stats_period_s, 10);
}

static void no_period_is_borrowed_in_a_hurry(void **state)
{
	static const bool is_hurried = true;

	(void)state;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 0;
	look_again();
	fake.base.is_hurried = &is_hurried;
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	assert_int_equal(fake.n_calls, 0);
}

/* Drivers without metadata, or an administrator who forbids it. */
static void a_period_is_borrowed_of_who_cannot_be_marked(void **state)
{
	(void)state;
	fake.mark_result = -EOPNOTSUPP;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 10;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 1);
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	assert_int_equal(fake.n_marks, 1);
	stats_periods_return(&cycle);
	assert_int_equal(fake.world.domains[0].stats_period_s, 10);
	assert_int_equal(fake.n_marks, 1);
}

/* It is not marked for what did not happen. */
static void who_refuses_keeps_no_mark(void **state)
{
	(void)state;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 10;
	fake.failing_uuid = fake.world.domains[0].uuid;
	fake.failure = -EOPNOTSUPP;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	assert_int_equal(fake.n_marks, 2);
	assert_false(fake.world.domains[0].period_mark.is_there);
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	assert_int_equal(fake.n_marks, 2);
}

/* It keeps what it has, and gets back what it had. */
static void who_refuses_to_be_shortened_once_more_gets_back_its_own(void **state)
{
	(void)state;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 10;
	fake.world.settings.stats_period_s = 5;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 1);
	fake.world.settings.stats_period_s = 2;
	fake.failing_uuid = fake.world.domains[0].uuid;
	fake.failure = -EOPNOTSUPP;
	for (int i = 0; i < 3; i++) {
		look_again();
		assert_int_equal(stats_periods_borrow(&cycle), 0);
	}
	assert_int_equal(fake.n_calls, 2);
	fake.failing_uuid = NULL;
	stats_periods_return(&cycle);
	assert_int_equal(fake.world.domains[0].stats_period_s, 10);
}

/* Row 18: the call would block. */
static void no_period_is_borrowed_of_a_busy_domain(void **state)
{
	(void)state;
	world_add(&fake.world, 1 * GIB, 4 * GIB, 0)->stats_period_s = 10;
	fake.world.domains[0].present &= ~(unsigned)DOMAIN_LAST_UPDATE;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 0);
	fake.world.domains[0].present |= DOMAIN_LAST_UPDATE;
	look_again();
	assert_int_equal(stats_periods_borrow(&cycle), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_plan_is_carried_out_in_order),
		TEST(a_domain_that_ends_does_not_hold_up_the_others),
		TEST(who_refuses_does_not_hold_up_the_others),
		TEST(planning_alone_calls_nothing),
		TEST(a_failed_look_loses_nothing),
		TEST(balloons_are_followed_between_two_looks),
		TEST(a_reboot_that_is_told_of_begins_the_time_of_grace),
		TEST(who_comes_is_looked_at_and_who_goes_if_somebody_waits),
		TEST(a_call_without_answer_counts_and_holds_up_nobody),
		TEST(if_nobody_answers_the_rest_is_left_to_a_new_look),
		TEST(who_is_in_a_job_is_left_alone_and_keeps_his_promise),
		TEST(a_stop_ends_a_plan_half_way),
		TEST(the_next_look_is_a_period_away_unless_there_is_a_hurry),
		TEST(watching_is_cheap_or_left),
		TEST(periods_are_borrowed_once_and_given_back),
		TEST(no_period_is_borrowed_of_who_is_left_out),
		TEST(no_period_is_borrowed_of_a_busy_domain),
		TEST(a_borrowed_period_can_be_shortened),
		TEST(a_period_that_is_refused_is_not_tried_again),
		TEST(a_period_is_tried_again_after_a_lost_connection),
		TEST(a_period_whose_call_was_given_up_is_given_back),
		TEST(no_period_is_borrowed_in_a_hurry),
		TEST(a_period_is_borrowed_of_who_cannot_be_marked),
		TEST(who_refuses_keeps_no_mark),
		TEST(who_refuses_to_be_shortened_once_more_gets_back_its_own),
		TEST(a_lost_connection_is_nobodys_refusal),
	};

	return cmocka_run_group_tests_name("cycle", tests, NULL, NULL);
}
