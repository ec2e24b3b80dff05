/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a service manager gets to hear, through a socket as it would have one. */
#include <errno.h>
#include <inttypes.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "monotonic.h"
#include "notify.h"
#include "testing.h"

#ifdef HAVE_LIBSYSTEMD
enum { CAN_TELL = true };
#else
enum { CAN_TELL = false };
#endif

struct manager {
	char name[64]; /* as NOTIFY_SOCKET has it: @ means the abstract namespace */
	int fd;
	char text[512];
};

static int set_up(void **state)
{
	static struct manager manager;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int length = snprintf(manager.name, sizeof(manager.name),
			      "@memcoord-test/notify/%d", (int)getpid());

	memcpy(address.sun_path + 1, manager.name + 1, (size_t)length - 1);
	manager.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(manager.fd >= 0);
	assert_int_equal(bind(manager.fd, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
					  (size_t)length)),
			 0);
	*state = &manager;
	return 0;
}

static int tear_down(void **state)
{
	struct manager *manager = *state;

	close(manager->fd);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return 0;
}

static void be_told(const struct manager *manager)
{
	assert_int_equal(setenv("NOTIFY_SOCKET", manager->name, 1), 0);
}

/* The next message, or "" if there is none. */
static const char *hear(struct manager *manager)
{
	ssize_t n = recv(manager->fd, manager->text, sizeof(manager->text) - 1, 0);

	if (n < 0)
		assert_int_equal(errno, EAGAIN);
	manager->text[n < 0 ? 0 : n] = '\0';
	return manager->text;
}

/* The next message is @wanted; without libsystemd there is none. */
static void expect(struct manager *manager, const char *wanted)
{
	assert_string_equal(hear(manager), CAN_TELL ? wanted : "");
}

static void expect_interval(int64_t wanted_ms)
{
	assert_int_equal(notify_watchdog_interval_ms(), CAN_TELL ? wanted_ms : 0);
}

static void states_are_told(void **state)
{
	be_told(*state);
	notify_ready();
	expect(*state, "READY=1");
	notify_stopping();
	expect(*state, "STOPPING=1");
	notify_watchdog();
	expect(*state, "WATCHDOG=1");
	expect(*state, "");
}

static void the_status_is_one_line(void **state)
{
	be_told(*state);
	notify_status("%d domains, %s", 3, "balanced");
	expect(*state, "STATUS=3 domains, balanced");
	notify_status("moving %s", "db\nMAINPID=1\n");
	expect(*state, "STATUS=moving db MAINPID=1 ");
	notify_status("gr\xfc\xdf");
	expect(*state, "STATUS=gr??");
	notify_status("waiting for %s", "qemu+tcp://root:secret@host/system");
	expect(*state, "STATUS=waiting for qemu+tcp://root:*@host/system");
}

static void a_reload_is_dated(void **state)
{
	int64_t before_us = monotonic_now_us(), told_us;

	be_told(*state);
	notify_reloading();
	if (CAN_TELL) {
		assert_int_equal(sscanf(hear(*state),
					"RELOADING=1\nMONOTONIC_USEC=%" SCNd64, &told_us),
				 1);
		assert_in_range(told_us, before_us, monotonic_now_us());
	}
	notify_ready();
	expect(*state, "READY=1");
}

static void nobody_is_told_unless_asked(void **state)
{
	notify_ready();
	notify_status("idle");
	notify_reloading();
	notify_watchdog();
	expect(*state, "");
}

static void a_manager_that_is_gone_does_no_harm(void **state)
{
	be_told(*state);
	assert_int_equal(setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1), 0);
	notify_ready();
	notify_status("idle");
	expect(*state, "");
}

static void the_watchdog_is_fed_twice_in_its_time(void **state)
{
	be_told(*state);
	setenv("WATCHDOG_USEC", "30000000", 1);
	expect_interval(15000);
	setenv("WATCHDOG_USEC", "1000", 1);
	expect_interval(1);
}

static void a_watchdog_may_be_meant_for_another_process(void **state)
{
	char pid[32];

	be_told(*state);
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
