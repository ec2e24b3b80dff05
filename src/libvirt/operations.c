/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/metadata.h"
#include "config/period-mark.h"
#include "libvirt/crew.h"
#include "libvirt/definition.h"
#include "libvirt/job.h"
#include "libvirt/operations.h"
#include "libvirt/sample.h"
#include "system/cleanup.h"

/*
 * To change a domain takes a few milliseconds, or as long as a job of somebody else holds
 * it: nobody else is to wait for that.
 */
#define CHANGE_PATIENCE_MS 1000

/* No domain can hold this up. */
#define PROBE_PATIENCE_MS 500

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

/* Tell of a change that was given up and has been answered after all. */
static void tell_answer(struct hypervisor *base, struct libvirt_call *call)
{
	hypervisor_tell(base, &(struct hypervisor_event){
				      .kind = HYPERVISOR_ANSWERED,
				      .uuid = call->uuid,
				      .result = call->result,
				      .at_ms = hypervisor_now_ms(base),
			      });
}

static bool is_suspect(const struct libvirt_hypervisor *hypervisor, const char *uuid)
{
	for (size_t i = 0; i < hypervisor->n_suspects; i++)
		if (strcmp(hypervisor->suspects[i], uuid) == 0)
			return true;
	return false;
}

/* Who did not answer once is asked first whether a job has it. */
static void suspect(struct libvirt_hypervisor *hypervisor, const char *uuid)
{
	libvirt_uuid *suspects;

	if (is_suspect(hypervisor, uuid))
		return;
	suspects = reallocarray(hypervisor->suspects, hypervisor->n_suspects + 1,
				sizeof(*suspects));
	if (!suspects)
		return;
	memcpy(suspects[hypervisor->n_suspects++], uuid, DOMAIN_UUID_SIZE);
	hypervisor->suspects = suspects;
}

static void clear(struct libvirt_hypervisor *hypervisor, const char *uuid)
{
	size_t n = 0;

	for (size_t i = 0; i < hypervisor->n_suspects; i++)
		if (strcmp(hypervisor->suspects[i], uuid) != 0)
			memmove(hypervisor->suspects[n++], hypervisor->suspects[i],
				sizeof(libvirt_uuid));
	hypervisor->n_suspects = n;
}

/* Have @call change the domain @uuid, unless a call about it hangs already. */
static int change_domain(struct hypervisor *base, struct libvirt_call *call,
			 const char *uuid)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);

	if (libvirt_hangs_at(hypervisor, uuid)) {
		libvirt_call_free(call ? &call->job : NULL);
		return libvirt_note_failure(hypervisor, -EALREADY,
					    "an earlier call for it has not returned");
	}
	if (call) {
		call->on_return = tell_answer;
		call->asks_job =
			libvirt_n_left(hypervisor) > 0 || is_suspect(hypervisor, uuid);
		if (!base->patience_ms || base->patience_ms > CHANGE_PATIENCE_MS)
			call->patience_ms = CHANGE_PATIENCE_MS;
	}

	int r = call_for_domain(base, call, uuid);

	if (r == -ETIMEDOUT)
		suspect(hypervisor, uuid);
	else if (r == 0 || r == -ENOENT)
		clear(hypervisor, uuid);
	return r;
}

/* Returns -EBUSY if a job of somebody else has the domain. */
static int check_job(struct libvirt_link *link, virDomainPtr handle)
{
	const char *job = libvirt_job_of(handle);

	if (!job)
		return 0;
	snprintf(link->error, sizeof(link->error), "libvirt has it in hand: %s", job);
	return -EBUSY;
}

static int call_set_target(struct libvirt_link *link, struct libvirt_call *call)
{
	virDomainPtr handle = libvirt_link_handle(link, call->uuid);
	int r;

	if (!handle)
		return libvirt_fail(link);
	r = call->asks_job ? check_job(link, handle) : 0;
	if (r == 0 &&
	    virDomainSetMemoryFlags(handle, call->target_kib, VIR_DOMAIN_AFFECT_LIVE) < 0)
		r = libvirt_fail_at_domain(link, handle);
	return r;
}

int libvirt_set_target(struct hypervisor *base, const char *uuid, uint64_t target_kib)
{
	struct libvirt_call *call = libvirt_call_new(call_set_target);

	if (call)
		call->target_kib = target_kib;
	return change_domain(base, call, uuid);
}

