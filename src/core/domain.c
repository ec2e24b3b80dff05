/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/domain.h"

const char *const domain_trait_names[] = {
	"passes-devices",      "locks-memory",	 "huge-pages", "encrypted", "autodeflate",
	"free-page-reporting", "plugged-memory", "numa-bound", NULL,
};

const char *domain_state_name(enum domain_state state)
{
	static const char *const names[] = {
		[DOMAIN_RUNNING] = "running",
		[DOMAIN_PAUSED] = "paused",
		[DOMAIN_SUSPENDED] = "suspended",
		[DOMAIN_CRASHED] = "crashed",
		[DOMAIN_SHUTTING_DOWN] = "shutting down",
		[DOMAIN_SHUT_OFF] = "shut off",
	};

	return names[state];
}

int domain_compare_uuid(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool domain_matches(const struct domain *domain, const char *pattern)
{
	/* A name may look like a pattern. */
	return strcmp(pattern, domain->name) == 0 ||
	       fnmatch(pattern, domain->name, 0) == 0 ||
	       strcasecmp(pattern, domain->uuid) == 0;
}

void snapshot_sort(struct snapshot *snapshot)
{
	if (snapshot->n_domains > 1)
		qsort(snapshot->domains, snapshot->n_domains, sizeof(*snapshot->domains),
		      domain_compare_uuid);
}

void snapshot_clear(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_domains; i++) {
		free(snapshot->domains[i].name);
		free(snapshot->domains[i].metadata_error);
		free(snapshot->domains[i].definition_error);
	}
	free(snapshot->domains);
	*snapshot = (struct snapshot){ 0 };
}
