/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/hold.h"
#include "testing.h"

static void it_lasts_longer_each_time(void **state)
{
	static const unsigned backoffs_s[] = { 30, 60, 120, 240, 240 };
	struct hold hold = { 0 };
	int64_t now_ms = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(backoffs_s) / sizeof(backoffs_s[0]); i++) {
		hold_begin(&hold, HOLD_UNANSWERED, now_ms);
		assert_int_equal(hold_reason(&hold), REASON_UNANSWERED);
		hold_observe(&hold, false, now_ms + backoffs_s[i] * 1000 - 1);
		assert_int_equal(hold_reason(&hold), REASON_UNANSWERED);
		now_ms += backoffs_s[i] * 1000;
		hold_observe(&hold, false, now_ms);
		assert_int_equal(hold_reason(&hold), REASON_NONE);
	}
	hold_end(&hold);
	hold_begin(&hold, HOLD_JOB, now_ms);
	assert_int_equal(hold.until_ms, now_ms + 30000);
}

static void libvirts_own_word_ends_it(void **state)
{
	struct hold hold = { 0 };

	(void)state;
	assert_false(hold_is_to_ask(&hold, 100000));
	hold_begin(&hold, HOLD_UNANSWERED, 1000);
	assert_false(hold_is_to_ask(&hold, 2999));
	assert_true(hold_is_to_ask(&hold, 3000));
	hold_note_asked(&hold, 3000);
	hold_note_job(&hold, true);
	assert_int_equal(hold_reason(&hold), REASON_HAS_JOB);
	assert_false(hold_is_to_ask(&hold, 4999));
	/* the time is over, the job is not */
	hold_observe(&hold, false, 31000);
	assert_int_equal(hold_reason(&hold), REASON_NONE);
	assert_true(hold_is_to_ask(&hold, 31000));
	hold_note_job(&hold, false);
	assert_int_equal(hold.kind, HOLD_NONE);
	assert_int_equal(hold.backoff_s, 0);
}

/* Who does not answer a question is held as long as that lasts, and no longer. */
static void silence_ends_with_the_first_answer(void **state)
{
	struct hold hold = { 0 };

	(void)state;
	hold_observe(&hold, true, 1000);
	assert_int_equal(hold_reason(&hold), REASON_UNANSWERED);
	assert_int_equal(hold.noticed_ms, 1000);
	hold_observe(&hold, true, 500000);
	assert_int_equal(hold_reason(&hold), REASON_UNANSWERED);
	assert_int_equal(hold.noticed_ms, 1000);
	assert_false(hold_is_to_ask(&hold, 500000));
	hold_observe(&hold, false, 501000);
	assert_int_equal(hold_reason(&hold), REASON_NONE);
	assert_int_equal(hold.noticed_ms, 501000);
}

/* A change that waits is not forgotten because a question is answered. */
static void an_answer_does_not_end_what_a_change_has_begun(void **state)
{
	struct hold hold = { 0 };

	(void)state;
	hold_begin(&hold, HOLD_UNANSWERED, 0);
	hold_observe(&hold, true, 1000);
	hold_observe(&hold, false, 2000);
	assert_int_equal(hold_reason(&hold), REASON_UNANSWERED);
	assert_int_equal(hold.kind, HOLD_UNANSWERED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_lasts_longer_each_time),
		cmocka_unit_test(libvirts_own_word_ends_it),
		cmocka_unit_test(silence_ends_with_the_first_answer),
		cmocka_unit_test(an_answer_does_not_end_what_a_change_has_begun),
	};

	return cmocka_run_group_tests_name("hold", tests, NULL, NULL);
}
