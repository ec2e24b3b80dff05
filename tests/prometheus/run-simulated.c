/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run-simulated SCENARIO CONFIG: the loop of 'memcoord run' on a simulated host, whose
 * time flies, so that every metric soon has something to tell.
 */
#include <stdlib.h>

#include "config/file.h"
#include "core/defaults.h"
#include "run/daemon.h"
#include "simulate/hypervisor.h"
#include "system/cleanup.h"
#include "system/event-loop.h"
#include "system/exit-status.h"
#include "system/log.h"
#include "system/monotonic.h"

/* A cycle of real and of simulated time; the loop waits for a quarter of a second. */
#define REAL_MS 300
#define SIMULATED_MS 2000

/* A simulation whose clock goes on while somebody waits. */
struct fast {
	struct hypervisor base;
	struct hypervisor *simulation;
};

struct setup {
	const char *config_path;
	struct scenario scenario;
};

static struct fast *downcast(struct hypervisor *base)
{
	return (struct fast *)base;
}

static int64_t now_ms(struct hypervisor *base)
{
	return hypervisor_now_ms(downcast(base)->simulation);
}

static int sample(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	return hypervisor_sample(downcast(base)->simulation, ret_snapshot);
}

static int set_target(struct hypervisor *base, const char *uuid, uint64_t target_kib)
{
	return hypervisor_set_target(downcast(base)->simulation, uuid, target_kib);
}

static int set_stats_period(struct hypervisor *base, const char *uuid, unsigned period_s)
{
	return hypervisor_set_stats_period(downcast(base)->simulation, uuid, period_s);
}

static int mark_stats_period(struct hypervisor *base, const char *uuid,
			     const struct period_mark *mark)
{
	return hypervisor_mark_stats_period(downcast(base)->simulation, uuid, mark);
}

static int refresh(struct hypervisor *base, const char *uuid)
{
	return hypervisor_refresh(downcast(base)->simulation, uuid);
}

static int listen_to_simulation(struct hypervisor *base)
{
	return hypervisor_listen(downcast(base)->simulation, base->on_event,
				 base->on_event_data);
}

static int wait_until(struct hypervisor *base, int64_t until_ms)
{
	struct hypervisor *simulation = downcast(base)->simulation;
	int64_t real_ms = monotonic_now_ms() + REAL_MS;
	int64_t simulated_ms = hypervisor_now_ms(simulation) + SIMULATED_MS;

	while (hypervisor_now_ms(simulation) < simulated_ms)
		hypervisor_wait(simulation, simulated_ms);
	return event_loop_run(real_ms < until_ms ? real_ms : until_ms, &base->is_woken);
}

static bool is_alive(struct hypervisor *base)
{
	(void)base;
	return true;
}

static void close_fast(struct hypervisor *base)
{
	hypervisor_close(downcast(base)->simulation);
	free(base);
}

static const struct hypervisor_ops fast_ops = {
	.now_ms = now_ms,
	.sample = sample,
	.set_target = set_target,
	.set_stats_period = set_stats_period,
	.mark_stats_period = mark_stats_period,
	.refresh = refresh,
	.listen = listen_to_simulation,
	.wait = wait_until,
	.is_alive = is_alive,
	.close = close_fast,
};

static int load(void *data, struct settings *ret_settings, char **ret_error)
{
	const struct setup *setup = data;

	return config_load(setup->config_path, ret_settings, ret_error);
}

static int open_fast(void *data, const char *uri, const bool *is_hurried,
		     struct hypervisor **ret_hypervisor, char **ret_error)
{
	const struct setup *setup = data;
	struct fast *fast = calloc(1, sizeof(*fast));
	struct simulation *simulation;
	struct settings settings;

	(void)uri;
	(void)is_hurried;
	(void)ret_error;
	defaults_init(&settings);
	if (!fast || simulation_open(&setup->scenario, &settings, 1, &simulation) < 0) {
		free(fast);
		return -ENOMEM;
	}
	fast->simulation = &simulation->base;
	fast->base = (struct hypervisor){ .ops = &fast_ops, .uri = simulation->base.uri };
	*ret_hypervisor = &fast->base;
	return 0;
}

static int admit(void *data, const struct cycle *cycle)
{
	(void)data;
	(void)cycle;
	return EXIT_OK;
}

static void dismiss(void *data)
{
	(void)data;
}

int main(int argc, char **argv)
{
	struct setup setup = { .config_path = argv[argc > 2 ? 2 : 0] };
	const struct daemon daemon = { .load = load,
				       .open = open_fast,
				       .admit = admit,
				       .dismiss = dismiss,
				       .data = &setup };
	CLEANUP_FREE char *error = NULL;
	struct settings settings;
	int status;

	if (argc != 3 || scenario_load(argv[1], &setup.scenario, &error) < 0 ||
	    load(&setup, &settings, &error) < 0) {
		log_error("%s", error ? error : "usage: run-simulated SCENARIO CONFIG");
		return EX_USAGE;
	}
	status = daemon_run(&daemon, &settings);
	settings_clear(&settings);
	scenario_clear(&setup.scenario);
	return status;
}
