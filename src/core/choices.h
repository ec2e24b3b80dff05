/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What somebody has chosen for a domain: in the configuration or in the domain's own
 * metadata. All zero: nothing, so that others decide.
 *
 * Ranges are enforced where values come in. Sizes are KiB.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	WEIGHT_MIN = 1,
	WEIGHT_MAX = 10000,
	WEIGHT_DEFAULT = 100, /* so that there is room for less and for more */
};

/* Below 50 MiB a Linux guest cannot even fork a shell: the original rules' floor. */
#define DOMAIN_FLOOR_MIN_KIB ((uint64_t)50 * 1024)
/* 1 PiB: more than any host has, and far from where sums would saturate. */
#define DOMAIN_SIZE_MAX_KIB ((uint64_t)1 << 40)

struct domain_choices {
	bool is_left_out;     /* not to be managed */
	uint64_t floor_kib;   /* 0: not chosen */
	uint64_t ceiling_kib; /* 0: not chosen; else not below the floor */
	unsigned weight;      /* 0: not chosen */
};

static inline bool choices_are_none(const struct domain_choices *choices)
{
	return !choices->is_left_out && choices->floor_kib == 0 &&
	       choices->ceiling_kib == 0 && choices->weight == 0;
}