static int call_set_stats_period(struct libvirt_link *link, struct libvirt_call *call)
{
	virDomainPtr handle = libvirt_link_handle(link, call->uuid);
	int r;

	if (!handle)
		return libvirt_fail(link);
	r = call->asks_job ? check_job(link, handle) : 0;
	if (r == 0 && virDomainSetMemoryStatsPeriod(handle, (int)call->period_s,
						    VIR_DOMAIN_AFFECT_LIVE) < 0)
		r = libvirt_fail_at_domain(link, handle);
	return r;
}

int libvirt_set_stats_period(struct hypervisor *base, const char *uuid, unsigned period_s)
{
	struct libvirt_call *call = libvirt_call_new(call_set_stats_period);
	int r;

	if (call)
		call->period_s = period_s;
	r = change_domain(base, call, uuid);
	/* What stays of it has changed. */
	if (r == 0)
		libvirt_refresh(base, uuid);
	return r;
}

/* Into the live definition alone: it is none of the next start's business. */
static int call_mark(struct libvirt_link *link, struct libvirt_call *call)
{
	const struct period_mark *mark = &call->period_mark;
	CLEANUP_FREE char *element = mark->is_there ? period_mark_format(mark) : NULL;
	virDomainPtr handle;
	int r;

	if (mark->is_there && !element)
		return -ENOMEM;
	handle = libvirt_link_handle(link, call->uuid);
	if (!handle)
		return libvirt_fail(link);
	r = call->asks_job ? check_job(link, handle) : 0;
	if (r == 0 &&
	    virDomainSetMetadata(handle, VIR_DOMAIN_METADATA_ELEMENT, element,
				 element ? METADATA_PREFIX : NULL, PERIOD_MARK_NAMESPACE,
				 VIR_DOMAIN_AFFECT_LIVE) < 0)
		r = libvirt_fail_at_domain(link, handle);
	return r;
}

int libvirt_mark_stats_period(struct hypervisor *base, const char *uuid,
			      const struct period_mark *mark)
{
	struct libvirt_call *call = libvirt_call_new(call_mark);
	int r;

	if (call && mark)
		call->period_mark = *mark;
	r = change_domain(base, call, uuid);
	if (r == 0)
		libvirt_refresh(base, uuid);
	return r;
}

int libvirt_refresh(struct hypervisor *base, const char *uuid)
{
	libvirt_known_outdate(&libvirt_downcast(base)->known, uuid);
	return 0;
}

static int call_has_job(struct libvirt_link *link, struct libvirt_call *call)
{
	virDomainPtr handle = libvirt_link_handle(link, call->uuid);

	if (!handle)
		return libvirt_fail(link);
	call->has_job = libvirt_job_of(handle);
	return 0;
}

/*
 * While a change waits, a question is answered all the same, if it is a migration or a
 * dump that both would wait for. Whether the change has been made it tells itself.
 */
int libvirt_has_job(struct hypervisor *base, const char *uuid, bool *ret_has_job)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);
	struct libvirt_call *call;
	int r;

	if (libvirt_n_left_at(hypervisor, uuid) > 1)
		return -EALREADY;
	call = libvirt_call_new(call_has_job);
	if (!call)
		return libvirt_note_no_memory(base);
	snprintf(call->uuid, sizeof(call->uuid), "%s", uuid);
	call->patience_ms = PROBE_PATIENCE_MS;
	r = libvirt_carry_out(base, call);
	if (r < 0)
		return r;
	if (!call->has_job && libvirt_hangs_at(hypervisor, uuid))
		r = -EALREADY;
	else
		*ret_has_job = call->has_job;
	libvirt_call_free(&call->job);
	return r;
}

/* Does the last probe hang still? */
static bool is_mute(const struct libvirt_hypervisor *hypervisor)
{
	for (size_t i = 0; i < LIBVIRT_WORKERS_MAX; i++)
		if (hypervisor->workers[i].is_left &&
		    hypervisor->workers[i].call->run == libvirt_call_probe)
			return true;
	return false;
}

bool libvirt_answers(struct hypervisor *base)
{
	struct libvirt_call *call;
	int r;

	if (is_mute(libvirt_downcast(base)))
		return false;
	call = libvirt_call_new(libvirt_call_probe);
	if (call)
		call->patience_ms = PROBE_PATIENCE_MS;
	r = libvirt_carry_out(base, call);
	if (r == 0)
		libvirt_call_free(&call->job);
	return r != -ETIMEDOUT && r != -EAGAIN;
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
