/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of metrics, and what is printed of a cycle. */
#include "run/metrics.h"
#include "testing.h"

static struct world world;
static struct cycle cycle;
static struct tally tally;
static struct metrics_view view;
static char *text; /* what was printed last */

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	world.settings.policy = &policy_fair;
	world_add(&world, 1024 * MIB, 2048 * MIB, 512 * MIB);
	world_add(&world, 1024 * MIB, 2048 * MIB, 512 * MIB);
	tally = (struct tally){ 0 };
	cycle = (struct cycle){ .settings = &world.settings };
	view = (struct metrics_view){
		.cycle = &cycle, .tally = &tally, .is_connected = true, .is_fresh = true
	};
	text = NULL;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(text);
	tally_clear(&tally);
	plan_clear(&cycle.plan);
	world_clear(&world);
	return 0;
}

/* A cycle over the world, which goes on owning what is in it. */
static void run_cycle(int64_t elapsed_ms)
{
	world_sample(&world, elapsed_ms);
	cycle.snapshot = world.snapshot;
	cycle.history = world.history;
	tally_look(&tally, &world.snapshot, &world.history);
	assert_int_equal(cycle_plan(&cycle), 0);
	tally_complete(&tally, &world.history, &cycle.plan);
}

static void print(void)
{
	struct exposition exposition = { 0 };

	free(text);
	assert_int_equal(metrics_print(&view, &exposition), 0);
	text = strndup(exposition.text, exposition.length);
	assert_non_null(text);
	exposition_clear(&exposition);
}

/* Is @line, which may be the beginning of one, there? */
static bool has(const char *line)
{
	const char *at = text;

	while ((at = strstr(at, line))) {
		if (at == text || at[-1] == '\n')
			return true;
		at++;
	}
	return false;
}

#define EXPECT(line)                                                                     \
	do {                                                                             \
		if (!has(line))                                                          \
			fail_msg("%s is missing in:\n%s", line, text);                   \
	} while (0)
#define EXPECT_NOT(line)                                                                 \
	do {                                                                             \
		if (has(line))                                                           \
			fail_msg("%s is there:\n%s", line, text);                        \
	} while (0)

#define VM0 "{domain=\"vm0\",uuid=\"00000000-0000-0000-0000-000000000000\"}"
#define VM1 "{domain=\"vm1\",uuid=\"00000000-0000-0000-0000-000000000001\"}"
#define CLASS0(class)                                                                    \
	"memcoord_domain_class{domain=\"vm0\",uuid=\"00000000-0000-0000-0000-"           \
	"000000000000\",class=\"" class "\"} "

static void check_family(const struct metric_family *family, const struct column *columns)
{
	bool is_counter = strcmp(family->type, "counter") == 0;
	size_t length = strlen(family->name);

	assert_int_equal(strspn(family->name, "abcdefghijklmnopqrstuvwxyz_"), length);
	assert_int_equal(strncmp(family->name, "memcoord_", 9), 0);
	assert_int_equal(strcmp(family->name + length - 6, "_total") == 0, is_counter);
	assert_null(strpbrk(family->help, "\\\n"));
	assert_int_equal(family->help[strlen(family->help) - 1], '.');
	assert_int_equal(!!family->column + !!family->get + !!family->print, 1);
	if (family->column &&
	    !column_find(columns, family->column, strlen(family->column)))
		fail_msg("there is no column %s", family->column);
}

static void the_tables_are_sound(void **state)
{
	(void)state;
	for (const struct metric_family *f = host_metrics; f->name; f++)
		check_family(f, host_columns);
	for (const struct metric_family *f = domain_metrics; f->name; f++)
		check_family(f, domain_columns);
}

static void figures_of_the_host(void **state)
{
	(void)state;
	run_cycle(0);
	print();
	EXPECT("memcoord_host_total_bytes 17179869184\n");
	EXPECT("memcoord_host_available_bytes 12884901888\n");
	EXPECT("memcoord_host_reserve_bytes 858992640\n");
	EXPECT("memcoord_host_short_bytes 0\n");
	EXPECT("memcoord_host_grantable_bytes ");
	EXPECT_NOT("memcoord_host_capacity_bytes");
	EXPECT_NOT("# HELP memcoord_host_capacity_bytes");
	EXPECT("memcoord_overload 0\n");
	EXPECT("memcoord_period_seconds 2\n");

	world.settings.has_host_capacity = true;
	world.settings.host_capacity_kib = 8 * GIB;
	world.snapshot.host.available_kib = 0;
	run_cycle(2000);
	print();
	EXPECT("memcoord_host_capacity_bytes 8589934592\n");
	EXPECT("memcoord_host_short_bytes 429496320\n");
}

