/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated host shows what libvirt shows, and takes what libvirt takes. */
#include <errno.h>

#include "core/defaults.h"
#include "simulate/hypervisor.h"
#include "testing.h"

enum { N_GUESTS = 3, EVENTS_MAX = 64 };

static struct settings settings;
static struct sim_guest_spec specs[N_GUESTS];
static struct scenario scenario;
static struct simulation *simulation;
static struct snapshot snapshot;

static struct events {
	size_t n;
	struct event {
		char uuid[DOMAIN_UUID_SIZE];
		uint64_t current_kib;
		int64_t at_ms;
	} events[EVENTS_MAX];
} events;

static int set_up(void **state)
{
	(void)state;
	defaults_init(&settings);
	for (size_t i = 0; i < N_GUESTS; i++) {
		specs[i] = (struct sim_guest_spec){
			.maximum_kib = 4 * GIB,
			.start_kib = 2 * GIB,
			.base_kib = 150 * MIB,
			.cooperates = true,
			.is_warm = true,
			.n_terms = 1,
			.terms = { { .shape = SIM_CONSTANT, .amount_kib = 300 * MIB } },
		};
		snprintf(specs[i].name, sizeof(specs[i].name), "guest-%zu", i + 1);
	}
	specs[2].boot_ms = 10000;
	specs[2].is_warm = false;
	scenario = (struct scenario){
		.name = (char *)(uintptr_t) "test",
		.duration_ms = 60000,
		.host_kib = 16 * GIB,
		.host_base_kib = 1 * GIB,
		.n_guests = N_GUESTS,
		.guests = specs,
	};
	events.n = 0;
	return simulation_open(&scenario, &settings, 1, &simulation);
}

static int tear_down(void **state)
{
	(void)state;
	snapshot_clear(&snapshot);
	hypervisor_close(&simulation->base);
	return 0;
}

static void wait_until_ms(int64_t until_ms)
{
	assert_int_equal(hypervisor_wait(&simulation->base, until_ms), 0);
}

static void look(void)
{
	snapshot_clear(&snapshot);
	assert_int_equal(hypervisor_sample(&simulation->base, &snapshot), 0);
}

static bool note_event(void *data, const struct hypervisor_event *hypervisor_event)
{
	struct event *event = &events.events[events.n++];

	assert_ptr_equal(data, &events);
	assert_true(events.n < EVENTS_MAX);
	assert_int_equal(hypervisor_event->kind, HYPERVISOR_BALLOON);
	strcpy(event->uuid, hypervisor_event->uuid);
	event->current_kib = hypervisor_event->current_kib;
	event->at_ms = hypervisor_event->at_ms;
	return false;
}

static void time_passes_in_wait_only(void **state)
{
	(void)state;
	assert_int_equal(hypervisor_now_ms(&simulation->base), 0);
	look();
	assert_int_equal(snapshot.now_ms, 0);
	wait_until_ms(1234);
	assert_int_equal(hypervisor_now_ms(&simulation->base), 1234);
	wait_until_ms(1000);
	assert_int_equal(hypervisor_now_ms(&simulation->base), 1234);
	look();
	assert_int_equal(snapshot.now_ms, 1234);
}

