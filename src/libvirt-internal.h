/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the libvirt-*.c files only. */
#pragma once

#include <stdatomic.h>

#include <libvirt/libvirt.h>

#include "facts.h"
#include "hypervisor.h"
#include "metadata.h"
#include "worker.h"

/* What the live XML of a domain tells; it changes rarely between start and stop. */
struct libvirt_traits {
	bool has_balloon;
	bool has_stats_period;
	unsigned stats_period_s;
	unsigned traits;		   /* enum domain_trait */
	uint64_t maximum_kib, current_kib; /* 0: the XML does not tell */
	struct domain_choices choices;
	char metadata_error[METADATA_ERROR_SIZE]; /* "": none */
};

/* A domain that is active, kept from one sample to the next. */
struct libvirt_domain {
	char uuid[DOMAIN_UUID_SIZE];
	int id;
	virDomainPtr handle; /* owned; NULL: handed on */
	const char *name;    /* the handle's */
	struct libvirt_traits traits;
};

/*
 * Where events of a connection go. Shared by the hypervisor, its connection and the
 * callbacks for events, which may outlive both; each of them holds a reference.
 */
struct libvirt_listener {
	atomic_uint n_references;
	struct hypervisor *hypervisor; /* NULL: gone; for the main thread only */
	atomic_bool is_closed;	       /* the connection is lost */
	atomic_bool has_changed;       /* some domain's traits: read them again */
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
int libvirt_link_sample(struct libvirt_link *link, struct snapshot *ret_snapshot);
int libvirt_link_set_target(struct libvirt_link *link, const char *uuid,
			    uint64_t target_kib);
int libvirt_link_set_stats_period(struct libvirt_link *link, const char *uuid,
				  unsigned period_s);
int libvirt_link_listen(struct libvirt_link *link);
int libvirt_link_sample_definitions(struct libvirt_link *link,
				    struct snapshot *ret_snapshot);
int libvirt_link_read_definitions(struct libvirt_link *link, const char *domain,
				  struct definitions *ret_definitions);
int libvirt_link_write_metadata(struct libvirt_link *link, const char *uuid,
				enum definition_kind kind, const char *element);

/* Note libvirt's last error and map it to a negative errno. */
int libvirt_fail(struct libvirt_link *link);

/* Parse live XML. Returns 0, or -EINVAL. */
int libvirt_parse_traits(const char *xml, struct libvirt_traits *ret_traits);

/* Put @traits into @domain, but for the maximum. Returns 0 or -ENOMEM. */
int libvirt_put_traits(struct domain *domain, const struct libvirt_traits *traits);

/* The state that libvirt calls @state. */
enum domain_state libvirt_map_state(int state);

/* Put what @record has into @domain: figures, and the state. Returns whether it has that.
 */
bool libvirt_read_bulk(const virDomainStatsRecord *record, struct domain *domain);

/* The active domain of that UUID as of the last sample, or NULL. */
struct libvirt_domain *libvirt_find(struct libvirt_link *link, const char *uuid);

void libvirt_forget_domains(struct libvirt_link *link);

/* A call through a link, as the job of a worker: what it takes and what it yields. */
struct libvirt_call {
	struct job job;
	int (*run)(struct libvirt_link *link, struct libvirt_call *call);
	char *uri; /* in: which (NULL: the default one); out: its canonical form; owned */
	bool is_read_only, is_private, is_brief;
	char uuid[DOMAIN_UUID_SIZE];
	uint64_t target_kib;
	unsigned period_s;
	char *domain, *element; /* in; owned */
	enum definition_kind kind;
	struct snapshot snapshot;	/* out; owned */
	struct definitions definitions; /* out; owned */
	struct host_facts facts;	/* out; owned */
	int result;
	char error[HYPERVISOR_ERROR_SIZE];
};

/* @run is one of the functions below. NULL: out of memory. */
struct libvirt_call *libvirt_call_new(int (*run)(struct libvirt_link *link,
						 struct libvirt_call *call));

/* @job is that of a struct libvirt_call, or NULL. */
void libvirt_call_free(struct job *job);

int libvirt_call_connect(struct libvirt_link *link, struct libvirt_call *call);
int libvirt_call_listen(struct libvirt_link *link, struct libvirt_call *call);
int libvirt_call_sample(struct libvirt_link *link, struct libvirt_call *call);
int libvirt_call_examine(struct libvirt_link *link, struct libvirt_call *call);

/*
 * Have @call carried out by a worker of @base, which is a hypervisor of
 * libvirt_hypervisor_open(), over a connection that is made if there is none. Returns its
 * result. On failure it is freed; NULL means out of memory.
 */
int libvirt_carry_out(struct hypervisor *base, struct libvirt_call *call);

/* See hypervisor.h for what these do; they have it done by a worker. */
int libvirt_set_target(struct hypervisor *base, const char *uuid, uint64_t target_kib);
int libvirt_set_stats_period(struct hypervisor *base, const char *uuid,
			     unsigned period_s);
int libvirt_sample_definitions(struct hypervisor *base, struct snapshot *ret_snapshot);
int libvirt_read_definitions(struct hypervisor *base, const char *domain,
			     struct definitions *ret_definitions);
int libvirt_write_metadata(struct hypervisor *base, const char *uuid,
			   enum definition_kind kind, const char *element);
