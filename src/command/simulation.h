/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of the simulator, with whatever policies are to compete. */
#pragma once

#include "command/command.h"
#include "simulate/run.h"

/*
 * Parse the command line, simulate, print the outcomes. @contenders, ended by one without
 * a name, compete beside the policies of policy_find() and "none". Returns an exit
 * status.
 */
int simulate_command_run(const struct contender *contenders,
			 struct invocation *invocation, int argc, char **argv);
