/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a scenario file that says what a group of guests comes to need. */
#pragma once

#include "config/fields.h"
#include "model/demand.h"

enum { SCENARIO_DELAYS_MAX = 64 };

/* One term of a group, before it is laid out for its guests. */
struct demand_term {
	struct sim_term term;
	int64_t stride_ms;  /* each guest that much later than the one before it */
	int64_t stretch_ms; /* each guest's ramp that much longer */
	int64_t step_kib;   /* each guest's amount that much larger */
	size_t n_delays;    /* by guest, on top of the others */
	int64_t delays_ms[SCENARIO_DELAYS_MAX];
};

/* Read one term. Returns 0, or a negative errno with the error set. */
int demand_term_read(const struct config_reader *reader, const config_setting_t *group,
		     struct demand_term *ret_term);

/* The term as it is for guest @index of its group, counted from 0. */
struct sim_term demand_term_of(const struct demand_term *term, size_t index);
