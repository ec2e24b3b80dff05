/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls as jobs of a worker. */
#include <stdlib.h>
#include <string.h>

#include "libvirt/call.h"

void libvirt_call_free(struct job *job)
{
	struct libvirt_call *call = (struct libvirt_call *)job;

	if (!call)
		return;
	snapshot_clear(&call->snapshot);
	definitions_clear(&call->definitions);
	facts_clear(&call->facts);
	free(call->uri);
	free(call->domain);
	free(call->element);
	free(call);
}

static void run_call(struct job *job, void *link)
{
	struct libvirt_call *call = (struct libvirt_call *)job;

	call->result = call->run(link, call);
	memcpy(call->error, ((struct libvirt_link *)link)->error, sizeof(call->error));
}

struct libvirt_call *libvirt_call_new(int (*run)(struct libvirt_link *link,
						 struct libvirt_call *call))
{
	struct libvirt_call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->job = (struct job){ .run = run_call, .free = libvirt_call_free };
	call->run = run;
	return call;
}
