/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls as jobs of a worker. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libvirt-internal.h"

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
	link->is_brief = call->is_brief;
	return libvirt_link_sample(link, &call->snapshot);
}

/* Have @call made for the domain @uuid. NULL: out of memory. */
static int call_for_domain(struct hypervisor *base, struct libvirt_call *call,
			   const char *uuid)
{
	int r;

	if (call)
		snprintf(call->uuid, sizeof(call->uuid), "%s", uuid);
	r = libvirt_carry_out(base, call);
	if (r == 0)
		libvirt_call_free(&call->job);
	return r;
}

static int call_set_target(struct libvirt_link *link, struct libvirt_call *call)
{
	return libvirt_link_set_target(link, call->uuid, call->target_kib);
}

int libvirt_set_target(struct hypervisor *base, const char *uuid, uint64_t target_kib)
{
	struct libvirt_call *call = libvirt_call_new(call_set_target);

	if (call)
		call->target_kib = target_kib;
	return call_for_domain(base, call, uuid);
}

static int call_set_stats_period(struct libvirt_link *link, struct libvirt_call *call)
{
	return libvirt_link_set_stats_period(link, call->uuid, call->period_s);
}

int libvirt_set_stats_period(struct hypervisor *base, const char *uuid, unsigned period_s)
{
	struct libvirt_call *call = libvirt_call_new(call_set_stats_period);

	if (call)
		call->period_s = period_s;
	return call_for_domain(base, call, uuid);
}

static int call_sample_definitions(struct libvirt_link *link, struct libvirt_call *call)
{
	return libvirt_link_sample_definitions(link, &call->snapshot);
}

int libvirt_sample_definitions(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	struct libvirt_call *call = libvirt_call_new(call_sample_definitions);
	int r = libvirt_carry_out(base, call);

	if (r < 0)
		return r;
	*ret_snapshot = call->snapshot;
	call->snapshot = (struct snapshot){ 0 };
	libvirt_call_free(&call->job);
	return 0;
}

static int call_read_definitions(struct libvirt_link *link, struct libvirt_call *call)
{
	return libvirt_link_read_definitions(link, call->domain, &call->definitions);
}

/* Put a copy of @text into @member of @call, which is freed if there is no memory. */
static struct libvirt_call *take_text(struct libvirt_call *call, char **member,
				      const char *text)
{
	*member = strdup(text);
	if (*member)
		return call;
	libvirt_call_free(&call->job);
	return NULL;
}

int libvirt_read_definitions(struct hypervisor *base, const char *domain,
			     struct definitions *ret_definitions)
{
	struct libvirt_call *call = libvirt_call_new(call_read_definitions);
	int r;

	if (call)
		call = take_text(call, &call->domain, domain);
	r = libvirt_carry_out(base, call);
	if (r < 0)
		return r;
	*ret_definitions = call->definitions;
	call->definitions = (struct definitions){ 0 };
	libvirt_call_free(&call->job);
	return 0;
}

static int call_write_metadata(struct libvirt_link *link, struct libvirt_call *call)
{
	return libvirt_link_write_metadata(link, call->uuid, call->kind, call->element);
}

int libvirt_write_metadata(struct hypervisor *base, const char *uuid,
			   enum definition_kind kind, const char *element)
{
	struct libvirt_call *call = libvirt_call_new(call_write_metadata);

	if (call) {
		call->kind = kind;
		if (element)
			call = take_text(call, &call->element, element);
	}
	return call_for_domain(base, call, uuid);
}
