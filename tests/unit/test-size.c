/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>

#include "base/size.h"
#include "suite.h"

#define KIB ((uint64_t)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

/* What ret_bytes must still hold after a failure. */
#define UNTOUCHED ((uint64_t)0x5a5a5a5a5a5a5a5a)

static const struct parse_row {
	const char *text;
	int result;
	uint64_t bytes;
} parse_rows[] = {
	/* units */
	{ "1 B", 0, 1 },
	{ "1 KiB", 0, KIB },
	{ "1 MiB", 0, MIB },
	{ "1 GiB", 0, GIB },
	{ "1 TiB", 0, TIB },
	{ "1B", 0, 1 },
	{ "1K", 0, KIB },
	{ "1M", 0, MIB },
	{ "1G", 0, GIB },
	{ "1T", 0, TIB },
	{ "1 k", 0, KIB },
	{ "1 kib", 0, KIB },
	{ "1 MIB", 0, MIB },
	{ "1 gIb", 0, GIB },

	/* white space */
	{ "  512 MiB", 0, 512 * MIB },
	{ "\t512\t MiB", 0, 512 * MIB },
	{ "512   M", 0, 512 * MIB },

	/* whole numbers */
	{ "0 B", 0, 0 },
	{ "0 TiB", 0, 0 },
	{ "007 KiB", 0, 7 * KIB },
	{ "0000000000000000000000000001 KiB", 0, KIB },
	{ "1024 MiB", 0, GIB },

	/* fractions are rounded down */
	{ "1.5 GiB", 0, GIB + GIB / 2 },
	{ "1.25 KiB", 0, 1280 },
	{ "0.5 KiB", 0, 512 },
	{ "0.001 KiB", 0, 1 },
	{ "0.999 B", 0, 0 },
	{ "1.999 B", 0, 1 },
	{ "2.0 MiB", 0, 2 * MIB },
	{ "1.5", -EINVAL, 0 },
	{ "0.1 MiB", 0, 104857 },
	{ "0.9999 KiB", 0, 1022 },
	{ "1.50000000000000000000000000000000001 GiB", 0, GIB + GIB / 2 },

	/* the largest and what is beyond */
	{ "18446744073709551615 B", 0, UINT64_MAX },
	{ "18446744073709551616 B", -ERANGE, 0 },
	{ "18014398509481983 KiB", 0, 18014398509481983 * KIB },
	{ "18014398509481984 KiB", -ERANGE, 0 },
	{ "16777215 TiB", 0, 16777215 * TIB },
	{ "16777216 TiB", -ERANGE, 0 },
	{ "16777215.999 TiB", 0, 16777215 * TIB + (unsigned __int128)999 * TIB / 1000 },
	{ "18446744073709551615 TiB", -ERANGE, 0 },
	{ "99999999999999999999999999999999999999999999999999 B", -ERANGE, 0 },

	/* no unit, no number, no size */
	{ "", -EINVAL, 0 },
	{ " ", -EINVAL, 0 },
	{ "512", -EINVAL, 0 },
	{ "MiB", -EINVAL, 0 },
	{ "-1 MiB", -EINVAL, 0 },
	{ "+1 MiB", -EINVAL, 0 },
	{ ".5 MiB", -EINVAL, 0 },
	{ "1. MiB", -EINVAL, 0 },
	{ "1,5 MiB", -EINVAL, 0 },
	{ "1.5.1 MiB", -EINVAL, 0 },
	{ "1 000 MiB", -EINVAL, 0 },
	{ "1e3 MiB", -EINVAL, 0 },
	{ "0x10 MiB", -EINVAL, 0 },
	{ "inf MiB", -EINVAL, 0 },
	{ "nan B", -EINVAL, 0 },
	{ "1 PiB", -EINVAL, 0 },
	{ "1 MB", -EINVAL, 0 },
	{ "1 kB", -EINVAL, 0 },
	{ "1 KiBi", -EINVAL, 0 },
	{ "1 KiB ", -EINVAL, 0 },
	{ "1 KiB 1 B", -EINVAL, 0 },
	{ "1 %", -EINVAL, 0 },
	{ "one MiB", -EINVAL, 0 },
	{ "\n1 MiB", -EINVAL, 0 },
	{ "1 MiB\n", -EINVAL, 0 },
	{ "\xd9\xa1 MiB", -EINVAL, 0 }, /* ARABIC-INDIC DIGIT ONE */
	{ "\xff\xfe", -EINVAL, 0 },
};

