/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No libvirt call is made here: a worker makes them, and is left behind with its
 * connection when one does not return in time.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libvirt/carrier.h"
#include "system/event-loop.h"
#include "system/monotonic.h"

/* For one call, unless the caller knows better. Bulk figures of 200 guests take 0.2 s. */
#define PATIENCE_MS 5000
/* For one call after a stop has been asked for: run has to end within a second. */
#define HURRIED_PATIENCE_MS 300
/* How often a waiting call looks whether it is hurried. */
#define SLICE_MS 100
/* Each call that hangs occupies one of libvirtd's own 20 workers. */
#define MAX_LEFT 8
/* For the last good-bye to libvirtd. */
#define CLOSE_PATIENCE_MS 300

static void job_is_back(void *data)
{
	struct libvirt_hypervisor *hypervisor = data;

	hypervisor->is_back = true;
}

void libvirt_drop_worker(struct libvirt_hypervisor *hypervisor)
{
	if (!hypervisor->worker)
		return;
	event_loop_unwatch(hypervisor->watch);
	worker_end(hypervisor->worker, CLOSE_PATIENCE_MS);
	hypervisor->worker = NULL;
	hypervisor->listener->hypervisor = NULL;
	libvirt_listener_unref(hypervisor->listener);
	hypervisor->listener = NULL;
}

static int64_t min_ms(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Wait for the worker's job, delivering events meanwhile. Returns whether it is back. */
static bool await_job(struct libvirt_hypervisor *hypervisor)
{
	unsigned patience_ms =
		hypervisor->base.patience_ms ? hypervisor->base.patience_ms : PATIENCE_MS;
	int64_t begun_ms = monotonic_now_ms(), now_ms = begun_ms;
	int64_t end_ms = now_ms + (int64_t)patience_ms * hypervisor->lenience;
	bool was_hurried = false;

	if (hypervisor->base.deadline_ms)
		end_ms = min_ms(end_ms, hypervisor->base.deadline_ms);
	while (!hypervisor->is_back && now_ms < end_ms) {
		if (hypervisor_is_hurried(&hypervisor->base) && !was_hurried) {
			end_ms = min_ms(end_ms, now_ms + HURRIED_PATIENCE_MS);
			was_hurried = true;
		}
		event_loop_run(min_ms(end_ms, now_ms + SLICE_MS), &hypervisor->is_back);
		now_ms = monotonic_now_ms();
	}
	hypervisor->took_ms = now_ms - begun_ms;
	return hypervisor->is_back;
}

int libvirt_note_failure(struct libvirt_hypervisor *hypervisor, int r, const char *text)
{
	snprintf(hypervisor->base.error, sizeof(hypervisor->base.error), "%s", text);
	return r;
}

/*
 * Have the worker carry out @call, which is freed on failure (NULL: out of memory). A
 * worker that does not come back in time is left.
 */
static int carry_out(struct libvirt_hypervisor *hypervisor, struct libvirt_call *call)
{
	if (!call)
		return libvirt_note_failure(hypervisor, -ENOMEM, "out of memory");
	hypervisor->is_back = false;
	worker_give(hypervisor->worker, &call->job);
	if (!await_job(hypervisor)) {
		libvirt_drop_worker(hypervisor);
		return libvirt_note_failure(hypervisor, -ETIMEDOUT,
					    "libvirt does not answer in time");
	}
	worker_take(hypervisor->worker);

	int r = call->result;

	if (r < 0) {
		libvirt_note_failure(hypervisor, r, call->error);
		libvirt_call_free(&call->job);
	}
	return r;
}

static int start_worker(struct libvirt_hypervisor *hypervisor)
{
	struct libvirt_listener *listener = libvirt_listener_new(&hypervisor->base);
	struct libvirt_link *link = listener ? libvirt_link_new(listener) : NULL;
	int r = link ? worker_start(link, libvirt_link_free, &hypervisor->worker)
		     : -ENOMEM;

	if (r < 0) {
		libvirt_link_free(link);
		libvirt_listener_unref(listener);
		return r;
	}
	hypervisor->listener = listener;
	hypervisor->watch =
		event_loop_watch(worker_fd(hypervisor->worker), job_is_back, hypervisor);
	if (hypervisor->watch < 0) {
		libvirt_drop_worker(hypervisor);
		return -ENOMEM;
	}
	return 0;
}

static int call_connect(struct libvirt_link *link, struct libvirt_call *call)
{
	int r = libvirt_link_connect(link, call->uri, call->is_read_only);

	if (r < 0)
		return r;
	free(call->uri);
	call->uri = strdup(link->uri);
	call->is_private = link->is_private;
	return call->uri ? 0 : -ENOMEM;
}

static int connect_link(struct libvirt_hypervisor *hypervisor)
{
	struct libvirt_call *call = libvirt_call_new(call_connect);

	if (call && hypervisor->wanted_uri) {
		call->uri = strdup(hypervisor->wanted_uri);
		if (!call->uri) {
			libvirt_call_free(&call->job);
			call = NULL;
		}
	}
	if (!call)
		return libvirt_note_failure(hypervisor, -ENOMEM, "out of memory");
	call->is_read_only = hypervisor->is_read_only;

	int r = carry_out(hypervisor, call);

	if (r < 0)
		return r;
	if (!hypervisor->base.uri) {
		hypervisor->base.uri = call->uri;
		call->uri = NULL;
	}
	hypervisor->base.is_private = call->is_private;
	libvirt_call_free(&call->job);
	return 0;
}

static int call_listen(struct libvirt_link *link, struct libvirt_call *call)
{
	(void)call;
	return libvirt_link_listen(link);
}

int libvirt_listen(struct libvirt_hypervisor *hypervisor)
{
	struct libvirt_call *call = libvirt_call_new(call_listen);
	int r = carry_out(hypervisor, call);

	if (r == 0)
		libvirt_call_free(&call->job);
	return r;
}

int libvirt_ensure_link(struct libvirt_hypervisor *hypervisor)
{
	int r;

	if (hypervisor->worker)
		return 0;
	if (worker_n_left() >= MAX_LEFT)
		return libvirt_note_failure(
			hypervisor, -EBUSY,
			"too many calls hang in libvirt, waiting for one to return");
	r = start_worker(hypervisor);
	if (r < 0)
		return libvirt_note_failure(hypervisor, r, "cannot start a thread");
	r = connect_link(hypervisor);
	hypervisor->is_lost = r < 0;
	/* Without events it goes on all the same. */
	if (r == 0 && hypervisor->is_listening &&
	    libvirt_listen(hypervisor) == -ETIMEDOUT)
		r = -ETIMEDOUT;
	if (r < 0)
		libvirt_drop_worker(hypervisor);
	return r;
}

int libvirt_carry_out(struct hypervisor *base, struct libvirt_call *call)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);
	int r = libvirt_ensure_link(hypervisor);

	if (r < 0) {
		libvirt_call_free(call ? &call->job : NULL);
		return r;
	}
	return carry_out(hypervisor, call);
}
