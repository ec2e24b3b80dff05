/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of a domain's own settings, on a hypervisor that keeps two definitions of one
 * domain and fails where it is told to.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <libxml/parser.h>

#include "config/rewrite.h"
#include "run/lock.h"
#include "session/session.h"
#include "suite.h"
#include "system/monotonic.h"

#define GIB_KIB ((uint64_t)1024 * 1024)

enum { N_CALLS_MAX = 4 };

static struct fake {
	struct hypervisor base;
	bool exists[DEFINITION_KINDS];
	char *metadata[DEFINITION_KINDS]; /* owned */
	int read_result;
	/* what somebody else does while the lock is waited for, and after each write */
	const char *while_locking,
		*after_writing; /* their live metadata; NULL: nothing */
	int lock_result;
	pid_t holder;
	unsigned n_locks;
	/* of each call that writes, and what it was */
	int results[N_CALLS_MAX];
	size_t n_calls;
	enum definition_kind kinds[N_CALLS_MAX];
} fake;

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static int read_definitions(struct hypervisor *base, const char *domain,
			    struct definitions *ret_definitions)
{
	struct definitions definitions = { .uuid = "uuid", .name = strdup("db-1") };

	assert_true(strcmp(domain, "db-1") == 0 || strcmp(domain, "uuid") == 0);
	snprintf(base->error, sizeof(base->error), "cannot be read");
	if (fake.read_result < 0) {
		definitions_clear(&definitions);
		return fake.read_result;
	}
	for (int kind = 0; kind < DEFINITION_KINDS; kind++)
		if (fake.exists[kind])
			definitions.of[kind] = (struct definition){
				.exists = true,
				.maximum_kib =
					(kind == DEFINITION_LIVE ? 4 : 8) * GIB_KIB,
				.metadata = copy(fake.metadata[kind]),
			};
	*ret_definitions = definitions;
	return 0;
}

static void write_live(const char *metadata)
{
	free(fake.metadata[DEFINITION_LIVE]);
	fake.metadata[DEFINITION_LIVE] = copy(metadata);
}

static int write_metadata(struct hypervisor *base, const char *uuid,
			  enum definition_kind kind, const char *element)
{
	size_t n = fake.n_calls++;

	assert_true(n < N_CALLS_MAX);
	assert_true(fake.exists[kind]);
	/* whoever removes nothing has not looked */
	assert_true(element || fake.metadata[kind] || fake.results[0] < 0);
	assert_string_equal(uuid, "uuid");
	fake.kinds[n] = kind;
	snprintf(base->error, sizeof(base->error), "refusal %zu", n + 1);
	if (fake.results[n] == 0) {
		free(fake.metadata[kind]);
		fake.metadata[kind] = copy(element);
	}
	if (fake.results[n] == 0 && fake.after_writing)
		write_live(fake.after_writing);
	return fake.results[n];
}

static int lock(void *data, const char *uuid, pid_t *ret_holder)
{
	assert_ptr_equal(data, &fake);
	assert_string_equal(uuid, "uuid");
	fake.n_locks++;
	if (fake.while_locking)
		write_live(fake.while_locking);
	*ret_holder = fake.holder;
	return fake.lock_result;
}

static int set_up(void **state)
{
	static const struct hypervisor_ops ops = {
		.read_definitions = read_definitions,
		.write_metadata = write_metadata,
	};

	(void)state;
	fake = (struct fake){ .base.ops = &ops, .exists = { true, true } };
	return 0;
}

static void have(const char *live, const char *config)
{
	fake.metadata[DEFINITION_LIVE] = copy(live);
	fake.metadata[DEFINITION_CONFIG] = copy(config);
}

static int tear_down(void **state)
{
	(void)state;
	for (int kind = 0; kind < DEFINITION_KINDS; kind++)
		free(fake.metadata[kind]);
	return 0;
}

/* NULL: it is not there. */
static void assert_metadata(enum definition_kind kind, const char *expected)
{
	if (expected && fake.metadata[kind])
		assert_string_equal(fake.metadata[kind], expected);
	else
		assert_ptr_equal(fake.metadata[kind], expected);
}

/* @expected: the error, or NULL. */
static void rewrite(const struct choices_edit *edit, bool live, bool config,
		    const char *expected)
{
	const struct rewrite request = {
		.domain = "db-1",
		.edit = *edit,
		.definitions = { [DEFINITION_LIVE] = live, [DEFINITION_CONFIG] = config },
		.lock = lock,
		.lock_data = &fake,
	};
	struct definitions definitions = { .uuid = "untouched" };
	char *error = NULL;
	int r = rewrite_run(&request, &fake.base, &definitions, &error);

	if (expected) {
		assert_true(r < 0);
		assert_non_null(error);
		assert_string_equal(error, expected);
		assert_string_equal(definitions.uuid, "untouched");
		free(error);
		return;
	}
	assert_null(error);
	assert_int_equal(r, 0);
	assert_string_equal(definitions.name, "db-1");
	definitions_clear(&definitions);
}