static void parse(void **state)
{
	const struct parse_row *row = *state;
	uint64_t bytes = UNTOUCHED;

	assert_int_equal(size_parse(row->text, &bytes), row->result);
	assert_int_equal(bytes, row->result == 0 ? row->bytes : UNTOUCHED);
}

static const struct format_row {
	uint64_t kib;
	const char *text, *short_text;
} format_rows[] = {
	{ 0, "0 KiB", "0K" },
	{ 1, "1 KiB", "1K" },
	{ 1023, "1023 KiB", "1023K" },
	{ 1024, "1 MiB", "1M" },
	{ 1075, "1 MiB", "1M" },
	{ 1076, "1.1 MiB", "1.1M" },
	{ 1536, "1.5 MiB", "1.5M" },
	{ 512 * KIB, "512 MiB", "512M" },
	{ 1000 * KIB, "1000 MiB", "1000M" },
	{ MIB, "1 GiB", "1G" },
	{ MIB + MIB / 2, "1.5 GiB", "1.5G" },
	{ 10 * MIB - 1, "10 GiB", "10G" },
	{ GIB, "1 TiB", "1T" },
	{ 1023 * GIB, "1023 TiB", "1023T" },
	{ 5000 * GIB, "5000 TiB", "5000T" },
	{ UINT64_MAX, "17179869184 TiB", "17179869184T" },
};

static void format(void **state)
{
	const struct format_row *row = *state;
	char buffer[SIZE_TEXT_LENGTH];

	assert_string_equal(size_format(row->kib, buffer), row->text);
	assert_string_equal(size_format_short(row->kib, buffer), row->short_text);
}

/* What is printed can be read again, and is within half a tenth of its unit. */
static void assert_round_trip(uint64_t kib, const char *text)
{
	uint64_t bytes, distance, unit_kib = 1;

	assert_int_equal(size_parse(text, &bytes), 0);
	distance = bytes / 1024 > kib ? bytes / 1024 - kib : kib - bytes / 1024;
	while (unit_kib < GIB && kib >= unit_kib * 1024)
		unit_kib *= 1024;
	/* A tenth is not exact in binary, and parsing rounds down: hence the 1. */
	assert_true(distance <= unit_kib / 20 + 1);
}

static void round_trip(void **state)
{
	uint64_t random = 88172645463325252; /* xorshift64 (Marsaglia) */
	char buffer[SIZE_TEXT_LENGTH];

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;

		/* All magnitudes that a 64-bit number of bytes has. */
		uint64_t kib = random >> (11 + i % 52);

		assert_round_trip(kib, size_format(kib, buffer));
		assert_round_trip(kib, size_format_short(kib, buffer));
	}
}

static void whole_units_are_exact(void **state)
{
	char buffer[SIZE_TEXT_LENGTH];
	uint64_t bytes;

	(void)state;
	for (uint64_t unit_kib = 1; unit_kib <= GIB; unit_kib *= 1024)
		for (uint64_t n = 1; n < 1024; n++) {
			assert_int_equal(
				size_parse(size_format(n * unit_kib, buffer), &bytes), 0);
			assert_int_equal(bytes, n * unit_kib * 1024);
		}
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(parse_rows) / sizeof(parse_rows[0]); i++)
		suite_add(&suite, parse, &parse_rows[i], "parse '%s'",
			  parse_rows[i].text);
	for (size_t i = 0; i < sizeof(format_rows) / sizeof(format_rows[0]); i++)
		suite_add(&suite, format, &format_rows[i], "format %" PRIu64 " KiB",
			  format_rows[i].kib);
	suite_add(&suite, round_trip, NULL, "round trip of random sizes");
	suite_add(&suite, whole_units_are_exact, NULL, "whole units are exact");
	return suite_run("size", &suite, NULL, NULL);
}
