/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes are put back on a simulated host: all that can be, in time, within the reserve.
 */
#include <errno.h>
#include <unistd.h>

#include "core/defaults.h"
#include "run/restore.h"
#include "simulate/hypervisor.h"
#include "system/log.h"
#include "testing.h"

enum { GUESTS_MAX = 3, LOG_LENGTH = 8192 };

static struct settings settings;
static struct sim_guest_spec specs[GUESTS_MAX];
static struct scenario scenario;
static struct simulation *simulation;
static struct hypervisor_ops ops; /* of the simulation, for tests to change */
static const struct hypervisor_ops *sim_ops;
static struct cycle cycle;
static bool is_stopped;
static uint64_t most_committed_kib; /* of all steps while sizes are put back */
static char log_text[LOG_LENGTH];

static struct sim_guest_spec *add_guest(uint64_t start_kib, int64_t demand_kib)
{
	struct sim_guest_spec *spec = &specs[scenario.n_guests++];

	*spec = (struct sim_guest_spec){
		.maximum_kib = 4 * GIB,
		.start_kib = start_kib,
		.base_kib = 100 * MIB,
		.cooperates = true,
		.is_warm = true,
		.n_terms = 1,
		.terms = { { .shape = SIM_CONSTANT, .amount_kib = demand_kib } },
	};
	snprintf(spec->name, sizeof(spec->name), "guest-%zu", scenario.n_guests);
	return spec;
}

static int set_up(void **state)
{
	(void)state;
	defaults_init(&settings);
	settings.host_reserve = (struct reserve){ .size_kib = 512 * MIB };
	scenario = (struct scenario){
		.name = (char *)(uintptr_t) "test",
		.host_kib = 16 * GIB,
		.host_base_kib = 1 * GIB,
		.guests = specs,
	};
	most_committed_kib = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	cycle_clear(&cycle);
	hypervisor_close(&simulation->base);
	return 0;
}

static void pass(int64_t ms)
{
	hypervisor_wait(&simulation->base, simulation->now_ms + ms);
}

/* Begin to simulate, and see two reports of every guest. */
static void begin(void)
{
	assert_int_equal(simulation_open(&scenario, &settings, 1, &simulation), 0);
	sim_ops = simulation->base.ops;
	ops = *sim_ops;
	simulation->base.ops = &ops;
	cycle = (struct cycle){ .hypervisor = &simulation->base, .settings = &settings };
	for (unsigned i = 0; i < 3; i++) {
		pass(2000);
		assert_int_equal(cycle_look(&cycle), 0);
	}
}

/* Command guest @i, as a policy would. */
static void ask(size_t i, uint64_t to_kib)
{
	struct move *moves = calloc(1, sizeof(*moves));

	assert_non_null(moves);
	moves[0] = (struct move){ .domain = i, .to_kib = to_kib };
	plan_clear(&cycle.plan);
	cycle.plan = (struct plan){ .moves = moves, .n_moves = 1 };
	cycle_act(&cycle, NULL, NULL);
}

/* Command it, and wait until it is there and has reported so. */
static void move_guest(size_t i, uint64_t to_kib)
{
	ask(i, to_kib);
	for (unsigned n = 0; n < 4; n++) {
		pass(2000);
		assert_int_equal(cycle_look(&cycle), 0);
	}
}

static uint64_t size(size_t i)
{
	return simulation->guests[i].current_kib;
}

static void note_committed(void *data, const struct simulation *of)
{
	uint64_t sum_kib = 0;

	(void)data;
	for (size_t i = 0; i < of->scenario->n_guests; i++)
		sum_kib += of->guests[i].current_kib > of->guests[i].target_kib
				   ? of->guests[i].current_kib
				   : of->guests[i].target_kib;
	if (sum_kib > most_committed_kib)
		most_committed_kib = sum_kib;
}

