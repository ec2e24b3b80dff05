/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event loop ends when it should. */
#include <unistd.h>

#include "system/event-loop.h"
#include "system/monotonic.h"
#include "suite.h"

static bool is_over;
static unsigned n_calls;
static int gate[2], watch;

/* Takes the byte, and ends the loop. */
static void take(void *data)
{
	char byte;

	assert_ptr_equal(data, &is_over);
	assert_int_equal(read(gate[0], &byte, 1), 1);
	n_calls++;
	is_over = true;
}

static int set_up(void **state)
{
	(void)state;
	is_over = false;
	n_calls = 0;
	assert_int_equal(event_loop_open(), 0);
	assert_int_equal(pipe(gate), 0);
	watch = event_loop_watch(gate[0], take, &is_over);
	assert_true(watch >= 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	event_loop_unwatch(watch);
	close(gate[0]);
	close(gate[1]);
	return 0;
}

static int64_t run_for(int64_t ms)
{
	int64_t begun_ms = monotonic_now_ms();

	assert_int_equal(event_loop_run(begun_ms + ms, &is_over), 0);
	return monotonic_now_ms() - begun_ms;
}

static void it_ends_in_time(void **state)
{
	(void)state;
	assert_true(run_for(50) >= 50);
	assert_int_equal(n_calls, 0);
}

static void a_callback_ends_it(void **state)
{
	(void)state;
	assert_int_equal(write(gate[1], "x", 1), 1);
	assert_true(run_for(600000) < 600000);
	assert_int_equal(n_calls, 1);
}

/* As after a signal that came during the last call. */
static void what_is_over_before_it_begins_only_delivers_what_is_pending(void **state)
{
	(void)state;
	is_over = true;
	assert_true(run_for(600000) < 600000);
	assert_int_equal(write(gate[1], "x", 1), 1);
	assert_true(run_for(600000) < 600000);
	assert_int_equal(n_calls, 1);
}

static void count_call(void)
{
	n_calls++;
}

static void a_timer_calls_again_and_again(void **state)
{
	(void)state;
	assert_int_equal(event_loop_every(10, count_call), 0);
	while (n_calls < 3)
		run_for(20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_ends_in_time), TEST(a_callback_ends_it),
		TEST(what_is_over_before_it_begins_only_delivers_what_is_pending),
		TEST(a_timer_calls_again_and_again), /* it goes on, so it is the last */
	};

	return cmocka_run_group_tests_name("event-loop", tests, NULL, NULL);
}
