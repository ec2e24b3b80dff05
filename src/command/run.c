/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'run': the command line of the daemon, its lock, and who asks at that. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/options.h"
#include "command/usage.h"
#include "libvirt/hypervisor.h"
#include "run/daemon.h"
#include "run/lessons.h"
#include "run/memory-lock.h"
#include "session/session.h"
#include "system/event-loop.h"
#include "system/log.h"

enum { KEY_CYCLES = OPTION_FIRST_OWN, KEY_WAIT };

struct options {
	struct common_options common;
	unsigned n_cycles;
	bool does_wait;
	int lock_fd, watch;	   /* -1: none */
	const struct cycle *cycle; /* not owned */
};

static const struct argp_option argp_options[] = {
	{ "period", OPTION_PERIOD, "SECONDS", 0, "Length of a cycle", 0 },
	{ "policy", OPTION_POLICY, "POLICY", 0, "Rules to balance by", 0 },
	{ "cycles", KEY_CYCLES, "N", 0, "Stop after N cycles", 0 },
	{ "wait", KEY_WAIT, NULL, 0,
	  "Go on without active domains, and wait for libvirt itself", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_CYCLES:
		options->n_cycles =
			options_number(state, "--cycles", argument, 1, INT_MAX);
		return 0;
	case KEY_WAIT:
		options->does_wait = true;
		return 0;
	default:
		return options_parse_no_arguments(key, argument, state, &options->common);
	}
}

static int load(void *data, struct settings *ret_settings, char **ret_error)
{
	struct options *options = data;

	return invocation_settings(options->common.invocation, ret_settings, ret_error);
}

static int open_hypervisor(void *data, const char *uri, const bool *is_hurried,
			   struct hypervisor **ret_hypervisor, char **ret_error)
{
	(void)data;
	return libvirt_hypervisor_open(uri, false, is_hurried, ret_hypervisor, ret_error);
}

/* Somebody has connected to the lock, to learn who holds it or what was learned. */
static void answer(void *data)
{
	const struct options *options = data;

	lessons_tell(options->lock_fd, options->cycle);
}

static int admit(void *data, const struct cycle *cycle)
{
	struct options *options = data;
	int status = lock_hypervisor(cycle->hypervisor, &options->lock_fd);

	if (status != EXIT_OK || options->lock_fd < 0)
		return status;
	options->cycle = cycle;
	options->watch = event_loop_watch(options->lock_fd, answer, options);
	if (options->watch >= 0)
		return EXIT_OK;
	log_error("cannot watch the lock");
	return EXIT_FAILED;
}

static void dismiss(void *data)
{
	struct options *options = data;

	if (options->watch >= 0)
		event_loop_unwatch(options->watch);
	if (options->lock_fd >= 0)
		close(options->lock_fd);
}

/* Only as a service, whose unit sees to it that this can do no harm. */
static void stay_in_memory(void)
{
	int r = getenv("NOTIFY_SOCKET") ? memory_lock() : 0;

	if (r < 0)
		log_debug("memory is not locked: %s", strerror(-r));
}

static int run(struct invocation *invocation, int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse_option,
		.doc = "Balance the memory of the active domains until SIGTERM or "
		       "SIGINT, "
		       "or until no domain is left. SIGHUP reads the configuration "
		       "again.\v",
		.help_filter = options_filter_help,
	};
	struct options options = {
		.common.invocation = invocation,
		.lock_fd = -1,
		.watch = -1,
	};
	struct settings settings;
	int status;

	usage_parse(&argp, argc, argv, 0, NULL, &options);
	status = invocation_load(invocation, &settings);
	if (status != EXIT_OK)
		return status;
	log_to_service();
	stay_in_memory();
	status = daemon_run(
		&(struct daemon){
			.load = load,
			.open = open_hypervisor,
			.admit = admit,
			.dismiss = dismiss,
			.data = &options,
			.does_wait = options.does_wait,
			.n_cycles = options.n_cycles,
		},
		&settings);
	settings_clear(&settings);
	return status;
}

const struct cmd cmd_run = {
	.name = "run",
	.summary = "coordinate until stopped",
	.run = run,
};
