/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line of a command that prints tables says. */
#pragma once

#include "command/options.h"

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

struct table_options {
	const struct table_command *command;
	struct common_options common;
	struct style_options style;
	struct column_list list; /* as chosen by --output, or the default */
	bool does_explain;
	struct column_list explain_list;
	bool of_definitions; /* not of active domains */
};

/*
 * Parse the command line of @options->command into @options. What is wrong ends the
 * program with EX_USAGE; an unknown column is told, and an exit status returned.
 */
int table_options_parse(struct table_options *options, int argc, char **argv);

/* Is one brief sample of the domains enough for what is to be printed? */
bool table_options_are_brief(const struct table_options *options);