static void memcoord_itself(void **state)
{
	(void)state;
	print();
	EXPECT("memcoord_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
	EXPECT("memcoord_connected 1\n");
	EXPECT("memcoord_cycles_total 0\n");
	EXPECT_NOT("memcoord_last_cycle_timestamp_seconds");
	tally.n_failed_cycles = 3;
	tally.n_errors = 4;
	view.is_connected = view.is_fresh = false;
	view.has_completed = true;
	view.completed_ms = 1795423281171;
	print();
	EXPECT("memcoord_connected 0\n");
	EXPECT("memcoord_failed_cycles_total 3\n");
	EXPECT("memcoord_libvirt_errors_total 4\n");
	EXPECT("memcoord_last_cycle_timestamp_seconds 1795423281.171\n");
}

static void the_histogram_is_cumulative(void **state)
{
	(void)state;
	tally_note_duration(&tally, 4000);
	tally_note_duration(&tally, 2600000);
	tally_note_duration(&tally, 20000000);
	print();
	EXPECT("memcoord_cycle_duration_seconds_bucket{le=\"0.005\"} 1\n");
	EXPECT("memcoord_cycle_duration_seconds_bucket{le=\"0.01\"} 1\n");
	EXPECT("memcoord_cycle_duration_seconds_bucket{le=\"0.25\"} 1\n");
	EXPECT("memcoord_cycle_duration_seconds_bucket{le=\"1\"} 1\n");
	EXPECT("memcoord_cycle_duration_seconds_bucket{le=\"2.5\"} 1\n");
	EXPECT("memcoord_cycle_duration_seconds_bucket{le=\"5\"} 2\n");
	EXPECT("memcoord_cycle_duration_seconds_bucket{le=\"10\"} 2\n");
	EXPECT("memcoord_cycle_duration_seconds_bucket{le=\"+Inf\"} 3\n");
	EXPECT("memcoord_cycle_duration_seconds_sum 22.604\n");
	EXPECT("memcoord_cycle_duration_seconds_count 3\n");
}

static void figures_of_a_domain(void **state)
{
	(void)state;
	run_cycle(0);
	world.domains[0].usable_kib -= 64 * MIB;
	run_cycle(2000);
	print();
	EXPECT("memcoord_domain_current_bytes" VM0 " 1073741824\n");
	EXPECT("memcoord_domain_current_bytes" VM1 " 1073741824\n");
	EXPECT("memcoord_domain_maximum_bytes" VM0 " 2147483648\n");
	EXPECT("memcoord_domain_usable_bytes" VM0 " 469762048\n");
	EXPECT("memcoord_domain_unused_bytes" VM0 " 536870912\n");
	EXPECT("memcoord_domain_used_bytes" VM0 " 603979776\n");
	EXPECT("memcoord_domain_free_bytes" VM0 " 469762048\n");
	EXPECT("memcoord_domain_rss_bytes" VM0 " 1073741824\n");
	EXPECT("memcoord_domain_rate_bytes_per_second" VM0 " 33554432\n");
	EXPECT("memcoord_domain_need_bytes" VM0 " ");
	EXPECT("memcoord_domain_want_bytes" VM0 " ");
	EXPECT("memcoord_domain_share_bytes" VM0 " ");
	EXPECT("memcoord_domain_weight" VM0 " 100\n");
	EXPECT("memcoord_domain_floor_bytes" VM0 " 52428800\n");
	EXPECT_NOT("memcoord_domain_ceiling_bytes");
	EXPECT_NOT("memcoord_domain_target_bytes");
}

static void what_was_not_reported_is_left_out(void **state)
{
	(void)state;
	world.domains[0].present = DOMAIN_CURRENT | DOMAIN_MAXIMUM;
	run_cycle(0);
	print();
	EXPECT("memcoord_domain_current_bytes" VM0);
	EXPECT_NOT("memcoord_domain_usable_bytes" VM0);
	EXPECT_NOT("memcoord_domain_unused_bytes" VM0);
	EXPECT_NOT("memcoord_domain_used_bytes" VM0);
	EXPECT_NOT("memcoord_domain_free_bytes" VM0);
	EXPECT_NOT("memcoord_domain_rss_bytes" VM0);
	EXPECT_NOT("memcoord_domain_rate_bytes_per_second");
	EXPECT("memcoord_domain_usable_bytes" VM1);
	EXPECT(CLASS0("UNKNOWN") "1\n");

	/* 'classic' deals out no shares */
	world.settings.policy = &policy_classic;
	run_cycle(2000);
	print();
	EXPECT_NOT("memcoord_domain_need_bytes");
	EXPECT_NOT("# TYPE memcoord_domain_need_bytes");
}

static void a_class_is_a_set_of_states(void **state)
{
	(void)state;
	run_cycle(0);
	print();
	EXPECT(CLASS0("UNMANAGED") "0\n");
	EXPECT(CLASS0("FROZEN") "0\n");
	EXPECT(CLASS0("UNKNOWN") "0\n");
	EXPECT(CLASS0("STARVING") "0\n");
	EXPECT(CLASS0("BALANCED") "1\n");
	EXPECT(CLASS0("WASTING") "0\n");
}

static void a_target_is_there_until_it_is_reached(void **state)
{
	(void)state;
	run_cycle(0);
	record_note_command(&world.history.records[0], &world.domains[0], 1536 * MIB,
			    true, world.snapshot.now_ms);
	print();
	EXPECT("memcoord_domain_target_bytes" VM0 " 1610612736\n");
	EXPECT_NOT("memcoord_domain_target_bytes" VM1);
	world.domains[0].current_kib = 1536 * MIB;
	run_cycle(2000);
	print();
	EXPECT_NOT("memcoord_domain_target_bytes");
}

static void counts_of_a_domain(void **state)
{
	(void)state;
	run_cycle(0);
	tally.domains[1] = (struct domain_tally){
		.n_grows = 1,
		.n_shrinks = 2,
		.n_refusals = 3,
		.n_stuck = 4,
		.grown_kib = 5,
		.shrunk_kib = 6,
		.starving_ms = 7001,
		.unrelieved_ms = 8002,
	};
	print();
	EXPECT("memcoord_domain_grows_total" VM0 " 0\n");
	EXPECT("memcoord_domain_grows_total" VM1 " 1\n");
	EXPECT("memcoord_domain_shrinks_total" VM1 " 2\n");
	EXPECT("memcoord_domain_refusals_total" VM1 " 3\n");
	EXPECT("memcoord_domain_stuck_total" VM1 " 4\n");
	EXPECT("memcoord_domain_grown_bytes_total" VM1 " 5120\n");
	EXPECT("memcoord_domain_shrunk_bytes_total" VM1 " 6144\n");
	EXPECT("memcoord_domain_starving_seconds_total" VM1 " 7.001\n");
	EXPECT("memcoord_domain_unrelieved_seconds_total" VM1 " 8.002\n");
}

static void of_a_failed_cycle_only_counts_are_known(void **state)
{
	(void)state;
	run_cycle(0);
	view.is_fresh = false;
	print();
	EXPECT("memcoord_cycles_total 1\n");
	EXPECT("memcoord_domain_grows_total" VM0 " 0\n");
	EXPECT_NOT("memcoord_host_");
	EXPECT_NOT("memcoord_overload");
	EXPECT_NOT("memcoord_domain_current_bytes");
	EXPECT_NOT("memcoord_domain_target_bytes");
	EXPECT_NOT("memcoord_domain_class");
}

static void counts_may_be_missing(void **state)
{
	(void)state;
	run_cycle(0);
	tally_clear(&tally);
	print();
	EXPECT("memcoord_domain_current_bytes" VM0);
	EXPECT_NOT("memcoord_domain_grows_total");
}

static void names_are_escaped(void **state)
{
	static char name[] = "a\\b\"c\nd";

	(void)state;
	world.domains[0].name = name;
	run_cycle(0);
	print();
	EXPECT("memcoord_domain_current_bytes{domain=\"a\\\\b\\\"c\\nd\",uuid=\"");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_tables_are_sound),
		TEST(figures_of_the_host),
		TEST(memcoord_itself),
		TEST(the_histogram_is_cumulative),
		TEST(figures_of_a_domain),
		TEST(what_was_not_reported_is_left_out),
		TEST(a_class_is_a_set_of_states),
		TEST(a_target_is_there_until_it_is_reached),
		TEST(counts_of_a_domain),
		TEST(of_a_failed_cycle_only_counts_are_known),
		TEST(counts_may_be_missing),
		TEST(names_are_escaped),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
