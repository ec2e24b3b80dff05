/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls through a link, as jobs of a worker. */
#pragma once

#include "checks/facts.h"
#include "libvirt/link.h"
#include "system/worker.h"

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

/* @run is called on the worker's thread, with its link. NULL: out of memory. */
struct libvirt_call *libvirt_call_new(int (*run)(struct libvirt_link *link,
						 struct libvirt_call *call));

/* @job is that of a struct libvirt_call, or NULL. */
void libvirt_call_free(struct job *job);
