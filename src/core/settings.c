/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sat.h"
#include "core/domain.h"
#include "core/settings.h"

/* Copy @text, which may be NULL. */
static int copy_text(const char *text, char **ret)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}

/* Add copies of @rules to @settings. */
static int copy_rules(struct settings *settings, const struct domain_rule *rules,
		      size_t n_rules)
{
	if (n_rules == 0)
		return 0;
	settings->rules = calloc(n_rules, sizeof(*rules));
	if (!settings->rules)
		return -ENOMEM;
	for (size_t i = 0; i < n_rules; i++) {
		char *match;

		if (copy_text(rules[i].match, &match) < 0)
			return -ENOMEM;
		settings->rules[i] = rules[i];
		settings->rules[i].match = match;
		settings->n_rules++;
	}
	return 0;
}

int settings_copy(const struct settings *settings, struct settings *ret)
{
	struct settings copy = *settings;
	int r;

	copy.uri = copy.metrics_file = NULL;
	copy.rules = NULL;
	copy.n_rules = 0;
	r = copy_text(settings->uri, &copy.uri);
	if (r == 0)
		r = copy_text(settings->metrics_file, &copy.metrics_file);
	if (r == 0)
		r = copy_rules(&copy, settings->rules, settings->n_rules);
	if (r < 0)
		settings_clear(&copy);
	else
		*ret = copy;
	return r;
}

void settings_clear(struct settings *settings)
{
	if (!settings)
		return;
	free(settings->uri);
	free(settings->metrics_file);
	settings->uri = settings->metrics_file = NULL;
	for (size_t i = 0; i < settings->n_rules; i++)
		free(settings->rules[i].match);
	free(settings->rules);
	settings->rules = NULL;
	settings->n_rules = 0;
}

/* Lay @choices over @chosen. A limit gives way to the other one if that is newer. */
static void overlay(struct domain_settings *chosen, const struct domain_choices *choices,
		    enum settings_source source)
{
	if (choices->is_left_out)
		chosen->is_managed = false;
	if (choices->floor_kib > 0) {
		chosen->floor_kib = choices->floor_kib;
		chosen->ceiling_kib = max_u64(chosen->ceiling_kib, chosen->floor_kib);
	}
	if (choices->ceiling_kib > 0) {
		chosen->has_ceiling = true;
		chosen->ceiling_kib = choices->ceiling_kib;
		chosen->floor_kib = min_u64(chosen->floor_kib, chosen->ceiling_kib);
	}
	if (choices->weight > 0)
		chosen->weight = choices->weight;
	if (!choices_are_none(choices))
		chosen->sources |= source;
}

struct domain_settings settings_for_domain(const struct settings *settings,
					   const struct domain *domain)
{
	struct domain_settings chosen = {
		.is_managed = true,
		.floor_kib = settings->domain_floor_kib,
		.ceiling_kib = UINT64_MAX,
		.weight = WEIGHT_DEFAULT,
	};

	for (size_t i = 0; i < settings->n_rules; i++)
		if (domain_matches(domain, settings->rules[i].match)) {
			overlay(&chosen, &settings->rules[i].choices,
				SETTINGS_FROM_CONFIG);
			break;
		}
	overlay(&chosen, &domain->choices, SETTINGS_FROM_METADATA);
	return chosen;
}

const char *settings_sources_name(unsigned sources)
{
	static const char *const names[] = {
		[0] = "default",
		[SETTINGS_FROM_CONFIG] = "configuration",
		[SETTINGS_FROM_METADATA] = "metadata",
		[SETTINGS_FROM_METADATA | SETTINGS_FROM_CONFIG] =
			"metadata, configuration",
	};

	return names[sources];
}

const char *metric_name(enum metric metric)
{
	static const char *const names[] = {
		[METRIC_AUTO] = "auto",
		[METRIC_USABLE] = "usable",
		[METRIC_UNUSED] = "unused",
	};

	return names[metric];
}

const char *on_exit_name(enum on_exit choice)
{
	static const char *const names[] = {
		[ON_EXIT_KEEP] = "keep",
		[ON_EXIT_RESTORE] = "restore",
	};

	return names[choice];
}
