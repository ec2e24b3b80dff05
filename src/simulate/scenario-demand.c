/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "simulate/scenario-demand.h"

static const char *const shapes[] = {
	[SIM_CONSTANT] = "constant", [SIM_RAMP] = "ramp", [SIM_GROWTH] = "growth",
	[SIM_SAWTOOTH] = "sawtooth", [SIM_SINE] = "sine",
};

static int read_shape(const struct config_reader *reader, const config_setting_t *setting,
		      void *structure)
{
	struct demand_term *term = structure;
	const char *text = config_setting_get_string(setting);

	for (size_t i = 0; text && i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		if (strcmp(shapes[i], text) == 0) {
			term->term.shape = (enum sim_shape)i;
			return 0;
		}
	}
	return config_refuse(reader, config_setting_source_line(setting),
			     "shape must be \"constant\", \"ramp\", \"growth\", "
			     "\"sawtooth\" or \"sine\"");
}

static int read_delays(const struct config_reader *reader,
		       const config_setting_t *setting, void *structure)
{
	struct demand_term *term = structure;
	const double max = (double)SIM_TIME_MAX_MS / 1000;
	int n = config_setting_length(setting);
	bool is_good =
		!config_setting_is_group(setting) && n > 0 && n <= SCENARIO_DELAYS_MAX;

	for (int i = 0; is_good && i < n; i++) {
		int type = config_setting_type(
			config_setting_get_elem(setting, (unsigned)i));
		double seconds = type == CONFIG_TYPE_FLOAT
					 ? config_setting_get_float_elem(setting, i)
					 : config_setting_get_int_elem(setting, i);

		is_good = (type == CONFIG_TYPE_FLOAT || type == CONFIG_TYPE_INT) &&
			  seconds >= -max && seconds <= max;
		if (is_good)
			term->delays_ms[i] = llround(seconds * 1000);
	}
	if (!is_good)
		return config_refuse(
			reader, config_setting_source_line(setting),
			"delays must be a list of 1 to %d numbers of seconds "
			"from -%g to %g",
			SCENARIO_DELAYS_MAX, max, max);
	term->n_delays = (size_t)n;
	return 0;
}

#define TERM(member) offsetof(struct demand_term, term.member)
#define GROUP(member) offsetof(struct demand_term, member)

static const struct field fields[] = {
	{ "shape", FIELD_OTHER, .is_required = true, .read = read_shape },
	{ "amount", FIELD_CHANGE, .offset = TERM(amount_kib), .is_required = true,
	  .min = -SIM_SIZE_MAX_KIB, .max = SIM_SIZE_MAX_KIB },
	{ "from", FIELD_SECONDS, .offset = TERM(from_ms), .max = SIM_TIME_MAX_MS },
	{ "to", FIELD_SECONDS, .offset = TERM(to_ms), .max = SIM_TIME_MAX_MS },
	{ "period", FIELD_SECONDS, .offset = TERM(period_ms), .min = 1000,
	  .max = SIM_TIME_MAX_MS },
	{ "limit", FIELD_CHANGE, .offset = TERM(limit_kib), .presence = TERM(has_limit),
	  .max = SIM_SIZE_MAX_KIB },
	{ "drops", FIELD_BOOL, .offset = TERM(drops_at_limit) },
	{ "delay", FIELD_SECONDS, .offset = TERM(delay_ms), .min = -SIM_TIME_MAX_MS,
	  .max = SIM_TIME_MAX_MS },
	{ "stride", FIELD_SECONDS, .offset = GROUP(stride_ms), .min = -SIM_TIME_MAX_MS,
	  .max = SIM_TIME_MAX_MS },
	{ "delays", FIELD_OTHER, .read = read_delays },
	{ "stretch", FIELD_SECONDS, .offset = GROUP(stretch_ms), .max = SIM_TIME_MAX_MS },
	{ "step", FIELD_CHANGE, .offset = GROUP(step_kib), .min = -SIM_SIZE_MAX_KIB,
	  .max = SIM_SIZE_MAX_KIB },
	{ 0 },
};

#define BIT(shape) (1U << (shape))

/* Which members which shapes have, and must have. */
static const struct rule {
	const char *name;
	unsigned allowed, required;
} rules[] = {
	{ "from", BIT(SIM_RAMP) | BIT(SIM_GROWTH), BIT(SIM_RAMP) },
	{ "to", BIT(SIM_RAMP), BIT(SIM_RAMP) },
	{ "stretch", BIT(SIM_RAMP), 0 },
	{ "limit", BIT(SIM_GROWTH), 0 },
	{ "drops", BIT(SIM_GROWTH), 0 },
	{ "period", BIT(SIM_SAWTOOTH) | BIT(SIM_SINE),
	  BIT(SIM_SAWTOOTH) | BIT(SIM_SINE) },
};

static int check_shape(const struct config_reader *reader, const config_setting_t *group,
		       const struct sim_term *term)
{
	unsigned line = config_setting_source_line(group);
	const char *shape = shapes[term->shape];

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *rule = &rules[i];
		bool is_there = config_setting_get_member(group, rule->name);

		if (is_there && !(rule->allowed & BIT(term->shape)))
			return config_refuse(reader, line, "a %s has no %s", shape,
					     rule->name);
		if (!is_there && (rule->required & BIT(term->shape)))
			return config_refuse(reader, line, "%s of the %s is missing",
					     rule->name, shape);
	}
	if (term->shape == SIM_RAMP && term->to_ms <= term->from_ms)
		return config_refuse(reader, line, "to must be later than from");
	if (term->drops_at_limit && !term->has_limit)
		return config_refuse(reader, line, "drops needs a limit");
	return 0;
}

int demand_term_read(const struct config_reader *reader, const config_setting_t *group,
		     struct demand_term *ret_term)
{
	struct demand_term term = { 0 };
	int r;

	if (!config_setting_is_group(group))
		return config_refuse(reader, config_setting_source_line(group),
				     "demand must be a list of groups { ... }");
	r = fields_read(reader, group, fields, &term);
	if (r == 0)
		r = check_shape(reader, group, &term.term);
	if (r == 0)
		*ret_term = term;
	return r;
}

struct sim_term demand_term_of(const struct demand_term *term, size_t index)
{
	struct sim_term result = term->term;

	result.amount_kib += (int64_t)index * term->step_kib;
	result.to_ms += (int64_t)index * term->stretch_ms;
	result.delay_ms += (int64_t)index * term->stride_ms;
	if (term->n_delays)
		result.delay_ms += term->delays_ms[index % term->n_delays];
	return result;
}
