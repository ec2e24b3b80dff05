/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs of a worker, in time, late, and never. */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "system/worker.h"
#include "suite.h"

/* A job that returns when it is let go. */
struct waiting_job {
	struct job job;
	int gate[2];
	void *seen_data;
};

static atomic_uint n_destroyed, n_freed;
static int dummy;
static struct worker *worker;

static void wait_at_gate(struct job *job, void *data)
{
	struct waiting_job *waiting = (struct waiting_job *)job;
	char byte;

	assert_int_equal(read(waiting->gate[0], &byte, 1), 1);
	waiting->seen_data = data;
}

static void free_job(struct job *job)
{
	struct waiting_job *waiting = (struct waiting_job *)job;

	close(waiting->gate[0]);
	close(waiting->gate[1]);
	free(waiting);
	n_freed++;
}

static struct waiting_job *new_job(void)
{
	struct waiting_job *waiting = calloc(1, sizeof(*waiting));

	waiting->job = (struct job){ .run = wait_at_gate, .free = free_job };
	assert_int_equal(pipe(waiting->gate), 0);
	return waiting;
}

static void let_go(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

static void destroy(void *data)
{
	assert_ptr_equal(data, &dummy);
	n_destroyed++;
}

static bool is_back(int timeout_ms)
{
	struct pollfd fd = { .fd = worker_fd(worker), .events = POLLIN };

	return poll(&fd, 1, timeout_ms) == 1;
}

static int set_up(void **state)
{
	(void)state;
	n_destroyed = n_freed = 0;
	return worker_start(&dummy, destroy, &worker);
}

static void a_job_comes_back(void **state)
{
	struct waiting_job *waiting = new_job();

	(void)state;
	for (int i = 0; i < 3; i++) {
		worker_give(worker, &waiting->job);
		assert_false(is_back(20));
		assert_null(worker_take(worker));
		let_go(waiting->gate[1]);
		assert_true(is_back(10000));
		assert_ptr_equal(worker_take(worker), &waiting->job);
		assert_ptr_equal(waiting->seen_data, &dummy);
		assert_false(is_back(0));
		assert_null(worker_take(worker));
	}
	free_job(&waiting->job);
	worker_end(worker, 10000);
	assert_int_equal(n_destroyed, 1);
	assert_int_equal(worker_n_left(), 0);
}

static void one_that_is_idle_ends_at_once(void **state)
{
	(void)state;
	worker_end(worker, 10000);
	assert_int_equal(n_destroyed, 1);
	assert_int_equal(worker_n_left(), 0);
	worker_end(NULL, 0);
}

static void a_job_that_is_back_and_not_taken_is_freed(void **state)
{
	struct waiting_job *waiting = new_job();

	(void)state;
	worker_give(worker, &waiting->job);
	let_go(waiting->gate[1]);
	assert_true(is_back(10000));
	worker_end(worker, 10000);
	assert_int_equal(n_freed, 1);
	assert_int_equal(n_destroyed, 1);
}

static void await_none_left(void)
{
	for (int i = 0; worker_n_left() > 0; i++) {
		assert_true(i < 10000);
		usleep(1000);
	}
}

static void one_that_is_busy_is_left_and_cleans_up_in_the_end(void **state)
{
	struct waiting_job *waiting = new_job();
	int gate = waiting->gate[1];

	(void)state;
	worker_give(worker, &waiting->job);
	worker_end(worker, 10000); /* does not wait for it */
	assert_int_equal(worker_n_left(), 1);
	assert_int_equal(n_destroyed, 0);
	let_go(gate);
	await_none_left();
	assert_int_equal(n_freed, 1);
	assert_int_equal(n_destroyed, 1);
}

static void hesitate(void *data)
{
	usleep(200000);
	destroy(data);
}

static void one_that_takes_long_to_end_is_left(void **state)
{
	struct worker *slow;

	(void)state;
	worker_end(worker, 10000);
	assert_int_equal(worker_start(&dummy, hesitate, &slow), 0);
	worker_end(slow, 10);
	assert_int_equal(worker_n_left(), 1);
	await_none_left();
	assert_int_equal(n_destroyed, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_job_comes_back, set_up),
		cmocka_unit_test_setup(one_that_is_idle_ends_at_once, set_up),
		cmocka_unit_test_setup(a_job_that_is_back_and_not_taken_is_freed, set_up),
		cmocka_unit_test_setup(one_that_is_busy_is_left_and_cleans_up_in_the_end,
				       set_up),
		cmocka_unit_test_setup(one_that_takes_long_to_end_is_left, set_up),
	};

	return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
