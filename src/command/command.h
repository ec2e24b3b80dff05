/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: one const struct cmd each, in a file of its own.
 *
 * The array commands[] drives dispatch and --help.
 */
#pragma once

#include "session/invocation.h"
#include "system/exit-status.h"

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