/* Put all back, keep what is logged, and return how many milliseconds it took. */
static int64_t restore(void)
{
	int64_t begun_ms = simulation->now_ms;
	FILE *file = tmpfile();
	int saved_fd = dup(STDERR_FILENO);

	assert_non_null(file);
	assert_true(saved_fd >= 0);
	dup2(fileno(file), STDERR_FILENO);
	if (!simulation->on_step)
		simulation->on_step = note_committed;
	restore_run(&cycle, &is_stopped);
	dup2(saved_fd, STDERR_FILENO);
	close(saved_fd);
	rewind(file);
	log_text[fread(log_text, 1, LOG_LENGTH - 1, file)] = '\0';
	fclose(file);
	return simulation->now_ms - begun_ms;
}

static void assert_logged(const char *text)
{
	if (!strstr(log_text, text))
		print_error("not logged: %s\nbut:\n%s", text, log_text);
	assert_non_null(strstr(log_text, text));
}

static void assert_all_is_back(void)
{
	assert_logged("every domain has what it had at the start");
	assert_null(strstr(log_text, "is not put back"));
}

static void everybody_goes_back(void **state)
{
	(void)state;
	add_guest(2 * GIB, 300 * 1024);
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 1 * GIB);
	move_guest(1, 1536 * MIB);
	move_guest(1, 2 * GIB);
	assert_int_equal(size(1), 2 * GIB);
	assert_true(restore() <= 5000);
	assert_int_equal(size(0), 2 * GIB);
	assert_int_equal(size(1), 1 * GIB);
	assert_logged("domains to be put back to what they had at the start: 2");
	assert_logged("guest-1: 1 GiB -> 2 GiB: goes back to the 2 GiB that it had");
	assert_all_is_back();
}

/* What an administrator did to a domain that memcoord left alone is none of its business.
 */
static void who_was_not_moved_is_left_alone(void **state)
{
	uint64_t n_commands;

	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	move_guest(0, 1 * GIB);
	simulation->guests[1].target_kib = 2 * GIB;
	pass(2000);
	assert_int_equal(cycle_look(&cycle), 0);
	n_commands = simulation->metrics.n_commands;
	assert_int_equal(restore(), 0);
	assert_int_equal(simulation->metrics.n_commands, n_commands);
	assert_int_equal(size(1), 2 * GIB);
	assert_string_equal(log_text, "");
}

/* A move that is under way is turned round. */
static void a_shrinking_one_turns_round_though_the_host_gives_nothing(void **state)
{
	(void)state;
	add_guest(2 * GIB, 300 * 1024);
	scenario.host_kib = 1 * GIB + 2 * GIB + 512 * MIB;
	begin();
	ask(0, 500 * MIB);
	pass(500);
	assert_true(size(0) > 1 * GIB);
	assert_true(restore() <= 2000);
	assert_int_equal(size(0), 2 * GIB);
	assert_all_is_back();
}

/* The host has 100 MiB above its reserve; both guests together have what is left. */
static void begin_scarce(void)
{
	add_guest(2 * GIB, 300 * 1024);
	add_guest(1 * GIB, 300 * 1024);
	scenario.host_kib = 1 * GIB + 3 * GIB + 512 * MIB + 300 * MIB;
	begin();
	move_guest(0, 1 * GIB);
	move_guest(1, 2 * GIB);
}

static void growth_waits_for_those_who_shrink(void **state)
{
	(void)state;
	begin_scarce();
	assert_true(restore() <= 8000);
	assert_int_equal(size(0), 2 * GIB);
	assert_int_equal(size(1), 1 * GIB);
	assert_true(most_committed_kib <= 3 * GIB + 300 * 1024);
	assert_int_equal(simulation->metrics.below_reserve_ms, 0);
	assert_all_is_back();
}

/* Who waits for it gets what there is, and is told why it is not all. */
static void who_does_not_give_is_told_of_and_so_is_who_waits_for_it(void **state)
{
	(void)state;
	begin_scarce();
	specs[1].cooperates = false;
	assert_int_equal(restore(), 10000);
	assert_int_equal(size(1), 2 * GIB);
	assert_true(size(0) > 1 * GIB && size(0) <= 1 * GIB + 300 * 1024);
	assert_true(most_committed_kib <= 3 * GIB + 300 * 1024);
	assert_logged("guest-2: is not put back, it has 2 GiB and had 1 GiB at the "
		      "start: its balloon does not move");
	assert_logged(" and had 2 GiB at the start: the host has no more at hand");
}

