/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenario files: refused with one line that says why, or a scenario that can be
 * simulated. The simulation is cut short, so that many of them can be tried.
 */
#include <errno.h>

#include "base/sat.h"
#include "core/defaults.h"
#include "core/policy.h"
#include "simulate/run.h"
#include "simulate/scenario.h"
#include "fuzz.h"

enum { DURATION_MAX_MS = 15000, GUESTS_MAX = 4 };

static void check_valid(const struct scenario *scenario)
{
	REQUIRE(scenario->name && scenario->description);
	REQUIRE(scenario->host_base_kib < scenario->host_kib);
	REQUIRE(scenario->n_guests >= 1 && scenario->n_guests <= 1000);
	for (size_t i = 0; i < scenario->n_guests; i++) {
		const struct sim_guest_spec *guest = &scenario->guests[i];

		REQUIRE(memchr(guest->name, '\0', sizeof(guest->name)));
		REQUIRE(guest->base_kib < guest->start_kib);
		REQUIRE(guest->start_kib <= guest->maximum_kib);
		REQUIRE(guest->n_terms >= 1 && guest->n_terms <= SIM_TERMS_MAX);
	}
}

static void simulate(const struct scenario *scenario, const struct policy *policy)
{
	const struct contender contender = { .name = policy->name, .policy = policy };
	struct settings settings;
	struct sim_metrics metrics;
	struct sim_setup setup = {
		.scenario = scenario,
		.contender = &contender,
		.settings = &settings,
		.seed = 1,
	};

	defaults_init(&settings);
	REQUIRE(sim_run(&setup, &metrics) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file(data, size);
	struct scenario scenario;
	char *error = NULL;
	int r = scenario_load(path, &scenario, &error);

	if (r == 0) {
		struct scenario brief = scenario;

		check_valid(&scenario);
		brief.n_guests = min_u64(brief.n_guests, GUESTS_MAX);
		brief.duration_ms %= DURATION_MAX_MS;
		brief.begin_ms %= DURATION_MAX_MS / 4;
		for (size_t i = 0; policies[i]; i++)
			simulate(&brief, policies[i]);
		scenario_clear(&scenario);
	} else {
		REQUIRE(r == -EINVAL);
		REQUIRE(error && strncmp(error, path, strlen(path)) == 0);
		REQUIRE(!strchr(error, '\n'));
	}
	free(error);
	return 0;
}
