/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "stats-period.h"

struct stats_period_entry {
	char uuid[DOMAIN_UUID_SIZE];
	int id;
	bool is_set;
	unsigned original_s;
};

static bool needs_period(const struct domain *domain, const struct settings *settings)
{
	return domain->has_balloon && domain->state == DOMAIN_RUNNING &&
	       domain_has(domain, DOMAIN_STATS_PERIOD) &&
	       (domain->stats_period_s == 0 ||
		domain->stats_period_s > settings->stats_period_s);
}

static struct stats_period_entry *find(const struct stats_periods *periods,
				       const struct domain *domain)
{
	for (size_t i = 0; i < periods->n_entries; i++)
		if (periods->entries[i].id == domain->id &&
		    strcmp(periods->entries[i].uuid, domain->uuid) == 0)
			return &periods->entries[i];
	return NULL;
}

static struct stats_period_entry *append(struct stats_periods *periods,
					 const struct domain *domain)
{
	struct stats_period_entry *entries =
		reallocarray(periods->entries, periods->n_entries + 1, sizeof(*entries));

	if (!entries)
		return NULL;
	periods->entries = entries;

	struct stats_period_entry *entry = &entries[periods->n_entries++];

	*entry = (struct stats_period_entry){
		.id = domain->id,
		.original_s = (unsigned)domain->stats_period_s,
	};
	memcpy(entry->uuid, domain->uuid, sizeof(entry->uuid));
	return entry;
}

/* Returns whether the period could be set. */
static bool set_period(struct hypervisor *hypervisor, const struct domain *domain,
		       unsigned period_s)
{
	int r = hypervisor_set_stats_period(hypervisor, domain->uuid, period_s);

	if (r == 0)
		log_info("%s: statistics period set from %u s to %u s", domain->name,
			 (unsigned)domain->stats_period_s, period_s);
	else if (r != -ENOENT)
		log_warning("%s: cannot set its statistics period, leaving it alone: %s",
			    domain->name, hypervisor_error(hypervisor));
	return r == 0;
}

int stats_periods_borrow(struct stats_periods *periods, struct hypervisor *hypervisor,
			 const struct snapshot *snapshot, const struct settings *settings)
{
	int n_set = 0;

	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct domain *domain = &snapshot->domains[i];

		if (!needs_period(domain, settings) || find(periods, domain))
			continue;

		struct stats_period_entry *entry = append(periods, domain);

		if (!entry)
			return -ENOMEM;
		entry->is_set = set_period(hypervisor, domain, settings->stats_period_s);
		n_set += entry->is_set;
	}
	return n_set;
}

void stats_periods_return(struct stats_periods *periods, struct hypervisor *hypervisor,
			  const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct stats_period_entry *entry =
			find(periods, &snapshot->domains[i]);

		if (entry && entry->is_set)
			set_period(hypervisor, &snapshot->domains[i], entry->original_s);
	}
	free(periods->entries);
	*periods = (struct stats_periods){ 0 };
}
