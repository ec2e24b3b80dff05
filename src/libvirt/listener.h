/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libvirt tells of its own accord. */
#pragma once

#include <stdatomic.h>

#include <libvirt/libvirt.h>

#include "cycle/hypervisor.h"

/*
 * Where events of a connection go. Shared by the hypervisor, its connection and the
 * callbacks for events, which may outlive both; each of them holds a reference.
 */
struct libvirt_listener {
	atomic_uint n_references;
	struct hypervisor *hypervisor; /* NULL: gone; for the main thread only */
	/* Called for who has started, before the event is told; or NULL. */
	void (*on_started)(struct hypervisor *hypervisor, const char *uuid);
	atomic_bool is_closed;	 /* the connection is lost */
	atomic_bool has_changed; /* some domain's traits: read them again */
};

/* Its one reference is the caller's. NULL: out of memory. */
struct libvirt_listener *libvirt_listener_new(struct hypervisor *hypervisor);

void libvirt_listener_unref(struct libvirt_listener *listener);

enum { LIBVIRT_N_EVENTS = 6 };

/* What libvirt was asked to call back for; it keeps the connection open meanwhile. */
struct libvirt_callbacks {
	size_t n_events;
	int events[LIBVIRT_N_EVENTS];
	bool has_close;
};

/*
 * Have libvirt tell @listener what happens on @connection. Returns 0, or -1 with
 * libvirt's error set; libvirt_callbacks_remove() is due in both cases.
 */
int libvirt_callbacks_add_events(struct libvirt_callbacks *callbacks,
				 struct libvirt_listener *listener,
				 virConnectPtr connection);

/*
 * Have the loss of @connection noted; not every driver can tell. @listener must stay
 * until libvirt_callbacks_remove().
 */
void libvirt_callbacks_add_close(struct libvirt_callbacks *callbacks,
				 struct libvirt_listener *listener,
				 virConnectPtr connection);

void libvirt_callbacks_remove(struct libvirt_callbacks *callbacks,
			      virConnectPtr connection);
