/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whoever carries out the calls of a hypervisor: a worker with a connection, which is
 * left behind when a call does not return in time.
 */
#pragma once

#include "cycle/hypervisor.h"
#include "libvirt/call.h"
#include "system/worker.h"

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

static inline struct libvirt_hypervisor *libvirt_downcast(struct hypervisor *base)
{
	return (struct libvirt_hypervisor *)base;
}

/*
 * Have @call carried out by a worker of @base, which is a hypervisor of
 * libvirt_hypervisor_open(), over a connection that is made if there is none. Returns its
 * result. On failure it is freed; NULL means out of memory.
 */
int libvirt_carry_out(struct hypervisor *base, struct libvirt_call *call);

/* Have a worker with a connection: the present one, or a new one. */
int libvirt_ensure_link(struct libvirt_hypervisor *hypervisor);

/* Ask the present connection for events. */
int libvirt_listen(struct libvirt_hypervisor *hypervisor);

/* End the worker and its connection, or leave it behind with its call. */
void libvirt_drop_worker(struct libvirt_hypervisor *hypervisor);

/* Note @text as what went wrong. Returns @r. */
int libvirt_note_failure(struct libvirt_hypervisor *hypervisor, int r, const char *text);
