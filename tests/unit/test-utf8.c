/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "suite.h"
#include "utf8.h"

#define BAD "\xef\xbf\xbd"

static const struct row {
	const char *name, *text, *repaired, *flat;
} rows[] = {
	{ "ASCII", "vm-1 \"a\" \\", "vm-1 \"a\" \\", "vm-1 \"a\" \\" },
	{ "empty", "", "", "" },
	{ "two, three and four bytes", "\xc3\xbc \xe2\x82\xac \xf0\x9f\x90\xa7",
	  "\xc3\xbc \xe2\x82\xac \xf0\x9f\x90\xa7",
	  "\xc3\xbc \xe2\x82\xac \xf0\x9f\x90\xa7" },
	{ "first and last of each length", "\xc2\xa0\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf",
	  "\xc2\xa0\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf",
	  "\xc2\xa0\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf" },
	{ "the last character", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf",
	  "\xf4\x8f\xbf\xbf" },

	{ "line ends", "a\nb\r\nc", "a\nb\r\nc", "a b  c" },
	{ "an escape sequence", "\x1b[2J", "\x1b[2J", " [2J" },
	{ "delete", "a\x7f", "a\x7f", "a " },
	{ "C1's escape sequence",
	  "\xc2\x9b"
	  "31m",
	  "\xc2\x9b"
	  "31m",
	  "  31m" },
	{ "the first and the last of C1", "\xc2\x80\xc2\x9f", "\xc2\x80\xc2\x9f",
	  "    " },

	{ "a byte of its own",
	  "a\x9b"
	  "b",
	  "a" BAD "b", "a?b" },
	{ "Latin-1", "gr\xfcn", "gr" BAD "n", "gr?n" },
	{ "cut in the middle", "\xe2\x82", BAD BAD, "??" },
	{ "cut, then a line end", "\xf0\x9f\n", BAD BAD "\n", "?? " },
	{ "overlong in two bytes", "\xc0\x8a", BAD BAD, "??" },
	{ "overlong in three bytes", "\xe0\x80\x8a", BAD BAD BAD, "???" },
	{ "overlong in four bytes", "\xf0\x80\x80\x8a", BAD BAD BAD BAD, "????" },
	{ "a surrogate", "\xed\xa0\x80", BAD BAD BAD, "???" },
	{ "above U+10FFFF", "\xf4\x90\x80\x80", BAD BAD BAD BAD, "????" },
	{ "bytes that never are", "\xfe\xff\xf5", BAD BAD BAD, "???" },
};

static void repair(void **state)
{
	const struct row *row = *state;
	char *repaired = utf8_repair(row->text);

	assert_non_null(repaired);
	assert_string_equal(repaired, row->repaired);
	free(repaired);
}

static void flatten(void **state)
{
	const struct row *row = *state;
	char *text = strdup(row->text); /* exactly so large, for the sanitizers */

	assert_non_null(text);
	utf8_flatten(text);
	assert_string_equal(text, row->flat);
	free(text);
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		suite_add(&suite, repair, &rows[i], "repaired: %s", rows[i].name);
		suite_add(&suite, flatten, &rows[i], "flat: %s", rows[i].name);
	}
	return suite_run("utf8", &suite, NULL, NULL);
}
