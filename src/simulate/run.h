/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Let a policy coordinate a simulated host, by the same cycle as a real one. */
#pragma once

#include "simulate/hypervisor.h"

/* Who is to coordinate. */
struct contender {
	const char *name;
	const char *summary;	     /* one line for help texts */
	const struct policy *policy; /* NULL: nobody coordinates */
	int64_t period_ms;	     /* its own cadence; 0: the period of the settings */
	/* Called before each simulation; may be NULL. */
	void (*begin)(const struct simulation *simulation);
};

/* What a simulation is run with. */
struct sim_setup {
	const struct scenario *scenario;
	const struct contender *contender;
	const struct settings *settings; /* but for the policy */
	uint64_t seed;
	sim_step_fn *on_step; /* may be NULL */
	void *on_step_data;
};

/*
 * Simulate from the beginning to the end. Returns 0, or -ENOMEM with @ret_metrics
 * untouched.
 */
int sim_run(const struct sim_setup *setup, struct sim_metrics *ret_metrics);
