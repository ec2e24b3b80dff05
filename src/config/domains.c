/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "config/domains.h"
#include "config/fields.h"

#define RULE(member) offsetof(struct domain_rule, member)

static int read_managed(const struct config_reader *reader,
			const config_setting_t *setting, void *structure)
{
	struct domain_rule *rule = structure;

	if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
		return config_refuse(reader, config_setting_source_line(setting),
				     "managed must be true or false");
	rule->choices.is_left_out = !config_setting_get_bool(setting);
	return 0;
}

static const struct field rule_fields[] = {
	{ "match", FIELD_TEXT, .offset = RULE(match), .is_required = true },
	{ "floor", FIELD_SIZE, .offset = RULE(choices.floor_kib),
	  .min = (long long)DOMAIN_FLOOR_MIN_KIB, .max = (long long)DOMAIN_SIZE_MAX_KIB },
	{ "ceiling", FIELD_SIZE, .offset = RULE(choices.ceiling_kib),
	  .min = (long long)DOMAIN_FLOOR_MIN_KIB, .max = (long long)DOMAIN_SIZE_MAX_KIB },
	{ "weight", FIELD_COUNT, .offset = RULE(choices.weight), .min = WEIGHT_MIN,
	  .max = WEIGHT_MAX },
	{ "managed", FIELD_OTHER, .read = read_managed },
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

	if (!config_setting_is_group(setting))
		return refuse_list(reader, setting);
	r = fields_read(reader, setting, rule_fields, rule);
	if (r == 0 && rule->choices.ceiling_kib > 0 &&
	    rule->choices.floor_kib > rule->choices.ceiling_kib)
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
