/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the commands that print tables have in common: their options, one or two looks at
 * the domains, the choice of what to show.
 */
#pragma once

#include "command/table-options.h"

/* Parse the command line and do it all. Returns an exit status. */
int table_command_run(const struct table_command *command, struct invocation *invocation,
		      int argc, char **argv);
