/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "policy.h"
#include "sat.h"
#include "settings.h"

void settings_init(struct settings *settings)
{
	*settings = (struct settings){
		/* A growing guest is seen twice before it can fill its 15 % at 5 %/s. */
		.period_s = 2,
		/* The shortest that libvirt knows; it costs a guest one wake-up. */
		.stats_period_s = 1,
		.policy = policy_default(),
		/* The thresholds, the reserve and the floor are the original rules'. */
		.starvation_threshold_percent = 15,
		.waste_threshold_percent = 50,
		.rate_threshold_bytes = 1024,
		.host_reserve = { .is_percent = true, .percent = 5 },
		.domain_floor_kib = DOMAIN_FLOOR_MIN_KIB,
		/* Memory that lies idle in a guest serves nobody. */
		.idle_reclaim = true,
		.metric = METRIC_AUTO,
		/* Guests use by then what they were given; a restart should not shake
		   them. */
		.on_exit = ON_EXIT_KEEP,
	};
}

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

	copy.uri = NULL;
	copy.rules = NULL;
	copy.n_rules = 0;
	r = copy_text(settings->uri, &copy.uri);
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
	settings->uri = NULL;
	for (size_t i = 0; i < settings->n_rules; i++)
		free(settings->rules[i].match);
	free(settings->rules);
	settings->rules = NULL;
	settings->n_rules = 0;
}

struct domain_rule domain_rule_default(void)
{
	return (struct domain_rule){ .weight = WEIGHT_DEFAULT, .is_managed = true };
}

/* As the arguments of commands choose domains: a name may look like a pattern. */
static bool matches(const struct domain_rule *rule, const char *name, const char *uuid)
{
	return strcmp(rule->match, name) == 0 || fnmatch(rule->match, name, 0) == 0 ||
	       strcasecmp(rule->match, uuid) == 0;
}

static struct domain_settings apply(const struct settings *settings,
				    const struct domain_rule *rule)
{
	uint64_t floor_kib =
		rule->has_floor ? rule->floor_kib : settings->domain_floor_kib;

	return (struct domain_settings){
		.is_managed = rule->is_managed,
		.floor_kib = rule->has_ceiling ? min_u64(floor_kib, rule->ceiling_kib)
					       : floor_kib,
		.has_ceiling = rule->has_ceiling,
		.ceiling_kib = rule->ceiling_kib,
		.weight = rule->weight,
	};
}

struct domain_settings settings_for_domain(const struct settings *settings,
					   const char *name, const char *uuid)
{
	const struct domain_rule otherwise = domain_rule_default();

	for (size_t i = 0; i < settings->n_rules; i++)
		if (matches(&settings->rules[i], name, uuid))
			return apply(settings, &settings->rules[i]);
	return apply(settings, &otherwise);
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
