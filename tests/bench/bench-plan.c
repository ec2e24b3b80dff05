/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a cycle's own work takes (remember, classify, plan), by number of domains. The
 * best of many rounds is taken, as the machine may have other work.
 *
 * bench-plan POLICY DOMAINS ROUNDS: only work so much, for bench-instructions.
 */
#include <math.h>

#include "core/defaults.h"
#include "core/policy.h"
#include "bench.h"

/* Milliseconds of one cycle over @n domains, the best of @rounds. */
static double measure(const struct policy *policy, size_t n, size_t rounds)
{
	struct settings settings;
	struct history history = { 0 };
	struct snapshot snapshot;
	double best_ms = INFINITY;

	defaults_init(&settings);
	settings.policy = policy;
	fill(&snapshot, n);
	for (size_t i = 0; i < rounds; i++) {
		struct plan plan;

		let_time_pass(&snapshot);
		double begun_ms = now_ms();
		if (history_update(&history, &snapshot, &settings) < 0 ||
		    policy_plan(&snapshot, &history, &settings, &plan) < 0)
			abort();
		best_ms = fmin(best_ms, now_ms() - begun_ms);
		plan_clear(&plan);
	}
	history_clear(&history);
	snapshot_clear(&snapshot);
	settings_clear(&settings);
	return best_ms;
}

/* Show how the cost of a domain grows with their number. */
static void compare(const struct policy *policy)
{
	static const size_t sizes[] = { 10, 100, 1000, 10000 };
	double first_us = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		double us = measure(policy, sizes[i], 20 + 20000 / sizes[i]) * 1000 /
			    (double)sizes[i];

		first_us = i == 0 ? us : first_us;
		print_row(&(struct bench_row){ .name = "time per domain",
					       .unit = "us",
					       .value = us,
					       .reference = first_us,
					       .of = "of 10 domains" },
			  "%s, %zu domains", policy->name, sizes[i]);
	}
}

int main(int argc, char **argv)
{
	for (size_t p = 0; policies[p]; p++)
		if (argc != 4)
			compare(policies[p]);
		else if (strcmp(argv[1], policies[p]->name) == 0)
			measure(policies[p], strtoul(argv[2], NULL, 10),
				strtoul(argv[3], NULL, 10));
	return 0;
}
