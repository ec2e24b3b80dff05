/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The figures that libvirt has of domains and of their host. */
#pragma once

#include "libvirt/link.h"
#include "libvirt/traits.h"

/* Put what @record has into @domain: figures, and the state. Returns whether it has that.
 */
bool libvirt_read_bulk(const virDomainStatsRecord *record, struct domain *domain);

/*
 * The per-domain calls, for drivers that give no bulk figures. Where nobody else can
 * change the maximum, which may go without an event, one has to do: the live XML has it.
 */
void libvirt_read_single(const struct libvirt_link *link, virDomainPtr handle,
			 const struct libvirt_traits *traits, bool has_state,
			 struct domain *domain);

/* Read the memory of the host. Returns 0 or a negative errno, with its text in @link. */
int libvirt_read_host(struct libvirt_link *link, struct host *host);
