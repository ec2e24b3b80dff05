/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'dry-run': what 'once' would do. */
#include "command/command.h"
#include "command/table.h"

static int run(struct invocation *invocation, int argc, char **argv)
{
	static const struct table_command command = {
		.doc = "Show what 'memcoord once' would do now. Changes nothing, not "
		       "even "
		       "a statistics period.\v",
		.columns = move_columns,
		.default_columns = "NAME,FROM,TO,CHANGE,WITH,WHY",
		.needs_interval = true,
		.plans = true,
		.explains = true,
	};

	return table_command_run(&command, invocation, argc, argv);
}

const struct cmd cmd_dry_run = {
	.name = "dry-run",
	.summary = "show what 'once' would do, change nothing",
	.run = run,
};
