/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command/command.h"

const struct cmd *const commands[] = {
	&cmd_run,    &cmd_once, &cmd_dry_run, &cmd_stats,    &cmd_classify, &cmd_top,
	&cmd_doctor, &cmd_get,	&cmd_set,     &cmd_simulate, NULL,
};
