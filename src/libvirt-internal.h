/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the libvirt-*.c files only. */
#pragma once

#include <libvirt/libvirt.h>

#include "hypervisor.h"

/* What the live XML of a domain tells; it does not change between start and stop. */
struct libvirt_traits {
	bool has_balloon;
	bool has_stats_period;
	unsigned stats_period_s;
};

/* A domain that is active, kept from one sample to the next. */
struct libvirt_domain {
	char uuid[DOMAIN_UUID_SIZE];
	int id;
	virDomainPtr handle; /* owned */
	struct libvirt_traits traits;
};

struct libvirt_hypervisor {
	struct hypervisor base;
	virConnectPtr connection;
	bool is_local;	      /* this machine's QEMU: /proc/meminfo speaks for its host */
	int balloon_callback; /* -1: none */
	size_t n_domains;
	struct libvirt_domain *domains; /* sorted by UUID; owned */
};

/* Note libvirt's last error and map it to a negative errno. */
int libvirt_fail(struct libvirt_hypervisor *hypervisor);

/* Parse live XML. Returns 0, or -EINVAL. */
int libvirt_parse_traits(const char *xml, struct libvirt_traits *ret_traits);

/* hypervisor_ops.sample */
int libvirt_sample(struct hypervisor *base, struct snapshot *ret_snapshot);

/* The active domain of that UUID as of the last sample, or NULL. */
struct libvirt_domain *libvirt_find(struct libvirt_hypervisor *hypervisor,
				    const char *uuid);

void libvirt_forget_domains(struct libvirt_hypervisor *hypervisor);
