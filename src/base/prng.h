/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers for simulations: the same seed gives the same numbers everywhere.
 *
 * This is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
 */
#pragma once

#include <stdint.h>

struct prng {
	uint64_t state; /* any seed */
};

static inline uint64_t prng_next(struct prng *prng)
{
	uint64_t z = prng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* A number from 0 to @n - 1; @n > 0. */
static inline uint32_t prng_below(struct prng *prng, uint32_t n)
{
	return (uint32_t)((prng_next(prng) >> 32) * n >> 32);
}
