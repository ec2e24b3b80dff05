/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a cycle's own work takes (remember, classify, plan), by number of domains.
 *
 * Half of the domains idle, a third consume, the rest starve; the host is scarce, so that
 * every step has something to do. The best of many rounds is taken, as the machine may
 * have other work.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy.h"

#define MIB ((uint64_t)1024)

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static uint64_t below(uint64_t limit)
{
	return ((uint64_t)rand() << 31 ^ (uint64_t)rand()) % limit;
}

static void fill(struct snapshot *snapshot, size_t n)
{
	*snapshot = (struct snapshot){
		.now_ms = 1000000,
		.host = { n * 2048 * MIB, n * 100 * MIB },
		.n_domains = n,
		.domains = calloc(n, sizeof(struct domain)),
	};
	for (size_t i = 0; i < n; i++) {
		struct domain *domain = &snapshot->domains[i];

		*domain = (struct domain){
			.name = strdup("domain"),
			.id = (int)i,
			.has_balloon = true,
			.present = DOMAIN_CURRENT | DOMAIN_MAXIMUM | DOMAIN_USABLE |
				   DOMAIN_RSS | DOMAIN_LAST_UPDATE | DOMAIN_STATS_PERIOD,
			.current_kib = (512 + below(1024)) * MIB,
			.maximum_kib = 4096 * MIB,
			.last_update_s = 1,
			.stats_period_s = 1,
		};
		snprintf(domain->uuid, sizeof(domain->uuid),
			 "%08x-0000-0000-0000-000000000000", (unsigned)i);
		domain->usable_kib = domain->current_kib / 2;
		domain->rss_kib = domain->current_kib;
	}
}

static void let_time_pass(struct snapshot *snapshot)
{
	snapshot->now_ms += 2000;
	for (size_t i = 0; i < snapshot->n_domains; i++) {
		struct domain *domain = &snapshot->domains[i];
		uint64_t used_up = i % 2 == 0 ? 0 : i % 6 == 1 ? 60 : 20;

		domain->last_update_s++;
		domain->usable_kib = domain->usable_kib > used_up * MIB
					     ? domain->usable_kib - used_up * MIB
					     : domain->current_kib / 2;
	}
}

/* Milliseconds of one cycle over @n domains. */
static double measure(const struct policy *policy, size_t n)
{
	struct settings settings;
	struct history history = { 0 };
	struct snapshot snapshot;
	size_t rounds = 20 + 20000 / n;
	double best_ms = INFINITY;

	settings_init(&settings);
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

int main(void)
{
	static const size_t sizes[] = { 10, 100, 1000, 10000 };

	puts("POLICY  DOMAINS  CYCLE ms  us/DOMAIN  vs n log n");
	for (size_t p = 0; policies[p]; p++) {
		double first = 0;

		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			size_t n = sizes[i];
			double ms = measure(policies[p], n);
			double per = ms / ((double)n * log2((double)n));

			first = i == 0 ? per : first;
			printf("%-8s %6zu %9.3f %10.3f %11.2f\n", policies[p]->name, n,
			       ms, ms * 1000 / (double)n, per / first);
		}
	}
	return 0;
}
