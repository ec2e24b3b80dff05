/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls through a link, as jobs of a worker. */
#pragma once

#include "checks/facts.h"
#include "libvirt/known.h"
#include "libvirt/link.h"
#include "system/worker.h"

typedef char libvirt_uuid[DOMAIN_UUID_SIZE];

/* Whose figures are asked for. */
struct libvirt_question {
	enum libvirt_asks { LIBVIRT_ASKS_ALL, LIBVIRT_ASKS_KNOWN, LIBVIRT_ASKS_ONE } kind;
	struct libvirt_known *known; /* referenced; also for what stays; may be NULL */
	size_t n_left_out;
	libvirt_uuid *left_out; /* of those known; owned */
	size_t n_newcomers;
	libvirt_uuid *newcomers; /* who are not known yet; owned */
	bool forgets;		 /* what stays is read again */
	bool is_brief;		 /* samples need not have what only the live XML tells */
	bool has_host;		 /* the host's memory, too */
};

/* What a call takes, what it yields, and who is told. */
struct libvirt_call {
	struct job job;
	int (*run)(struct libvirt_link *link, struct libvirt_call *call);
	unsigned patience_ms; /* 0: that of the hypervisor */
	/*
	 * Called on the main thread if it comes back after it was given up, or if nobody
	 * waits for it; may be NULL.
	 */
	void (*on_return)(struct hypervisor *base, struct libvirt_call *call);

	libvirt_uuid uuid; /* of the one domain that it is about, or "" */
	bool asks_job;	   /* it is given up if a job of somebody else has the domain */
	uint64_t target_kib;
	unsigned period_s;
	struct period_mark period_mark;
	char *domain, *element; /* in; owned */
	enum definition_kind kind;
	struct libvirt_question question;

	struct snapshot snapshot; /* out; owned; unsorted */
	/* Out: those in the snapshot, in its order; NULL: all as known; referenced. */
	struct libvirt_known *seen;
	size_t n_listed;
	libvirt_uuid *listed;		/* out; owned */
	char *uri;			/* out: its canonical form; owned */
	bool is_private, is_local;	/* out */
	bool is_broken;			/* out: the connection is gone */
	struct definitions definitions; /* out; owned */
	struct host_facts facts;	/* out; owned */
	bool has_job;			/* out */
	int result;
	char error[HYPERVISOR_ERROR_SIZE];
};

/* @run is called on the worker's thread, with its link. NULL: out of memory. */
struct libvirt_call *libvirt_call_new(int (*run)(struct libvirt_link *link,
						 struct libvirt_call *call));

/* @job is that of a struct libvirt_call, or NULL. */
void libvirt_call_free(struct job *job);
