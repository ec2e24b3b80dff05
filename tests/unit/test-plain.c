/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "base/plain.h"
#include "suite.h"

struct row {
	const char *title, *text, *wanted;
};

static const struct row lines[] = {
	{ "plain text stays", "db-1: 2G -> 1.1G", "db-1: 2G -> 1.1G" },
	{ "the empty text stays", "", "" },
	{ "line ends", "a\nmemcoord: b\r\n", "a memcoord: b  " },
	{ "what a terminal obeys", "\033[2Ja\tb\a\177", " [2Ja b  " },
	{ "C1 control characters",
	  "a\xc2\x9b"
	  "2Jb\xc2\x85",
	  "a 2Jb " },
	{ "what follows them", "\xc2\xa0", "\xc2\xa0" },
	{ "line ends of Unicode",
	  "a\xe2\x80\xa8"
	  "b\xe2\x80\xa9",
	  "a b " },
	{ "characters of 2, 3 and 4 bytes", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7",
	  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7" },
	{ "Latin-1", "gr\xfc\xdf", "gr??" },
	{ "a character cut short", "a\xe2\x82", "a??" },
	{ "a character cut short by another", "\xe2\x82\xc3\xa4", "??\xc3\xa4" },
	{ "a lone continuation", "\x80", "?" },
	{ "longer than need be: a slash", "\xc0\xaf", "??" },
	{ "longer than need be: a control character", "\xe0\x80\x8a", "???" },
	{ "longer than need be, of 4 bytes", "\xf0\x82\x82\xac", "????" },
	{ "half of a pair of UTF-16", "\xed\xa0\x80", "???" },
	{ "beyond Unicode", "\xf4\x90\x80\x80", "????" },
	{ "no first byte", "\xff\xf8", "??" },
};

#define BAD "\xef\xbf\xbd"

static const struct row repairs[] = {
	{ "ASCII and controls stay", "a\nb\t\"\\\x7f", "a\nb\t\"\\\x7f" },
	{ "the empty text stays", "", "" },
	{ "C1 control characters stay", "\xc2\x9b", "\xc2\x9b" },
	{ "first and last of each length", "\xc2\xa0\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf",
	  "\xc2\xa0\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf" },
	{ "the last character", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
	{ "a byte of its own",
	  "a\x9b"
	  "b",
	  "a" BAD "b" },
	{ "Latin-1", "gr\xfcn", "gr" BAD "n" },
	{ "cut in the middle", "\xe2\x82", BAD BAD },
	{ "cut, then a line end", "\xf0\x9f\n", BAD BAD "\n" },
	{ "overlong in two bytes", "\xc0\x8a", BAD BAD },
	{ "overlong in four bytes", "\xf0\x80\x80\x8a", BAD BAD BAD BAD },
	{ "a surrogate", "\xed\xa0\x80", BAD BAD BAD },
	{ "above U+10FFFF", "\xf4\x90\x80\x80", BAD BAD BAD BAD },
	{ "bytes that never are", "\xfe\xff\xf5", BAD BAD BAD },
};

static const struct row passwords[] = {
	{ "a URI without a user", "qemu:///system", "qemu:///system" },
	{ "a user", "qemu+ssh://root@host/system", "qemu+ssh://root@host/system" },
	{ "a password", "qemu+tcp://root:secret@host/system",
	  "qemu+tcp://root:*@host/system" },
	{ "a password of one letter", "x://u:s@h", "x://u:*@h" },
	{ "a password and nothing behind it", "x://u:secret@", "x://u:*@" },
	{ "an empty password", "x://u:@h", "x://u:@h" },
	{ "a password without a user", "x://:secret@h", "x://:*@h" },
	{ "a port", "qemu+tls://host:16514/system", "qemu+tls://host:16514/system" },
	{ "a port at the end", "x://host:22", "x://host:22" },
	{ "a port, and an @ later on", "x://host:22/system?keyfile=a@b",
	  "x://host:22/system?keyfile=a@b" },
	{ "a password of digits and a port", "x://u:1234@h:22/", "x://u:*@h:22/" },
	{ "an @ in the password", "x://u:se@cret@h/", "x://u:*@h/" },
	{ "a slash in the password", "x://u:se/cret@h/", "x://u:*@h/" },
	{ "a colon in the password", "x://u:se:cret@h/", "x://u:*@h/" },
	{ "IPv6", "x://u:secret@[::1]:22/", "x://u:*@[::1]:22/" },
	{ "a colon in the path", "x://h/a:b@c", "x://h/a:b@c" },
	{ "a path with a socket", "qemu+unix:///system?socket=/a:b",
	  "qemu+unix:///system?socket=/a:b" },
	{ "in a sentence", "cannot connect to x://u:secret@h/: no (see y@z)",
	  "cannot connect to x://u:*@h/: no (see y@z)" },
	{ "in quotes", "'x://u:secret@h/' a@b", "'x://u:*@h/' a@b" },
	{ "two URIs", "x://u:one@h y://v:two@i", "x://u:*@h y://v:*@i" },
	{ "a URI in a URI", "x://h/?proxy=http://u:secret@p",
	  "x://h/?proxy=http://u:*@p" },
	{ "no URI at all", "root:secret@host", "root:secret@host" },
};

static void check_line(void **state)
{
	const struct row *row = *state;
	char *text = strdup(row->text);

	plain_flatten(text);
	assert_string_equal(text, row->wanted);
	free(text);
}

static void check_password(void **state)
{
	const struct row *row = *state;
	char *text = strdup(row->text);

	plain_hide_passwords(text);
	assert_string_equal(text, row->wanted);
	free(text);
}

static void check_repair(void **state)
{
	const struct row *row = *state;
	char *repaired = plain_repair(row->text);

	assert_non_null(repaired);
	assert_string_equal(repaired, row->wanted);
	free(repaired);
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		suite_add(&suite, check_line, &lines[i], "one line: %s", lines[i].title);
	for (size_t i = 0; i < sizeof(passwords) / sizeof(*passwords); i++)
		suite_add(&suite, check_password, &passwords[i], "passwords: %s",
			  passwords[i].title);
	for (size_t i = 0; i < sizeof(repairs) / sizeof(*repairs); i++)
		suite_add(&suite, check_repair, &repairs[i], "repaired: %s",
			  repairs[i].title);
	return suite_run("plain", &suite, NULL, NULL);
}
