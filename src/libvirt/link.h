/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection to libvirt, what is known through it, and the calls about one domain. */
#pragma once

#include <libvirt/libvirt.h>

#include "cycle/hypervisor.h"
#include "libvirt/listener.h"
#include "libvirt/traits.h"

/* A domain that is active, kept from one sample to the next. */
struct libvirt_domain {
	char uuid[DOMAIN_UUID_SIZE];
	int id;
	virDomainPtr handle; /* owned; NULL: handed on */
	const char *name;    /* the handle's */
	struct libvirt_traits traits;
};

/*
 * A connection with what is known through it. All of it belongs to a worker's thread, and
 * so do all functions below: they may block. They return 0 or a negative errno, with the
 * text in @link->error.
 */
struct libvirt_link {
	virConnectPtr connection;	   /* NULL before libvirt_link_connect() */
	struct libvirt_listener *listener; /* referenced */
	struct libvirt_callbacks callbacks;
	bool is_local;	 /* this machine's QEMU: /proc/meminfo speaks for its host */
	bool is_private; /* its domains exist in this process only */
	bool is_brief;	 /* samples need not have what only the live XML tells */
	char *uri;	 /* canonical form; owned */
	size_t n_domains;
	struct libvirt_domain *domains; /* sorted by name; owned */
	char error[HYPERVISOR_ERROR_SIZE];
};

/* Once, before anything else of libvirt. Returns 0 or -EIO. */
int libvirt_initialize(void);

/* A link that is not connected; @listener gets a reference. NULL: out of memory. */
struct libvirt_link *libvirt_link_new(struct libvirt_listener *listener);

/* Disconnect and free; @link is a struct libvirt_link. */
void libvirt_link_free(void *link);

/* Connect to @uri (NULL: libvirt's default). The text names the cure where there is one.
 */
int libvirt_link_connect(struct libvirt_link *link, const char *uri, bool read_only);

/* See hypervisor.h for what these do. */
int libvirt_link_set_target(struct libvirt_link *link, const char *uuid,
			    uint64_t target_kib);
int libvirt_link_set_stats_period(struct libvirt_link *link, const char *uuid,
				  unsigned period_s);
int libvirt_link_listen(struct libvirt_link *link);

/* Note libvirt's last error and map it to a negative errno. */
int libvirt_fail(struct libvirt_link *link);

/* The state that libvirt calls @state. */
enum domain_state libvirt_map_state(int state);

/* The active domain of that UUID as of the last sample, or NULL. */
struct libvirt_domain *libvirt_find(struct libvirt_link *link, const char *uuid);

void libvirt_forget_domains(struct libvirt_link *link);
