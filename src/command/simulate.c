/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'simulate': policies that memcoord has, on simulated hosts. */
#include "command/command.h"
#include "command/simulation.h"

static int run(struct invocation *invocation, int argc, char **argv)
{
	static const struct contender nobody_else = { 0 };

	return simulate_command_run(&nobody_else, invocation, argc, argv);
}

const struct cmd cmd_simulate = {
	.name = "simulate",
	.summary = "try a policy on a simulated host",
	.run = run,
};
