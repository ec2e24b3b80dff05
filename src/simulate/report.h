/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outcome of simulations: the columns of its table, and its time series. */
#pragma once

#include <stdio.h>

#include "simulate/hypervisor.h"
#include "table/column.h"

/* The simulations of one scenario and one policy, over all seeds. */
struct sim_outcome {
	const char *scenario, *policy; /* not owned */
	unsigned n_seeds;
	struct sim_metrics sum; /* over the seeds */
};

/* struct row has the outcome; figures are means, but for the lowest free memory. */
extern const struct column outcome_columns[];

/* A time series, as a file of comma separated values. */
struct sim_series {
	FILE *file;
	const char *scenario, *policy;
	uint64_t seed;
};

/* Write the line of headings. */
void sim_series_begin(const struct sim_series *series);

/* A sim_step_fn, @data is a struct sim_series: a line per guest and second. */
void sim_series_note(void *data, const struct simulation *simulation);
