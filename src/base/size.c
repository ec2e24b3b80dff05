/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/size.h"

static const struct unit {
	const char *name, *letter;
	unsigned shift;
} units[] = {
	{ "B", "B", 0 },    { "KiB", "K", 10 }, { "MiB", "M", 20 },
	{ "GiB", "G", 30 }, { "TiB", "T", 40 },
};

static const size_t n_units = sizeof(units) / sizeof(units[0]);

static const struct unit *find_unit(const char *text)
{
	for (size_t i = 0; i < n_units; i++)
		if (strcasecmp(text, units[i].name) == 0 ||
		    strcasecmp(text, units[i].letter) == 0)
			return &units[i];
	return NULL;
}

/* Append the digits at @text to @value. -EINVAL: there are none; -ERANGE: too many. */
static int read_digits(const char **text, unsigned __int128 *value)
{
	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	for (; isdigit((unsigned char)**text); (*text)++) {
		*value = *value * 10 + (unsigned)(**text - '0');
		if (*value > UINT64_MAX)
			return -ERANGE;
	}
	return 0;
}

/* Read the digits behind a decimal point as thousandths; further ones do not count. */
static int read_thousandths(const char **text, unsigned *ret_thousandths)
{
	unsigned weight = 100;

	if (**text != '.')
		return 0;
	(*text)++;
	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	for (; isdigit((unsigned char)**text); (*text)++) {
		*ret_thousandths += (unsigned)(**text - '0') * weight;
		weight /= 10;
	}
	return 0;
}

int size_parse(const char *text, uint64_t *ret_bytes)
{
	unsigned __int128 whole = 0;
	unsigned thousandths = 0;
	int r;

	text += strspn(text, " \t");
	r = read_digits(&text, &whole);
	if (r == 0)
		r = read_thousandths(&text, &thousandths);
	if (r < 0)
		return r;
	text += strspn(text, " \t");
	const struct unit *unit = find_unit(text);
	if (!unit)
		return -EINVAL;
	unsigned __int128 bytes =
		(whole << unit->shift) +
		(((unsigned __int128)thousandths << unit->shift) / 1000);
	if (bytes > UINT64_MAX)
		return -ERANGE;
	*ret_bytes = (uint64_t)bytes;
	return 0;
}

/*
 * Split @kib into tenths, rounded to nearest, of the smallest unit from KiB on in which
 * it is below 1024.
 */
static const struct unit *scale(uint64_t kib, uint64_t *ret_tenths)
{
	for (size_t i = 1;; i++) {
		unsigned shift = units[i].shift - 10;
		unsigned __int128 half = shift ? (unsigned __int128)1 << (shift - 1) : 0;
		unsigned __int128 tenths = ((unsigned __int128)kib * 10 + half) >> shift;

		if (tenths < 10240 || i == n_units - 1) {
			*ret_tenths = (uint64_t)tenths;
			return &units[i];
		}
	}
}

static const char *format(uint64_t kib, const char *space, int long_name, char *buffer)
{
	uint64_t tenths;
	const struct unit *unit = scale(kib, &tenths);
	const char *name = long_name ? unit->name : unit->letter;

	if (tenths % 10 == 0)
		snprintf(buffer, SIZE_TEXT_LENGTH, "%ju%s%s", (uintmax_t)(tenths / 10),
			 space, name);
	else
		snprintf(buffer, SIZE_TEXT_LENGTH, "%ju.%ju%s%s",
			 (uintmax_t)(tenths / 10), (uintmax_t)(tenths % 10), space, name);
	return buffer;
}

const char *size_format(uint64_t kib, char buffer[SIZE_TEXT_LENGTH])
{
	return format(kib, " ", 1, buffer);
}

const char *size_format_short(uint64_t kib, char buffer[SIZE_TEXT_LENGTH])
{
	return format(kib, "", 0, buffer);
}
