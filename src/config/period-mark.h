/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mark of a borrowed statistics period, in the <metadata> of a running domain's XML:
 *
 *   <memcoord:borrowed xmlns:memcoord="urn:memcoord:borrowed:1" stats-period="10"
 * set="1"/>
 *
 * "stats-period" is what is to be given back, "set" the longest that was set instead (1
 * if it does not say). core/borrowed-period.h tells what for. It has a namespace of its
 * own, because it is no setting: whoever watches those need not look at it. What must
 * hold for it is also in the schema data/memcoord-borrowed.rng.
 */
#pragma once

#include "core/domain.h"

struct _xmlNode; /* of libxml2 */

#define PERIOD_MARK_NAMESPACE "urn:memcoord:borrowed:1"

/*
 * Read @element, which is of that namespace. Returns 0; or -EINVAL with @ret_mark
 * untouched.
 */
int period_mark_read(struct _xmlNode *element, struct period_mark *ret_mark);

/* The same of the text of an element, as virDomainGetMetadata() gives it. */
int period_mark_parse(const char *xml, struct period_mark *ret_mark);

/*
 * The element as virDomainSetMetadata() takes it: libvirt adds the namespace. Owned by
 * the caller; NULL: out of memory.
 */
char *period_mark_format(const struct period_mark *mark);