static void less_than_4_mib_are_not_worth_a_call(void **state)
{
	uint64_t n_commands;

	(void)state;
	add_guest(2 * GIB, 300 * 1024);
	begin();
	move_guest(0, 1 * GIB);
	scenario.host_kib = 1 * GIB + 1 * GIB + 512 * MIB + 2 * MIB;
	pass(250);
	n_commands = simulation->metrics.n_commands;
	assert_int_equal(restore(), 10000);
	assert_int_equal(simulation->metrics.n_commands, n_commands);
	assert_logged(" and had 2 GiB at the start: the host has no more at hand");
}

/* Page cache is given back slowly. */
static void fill_with_cache(void)
{
	specs[0].io_kib = 400 * MIB;
	specs[0].cache_max_kib = 4 * GIB;
	pass(12000);
	assert_int_equal(cycle_look(&cycle), 0);
}

static void after_10_s_what_still_moves_is_told_of(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 4 * GIB);
	fill_with_cache();
	assert_int_equal(restore(), 10000);
	assert_true(size(0) > 1 * GIB);
	assert_logged(" and had 1 GiB at the start: its balloon is still moving");
}

/* Beside its kernel, the guest comes to use so much. */
static void use(int64_t demand_mib)
{
	specs[0].terms[0].amount_kib = demand_mib * 1024;
	for (unsigned n = 0; n < 4; n++) {
		pass(2000);
		assert_int_equal(cycle_look(&cycle), 0);
	}
}