static const struct choices_edit weight_7 = { .named = CHOICE_WEIGHT,
					      .choices.weight = 7 };
static const struct choices_edit clear = { .clears = true };

/* What is made of the element that was there. */
static const struct row {
	const char *name;
	const char *before; /* NULL: nothing */
	struct choices_edit edit;
	const char *after; /* NULL: nothing */
} rows[] = {
	{ "a first choice",
	  NULL,
	  { .named = CHOICE_FLOOR, .choices.floor_kib = GIB_KIB },
	  "<settings floor=\"1 GiB\"/>" },
	{ "all choices",
	  NULL,
	  { .named = CHOICE_FLOOR | CHOICE_CEILING | CHOICE_WEIGHT | CHOICE_MANAGED,
	    .choices = { true, GIB_KIB, 2 * GIB_KIB, 10 } },
	  "<settings managed=\"no\" floor=\"1 GiB\" ceiling=\"2 GiB\" weight=\"10\"/>" },
	{ "what is not named stays",
	  "<settings managed='no' floor='1 GiB' ceiling='3 GiB' weight='5'/>",
	  { .named = CHOICE_WEIGHT, .choices = { false, 2 * GIB_KIB, 2 * GIB_KIB, 6 } },
	  "<settings managed=\"no\" floor=\"1 GiB\" ceiling=\"3 GiB\" weight=\"6\"/>" },
	{ "one choice is taken back",
	  "<settings floor='1 GiB' ceiling='3 GiB' weight='5'/>",
	  { .named = CHOICE_CEILING },
	  "<settings floor=\"1 GiB\" weight=\"5\"/>" },
	{ "the last choice is taken back",
	  "<settings floor='1 GiB'/>",
	  { .named = CHOICE_FLOOR },
	  NULL },
	{ "managed again",
	  "<settings managed='no'/>",
	  { .named = CHOICE_MANAGED },
	  NULL },
	{ "what is not there is taken back", NULL, { .named = CHOICE_FLOOR }, NULL },
	{ "all are taken back",
	  "<settings managed='no' floor='1 GiB' ceiling='3 GiB' weight='5'/>",
	  { .clears = true },
	  NULL },
	{ "all are taken back before one is made",
	  "<settings managed='no' floor='1 GiB' ceiling='3 GiB' weight='5'/>",
	  { .clears = true, .named = CHOICE_WEIGHT, .choices.weight = 6 },
	  "<settings weight=\"6\"/>" },
	{ "what is invalid can be taken back",
	  "<settings weight='0'/>",
	  { .clears = true },
	  NULL },
	{ "what is invalid can be replaced",
	  "<setting/>",
	  { .clears = true, .named = CHOICE_WEIGHT, .choices.weight = 6 },
	  "<settings weight=\"6\"/>" },
	{ "a floor as large as the maximum",
	  NULL,
	  { .named = CHOICE_FLOOR, .choices.floor_kib = 4 * GIB_KIB },
	  "<settings floor=\"4 GiB\"/>" },
	{ "a floor above the maximum that was there",
	  "<settings floor='5 GiB'/>",
	  { .named = CHOICE_WEIGHT, .choices.weight = 6 },
	  "<settings floor=\"5 GiB\" weight=\"6\"/>" },
};

static void edit_one(void **state)
{
	const struct row *row = *state;
	static const char other[] = "<other/>";

	set_up(NULL);
	have(row->before, other);
	rewrite(&row->edit, true, false, NULL);
	assert_metadata(DEFINITION_LIVE, row->after);
	assert_metadata(DEFINITION_CONFIG, other);
	tear_down(NULL);
}

