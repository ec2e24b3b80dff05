/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Change what a domain has chosen for itself: read its metadata, modify, check, write.
 *
 * All is checked before anything is written, and where two definitions are to be changed
 * and the second one cannot be, the first one is put back.
 *
 * libvirt cannot write only if nothing has changed since it was read. Between processes
 * that ask for a lock nothing is lost; what somebody else writes right afterwards, over
 * what was written, is noticed.
 */
#pragma once

#include <sys/types.h>

#include "core/choices.h"
#include "cycle/hypervisor.h"

enum choice {
	CHOICE_FLOOR = 1 << 0,
	CHOICE_CEILING = 1 << 1,
	CHOICE_WEIGHT = 1 << 2,
	CHOICE_MANAGED = 1 << 3,
};

/* What is to become of somebody's choices. */
struct choices_edit {
	bool clears;	/* take all of them back, before the others are made */
	unsigned named; /* enum choice; the others stay */
	struct domain_choices choices; /* where 0 takes a choice back */
};

/* @choices as they are after @edit. */
struct domain_choices choices_edit(const struct choices_edit *edit,
				   struct domain_choices choices);

/*
 * Have nobody else rewrite the settings of the domain @uuid until rewrite_run() returns,
 * or longer. Returns 0; or a negative errno, of which -EINTR tells that a signal came,
 * and -ETIMEDOUT that the process @ret_holder (0: unknown) had it for too long.
 */
typedef int rewrite_lock_fn(void *data, const char *uuid, pid_t *ret_holder);

struct rewrite {
	const char *domain; /* a name, UUID or id */
	struct choices_edit edit;
	bool definitions[DEFINITION_KINDS]; /* which are to be changed */
	rewrite_lock_fn *lock;		    /* NULL: nobody else can be about it */
	void *lock_data;
};

/*
 * Do it. Returns 0 with @ret_definitions as they were before, to be freed with
 * definitions_clear(); or a negative errno with @ret_error set to one line that tells
 * what was done, if anything, owned by the caller (NULL: out of memory).
 */
int rewrite_run(const struct rewrite *rewrite, struct hypervisor *hypervisor,
		struct definitions *ret_definitions, char **ret_error);
