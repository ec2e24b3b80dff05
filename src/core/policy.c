/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/policy.h"

const struct policy *const policies[] = {
	&policy_fair,
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

/*
 * Nobody may count on a balloon that does not move: it is asked to stay as it is. As long
 * as its size is not reported, that would be a request for nothing at all.
 */
static void withdraw_from_stuck(const struct snapshot *snapshot,
				const struct history *history, struct plan *plan)
{
	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct promise *promise = &history->records[i].promise;
		const struct domain *domain = &snapshot->domains[i];
		uint64_t current_kib = domain->current_kib;

		if (promise_is_to_withdraw(promise) && domain_has(domain, DOMAIN_CURRENT))
			plan->moves[plan->n_moves++] = (struct move){
				.domain = i,
				.from_kib = current_kib,
				.to_kib = current_kib,
				.reason = REASON_STUCK,
			};
	}
}

/*
 * The host's free memory may be on its way to a domain already. Who shrinks is let go on:
 * that takes nothing from the host.
 */
static void drop_growth(struct plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_moves; i++) {
		const struct move *move = &plan->moves[i];

		if (move->to_kib <= move->from_kib)
			plan->moves[n++] = *move;
		else if (plan->shares)
			plan->shares[move->domain].bound = REASON_TARGETS_UNKNOWN;
	}
	plan->n_moves = n;
}

/* Of a domain that is left out, nothing else matters. */
static struct verdict judge(const struct domain *domain, const struct record *record,
			    const struct settings *settings, int64_t now_ms)
{
	if (!record->settings.is_managed)
		return (struct verdict){ CLASS_UNMANAGED, REASON_LEFT_OUT };
	return settings->policy->classify(domain, &record->demand, settings, now_ms);
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
		plan.verdicts[i] = judge(&snapshot->domains[i], &history->records[i],
					 settings, snapshot->now_ms);

	int r = policy->move(snapshot, history, settings, &plan);

	if (r < 0) {
		plan_clear(&plan);
		return r;
	}
	if (policy->awaits_targets && !history_knows_targets(history, snapshot->now_ms))
		drop_growth(&plan);
	if (policy->withdraws_from_stuck)
		withdraw_from_stuck(snapshot, history, &plan);
	*ret_plan = plan;
	return 0;
}

void plan_clear(struct plan *plan)
{
	free(plan->verdicts);
	free(plan->shares);
	free(plan->moves);
	*plan = (struct plan){ 0 };
}
