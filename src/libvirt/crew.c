/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No libvirt call is made here: workers make them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libvirt/crew.h"
#include "system/event-loop.h"
#include "system/monotonic.h"

/* For one call, unless the caller knows better. Bulk figures of 200 guests take 0.2 s. */
#define PATIENCE_MS 5000
/* For one call after a stop has been asked for: run has to end within a second. */
#define HURRIED_PATIENCE_MS 300
/* How often a waiting call looks whether it is hurried. */
#define SLICE_MS 100
/* A service that is watched must answer in time, see the unit's WatchdogSec. */
#define MAX_LENIENCE 8
/* For the last good-bye to libvirtd. */
#define CLOSE_PATIENCE_MS 300

int libvirt_note_failure(struct libvirt_hypervisor *hypervisor, int r, const char *text)
{
	snprintf(hypervisor->base.error, sizeof(hypervisor->base.error), "%s", text);
	return r;
}

void libvirt_be_lenient(struct libvirt_hypervisor *hypervisor)
{
	if (hypervisor->lenience < MAX_LENIENCE)
		hypervisor->lenience *= 2;
}

unsigned libvirt_n_left(const struct libvirt_hypervisor *hypervisor)
{
	unsigned n = 0;

	for (size_t i = 0; i < LIBVIRT_WORKERS_MAX; i++)
		n += hypervisor->workers[i].is_left;
	return n;
}

unsigned libvirt_n_left_at(const struct libvirt_hypervisor *hypervisor, const char *uuid)
{
	unsigned n = 0;

	for (size_t i = 0; i < LIBVIRT_WORKERS_MAX; i++)
		n += hypervisor->workers[i].is_left &&
		     strcmp(hypervisor->workers[i].call->uuid, uuid) == 0;
	return n;
}

static void drop_if_broken(struct libvirt_worker *worker, bool is_broken);

/* A call that nobody waits for has come back. */
static void take_late(struct libvirt_worker *worker)
{
	struct libvirt_call *call = worker->call;

	worker_take(worker->worker);
	worker->call = NULL;
	worker->is_left = false;
	worker->is_connected = true;
	if (call->on_return)
		call->on_return(&worker->hypervisor->base, call);
	drop_if_broken(worker, call->is_broken);
	libvirt_call_free(&call->job);
}

static void job_is_back(void *data)
{
	struct libvirt_worker *worker = data;

	worker->is_back = true;
	if (worker->is_left)
		take_late(worker);
}

/* Start @worker on @link, which is its own from now on. */
static int start_worker(struct libvirt_worker *worker, struct libvirt_link *link)
{
	int r = link ? worker_start(link, libvirt_link_free, &worker->worker) : -ENOMEM;

	if (r < 0) {
		libvirt_link_free(link);
		worker->worker = NULL;
		return r;
	}
	worker->watch = event_loop_watch(worker_fd(worker->worker), job_is_back, worker);
	if (worker->watch >= 0)
		return 0;
	worker_end(worker->worker, CLOSE_PATIENCE_MS);
	worker->worker = NULL;
	return -ENOMEM;
}

static void end_worker(struct libvirt_worker *worker)
{
	event_loop_unwatch(worker->watch);
	worker_end(worker->worker, CLOSE_PATIENCE_MS);
	*worker = (struct libvirt_worker){ 0 };
}

/* The one that is idle, started if there is none yet; NULL: all are busy, or no memory.
 */
static struct libvirt_worker *find_idle(struct libvirt_hypervisor *hypervisor)
{
	for (size_t i = 0; i < LIBVIRT_WORKERS_MAX; i++) {
		struct libvirt_worker *worker = &hypervisor->workers[i];

		if (worker->call)
			continue;
		worker->hypervisor = hypervisor;
		if (worker->worker ||
		    start_worker(worker, libvirt_link_new(NULL, hypervisor->wanted_uri,
							  hypervisor->is_read_only)) == 0)
			return worker;
	}
	return NULL;
}

