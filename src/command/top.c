/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'top': its command line. */
#include <unistd.h>

#include "command/command.h"
#include "command/options.h"
#include "command/usage.h"
#include "session/session.h"
#include "system/log.h"
#include "top/top.h"

static const struct argp_option argp_options[] = {
	{ "period", OPTION_PERIOD, "SECONDS", 0, "Time between two looks", 0 },
	{ "policy", OPTION_POLICY, "POLICY", 0, "Rules to judge by", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	return options_parse(key, argument, state, state->input);
}

static int show(struct session *session, const struct selection *selection)
{
	int status = session_look(session);

	if (status == EXIT_OK)
		status = selection_check(selection, &session->cycle.snapshot, "active");
	return status == EXIT_OK ? top_run(session, selection) : status;
}

static int run(struct invocation *invocation, int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse_option,
		.args_doc = "[DOMAIN...]",
		.doc = "Show the memory of the host and of every active domain, or of "
		       "the DOMAINs (names, globs or UUIDs), on the whole terminal and "
		       "always anew, until q is pressed; h tells of the other keys. "
		       "Changes nothing.\v",
		.help_filter = options_filter_help,
	};
	struct common_options options = { .invocation = invocation };
	struct session session;
	int status;

	usage_parse(&argp, argc, argv, 0, NULL, &options);
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		log_error("top needs a terminal for input and output "
			  "('memcoord stats --watch 2' does not)");
		return EX_USAGE;
	}
	status = session_open(&session, invocation, true);
	if (status == EXIT_OK) {
		cycle_listen(&session.cycle); /* not every driver has these events */
		status = show(&session, &options.selection);
	}
	session_close(&session);
	return status;
}

const struct cmd cmd_top = {
	.name = "top",
	.summary = "watch the memory of the host and its domains",
	.run = run,
};
