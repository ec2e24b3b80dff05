/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "command/options.h"
#include "command/usage.h"
#include "core/policy.h"
#include "system/exit-status.h"
#include "system/log.h"

/* Of --interval and --watch. */
#define SECONDS_MAX 3600

unsigned options_number(struct argp_state *state, const char *option, const char *text,
			unsigned min, unsigned max)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || value < min || value > max)
		argp_failure(state, EX_USAGE, 0,
			     "%s must be a whole number from %u to %u, not '%s'", option,
			     min, max, text);
	return (unsigned)value;
}

void options_print_policies(FILE *stream)
{
	fputs("Policies:\n", stream);
	for (size_t i = 0; policies[i]; i++)
		fprintf(stream, "  %-10s %s\n", policies[i]->name, policies[i]->summary);
}

static void print_policies(FILE *stream, const void *data)
{
	(void)data;
	options_print_policies(stream);
}

char *options_filter_help(int key, const char *text, void *input)
{
	return usage_append(key, text, print_policies, input);
}

static const struct policy *parse_policy(struct argp_state *state, const char *name)
{
	const struct policy *policy = policy_find(name);

	if (!policy)
		argp_failure(state, EX_USAGE, 0,
			     "--policy: there is no policy '%s' (--help lists them)",
			     name);
	return policy;
}

error_t options_parse(int key, char *argument, struct argp_state *state,
		      struct common_options *common)
{
	switch (key) {
	case OPTION_PERIOD:
		common->invocation->period_s = options_number(state, "--period", argument,
							      PERIOD_MIN_S, PERIOD_MAX_S);
		return 0;
	case OPTION_POLICY:
		common->invocation->policy = parse_policy(state, argument);
		return 0;
	case OPTION_INTERVAL:
		common->interval_s =
			options_number(state, "--interval", argument, 1, SECONDS_MAX);
		return 0;
	case OPTION_WATCH:
		common->watch_s =
			options_number(state, "--watch", argument, 1, SECONDS_MAX);
		return 0;
	case ARGP_KEY_ARGS:
		common->selection = (struct selection){
			.n = (size_t)(state->argc - state->next),
			.patterns = state->argv + state->next,
		};
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

error_t options_parse_no_arguments(int key, char *argument, struct argp_state *state,
				   struct common_options *common)
{
	if (key == ARGP_KEY_ARG)
		argp_failure(state, EX_USAGE, 0, "unexpected argument '%s'", argument);
	return options_parse(key, argument, state, common);
}

static const struct argp_option style_argp_options[] = {
	{ "output", 'o', "COLUMNS", 0, "Print these columns (comma separated)", 0 },
	{ "json", 'J', NULL, 0, "Print one JSON document; sizes are bytes", 0 },
	{ "raw", 'r', NULL, 0, "Do not align the columns", 0 },
	{ "noheadings", 'n', NULL, 0, "Do not print the headings", 0 },
	{ "bytes", 'b', NULL, 0, "Print sizes in bytes", 0 },
	{ 0 },
};

static error_t parse_style(int key, char *argument, struct argp_state *state)
{
	struct style_options *options = state->input;

	switch (key) {
	case 'o':
		options->output = argument;
		return 0;
	case 'J':
		options->style.json = true;
		return 0;
	case 'r':
		options->style.raw = true;
		return 0;
	case 'n':
		options->style.no_headings = true;
		return 0;
	case 'b':
		options->style.bytes = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp style_argp = { .options = style_argp_options, .parser = parse_style };

int style_choose_columns(const struct style_options *options,
			 const struct column *columns, const char *defaults,
			 struct column_list *list)
{
	const char *names = options->output ? options->output : defaults;
	const char *unknown;
	size_t length;

	if (!names || (!options->output && options->style.json)) {
		column_list_all(list, columns);
		return EXIT_OK;
	}
	if (column_list_parse(list, columns, names, &unknown, &length) == 0)
		return EXIT_OK;
	log_error("--output: unknown column '%.*s' (--help lists the columns)",
		  (int)length, unknown);
	return EX_USAGE;
}
