/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Let contenders coordinate the same simulated hosts, one after the other. */
#pragma once

#include "simulate/report.h"
#include "simulate/run.h"

enum { SIM_CONTENDERS_MAX = 32 };

struct sim_bench {
	struct settings settings;	/* but for the policy; owned */
	unsigned first_seed, last_seed; /* each is tried with all of these */
	size_t n_contenders;
	const struct contender *contenders[SIM_CONTENDERS_MAX]; /* not owned */
	size_t n_scenarios;
	struct scenario *scenarios; /* owned */
	struct sim_series series;   /* its file is NULL if no time series is wanted */
	size_t n_outcomes;
	struct sim_outcome *outcomes; /* owned; names in it live as long as the others */
};

/*
 * Simulate everything. The outcomes come by scenario, then by contender; behind them,
 * where there are several scenarios, the totals by contender. Returns 0 or -ENOMEM.
 */
int sim_bench_run(struct sim_bench *bench);

/* Free what @bench owns. */
void sim_bench_clear(struct sim_bench *bench);