/* What is refused before anything is written. */
static const struct refusal {
	const char *live, *config;
	struct choices_edit edit;
	bool is_live, is_config;
	const char *error;
} refusals[] = {
	{ NULL,
	  "<settings weight='0'/>",
	  { .named = CHOICE_FLOOR },
	  true,
	  true,
	  "db-1: its persistent metadata is invalid: weight must be a whole number from "
	  "1 "
	  "to 10000 (--clear takes it back)" },
	{ "<setting/>",
	  NULL,
	  { .named = CHOICE_FLOOR },
	  true,
	  false,
	  "db-1: its live metadata is invalid: expected one element 'settings' with "
	  "nothing in it (--clear takes it back)" },
	{ NULL,
	  "<settings floor='2 GiB'/>",
	  { .named = CHOICE_CEILING, .choices.ceiling_kib = GIB_KIB },
	  true,
	  true,
	  "db-1: floor must not be above ceiling (its persistent metadata would be "
	  "<settings floor=\"2 GiB\" ceiling=\"1 GiB\"/>)" },
	{ NULL,
	  NULL,
	  { .named = CHOICE_FLOOR, .choices.floor_kib = 5 * GIB_KIB },
	  true,
	  true,
	  "db-1: floor 5 GiB must not be above the maximum memory of its live "
	  "definition, 4 GiB" },
	{ NULL,
	  NULL,
	  { .named = CHOICE_FLOOR, .choices.floor_kib = 9 * GIB_KIB },
	  false,
	  true,
	  "db-1: floor 9 GiB must not be above the maximum memory of its persistent "
	  "definition, 8 GiB" },
};

static void refuse(void **state)
{
	const struct refusal *refusal = *state;

	set_up(NULL);
	have(refusal->live, refusal->config);
	rewrite(&refusal->edit, refusal->is_live, refusal->is_config, refusal->error);
	assert_int_equal(fake.n_calls, 0);
	tear_down(NULL);
}

static void each_definition_keeps_its_own(void **state)
{
	(void)state;
	have("<settings floor='1 GiB'/>", "<settings ceiling='3 GiB'/>");
	rewrite(&weight_7, true, true, NULL);
	assert_metadata(DEFINITION_LIVE, "<settings floor=\"1 GiB\" weight=\"7\"/>");
	assert_metadata(DEFINITION_CONFIG, "<settings ceiling=\"3 GiB\" weight=\"7\"/>");
}

static void the_persistent_one_alone(void **state)
{
	(void)state;
	have(NULL, NULL);
	rewrite(&weight_7, false, true, NULL);
	assert_metadata(DEFINITION_LIVE, NULL);
	assert_metadata(DEFINITION_CONFIG, "<settings weight=\"7\"/>");
}

static void who_does_not_run_is_told_the_cure(void **state)
{
	static const char error[] = "db-1: it is not running (--config alone sets what "
				    "holds when it starts)";

	(void)state;
	fake.exists[DEFINITION_LIVE] = false;
	rewrite(&weight_7, true, false, error);
	rewrite(&weight_7, true, true, error);
	assert_int_equal(fake.n_calls, 0);
	rewrite(&weight_7, false, true, NULL);
}

static void who_is_transient_is_told_the_cure(void **state)
{
	static const char error[] = "db-1: it is transient and has no persistent "
				    "definition (leave out --config)";

	(void)state;
	fake.exists[DEFINITION_CONFIG] = false;
	rewrite(&weight_7, false, true, error);
	rewrite(&weight_7, true, true, error);
	assert_int_equal(fake.n_calls, 0);
	rewrite(&weight_7, true, false, NULL);
}

static void who_is_not_there(void **state)
{
	(void)state;
	fake.read_result = -ENOENT;
	rewrite(&weight_7, true, false, "db-1: no domain of that name, UUID or id");
	fake.read_result = -EIO;
	rewrite(&weight_7, true, false,
		"db-1: cannot read its definition: cannot be read");
	assert_int_equal(fake.n_calls, 0);
}

static void a_signal_comes_before_anything_is_written(void **state)
{
	static const bool is_hurried = true;

	(void)state;
	fake.base.is_hurried = &is_hurried;
	rewrite(&weight_7, true, true, "interrupted before anything was changed");
	assert_int_equal(fake.n_calls, 0);
}

static void a_write_fails(void **state)
{
	(void)state;
	fake.results[0] = -EIO;
	fake.results[1] = -ETIMEDOUT;
	rewrite(&weight_7, true, false,
		"db-1: cannot change its live metadata: refusal 1");
	rewrite(&weight_7, false, true,
		"db-1: cannot change its persistent metadata: refusal 2, and may do it "
		"yet");
}

static void the_first_of_two_writes_fails(void **state)
{
	(void)state;
	fake.results[0] = -EIO;
	rewrite(&weight_7, true, true,
		"db-1: cannot change its persistent metadata: refusal 1");
	assert_int_equal(fake.n_calls, 1);
}

