/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <string.h>

#include "paint/filter.h"

/* Make "*filter*" of it, in which a backslash stands for itself. */
static void make_pattern(const char *filter, char pattern[2 * TOP_FILTER_SIZE + 2])
{
	*pattern++ = '*';
	for (; *filter; filter++) {
		if (*filter == '\\')
			*pattern++ = '\\';
		*pattern++ = *filter;
	}
	*pattern++ = '*';
	*pattern = '\0';
}

bool top_filter_matches(const char *filter, const char *name)
{
	char pattern[2 * TOP_FILTER_SIZE + 2];

	if (strpbrk(filter, "*?["))
		return fnmatch(filter, name, FNM_CASEFOLD) == 0;
	make_pattern(filter, pattern);
	return fnmatch(pattern, name, FNM_CASEFOLD) == 0;
}

/* Returns the number of bytes; 0: no character that can be shown. */
static size_t encode(uint32_t code, char bytes[4])
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff)
		return 0;
	if (code < 0x80) {
		bytes[0] = (char)code;
		return 1;
	}

	size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = length; i-- > 1; code >>= 6)
		bytes[i] = (char)(0x80 | (code & 0x3f));
	bytes[0] = (char)(marks[length] | code);
	return length;
}

bool top_filter_append(char filter[TOP_FILTER_SIZE], uint32_t code)
{
	char bytes[4];
	size_t n = encode(code, bytes), at = strlen(filter);

	if (n == 0 || at + n >= TOP_FILTER_SIZE)
		return false;
	memcpy(filter + at, bytes, n);
	filter[at + n] = '\0';
	return true;
}

void top_filter_cut(char filter[TOP_FILTER_SIZE])
{
	size_t n = strlen(filter);

	while (n > 0 && ((unsigned char)filter[n - 1] & 0xc0) == 0x80)
		n--;
	if (n > 0)
		filter[n - 1] = '\0';
}
