/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libvirt/carrier.h"
#include "libvirt/definition.h"
#include "libvirt/operations.h"
#include "libvirt/sample.h"
#include "system/monotonic.h"

/* A host on which everything takes long must not be given up for ever. */
#define MAX_LENIENCE 8
#define QUICK_MS 500
/* So many QEMUs may stop between two looks without a cycle being skipped. */
#define MAX_RETRIES 3

static int call_sample(struct libvirt_link *link, struct libvirt_call *call)
{
	link->is_brief = call->is_brief;
	return libvirt_link_sample(link, &call->snapshot);
}

static int sample_once(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	struct libvirt_call *call = libvirt_call_new(call_sample);
	int r;

	if (call)
		call->is_brief = base->is_brief;
	r = libvirt_carry_out(base, call);

	if (r < 0)
		return r;
	*ret_snapshot = call->snapshot;
	call->snapshot = (struct snapshot){ 0 };
	libvirt_call_free(&call->job);
	return 0;
}

static bool is_late(const struct hypervisor *base)
{
	return base->deadline_ms && monotonic_now_ms() >= base->deadline_ms;
}

/*
 * The first call that meets a stopped QEMU hangs; libvirt leaves that domain out of the
 * next, which has to come by another connection. As long as there can be one it is not
 * libvirtd that hangs, but perhaps one more QEMU.
 */
int libvirt_sample(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);
	int r = sample_once(base, ret_snapshot);

	for (int i = 0; i < MAX_RETRIES && r == -ETIMEDOUT && !hypervisor->is_lost &&
			!hypervisor_is_hurried(base) && !is_late(base);
	     i++)
		r = sample_once(base, ret_snapshot);
	if (r == 0 && hypervisor->took_ms < QUICK_MS)
		hypervisor->lenience = 1;
	else if (r == -ETIMEDOUT && hypervisor->lenience < MAX_LENIENCE)
		hypervisor->lenience *= 2;
	return r;
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
