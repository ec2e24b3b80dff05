/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Global options, dispatch to a command, exit status. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/usage.h"
#include "system/cleanup.h"
#include "system/log.h"
#include "system/output.h"
#include "system/worker.h"

enum { KEY_CHECK_CONFIG = 256 };

struct options {
	struct invocation invocation;
	enum log_level level;
	bool check_config;
};

const char *argp_program_version = PACKAGE_NAME " " PACKAGE_VERSION;
const char *argp_program_bug_address = "<" PACKAGE_BUGREPORT ">";

static const struct argp_option argp_options[] = {
	{ "connect", 'c', "URI", 0, "Hypervisor to connect to", 0 },
	{ "config", 'f', "FILE", 0, "Configuration, instead of " DEFAULT_CONFIG_PATH, 0 },
	{ "quiet", 'q', NULL, 0, "Print errors and warnings only", 0 },
	{ "verbose", 'v', NULL, 0, "Say how decisions come about", 0 },
	{ "check-config", KEY_CHECK_CONFIG, NULL, 0, "Check the configuration and exit",
	  0 },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
		/* libvirt takes it for its default: most likely a variable was empty. */
		if (!*argument)
			argp_failure(state, EX_USAGE, 0,
				     "--connect must be a libvirt URI, not ''");
		options->invocation.uri = argument;
		return 0;
	case 'f':
		options->invocation.config_path = argument;
		return 0;
	case 'q':
		options->level = LOG_WARNING;
		return 0;
	case 'v':
		options->level = LOG_DEBUG;
		return 0;
	case KEY_CHECK_CONFIG:
		options->check_config = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN; /* the command word ends the global options */
	}
}

static void print_commands(FILE *stream, const void *input)
{
	(void)input;
	fputs("Commands:\n", stream);
	for (size_t i = 0; commands[i]; i++)
		fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n'memcoord COMMAND --help' tells more.", stream);
}

static char *filter_help(int key, const char *text, void *input)
{
	return usage_append(key, text, print_commands, input);
}

static int check_config(const struct invocation *invocation)
{
	struct settings settings;
	int status = invocation_load(invocation, &settings);

	if (status == EXIT_OK) {
		puts("The configuration is valid.");
		settings_clear(&settings);
	}
	return status;
}

static int dispatch(struct invocation *invocation, int argc, char **argv)
{
	for (size_t i = 0; commands[i]; i++) {
		CLEANUP_FREE char *name = NULL;

		if (strcmp(commands[i]->name, argv[0]) != 0)
			continue;
		if (asprintf(&name, "memcoord %s", argv[0]) < 0)
			return EXIT_FAILED;
		argv[0] = name; /* errors of argp name the command */
		program_invocation_name = name;
		return commands[i]->run(invocation, argc, argv);
	}
	log_error("unknown command '%s' ('memcoord --help' lists the commands)", argv[0]);
	return EX_USAGE;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse_option,
		.args_doc = "COMMAND [OPTION...]",
		.doc = "Balance memory among the running guests of a libvirt host.\v",
		.help_filter = filter_help,
	};
	static char name[] = "memcoord";
	struct options options = { .level = LOG_INFO };
	int i = argc, status;

	output_init();
	log_init();
	setlocale(LC_CTYPE, ""); /* or names beyond ASCII are printed as escapes */
	argv[0] = name;
	argp_err_exit_status = EX_USAGE;
	usage_parse(&argp, argc, argv, ARGP_IN_ORDER, &i, &options);
	log_set_level(options.level);
	if (options.check_config && i < argc) {
		log_error("--check-config takes no command, but got '%s'", argv[i]);
		return EX_USAGE;
	}
	if (options.check_config)
		return check_config(&options.invocation);
	if (i >= argc) {
		log_error("a command is missing ('memcoord --help' lists the commands)");
		return EX_USAGE;
	}
	status = dispatch(&options.invocation, argc - i, argv + i);
	log_flush();
	if (worker_n_left() > 0) {
		/* One may return just now, to libraries that exit() takes down. */
		fflush(NULL);
		_exit(status);
	}
	return status;
}
