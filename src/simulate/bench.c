/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "simulate/bench.h"

static unsigned count_seeds(const struct sim_bench *bench)
{
	return bench->last_seed - bench->first_seed + 1;
}

static int simulate_one(struct sim_bench *bench, const struct scenario *scenario,
			const struct contender *contender)
{
	struct sim_outcome *outcome = &bench->outcomes[bench->n_outcomes++];
	struct sim_setup setup = {
		.scenario = scenario,
		.contender = contender,
		.settings = &bench->settings,
		.on_step = bench->series.file ? sim_series_note : NULL,
		.on_step_data = &bench->series,
	};

	*outcome = (struct sim_outcome){
		scenario->name, contender->name, count_seeds(bench), { 0 }
	};
	sim_metrics_init(&outcome->sum);
	bench->series.scenario = scenario->name;
	bench->series.policy = contender->name;
	for (setup.seed = bench->first_seed; setup.seed <= bench->last_seed;
	     setup.seed++) {
		struct sim_metrics metrics;
		int r;

		bench->series.seed = setup.seed;
		r = sim_run(&setup, &metrics);
		if (r < 0)
			return r;
		sim_metrics_add(&outcome->sum, &metrics);
	}
	return 0;
}

/* A line that sums up, for each policy. */
static void add_totals(struct sim_bench *bench)
{
	size_t n = bench->n_outcomes;

	for (size_t c = 0; c < bench->n_contenders; c++) {
		struct sim_outcome *total = &bench->outcomes[bench->n_outcomes++];

		*total = (struct sim_outcome){
			"total", bench->contenders[c]->name, count_seeds(bench), { 0 }
		};
		sim_metrics_init(&total->sum);
		for (size_t i = c; i < n; i += bench->n_contenders)
			sim_metrics_add(&total->sum, &bench->outcomes[i].sum);
	}
}

int sim_bench_run(struct sim_bench *bench)
{
	int r = 0;

	bench->outcomes = calloc((bench->n_scenarios + 1) * bench->n_contenders,
				 sizeof(*bench->outcomes));
	if (!bench->outcomes)
		return -ENOMEM;
	for (size_t s = 0; s < bench->n_scenarios; s++)
		for (size_t c = 0; c < bench->n_contenders && r == 0; c++)
			r = simulate_one(bench, &bench->scenarios[s],
					 bench->contenders[c]);
	if (r == 0 && bench->n_scenarios > 1)
		add_totals(bench);
	return r;
}

void sim_bench_clear(struct sim_bench *bench)
{
	for (size_t i = 0; i < bench->n_scenarios; i++)
		scenario_clear(&bench->scenarios[i]);
	free(bench->scenarios);
	free(bench->outcomes);
	settings_clear(&bench->settings);
}
