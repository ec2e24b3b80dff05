/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file: refused with one line that says why, or valid settings. */
#include <errno.h>

#include "config/file.h"
#include "core/policy.h"
#include "fuzz.h"

static void check_valid_rule(const struct domain_rule *rule)
{
	REQUIRE(rule->match && *rule->match);
	check_choices(&rule->choices);
}

static void check_valid(const struct settings *settings)
{
	const struct reserve *reserve = &settings->host_reserve;

	REQUIRE(!settings->uri || *settings->uri);
	REQUIRE(settings->period_s >= PERIOD_MIN_S && settings->period_s <= PERIOD_MAX_S);
	REQUIRE(settings->stats_period_s >= STATS_PERIOD_MIN_S &&
		settings->stats_period_s <= STATS_PERIOD_MAX_S);
	REQUIRE(settings->policy && policy_find(settings->policy->name));
	REQUIRE(settings->starvation_threshold_percent >= 1);
	REQUIRE(settings->starvation_threshold_percent <
		settings->waste_threshold_percent);
	REQUIRE(settings->waste_threshold_percent <= 99);
	if (reserve->is_percent)
		REQUIRE(reserve->percent >= RESERVE_MIN_PERCENT &&
			reserve->percent <= RESERVE_MAX_PERCENT);
	else
		REQUIRE(reserve->size_kib >= RESERVE_MIN_KIB);
	REQUIRE(!settings->has_host_capacity ||
		settings->host_capacity_kib >= RESERVE_MIN_KIB);
	REQUIRE(settings->domain_floor_kib >= DOMAIN_FLOOR_MIN_KIB);
	REQUIRE(metric_name(settings->metric));
	for (size_t i = 0; i < settings->n_rules; i++)
		check_valid_rule(&settings->rules[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file(data, size);
	struct settings settings;
	char *error = NULL;
	int r = config_load(path, &settings, &error);

	if (r == 0) {
		REQUIRE(!error);
		check_valid(&settings);
		settings_clear(&settings);
	} else {
		REQUIRE(r == -EINVAL);
		REQUIRE(error && strncmp(error, path, strlen(path)) == 0);
		REQUIRE(!strchr(error, '\n'));
	}
	free(error);
	return 0;
}
