/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains that a command line names. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/domain.h"

struct selection {
	size_t n;	 /* 0: all domains */
	char **patterns; /* names, shell patterns for names, or UUIDs; not owned */
};

/* Is @domain named? */
bool selection_has(const struct selection *selection, const struct domain *domain);

/*
 * Which domains of @snapshot are named, one by one: owned by the caller; NULL: out of
 * memory.
 */
bool *selection_choose(const struct selection *selection,
		       const struct snapshot *snapshot);

/*
 * Does each pattern name a domain of @snapshot? Logs which does not; an exit status.
 * @kind tells which domains these are: "active".
 */
int selection_check(const struct selection *selection, const struct snapshot *snapshot,
		    const char *kind);
