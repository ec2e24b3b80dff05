/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the holder of the lock has learned, as another process hears it. */
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/lessons.h"
#include "run/lock.h"
#include "testing.h"

static struct world world;
static char uri[64];
static struct hypervisor hypervisor = { .uri = uri };
static int lock_fd;

static int set_up(void **state)
{
	static unsigned n;
	pid_t holder;

	(void)state;
	world_init(&world);
	for (size_t i = 0; i < 3; i++)
		world_add(&world, 1 * GIB, 2 * GIB, 600 * MIB);
	world_look(&world, 0);
	snprintf(uri, sizeof(uri), "lessons:///%d-%u", (int)getpid(), n++);
	lock_fd = lock_take(uri, &holder);
	return lock_fd < 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_clear(&world);
	close(lock_fd);
	return 0;
}

static struct cycle cycle_of_world(void)
{
	return (struct cycle){
		.hypervisor = &hypervisor,
		.settings = &world.settings,
		.history = world.history,
		.snapshot = world.snapshot,
	};
}

static struct record *record(size_t i)
{
	return &world.history.records[i];
}

/* Answer as the holder of the lock, in a process of its own: @text, or the lessons. */
static pid_t answer(const char *text)
{
	struct pollfd waiting = { .fd = lock_fd, .events = POLLIN };
	struct cycle cycle = cycle_of_world();
	pid_t pid = fork();
	int client;

	if (pid != 0)
		return pid;
	poll(&waiting, 1, 10000);
	if (!text) {
		lessons_tell(lock_fd, &cycle);
		_exit(0);
	}
	client = accept(lock_fd, NULL, NULL);
	for (; *text; text++) /* by single bytes: no line comes in one piece */
		send(client, text, 1, MSG_NOSIGNAL);
	close(client);
	_exit(0);
}

static void ask(void)
{
	struct cycle cycle = cycle_of_world();

	lessons_ask(&cycle);
}

static void end(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void what_was_learned_is_told(void **state)
{
	pid_t pid;

	(void)state;
	record(0)->promise.is_stuck = true;
	record(2)->aftermath.is_no_reclaim = true;
	pid = answer(NULL);
	record(0)->promise.is_stuck = false;
	record(2)->aftermath.is_no_reclaim = false;
	record(1)->told = REASON_FOREIGN; /* of old */
	ask();
	end(pid);
	assert_int_equal(record(0)->told, REASON_STUCK);
	assert_int_equal(record(1)->told, REASON_NONE);
	assert_int_equal(record(2)->told, REASON_NO_RECLAIM);
}

/* However many ask: a few at a time, and the rest at the next call. */
static void who_asks_without_end_does_not_stop_the_loop(void **state)
{
	struct cycle cycle = cycle_of_world();
	struct pollfd waiting = { .fd = lock_fd, .events = POLLIN };
	int clients[40];

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		clients[i] = lock_connect(uri);
		assert_true(clients[i] >= 0);
	}
	lessons_tell(lock_fd, &cycle);
	assert_int_equal(poll(&waiting, 1, 0), 1);
	lessons_tell(lock_fd, &cycle);
	assert_int_equal(poll(&waiting, 1, 0), 0);
	for (size_t i = 0; i < 40; i++)
		close(clients[i]);
}

static void nonsense_is_nothing(void **state)
{
	static const char text[] =
		"\n\n  \nstuck\n"
		"00000000-0000-0000-0000-000000000000 77 stuck\n" /* another start */
		"00000000-0000-0000-0000-000000000001 2 nonsense\n"
		"00000000-0000-0000-0000-00000000000g 3 stuck\n"
		"00000000-0000-0000-0000-000000000002 3 foreign and more\n"
		"00000000-0000-0000-0000-000000000001 2 stuck"; /* cut */
	pid_t pid;

	(void)state;
	pid = answer(text);
	ask();
	end(pid);
	assert_int_equal(record(0)->told, REASON_NONE);
	assert_int_equal(record(1)->told, REASON_NONE);
	assert_int_equal(record(2)->told, REASON_FOREIGN);
}

static void a_line_without_end_ends(void **state)
{
	static char text[20000];
	pid_t pid;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	pid = answer(text);
	ask();
	end(pid);
	assert_int_equal(record(0)->told, REASON_NONE);
}

static void who_does_not_answer_is_not_waited_for(void **state)
{
	(void)state;
	record(0)->told = REASON_STUCK;
	ask();
	assert_int_equal(record(0)->told, REASON_NONE);
}

static void without_a_holder_nothing_is_told(void **state)
{
	(void)state;
	uri[0] = 'x';
	ask();
	assert_int_equal(record(0)->told, REASON_NONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_learned_is_told),
		TEST(who_asks_without_end_does_not_stop_the_loop),
		TEST(nonsense_is_nothing),
		TEST(a_line_without_end_ends),
		TEST(who_does_not_answer_is_not_waited_for),
		TEST(without_a_holder_nothing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
