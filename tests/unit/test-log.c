/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said, on stderr and in a journal, and how often. */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/stat.h>

#include "system/log.h"
#include "testing.h"

static int real_stderr = -1, captured = -1;
static char heard[8192], stored[8192];
static int journal_result;

static void listen_to_stderr(void)
{
	captured = memfd_create("stderr", MFD_CLOEXEC);
	real_stderr = dup(STDERR_FILENO);
	assert_true(captured >= 0 && real_stderr >= 0);
	dup2(captured, STDERR_FILENO);
}

/* What has been said on stderr since listen_to_stderr(). */
static const char *hear(void)
{
	ssize_t n;

	dup2(real_stderr, STDERR_FILENO);
	n = pread(captured, heard, sizeof(heard) - 1, 0);
	close(captured);
	close(real_stderr);
	heard[n > 0 ? n : 0] = '\0';
	return heard;
}

/* A journal that writes its fields down, a line each. */
static int store(const struct iovec *fields, int n_fields)
{
	char *p = stored + strlen(stored);

	for (int i = 0; i < n_fields; i++)
		p += sprintf(p, "%.*s\n", (int)fields[i].iov_len,
			     (const char *)fields[i].iov_base);
	return journal_result;
}

/* What it has stored since it was last asked. */
static const char *take_stored(void)
{
	static char taken[sizeof(stored)];

	strcpy(taken, stored);
	*stored = '\0';
	return taken;
}

static int set_up(void **state)
{
	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_init();
	log_set_level(LOG_INFO);
	journal_result = 0;
	take_stored();
	return 0;
}

static int set_up_journal(void **state)
{
	set_up(state);
	log_set_journal(store);
	return 0;
}

static void a_message_is_a_line(void **state)
{
	(void)state;
	listen_to_stderr();
	log_info("%s: %d", "db-1", 7);
	log_error("no");
	assert_string_equal(hear(), "memcoord: db-1: 7\nmemcoord: no\n");
}

static void a_name_cannot_forge_a_line(void **state)
{
	(void)state;
	listen_to_stderr();
	log_info("%s: grows", "db\nmemcoord: all is well\033[2J\xff");
	log_info("%s", "qemu+tcp://root:secret@host/system");
	assert_string_equal(hear(), "memcoord: db memcoord: all is well [2J?: grows\n"
				    "memcoord: qemu+tcp://root:*@host/system\n");
}

static void levels_are_hidden(void **state)
{
	(void)state;
	listen_to_stderr();
	log_debug("debug");
	log_set_level(LOG_WARNING);
	log_info("info");
	log_warning("warning");
	log_set_level(LOG_DEBUG);
	log_debug("debug");
	assert_string_equal(hear(), "memcoord: warning\nmemcoord: debug\n");
}

static void what_is_shown_can_be_asked(void **state)
{
	(void)state;
	assert_true(log_is_shown(LOG_INFO));
	assert_false(log_is_shown(LOG_DEBUG));
	log_set_level(LOG_DEBUG);
	assert_true(log_is_shown(LOG_DEBUG));
	log_set_level(LOG_WARNING);
	assert_true(log_is_shown(LOG_ERROR));
	assert_false(log_is_shown(LOG_INFO));
}

static void the_journal_gets_fields(void **state)
{
	(void)state;
	listen_to_stderr();
	log_info("%s", "hello");
	assert_string_equal(hear(), "");
	assert_string_equal(take_stored(),
			    "MESSAGE=hello\nPRIORITY=6\nSYSLOG_IDENTIFIER=memcoord\n");
}

static void the_journal_gets_priorities(void **state)
{
	(void)state;
	log_set_level(LOG_DEBUG);
	log_error("e");
	assert_non_null(strstr(take_stored(), "\nPRIORITY=3\n"));
	log_warning("w");
	assert_non_null(strstr(take_stored(), "\nPRIORITY=4\n"));
	log_debug("d");
	assert_non_null(strstr(take_stored(), "\nPRIORITY=7\n"));
}

static const struct log_subject move = {
	.domain = "db-1",
	.uuid = "00000000-0000-0000-0000-000000000001",
	.class = "STARVING",
	.reason = "grows-out-of-starving",
	.has_move = true,
	.from_kib = 524288,
	.to_kib = UINT64_MAX,
};

static void the_journal_gets_what_it_is_about(void **state)
{
	(void)state;
	log_about(&move, LOG_INFO, "%s: grows", move.domain);
	assert_string_equal(take_stored(),
			    "MESSAGE=db-1: grows\n"
			    "PRIORITY=6\n"
			    "SYSLOG_IDENTIFIER=memcoord\n"
			    "MEMCOORD_DOMAIN=db-1\n"
			    "MEMCOORD_UUID=00000000-0000-0000-0000-000000000001\n"
			    "MEMCOORD_CLASS=STARVING\n"
			    "MEMCOORD_REASON=grows-out-of-starving\n"
			    "MEMCOORD_FROM_KIB=524288\n"
			    "MEMCOORD_TO_KIB=18446744073709551615\n");
}

