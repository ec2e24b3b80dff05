/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text format: what is printed for each kind of value, and for any name. */
#include <locale.h>
#include <string.h>

#include "run/exposition.h"
#include "suite.h"

static struct exposition exposition;

static int set_up(void **state)
{
	(void)state;
	exposition_begin(&exposition, "m", "gauge", "Help.");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	exposition_clear(&exposition);
	return 0;
}

/* Nothing but @wanted is there. */
static void expect(const char *wanted)
{
	char text[512];

	snprintf(text, sizeof(text), "%.*s", (int)exposition.length,
		 exposition.text ? exposition.text : "");
	assert_string_equal(text, wanted);
	assert_false(exposition.has_failed);
}

#define HEAD "# HELP m Help.\n# TYPE m gauge\n"

static const struct value_row {
	const char *wanted;
	struct value value;
} values[] = {
	{ "0", { VALUE_COUNT, .number = 0 } },
	{ "18446744073709551615", { VALUE_COUNT, .number = UINT64_MAX } },
	{ "1024", { VALUE_SIZE, .number = 1 } },
	{ "18446744073709551615", { VALUE_SIZE, .number = UINT64_MAX } },
	{ "2048", { VALUE_CHANGE, .difference = 2 } },
	{ "-2048", { VALUE_CHANGE, .difference = -2 } },
	{ "-9223372036854775807", { VALUE_BALANCE, .difference = INT64_MIN } },
	{ "9223372036854775807", { VALUE_CHANGE, .difference = INT64_MAX } },
	{ "-1", { VALUE_RATE, .difference = -1 } },
	{ "-9223372036854775808", { VALUE_RATE, .difference = INT64_MIN } },
	{ "0.000", { VALUE_DECIMAL, .number = 0 } },
	{ "0.007", { VALUE_DECIMAL, .number = 7 } },
	{ "1795423281.171", { VALUE_DECIMAL, .number = 1795423281171 } },
	{ "18446744073709551.615", { VALUE_DECIMAL, .number = UINT64_MAX } },
	{ "99.950", { VALUE_PERCENT, .number = 99950 } },
};

static void a_value(void **state)
{
	const struct value_row *row = *state;
	char wanted[128];

	set_up(NULL);
	exposition_print(&exposition, &(struct sample){ .value = row->value });
	snprintf(wanted, sizeof(wanted), HEAD "m %s\n", row->wanted);
	expect(wanted);
	tear_down(NULL);
}

static void no_locale_changes_a_value(void **state)
{
	(void)state;
	/* One with a comma, if this machine has any. */
	if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
		setlocale(LC_NUMERIC, "fr_FR.UTF-8");
	exposition_print(&exposition,
			 &(struct sample){ .value = { VALUE_DECIMAL, .number = 1500 } });
	setlocale(LC_NUMERIC, "C");
	expect(HEAD "m 1.500\n");
}

static void what_is_absent_leaves_no_trace(void **state)
{
	(void)state;
	exposition_print(&exposition, &(struct sample){ .labels = "a=\"b\"" });
	exposition_print(&exposition,
			 &(struct sample){ .value = { VALUE_TEXT, .text = "none" } });
	expect("");
}

static void a_family_has_one_head(void **state)
{
	const struct value one = { VALUE_COUNT, .number = 1 };

	(void)state;
	exposition_print(&exposition, &(struct sample){ .value = one });
	exposition_print(&exposition,
			 &(struct sample){ .labels = "a=\"b\"", .value = one });
	exposition_begin(&exposition, "n", "counter", "More.");
	exposition_print(&exposition, &(struct sample){ .value = one });
	expect(HEAD "m 1\nm{a=\"b\"} 1\n# HELP n More.\n# TYPE n counter\nn 1\n");
}

static void names_have_suffixes_and_more_labels(void **state)
{
	const struct value one = { VALUE_COUNT, .number = 1 };

	(void)state;
	exposition_print(&exposition, &(struct sample){ .suffix = "_bucket",
							.key = "le",
							.word = "+Inf",
							.value = one });
	exposition_print(&exposition, &(struct sample){ .labels = "a=\"b\",c=\"d\"",
							.key = "class",
							.word = "WASTING",
							.value = one });
	expect(HEAD "m_bucket{le=\"+Inf\"} 1\n"
		    "m{a=\"b\",c=\"d\",class=\"WASTING\"} 1\n");
}

static void there_is_room_for_many_lines(void **state)
{
	const struct value one = { VALUE_COUNT, .number = 1 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		exposition_print(&exposition, &(struct sample){ .value = one });
	assert_false(exposition.has_failed);
	assert_int_equal(exposition.length, strlen(HEAD) + (size_t)100000 * 4);
	assert_memory_equal(exposition.text + exposition.length - 8, "m 1\nm 1\n", 8);
}

static const struct label_row {
	const char *text, *wanted;
} labels[] = {
	{ "", "name=\"\"" },
	{ "db-1", "name=\"db-1\"" },
	{ "with a space", "name=\"with a space\"" },
	{ "a\"b", "name=\"a\\\"b\"" },
	{ "a\\b", "name=\"a\\\\b\"" },
	{ "a\nb", "name=\"a\\nb\"" },
	{ "\\n", "name=\"\\\\n\"" },
	{ "\"\\\n", "name=\"\\\"\\\\\\n\"" },
	{ "tab\tstays", "name=\"tab\tstays\"" },
	{ "{} ,=#", "name=\"{} ,=#\"" },
	{ "gr\xc3\xbc\xc3\x9f"
	  "e",
	  "name=\"gr\xc3\xbc\xc3\x9f"
	  "e\"" },
	{ "\xe6\xbc\xa2", "name=\"\xe6\xbc\xa2\"" },
	{ "gr\xfc\xdf", "name=\"gr\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xff\"", "name=\"\xef\xbf\xbd\\\"\"" },
};

static void a_label(void **state)
{
	const struct label_row *row = *state;
	char *label = exposition_label("name", row->text);

	assert_non_null(label);
	assert_string_equal(label, row->wanted);
	free(label);
}

static struct suite suite;

#define ADD(function)                                                                    \
	suite_add(&suite, function, NULL, #function), suite_fix(&suite, set_up, tear_down)

int main(void)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		suite_add(&suite, a_value, &values[i], "value %s, type %d",
			  values[i].wanted, (int)values[i].value.type);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		suite_add(&suite, a_label, &labels[i], "label %s", labels[i].wanted);
	ADD(no_locale_changes_a_value);
	ADD(what_is_absent_leaves_no_trace);
	ADD(a_family_has_one_head);
	ADD(names_have_suffixes_and_more_labels);
	ADD(there_is_room_for_many_lines);
	return suite_run("exposition", &suite, NULL, NULL);
}
