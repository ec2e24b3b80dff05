/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What 'top' makes of a host and its domains. */
#include "base/sat.h"
#include "base/value.h"
#include "top-world.h"

static struct top_world top;

static int set_up(void **state)
{
	(void)state;
	top_world_init(&top);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	top_world_clear(&top);
	return 0;
}

static struct domain *add(uint64_t current_kib, uint64_t maximum_kib, uint64_t usable_kib)
{
	return world_add(&top.world, current_kib, maximum_kib, usable_kib);
}

/* What column @column of row @i says. */
static const char *text(size_t i, enum top_column column)
{
	static char cell[VALUE_CELL_LENGTH];

	return value_format(&top.model.rows[i].values[column], false, cell);
}

static void values_are_those_of_the_tables(void **state)
{
	(void)state;
	add(1 * GIB, 4 * GIB, 256 * MIB);
	top_world_look(&top, 2);
	top.world.domains[0].usable_kib = 128 * MIB;
	top_world_look(&top, 2);
	assert_string_equal(text(0, TOP_FREE_PERCENT), "12.5");
	assert_string_equal(text(0, TOP_USED), "896M");
	assert_string_equal(text(0, TOP_CURRENT), "1G");
	assert_string_equal(text(0, TOP_MAXIMUM), "4G");
	assert_string_equal(text(0, TOP_RATE), "64M/s");
	assert_string_equal(text(0, TOP_SWAP), "-");
	assert_string_equal(text(0, TOP_CHANGE), "-");
	assert_int_equal(top.model.rows[0].verdict.class, CLASS_STARVING);
	assert_int_equal(top.model.now_ms, top.world.snapshot.now_ms);
}

static void the_policy_judges(void **state)
{
	(void)state;
	add(1 * GIB, 4 * GIB, 256 * MIB);
	top.world.settings.policy = &policy_classic;
	top_world_look(&top, 2);
	assert_int_equal(top.model.rows[0].verdict.class, CLASS_UNKNOWN);
	assert_int_equal(top.model.rows[0].verdict.reason, REASON_FIRST_SAMPLE);
	top.world.settings.policy = &policy_fair;
	top_world_take(&top);
	assert_int_equal(top.model.rows[0].verdict.class, CLASS_BALANCED);
}

static void assert_parts(size_t i, uint64_t used_mib, uint64_t usable_mib,
			 uint64_t untold_mib, uint64_t room_mib)
{
	const uint64_t *parts = top.model.rows[i].parts_kib;

	assert_int_equal(parts[TOP_PART_USED], used_mib * MIB);
	assert_int_equal(parts[TOP_PART_USABLE], usable_mib * MIB);
	assert_int_equal(parts[TOP_PART_CURRENT], untold_mib * MIB);
	assert_int_equal(parts[TOP_PART_ROOM], room_mib * MIB);
}

static void a_bar_has_what_is_used_and_usable_and_may_come(void **state)
{
	(void)state;
	add(1 * GIB, 4 * GIB, 256 * MIB);
	add(1 * GIB, 1 * GIB, 0);
	/* one that does not report, one that hides its maximum, one that shows nothing */
	add(1 * GIB, 2 * GIB, 0)->present &= ~(unsigned)(DOMAIN_USABLE | DOMAIN_UNUSED);
	add(1 * GIB, 2 * GIB, 512 * MIB)->present &= ~(unsigned)DOMAIN_MAXIMUM;
	add(1 * GIB, 2 * GIB, 0)->present = 0;
	top_world_look(&top, 2);
	assert_parts(0, 768, 256, 0, 3072);
	assert_parts(1, 1024, 0, 0, 0);
	assert_parts(2, 0, 0, 1024, 1024);
	assert_parts(3, 512, 512, 0, 0);
	assert_parts(4, 0, 0, 0, 0);
}