static void fields_without_a_value_are_left_out(void **state)
{
	(void)state;
	log_about(&(struct log_subject){ .domain = "a" }, LOG_WARNING, "b");
	assert_string_equal(take_stored(), "MESSAGE=b\nPRIORITY=4\n"
					   "SYSLOG_IDENTIFIER=memcoord\n"
					   "MEMCOORD_DOMAIN=a\n");
	log_about(&(struct log_subject){ 0 }, LOG_WARNING, "b");
	assert_null(strstr(take_stored(), "MEMCOORD_"));
}

static void a_name_cannot_forge_a_field(void **state)
{
	(void)state;
	log_about(&(struct log_subject){ .domain = "a\nPRIORITY=0\xff" }, LOG_INFO,
		  "a\nPRIORITY=0\xff");
	assert_string_equal(take_stored(), "MESSAGE=a PRIORITY=0?\nPRIORITY=6\n"
					   "SYSLOG_IDENTIFIER=memcoord\n"
					   "MEMCOORD_DOMAIN=a PRIORITY=0?\n");
}

static void without_a_journal_it_is_said_on_stderr(void **state)
{
	(void)state;
	journal_result = -ENOENT;
	listen_to_stderr();
	log_about(&move, LOG_INFO, "hello");
	assert_string_equal(hear(), "memcoord: hello\n");
}

static void make_stderr_the_stream(void)
{
	struct stat st;
	char text[64];

	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(text, sizeof(text), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", text, 1);
}

static void an_inherited_stream_is_no_journal(void **state)
{
	(void)state;
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_init();
	listen_to_stderr();
	log_info("hello");
	assert_string_equal(hear(), "memcoord: hello\n");
}

/* Repeats: these come last, as a service stays one. */

static int64_t time_ms;

static int64_t tell_time(void)
{
	return time_ms;
}

static int set_up_service(void **state)
{
	set_up_journal(state);
	log_set_clock(tell_time);
	log_to_service();
	log_flush();
	take_stored();
	time_ms = 1000000;
	return 0;
}

/* The messages among what was stored, joined by '|'. */
static const char *take_messages(void)
{
	static char messages[sizeof(stored)];
	char *p = messages;

	*p = '\0';
	for (char *line = strtok((char *)take_stored(), "\n"); line;
	     line = strtok(NULL, "\n"))
		if (strncmp(line, "MESSAGE=", 8) == 0)
			p += sprintf(p, "%s%s", p == messages ? "" : "|", line + 8);
	return messages;
}

static void a_service_is_dated_unless_the_journal_does_it(void **state)
{
	int year, n = 0;

	(void)state;
	log_set_journal(NULL);
	listen_to_stderr();
	log_info("hello");
	assert_int_equal(sscanf(hear(),
				"%4d-%*2d-%*2d %*2d:%*2d:%*2d memcoord: hello\n%n", &year,
				&n),
			 1);
	assert_true(year > 1999);
	assert_int_equal(n, strlen(heard));
	log_flush();
	listen_to_stderr();
	make_stderr_the_stream();
	log_to_service();
	log_info("hello");
	assert_string_equal(hear(), "memcoord: hello\n");
}

static void a_repeat_is_counted(void **state)
{
	(void)state;
	log_warning("no libvirt");
	for (int i = 0; i < 29; i++) {
		time_ms += 2000;
		log_warning("no libvirt");
	}
	assert_string_equal(take_messages(), "no libvirt");
	time_ms += 2000;
	log_warning("no libvirt");
	assert_string_equal(take_messages(), "no libvirt (30 times since)");
	time_ms += 2000;
	log_warning("no libvirt");
	assert_string_equal(take_messages(), "");
}

static void what_comes_back_after_a_minute_is_no_repeat(void **state)
{
	(void)state;
	log_info("hello");
	time_ms += 60000;
	log_info("hello");
	assert_string_equal(take_messages(), "hello|hello");
	time_ms += 59999;
	log_info("hello");
	assert_string_equal(take_messages(), "");
}

static void what_was_not_shown_is_told_after_a_minute(void **state)
{
	(void)state;
	log_info("one");
	log_info("two");
	log_info("one");
	log_info("two");
	log_info("two");
	log_info("two");
	log_info("one");
	time_ms += 59999;
	log_remind();
	assert_string_equal(take_messages(), "one|two");
	time_ms += 1;
	log_remind();
	assert_string_equal(take_messages(), "two (3 times since)|one (2 times since)");
	log_remind();
	log_info("one");
	assert_string_equal(take_messages(), "");
	time_ms += 60000;
	log_remind();
	assert_string_equal(take_messages(), "one (once since)");
	time_ms += 120000;
	log_remind();
	log_info("one");
	assert_string_equal(take_messages(), "one");
}

static void a_reminder_keeps_its_level(void **state)
{
	(void)state;
	log_warning("one");
	log_warning("one");
	take_stored();
	time_ms += 60000;
	log_remind();
	assert_non_null(strstr(take_stored(), "\nPRIORITY=4\n"));
}

static void texts_and_levels_tell_messages_apart(void **state)
{
	(void)state;
	log_info("a");
	log_info("b");
	log_warning("a");
	log_error("a");
	log_info("A");
	assert_string_equal(take_messages(), "a|b|a|a|A");
}

static void debug_messages_are_all_shown(void **state)
{
	(void)state;
	log_set_level(LOG_DEBUG);
	log_debug("a");
	log_debug("a");
	assert_string_equal(take_messages(), "a|a");
}

static void moves_are_all_shown(void **state)
{
	struct log_subject other = move;

	(void)state;
	log_about(&move, LOG_INFO, "db-1: 1G -> 2G");
	log_about(&move, LOG_INFO, "db-1: 1G -> 2G");
	assert_string_equal(take_messages(), "db-1: 1G -> 2G|db-1: 1G -> 2G");
	other.has_move = false;
	log_about(&other, LOG_INFO, "has ended");
	log_about(&other, LOG_INFO, "has ended");
	assert_string_equal(take_messages(), "has ended");
}

static void a_flush_tells_all_and_begins_anew(void **state)
{
	(void)state;
	log_info("settings reloaded");
	log_warning("no");
	log_warning("no");
	log_flush();
	log_info("settings reloaded");
	assert_string_equal(take_messages(),
			    "settings reloaded|no|no (once since)|settings reloaded");
	log_flush();
	assert_string_equal(take_messages(), "");
}

static void nothing_gets_lost_when_the_table_is_full(void **state)
{
	(void)state;
	log_info("first");
	log_info("first");
	for (int i = 0; i < 31; i++)
		log_info("%d", i);
	log_info("0"); /* so that 1 is what was said longest ago, behind "first" */
	take_stored();
	log_info("new");
	assert_string_equal(take_messages(), "first (once since)|new");
	log_info("newer");
	log_info("0");
	log_info("30");
	assert_string_equal(take_messages(), "newer");
	log_info("1");
	assert_string_equal(take_messages(), "1");
}

/* A hundred texts in turn: never more lines than messages, and none of them lost. */
static void every_message_is_counted_once(void **state)
{
	unsigned n_said = 0, n_told = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		unsigned n_times;

		time_ms += 100;
		if (i % 7 == 0)
			log_remind();
		log_info("text %d", i * i % 101 % (1 + i / 200));
		n_said++;
		if (i == 19999)
			log_flush();
		for (char *line = strtok((char *)take_stored(), "\n"); line;
		     line = strtok(NULL, "\n")) {
			const char *p = strchr(line, '(');

			if (strncmp(line, "MESSAGE=", 8) != 0)
				continue;
			n_told +=
				p && sscanf(p, "(%u times", &n_times) == 1 ? n_times : 1;
		}
	}
	assert_int_equal(n_told, n_said);
}

