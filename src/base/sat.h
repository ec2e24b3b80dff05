/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arithmetic that saturates instead of wrapping.
 *
 * Figures come from guests and are not to be trusted: whatever they claim, no sum may
 * wrap round and become a small number that looks affordable.
 */
#pragma once

#include <stdint.h>

/* a + b, or UINT64_MAX. */
static inline uint64_t sat_add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* a - b, or 0. */
static inline uint64_t sat_sub(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* a * b / c without overflow on the way, or UINT64_MAX; c > 0. */
static inline uint64_t sat_mul_div(uint64_t a, uint64_t b, uint64_t c)
{
	unsigned __int128 quotient = (unsigned __int128)a * b / c;

	return quotient > UINT64_MAX ? UINT64_MAX : (uint64_t)quotient;
}

/* |a - b| */
static inline uint64_t distance_u64(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* How @part compares with @percent of @whole, exactly: < 0, 0 or > 0. */
static inline int compare_percent(uint64_t part, uint64_t whole, unsigned percent)
{
	unsigned __int128 left = (unsigned __int128)part * 100;
	unsigned __int128 right = (unsigned __int128)whole * percent;

	return (left > right) - (left < right);
}

/* a - b as a signed number, held within the range of int64_t. */
static inline int64_t sat_diff(uint64_t a, uint64_t b)
{
	uint64_t distance = distance_u64(a, b);
	int64_t clamped = distance > INT64_MAX ? INT64_MAX : (int64_t)distance;

	return a >= b ? clamped : -clamped;
}

/* a * b / c with a signed factor, held within the range of int64_t; c > 0. */
static inline int64_t sat_scale(int64_t a, uint64_t b, uint64_t c)
{
	__int128 quotient = (__int128)a * b / c;

	if (quotient > INT64_MAX)
		return INT64_MAX;
	if (quotient < -INT64_MAX)
		return -INT64_MAX;
	return (int64_t)quotient;
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}
