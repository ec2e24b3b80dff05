/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each test is a process of its own: its limits and locks end with it. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/memory-lock.h"
#include "suite.h"

/* The runtime of that sanitizer makes mlockall() do nothing. */
#ifdef __SANITIZE_ADDRESS__
enum { CAN_LOCK = false };
#else
enum { CAN_LOCK = true };
#endif

/* More than any limit that a distribution sets. */
#define LARGE_BYTES ((size_t)256 * 1024 * 1024)

enum { NOT_PERMITTED = 77 };

/* A figure of /proc/self/status, such as "VmLck", in KiB. */
static long status_kib(const char *name)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[128];
	long kib = -1;

	if (!file)
		return -1;
	while (kib < 0 && fgets(line, sizeof(line), file))
		if (strncmp(line, name, strlen(name)) == 0)
			kib = strtol(line + strlen(name) + 1, NULL, 10);
	fclose(file);
	return kib;
}

/* Run @body in a process of its own. Returns its exit status. */
static int in_child(int (*body)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(body());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int lock_and_map(void)
{
	long resident_kib;

	if (memory_lock() < 0)
		return NOT_PERMITTED;
	resident_kib = status_kib("VmRSS");
	if (mmap(NULL, LARGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		 -1, 0) == MAP_FAILED)
		return 1;
	if (status_kib("VmLck") < (long)(LARGE_BYTES / 1024))
		return 2;
	return status_kib("VmRSS") < resident_kib + 4096 ? 0 : 3;
}

static void what_is_mapped_later_is_locked_but_not_filled(void **state)
{
	int status;

	(void)state;
	if (!CAN_LOCK) {
		print_message(
			"# not tested: this sanitizer makes mlockall() do nothing\n");
		return;
	}
	status = in_child(lock_and_map);
	if (status == NOT_PERMITTED)
		print_message("# not tested: this user may not lock so much memory\n");
	else
		assert_int_equal(status, 0);
}

/* A limit of the address space makes mappings fail as RLIMIT_MEMLOCK would. */
static int lock_within_limit(void)
{
	struct rlimit limit = { .rlim_cur = (rlim_t)1 << 30, .rlim_max = RLIM_INFINITY };

	if (setrlimit(RLIMIT_AS, &limit) < 0)
		return 1;
	if (memory_lock() == 0)
		return 2;
	return status_kib("VmLck") == 0 ? 0 : 3;
}

static void nothing_is_locked_where_mappings_would_fail(void **state)
{
	(void)state;
	if (CAN_LOCK)
		assert_int_equal(in_child(lock_within_limit), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_mapped_later_is_locked_but_not_filled),
		cmocka_unit_test(nothing_is_locked_where_mappings_would_fail),
	};

	return cmocka_run_group_tests_name("memory-lock", tests, NULL, NULL);
}
