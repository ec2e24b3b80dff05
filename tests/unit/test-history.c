/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

static struct world world;

static int set_up(void **state)
{
	(void)state;
	world_init(&world);
	for (int i = 0; i < 5; i++)
		world_add(&world, 1 * GIB, 4 * GIB, 512 * MIB);
	world_look(&world, 0);
	world_sample(&world, 1000);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_clear(&world);
	return 0;
}

static void remove_domain(size_t i)
{
	memmove(&world.domains[i], &world.domains[i + 1],
		(WORLD_MAX - i - 1) * sizeof(world.domains[0]));
	world.snapshot.n_domains--;
}

static void records_are_aligned_and_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(world.history.records[i].uuid, world.domains[i].uuid);
		assert_ptr_equal(history_find(&world.history, world.domains[i].uuid),
				 &world.history.records[i]);
	}
	assert_null(history_find(&world.history, "ffffffff-ffff-ffff-ffff-ffffffffffff"));
	assert_null(history_find(&(struct history){ 0 }, world.domains[0].uuid));
}

static void the_others_keep_theirs_when_one_goes(void **state)
{
	static const size_t gone[] = { 0, 2, 4 };

	(void)state;
	for (size_t g = 0; g < 3; g++) {
		tear_down(NULL);
		set_up(NULL);
		remove_domain(gone[g]);
		world_sample(&world, 1000);
		assert_int_equal(world.history.n_records, 4);
		for (size_t i = 0; i < 4; i++) {
			assert_string_equal(world.history.records[i].uuid,
					    world.domains[i].uuid);
			assert_true(world.history.records[i].demand.has_rate);
		}
	}
}

static void a_new_one_begins_afresh_between_the_old(void **state)
{
	struct domain spare = world.domains[2];

	(void)state;
	remove_domain(2);
	world_sample(&world, 1000);
	memmove(&world.domains[3], &world.domains[2], 2 * sizeof(world.domains[0]));
	world.domains[2] = spare;
	world.snapshot.n_domains++;
	world_sample(&world, 1000);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(world.history.records[i].demand.has_rate, i != 2);
}

static void a_restarted_one_is_forgotten(void **state)
{
	(void)state;
	promise_open(&world.history.records[1].promise, 2 * GIB, 0);
	world.domains[1].id = 99;
	world_sample(&world, 1000);
	assert_false(world.history.records[1].demand.has_rate);
	assert_false(world.history.records[1].promise.is_open);
	assert_int_equal(world.history.records[1].id, 99);
}

static void move_and_look(uint64_t to_kib)
{
	promise_open(&world.history.records[1].promise, to_kib, world.snapshot.now_ms);
	world.domains[1].current_kib = to_kib;
	world_sample(&world, 1000);
}

/* It is taken where its driver has brought it, and then kept. */
static void the_original_size_is_that_before_the_first_command(void **state)
{
	(void)state;
	world.domains[1].current_kib = 768 * MIB;
	world_sample(&world, 1000);
	move_and_look(2 * GIB);
	move_and_look(3 * GIB);
	history_forget_samples(&world.history);
	world_sample(&world, 1000);
	assert_int_equal(world.history.records[0].original_kib, 1 * GIB);
	assert_int_equal(world.history.records[1].original_kib, 768 * MIB);
	world.domains[1].id = 99;
	world_sample(&world, 1000);
	assert_int_equal(world.history.records[1].original_kib, 3 * GIB);
}

/* A busy domain shows no size: what was known before still holds. */
static void an_original_size_is_never_made_up(void **state)
{
	(void)state;
	world.domains[1].present &= ~(unsigned)DOMAIN_CURRENT;
	world.domains[1].current_kib = 0;
	world_sample(&world, 1000);
	assert_int_equal(world.history.records[1].original_kib, 1 * GIB);
}

static void promises_survive_a_look(void **state)
{
	(void)state;
	promise_open(&world.history.records[1].promise, 2 * GIB, 0);
	world_sample(&world, 1000);
	assert_true(world.history.records[1].promise.is_open);
}

static void a_reboot_is_noted_by_uuid(void **state)
{
	(void)state;
	history_note_reboot(&world.history, world.domains[3].uuid, world.snapshot.now_ms);
	history_note_reboot(&world.history, "ffffffff-ffff-ffff-ffff-ffffffffffff", 0);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(world.history.records[i].demand.is_young, i == 3);
}

/* Look, and tell whether there is news of what is wrong with domain 1's metadata. */
static bool finds_new_fault(const char *error)
{
	world.domains[1].metadata_error = (char *)(uintptr_t)error;
	world_sample(&world, 1000);
	assert_false(
		record_has_new_fault(&world.history.records[0], world.snapshot.now_ms));
	return record_has_new_fault(&world.history.records[1], world.snapshot.now_ms);
}

static void bad_metadata_is_news_once(void **state)
{
	(void)state;
	assert_false(finds_new_fault(NULL));
	assert_true(finds_new_fault("bad"));
	assert_false(finds_new_fault("bad"));
	assert_true(finds_new_fault("worse"));
	assert_false(finds_new_fault("worse"));
	assert_false(finds_new_fault(NULL));
	assert_true(finds_new_fault("worse"));
	world.domains[1].id = 99;
	assert_true(finds_new_fault("worse"));
	assert_false(finds_new_fault("worse"));
}

static void nobody_is_left(void **state)
{
	(void)state;
	world.snapshot.n_domains = 0;
	world_look(&world, 1000);
	assert_int_equal(world.history.n_records, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(records_are_aligned_and_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_others_keep_theirs_when_one_goes,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_new_one_begins_afresh_between_the_old,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_restarted_one_is_forgotten, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			the_original_size_is_that_before_the_first_command, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(an_original_size_is_never_made_up, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(promises_survive_a_look, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_reboot_is_noted_by_uuid, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(bad_metadata_is_news_once, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(nobody_is_left, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
