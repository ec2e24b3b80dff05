/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated host behind the interface that libvirt has otherwise.
 *
 * Its clock stands still but in hypervisor_wait(). What it shows is what libvirt would
 * show: balloon sizes at once, the guests' statistics as of their last report.
 */
#pragma once

#include "core/settings.h"
#include "cycle/hypervisor.h"
#include "model/metrics.h"
#include "simulate/scenario.h"

struct simulation;

/* Called at the end of each step of the simulation. */
typedef void sim_step_fn(void *data, const struct simulation *simulation);

/* What only a domain's live XML has, as it was read last. */
struct sim_xml {
	bool is_known;
	unsigned stats_period_s;
};

struct simulation {
	struct hypervisor base;
	const struct scenario *scenario; /* not owned */
	int64_t now_ms;			 /* 0 in the beginning */
	struct prng prng;
	struct sim_guest *guests; /* one per guest of the scenario, like the next two */
	struct sim_xml *xmls;
	struct period_mark *period_marks;
	struct sim_host host;
	struct sim_metrics metrics;
	bool is_listening;
	sim_step_fn *on_step; /* may be NULL */
	void *on_step_data;
};

/*
 * Begin to simulate @scenario, which must outlive the result; the reserve and the floor
 * of @settings are what it is judged by. The same @seed gives the same simulation. Free
 * it with hypervisor_close(). Returns 0, or -ENOMEM with @ret_simulation untouched.
 */
int simulation_open(const struct scenario *scenario, const struct settings *settings,
		    uint64_t seed, struct simulation **ret_simulation);

/*
 * Have the statistics of the @index-th guest refreshed every @period_s seconds (0: never)
 * behind the coordinator's back: samples show that only after hypervisor_refresh().
 */
void simulation_change_stats_period(struct simulation *simulation, size_t index,
				    unsigned period_s);

/* Have the live XML of all domains read with the next sample, as a new connection does.
 */
void simulation_reconnect(struct simulation *simulation);
