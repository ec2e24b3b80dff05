/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command lines of several commands have in common. */
#pragma once

#include <argp.h>

#include "session/invocation.h"
#include "session/selection.h"
#include "table/column.h"
#include "table/report.h"

/* Keys of options that several commands have, each with a help text of its own. */
enum option_key {
	OPTION_PERIOD = 256, /* SECONDS */
	OPTION_POLICY,	     /* POLICY */
	OPTION_INTERVAL,     /* SECONDS */
	OPTION_WATCH,	     /* SECONDS */
	OPTION_FIRST_OWN,    /* from here on, each command's own */
};

/* What these said, and the arguments that are left. */
struct common_options {
	struct invocation *invocation; /* gets the period and the policy; not owned */
	unsigned interval_s;	       /* 0: not given */
	unsigned watch_s;	       /* 0: not given */
	struct selection selection;
};

/*
 * For the default case of an argp parser: take in @key if it is one of the above, or
 * ARGP_KEY_ARGS, which stands for domains. What is wrong ends the program with EX_USAGE
 * and a message.
 */
error_t options_parse(int key, char *argument, struct argp_state *state,
		      struct common_options *common);

/* The same for a command that takes no arguments. */
error_t options_parse_no_arguments(int key, char *argument, struct argp_state *state,
				   struct common_options *common);

/*
 * The number in @text, from @min to @max; anything else ends the program with EX_USAGE
 * and a message about @option.
 */
unsigned options_number(struct argp_state *state, const char *option, const char *text,
			unsigned min, unsigned max);

/* List all policies, for --help. */
void options_print_policies(FILE *stream);

/* A help filter of argp for a command with --policy: the policies go behind its text. */
char *options_filter_help(int key, const char *text, void *input);

/* The options that every command with a table has: -o -J -r -n -b. */
struct style_options {
	struct report_style style;
	const char *output; /* what --output said, or NULL */
};

/* A child for the argp of a command; its input is a struct style_options. */
extern const struct argp style_argp;

/*
 * Put the columns of @columns that --output names into @list; without it @defaults (comma
 * separated), or all for JSON and if @defaults is NULL: scripts name what they need.
 * Returns an exit status, with a message if there is no such column.
 */
int style_choose_columns(const struct style_options *options,
			 const struct column *columns, const char *defaults,
			 struct column_list *list);
