/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of 'run' on a hypervisor that takes its time. */
#include <signal.h>
#include <time.h>

#include "cmd.h"
#include "daemon.h"
#include "event-loop.h"
#include "log.h"
#include "monotonic.h"
#include "testing.h"

static unsigned n_samples;

static int64_t now_ms(struct hypervisor *base)
{
	(void)base;
	return monotonic_now_ms();
}

/* Longer than the period of 1 s; the signal comes while the second sample is taken. */
static int sample_slowly(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	(void)base;
	if (++n_samples == 2)
		raise(SIGTERM);
	nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 100000000 }, NULL);
	*ret_snapshot = (struct snapshot){ .now_ms = monotonic_now_ms() };
	return 0;
}

static int listen_to_nothing(struct hypervisor *base)
{
	(void)base;
	return 0;
}

static int wait_until(struct hypervisor *base, int64_t until_ms)
{
	return event_loop_run(until_ms, &base->is_woken);
}

static void close_nothing(struct hypervisor *base)
{
	(void)base;
}

static int open_fake(void *data, const char *uri, const bool *is_hurried,
		     struct hypervisor **ret_hypervisor, char **ret_error)
{
	static const struct hypervisor_ops ops = {
		.now_ms = now_ms,
		.sample = sample_slowly,
		.listen = listen_to_nothing,
		.wait = wait_until,
		.close = close_nothing,
	};
	static char fake_uri[] = "fake:///";
	static struct hypervisor fake = { .ops = &ops, .uri = fake_uri };

	(void)data;
	(void)uri;
	(void)is_hurried;
	(void)ret_error;
	*ret_hypervisor = &fake;
	return 0;
}

static int admit(void *data, const struct hypervisor *hypervisor)
{
	(void)data;
	(void)hypervisor;
	return EXIT_OK;
}

static void tidy(void *data)
{
	(void)data;
}

static void a_signal_is_heard_though_cycles_take_longer_than_a_period(void **state)
{
	static const struct daemon daemon = {
		.open = open_fake,
		.admit = admit,
		.tidy = tidy,
		.does_wait = true,
		.n_cycles = 4,
	};
	struct settings settings;

	(void)state;
	log_set_level(LOG_ERROR);
	settings_init(&settings);
	settings.period_s = 1;
	assert_int_equal(daemon_run(&daemon, &settings), EXIT_OK);
	assert_int_equal(n_samples, 2);
	settings_clear(&settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_signal_is_heard_though_cycles_take_longer_than_a_period),
	};

	return cmocka_run_group_tests_name("daemon", tests, NULL, NULL);
}
