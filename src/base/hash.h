/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number for a text: FNV-1a (Fowler, Noll, Vo), short, the same in every process. */
#pragma once

#include <stdint.h>

static inline uint64_t hash_text(const char *text)
{
	uint64_t value = 0xcbf29ce484222325;

	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * 0x100000001b3;
	return value;
}
