/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/facts.h"

int facts_init(struct host_facts *ret_facts, const struct snapshot *snapshot)
{
	struct domain_facts *domains = calloc(snapshot->n_domains + 1, sizeof(*domains));

	if (!domains)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->n_domains; i++)
		memcpy(domains[i].uuid, snapshot->domains[i].uuid,
		       sizeof(domains[i].uuid));
	*ret_facts = (struct host_facts){
		.n_domains = snapshot->n_domains,
		.domains = domains,
	};
	return 0;
}

struct domain_facts *facts_find(const struct host_facts *facts, const char *uuid)
{
	if (facts->n_domains == 0)
		return NULL;
	return bsearch(uuid, facts->domains, facts->n_domains, sizeof(*facts->domains),
		       domain_compare_uuid);
}

void facts_clear(struct host_facts *facts)
{
	for (size_t i = 0; i < facts->n_domains; i++) {
		free(facts->domains[i].hook);
		free(facts->domains[i].own_limit.path);
		free(facts->domains[i].shared_limit.path);
	}
	free(facts->domains);
	free(facts->coordinator_limit.path);
	free(facts->versions);
	free(facts->refusal);
	free(facts->rival);
	free(facts->rival_unit);
	*facts = (struct host_facts){ 0 };
}