/* The loss of the first one's connection is told by an event, that of others is not. */
static void drop_if_broken(struct libvirt_worker *worker, bool is_broken)
{
	if (is_broken && worker != &worker->hypervisor->workers[0])
		end_worker(worker);
}

static void give(struct libvirt_worker *worker, struct libvirt_call *call)
{
	worker->is_back = false;
	worker->call = call;
	worker_give(worker->worker, &call->job);
}

static int64_t min_ms(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static unsigned patience_ms(const struct libvirt_worker *worker)
{
	const struct hypervisor *base = &worker->hypervisor->base;
	unsigned usual_ms = base->patience_ms ? base->patience_ms : PATIENCE_MS;
	unsigned wanted_ms = worker->call->patience_ms;

	/* To connect to another machine takes longer than a question. */
	if (!worker->is_connected && !base->is_local && wanted_ms < usual_ms)
		wanted_ms = usual_ms;
	return wanted_ms > 0 ? wanted_ms : usual_ms;
}

/* Wait for the job of @worker, delivering events meanwhile. Returns whether it is back.
 */
static bool await_job(struct libvirt_hypervisor *hypervisor,
		      struct libvirt_worker *worker)
{
	int64_t begun_ms = monotonic_now_ms(), now_ms = begun_ms;
	int64_t end_ms = now_ms + (int64_t)patience_ms(worker) * hypervisor->lenience;
	bool was_hurried = false;

	if (hypervisor->base.deadline_ms)
		end_ms = min_ms(end_ms, hypervisor->base.deadline_ms);
	while (!worker->is_back && now_ms < end_ms) {
		if (hypervisor_is_hurried(&hypervisor->base) && !was_hurried) {
			end_ms = min_ms(end_ms, now_ms + HURRIED_PATIENCE_MS);
			was_hurried = true;
		}
		event_loop_run(min_ms(end_ms, now_ms + SLICE_MS), &worker->is_back);
		now_ms = monotonic_now_ms();
	}
	if (worker->is_back)
		hypervisor->took_ms = now_ms - begun_ms;
	return worker->is_back;
}

/* Wait for @call, which @worker has. */
static int finish(struct libvirt_hypervisor *hypervisor, struct libvirt_worker *worker)
{
	struct libvirt_call *call = worker->call;
	int r;

	if (!await_job(hypervisor, worker)) {
		worker->is_left = true;
		return libvirt_note_failure(hypervisor, -ETIMEDOUT,
					    "libvirt does not answer in time");
	}
	worker_take(worker->worker);
	worker->call = NULL;
	worker->is_connected = true;
	r = call->result;
	if (r < 0) {
		libvirt_note_failure(hypervisor, r, call->error);
		drop_if_broken(worker, call->is_broken);
		libvirt_call_free(&call->job);
	}
	return r;
}

/* Have a worker begin with @call, which is freed on failure. */
static int begin(struct libvirt_hypervisor *hypervisor, struct libvirt_call *call,
		 struct libvirt_worker **ret_worker)
{
	struct libvirt_worker *worker;

	worker = hypervisor->listener ? find_idle(hypervisor) : NULL;
	if (!worker) {
		libvirt_call_free(&call->job);
		return hypervisor->listener
			       ? libvirt_note_failure(
					 hypervisor, -EAGAIN,
					 "too many calls hang in libvirt, waiting for "
					 "one to return")
			       : libvirt_note_failure(hypervisor, -ENOTCONN,
						      "there is no connection");
	}
	give(worker, call);
	*ret_worker = worker;
	return 0;
}

void libvirt_release_workers(struct libvirt_hypervisor *hypervisor)
{
	if (libvirt_n_left(hypervisor) > 0)
		return;
	for (size_t i = 1; i < LIBVIRT_WORKERS_MAX; i++)
		if (hypervisor->workers[i].worker && !hypervisor->workers[i].call)
			end_worker(&hypervisor->workers[i]);
}

int libvirt_have_done(struct hypervisor *base, struct libvirt_call *call)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);
	struct libvirt_worker *worker;
	int r = begin(hypervisor, call, &worker);

	return r == 0 ? finish(hypervisor, worker) : r;
}

