/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/plain.h"
#include "system/cleanup.h"
#include "system/journal.h"
#include "system/log.h"
#include "system/monotonic.h"
#include "system/repeats.h"

/* MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, and those of a struct log_subject. */
enum { FIELDS_MAX = 9 };

struct fields {
	int n;
	struct iovec items[FIELDS_MAX];
};

static void tell_repeat(const struct repeat *repeat);

static enum log_level max_level = LOG_INFO;
static bool is_stamped, is_service;
static int (*send_to_journal)(const struct iovec *fields, int n_fields);
static int64_t (*now_ms)(void) = monotonic_now_ms;
static struct repeats repeats = { .tell = tell_repeat };

void log_init(void)
{
	send_to_journal = journal_is_stderr() ? journal_send : NULL;
}

void log_set_level(enum log_level level)
{
	max_level = level;
}

bool log_is_shown(enum log_level level)
{
	return level <= max_level;
}

void log_set_journal(int (*send)(const struct iovec *fields, int n_fields))
{
	send_to_journal = send;
}

void log_set_clock(int64_t (*clock_ms)(void))
{
	now_ms = clock_ms;
}

void log_to_service(void)
{
	is_stamped = !journal_is_stderr();
	is_service = true;
}

/* The result is plain, and the caller's; NULL if there is not enough memory. */
__attribute__((format(printf, 1, 0))) static char *format_plain(const char *format,
								va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0)
		return NULL;
	plain_flatten(text);
	plain_hide_passwords(text);
	return text;
}

__attribute__((format(printf, 2, 3))) static void add_field(struct fields *fields,
							    const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = format_plain(format, arguments);
	va_end(arguments);
	if (text)
		fields->items[fields->n++] = (struct iovec){ text, strlen(text) };
}

static void add_subject(struct fields *fields, const struct log_subject *subject)
{
	if (subject->domain)
		add_field(fields, "MEMCOORD_DOMAIN=%s", subject->domain);
	if (subject->uuid)
		add_field(fields, "MEMCOORD_UUID=%s", subject->uuid);
	if (subject->class)
		add_field(fields, "MEMCOORD_CLASS=%s", subject->class);
	if (subject->reason)
		add_field(fields, "MEMCOORD_REASON=%s", subject->reason);
	if (!subject->has_move)
		return;
	add_field(fields, "MEMCOORD_FROM_KIB=%" PRIu64, subject->from_kib);
	add_field(fields, "MEMCOORD_TO_KIB=%" PRIu64, subject->to_kib);
}

/* Returns whether the journal has got it. */
static bool store(const struct log_subject *subject, enum log_level level,
		  const char *text)
{
	/* The numbers of syslog(3), whose names clash with ours. */
	static const int priorities[] = {
		[LOG_ERROR] = 3,
		[LOG_WARNING] = 4,
		[LOG_INFO] = 6,
		[LOG_DEBUG] = 7,
	};
	struct fields fields = { 0 };
	int r;

	if (!send_to_journal)
		return false;
	add_field(&fields, "MESSAGE=%s", text);
	add_field(&fields, "PRIORITY=%d", priorities[level]);
	add_field(&fields, "SYSLOG_IDENTIFIER=memcoord");
	if (subject)
		add_subject(&fields, subject);
	r = send_to_journal(fields.items, fields.n);
	for (int i = 0; i < fields.n; i++)
		free(fields.items[i].iov_base);
	return r == 0;
}

static void print_stamp(void)
{
	time_t now = time(NULL);
	struct tm local;
	char text[32];

	if (localtime_r(&now, &local) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S ", &local) > 0)
		fputs(text, stderr);
}

static void print(const char *text)
{
	flockfile(stderr);
	if (is_stamped)
		print_stamp();
	fputs("memcoord: ", stderr);
	fputs(text, stderr);
	fputc('\n', stderr);
	funlockfile(stderr);
}

/* @n_since: how often it was said since it was last shown; 0 if that is not worth a word.
 */
static void show(const struct log_subject *subject, enum log_level level,
		 const char *text, unsigned n_since)
{
	CLEANUP_FREE char *counted = NULL;
	int r = 0;

	if (n_since == 1)
		r = asprintf(&counted, "%s (once since)", text);
	else if (n_since > 1)
		r = asprintf(&counted, "%s (%u times since)", text, n_since);
	if (r < 0)
		counted = NULL;
	if (counted)
		text = counted;
	if (!store(subject, level, text))
		print(text);
}

static void tell_repeat(const struct repeat *repeat)
{
	show(NULL, repeat->level, repeat->text, repeat->n_since);
}

void log_remind(void)
{
	repeats_remind(&repeats, now_ms());
}

void log_flush(void)
{
	repeats_flush(&repeats);
}

__attribute__((format(printf, 3, 0))) static void say(const struct log_subject *subject,
						      enum log_level level,
						      const char *format,
						      va_list arguments)
{
	CLEANUP_FREE char *text = NULL;
	unsigned n_since = 0;

	if (!log_is_shown(level))
		return;
	text = format_plain(format, arguments);
	if (!text)
		print("out of memory");
	else if (!is_service || level == LOG_DEBUG || (subject && subject->has_move) ||
		 repeats_admit(&repeats, level, text, now_ms(), &n_since))
		show(subject, level, text, n_since);
}

void log_message(enum log_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(NULL, level, format, arguments);
	va_end(arguments);
}

void log_about(const struct log_subject *subject, enum log_level level,
	       const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(subject, level, format, arguments);
	va_end(arguments);
}