static void domains_are_shown_as_libvirt_does(void **state)
{
	(void)state;
	look();
	assert_int_equal(snapshot.n_domains, 2);
	assert_int_equal(snapshot.domains[0].last_update_s, 0);
	assert_false(domain_has(&snapshot.domains[0], DOMAIN_USABLE));
	wait_until_ms(3000);
	look();
	for (size_t i = 0; i < 2; i++) {
		const struct domain *domain = &snapshot.domains[i];

		assert_string_equal(domain->name, specs[i].name);
		assert_int_equal(strlen(domain->uuid), DOMAIN_UUID_SIZE - 1);
		assert_true(domain->has_balloon);
		assert_int_equal(domain->state, DOMAIN_RUNNING);
		assert_true(domain_has(domain, DOMAIN_CURRENT | DOMAIN_MAXIMUM |
						       DOMAIN_RSS | DOMAIN_STATS_PERIOD |
						       DOMAIN_LAST_UPDATE |
						       DOMAIN_USABLE | DOMAIN_UNUSED |
						       DOMAIN_SWAP_IN | DOMAIN_SWAP_OUT));
		assert_int_equal(domain->current_kib, 2 * GIB);
		assert_int_equal(domain->maximum_kib, 4 * GIB);
		assert_int_equal(domain->stats_period_s, 2);
		assert_in_range(domain->usable_kib, 1552 * MIB, 1554 * MIB);
	}
	assert_true(strcmp(snapshot.domains[0].uuid, snapshot.domains[1].uuid) < 0);
	assert_int_equal(snapshot.host.total_kib, 16 * GIB);
	assert_int_equal(snapshot.host.available_kib, 11 * GIB);
}

static void a_guest_that_boots_appears(void **state)
{
	(void)state;
	wait_until_ms(9900);
	look();
	assert_int_equal(snapshot.n_domains, 2);
	wait_until_ms(10000);
	look();
	assert_int_equal(snapshot.n_domains, 3);
	assert_string_equal(snapshot.domains[2].name, "guest-3");
	assert_true(snapshot.host.available_kib < 11 * GIB);
}

static void sizes_are_shown_at_once_and_statistics_later(void **state)
{
	(void)state;
	wait_until_ms(10000);
	look();
	uint64_t usable_kib = snapshot.domains[0].usable_kib;
	uint64_t last_update_s = snapshot.domains[0].last_update_s;
	const char *uuid = snapshot.domains[0].uuid;
	bool was_behind = false;

	assert_int_equal(hypervisor_set_target(&simulation->base, uuid, 1 * GIB), 0);
	for (int64_t at_ms = 10250; at_ms <= 16000; at_ms += 250) {
		wait_until_ms(at_ms);
		look();
		if (snapshot.domains[0].last_update_s == last_update_s) {
			assert_int_equal(snapshot.domains[0].usable_kib, usable_kib);
			was_behind |= snapshot.domains[0].current_kib < 2 * GIB;
		}
	}
	assert_true(was_behind);
	assert_int_equal(snapshot.domains[0].current_kib, 1 * GIB);
	assert_in_range(snapshot.domains[0].usable_kib, 528 * MIB, 530 * MIB);
	assert_in_range(snapshot.host.available_kib, 11 * GIB, 12 * GIB);
}

static void targets_are_checked(void **state)
{
	struct hypervisor *base = &simulation->base;

	(void)state;
	look();
	const char *uuid = snapshot.domains[0].uuid;

	assert_int_equal(hypervisor_set_target(base, uuid, 4 * GIB + 1), -ERANGE);
	assert_non_null(strstr(hypervisor_error(base), "guest-1"));
	assert_int_equal(hypervisor_set_target(base, uuid, 4 * GIB), 0);
	assert_int_equal(hypervisor_set_target(base, "nonsense", 1 * GIB), -ENOENT);
	assert_int_equal(hypervisor_set_target(
				 base, "51b0a7ed-0000-4000-8000-000000000009", 1 * GIB),
			 -ENOENT);
	/* the third has not been started yet */
	assert_int_equal(hypervisor_set_target(
				 base, "51b0a7ed-0000-4000-8000-000000000002", 1 * GIB),
			 -ENOENT);
	assert_int_equal(simulation->metrics.n_commands, 1);
}

static void balloons_are_told_of_once_a_second(void **state)
{
	(void)state;
	look();
	assert_int_equal(hypervisor_listen(&simulation->base, note_event, &events), 0);
	wait_until_ms(5000);
	assert_int_equal(events.n, 0);
	hypervisor_set_target(&simulation->base, snapshot.domains[1].uuid, 500 * MIB);
	wait_until_ms(15000);
	assert_in_range(events.n, 4, 5); /* 1548 MiB at 500 MiB/s */
	for (size_t i = 0; i < events.n; i++) {
		assert_string_equal(events.events[i].uuid, snapshot.domains[1].uuid);
		if (i > 0)
			assert_true(events.events[i].at_ms >=
				    events.events[i - 1].at_ms + 1000);
	}
	assert_int_equal(events.events[events.n - 1].current_kib, 500 * MIB);
}

