/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

enum { REPLACEMENT_LENGTH = sizeof(replacement) - 1 };

/*
 * The second byte of a character that begins with @first: no overlong forms, no
 * surrogates, nothing above U+10FFFF.
 */
static bool is_second(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second < 0xc0;
	case 0xed:
		return second >= 0x80 && second < 0xa0;
	case 0xf0:
		return second >= 0x90 && second < 0xc0;
	case 0xf4:
		return second >= 0x80 && second < 0x90;
	default:
		return second >= 0x80 && second < 0xc0;
	}
}

/* How many bytes the character at @text has; 0: it is none. */
static size_t character_length(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t length = *p < 0x80   ? 1
			: *p < 0xc2 ? 0
			: *p < 0xe0 ? 2
			: *p < 0xf0 ? 3
			: *p < 0xf5 ? 4
				    : 0;

	if (length > 1 && !is_second(p[0], p[1]))
		return 0;
	for (size_t i = 2; i < length; i++)
		if (p[i] < 0x80 || p[i] >= 0xc0)
			return 0;
	return length;
}

char *utf8_repair(const char *text)
{
	char *result = malloc(strlen(text) * REPLACEMENT_LENGTH + 1);
	size_t n = 0;

	while (result && *text) {
		size_t length = character_length(text);

		if (length > 0)
			memcpy(result + n, text, length);
		else
			memcpy(result + n, replacement, REPLACEMENT_LENGTH);
		n += length > 0 ? length : REPLACEMENT_LENGTH;
		text += length > 0 ? length : 1;
	}
	if (result)
		result[n] = '\0';
	return result;
}

static bool is_control(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	return *p < ' ' || *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0);
}

void utf8_flatten(char *text)
{
	while (*text) {
		size_t length = character_length(text);

		if (length == 0)
			*text = '?';
		else if (is_control(text))
			memset(text, ' ', length);
		text += length > 0 ? length : 1;
	}
}
