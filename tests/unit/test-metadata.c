/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's own choices: read, refused with a reason, written so that they are read
 * again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

#include "config/metadata.h"
#include "suite.h"

static const struct row {
	const char *attributes;
	const char *error; /* NULL: good */
	struct domain_choices choices;
} rows[] = {
	{ "", NULL, { 0 } },
	{ "floor='50 MiB'", NULL, { .floor_kib = 50 * 1024 } },
	{ "floor='1.5 GiB' ceiling='8G'",
	  NULL,
	  { .floor_kib = 1536 * 1024, .ceiling_kib = 8192 * 1024 } },
	{ "ceiling='1024 TiB'", NULL, { .ceiling_kib = (uint64_t)1 << 40 } },
	{ "floor='1 GiB' ceiling='1 GiB'",
	  NULL,
	  { .floor_kib = 1024 * 1024, .ceiling_kib = 1024 * 1024 } },
	{ "weight='1'", NULL, { .weight = 1 } },
	{ "weight='10000'", NULL, { .weight = 10000 } },
	{ "weight='0300'", NULL, { .weight = 300 } },
	{ "managed='yes'", NULL, { 0 } },
	{ "managed='no' weight='5'", NULL, { .is_left_out = true, .weight = 5 } },

	{ "floor='49 MiB'",
	  "floor must be a size from \"50 MiB\" to \"1024 TiB\"",
	  { 0 } },
	{ "floor='1073741824'",
	  "floor must be a size from \"50 MiB\" to \"1024 TiB\"",
	  { 0 } },
	{ "ceiling='1025 TiB'",
	  "ceiling must be a size from \"50 MiB\" to \"1024 TiB\"",
	  { 0 } },
	{ "ceiling=''", "ceiling must be a size from \"50 MiB\" to \"1024 TiB\"", { 0 } },
	{ "ceiling='-1 GiB'",
	  "ceiling must be a size from \"50 MiB\" to \"1024 TiB\"",
	  { 0 } },
	{ "floor='2 GiB' ceiling='1 GiB'", "floor must not be above ceiling", { 0 } },
	{ "weight='0'", "weight must be a whole number from 1 to 10000", { 0 } },
	{ "weight='10001'", "weight must be a whole number from 1 to 10000", { 0 } },
	{ "weight='4294967396'", "weight must be a whole number from 1 to 10000", { 0 } },
	{ "weight='-1'", "weight must be a whole number from 1 to 10000", { 0 } },
	{ "weight=' 1'", "weight must be a whole number from 1 to 10000", { 0 } },
	{ "weight='1.5'", "weight must be a whole number from 1 to 10000", { 0 } },
	{ "weight=''", "weight must be a whole number from 1 to 10000", { 0 } },
	{ "managed='true'", "managed must be yes or no", { 0 } },
	{ "managed=''", "managed must be yes or no", { 0 } },
	{ "wieght='100'",
	  "unknown attribute 'wieght' (known: floor, ceiling, weight, managed)",
	  { 0 } },
	{ "m:weight='100'",
	  "unknown attribute '' (known: floor, ceiling, weight, managed)",
	  { 0 } },
};

static void assert_choices(const struct domain_choices *got,
			   const struct domain_choices *expected)
{
	assert_int_equal(got->is_left_out, expected->is_left_out);
	assert_int_equal(got->floor_kib, expected->floor_kib);
	assert_int_equal(got->ceiling_kib, expected->ceiling_kib);
	assert_int_equal(got->weight, expected->weight);
}

static void read_attributes(void **state)
{
	const struct row *row = *state;
	const struct domain_choices untouched = { .weight = 4711 };
	struct domain_choices choices = untouched;
	char xml[256], error[METADATA_ERROR_SIZE] = "";

	snprintf(xml, sizeof(xml), "<m:settings xmlns:m='%s' %s/>", METADATA_NAMESPACE,
		 row->attributes);
	assert_int_equal(metadata_parse(xml, &choices, error), row->error ? -EINVAL : 0);
	assert_choices(&choices, row->error ? &untouched : &row->choices);
	assert_string_equal(error, row->error ? row->error : "");
}

static const struct document_row {
	const char *xml, *error;
} document_rows[] = {
	{ "", "it is not well-formed XML" },
	{ "<settings", "it is not well-formed XML" },
	{ "<setting/>", "expected one element 'settings' with nothing in it" },
	{ "<settings><floor/></settings>",
	  "expected one element 'settings' with nothing in it" },
	{ "<settings weight='3'>1 GiB</settings>",
	  "expected one element 'settings' with nothing in it" },
	{ "<settings weight='3'><![CDATA[x]]></settings>",
	  "expected one element 'settings' with nothing in it" },
};

static void refuse_document(void **state)
{
	const struct document_row *row = *state;
	char error[METADATA_ERROR_SIZE] = "";
	struct domain_choices choices;

	assert_int_equal(metadata_parse(row->xml, &choices, error), -EINVAL);
	assert_string_equal(error, row->error);
}

static void comments_and_spaces_are_nothing(void **state)
{
	char error[METADATA_ERROR_SIZE] = "";
	struct domain_choices choices;

	(void)state;
	assert_int_equal(metadata_parse("<settings weight='3'> <!-- x -->\n</settings>",
					&choices, error),
			 0);
	assert_int_equal(choices.weight, 3);
}

static const struct format_row {
	struct domain_choices choices;
	const char *xml;
} format_rows[] = {
	{ { 0 }, "<settings/>" },
	{ { .is_left_out = true }, "<settings managed=\"no\"/>" },
	{ { .floor_kib = 1536 * 1024, .ceiling_kib = 8192 * 1024, .weight = 200 },
	  "<settings floor=\"1536 MiB\" ceiling=\"8 GiB\" weight=\"200\"/>" },
	{ { .floor_kib = 51201, .ceiling_kib = (uint64_t)1 << 40 },
	  "<settings floor=\"51201 KiB\" ceiling=\"1024 TiB\"/>" },
};

static void format(void **state)
{
	const struct format_row *row = *state;
	char *xml = metadata_format(&row->choices);
	char error[METADATA_ERROR_SIZE];
	struct domain_choices choices;

	assert_non_null(xml);
	assert_string_equal(xml, row->xml);
	assert_int_equal(metadata_parse(xml, &choices, error), 0);
	assert_choices(&choices, &row->choices);
	free(xml);
}

static int tear_down(void **state)
{
	(void)state;
	xmlCleanupParser();
	return 0;
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		suite_add(&suite, read_attributes, &rows[i], "%s", rows[i].attributes);
	for (size_t i = 0; i < sizeof(document_rows) / sizeof(document_rows[0]); i++)
		suite_add(&suite, refuse_document, &document_rows[i], "'%s'",
			  document_rows[i].xml);
	for (size_t i = 0; i < sizeof(format_rows) / sizeof(format_rows[0]); i++)
		suite_add(&suite, format, &format_rows[i], "%s", format_rows[i].xml);
	suite_add(&suite, comments_and_spaces_are_nothing, NULL, "comments and spaces");
	return suite_run("metadata", &suite, NULL, tear_down);
}
