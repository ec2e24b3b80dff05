/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
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

int settings_copy(const struct settings *settings, struct settings *ret)
{
	char *uri = NULL;

	if (settings->uri) {
		uri = strdup(settings->uri);
		if (!uri)
			return -ENOMEM;
	}
	*ret = *settings;
	ret->uri = uri;
	return 0;
}

void settings_clear(struct settings *settings)
{
	if (!settings)
		return;
	free(settings->uri);
	settings->uri = NULL;
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
