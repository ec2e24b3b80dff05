/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'classify': who starves, who wastes, and why. */
#include "command/command.h"
#include "command/table.h"

static int run(struct invocation *invocation, int argc, char **argv)
{
	static const struct table_command command = {
		.doc = "Show who starves and who wastes, and why, from two samples. "
		       "Domains that cannot be balanced are listed with their reason. "
		       "Changes nothing.\v",
		.columns = domain_columns,
		.default_columns = "NAME,CLASS,MODE,CURRENT,MAXIMUM,FREE%,RATE,WHY",
		.needs_interval = true,
		.plans = true,
	};

	return table_command_run(&command, invocation, argc, argv);
}

const struct cmd cmd_classify = {
	.name = "classify",
	.summary = "show who starves and who wastes, and why",
	.run = run,
};