int libvirt_send_off(struct hypervisor *base, struct libvirt_call *call)
{
	struct libvirt_worker *worker;
	int r = call ? begin(libvirt_downcast(base), call, &worker)
		     : libvirt_note_no_memory(base);

	if (r == 0)
		worker->is_left = true;
	return r;
}

static int call_listen(struct libvirt_link *link, struct libvirt_call *call)
{
	(void)call;
	return libvirt_link_listen(link);
}

/* The callbacks are those of the first link, which takes them back. */
int libvirt_listen(struct libvirt_hypervisor *hypervisor)
{
	struct libvirt_worker *first = &hypervisor->workers[0];
	struct libvirt_call *call = libvirt_call_new(call_listen);
	int r;

	if (!call || first->call) {
		libvirt_call_free(call ? &call->job : NULL);
		return libvirt_note_failure(hypervisor, -EAGAIN,
					    "another call hangs in libvirt");
	}
	give(first, call);
	r = finish(hypervisor, first);
	if (r == 0)
		libvirt_call_free(&call->job);
	return r;
}

/* The link is connected already, as for each call. */
static int call_describe(struct libvirt_link *link, struct libvirt_call *call)
{
	call->uri = strdup(link->uri);
	call->is_private = link->is_private;
	call->is_local = link->is_local;
	return call->uri ? 0 : -ENOMEM;
}

/* The first worker has a connection. */
static void take_connection(struct libvirt_hypervisor *hypervisor,
			    struct libvirt_call *call)
{
	if (!hypervisor->base.uri) {
		hypervisor->base.uri = call->uri;
		call->uri = NULL;
	}
	hypervisor->base.is_private = call->is_private;
	hypervisor->base.is_local = call->is_local;
	libvirt_call_free(&call->job);
}

static int start_first(struct libvirt_hypervisor *hypervisor)
{
	struct libvirt_worker *first = &hypervisor->workers[0];

	hypervisor->listener = libvirt_listener_new(&hypervisor->base);
	if (!hypervisor->listener)
		return -ENOMEM;
	hypervisor->listener->on_started = hypervisor->on_started;
	first->hypervisor = hypervisor;
	return start_worker(first,
			    libvirt_link_new(hypervisor->listener, hypervisor->wanted_uri,
					     hypervisor->is_read_only));
}

int libvirt_connect(struct libvirt_hypervisor *hypervisor)
{
	struct libvirt_call *call;
	int r;

	if (worker_n_left() >= LIBVIRT_LEFT_MAX)
		return libvirt_note_failure(
			hypervisor, -EAGAIN,
			"too many calls hang in libvirt, waiting for one to return");
	r = start_first(hypervisor);
	if (r < 0) {
		libvirt_disconnect(hypervisor);
		return libvirt_note_failure(hypervisor, r, "cannot start a thread");
	}
	call = libvirt_call_new(call_describe);
	r = libvirt_carry_out(&hypervisor->base, call);
	if (r < 0)
		libvirt_disconnect(hypervisor);
	else
		take_connection(hypervisor, call);
	return r;
}

void libvirt_disconnect(struct libvirt_hypervisor *hypervisor)
{
	for (size_t i = LIBVIRT_WORKERS_MAX; i-- > 0;)
		if (hypervisor->workers[i].worker)
			end_worker(&hypervisor->workers[i]);
	if (hypervisor->listener)
		hypervisor->listener->hypervisor = NULL;
	libvirt_listener_unref(hypervisor->listener);
	hypervisor->listener = NULL;
}
