/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a service manager gets to hear, through a socket as it would have one. */
#include <inttypes.h>

#include "run/notify.h"
#include "system/monotonic.h"
#include "manager.h"
#include "testing.h"

static int set_up(void **state)
{
	(void)state;
	manager_open();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	manager_close();
	return 0;
}

/* The next message is @wanted; without libsystemd there is none. */
static void expect(const char *wanted)
{
	assert_string_equal(manager_hear(), CAN_TELL ? wanted : "");
}

static void expect_interval(int64_t wanted_ms)
{
	assert_int_equal(notify_watchdog_interval_ms(), CAN_TELL ? wanted_ms : 0);
}

static void states_are_told(void **state)
{
	(void)state;
	manager_be_told();
	notify_ready();
	expect("READY=1");
	notify_stopping();
	expect("STOPPING=1");
	notify_watchdog();
	expect("WATCHDOG=1");
	expect("");
}

static void the_status_is_one_line(void **state)
{
	(void)state;
	manager_be_told();
	notify_status("%d domains, %s", 3, "balanced");
	expect("STATUS=3 domains, balanced");
	notify_status("moving %s", "db\nMAINPID=1\n");
	expect("STATUS=moving db MAINPID=1 ");
	notify_status("gr\xfc\xdf");
	expect("STATUS=gr??");
	notify_status("waiting for %s", "qemu+tcp://root:secret@host/system");
	expect("STATUS=waiting for qemu+tcp://root:*@host/system");
}

static void a_reload_is_dated(void **state)
{
	int64_t before_us = monotonic_now_us(), told_us;

	(void)state;
	manager_be_told();
	notify_reloading();
	if (CAN_TELL) {
		assert_int_equal(sscanf(manager_hear(),
					"RELOADING=1\nMONOTONIC_USEC=%" SCNd64, &told_us),
				 1);
		assert_in_range(told_us, before_us, monotonic_now_us());
	}
	notify_ready();
	expect("READY=1");
}

static void nobody_is_told_unless_asked(void **state)
{
	(void)state;
	notify_ready();
	notify_status("idle");
	notify_reloading();
	notify_watchdog();
	expect("");
}

static void a_manager_that_is_gone_does_no_harm(void **state)
{
	(void)state;
	manager_be_told();
	assert_int_equal(setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1), 0);
	notify_ready();
	notify_status("idle");
	expect("");
}

static void the_watchdog_is_fed_twice_in_its_time(void **state)
{
	(void)state;
	manager_be_told();
	setenv("WATCHDOG_USEC", "30000000", 1);
	expect_interval(15000);
	setenv("WATCHDOG_USEC", "1000", 1);
	expect_interval(1);
}

static void a_watchdog_may_be_meant_for_another_process(void **state)
{
	char pid[32];

	(void)state;
	manager_be_told();
	setenv("WATCHDOG_USEC", "30000000", 1);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	expect_interval(15000);
	setenv("WATCHDOG_PID", "1", 1);
	expect_interval(0);
}

static void no_watchdog_no_interval(void **state)
{
	(void)state;
	expect_interval(0);
	setenv("WATCHDOG_USEC", "nonsense", 1);
	expect_interval(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(states_are_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_status_is_one_line, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_reload_is_dated, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_is_told_unless_asked, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_manager_that_is_gone_does_no_harm,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_watchdog_is_fed_twice_in_its_time,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_watchdog_may_be_meant_for_another_process, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_watchdog_no_interval, set_up,
						tear_down),
	};

	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
