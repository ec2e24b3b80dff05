/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdlib.h>

#include "libvirt/job.h"

/* NULL: a change need not wait for that. */
static const char *const operations[] = {
	[VIR_DOMAIN_JOB_OPERATION_UNKNOWN] = "a job",
	[VIR_DOMAIN_JOB_OPERATION_START] = "its start",
	[VIR_DOMAIN_JOB_OPERATION_SAVE] = "saving it",
	[VIR_DOMAIN_JOB_OPERATION_RESTORE] = "restoring it",
	[VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN] = "migration in",
	[VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT] = "migration out",
	[VIR_DOMAIN_JOB_OPERATION_SNAPSHOT] = "a snapshot",
	[VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT] = "going back to a snapshot",
	[VIR_DOMAIN_JOB_OPERATION_DUMP] = "a dump",
	[VIR_DOMAIN_JOB_OPERATION_BACKUP] = NULL,
};

static const char *name_operation(virTypedParameterPtr params, int n)
{
	int operation = VIR_DOMAIN_JOB_OPERATION_UNKNOWN;

	virTypedParamsGetInt(params, n, VIR_DOMAIN_JOB_OPERATION, &operation);
	if (operation < 0 ||
	    (size_t)operation >= sizeof(operations) / sizeof(operations[0]))
		operation = VIR_DOMAIN_JOB_OPERATION_UNKNOWN;
	return operations[operation];
}

const char *libvirt_job_of(virDomainPtr handle)
{
	virTypedParameterPtr params = NULL;
	const char *job = NULL;
	int type, n = 0;

	if (virDomainGetJobStats(handle, &type, &params, &n, 0) < 0)
		return NULL;
	if (type != VIR_DOMAIN_JOB_NONE)
		job = name_operation(params, n);
	virTypedParamsFree(params, n);
	return job;
}
