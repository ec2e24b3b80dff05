/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/defaults.h"
#include "core/policy.h"

void defaults_init(struct settings *settings)
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
