/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/demand.h"
#include "suite.h"

static const struct row {
	const char *name;
	struct sim_term term;
	int64_t at_ms;
	uint64_t wanted_kib;
} rows[] = {
#define CONSTANT .shape = SIM_CONSTANT, .amount_kib
	{ "a constant is one", { CONSTANT = 7 }, 0, 7 },
	{ "for ever", { CONSTANT = 7 }, SIM_TIME_MAX_MS, 7 },
	{ "demand is never negative", { CONSTANT = -7 }, 0, 0 },
#define RAMP .shape = SIM_RAMP, .from_ms = 1000, .to_ms = 3000, .amount_kib
	{ "a ramp is 0 before", { RAMP = 100 }, 999, 0 },
	{ "and at its foot", { RAMP = 100 }, 1000, 0 },
	{ "half way up", { RAMP = 100 }, 2000, 50 },
	{ "at its top", { RAMP = 100 }, 3000, 100 },
	{ "and for good", { RAMP = 100 }, SIM_TIME_MAX_MS, 100 },
	{ "a delayed ramp is later", { RAMP = 100, .delay_ms = 500 }, 2500, 50 },
	{ "an early one earlier", { RAMP = 100, .delay_ms = -500 }, 1500, 50 },
	{ "the largest ramp does not overflow",
	  { .shape = SIM_RAMP, .amount_kib = SIM_SIZE_MAX_KIB, .to_ms = SIM_TIME_MAX_MS },
	  SIM_TIME_MAX_MS / 2,
	  SIM_SIZE_MAX_KIB / 2 },
#define GROWTH .shape = SIM_GROWTH, .from_ms = 1000, .amount_kib
	{ "growth has not begun", { GROWTH = 100 }, 1000, 0 },
	{ "growth is per second", { GROWTH = 100 }, 3500, 250 },
	{ "growth below its limit",
	  { GROWTH = 100, .has_limit = true, .limit_kib = 200 },
	  2000,
	  100 },
	{ "growth stops",
	  { GROWTH = 100, .has_limit = true, .limit_kib = 200 },
	  9000,
	  200 },
	{ "growth drops",
	  { GROWTH = 100, .has_limit = true, .drops_at_limit = true, .limit_kib = 200 },
	  3000,
	  0 },
	{ "the largest growth does not overflow",
	  { .shape = SIM_GROWTH, .amount_kib = SIM_SIZE_MAX_KIB },
	  SIM_TIME_MAX_MS,
	  SIM_SIZE_MAX_KIB *SIM_TIME_MAX_MS / 1000 },
#define SAWTOOTH .shape = SIM_SAWTOOTH, .period_ms = 4000, .amount_kib
	{ "a tooth begins at 0", { SAWTOOTH = 100 }, 0, 0 },
	{ "a tooth rises", { SAWTOOTH = 100 }, 3000, 75 },
	{ "and falls at once", { SAWTOOTH = 100 }, 4000, 0 },
	{ "again and again", { SAWTOOTH = 100 }, 43000, 75 },
	{ "before its delay too", { SAWTOOTH = 100, .delay_ms = 1000 }, 0, 75 },
#define SINE .shape = SIM_SINE, .period_ms = 4000, .amount_kib
	{ "a sine begins at 0", { SINE = 100 }, 0, 0 },
	{ "a sine rises", { SINE = 100 }, 1000, 100 },
	{ "half way down", { SINE = 100, .delay_ms = 1000 }, 2500, 71 },
	{ "below 0 it is cut off", { SINE = 100 }, 3000, 0 },
	{ "a shifted sine", { SINE = 100, .delay_ms = 1000 }, 2000, 100 },
};

static void is_as_wanted(void **state)
{
	const struct row *row = *state;

	assert_int_equal(sim_demand_kib(&row->term, 1, row->at_ms), row->wanted_kib);
}

static void terms_are_added_up(void **state)
{
	const struct sim_term terms[] = { { CONSTANT = 50 },
					  { RAMP = 100 },
					  { CONSTANT = -20 } };

	(void)state;
	assert_int_equal(sim_demand_kib(terms, 3, 2000), 80);
	assert_int_equal(sim_demand_kib(terms, 0, 2000), 0);
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		suite_add(&suite, is_as_wanted, &rows[i], "%s", rows[i].name);
	suite_add(&suite, terms_are_added_up, NULL, "terms are added up");
	return suite_run("sim-demand", &suite, NULL, NULL);
}
