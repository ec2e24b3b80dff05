/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulate/scenario-demand.h"
#include "simulate/scenario.h"
#include "system/cleanup.h"

enum { GUESTS_MAX = 1000 };

/* A guest needs room for its kernel's watermarks. */
#define MARGIN_KIB ((uint64_t)64 * 1024)
#define MIB ((long long)1024)

/* Several guests of the same kind. */
struct group {
	char *name;
	unsigned count;
	int64_t boot_stride_ms;
	struct sim_guest_spec spec;
	struct demand_term terms[SIM_TERMS_MAX];
};

static int read_demand(const struct config_reader *reader,
		       const config_setting_t *setting, void *structure)
{
	struct group *group = structure;
	int n = config_setting_length(setting);
	int r = 0;

	if (!config_setting_is_list(setting) || n < 1 || n > SIM_TERMS_MAX)
		return config_refuse(reader, config_setting_source_line(setting),
				     "demand must be a list of 1 to %d groups { ... }",
				     SIM_TERMS_MAX);
	for (int i = 0; i < n && r == 0; i++)
		r = demand_term_read(reader,
				     config_setting_get_elem(setting, (unsigned)i),
				     &group->terms[i]);
	group->spec.n_terms = (size_t)n;
	return r;
}

#define GROUP(member) offsetof(struct group, member)
#define SPEC(member) offsetof(struct group, spec.member)

static const struct field group_fields[] = {
	{ "name", FIELD_TEXT, .offset = GROUP(name), .is_required = true },
	{ "count", FIELD_COUNT, .offset = GROUP(count), .min = 1, .max = GUESTS_MAX },
	{ "maximum", FIELD_SIZE, .offset = SPEC(maximum_kib), .is_required = true,
	  .min = 128 * MIB, .max = SIM_SIZE_MAX_KIB },
	{ "start", FIELD_SIZE, .offset = SPEC(start_kib), .is_required = true,
	  .min = 128 * MIB, .max = SIM_SIZE_MAX_KIB },
	{ "base", FIELD_SIZE, .offset = SPEC(base_kib), .min = MIB,
	  .max = SIM_SIZE_MAX_KIB },
	{ "weight", FIELD_COUNT, .offset = SPEC(weight), .min = 1, .max = 10000 },
	{ "io", FIELD_SIZE, .offset = SPEC(io_kib), .max = SIM_SIZE_MAX_KIB },
	{ "cache_max", FIELD_SIZE, .offset = SPEC(cache_max_kib),
	  .max = SIM_SIZE_MAX_KIB },
	{ "swap", FIELD_SIZE, .offset = SPEC(swap_kib), .max = SIM_SIZE_MAX_KIB },
	{ "cooperates", FIELD_BOOL, .offset = SPEC(cooperates) },
	{ "oneshot", FIELD_BOOL, .offset = SPEC(is_oneshot) },
	{ "warm", FIELD_BOOL, .offset = SPEC(is_warm) },
	{ "hopeless", FIELD_BOOL, .offset = SPEC(is_hopeless) },
	{ "stale_at", FIELD_SECONDS, .offset = SPEC(silent_at_ms),
	  .presence = SPEC(falls_silent), .max = SIM_TIME_MAX_MS },
	{ "boot", FIELD_SECONDS, .offset = SPEC(boot_ms), .max = SIM_TIME_MAX_MS },
	{ "boot_stride", FIELD_SECONDS, .offset = GROUP(boot_stride_ms),
	  .max = SIM_TIME_MAX_MS },
	{ "driver", FIELD_SECONDS, .offset = SPEC(driver_ms), .max = SIM_TIME_MAX_MS },
	{ "demand", FIELD_OTHER, .is_required = true, .read = read_demand },
	{ 0 },
};

/* Whatever is laid out over many guests must stay within range for each of them. */
static bool is_within_range(const struct group *group)
{
	for (size_t index = 0; index < group->count; index++) {
		for (size_t i = 0; i < group->spec.n_terms; i++) {
			struct sim_term term = demand_term_of(&group->terms[i], index);

			if (llabs(term.amount_kib) > SIM_SIZE_MAX_KIB ||
			    llabs(term.delay_ms) > SIM_TIME_MAX_MS ||
			    term.to_ms > SIM_TIME_MAX_MS)
				return false;
		}
	}
	return true;
}

static int check_group(const struct config_reader *reader,
		       const config_setting_t *setting, const struct group *group)
{
	const struct sim_guest_spec *spec = &group->spec;
	unsigned line = config_setting_source_line(setting);

	if (strlen(group->name) + sizeof("-1000") > SIM_NAME_LENGTH)
		return config_refuse(reader, line, "name is too long");
	if (spec->start_kib > spec->maximum_kib)
		return config_refuse(reader, line, "start must not be above maximum");
	if (spec->start_kib < spec->base_kib + MARGIN_KIB)
		return config_refuse(reader, line,
				     "start must be at least 64 MiB above base");
	if (!is_within_range(group))
		return config_refuse(reader, line,
				     "delay, stride, stretch or step is too large for %u "
				     "guests",
				     group->count);
	return 0;
}

