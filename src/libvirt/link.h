/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection to libvirt. */
#pragma once

#include <libvirt/libvirt.h>

#include "cycle/hypervisor.h"
#include "libvirt/listener.h"

/* A domain as a connection knows it. */
struct libvirt_handle {
	char uuid[DOMAIN_UUID_SIZE];
	virDomainPtr domain; /* owned */
};

/*
 * A connection of one worker's thread, to which all of it belongs, as do all functions
 * below: they may block. They return 0 or a negative errno, with the text in
 * @link->error.
 *
 * One worker alone: when several threads share a connection, libvirt's client now and
 * then lets an answer wait for the next keepalive message (seen with libvirt 9.0: 5 s).
 */
struct libvirt_link {
	virConnectPtr connection;	   /* NULL before libvirt_link_connect() */
	struct libvirt_listener *listener; /* referenced; NULL: it listens to nothing */
	struct libvirt_callbacks callbacks;
	bool is_local;	  /* this machine's QEMU: /proc/meminfo speaks for its host */
	bool is_private;  /* its domains exist in this process only */
	char *wanted_uri; /* owned; NULL: libvirt's default */
	bool is_read_only;
	char *uri; /* canonical form; owned */
	size_t n_handles;
	struct libvirt_handle *handles; /* sorted by UUID; owned */
	char error[HYPERVISOR_ERROR_SIZE];
};

/* Once, before anything else of libvirt. Returns 0 or -EIO. */
int libvirt_initialize(void);

/*
 * A link that is not connected yet, to be connected to @uri (NULL: libvirt's default);
 * @listener, which may be NULL, gets a reference. NULL: out of memory.
 */
struct libvirt_link *libvirt_link_new(struct libvirt_listener *listener, const char *uri,
				      bool read_only);

/* Disconnect and free; @link is a struct libvirt_link. */
void libvirt_link_free(void *link);

/* Connect. The text names the cure where there is one. */
int libvirt_link_connect(struct libvirt_link *link);

int libvirt_link_listen(struct libvirt_link *link);

/* Note libvirt's last error and map it to a negative errno. */
int libvirt_fail(struct libvirt_link *link);

/* The state that libvirt calls @state. */
enum domain_state libvirt_map_state(int state);

/*
 * The handle of the domain of @uuid, which the link keeps. NULL: libvirt_fail() tells why
 * there is none.
 */
virDomainPtr libvirt_link_handle(struct libvirt_link *link, const char *uuid);

/* Keep a reference to @domain, of that @uuid, if there is none yet. */
void libvirt_link_keep(struct libvirt_link *link, const char *uuid, virDomainPtr domain);

/* Let go of all of them. */
void libvirt_link_forget(struct libvirt_link *link);

/*
 * Note why @handle refused. A persistent domain that was shut down since the last sample
 * is no longer active, but libvirt has it still: that is an invalid operation to it.
 */
int libvirt_fail_at_domain(struct libvirt_link *link, virDomainPtr handle);