static void the_second_fails_and_the_first_is_put_back(void **state)
{
	/* as it was written, not as it would be now */
	static const char before[] = "<settings  floor='1024 MiB'><!-- --></settings>";

	(void)state;
	have(NULL, before);
	fake.results[1] = -EIO;
	rewrite(&weight_7, true, true,
		"db-1: cannot change its live metadata: refusal 2; its persistent "
		"metadata is as it was before");
	assert_int_equal(fake.n_calls, 3);
	assert_metadata(DEFINITION_LIVE, NULL);
	assert_metadata(DEFINITION_CONFIG, before);
}

static void what_was_not_there_is_removed_again(void **state)
{
	(void)state;
	have("<settings weight='5'/>", NULL);
	fake.results[1] = -ETIMEDOUT;
	rewrite(&weight_7, true, true,
		"db-1: cannot change its live metadata: refusal 2, and may do it yet; "
		"its persistent metadata is as it was before");
	assert_int_equal(fake.n_calls, 3);
	assert_int_equal(fake.kinds[2], DEFINITION_CONFIG);
	assert_metadata(DEFINITION_CONFIG, NULL);
}

static void what_cannot_be_put_back_is_told(void **state)
{
	(void)state;
	fake.results[1] = -EIO;
	fake.results[2] = -ETIMEDOUT;
	rewrite(&weight_7, true, true,
		"db-1: cannot change its live metadata: refusal 2; but its persistent "
		"metadata is changed, and cannot be put back: refusal 3, and may do it "
		"yet");
}

/* Of two, one has nothing that could be removed. */
static void nothing_is_put_back_that_was_not_written(void **state)
{
	(void)state;
	have("<settings weight='5'/>", NULL);
	fake.results[0] = -EIO;
	rewrite(&clear, true, true, "db-1: cannot change its live metadata: refusal 1");
	assert_int_equal(fake.n_calls, 1);
}

/* What was read before the lock was had is old. */
static void what_somebody_else_has_just_set_stays(void **state)
{
	(void)state;
	have("<settings weight='5'/>", NULL);
	fake.while_locking = "<settings floor='1 GiB' weight='5'/>";
	rewrite(&weight_7, true, false, NULL);
	assert_int_equal(fake.n_locks, 1);
	assert_metadata(DEFINITION_LIVE, "<settings floor=\"1 GiB\" weight=\"7\"/>");
}

