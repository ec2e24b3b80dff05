/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "config-domains.h"
#include "config-fields.h"

/* 1 PiB: more than any host has, and far from where sums would saturate. */
#define SIZE_MAX_KIB ((long long)1 << 40)

#define RULE(member) offsetof(struct domain_rule, member)

static const struct field rule_fields[] = {
	{ "match", FIELD_TEXT, .offset = RULE(match), .is_required = true },
	{ "floor", FIELD_SIZE, .offset = RULE(floor_kib), .presence = RULE(has_floor),
	  .min = (long long)DOMAIN_FLOOR_MIN_KIB, .max = SIZE_MAX_KIB },
	{ "ceiling", FIELD_SIZE, .offset = RULE(ceiling_kib),
	  .presence = RULE(has_ceiling), .min = (long long)DOMAIN_FLOOR_MIN_KIB,
	  .max = SIZE_MAX_KIB },
	{ "weight", FIELD_COUNT, .offset = RULE(weight), .min = WEIGHT_MIN,
	  .max = WEIGHT_MAX },
	{ "managed", FIELD_BOOL, .offset = RULE(is_managed) },
	{ 0 },
};

static int refuse_list(const struct config_reader *reader,
		       const config_setting_t *setting)
{
	return config_refuse(reader, config_setting_source_line(setting),
			     "domains must be a list of groups, such as "
			     "( { match = \"db-*\"; floor = \"1 GiB\"; } )");
}

static int read_rule(const struct config_reader *reader, const config_setting_t *setting,
		     struct domain_rule *rule)
{
	int r;

	*rule = domain_rule_default();
	if (!config_setting_is_group(setting))
		return refuse_list(reader, setting);
	r = fields_read(reader, setting, rule_fields, rule);
	if (r == 0 && rule->has_floor && rule->has_ceiling &&
	    rule->floor_kib > rule->ceiling_kib)
		r = config_refuse(reader, config_setting_source_line(setting),
				  "floor must not be above ceiling");
	return r;
}

int config_read_domains(const struct config_reader *reader,
			const config_setting_t *setting, struct settings *settings)
{
	size_t n = (size_t)config_setting_length(setting);

	if (!config_setting_is_list(setting))
		return refuse_list(reader, setting);
	if (n == 0)
		return 0;
	settings->rules = calloc(n, sizeof(*settings->rules));
	if (!settings->rules)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		int r = read_rule(reader, config_setting_get_elem(setting, i),
				  &settings->rules[settings->n_rules++]);

		if (r < 0)
			return r;
	}
	return 0;
}
