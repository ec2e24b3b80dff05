/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No libvirt call is made here: a worker makes them, and is left behind with its
 * connection when one does not return in time.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event-loop.h"
#include "libvirt-hypervisor.h"
#include "libvirt-internal.h"
#include "monotonic.h"
#include "worker.h"

/* For one call, unless the caller knows better. Bulk figures of 200 guests take 0.2 s. */
#define PATIENCE_MS 5000
/* To connect: over a slow network, or while somebody is asked for a password. */
#define CONNECT_PATIENCE_MS 15000
/* For one call after a stop has been asked for: run has to end within a second. */
#define HURRIED_PATIENCE_MS 300
/* How often a waiting call looks whether it is hurried. */
#define SLICE_MS 100
/* A host on which everything takes long must not be given up for ever. */
#define MAX_LENIENCE 8
#define QUICK_MS 500
/* Each call that hangs occupies one of libvirtd's own 20 workers. */
#define MAX_LEFT 8
/* So many QEMUs may stop between two looks without a cycle being skipped. */
#define MAX_RETRIES 3
/* For the last good-bye to libvirtd. */
#define CLOSE_PATIENCE_MS 300

struct libvirt_hypervisor {
	struct hypervisor base;
	char *wanted_uri; /* NULL: libvirt's default; owned */
	bool is_read_only, is_listening;
	struct worker *worker; /* NULL: no connection */
	int watch;
	bool is_back; /* the job of the worker */
	struct libvirt_listener *listener;
	unsigned lenience; /* by this the patience is multiplied */
	int64_t took_ms;   /* the last call that returned */
	bool is_lost;	   /* the last attempt to connect failed */
};

static struct libvirt_hypervisor *downcast(struct hypervisor *base)
{
	return (struct libvirt_hypervisor *)base;
}

static void job_is_back(void *data)
{
	struct libvirt_hypervisor *hypervisor = data;

	hypervisor->is_back = true;
}

static void drop_worker(struct libvirt_hypervisor *hypervisor)
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

static int fail(struct libvirt_hypervisor *hypervisor, int r, const char *text)
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
		return fail(hypervisor, -ENOMEM, "out of memory");
	hypervisor->is_back = false;
	worker_give(hypervisor->worker, &call->job);
	if (!await_job(hypervisor)) {
		drop_worker(hypervisor);
		return fail(hypervisor, -ETIMEDOUT, "libvirt does not answer in time");
	}
	worker_take(hypervisor->worker);

	int r = call->result;

	if (r < 0) {
		fail(hypervisor, r, call->error);
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
		drop_worker(hypervisor);
		return -ENOMEM;
	}
	return 0;
}