static void who_does_not_get_the_lock_changes_nothing(void **state)
{
	static const struct {
		int result;
		pid_t holder;
		const char *error;
	} cases[] = {
		{ -EINTR, 0, "interrupted before anything was changed" },
		{ -ETIMEDOUT, 42,
		  "db-1: another memcoord changes its settings and does not come to an "
		  "end: pid 42; nothing was changed" },
		{ -ETIMEDOUT, 0,
		  "db-1: another memcoord changes its settings and does not come to an "
		  "end; nothing was changed" },
		{ -EMFILE, 0, "db-1: cannot lock its settings: Too many open files" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake.lock_result = cases[i].result;
		fake.holder = cases[i].holder;
		rewrite(&weight_7, true, true, cases[i].error);
	}
	assert_int_equal(fake.n_calls, 0);
}

/* Without the lock, by virsh say. */
static void who_writes_over_it_at_once_is_noticed(void **state)
{
	static const char error[] =
		"db-1: its live metadata was set, but somebody else has "
		"changed it in the same moment ('memcoord get' shows "
		"what holds)";

	(void)state;
	fake.after_writing = "<settings weight='8'/>";
	rewrite(&weight_7, true, false, error);
	fake.after_writing = "<nonsense/>";
	rewrite(&clear, true, false, error);
	/* the same, in other words */
	fake.after_writing = "<settings  weight='7'></settings>";
	fake.n_calls = 0;
	rewrite(&(struct choices_edit){ .clears = true,
					.named = CHOICE_WEIGHT,
					.choices.weight = 7 },
		true, false, NULL);
}

/* Many at once */

/* What all processes share, as libvirt's domain is. */
static struct {
	char metadata[DEFINITION_KINDS][256];
} * shared;

static void take_time(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
}

static int read_shared(struct hypervisor *base, const char *domain,
		       struct definitions *ret_definitions)
{
	(void)base;
	(void)domain;
	*ret_definitions =
		(struct definitions){ .uuid = "test-rewrite", .name = strdup("db-1") };
	for (int kind = 0; kind < DEFINITION_KINDS; kind++)
		ret_definitions->of[kind] = (struct definition){
			.exists = true,
			.metadata = *shared->metadata[kind]
					    ? strdup(shared->metadata[kind])
					    : NULL,
		};
	take_time();
	return 0;
}

static int write_shared(struct hypervisor *base, const char *uuid,
			enum definition_kind kind, const char *element)
{
	(void)base;
	(void)uuid;
	take_time();
	snprintf(shared->metadata[kind], sizeof(shared->metadata[kind]), "%s",
		 element ? element : "");
	return 0;
}

static int64_t tell_time(struct hypervisor *base)
{
	(void)base;
	return monotonic_now_ms();
}

static int wait_a_little(struct hypervisor *base, int64_t until_ms)
{
	(void)base;
	(void)until_ms;
	take_time();
	return 0;
}

/* One process: set one of the choices in one of the definitions, @i of them all. */
static int set_one(unsigned i, unsigned patience_ms, char **ret_error)
{
	static const struct hypervisor_ops ops = {
		.now_ms = tell_time,
		.wait = wait_a_little,
		.read_definitions = read_shared,
		.write_metadata = write_shared,
	};
	struct hypervisor hypervisor = { .ops = &ops, .patience_ms = patience_ms };
	struct session session = { .hypervisor = &hypervisor, .lock_fd = -1 };
	const struct rewrite request = {
		.domain = "db-1",
		.edit = { .named = 1U << i % 4,
			  .choices = { true, GIB_KIB, 2 * GIB_KIB, 10 } },
		.definitions = { i / 4 % 2 == 0, i / 4 % 2 == 1 },
		.lock = session_lock_settings,
		.lock_data = &session,
	};
	struct definitions definitions = { 0 };
	int r = rewrite_run(&request, &hypervisor, &definitions, ret_error);

	definitions_clear(&definitions);
	if (session.lock_fd >= 0)
		close(session.lock_fd);
	return r;
}

static void set_at_once(unsigned n)
{
	pid_t pids[10];
	char *error = NULL;
	int status;

	assert_true(n <= sizeof(pids) / sizeof(pids[0]));
	memset(shared, 0, sizeof(*shared));
	for (unsigned i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(set_one(i, 30000, &error) < 0);
	}
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
}

static void share(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
}

static void what_many_set_at_once_is_all_there(void **state)
{
	static const char all[] = "<settings managed=\"no\" floor=\"1 GiB\" "
				  "ceiling=\"2 GiB\" weight=\"10\"/>";

	(void)state;
	share();
	for (int round = 0; round < 10; round++) {
		set_at_once(2);
		assert_string_equal(shared->metadata[DEFINITION_LIVE],
				    "<settings floor=\"1 GiB\" ceiling=\"2 GiB\"/>");
	}
	set_at_once(10); /* two of the choices twice */
	assert_string_equal(shared->metadata[DEFINITION_LIVE], all);
	assert_string_equal(shared->metadata[DEFINITION_CONFIG], all);
	munmap(shared, sizeof(*shared));
}

static void who_waits_for_too_long_is_told_for_whom(void **state)
{
	int fd = lock_take_settings("test-rewrite");
	char *error = NULL, expected[128];

	(void)state;
	assert_true(fd >= 0);
	share();
	assert_int_equal(set_one(0, 50, &error), -ETIMEDOUT);
	snprintf(expected, sizeof(expected),
		 "db-1: another memcoord changes its settings and does not come to an "
		 "end: "
		 "pid %d; nothing was changed",
		 (int)getpid());
	assert_string_equal(error, expected);
	assert_string_equal(shared->metadata[DEFINITION_LIVE], "");
	free(error);
	close(fd);
	munmap(shared, sizeof(*shared));
}

static int tear_down_all(void **state)
{
	(void)state;
	xmlCleanupParser();
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(each_definition_keeps_its_own),
		TEST(the_persistent_one_alone),
		TEST(who_does_not_run_is_told_the_cure),
		TEST(who_is_transient_is_told_the_cure),
		TEST(who_is_not_there),
		TEST(a_signal_comes_before_anything_is_written),
		TEST(a_write_fails),
		TEST(the_first_of_two_writes_fails),
		TEST(the_second_fails_and_the_first_is_put_back),
		TEST(what_was_not_there_is_removed_again),
		TEST(what_cannot_be_put_back_is_told),
		TEST(nothing_is_put_back_that_was_not_written),
		TEST(what_somebody_else_has_just_set_stays),
		TEST(who_does_not_get_the_lock_changes_nothing),
		TEST(who_writes_over_it_at_once_is_noticed),
		TEST(what_many_set_at_once_is_all_there),
		TEST(who_waits_for_too_long_is_told_for_whom),
	};
	static struct suite suite;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		suite_add(&suite, edit_one, &rows[i], "%s", rows[i].name);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		suite_add(&suite, refuse, &refusals[i], "refused: %s", refusals[i].error);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		suite.tests[suite.n++] = tests[i];
	return suite_run("rewrite", &suite, NULL, tear_down_all);
}
