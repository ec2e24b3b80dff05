/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>

#include "model/demand.h"

static int64_t ramp_kib(const struct sim_term *term, int64_t t_ms)
{
	if (t_ms <= term->from_ms)
		return 0;
	if (t_ms >= term->to_ms)
		return term->amount_kib;
	return term->amount_kib * (t_ms - term->from_ms) / (term->to_ms - term->from_ms);
}

static int64_t growth_kib(const struct sim_term *term, int64_t t_ms)
{
	if (t_ms <= term->from_ms)
		return 0;

	int64_t grown_kib = term->amount_kib * (t_ms - term->from_ms) / 1000;

	if (!term->has_limit || grown_kib < term->limit_kib)
		return grown_kib;
	return term->drops_at_limit ? 0 : term->limit_kib;
}

static int64_t sawtooth_kib(const struct sim_term *term, int64_t t_ms)
{
	int64_t phase_ms = t_ms % term->period_ms;

	if (phase_ms < 0)
		phase_ms += term->period_ms;
	return term->amount_kib * phase_ms / term->period_ms;
}

static int64_t sine_kib(const struct sim_term *term, int64_t t_ms)
{
	double turns = (double)t_ms / (double)term->period_ms;

	return llround((double)term->amount_kib * sin(2 * M_PI * turns));
}

static int64_t term_kib(const struct sim_term *term, int64_t at_ms)
{
	int64_t t_ms = at_ms - term->delay_ms;

	switch (term->shape) {
	case SIM_CONSTANT:
		return term->amount_kib;
	case SIM_RAMP:
		return ramp_kib(term, t_ms);
	case SIM_GROWTH:
		return growth_kib(term, t_ms);
	case SIM_SAWTOOTH:
		return sawtooth_kib(term, t_ms);
	case SIM_SINE:
		return sine_kib(term, t_ms);
	}
	return 0;
}

uint64_t sim_demand_kib(const struct sim_term *terms, size_t n_terms, int64_t at_ms)
{
	int64_t sum_kib = 0;

	for (size_t i = 0; i < n_terms; i++)
		sum_kib += term_kib(&terms[i], at_ms);
	return sum_kib > 0 ? (uint64_t)sum_kib : 0;
}
