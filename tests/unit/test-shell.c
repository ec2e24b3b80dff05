/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for a shell, which itself is asked what they mean. */
#include <stdio.h>

#include "doctor/shell.h"
#include "system/cleanup.h"
#include "suite.h"
#include "testing.h"

static const struct row {
	const char *text, *word;
} rows[] = {
	{ "vm1", "vm1" },
	{ "db-1.example.org:8/x_y@z%+=,", "db-1.example.org:8/x_y@z%+=," },
	{ "", "''" },
	{ "with a space", "'with a space'" },
	{ "it's", "'it'\\''s'" },
	{ "'", "''\\'''" },
	{ "$(reboot) `reboot` $HOME", "'$(reboot) `reboot` $HOME'" },
	{ "a\\b\"c", "'a\\b\"c'" },
	{ "a;b&c|d>e<f(g)h{i}j[k]l*m?n!o#p~q", "'a;b&c|d>e<f(g)h{i}j[k]l*m?n!o#p~q'" },
	{ "~", "'~'" },
	{ "gr\xc3\xbcn", "'gr\xc3\xbcn'" },
	{ "two\nlines", "'two\nlines'" },
};

static void quote(void **state)
{
	const struct row *row = *state;
	CLEANUP_FREE char *word = shell_word(row->text);

	assert_string_equal(word, row->word);
}

static void a_shell_reads_it_back(void **state)
{
	const struct row *row = *state;
	CLEANUP_FREE char *word = shell_word(row->text);
	char command[256], output[128];
	size_t length;
	FILE *stream;

	snprintf(command, sizeof(command), "printf %%s %s", word);
	stream = popen(command, "re");
	assert_non_null(stream);
	length = fread(output, 1, sizeof(output) - 1, stream);
	output[length] = '\0';
	assert_int_equal(pclose(stream), 0);
	assert_string_equal(output, row->text);
}

static struct suite suite;

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		suite_add(&suite, quote, &rows[i], "%s", rows[i].text);
		suite_add(&suite, a_shell_reads_it_back, &rows[i],
			  "a shell reads back %s", rows[i].text);
	}
	return suite_run("shell", &suite, NULL, NULL);
}
