/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the commands that print tables have in common: their options, one or two looks at
 * the domains, the choice of what to show.
 */
#pragma once

#include <argp.h>
#include <sys/types.h>

#include "cmd.h"
#include "cycle.h"
#include "report.h"

/* How one such command differs from the others. */
struct table_command {
	const char *doc;		  /* for --help */
	const struct column *columns;	  /* that --output chooses from */
	const char *default_columns;	  /* comma separated */
	const char *default_rate_columns; /* with --interval; NULL: the same */
	bool needs_interval;		  /* two looks even without --interval */
	bool plans;			  /* classify the domains and plan moves */
	bool acts;			  /* carry the plan out */
	bool explains;			  /* has --explain */
	bool shows_settings; /* of the domains, not their memory; has --config */
};

/* Parse the command line and do it all. Returns an exit status. */
int table_command_run(const struct table_command *command, struct invocation *invocation,
		      int argc, char **argv);
