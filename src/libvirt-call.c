/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls as jobs of a worker. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libvirt-internal.h"

void libvirt_call_free(struct job *job)
{
	struct libvirt_call *call = (struct libvirt_call *)job;

	if (!call)
		return;
	snapshot_clear(&call->snapshot);
	free(call->uri);
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

int libvirt_call_connect(struct libvirt_link *link, struct libvirt_call *call)
{
	int r = libvirt_link_connect(link, call->uri, call->is_read_only);

	if (r < 0)
		return r;
	free(call->uri);
	call->uri = strdup(link->uri);
	call->is_private = link->is_private;
	return call->uri ? 0 : -ENOMEM;
}

int libvirt_call_listen(struct libvirt_link *link, struct libvirt_call *call)
{
	(void)call;
	return libvirt_link_listen(link);
}

int libvirt_call_sample(struct libvirt_link *link, struct libvirt_call *call)
{
	return libvirt_link_sample(link, &call->snapshot);
}

int libvirt_call_set_target(struct libvirt_link *link, struct libvirt_call *call)
{
	return libvirt_link_set_target(link, call->uuid, call->target_kib);
}

int libvirt_call_set_stats_period(struct libvirt_link *link, struct libvirt_call *call)
{
	return libvirt_link_set_stats_period(link, call->uuid, call->period_s);
}
