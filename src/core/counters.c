/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sat.h"
#include "core/counters.h"

/* A ZiB swapped, or a fault each microsecond for 35 years. */
#define POSSIBLE_MAX ((uint64_t)1 << 50)

static void read_counter(struct counters *counters, const struct domain *domain,
			 enum domain_figure figure, uint64_t value, uint64_t *counter)
{
	if (!domain_has(domain, figure) || value > POSSIBLE_MAX)
		return;
	counters->known |= figure;
	*counter = value;
}

struct counters counters_read(const struct domain *domain)
{
	struct counters new = { 0 };

	read_counter(&new, domain, DOMAIN_SWAP_IN, domain->swap_in_kib, &new.swap_in_kib);
	read_counter(&new, domain, DOMAIN_SWAP_OUT, domain->swap_out_kib,
		     &new.swap_out_kib);
	read_counter(&new, domain, DOMAIN_MAJOR_FAULTS, domain->major_faults,
		     &new.major_faults);
	return new;
}

static bool are_both_known(const struct counters *old, const struct counters *new,
			   enum domain_figure figure)
{
	return old->known & new->known &figure;
}

bool counters_began_anew(const struct counters *old, const struct counters *new)
{
	const struct {
		enum domain_figure figure;
		uint64_t old, new;
	} counters[] = {
		{ DOMAIN_SWAP_IN, old->swap_in_kib, new->swap_in_kib },
		{ DOMAIN_SWAP_OUT, old->swap_out_kib, new->swap_out_kib },
		{ DOMAIN_MAJOR_FAULTS, old->major_faults, new->major_faults },
	};
	bool has_fallen = false;

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (!are_both_known(old, new, counters[i].figure))
			continue;
		if (counters[i].new > counters[i].old && counters[i].old > 0)
			return false;
		has_fallen |= counters[i].new < counters[i].old;
	}
	return has_fallen;
}

uint64_t counters_swapped_kib(const struct counters *old, const struct counters *new)
{
	return are_both_known(old, new, DOMAIN_SWAP_OUT)
		       ? sat_sub(new->swap_out_kib, old->swap_out_kib)
		       : 0;
}

uint64_t counters_faults(const struct counters *old, const struct counters *new)
{
	return are_both_known(old, new, DOMAIN_MAJOR_FAULTS)
		       ? sat_sub(new->major_faults, old->major_faults)
		       : 0;
}
