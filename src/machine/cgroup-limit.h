/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits of memory that cgroups (version 2) put on processes. */
#pragma once

#include "checks/facts.h"

/*
 * Find the lowest limits of process @pid of the system below @root ("": this machine):
 * @own is that of cgroups for one domain alone, @shared that of all others above it.
 * Either may be NULL; they must be empty before, and are owned by the caller. Returns 0,
 * -ENOENT if its cgroup is not known, or -ENOMEM.
 */
int cgroup_limit_find(const char *root, int pid, struct cgroup_limit *own,
		      struct cgroup_limit *shared);

/* The name of the unit of systemd that @pid belongs to, or NULL; owned by the caller. */
char *cgroup_unit(const char *root, int pid);
