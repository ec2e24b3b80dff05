/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "session/selection.h"
#include "system/exit-status.h"
#include "system/log.h"

bool selection_has(const struct selection *selection, const struct domain *domain)
{
	for (size_t p = 0; p < selection->n; p++)
		if (domain_matches(domain, selection->patterns[p]))
			return true;
	return selection->n == 0;
}

bool *selection_choose(const struct selection *selection, const struct snapshot *snapshot)
{
	bool *chosen = calloc(snapshot->n_domains + 1, sizeof(*chosen));

	for (size_t i = 0; chosen && i < snapshot->n_domains; i++)
		chosen[i] = selection_has(selection, &snapshot->domains[i]);
	return chosen;
}

int selection_check(const struct selection *selection, const struct snapshot *snapshot,
		    const char *kind)
{
	for (size_t p = 0; p < selection->n; p++) {
		bool is_found = false;

		for (size_t i = 0; i < snapshot->n_domains && !is_found; i++)
			is_found = domain_matches(&snapshot->domains[i],
						  selection->patterns[p]);
		if (!is_found) {
			log_error("%s: no %s domain of that name or UUID",
				  selection->patterns[p], kind);
			return EXIT_FAILED;
		}
	}
	return EXIT_OK;
}
