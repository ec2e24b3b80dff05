/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'get': what holds for each domain, and who says so. */
#include "command/command.h"
#include "command/table.h"

static int run(struct invocation *invocation, int argc, char **argv)
{
	static const struct table_command command = {
		.doc = "Show which settings hold for every active domain, or for the "
		       "DOMAINs (names, globs or UUIDs), and where they are from. "
		       "Changes nothing.\v",
		.columns = domain_columns,
		.default_columns = "NAME,MANAGED,FLOOR,CEILING,WEIGHT,SOURCE",
		.shows_settings = true,
	};

	return table_command_run(&command, invocation, argc, argv);
}

const struct cmd cmd_get = {
	.name = "get",
	.summary = "show which settings hold for the domains",
	.run = run,
};
