/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "config/domains.h"
#include "config/file.h"
#include "config/text.h"
#include "core/defaults.h"
#include "core/policy.h"
#include "system/cleanup.h"

static int refuse_value(const struct config_reader *reader,
			const config_setting_t *setting, const char *expected)
{
	return config_refuse(reader, config_setting_source_line(setting), "%s must be %s",
			     config_setting_name(setting), expected);
}

static int read_integer(const struct config_reader *reader,
			const config_setting_t *setting, unsigned min, unsigned max,
			unsigned *ret_value)
{
	long long value = config_setting_get_int64(setting);
	int type = config_setting_type(setting);

	if ((type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) || value < min ||
	    value > max)
		return config_refuse(reader, config_setting_source_line(setting),
				     "%s must be a whole number from %u to %u",
				     config_setting_name(setting), min, max);
	*ret_value = (unsigned)value;
	return 0;
}

/* Read a size of at least @min_bytes; @expected says in words what is allowed. */
static int read_size(const struct config_reader *reader, const config_setting_t *setting,
		     uint64_t min_bytes, const char *expected, uint64_t *ret_bytes)
{
	const char *text = config_setting_get_string(setting);
	uint64_t bytes;

	if (!text || size_parse(text, &bytes) < 0 || bytes < min_bytes)
		return refuse_value(reader, setting, expected);
	*ret_bytes = bytes;
	return 0;
}

static int read_uri(const struct config_reader *reader, const config_setting_t *setting,
		    struct settings *settings)
{
	const char *text = config_setting_get_string(setting);

	if (!text || !*text)
		return refuse_value(reader, setting,
				    "a libvirt URI such as \"qemu:///system\"");
	free(settings->uri);
	settings->uri = strdup(text);
	return settings->uri ? 0 : -ENOMEM;
}

static int read_period(const struct config_reader *reader,
		       const config_setting_t *setting, struct settings *settings)
{
	return read_integer(reader, setting, PERIOD_MIN_S, PERIOD_MAX_S,
			    &settings->period_s);
}

static int read_stats_period(const struct config_reader *reader,
			     const config_setting_t *setting, struct settings *settings)
{
	return read_integer(reader, setting, STATS_PERIOD_MIN_S, STATS_PERIOD_MAX_S,
			    &settings->stats_period_s);
}

static int read_policy(const struct config_reader *reader,
		       const config_setting_t *setting, struct settings *settings)
{
	const char *text = config_setting_get_string(setting);
	const struct policy *policy = text ? policy_find(text) : NULL;
	char expected[128] = "one of";

	if (policy) {
		settings->policy = policy;
		return 0;
	}
	for (size_t i = 0; policies[i]; i++) {
		size_t used = strlen(expected);

		snprintf(expected + used, sizeof(expected) - used, "%s \"%s\"",
			 i ? "," : "", policies[i]->name);
	}
	return refuse_value(reader, setting, expected);
}

static int read_starvation_threshold(const struct config_reader *reader,
				     const config_setting_t *setting,
				     struct settings *settings)
{
	return read_integer(reader, setting, 1, 99,
			    &settings->starvation_threshold_percent);
}

static int read_waste_threshold(const struct config_reader *reader,
				const config_setting_t *setting,
				struct settings *settings)
{
	return read_integer(reader, setting, 1, 99, &settings->waste_threshold_percent);
}

static int read_rate_threshold(const struct config_reader *reader,
			       const config_setting_t *setting, struct settings *settings)
{
	return read_size(reader, setting, 0,
			 "a size per second with its unit, such as \"1 KiB\"",
			 &settings->rate_threshold_bytes);
}

static int read_host_reserve(const struct config_reader *reader,
			     const config_setting_t *setting, struct settings *settings)
{
	static const char expected[] = "\"1 %\" to \"90 %\" or a size from \"64 MiB\" on";
	const char *text = config_setting_get_string(setting);
	uint64_t bytes = 0;
	unsigned percent;
	int end = 0;

	if (text && isdigit((unsigned char)*text) &&
	    sscanf(text, "%2u %%%n", &percent, &end) == 1 && end > 0 &&
	    text[end] == '\0') {
		if (percent < RESERVE_MIN_PERCENT || percent > RESERVE_MAX_PERCENT)
			return refuse_value(reader, setting, expected);
		settings->host_reserve =
			(struct reserve){ .is_percent = true, .percent = percent };
		return 0;
	}

	int r = read_size(reader, setting, RESERVE_MIN_KIB * 1024, expected, &bytes);
	if (r == 0)
		settings->host_reserve = (struct reserve){ .size_kib = bytes / 1024 };
	return r;
}

static int read_host_capacity(const struct config_reader *reader,
			      const config_setting_t *setting, struct settings *settings)
{
	uint64_t bytes = 0;
	int r = read_size(reader, setting, RESERVE_MIN_KIB * 1024,
			  "a size from \"64 MiB\" on", &bytes);

	if (r < 0)
		return r;
	settings->has_host_capacity = true;
	settings->host_capacity_kib = bytes / 1024;
	return 0;
}