int main(void)
{
#define TEST(function, set_up) cmocka_unit_test_setup(function, set_up)
	const struct CMUnitTest tests[] = {
		TEST(a_message_is_a_line, set_up),
		TEST(a_name_cannot_forge_a_line, set_up),
		TEST(levels_are_hidden, set_up),
		TEST(what_is_shown_can_be_asked, set_up),
		TEST(the_journal_gets_fields, set_up_journal),
		TEST(the_journal_gets_priorities, set_up_journal),
		TEST(the_journal_gets_what_it_is_about, set_up_journal),
		TEST(fields_without_a_value_are_left_out, set_up_journal),
		TEST(a_name_cannot_forge_a_field, set_up_journal),
		TEST(without_a_journal_it_is_said_on_stderr, set_up_journal),
		TEST(an_inherited_stream_is_no_journal, set_up),
		TEST(a_service_is_dated_unless_the_journal_does_it, set_up_service),
		TEST(a_repeat_is_counted, set_up_service),
		TEST(what_comes_back_after_a_minute_is_no_repeat, set_up_service),
		TEST(what_was_not_shown_is_told_after_a_minute, set_up_service),
		TEST(a_reminder_keeps_its_level, set_up_service),
		TEST(texts_and_levels_tell_messages_apart, set_up_service),
		TEST(debug_messages_are_all_shown, set_up_service),
		TEST(moves_are_all_shown, set_up_service),
		TEST(a_flush_tells_all_and_begins_anew, set_up_service),
		TEST(nothing_gets_lost_when_the_table_is_full, set_up_service),
		TEST(every_message_is_counted_once, set_up_service),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
