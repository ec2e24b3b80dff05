/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the XML of a running domain tells. */
#pragma once

#include "config/metadata.h"
#include "core/domain.h"

/* What the live XML of a domain tells; it changes rarely between start and stop. */
struct libvirt_traits {
	bool has_balloon;
	bool has_stats_period;
	unsigned stats_period_s;
	unsigned traits;		   /* enum domain_trait */
	uint64_t maximum_kib, current_kib; /* 0: the XML does not tell */
	struct period_mark period_mark;
	struct domain_choices choices;
	char metadata_error[METADATA_ERROR_SIZE]; /* "": none */
};

/* Parse live XML. Returns 0, or -EINVAL. */
int libvirt_parse_traits(const char *xml, struct libvirt_traits *ret_traits);

/* Put @traits into @domain, but for the maximum. Returns 0 or -ENOMEM. */
int libvirt_put_traits(struct domain *domain, const struct libvirt_traits *traits);
