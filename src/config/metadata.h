/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's own choices, in the <metadata> of its XML, where they follow it through
 * migration: one element of memcoord's namespace, such as
 *
 *   <memcoord:settings xmlns:memcoord="urn:memcoord:domain:1" weight="200"/>
 *
 * What must hold for it is also in the schema data/memcoord-domain.rng.
 */
#pragma once

#include "core/choices.h"

struct _xmlNode; /* of libxml2 */

#define METADATA_NAMESPACE "urn:memcoord:domain:1"
#define METADATA_PREFIX "memcoord"

enum { METADATA_ERROR_SIZE = 128 };

/*
 * Read @element, which is of memcoord's namespace. Returns 0; or -EINVAL with @error set
 * to what is wrong and @ret_choices untouched.
 */
int metadata_read(struct _xmlNode *element, struct domain_choices *ret_choices,
		  char error[METADATA_ERROR_SIZE]);

/* The same of the text of an element, as virDomainGetMetadata() gives it. */
int metadata_parse(const char *xml, struct domain_choices *ret_choices,
		   char error[METADATA_ERROR_SIZE]);

/*
 * Set the choice of the attribute @name to what @text says, as the attribute's value
 * does. Returns 0; or -EINVAL with @error set and @choices untouched.
 */
int metadata_choose(struct domain_choices *choices, const char *name, const char *text,
		    char error[METADATA_ERROR_SIZE]);

/* Do @choices fit together? Returns 0; or -EINVAL with @error set. */
int metadata_check(const struct domain_choices *choices, char error[METADATA_ERROR_SIZE]);

/*
 * The element as virDomainSetMetadata() takes it: libvirt adds the namespace. Owned by
 * the caller; NULL: out of memory.
 */
char *metadata_format(const struct domain_choices *choices);
