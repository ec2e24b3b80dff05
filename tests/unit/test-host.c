/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <unistd.h>

#include "machine/host.h"
#include "testing.h"

static int read_text(const char *text, struct host *host)
{
	char path[] = "meminfo.XXXXXX";
	int fd = mkstemp(path), r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	r = host_read_meminfo(path, host);
	unlink(path);
	return r;
}

static void total_and_available_are_read(void **state)
{
	struct host host;

	(void)state;
	assert_int_equal(read_text("MemTotal:       24684368 kB\n"
				   "MemFree:        21463364 kB\n"
				   "MemAvailable:   23688792 kB\n"
				   "Buffers:           31020 kB\n",
				   &host),
			 0);
	assert_int_equal(host.total_kib, 24684368);
	assert_int_equal(host.available_kib, 23688792);
}

static void a_missing_figure_is_an_error(void **state)
{
	struct host host = { 1, 2 };

	(void)state;
	assert_int_equal(read_text("MemTotal: 24684368 kB\nMemFree: 1 kB\n", &host),
			 -ENODATA);
	assert_int_equal(read_text("", &host), -ENODATA);
	assert_int_equal(host_read_meminfo("/nonexistent/meminfo", &host), -ENOENT);
	assert_int_equal(host.total_kib, 1);
	assert_int_equal(host.available_kib, 2);
}

static void this_machine_is_read(void **state)
{
	struct host host;

	(void)state;
	assert_int_equal(host_read_meminfo("/proc/meminfo", &host), 0);
	assert_true(host.available_kib > 0 && host.available_kib <= host.total_kib);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(total_and_available_are_read),
		cmocka_unit_test(a_missing_figure_is_an_error),
		cmocka_unit_test(this_machine_is_read),
	};

	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
