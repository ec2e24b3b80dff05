/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Table tests: one cmocka test per row, so that each row is counted, named and fails
 * alone. A program fills one suite and ends with suite_run().
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SUITE_TESTS_MAX = 512, SUITE_NAME_LENGTH = 120 };

struct suite {
	size_t n;
	char names[SUITE_TESTS_MAX][SUITE_NAME_LENGTH];
	struct CMUnitTest tests[SUITE_TESTS_MAX];
};

/*
 * Add @function, which finds @row in *state. TAP reads # and line ends in a test's name
 * as its own, so they are replaced.
 */
__attribute__((format(printf, 4, 5))) static inline void
suite_add(struct suite *suite, CMUnitTestFunction function, const void *row,
	  const char *format, ...)
{
	va_list arguments;

	if (suite->n >= SUITE_TESTS_MAX) {
		fputs("SUITE_TESTS_MAX is too small\n", stderr);
		abort();
	}

	char *name = suite->names[suite->n];

	va_start(arguments, format);
	vsnprintf(name, SUITE_NAME_LENGTH, format, arguments);
	va_end(arguments);
	for (char *p = name; *p; p++)
		if (*p == '#' || (unsigned char)*p < ' ')
			*p = '.';
	suite->tests[suite->n++] = (struct CMUnitTest){
		.name = name,
		.test_func = function,
		.initial_state = (void *)(uintptr_t)row,
	};
}

/* Let the test that was added last have a fixture of its own. */
static inline void suite_fix(struct suite *suite, CMFixtureFunction set_up,
			     CMFixtureFunction tear_down)
{
	suite->tests[suite->n - 1].setup_func = set_up;
	suite->tests[suite->n - 1].teardown_func = tear_down;
}

/* Run all tests; returns the exit status of the program. */
static inline int suite_run(const char *name, const struct suite *suite,
			    CMFixtureFunction set_up, CMFixtureFunction tear_down)
{
	int n_failed =
		_cmocka_run_group_tests(name, suite->tests, suite->n, set_up, tear_down);

	return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