static int read_domain_floor(const struct config_reader *reader,
			     const config_setting_t *setting, struct settings *settings)
{
	uint64_t bytes = 0;
	int r = read_size(reader, setting, DOMAIN_FLOOR_MIN_KIB * 1024,
			  "a size from \"50 MiB\" on", &bytes);

	if (r == 0)
		settings->domain_floor_kib = bytes / 1024;
	return r;
}

static int read_idle_reclaim(const struct config_reader *reader,
			     const config_setting_t *setting, struct settings *settings)
{
	if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
		return refuse_value(reader, setting, "true or false");
	settings->idle_reclaim = config_setting_get_bool(setting);
	return 0;
}

static int read_metric(const struct config_reader *reader,
		       const config_setting_t *setting, struct settings *settings)
{
	static const enum metric all[] = { METRIC_AUTO, METRIC_USABLE, METRIC_UNUSED };
	const char *text = config_setting_get_string(setting);

	for (size_t i = 0; text && i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(text, metric_name(all[i])) == 0) {
			settings->metric = all[i];
			return 0;
		}
	}
	return refuse_value(reader, setting, "\"auto\", \"usable\" or \"unused\"");
}

static int read_on_exit(const struct config_reader *reader,
			const config_setting_t *setting, struct settings *settings)
{
	static const enum on_exit all[] = { ON_EXIT_KEEP, ON_EXIT_RESTORE };
	const char *text = config_setting_get_string(setting);

	for (size_t i = 0; text && i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(text, on_exit_name(all[i])) == 0) {
			settings->on_exit = all[i];
			return 0;
		}
	}
	return refuse_value(reader, setting, "\"keep\" or \"restore\"");
}

/* A relative one would depend on where memcoord happens to be started. */
static int read_metrics_file(const struct config_reader *reader,
			     const config_setting_t *setting, struct settings *settings)
{
	const char *text = config_setting_get_string(setting);

	if (!text || (*text && (*text != '/' || text[strlen(text) - 1] == '/')))
		return refuse_value(reader, setting,
				    "the absolute path of a file, or \"\" for none");
	free(settings->metrics_file);
	settings->metrics_file = strdup(text);
	return settings->metrics_file ? 0 : -ENOMEM;
}

static const struct key {
	const char *name;
	int (*read)(const struct config_reader *reader, const config_setting_t *setting,
		    struct settings *settings);
} keys[] = {
	{ "uri", read_uri },
	{ "period", read_period },
	{ "stats_period", read_stats_period },
	{ "policy", read_policy },
	{ "starvation_threshold", read_starvation_threshold },
	{ "waste_threshold", read_waste_threshold },
	{ "rate_threshold", read_rate_threshold },
	{ "host_reserve", read_host_reserve },
	{ "host_capacity", read_host_capacity },
	{ "domain_floor", read_domain_floor },
	{ "idle_reclaim", read_idle_reclaim },
	{ "metric", read_metric },
	{ "on_exit", read_on_exit },
	{ "metrics_file", read_metrics_file },
	{ "domains", config_read_domains },
};

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

/* What no single key can tell. */
static int check_together(const struct config_reader *reader,
			  const struct settings *settings)
{
	if (settings->starvation_threshold_percent >= settings->waste_threshold_percent)
		return config_refuse(
			reader, 0,
			"starvation_threshold (%u) must be below waste_threshold "
			"(%u)",
			settings->starvation_threshold_percent,
			settings->waste_threshold_percent);
	if (settings->has_host_capacity && !settings->host_reserve.is_percent &&
	    settings->host_reserve.size_kib >= settings->host_capacity_kib)
		return config_refuse(reader, 0,
				     "host_reserve must be below host_capacity");
	return 0;
}

static int read_keys(const struct config_reader *reader, const config_t *config,
		     struct settings *settings)
{
	const config_setting_t *root = config_root_setting(config);
	unsigned n = (unsigned)config_setting_length(root);

	for (unsigned i = 0; i < n; i++) {
		const config_setting_t *setting = config_setting_get_elem(root, i);
		const char *name = config_setting_name(setting);
		const struct key *key = find_key(name);
		int r = key ? key->read(reader, setting, settings)
			    : config_refuse(reader, config_setting_source_line(setting),
					    "unknown setting '%s' (memcoord.conf(5) "
					    "lists them)",
					    name);

		if (r < 0)
			return r;
	}
	return check_together(reader, settings);
}

int config_load(const char *path, struct settings *ret_settings, char **ret_error)
{
	struct config_reader reader = { path, ret_error };
	CLEANUP_FREE char *text = NULL;
	struct settings settings;
	config_t config;
	int r = config_read_text(&reader, &text);

	if (r < 0)
		return r;
	defaults_init(&settings);
	config_init(&config);
	if (config_read_string(&config, text))
		r = read_keys(&reader, &config, &settings);
	else
		r = config_refuse(&reader, (unsigned)config_error_line(&config), "%s",
				  config_error_text(&config));
	config_destroy(&config);
	if (r < 0) {
		settings_clear(&settings);
		return r;
	}
	*ret_settings = settings;
	return 0;
}
