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
	libvirt_known_unref(call->question.known);
	free(call->question.left_out);
	free(call->question.newcomers);
	snapshot_clear(&call->snapshot);
	libvirt_known_unref(call->seen);
	free(call->listed);
	definitions_clear(&call->definitions);
	facts_clear(&call->facts);
	free(call->uri);
	free(call->domain);
	free(call->element);
	free(call);
}

/* The first call of a worker connects it. */
static void run_call(struct job *job, void *data)
{
	struct libvirt_call *call = (struct libvirt_call *)job;
	struct libvirt_link *link = data;
	int r = link->connection ? 0 : libvirt_link_connect(link);

	call->result = r == 0 ? call->run(link, call) : r;
	memcpy(call->error, link->error, sizeof(call->error));
	call->is_broken = call->result < 0 && link->connection &&
			  virConnectIsAlive(link->connection) == 0;
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
