/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The active domains that are known, with what stays until they end.
 *
 * A list does not change once it is shared: a call that hangs may read it for ever.
 */
#pragma once

#include <stdatomic.h>

#include "libvirt/traits.h"

/* Of a domain whose traits are not known; no active domain has it. */
#define LIBVIRT_UNKNOWN_ID (-1)

struct libvirt_domain {
	char uuid[DOMAIN_UUID_SIZE];
	char *name; /* owned by the list that it is in */
	int id;	    /* for which the traits hold */
	struct libvirt_traits traits;
	bool is_outdated; /* these are to be read again with the next look */
};

struct libvirt_known {
	atomic_uint n_references;
	size_t n;
	struct libvirt_domain domains[]; /* sorted by name */
};

/* An empty list with room for @n domains. Its reference is the caller's; NULL: no memory.
 */
struct libvirt_known *libvirt_known_new(size_t n);

struct libvirt_known *libvirt_known_ref(struct libvirt_known *known);

/* NULL is fine. */
void libvirt_known_unref(struct libvirt_known *known);

/* Add a copy of @domain to a list with room for it. Returns 0 or -ENOMEM. */
int libvirt_known_add(struct libvirt_known *known, const struct libvirt_domain *domain);

/* Put them in order, once all are added. */
void libvirt_known_sort(struct libvirt_known *known);

/*
 * The domain of that name, or NULL. By name, which its handle has: to be asked for its
 * UUID costs libvirt more than all else of an idle cycle. @known may be NULL.
 */
const struct libvirt_domain *libvirt_known_named(const struct libvirt_known *known,
						 const char *name);

/* The domain of that UUID, or NULL. @known may be NULL. */
const struct libvirt_domain *libvirt_known_find(const struct libvirt_known *known,
						const char *uuid);

/*
 * Put a list in the place of *@known in which what stays of the domain of @uuid is to be
 * read again. Without memory all of it is.
 */
void libvirt_known_outdate(struct libvirt_known **known, const char *uuid);
