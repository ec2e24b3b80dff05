/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One world and the plan that is made for it, for tests of what policies decide. */
#pragma once

#include "core/policy.h"
#include "testing.h"

static struct world world;
static struct plan plan;

static inline int tear_down(void **state)
{
	(void)state;
	plan_clear(&plan);
	world_clear(&world);
	return 0;
}

static inline void make_plan(void)
{
	plan_clear(&plan);
	assert_int_equal(
		policy_plan(&world.snapshot, &world.history, &world.settings, &plan), 0);
}

/* The move of the domain with that index, or NULL. */
static inline const struct move *move_of(size_t domain)
{
	for (size_t i = 0; i < plan.n_moves; i++)
		if (plan.moves[i].domain == domain)
			return &plan.moves[i];
	return NULL;
}
