/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read the host and its active domains. */
#pragma once

#include "libvirt/link.h"

/* See hypervisor.h. */
int libvirt_link_sample(struct libvirt_link *link, struct snapshot *ret_snapshot);

/* Put what @record has into @domain: figures, and the state. Returns whether it has that.
 */
bool libvirt_read_bulk(const virDomainStatsRecord *record, struct domain *domain);
