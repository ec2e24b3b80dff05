/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two definitions that a domain may have: the live one, as long as it runs, and the
 * persistent one, by which it starts; as far as its own settings go.
 */
#pragma once

#include <stdlib.h>

#include "core/domain.h"

enum definition_kind { DEFINITION_LIVE, DEFINITION_CONFIG, DEFINITION_KINDS };

struct definition {
	bool exists;
	uint64_t maximum_kib; /* 0: not known */
	char *metadata;	      /* owned; the element that metadata.h is about, or NULL */
};

/* Owned by whoever filled it; free with definitions_clear(). */
struct definitions {
	char uuid[DOMAIN_UUID_SIZE];
	char *name;
	struct definition of[DEFINITION_KINDS];
};

/* Free what @definitions own and leave them empty. */
static inline void definitions_clear(struct definitions *definitions)
{
	free(definitions->name);
	for (int kind = 0; kind < DEFINITION_KINDS; kind++)
		free(definitions->of[kind].metadata);
	*definitions = (struct definitions){ 0 };
}
