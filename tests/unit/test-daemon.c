/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of 'run' on a hypervisor that takes its time. */
#include <signal.h>
#include <time.h>

#include "core/defaults.h"
#include "run/daemon.h"
#include "system/event-loop.h"
#include "system/exit-status.h"
#include "system/log.h"
#include "system/monotonic.h"
#include "manager.h"
#include "testing.h"

static unsigned n_samples;
static int signal_at_second;
static char metrics_path[256];		  /* "": none */
static bool fails_to_open, fails_to_wait; /* once */

static int64_t now_ms(struct hypervisor *base)
{
	(void)base;
	return monotonic_now_ms();
}

static int sample_nothing(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	(void)base;
	if (++n_samples == 2)
		raise(signal_at_second);
	*ret_snapshot = (struct snapshot){ .now_ms = monotonic_now_ms() };
	return 0;
}

/* Longer than the period of 1 s; the signal comes while the second sample is taken. */
static int sample_slowly(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 100000000 }, NULL);
	return sample_nothing(base, ret_snapshot);
}

/* From the second one on there is a domain, which has no balloon. */
static int sample_one(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	int r = sample_nothing(base, ret_snapshot);

	if (n_samples < 2)
		return r;
	ret_snapshot->domains = calloc(1, sizeof(*ret_snapshot->domains));
	assert_non_null(ret_snapshot->domains);
	ret_snapshot->domains[0] = (struct domain){ .name = strdup("lone"), .id = 1 };
	ret_snapshot->n_domains = 1;
	return r;
}

static int listen_to_nothing(struct hypervisor *base)
{
	(void)base;
	return 0;
}

static int wait_until(struct hypervisor *base, int64_t until_ms)
{
	if (fails_to_wait) {
		fails_to_wait = false;
		return -ENOTCONN;
	}
	return event_loop_run(until_ms, &base->is_woken);
}

static bool is_alive(struct hypervisor *base)
{
	(void)base;
	return true;
}

static void close_nothing(struct hypervisor *base)
{
	(void)base;
}

static int open_fake(void *data, const char *uri, const bool *is_hurried,
		     struct hypervisor **ret_hypervisor, char **ret_error)
{
	static struct hypervisor_ops ops = {
		.now_ms = now_ms,
		.listen = listen_to_nothing,
		.is_alive = is_alive,
		.wait = wait_until,
		.close = close_nothing,
	};
	static char fake_uri[] = "fake:///";
	static struct hypervisor fake = { .ops = &ops, .uri = fake_uri };

	ops.sample = data;
	(void)uri;
	(void)is_hurried;
	(void)ret_error;
	if (fails_to_open) {
		fails_to_open = false;
		return -ENOTCONN;
	}
	*ret_hypervisor = &fake;
	return 0;
}

static int admit(void *data, const struct cycle *cycle)
{
	(void)data;
	(void)cycle;
	return EXIT_OK;
}

static void dismiss(void *data)
{
	(void)data;
}

static int load(void *data, struct settings *ret_settings, char **ret_error)
{
	(void)data;
	(void)ret_error;
	defaults_init(ret_settings);
	ret_settings->period_s = 1;
	ret_settings->metrics_file = strdup(metrics_path);
	return ret_settings->metrics_file ? 0 : -ENOMEM;
}

static int run(int (*sample)(struct hypervisor *, struct snapshot *), unsigned n_cycles)
{
	const struct daemon daemon = {
		.load = load,
		.open = open_fake,
		.admit = admit,
		.dismiss = dismiss,
		.data = sample,
		.does_wait = true,
		.n_cycles = n_cycles,
	};
	struct settings settings;
	int status;

	log_set_level(LOG_ERROR);
	n_samples = 0;
	load(NULL, &settings, NULL);
	status = daemon_run(&daemon, &settings);
	settings_clear(&settings);
	return status;
}

static void a_signal_is_heard_though_cycles_take_longer_than_a_period(void **state)
{
	(void)state;
	signal_at_second = SIGTERM;
	assert_int_equal(run(sample_slowly, 4), EXIT_OK);
	assert_int_equal(n_samples, 2);
}

/* Take the messages that come now; how many are that text? */
static unsigned count_heard(const char *text)
{
	unsigned n = 0;

	while (*manager_hear())
		n += strcmp(manager.text, text) == 0;
	return n;
}

