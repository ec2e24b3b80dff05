/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of the counts and of the file of metrics in each turn of the loop. */
#include <errno.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "run/daemon-metrics.h"
#include "system/log.h"
#include "testing.h"

static struct world world;
static struct cycle cycle;
static struct daemon_metrics metrics;
static char directory[256], path[512], other_path[512];
static char content[65536]; /* of the file that was read last */
static bool is_libvirt_alive;

static bool is_alive(struct hypervisor *base)
{
	(void)base;
	return is_libvirt_alive;
}

static const struct hypervisor_ops ops = { .is_alive = is_alive };
static struct hypervisor hypervisor = { .ops = &ops };

static int set_up(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	snprintf(directory, sizeof(directory), "%s/memcoord-test-XXXXXX",
		 parent && *parent ? parent : "/tmp");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/memcoord.prom", directory);
	snprintf(other_path, sizeof(other_path), "%s/other.prom", directory);
	world_init(&world);
	world_add(&world, 1024 * MIB, 2048 * MIB, 512 * MIB);
	world.settings.metrics_file = path;
	cycle = (struct cycle){ .settings = &world.settings, .hypervisor = &hypervisor };
	metrics = (struct daemon_metrics){ 0 };
	is_libvirt_alive = true;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	daemon_metrics_end(&metrics);
	plan_clear(&cycle.plan);
	world_clear(&world);
	return rmdir(directory); /* nothing may be left in it */
}

static void look(void)
{
	daemon_metrics_begin(&metrics);
	world_sample(&world, 2000);
	cycle.snapshot = world.snapshot;
	cycle.history = world.history;
	daemon_metrics_look(&metrics, &cycle);
}

/* A turn of the loop with a cycle that comes to its end. */
static void turn(void)
{
	look();
	assert_int_equal(cycle_plan(&cycle), 0);
	daemon_metrics_complete(&metrics, &cycle);
	daemon_metrics_turn(&metrics, &cycle);
}

static bool is_there(const char *file)
{
	return access(file, F_OK) == 0;
}

static void expect(const char *line)
{
	FILE *file = fopen(path, "re");
	size_t n;

	assert_non_null(file);
	n = fread(content, 1, sizeof(content) - 1, file);
	content[n] = '\0';
	assert_int_equal(fclose(file), 0);
	if (!strstr(content, line))
		fail_msg("%s is missing in:\n%s", line, content);
}

static void a_cycle_is_told_of(void **state)
{
	(void)state;
	turn();
	expect("\nmemcoord_connected 1\n");
	expect("\nmemcoord_cycles_total 1\n");
	expect("\nmemcoord_failed_cycles_total 0\n");
	expect("\nmemcoord_cycle_duration_seconds_count 1\n");
	expect("\nmemcoord_domain_current_bytes{domain=\"vm0\",");
	turn();
	expect("\nmemcoord_cycles_total 2\n");
}

static void the_time_is_that_of_the_last_complete_cycle(void **state)
{
	char line[128];

	(void)state;
	turn();
	assert_true(metrics.completed_ms / 1000 >= (int64_t)time(NULL) - 1);
	assert_true(metrics.completed_ms / 1000 <= (int64_t)time(NULL) + 1);
	snprintf(line, sizeof(line),
		 "\nmemcoord_last_cycle_timestamp_seconds %lld.%03lld\n",
		 (long long)metrics.completed_ms / 1000,
		 (long long)metrics.completed_ms % 1000);
	expect(line);
	daemon_metrics_begin(&metrics);
	daemon_metrics_turn(&metrics, &cycle);
	expect(line);
}

static void a_look_that_fails_is_counted(void **state)
{
	(void)state;
	turn();
	daemon_metrics_begin(&metrics);
	daemon_metrics_note_error(&metrics);
	daemon_metrics_turn(&metrics, &cycle);
	expect("\nmemcoord_connected 1\n");
	expect("\nmemcoord_cycles_total 1\n");
	expect("\nmemcoord_failed_cycles_total 1\n");
	expect("\nmemcoord_libvirt_errors_total 1\n");
	expect("\nmemcoord_cycle_duration_seconds_count 2\n");
	assert_null(strstr(content, "memcoord_domain_current_bytes"));
}

static void a_plan_that_fails_is_counted(void **state)
{
	(void)state;
	look();
	daemon_metrics_turn(&metrics, &cycle);
	expect("\nmemcoord_cycles_total 0\n");
	expect("\nmemcoord_failed_cycles_total 1\n");
	assert_null(strstr(content, "memcoord_domain_current_bytes"));
}

static void a_turn_without_a_connection_is_no_long_cycle(void **state)
{
	(void)state;
	turn();
	cycle.hypervisor = NULL;
	daemon_metrics_turn(&metrics, &cycle);
	expect("\nmemcoord_connected 0\n");
	expect("\nmemcoord_failed_cycles_total 1\n");
	expect("\nmemcoord_cycle_duration_seconds_count 1\n");
	assert_null(strstr(content, "memcoord_domain_current_bytes"));
	assert_non_null(strstr(content, "memcoord_domain_grows_total"));
}

