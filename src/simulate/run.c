/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cycle/cycle.h"
#include "simulate/run.h"

/* A simulation's clock stands still meanwhile: what a look takes per emulated guest. */
#define LOOK_MS 2

/* One tick; a refused move is the policy's own fault and costs it its effect. */
static int tick(struct cycle *cycle)
{
	int r = cycle_look(cycle);

	cycle->look_ms = LOOK_MS * (int64_t)cycle->snapshot.n_domains;
	if (r == 0)
		r = cycle_plan(cycle);
	if (r == 0)
		cycle_act(cycle, NULL, NULL);
	return r;
}

static int coordinate(const struct sim_setup *setup, struct cycle *cycle)
{
	int64_t end_ms = setup->scenario->duration_ms;
	int64_t period_ms = setup->contender->period_ms;
	int r = cycle_listen(cycle);

	if (r == 0)
		r = hypervisor_wait(cycle->hypervisor, setup->scenario->begin_ms);
	while (r == 0) {
		int64_t now_ms = hypervisor_now_ms(cycle->hypervisor);

		if (now_ms >= end_ms)
			break;
		r = tick(cycle);
		if (r == 0)
			r = hypervisor_wait(cycle->hypervisor,
					    period_ms ? now_ms + period_ms
						      : cycle_next_ms(cycle, now_ms));
	}
	return r;
}

int sim_run(const struct sim_setup *setup, struct sim_metrics *ret_metrics)
{
	struct settings settings = *setup->settings;
	struct cycle cycle = { .settings = &settings };
	struct simulation *simulation;
	int r = simulation_open(setup->scenario, &settings, setup->seed, &simulation);

	if (r < 0)
		return r;
	settings.policy = setup->contender->policy;
	cycle.hypervisor = &simulation->base;
	simulation->on_step = setup->on_step;
	simulation->on_step_data = setup->on_step_data;
	if (setup->contender->begin)
		setup->contender->begin(simulation);
	if (settings.policy)
		r = coordinate(setup, &cycle);
	if (r == 0)
		r = hypervisor_wait(cycle.hypervisor, setup->scenario->duration_ms);
	if (r == 0) {
		sim_metrics_finish(&simulation->metrics, simulation->guests,
				   setup->scenario->n_guests);
		*ret_metrics = simulation->metrics;
	}
	cycle_clear(&cycle);
	hypervisor_close(&simulation->base);
	return r;
}
