/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small world as 'top' sees it. */
#pragma once

#include "top/take.h"
#include "testing.h"

struct top_world {
	struct world world;
	struct cycle cycle; /* borrows from the world, but for the plan */
	bool hidden[WORLD_MAX];
	struct top_model model;
};

static inline void top_world_init(struct top_world *top)
{
	*top = (struct top_world){ 0 };
	world_init(&top->world);
	top->world.settings.policy = &policy_fair;
}

/* Take in what is there now. */
static inline void top_world_take(struct top_world *top)
{
	bool chosen[WORLD_MAX];

	for (size_t i = 0; i < WORLD_MAX; i++)
		chosen[i] = !top->hidden[i];
	plan_clear(&top->cycle.plan);
	top->cycle.settings = &top->world.settings;
	top->cycle.history = top->world.history;
	top->cycle.snapshot = top->world.snapshot;
	assert_int_equal(policy_plan(&top->cycle.snapshot, &top->cycle.history,
				     top->cycle.settings, &top->cycle.plan),
			 0);
	assert_int_equal(top_model_take(&top->model, &top->cycle, chosen), 0);
}

/* Let @seconds pass with a new sample of every domain, and take it in. */
static inline void top_world_look(struct top_world *top, int seconds)
{
	world_sample(&top->world, seconds * 1000);
	top_world_take(top);
}

static inline void top_world_clear(struct top_world *top)
{
	top_model_clear(&top->model);
	plan_clear(&top->cycle.plan);
	world_clear(&top->world);
}
