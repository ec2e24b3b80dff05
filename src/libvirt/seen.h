/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A look at domains in the making: what has been seen so far. */
#pragma once

#include "libvirt/call.h"

struct libvirt_seen {
	struct snapshot snapshot;   /* unsorted; owned */
	struct libvirt_known *next; /* who was seen, and who hangs; referenced */
};

/* Make room for @n domains. Returns 0 or -ENOMEM; clear it in both cases. */
int libvirt_seen_begin(struct libvirt_seen *look, size_t n);

void libvirt_seen_clear(struct libvirt_seen *look);

/* Move what @call has seen into @look, which has room for it. Returns 0 or -ENOMEM. */
int libvirt_seen_take(struct libvirt_seen *look, struct libvirt_call *call);

/*
 * Of a domain that hangs there is nothing but what was known before. Returns 0 or
 * -ENOMEM.
 */
int libvirt_seen_keep(struct libvirt_seen *look, const struct libvirt_domain *known);

/* Does it run, with a balloon, and has no figures? */
bool libvirt_is_busy(const struct domain *domain);

/* Is there none of these, and none that hangs? */
bool libvirt_seen_is_whole(const struct libvirt_seen *look);
