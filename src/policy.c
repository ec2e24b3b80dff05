/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

const struct policy *const policies[] = {
	&policy_classic,
	NULL,
};

const struct policy *policy_find(const char *name)
{
	for (size_t i = 0; policies[i]; i++)
		if (strcmp(policies[i]->name, name) == 0)
			return policies[i];
	return NULL;
}

const struct policy *policy_default(void)
{
	return policies[0];
}

int policy_plan(const struct snapshot *snapshot, const struct history *history,
		const struct settings *settings, struct plan *ret_plan)
{
	const struct policy *policy = settings->policy;
	size_t n = snapshot->n_domains;
	struct plan plan = { 0 };

	if (n > 0) {
		plan.verdicts = calloc(n, sizeof(*plan.verdicts));
		plan.moves = calloc(n, sizeof(*plan.moves));
		if (!plan.verdicts || !plan.moves) {
			plan_clear(&plan);
			return -ENOMEM;
		}
	}
	plan.n_verdicts = n;
	for (size_t i = 0; i < n; i++)
		plan.verdicts[i] = policy->classify(&snapshot->domains[i],
						    &history->records[i].demand, settings,
						    snapshot->now_ms);
	policy->move(snapshot, history, settings, &plan);
	*ret_plan = plan;
	return 0;
}

void plan_clear(struct plan *plan)
{
	free(plan->verdicts);
	free(plan->moves);
	*plan = (struct plan){ 0 };
}
