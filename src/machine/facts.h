/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this machine tells of itself and of the processes on it, for 'doctor'. */
#pragma once

#include "checks/facts.h"

/*
 * Put into @facts what the files below @root ("": this machine's own) tell: swap, KSM,
 * other coordinators, the QEMUs of the domains in @facts, cgroups and the time. What
 * cannot be read is left unknown. Returns 0 or -ENOMEM.
 */
int local_facts_read(const char *root, struct host_facts *facts);

/* Its part for processes and their cgroups (process-facts.c). */
int process_facts_read(const char *root, struct host_facts *facts);
