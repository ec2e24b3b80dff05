/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'once': plan once, and carry it out. */
#include "command/command.h"
#include "command/table.h"

static int run(struct invocation *invocation, int argc, char **argv)
{
	static const struct table_command command = {
		.doc = "Take two samples, plan once, carry the plan out and show it. "
		       "With "
		       "DOMAINs only their moves are shown; all are carried out.\v",
		.columns = move_columns,
		.default_columns = "NAME,FROM,TO,CHANGE,WITH,RESULT,WHY",
		.needs_interval = true,
		.plans = true,
		.acts = true,
	};

	return table_command_run(&command, invocation, argc, argv);
}

const struct cmd cmd_once = {
	.name = "once",
	.summary = "plan once and carry it out",
	.run = run,
};