static void a_balloon_is_followed(void **state)
{
	(void)state;
	add(1 * GIB, 4 * GIB, 256 * MIB);
	add(1 * GIB, 4 * GIB, 256 * MIB);
	top_world_look(&top, 2);
	for (int i = 0; i < 3; i++) {
		top.world.domains[1].current_kib += 100 * MIB;
		top_world_look(&top, 2);
	}
	assert_string_equal(text(0, TOP_CHANGE), "-");
	assert_string_equal(text(1, TOP_CHANGE), "+300M");
	assert_int_equal(top.model.rows[1].change.changed_ms, top.model.now_ms);
	top_world_look(&top, 60);
	assert_string_equal(text(1, TOP_CHANGE), "+300M");
	assert_int_equal(top.model.rows[1].change.changed_ms, top.model.now_ms - 60000);
	top.world.domains[1].current_kib -= 400 * MIB;
	top_world_look(&top, 2);
	assert_string_equal(text(1, TOP_CHANGE), "-400M");
}

static void what_changes_stays_with_its_domain(void **state)
{
	struct domain first;

	(void)state;
	add(1 * GIB, 4 * GIB, 256 * MIB);
	add(1 * GIB, 4 * GIB, 256 * MIB);
	top_world_look(&top, 2);
	top.world.domains[1].current_kib += 100 * MIB;
	top_world_look(&top, 2);
	/* the first one ends */
	first = top.world.domains[0];
	top.world.domains[0] = top.world.domains[1];
	top.world.snapshot.n_domains = 1;
	top_world_look(&top, 2);
	assert_int_equal(top.model.n_rows, 1);
	assert_string_equal(top.model.rows[0].name, "vm1");
	assert_string_equal(text(0, TOP_CHANGE), "+100M");
	/* the other is started again, with another size */
	top.world.domains[0].id = 77;
	top.world.domains[0].current_kib = 3 * GIB;
	top_world_look(&top, 2);
	assert_string_equal(text(0, TOP_CHANGE), "-");
	assert_string_equal(first.name, "vm0");
}

static void no_size_for_a_while_is_no_change(void **state)
{
	(void)state;
	add(1 * GIB, 4 * GIB, 256 * MIB);
	top_world_look(&top, 2);
	top.world.domains[0].present &= ~(unsigned)DOMAIN_CURRENT;
	top.world.domains[0].current_kib = 0;
	top_world_look(&top, 2);
	assert_string_equal(text(0, TOP_CURRENT), "-");
	top.world.domains[0].present |= DOMAIN_CURRENT;
	top.world.domains[0].current_kib = 1 * GIB;
	top_world_look(&top, 2);
	assert_string_equal(text(0, TOP_CHANGE), "-");
}

static void swapping_is_seen_between_two_samples(void **state)
{
	(void)state;
	add(1 * GIB, 4 * GIB, 256 * MIB)->present |= DOMAIN_SWAP_OUT;
	top.world.domains[0].swap_out_kib = 500 * MIB;
	top_world_look(&top, 2);
	assert_string_equal(text(0, TOP_SWAP), "-");
	top.world.domains[0].swap_out_kib += 20 * MIB;
	top_world_look(&top, 2);
	assert_string_equal(text(0, TOP_SWAP), "10M/s");
	/* no new sample */
	world_look(&top.world, 1000);
	top_world_take(&top);
	assert_string_equal(text(0, TOP_SWAP), "10M/s");
	top_world_look(&top, 1);
	assert_string_equal(text(0, TOP_SWAP), "0K/s");
	top.world.domains[0].present &= ~(unsigned)DOMAIN_SWAP_OUT;
	top_world_look(&top, 2);
	assert_string_equal(text(0, TOP_SWAP), "-");
}

