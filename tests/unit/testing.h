/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all unit tests need: cmocka, and a small world to plan for. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/defaults.h"
#include "core/policy.h"

#define MIB ((uint64_t)1024)
#define GIB ((uint64_t)1024 * 1024)

enum { WORLD_MAX = 16 };

/* A host and its domains, seen again and again; sizes are KiB. */
struct world {
	struct settings settings;
	struct history history;
	struct snapshot snapshot;
	struct domain domains[WORLD_MAX];
};

/* An empty host of 16 GiB with 12 GiB available, and default settings of 'classic'. */
static inline void world_init(struct world *world)
{
	*world = (struct world){ 0 };
	defaults_init(&world->settings);
	world->settings.policy = &policy_classic;
	world->snapshot.host = (struct host){ 16 * GIB, 12 * GIB };
	world->snapshot.domains = world->domains;
	world->snapshot.now_ms = 1000000;
	world->snapshot.has_time = true;
	world->snapshot.time_s = 1000;
}

/* Add a running domain with a statistics period of 1 s; UUIDs rise in this order. */
static inline struct domain *world_add(struct world *world, uint64_t current_kib,
				       uint64_t maximum_kib, uint64_t usable_kib)
{
	static char names[WORLD_MAX][8];
	size_t i = world->snapshot.n_domains++;
	struct domain *domain = &world->domains[i];

	snprintf(names[i], sizeof(names[i]), "vm%zu", i);
	*domain = (struct domain){
		.name = names[i],
		.id = (int)i + 1,
		.has_balloon = true,
		.present = DOMAIN_CURRENT | DOMAIN_MAXIMUM | DOMAIN_USABLE |
			   DOMAIN_UNUSED | DOMAIN_RSS | DOMAIN_LAST_UPDATE |
			   DOMAIN_STATS_PERIOD,
		.current_kib = current_kib,
		.maximum_kib = maximum_kib,
		.usable_kib = usable_kib,
		.unused_kib = usable_kib,
		.rss_kib = current_kib,
		.last_update_s = world->snapshot.time_s,
		.stats_period_s = 1,
	};
	snprintf(domain->uuid, sizeof(domain->uuid), "00000000-0000-0000-0000-%012zu", i);
	return domain;
}

/* Let @elapsed_ms pass without a new sample, and look. */
static inline void world_look(struct world *world, int64_t elapsed_ms)
{
	world->snapshot.now_ms += elapsed_ms;
	assert_int_equal(
		history_update(&world->history, &world->snapshot, &world->settings), 0);
}

/* Let @elapsed_ms pass with a new sample of every domain, and look. */
static inline void world_sample(struct world *world, int64_t elapsed_ms)
{
	world->snapshot.time_s++;
	for (size_t i = 0; i < world->snapshot.n_domains; i++)
		world->domains[i].last_update_s++;
	world_look(world, elapsed_ms);
}

static inline void world_clear(struct world *world)
{
	history_clear(&world->history);
}