static int connect_link(struct libvirt_hypervisor *hypervisor)
{
	struct libvirt_call *call = libvirt_call_new(libvirt_call_connect);

	if (call && hypervisor->wanted_uri) {
		call->uri = strdup(hypervisor->wanted_uri);
		if (!call->uri) {
			libvirt_call_free(&call->job);
			call = NULL;
		}
	}
	if (!call)
		return fail(hypervisor, -ENOMEM, "out of memory");
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

static int listen_on_link(struct libvirt_hypervisor *hypervisor)
{
	struct libvirt_call *call = libvirt_call_new(libvirt_call_listen);
	int r = carry_out(hypervisor, call);

	if (r == 0)
		libvirt_call_free(&call->job);
	return r;
}

/* Have a worker with a connection: the present one, or a new one. */
static int ensure_link(struct libvirt_hypervisor *hypervisor)
{
	int r;

	if (hypervisor->worker)
		return 0;
	if (worker_n_left() >= MAX_LEFT)
		return fail(hypervisor, -EBUSY,
			    "too many calls hang in libvirt, waiting for one to return");
	r = start_worker(hypervisor);
	if (r < 0)
		return fail(hypervisor, r, "cannot start a thread");
	r = connect_link(hypervisor);
	hypervisor->is_lost = r < 0;
	/* Without events it goes on all the same. */
	if (r == 0 && hypervisor->is_listening &&
	    listen_on_link(hypervisor) == -ETIMEDOUT)
		r = -ETIMEDOUT;
	if (r < 0)
		drop_worker(hypervisor);
	return r;
}

static int64_t now_ms(struct hypervisor *base)
{
	(void)base;
	return monotonic_now_ms();
}

int libvirt_carry_out(struct hypervisor *base, struct libvirt_call *call)
{
	struct libvirt_hypervisor *hypervisor = downcast(base);
	int r = ensure_link(hypervisor);

	if (r < 0) {
		libvirt_call_free(call ? &call->job : NULL);
		return r;
	}
	return carry_out(hypervisor, call);
}

static int sample_once(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	struct libvirt_call *call = libvirt_call_new(libvirt_call_sample);
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
static int sample(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	struct libvirt_hypervisor *hypervisor = downcast(base);
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

static int listen_for_events(struct hypervisor *base)
{
	struct libvirt_hypervisor *hypervisor = downcast(base);
	int r = ensure_link(hypervisor);

	if (r == 0)
		r = listen_on_link(hypervisor);
	/* The next link may do better than one that is slow. */
	hypervisor->is_listening = r == 0 || r == -ETIMEDOUT;
	return r;
}

static int wait_until(struct hypervisor *base, int64_t until_ms)
{
	struct libvirt_hypervisor *hypervisor = downcast(base);

	/* Without a link nobody would tell of events. */
	if (hypervisor->is_listening && ensure_link(hypervisor) < 0 &&
	    hypervisor->is_lost)
		return -ENOTCONN;
	if (event_loop_run(until_ms, &base->is_woken) < 0)
		return fail(hypervisor, -EIO, "the event loop of libvirt fails");
	return 0;
}

static bool is_alive(struct hypervisor *base)
{
	struct libvirt_hypervisor *hypervisor = downcast(base);

	/* A worker that was left behind says nothing: the next call connects anew. */
	return !hypervisor->is_lost &&
	       !(hypervisor->listener && atomic_load(&hypervisor->listener->is_closed));
}

static void close_hypervisor(struct hypervisor *base)
{
	struct libvirt_hypervisor *hypervisor = downcast(base);

	drop_worker(hypervisor);
	free(hypervisor->wanted_uri);
	free(base->uri);
	free(hypervisor);
}

static const struct hypervisor_ops libvirt_ops = {
	.now_ms = now_ms,
	.sample = sample,
	.set_target = libvirt_set_target,
	.set_stats_period = libvirt_set_stats_period,
	.sample_definitions = libvirt_sample_definitions,
	.read_definitions = libvirt_read_definitions,
	.write_metadata = libvirt_write_metadata,
	.listen = listen_for_events,
	.wait = wait_until,
	.is_alive = is_alive,
	.close = close_hypervisor,
};

static int explain_failure(const struct libvirt_hypervisor *hypervisor, const char *uri,
			   char **ret_error)
{
	if (asprintf(ret_error, "cannot connect to %s: %s", uri ? uri : "libvirt",
		     hypervisor->base.error) < 0)
		*ret_error = NULL;
	return -ENOTCONN;
}

/* The first connection, for which there is more time. */
static int open_link(struct libvirt_hypervisor *hypervisor)
{
	int r;

	hypervisor->base.patience_ms = CONNECT_PATIENCE_MS;
	r = ensure_link(hypervisor);
	hypervisor->base.patience_ms = 0;
	return r;
}

int libvirt_hypervisor_open(const char *uri, bool read_only, const bool *is_hurried,
			    struct hypervisor **ret_hypervisor, char **ret_error)
{
	struct libvirt_hypervisor *hypervisor = calloc(1, sizeof(*hypervisor));

	if (!hypervisor)
		return -ENOMEM;
	hypervisor->base.ops = &libvirt_ops;
	hypervisor->base.is_hurried = is_hurried;
	hypervisor->is_read_only = read_only;
	hypervisor->lenience = 1;
	if (uri)
		hypervisor->wanted_uri = strdup(uri);

	int r = uri && !hypervisor->wanted_uri ? -ENOMEM : libvirt_initialize();

	if (r < 0)
		fail(hypervisor, r, "libvirt cannot be initialized");
	else
		r = open_link(hypervisor);
	if (r < 0) {
		r = explain_failure(hypervisor, uri, ret_error);
		close_hypervisor(&hypervisor->base);
		return r;
	}
	*ret_hypervisor = &hypervisor->base;
	return 0;
}