/* A report of nobody knows when is no sample to begin with; nor what cannot be true. */
static void swapping_is_not_seen_from_what_was_there_before(void **state)
{
	(void)state;
	top.world.snapshot.has_time = false;
	add(1 * GIB, 4 * GIB, 256 * MIB)->present |= DOMAIN_SWAP_OUT;
	top_world_look(&top, 2);
	top.world.domains[0].swap_out_kib = 500 * MIB;
	top_world_look(&top, 2);
	assert_string_equal(text(0, TOP_SWAP), "-");
	top.world.domains[0].swap_out_kib += 20 * MIB;
	top_world_look(&top, 2);
	assert_string_equal(text(0, TOP_SWAP), "10M/s");
	top.world.domains[0].swap_out_kib = UINT64_MAX / 2;
	top_world_look(&top, 2);
	assert_string_equal(text(0, TOP_SWAP), "-");
}

static void only_chosen_domains_are_rows(void **state)
{
	(void)state;
	add(1 * GIB, 4 * GIB, 256 * MIB);
	add(2 * GIB, 4 * GIB, 256 * MIB);
	top.hidden[0] = true;
	top_world_look(&top, 2);
	assert_int_equal(top.model.n_rows, 1);
	assert_string_equal(top.model.rows[0].name, "vm1");
	/* but all of them are on the host */
	assert_int_equal(top.model.host.amounts_kib[TOP_HOST_USED] +
				 top.model.host.amounts_kib[TOP_HOST_IDLE],
			 3 * GIB);
}

static void names_are_made_fit_to_be_shown(void **state)
{
	static char name[] = "a\033[2J\nb\xff";

	(void)state;
	add(1 * GIB, 4 * GIB, 256 * MIB)->name = name;
	top_world_look(&top, 2);
	assert_string_equal(top.model.rows[0].name, "a [2J b?");
}

static void assert_host(uint64_t other_mib, uint64_t used_mib, uint64_t idle_mib,
			uint64_t promised_mib, uint64_t free_mib, uint64_t reserve_mib)
{
	const uint64_t *amounts = top.model.host.amounts_kib;

	assert_int_equal(amounts[TOP_HOST_OTHER] / MIB, other_mib);
	assert_int_equal(amounts[TOP_HOST_USED] / MIB, used_mib);
	assert_int_equal(amounts[TOP_HOST_IDLE] / MIB, idle_mib);
	assert_int_equal(amounts[TOP_HOST_PROMISED] / MIB, promised_mib);
	assert_int_equal(amounts[TOP_HOST_FREE] / MIB, free_mib);
	assert_int_equal(amounts[TOP_HOST_RESERVE] / MIB, reserve_mib);
}

/* A host of 16 GiB with 10 GiB available, a reserve of 819 MiB, and two domains. */
static void make_host(void)
{
	top.world.snapshot.host.available_kib = 10 * GIB;
	/* all touched, half of it idle; and one that has touched 1000 MiB of its 2 GiB */
	add(2 * GIB, 4 * GIB, 1 * GIB)->rss_kib = 2 * GIB + 100 * MIB;
	add(2 * GIB, 4 * GIB, 1 * GIB)->rss_kib = 1100 * MIB;
}

static void the_memory_of_the_host_is_told_apart(void **state)
{
	(void)state;
	make_host();
	top_world_look(&top, 2);
	assert_int_equal(top.model.host.capacity_kib, 16 * GIB);
	assert_host(6144 - 2148 - 1100, 2148 + 1100 - 1024, 1024, 1048,
		    10240 - 1048 - 820, 819);
	assert_int_equal(top.model.host.short_kib, 0);
}

static void for_classic_nothing_is_owed(void **state)
{
	(void)state;
	make_host();
	top.world.settings.policy = &policy_classic;
	top_world_look(&top, 2);
	assert_host(6144 - 2148 - 1100, 2148 + 1100 - 1024, 1024, 0, 10240 - 820, 819);
}

static void a_capacity_is_the_whole_bar(void **state)
{
	(void)state;
	make_host();
	top.world.settings.has_host_capacity = true;
	top.world.settings.host_capacity_kib = 6 * GIB;
	top_world_look(&top, 2);
	assert_int_equal(top.model.host.capacity_kib, 6 * GIB);
	assert_host(0, 2148 + 1100 - 1024, 1024, 1048, 6144 - 2148 - 1100 - 1048 - 308,
		    307);
}