static void expect_heard(const char *text)
{
	const char *heard;

	do
		heard = manager_hear();
	while (strcmp(heard, "WATCHDOG=1") == 0);
	if (strncmp(heard, text, strlen(text)) != 0)
		fail_msg("%s instead of %s", heard, text);
}

static void the_service_manager_is_told(void **state)
{
	(void)state;
	if (!CAN_TELL)
		return;
	manager_open();
	manager_be_told();
	signal_at_second = SIGHUP;
	assert_int_equal(run(sample_one, 3), EXIT_OK);
	expect_heard("READY=1");
	expect_heard("STATUS=coordinating fake:///: 0 domains");
	expect_heard("STATUS=");
	assert_string_equal(manager.text, "STATUS=coordinating fake:///: 1 domain");
	expect_heard("RELOADING=1");
	expect_heard("READY=1");
	expect_heard("STATUS=");
	expect_heard("STOPPING=1");
	manager_close();
}

static void the_watchdog_hears_of_a_loop_that_turns(void **state)
{
	(void)state;
	if (!CAN_TELL)
		return;
	manager_open();
	manager_be_told();
	/* Not more often: nobody listens meanwhile, and ten messages fill the socket. */
	setenv("WATCHDOG_USEC", "800000", 1);
	signal_at_second = SIGTERM;
	assert_int_equal(run(sample_nothing, 0), EXIT_OK);
	/* twice during the pause of 1 s */
	assert_true(count_heard("WATCHDOG=1") >= 2);
	manager_close();
}

static void expect_metric(const char *line)
{
	char content[16384];
	FILE *file = fopen(metrics_path, "re");
	size_t n;

	assert_non_null(file);
	n = fread(content, 1, sizeof(content) - 1, file);
	content[n] = '\0';
	assert_int_equal(fclose(file), 0);
	if (!strstr(content, line))
		fail_msg("%s is missing in:\n%s", line, content);
}

/* The first look fails. At each look the file tells of what has failed before it. */
static int sample_after_failures(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	switch (n_samples++) {
	case 0:
		expect_metric("\nmemcoord_connected 0\n");
		expect_metric("\nmemcoord_failed_cycles_total 1\n");
		expect_metric("\nmemcoord_libvirt_errors_total 1\n");
		return -EIO;
	case 1:
		expect_metric("\nmemcoord_connected 1\n");
		expect_metric("\nmemcoord_cycles_total 0\n");
		expect_metric("\nmemcoord_failed_cycles_total 2\n");
		expect_metric("\nmemcoord_libvirt_errors_total 2\n");
		fails_to_wait = true;
		break;
	case 2: /* it was connected again at once, so there is no file about that */
		expect_metric("\nmemcoord_cycles_total 1\n");
		break;
	default:
		expect_metric("\nmemcoord_cycles_total 2\n");
		expect_metric("\nmemcoord_failed_cycles_total 2\n");
		expect_metric("\nmemcoord_libvirt_errors_total 3\n");
		raise(SIGTERM);
	}
	*ret_snapshot = (struct snapshot){ .now_ms = monotonic_now_ms() };
	(void)base;
	return 0;
}

/* To connect, to look, and to keep the connection while it waits. */
static void what_fails_is_counted_and_told(void **state)
{
	const char *parent = getenv("TMPDIR");
	char directory[128];

	(void)state;
	snprintf(directory, sizeof(directory), "%s/memcoord-test-XXXXXX",
		 parent && *parent ? parent : "/tmp");
	assert_non_null(mkdtemp(directory));
	snprintf(metrics_path, sizeof(metrics_path), "%s/memcoord.prom", directory);
	fails_to_open = true;
	assert_int_equal(run(sample_after_failures, 0), EXIT_OK);
	assert_int_equal(n_samples, 4);
	*metrics_path = '\0';
	assert_int_equal(rmdir(directory), 0); /* the file is gone */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_signal_is_heard_though_cycles_take_longer_than_a_period),
		cmocka_unit_test(the_service_manager_is_told),
		cmocka_unit_test(the_watchdog_hears_of_a_loop_that_turns),
		cmocka_unit_test(what_fails_is_counted_and_told),
	};

	return cmocka_run_group_tests_name("daemon", tests, NULL, NULL);
}
