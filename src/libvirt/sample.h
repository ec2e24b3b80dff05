/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that read the host and its active domains. */
#pragma once

#include "libvirt/call.h"

/*
 * Read whom @call->question is about into @call->snapshot, unsorted and without a time,
 * and what stays of them into @call->seen. libvirt locks only those who are named: a
 * domain whose hook script runs holds up a question about all, and none about others.
 */
int libvirt_call_sample(struct libvirt_link *link, struct libvirt_call *call);

/* List all active domains, with a lock on each, but no job. */
int libvirt_call_list(struct libvirt_link *link, struct libvirt_call *call);

/* Does libvirt answer at all? No domain is asked. */
int libvirt_call_probe(struct libvirt_link *link, struct libvirt_call *call);