static void a_host_that_is_short_says_by_how_much(void **state)
{
	const uint64_t *parts = top.model.host.parts_kib;

	(void)state;
	make_host();
	top.world.snapshot.host.available_kib = 1200 * MIB;
	top_world_look(&top, 2);
	/* promised 1048, reserve 819: 667 are missing, and the reserve is what is left */
	assert_int_equal(top.model.host.short_kib / MIB, 667);
	assert_host(16384 - 2148 - 1100 - 1200, 2148 + 1100 - 1024, 1024, 1048, 0, 819);
	assert_int_equal(parts[TOP_HOST_PROMISED] / MIB, 1048);
	assert_int_equal(parts[TOP_HOST_FREE], 0);
	assert_int_equal(parts[TOP_HOST_RESERVE] / MIB, 152);
	/* nor is there as much as was promised */
	top.world.snapshot.host.available_kib = 100 * MIB;
	top_world_look(&top, 2);
	assert_int_equal(parts[TOP_HOST_PROMISED], 100 * MIB);
	assert_int_equal(parts[TOP_HOST_RESERVE], 0);
}

static uint64_t below(uint64_t limit)
{
	return ((uint64_t)rand() << 31 ^ (uint64_t)rand()) % limit;
}

static uint64_t some_size(void)
{
	return below(UINT64_MAX) >> below(64);
}

static void randomize_domain(struct domain *domain)
{
	domain->present = (unsigned)below(1 << 12);
	domain->current_kib = some_size();
	domain->maximum_kib = some_size();
	domain->usable_kib = some_size();
	domain->unused_kib = some_size();
	domain->rss_kib = some_size();
	domain->swap_out_kib = some_size();
	domain->state = (enum domain_state)below(5);
}

static uint64_t sum(const uint64_t *parts, int first, int last)
{
	uint64_t total = 0;

	for (int i = first; i <= last; i++)
		total = sat_add(total, parts[i]);
	return total;
}

/* Whatever figures come: what the host has left is divided without a rest. */
static void nonsense_is_taken_in(void **state)
{
	(void)state;
	srand(1);
	for (int i = 0; i < 6; i++)
		add(1 * GIB, 4 * GIB, 256 * MIB);
	for (int round = 0; round < 5000; round++) {
		struct host *host = &top.world.snapshot.host;
		const uint64_t *parts = top.model.host.parts_kib;

		for (int i = 0; i < 6; i++)
			randomize_domain(&top.world.domains[i]);
		*host = (struct host){ some_size(), some_size() };
		top.world.settings.policy = below(2) ? &policy_fair : &policy_classic;
		top.world.settings.has_host_capacity = below(2);
		top.world.settings.host_capacity_kib = some_size();
		top.hidden[below(6)] = below(2);
		top_world_look(&top, 1);
		if (!top.world.settings.has_host_capacity)
			assert_true(sum(parts, TOP_HOST_PROMISED, TOP_HOST_RESERVE) ==
				    host->available_kib);
		assert_true(sum(parts, TOP_HOST_PROMISED, TOP_HOST_RESERVE) <=
			    host->available_kib);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_are_those_of_the_tables),
		TEST(the_policy_judges),
		TEST(a_bar_has_what_is_used_and_usable_and_may_come),
		TEST(a_balloon_is_followed),
		TEST(what_changes_stays_with_its_domain),
		TEST(no_size_for_a_while_is_no_change),
		TEST(swapping_is_seen_between_two_samples),
		TEST(swapping_is_not_seen_from_what_was_there_before),
		TEST(only_chosen_domains_are_rows),
		TEST(names_are_made_fit_to_be_shown),
		TEST(the_memory_of_the_host_is_told_apart),
		TEST(for_classic_nothing_is_owed),
		TEST(a_capacity_is_the_whole_bar),
		TEST(a_host_that_is_short_says_by_how_much),
		TEST(nonsense_is_taken_in),
	};

	return cmocka_run_group_tests_name("top-model", tests, NULL, NULL);
}