static void nobody_is_told_who_does_not_listen(void **state)
{
	(void)state;
	look();
	hypervisor_set_target(&simulation->base, snapshot.domains[1].uuid, 500 * MIB);
	wait_until_ms(15000);
	assert_int_equal(events.n, 0);
}

static void a_statistics_period_can_be_set(void **state)
{
	uint64_t last_update_s;

	(void)state;
	look();
	assert_int_equal(hypervisor_set_stats_period(&simulation->base,
						     snapshot.domains[0].uuid, 1),
			 0);
	wait_until_ms(5000);
	look();
	assert_int_equal(snapshot.domains[0].stats_period_s, 1);
	last_update_s = snapshot.domains[0].last_update_s;
	wait_until_ms(6000);
	look();
	assert_int_equal(snapshot.domains[0].last_update_s, last_update_s + 1);
	hypervisor_set_stats_period(&simulation->base, snapshot.domains[0].uuid, 0);
	wait_until_ms(9000);
	look();
	assert_int_equal(snapshot.domains[0].last_update_s, last_update_s + 1);
}

/* Nobody is told; whoever has set one himself knows it. */
static void what_others_change_is_shown_when_it_is_read_again(void **state)
{
	const char *uuid;

	(void)state;
	look();
	simulation_change_stats_period(simulation, 0, 60);
	simulation_change_stats_period(simulation, 1, 0);
	look();
	assert_int_equal(snapshot.domains[0].stats_period_s, 2);
	uuid = snapshot.domains[0].uuid;
	assert_int_equal(hypervisor_refresh(&simulation->base, uuid), 0);
	look();
	assert_int_equal(snapshot.domains[0].stats_period_s, 60);
	assert_int_equal(snapshot.domains[1].stats_period_s, 2);
	simulation_reconnect(simulation);
	look();
	assert_int_equal(snapshot.domains[1].stats_period_s, 0);
	assert_int_equal(hypervisor_refresh(&simulation->base, "unknown"), -ENOENT);
}

static void a_mark_stays_until_it_is_removed(void **state)
{
	const struct period_mark mark = { true, 10, 1 };
	const char *uuid;

	(void)state;
	look();
	uuid = snapshot.domains[1].uuid;
	assert_int_equal(hypervisor_mark_stats_period(&simulation->base, uuid, &mark), 0);
	look();
	assert_false(snapshot.domains[0].period_mark.is_there);
	assert_true(snapshot.domains[1].period_mark.is_there);
	assert_int_equal(snapshot.domains[1].period_mark.original_s, 10);
	uuid = snapshot.domains[1].uuid;
	assert_int_equal(hypervisor_mark_stats_period(&simulation->base, uuid, NULL), 0);
	look();
	assert_false(snapshot.domains[1].period_mark.is_there);
	assert_int_equal(hypervisor_mark_stats_period(&simulation->base, "unknown", NULL),
			 -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(time_passes_in_wait_only),
		TEST(domains_are_shown_as_libvirt_does),
		TEST(a_guest_that_boots_appears),
		TEST(sizes_are_shown_at_once_and_statistics_later),
		TEST(targets_are_checked),
		TEST(balloons_are_told_of_once_a_second),
		TEST(nobody_is_told_who_does_not_listen),
		TEST(a_statistics_period_can_be_set),
		TEST(what_others_change_is_shown_when_it_is_read_again),
		TEST(a_mark_stays_until_it_is_removed),
	};

	return cmocka_run_group_tests_name("sim-hypervisor", tests, NULL, NULL);
}
