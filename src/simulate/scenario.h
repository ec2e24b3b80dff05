/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scenarios for the simulator: a host, its guests, and what these come to need. */
#pragma once

#include "model/guest.h"

/* Owned by whoever loaded it; free with scenario_clear(). */
struct scenario {
	char *name, *description;
	int64_t duration_ms;
	int64_t begin_ms; /* when memcoord begins to coordinate */
	uint64_t host_kib;
	uint64_t host_base_kib; /* used by the host itself */
	size_t n_guests;
	struct sim_guest_spec *guests;
};

/*
 * Read a scenario, see memcoord-scenario(5). Returns 0; or a negative errno with
 * @ret_error set to one line "FILE:LINE: ...", the caller's (-ENOMEM: it may be NULL),
 * and @ret_scenario untouched.
 */
int scenario_load(const char *path, struct scenario *ret_scenario, char **ret_error);

/* Free what @scenario owns and leave it empty. */
void scenario_clear(struct scenario *scenario);
