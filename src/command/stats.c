/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'stats': the memory of the host and its domains. */
#include "command/command.h"
#include "command/table.h"

static int run(struct invocation *invocation, int argc, char **argv)
{
	static const struct table_command command = {
		.doc = "Show the memory of the host and of every active domain, or of "
		       "the "
		       "DOMAINs (names, globs or UUIDs), from one sample. Changes "
		       "nothing.\v",
		.columns = domain_columns,
		.default_columns = "NAME,STATE,CURRENT,MAXIMUM,USED,FREE,FREE%,RSS",
		.default_rate_columns =
			"NAME,STATE,CURRENT,MAXIMUM,USED,FREE,FREE%,RATE,RSS",
		.plans = true,
	};

	return table_command_run(&command, invocation, argc, argv);
}

const struct cmd cmd_stats = {
	.name = "stats",
	.summary = "show the memory of the host and its domains",
	.run = run,
};