/* Lay the group out: guest @index of it. */
static void make_guest(const struct group *group, size_t index,
		       struct sim_guest_spec *guest)
{
	*guest = group->spec;
	if (group->count == 1)
		snprintf(guest->name, sizeof(guest->name), "%s", group->name);
	else
		snprintf(guest->name, sizeof(guest->name), "%s-%zu", group->name,
			 index + 1);
	guest->boot_ms += (int64_t)index * group->boot_stride_ms;
	for (size_t i = 0; i < guest->n_terms; i++)
		guest->terms[i] = demand_term_of(&group->terms[i], index);
}

static int add_guests(struct scenario *scenario, const struct group *group)
{
	size_t n = scenario->n_guests + group->count;
	struct sim_guest_spec *guests =
		reallocarray(scenario->guests, n, sizeof(*guests));

	if (!guests)
		return -ENOMEM;
	for (size_t i = 0; i < group->count; i++)
		make_guest(group, i, &guests[scenario->n_guests + i]);
	scenario->guests = guests;
	scenario->n_guests = n;
	return 0;
}

static int read_group(const struct config_reader *reader, const config_setting_t *setting,
		      struct scenario *scenario)
{
	struct group group = {
		.count = 1,
		.spec = {
			.base_kib = 150 * MIB,
			.weight = 100,
			.cooperates = true,
			.is_warm = true,
		},
	};
	int r = fields_read(reader, setting, group_fields, &group);

	if (r == 0)
		r = check_group(reader, setting, &group);
	if (r == 0 && scenario->n_guests + group.count > GUESTS_MAX)
		r = config_refuse(reader, config_setting_source_line(setting),
				  "more than %d guests", GUESTS_MAX);
	if (r == 0)
		r = add_guests(scenario, &group);
	free(group.name);
	return r;
}

static int read_guests(const struct config_reader *reader,
		       const config_setting_t *setting, void *structure)
{
	unsigned n = (unsigned)config_setting_length(setting);
	int r = 0;

	if (!config_setting_is_list(setting) || n < 1)
		return config_refuse(reader, config_setting_source_line(setting),
				     "guests must be a list of groups { ... }");
	for (unsigned i = 0; i < n && r == 0; i++) {
		const config_setting_t *element = config_setting_get_elem(setting, i);

		if (!config_setting_is_group(element))
			return config_refuse(reader, config_setting_source_line(setting),
					     "guests must be a list of groups { ... }");
		r = read_group(reader, element, structure);
	}
	return r;
}

static const struct field host_fields[] = {
	{ "memory", FIELD_SIZE, .offset = offsetof(struct scenario, host_kib),
	  .is_required = true, .min = 256 * MIB, .max = SIM_SIZE_MAX_KIB },
	{ "base", FIELD_SIZE, .offset = offsetof(struct scenario, host_base_kib),
	  .max = SIM_SIZE_MAX_KIB },
	{ 0 },
};

static int read_host(const struct config_reader *reader, const config_setting_t *setting,
		     void *structure)
{
	struct scenario *scenario = structure;
	unsigned line = config_setting_source_line(setting);
	int r;

	if (!config_setting_is_group(setting))
		return config_refuse(reader, line, "host must be a group { ... }");
	r = fields_read(reader, setting, host_fields, scenario);
	if (r == 0 && scenario->host_base_kib >= scenario->host_kib)
		r = config_refuse(reader, line, "base must be below memory");
	return r;
}

static const struct field scenario_fields[] = {
	{ "name", FIELD_TEXT, .offset = offsetof(struct scenario, name),
	  .is_required = true },
	{ "description", FIELD_TEXT, .offset = offsetof(struct scenario, description),
	  .is_required = true },
	{ "duration", FIELD_SECONDS, .offset = offsetof(struct scenario, duration_ms),
	  .is_required = true, .min = 1000, .max = SIM_TIME_MAX_MS },
	{ "begin", FIELD_SECONDS, .offset = offsetof(struct scenario, begin_ms),
	  .max = SIM_TIME_MAX_MS },
	{ "host", FIELD_OTHER, .is_required = true, .read = read_host },
	{ "guests", FIELD_OTHER, .is_required = true, .read = read_guests },
	{ 0 },
};

int scenario_load(const char *path, struct scenario *ret_scenario, char **ret_error)
{
	struct config_reader reader = { path, ret_error };
	CLEANUP_FREE char *text = NULL;
	struct scenario scenario = { 0 };
	config_t config;
	int r = config_read_text(&reader, &text);

	if (r < 0)
		return r;
	config_init(&config);
	if (config_read_string(&config, text))
		r = fields_read(&reader, config_root_setting(&config), scenario_fields,
				&scenario);
	else
		r = config_refuse(&reader, (unsigned)config_error_line(&config), "%s",
				  config_error_text(&config));
	config_destroy(&config);
	if (r < 0) {
		scenario_clear(&scenario);
		return r;
	}
	*ret_scenario = scenario;
	return 0;
}

void scenario_clear(struct scenario *scenario)
{
	free(scenario->name);
	free(scenario->description);
	free(scenario->guests);
	*scenario = (struct scenario){ 0 };
}