/* 800 MiB with its kernel. */
static void a_guest_keeps_what_it_uses_and_60_mib(void **state)
{
	(void)state;
	add_guest(512 * MIB, 100 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	use(700);
	assert_true(restore() < 10000);
	assert_in_range(size(0), 900 * MIB,
			915 * MIB); /* 845 with what its kernel keeps */
	assert_int_equal(simulation->guests[0].n_oom_kills, 0);
	assert_logged(" and had 512 MiB at the start: its guest uses too much for that");
}

/* 1 MiB up and down, between one report and the next. */
static void breathe(void *data, const struct simulation *of)
{
	(void)data;
	specs[0].terms[0].amount_kib = (700 + of->now_ms / 2000 % 2) * 1024;
}

static void not_every_breath_of_a_guest_is_followed(void **state)
{
	uint64_t n_commands;

	(void)state;
	add_guest(512 * MIB, 100 * 1024);
	begin();
	move_guest(0, 4 * GIB);
	simulation->on_step = breathe;
	use(700);
	n_commands = simulation->metrics.n_commands;
	assert_true(restore() > 5000);
	assert_int_equal(simulation->metrics.n_commands, n_commands + 1);
}

/* It has less than it uses and 60 MiB: it keeps that, but gets no more. */
static void what_a_starved_guest_has_is_not_taken(void **state)
{
	(void)state;
	add_guest(300 * MIB, 100 * 1024);
	begin();
	move_guest(0, 512 * MIB);
	use(340);
	assert_int_equal(restore(), 0);
	assert_int_equal(size(0), 512 * MIB);
	assert_logged("it has 512 MiB and had 300 MiB at the start: its guest uses too");
}

static void a_domain_is_not_put_below_its_floor(void **state)
{
	(void)state;
	settings.domain_floor_kib = 800 * MIB;
	add_guest(512 * MIB, 100 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	assert_true(restore() < 10000);
	assert_int_equal(size(0), 800 * MIB);
	assert_logged("it has 800 MiB and had 512 MiB at the start: that is below its "
		      "floor");
}

static void who_is_left_out_is_not_put_back(void **state)
{
	static struct domain_rule rule;

	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	rule = (struct domain_rule){
		.match = (char *)(uintptr_t) "guest-*",
		.choices.is_left_out = true,
	};
	settings.rules = &rule;
	settings.n_rules = 1;
	restore();
	assert_int_equal(size(0), 2 * GIB);
	assert_logged("its settings leave it out");
}

static void the_silent_are_not_made_smaller_but_larger(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	add_guest(2 * GIB, 300 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	move_guest(1, 1 * GIB);
	specs[0].falls_silent = specs[1].falls_silent = true;
	pass(20000);
	assert_int_equal(cycle_look(&cycle), 0);
	assert_true(restore() <= 5000);
	assert_int_equal(size(0), 2 * GIB);
	assert_int_equal(size(1), 2 * GIB);
	assert_logged("guest-1: is not put back, it has 2 GiB and had 1 GiB at the "
		      "start: its statistics are too old");
}

/* It falls silent while it shrinks: it stays where it is by then. */
static void who_falls_silent_on_its_way_stops(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 4 * GIB);
	fill_with_cache();
	specs[0].falls_silent = true;
	assert_true(restore() < 10000);
	assert_true(size(0) > 2 * GIB);
	assert_true(simulation->guests[0].target_kib > 2 * GIB);
	assert_logged(" and had 1 GiB at the start: its statistics are too old");
}

/* What it has swapped out looks like free memory. */
static void who_swaps_out_is_not_made_smaller(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	cycle.history.records[0].demand.swapping.state = SWAPPING_COUNTS;
	assert_int_equal(restore(), 0);
	assert_int_equal(size(0), 2 * GIB);
	assert_logged(" and had 1 GiB at the start: its guest has swapped out");
}

static void who_has_ended_is_told_of(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	simulation->guests[0].is_up = false;
	assert_int_equal(restore(), 0);
	assert_logged("guest-1: has ended, nothing is to be put back");
}

/* As who was started again meanwhile. */
static void another_one_of_the_same_uuid_is_left_alone(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	cycle.history.records[0].id = cycle.snapshot.domains[0].id = 99;
	assert_int_equal(restore(), 0);
	assert_int_equal(size(0), 2 * GIB);
	assert_logged("guest-1: has ended, nothing is to be put back");
}

static enum domain_state shown_state;
static unsigned hidden_figures;

static int sample_changed(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	int r = sim_ops->sample(base, ret_snapshot);

	for (size_t i = 0; r == 0 && i < ret_snapshot->n_domains; i++) {
		ret_snapshot->domains[i].state = shown_state;
		ret_snapshot->domains[i].present &= ~hidden_figures;
	}
	return r;
}

static void who_is_paused_or_busy_is_skipped(void **state)
{
	static const struct {
		enum domain_state state;
		unsigned hidden_figures;
		int64_t takes_ms; /* who is busy may not be so for long */
		const char *text;
	} rows[] = {
		{ DOMAIN_PAUSED, 0, 0,
		  "guest-1: is not put back, it has 2 GiB and had 1 GiB at the start: "
		  "it is not running" },
		{ DOMAIN_RUNNING, DOMAIN_LAST_UPDATE, 10000,
		  "guest-1: is not put back, it has 2 GiB and had 1 GiB at the start: "
		  "the hypervisor gave no figures for it this time" },
		{ DOMAIN_RUNNING, ~0U, 10000,
		  "guest-1: is not put back, it had 1 GiB at the start: the hypervisor "
		  "gave no figures for it this time" },
	};

	for (size_t i = 0; i < 3; i++) {
		set_up(state);
		add_guest(1 * GIB, 300 * 1024);
		begin();
		move_guest(0, 2 * GIB);
		shown_state = rows[i].state;
		hidden_figures = rows[i].hidden_figures;
		ops.sample = sample_changed;
		assert_int_equal(restore(), rows[i].takes_ms);
		assert_int_equal(size(0), 2 * GIB);
		assert_logged(rows[i].text);
		if (i < 2)
			tear_down(state);
	}
}

/* What an administrator wanted stays. */
static void who_was_changed_by_somebody_else_is_left_alone(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	cycle.history.records[0].foreign.is_left_alone = true;
	cycle.history.records[0].foreign.noticed_ms = simulation->now_ms;
	assert_int_equal(restore(), 0);
	assert_int_equal(size(0), 2 * GIB);
	assert_logged(
		"guest-1: is not put back, it has 2 GiB and had 1 GiB at the start: "
		"somebody else has changed its memory");
}

static int refuse(struct hypervisor *base, const char *uuid, uint64_t target_kib)
{
	(void)uuid;
	(void)target_kib;
	snprintf(base->error, sizeof(base->error), "not today");
	return -EOPNOTSUPP;
}

static void who_is_refused_is_told_of_once(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	add_guest(2 * GIB, 300 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	move_guest(1, 1 * GIB);
	ops.set_target = refuse;
	assert_int_equal(restore(), 0);
	assert_logged("guest-1: is not put back, it has 2 GiB and had 1 GiB at the "
		      "start: not today");
	assert_null(strstr(strstr(log_text, "guest-2") + 1, "guest-2"));
}

static void without_a_connection_it_is_said_of_each(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	cycle.hypervisor = NULL;
	assert_int_equal(restore(), 0);
	assert_logged("guest-1: is not put back, it has 2 GiB and had 1 GiB at the "
		      "start: there is no connection");
	assert_null(strstr(log_text, "guest-2"));
}

static int fail_to_sample(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	(void)base;
	(void)ret_snapshot;
	return -EIO;
}

static bool is_dead(struct hypervisor *base)
{
	(void)base;
	return false;
}

static int fail_to_wait(struct hypervisor *base, int64_t until_ms)
{
	(void)base;
	(void)until_ms;
	return -EIO;
}

/* What fails for once is tried again until the time is over; a lost connection is not. */
static void a_connection_that_is_lost_ends_it(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 2 * GIB);
	ops.sample = fail_to_sample;
	assert_int_equal(restore(), 10000);
	assert_logged(" and had 1 GiB at the start: the domains cannot be read");
	ops.is_alive = is_dead;
	assert_int_equal(restore(), 0);
	assert_logged(" and had 1 GiB at the start: the domains cannot be read");
	ops.wait = fail_to_wait;
	ops.is_alive = NULL;
	ops.sample = sample_changed;
	shown_state = DOMAIN_RUNNING;
	hidden_figures = 0;
	assert_int_equal(restore(), 0);
	assert_logged(" and had 1 GiB at the start: the connection is lost");
}

static void stop(void *data, const struct simulation *of)
{
	(void)data;
	(void)of;
	is_stopped = true;
}

static void a_request_to_stop_ends_it_at_once(void **state)
{
	(void)state;
	add_guest(1 * GIB, 300 * 1024);
	begin();
	move_guest(0, 4 * GIB);
	simulation->on_step = stop;
	assert_int_equal(restore(), 500);
	assert_logged("stopping at once as asked");
	assert_logged(" and had 1 GiB at the start: its balloon is still moving");
	is_stopped = false;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everybody_goes_back),
		TEST(who_was_not_moved_is_left_alone),
		TEST(a_shrinking_one_turns_round_though_the_host_gives_nothing),
		TEST(growth_waits_for_those_who_shrink),
		TEST(who_does_not_give_is_told_of_and_so_is_who_waits_for_it),
		TEST(less_than_4_mib_are_not_worth_a_call),
		TEST(after_10_s_what_still_moves_is_told_of),
		TEST(a_guest_keeps_what_it_uses_and_60_mib),
		TEST(not_every_breath_of_a_guest_is_followed),
		TEST(what_a_starved_guest_has_is_not_taken),
		TEST(a_domain_is_not_put_below_its_floor),
		TEST(who_is_left_out_is_not_put_back),
		TEST(the_silent_are_not_made_smaller_but_larger),
		TEST(who_falls_silent_on_its_way_stops),
		TEST(who_swaps_out_is_not_made_smaller),
		TEST(who_has_ended_is_told_of),
		TEST(another_one_of_the_same_uuid_is_left_alone),
		TEST(who_is_paused_or_busy_is_skipped),
		TEST(who_was_changed_by_somebody_else_is_left_alone),
		TEST(who_is_refused_is_told_of_once),
		TEST(without_a_connection_it_is_said_of_each),
		TEST(a_connection_that_is_lost_ends_it),
		TEST(a_request_to_stop_ends_it_at_once),
	};

	return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
