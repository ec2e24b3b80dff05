/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: one const struct cmd each, in a file of its own.
 *
 * The array commands[] drives dispatch and --help.
 */
#pragma once

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sysexits.h>

#include "settings.h"

/* Exit statuses; EX_USAGE (64) and EX_CONFIG (78) are the others. */
enum { EXIT_OK = 0, EXIT_FAILED = 1 };

/* What the command line said, to be laid over the configuration each time it is read. */
struct invocation {
	const char *config_path;     /* NULL: the default one, which may be missing */
	const char *uri;	     /* NULL: not given */
	unsigned period_s;	     /* 0: not given */
	const struct policy *policy; /* NULL: not given */
};

struct cmd {
	const char *name;
	const char *summary;
	/* Returns the exit status of the program. argv[0] is "memcoord NAME". */
	int (*run)(struct invocation *invocation, int argc, char **argv);
};

extern const struct cmd cmd_run, cmd_once, cmd_dry_run, cmd_stats, cmd_classify, cmd_top,
	cmd_doctor, cmd_get, cmd_set, cmd_simulate;

/* All commands in the order of --help, ended by NULL. */
extern const struct cmd *const commands[];

/*
 * Read the configuration and lay the command line over it. Returns 0; or -EINVAL with
 * @ret_error set to one line, owned by the caller, and @ret_settings untouched.
 */
int invocation_settings(const struct invocation *invocation,
			struct settings *ret_settings, char **ret_error);

/* The same, for a command: logs the error. Returns an exit status. */
int invocation_load(const struct invocation *invocation, struct settings *ret_settings);

/*
 * The number in @text, from @min to @max; anything else ends the program with EX_USAGE
 * and a message about @option.
 */
unsigned parse_number(struct argp_state *state, const char *option, const char *text,
		      unsigned min, unsigned max);

/* List all policies, for --help: what usage_append() calls. @data is not used. */
void print_policies(FILE *stream, const void *data);

/* The policy of that name; another name ends the program with EX_USAGE and a message. */
const struct policy *parse_policy(struct argp_state *state, const char *name);
