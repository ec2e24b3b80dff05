/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the doctor-*.c files of the core only. */
#pragma once

#include "checks/checks.h"

/* All is well; @remark may be NULL. */
static inline struct diagnosis pass(const struct advice *remark)
{
	return (struct diagnosis){ .status = DOCTOR_PASS, .advice = remark };
}

static inline struct diagnosis wrong(enum doctor_status status,
				     const struct advice *advice)
{
	return (struct diagnosis){ .status = status, .advice = advice };
}

/*
 * @advice is cured by a restart: of what is wrong now, has the definition @is_cured
 * already?
 */
static inline struct diagnosis wrong_until_restart(const struct patient *patient,
						   enum doctor_status status,
						   const struct advice *advice,
						   bool is_cured)
{
	struct diagnosis diagnosis = wrong(status, advice);

	diagnosis.is_pending = patient->domain_facts->is_defined && is_cured;
	return diagnosis;
}

/* Comments out each setting of the name @key in the configuration. */
#define COMMENT_OUT(key) "{sudo}sed -i 's/^\\([[:space:]]*\\)" key "/\\1#" key "/' {conf}"

/* memcoord leaves the domain alone then, and so does 'doctor'. */
#define LEAVE_OUT                                                                        \
	"{virsh} metadata {name} urn:memcoord:domain:1 --key memcoord --set "            \
	"\"<settings managed='no'/>\" --live{config}"

/*
 * Change the definition by sed(1) with @script, in which double quotes are behind
 * backslashes. Unlike a pipe of dumpxml and define, it does not lose passwords.
 */
#define EDIT(script) "VISUAL='sed -i \"" script "\"' {virsh} edit {name}"

/* Is it managed, with a balloon, and running? (qemu.c) */
bool doctor_is_running(const struct patient *patient);

/* Checks of cgroup.c. */
bool doctor_has_coordinator_limit(const struct patient *patient);
struct diagnosis doctor_judge_coordinator_limit(const struct patient *patient);
bool doctor_has_shared_cgroup(const struct patient *patient);
struct diagnosis doctor_judge_shared_limits(const struct patient *patient);
bool doctor_has_cgroup(const struct patient *patient);
struct diagnosis doctor_judge_own_limit(const struct patient *patient);
