/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

enum { REPLACEMENT_LENGTH = sizeof(replacement) - 1 };

/* How many bytes a character has that begins with @byte; 0: none begins so. */
static size_t length_by_first(unsigned char byte)
{
	if (byte < 0x80)
		return 1;
	if (byte >= 0xc2 && byte <= 0xdf)
		return 2;
	if (byte >= 0xe0 && byte <= 0xef)
		return 3;
	return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

/*
 * The length of the UTF-8 character at @text, which is stored in @ret_code; 0: it is
 * none. mbrtowc() would judge by the locale, which may be "C".
 */
static size_t decode(const char *text, uint32_t *ret_code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const uint32_t masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t length = length_by_first((unsigned char)text[0]);
	uint32_t code = (unsigned char)text[0] & masks[length];

	for (size_t i = 1; i < length; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (length == 0 || code < least[length] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return length;
}

/* Of ASCII, and of what ISO 8859 and ECMA-48 have above it; or a line end of Unicode. */
static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 ||
	       code == 0x2029;
}

void plain_flatten(char *text)
{
	char *to = text;

	for (size_t length; *text; text += length) {
		uint32_t code;

		length = decode(text, &code);
		if (length == 0) {
			*to++ = '?';
			length = 1;
		} else if (is_control(code)) {
			*to++ = ' ';
		} else {
			memmove(to, text, length);
			to += length;
		}
	}
	*to = '\0';
}

char *plain_repair(const char *text)
{
	char *result = malloc(strlen(text) * REPLACEMENT_LENGTH + 1);
	char *to = result;

	while (result && *text) {
		uint32_t code;
		size_t length = decode(text, &code);

		to = length > 0 ? mempcpy(to, text, length)
				: mempcpy(to, replacement, REPLACEMENT_LENGTH);
		text += length > 0 ? length : 1;
	}
	if (result)
		*to = '\0';
	return result;
}

/*
 * The end of the password that begins at @text, or NULL if none does. It goes on to the
 * last @ of the word: such characters should be percent-encoded, but may not be, and then
 * libvirt refuses the URI and repeats it in its message.
 */
static char *find_end(char *text)
{
	size_t n_digits = strspn(text, "0123456789");

	if (text[n_digits] == '/' || text[n_digits] == '\0')
		return NULL; /* a port */
	return memrchr(text, '@', strcspn(text, " \t\n'\""));
}

void plain_hide_passwords(char *text)
{
	while ((text = strstr(text, "://"))) {
		char *end;

		text += 3;
		text += strcspn(text, ":/?#@ \t\n'\"");
		if (*text != ':')
			continue;
		text++;
		end = find_end(text);
		if (!end || end == text)
			continue;
		*text = '*';
		memmove(text + 1, end, strlen(end) + 1);
	}
}
