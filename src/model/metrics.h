/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a simulation is judged by.
 *
 * Pure: no I/O, no clock. Sums saturate.
 */
#pragma once

#include "model/guest.h"

struct sim_metrics {
	uint64_t starved_ms; /* of all guests */
	uint64_t n_oom_kills;
	uint64_t unmet_kib_ms; /* memory that was needed and not there */
	uint64_t idle_kib_ms;  /* memory that guests had beyond use and headroom */
	uint64_t churn_kib;    /* moved by balloons */
	uint64_t n_commands;
	uint64_t n_reversals; /* larger moves back and forth within 30 s */
	uint64_t below_reserve_ms;
	int64_t lowest_free_kib; /* of the host; negative: it would have swapped */
};

/* The host at one moment, as far as it is judged. */
struct sim_host {
	int64_t free_kib;
	uint64_t reserve_kib;
	uint64_t floor_kib; /* of its domains */
};

void sim_metrics_init(struct sim_metrics *metrics);

/* Take in the state at @now_ms, which has lasted for @step_ms. */
void sim_metrics_note_step(struct sim_metrics *metrics, const struct sim_host *host,
			   const struct sim_guest *guests, size_t n_guests,
			   int64_t now_ms, int64_t step_ms);

/* Take in that the balloon of @guest, which had another target, is sent to @target_kib.
 */
void sim_metrics_note_command(struct sim_metrics *metrics, struct sim_guest *guest,
			      uint64_t target_kib, int64_t now_ms);

/* Take in what @guests counted themselves, once, at the end. */
void sim_metrics_finish(struct sim_metrics *metrics, const struct sim_guest *guests,
			size_t n_guests);

/* Add @other to @sum: sums of sums, the lower of the lowest. */
void sim_metrics_add(struct sim_metrics *sum, const struct sim_metrics *other);