static void a_dead_connection_is_none(void **state)
{
	(void)state;
	turn();
	is_libvirt_alive = false;
	turn();
	expect("\nmemcoord_connected 0\n");
	assert_null(strstr(content, "memcoord_domain_current_bytes"));
}

static void moves_are_counted_by_their_results(void **state)
{
	const struct move move = { .from_kib = 1, .to_kib = 2 };

	(void)state;
	look();
	daemon_metrics_note_move(&metrics, &cycle, &move, 0);
	assert_int_equal(metrics.tally.domains[0].n_grows, 1);
	daemon_metrics_note_move(&metrics, &cycle, &move, -ERANGE);
	assert_int_equal(metrics.tally.domains[0].n_refusals, 1);
	daemon_metrics_note_move(&metrics, &cycle, &move, -ENOENT);
	daemon_metrics_note_move(&metrics, &cycle, &move, -ETIMEDOUT);
	is_libvirt_alive = false;
	daemon_metrics_note_move(&metrics, &cycle, &move, -EIO);
	assert_int_equal(metrics.tally.n_errors, 2);
	assert_int_equal(metrics.tally.domains[0].n_refusals, 1);
	assert_int_equal(metrics.tally.domains[0].n_grows, 1);
}

static void at_the_end_the_file_is_removed(void **state)
{
	(void)state;
	turn();
	assert_true(is_there(path));
	daemon_metrics_end(&metrics);
	assert_false(is_there(path));

	/* though somebody else was faster */
	turn();
	assert_int_equal(unlink(path), 0);
	daemon_metrics_end(&metrics);
}

static void the_file_moves_with_its_setting(void **state)
{
	static char none[] = "";

	(void)state;
	turn();
	world.settings.metrics_file = other_path;
	turn();
	assert_false(is_there(path));
	assert_true(is_there(other_path));
	world.settings.metrics_file = none;
	turn();
	assert_false(is_there(other_path));
	world.settings.metrics_file = path;
	turn();
	assert_true(is_there(path));
}

static void without_a_file_it_only_counts(void **state)
{
	(void)state;
	world.settings.metrics_file = NULL;
	unsetenv("RUNTIME_DIRECTORY");
	turn();
	assert_int_equal(metrics.tally.n_cycles, 1);
	assert_null(metrics.file.path);
}

static void a_file_that_cannot_be_written_is_tried_again(void **state)
{
	char missing[sizeof(directory) + 16], within[sizeof(missing) + 16];

	(void)state;
	snprintf(missing, sizeof(missing), "%s/missing", directory);
	snprintf(within, sizeof(within), "%s/memcoord.prom", missing);
	world.settings.metrics_file = within;
	turn();
	assert_null(metrics.file.path);
	assert_int_equal(mkdir(missing, 0755), 0);
	turn();
	assert_true(is_there(within));
	daemon_metrics_end(&metrics);
	assert_false(is_there(within));
	assert_int_equal(rmdir(missing), 0);
}

/* Of another process, which writes it as long as it runs. */
static void the_file_of_another_one_is_left_to_it(void **state)
{
	struct owned_file other = { 0 };

	(void)state;
	assert_int_equal(owned_file_write(&other, path, "other\n", 6), 0);
	turn();
	turn();
	expect("other\n");
	assert_string_equal(metrics.refused_path, path);
	world.settings.metrics_file = other_path;
	turn();
	assert_null(metrics.refused_path);
	assert_true(is_there(other_path));
	world.settings.metrics_file = path;
	turn();
	assert_false(is_there(other_path));
	assert_int_equal(owned_file_remove(&other), 0);
	turn();
	expect("\nmemcoord_cycles_total 5\n");
	assert_null(metrics.refused_path);
}

static void a_foreign_file_is_not_removed(void **state)
{
	(void)state;
	/* as long as none was written: this one belongs to whoever runs */
	fclose(fopen(path, "we"));
	daemon_metrics_end(&metrics);
	assert_true(is_there(path));
	assert_int_equal(unlink(path), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cycle_is_told_of),
		TEST(the_time_is_that_of_the_last_complete_cycle),
		TEST(a_look_that_fails_is_counted),
		TEST(a_plan_that_fails_is_counted),
		TEST(a_turn_without_a_connection_is_no_long_cycle),
		TEST(a_dead_connection_is_none),
		TEST(moves_are_counted_by_their_results),
		TEST(at_the_end_the_file_is_removed),
		TEST(the_file_moves_with_its_setting),
		TEST(without_a_file_it_only_counts),
		TEST(a_file_that_cannot_be_written_is_tried_again),
		TEST(the_file_of_another_one_is_left_to_it),
		TEST(a_foreign_file_is_not_removed),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests_name("daemon-metrics", tests, NULL, NULL);
}
