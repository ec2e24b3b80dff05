/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libvirt/crew.h"
#include "libvirt/hypervisor.h"
#include "libvirt/look.h"
#include "libvirt/operations.h"
#include "libvirt/roster.h"
#include "system/event-loop.h"
#include "system/monotonic.h"

/* To connect: over a slow network, or while somebody is asked for a password. */
#define CONNECT_PATIENCE_MS 15000

static int64_t now_ms(struct hypervisor *base)
{
	(void)base;
	return monotonic_now_ms();
}

static int listen_for_events(struct hypervisor *base)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);
	int r = libvirt_listen(hypervisor);

	hypervisor->is_listening = r == 0;
	return r;
}

static int wait_until(struct hypervisor *base, int64_t until_ms)
{
	if (event_loop_run(until_ms, &base->is_woken) < 0)
		return libvirt_note_failure(libvirt_downcast(base), -EIO,
					    "the event loop of libvirt fails");
	return 0;
}

static bool is_alive(struct hypervisor *base)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);

	return hypervisor->listener && !atomic_load(&hypervisor->listener->is_closed);
}

static void close_hypervisor(struct hypervisor *base)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);

	libvirt_forget(hypervisor);
	libvirt_disconnect(hypervisor);
	free(hypervisor->wanted_uri);
	free(base->uri);
	free(hypervisor);
}

static const struct hypervisor_ops libvirt_ops = {
	.now_ms = now_ms,
	.sample = libvirt_sample,
	.set_target = libvirt_set_target,
	.set_stats_period = libvirt_set_stats_period,
	.mark_stats_period = libvirt_mark_stats_period,
	.refresh = libvirt_refresh,
	.sample_definitions = libvirt_sample_definitions,
	.read_definitions = libvirt_read_definitions,
	.write_metadata = libvirt_write_metadata,
	.listen = listen_for_events,
	.has_job = libvirt_has_job,
	.answers = libvirt_answers,
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
	r = libvirt_connect(hypervisor);
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
	hypervisor->on_started = libvirt_note_started;
	hypervisor->is_read_only = read_only;
	hypervisor->lenience = 1;
	if (uri)
		hypervisor->wanted_uri = strdup(uri);

	int r = uri && !hypervisor->wanted_uri ? -ENOMEM : libvirt_initialize();

	if (r < 0)
		libvirt_note_failure(hypervisor, r, "libvirt cannot be initialized");
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
