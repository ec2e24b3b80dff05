/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "command/table-options.h"
#include "command/usage.h"
#include "system/exit-status.h"

enum { KEY_EXPLAIN = OPTION_FIRST_OWN, KEY_CONFIG };

/* How a domain came to its share. */
#define EXPLAIN_COLUMNS "NAME,CLASS,CURRENT,USED,RATE,TREND,PEAK,NEED,WANT,SHARE,BOUND"

static const struct argp_option argp_options[] = {
	{ "interval", OPTION_INTERVAL, "SECONDS", 0,
	  "Time between the two samples from which rates are computed", 0 },
	{ "policy", OPTION_POLICY, "POLICY", 0, "Rules to judge and to plan by", 0 },
	{ "explain", KEY_EXPLAIN, NULL, 0,
	  "Tell of every domain how the decision came about", 0 },
	{ "config", KEY_CONFIG, NULL, 0,
	  "Show what the persistent definitions say, of inactive domains too", 0 },
	{ "watch", OPTION_WATCH, "SECONDS", 0, "Print again and again", 0 },
	{ 0 },
};

/* What changes something must not do so again and again; rates are of memory. */
static bool has_option(const struct table_command *command, int key)
{
	return (key != OPTION_WATCH || !command->acts) &&
	       (key != KEY_EXPLAIN || command->explains) &&
	       (key != OPTION_POLICY || command->needs_interval) &&
	       (key != OPTION_INTERVAL || !command->shows_settings) &&
	       (key != KEY_CONFIG || command->shows_settings);
}

static struct argp_option *options_of(const struct table_command *command,
				      struct argp_option *buffer)
{
	size_t n = 0;

	for (const struct argp_option *option = argp_options; option->name; option++)
		if (has_option(command, option->key))
			buffer[n++] = *option;
	buffer[n] = (struct argp_option){ 0 };
	return buffer;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct table_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->style;
		return 0;
	case KEY_EXPLAIN:
		options->does_explain = true;
		return 0;
	case KEY_CONFIG:
		options->of_definitions = true;
		return 0;
	default:
		return options_parse(key, argument, state, &options->common);
	}
}

static void print_columns(FILE *stream, const void *input)
{
	const struct table_options *options = input;

	if (has_option(options->command, OPTION_POLICY)) {
		options_print_policies(stream);
		fputc('\n', stream);
	}
	column_print_help(stream, options->command->columns);
	fprintf(stream, "\nDefault: %s", options->command->default_columns);
}

static char *filter_help(int key, const char *text, void *input)
{
	return usage_append(key, text, print_columns, input);
}

static const char *default_columns(const struct table_options *options)
{
	const struct table_command *command = options->command;

	return options->common.interval_s && command->default_rate_columns
		       ? command->default_rate_columns
		       : command->default_columns;
}

static int choose_columns(struct table_options *options)
{
	const char *unknown;
	size_t length;

	if (options->does_explain)
		column_list_parse(&options->explain_list, domain_columns, EXPLAIN_COLUMNS,
				  &unknown, &length);
	return style_choose_columns(&options->style, options->command->columns,
				    default_columns(options), &options->list);
}

static bool has_column(const struct column_list *list, const struct column *column)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->columns[i] == column)
			return true;
	return false;
}

bool table_options_are_brief(const struct table_options *options)
{
	const struct table_command *command = options->command;
	struct column_list brief;
	const char *unknown;
	size_t length;

	if (command->columns != domain_columns || command->shows_settings ||
	    command->needs_interval || options->common.interval_s ||
	    options->does_explain)
		return false;
	column_list_parse(&brief, domain_columns, domain_brief_columns, &unknown,
			  &length);
	for (size_t i = 0; i < options->list.n; i++)
		if (!has_column(&brief, options->list.columns[i]))
			return false;
	return true;
}

int table_options_parse(struct table_options *options, int argc, char **argv)
{
	const struct table_command *command = options->command;
	struct argp_option buffer[sizeof(argp_options) / sizeof(argp_options[0])];
	struct argp argp = {
		.options = options_of(command, buffer),
		.parser = parse_option,
		.args_doc = "[DOMAIN...]",
		.doc = command->doc,
		.children =
			(const struct argp_child[]){ { &style_argp, 0, NULL, 0 }, { 0 } },
		.help_filter = filter_help,
	};

	usage_parse(&argp, argc, argv, 0, NULL, options);
	return choose_columns(options);
}
