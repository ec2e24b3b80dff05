/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "daemon-log.h"
#include "log.h"
#include "output.h"
#include "screen.h"
#include "selection.h"
#include "session.h"
#include "stats-period.h"
#include "style-options.h"
#include "table-command.h"
#include "usage.h"

/* Long enough for one new sample of a guest with a statistics period of 1 s. */
#define DEFAULT_INTERVAL_S 2
#define INTERVAL_MAX_S 3600

/* One statistics period and the guest's answer, before the first look counts. */
#define FIRST_REPORT_EXTRA_S 1

enum { KEY_INTERVAL = 256, KEY_WATCH, KEY_POLICY, KEY_EXPLAIN, KEY_CONFIG };

/* How a domain came to its share. */
#define EXPLAIN_COLUMNS "NAME,CLASS,CURRENT,USED,RATE,TREND,PEAK,NEED,WANT,SHARE,BOUND"

struct options {
	const struct table_command *command;
	struct style_options style;
	struct column_list list; /* as chosen by --output, or the default */
	struct invocation *invocation;
	bool does_explain;
	struct column_list explain_list;
	unsigned interval_s; /* 0: not given */
	unsigned watch_s;    /* 0: once */
	bool of_definitions; /* not of active domains */
	struct selection selection;
};

static const struct argp_option argp_options[] = {
	{ "interval", KEY_INTERVAL, "SECONDS", 0,
	  "Time between the two samples from which rates are computed", 0 },
	{ "policy", KEY_POLICY, "POLICY", 0, "Rules to judge and to plan by", 0 },
	{ "explain", KEY_EXPLAIN, NULL, 0,
	  "Tell of every domain how the decision came about", 0 },
	{ "config", KEY_CONFIG, NULL, 0,
	  "Show what the persistent definitions say, of inactive domains too", 0 },
	{ "watch", KEY_WATCH, "SECONDS", 0, "Print again and again", 0 },
	{ 0 },
};

/* What changes something must not do so again and again; rates are of memory. */
static bool has_option(const struct table_command *command, int key)
{
	return (key != KEY_WATCH || !command->acts) &&
	       (key != KEY_EXPLAIN || command->explains) &&
	       (key != KEY_POLICY || command->needs_interval) &&
	       (key != KEY_INTERVAL || !command->shows_settings) &&
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
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->style;
		return 0;
	case KEY_INTERVAL:
		options->interval_s =
			parse_number(state, "--interval", argument, 1, INTERVAL_MAX_S);
		return 0;
	case KEY_POLICY:
		options->invocation->policy = parse_policy(state, argument);
		return 0;
	case KEY_EXPLAIN:
		options->does_explain = true;
		return 0;
	case KEY_CONFIG:
		options->of_definitions = true;
		return 0;
	case KEY_WATCH:
		options->watch_s =
			parse_number(state, "--watch", argument, 1, INTERVAL_MAX_S);
		return 0;
	case ARGP_KEY_ARGS:
		options->selection = selection_of(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void print_columns(FILE *stream, const void *input)
{
	const struct options *options = input;

	if (has_option(options->command, KEY_POLICY)) {
		print_policies(stream, NULL);
		fputc('\n', stream);
	}
	column_print_help(stream, options->command->columns);
	fprintf(stream, "\nDefault: %s", options->command->default_columns);
}

static char *filter_help(int key, const char *text, void *input)
{
	return usage_append(key, text, print_columns, input);
}

static const char *default_columns(const struct options *options)
{
	const struct table_command *command = options->command;

	return options->interval_s && command->default_rate_columns
		       ? command->default_rate_columns
		       : command->default_columns;
}

/* JSON carries all columns unless some were asked for: scripts name what they need. */
static int choose_columns(struct options *options)
{
	const struct column *columns = options->command->columns;
	const char *unknown;
	size_t length;

	if (options->does_explain)
		column_list_parse(&options->explain_list, domain_columns, EXPLAIN_COLUMNS,
				  &unknown, &length);

	if (options->style.style.json && !options->style.output) {
		column_list_all(&options->list, columns);
		return EXIT_OK;
	}
	if (column_list_parse(&options->list, columns,
			      options->style.output ? options->style.output
						    : default_columns(options),
			      &unknown, &length) == 0)
		return EXIT_OK;
	log_error("--output: unknown column '%.*s' (--help lists the columns)",
		  (int)length, unknown);
	return EX_USAGE;
}

static bool has_column(const struct column_list *list, const struct column *column)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->columns[i] == column)
			return true;
	return false;
}

/* Is one brief sample of the domains enough for what is printed? */
static bool is_brief(const struct options *options)
{
	const struct table_command *command = options->command;
	struct column_list brief;
	const char *unknown;
	size_t length;

	if (command->columns != domain_columns || command->shows_settings ||
	    command->needs_interval || options->interval_s || options->does_explain)
		return false;
	column_list_parse(&brief, domain_columns, domain_brief_columns, &unknown,
			  &length);
	for (size_t i = 0; i < options->list.n; i++)
		if (!has_column(&brief, options->list.columns[i]))
			return false;
	return true;
}

struct results {
	const char **texts; /* by move */
	char **owned;
	size_t n;
	bool has_failed;
};

static void keep_result(void *data, const struct cycle *cycle, const struct move *move,
			int result)
{
	struct results *results = data;
	const char *name = cycle->snapshot.domains[move->domain].name;

	if (result == 0 || result == -ENOENT) {
		results->texts[results->n++] = result == 0 ? "done" : "it has ended";
		return;
	}
	results->owned[results->n] = strdup(hypervisor_error(cycle->hypervisor));
	results->texts[results->n] = results->owned[results->n];
	results->n++;
	results->has_failed = true;
	log_error("%s: cannot change its memory: %s", name,
		  hypervisor_error(cycle->hypervisor));
}

static const char *kind_of(const struct options *options)
{
	return options->of_definitions ? "persistent" : "active";
}

static void warn_of_metadata(const struct options *options, const struct cycle *cycle)
{
	const struct snapshot *snapshot = &cycle->snapshot;

	for (size_t i = 0; i < snapshot->n_domains; i++)
		if (selection_has(&options->selection, &snapshot->domains[i]) &&
		    record_has_new_fault(&cycle->history.records[i], snapshot->now_ms))
			daemon_log_metadata(&snapshot->domains[i],
					    options->of_definitions ? "--clear --config"
								    : "--clear");
}

static int print_settings(FILE *stream, const struct options *options,
			  const struct cycle *cycle)
{
	const struct report_style *style = &options->style.style;
	const struct snapshot *snapshot = &cycle->snapshot;
	struct row *rows = calloc(snapshot->n_domains + 1, sizeof(*rows));
	size_t n_rows = 0;
	int r = -ENOMEM;

	for (size_t i = 0; rows && i < snapshot->n_domains; i++)
		if (selection_has(&options->selection, &snapshot->domains[i]))
			rows[n_rows++] = (struct row){ .cycle = cycle, .domain = i };
	if (rows && n_rows == 0 && !style->json && !style->raw && !style->no_headings)
		fprintf(stream, "No %s domains.\n", kind_of(options));
	if (rows)
		r = report_print_rows("domains", &options->list, rows, n_rows, style,
				      stream);
	free(rows);
	return r;
}

/* A watched table takes the place of the one before, where there is a screen. */
static bool is_drawn(const struct options *options)
{
	return options->watch_s && !options->style.style.json && screen_is_there();
}

static int print_report(FILE *stream, const struct options *options,
			const struct cycle *cycle, const struct results *results)
{
	CLEANUP_FREE bool *is_shown =
		selection_choose(&options->selection, &cycle->snapshot);
	bool moves = options->command->columns == move_columns;
	int r = is_shown ? 0 : -ENOMEM;

	if (r == 0)
		r = report_print(&(struct report){
			.cycle = cycle,
			.style = options->style.style,
			.domain_list = options->does_explain && !options->style.style.json
					       ? &options->explain_list
				       : moves ? NULL
					       : &options->list,
			.move_list = moves ? &options->list : NULL,
			.is_shown = is_shown,
			.results = results ? results->texts : NULL,
			.stream = stream,
		});
	return r;
}

static int print_to(FILE *stream, const struct options *options,
		    const struct cycle *cycle, const struct results *results)
{
	return options->command->shows_settings
		       ? print_settings(stream, options, cycle)
		       : print_report(stream, options, cycle, results);
}

static int draw(const struct options *options, const struct cycle *cycle)
{
	CLEANUP_FREE char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	int r;

	if (!stream)
		return -ENOMEM;
	r = print_to(stream, options, cycle, NULL);
	if (fclose(stream) != 0 && r == 0)
		r = -ENOMEM;
	return r == 0 ? screen_draw(text) : r;
}

static int print(const struct options *options, const struct cycle *cycle,
		 const struct results *results)
{
	int r = is_drawn(options) ? draw(options, cycle)
				  : print_to(stdout, options, cycle, results);

	return r == 0 ? EXIT_OK : output_failed(-r);
}

static int act(const struct options *options, struct session *session)
{
	size_t n = session->cycle.plan.n_moves;
	struct results results = {
		.texts = calloc(n + 1, sizeof(*results.texts)),
		.owned = calloc(n + 1, sizeof(*results.owned)),
	};
	int status = EXIT_FAILED;

	if (results.texts && results.owned) {
		cycle_act(&session->cycle, keep_result, &results);
		status = print(options, &session->cycle, &results);
		if (results.has_failed)
			status = EXIT_FAILED;
		for (size_t i = 0; i < results.n; i++)
			free(results.owned[i]);
	}
	free(results.texts);
	free(results.owned);
	return status;
}

/* Set missing statistics periods, and give the guests time for their first report. */
static int prepare_statistics(struct session *session)
{
	if (stats_periods_borrow(&session->cycle) == 0)
		return EXIT_OK;

	int status = session_wait(session, session->settings.stats_period_s +
						   FIRST_REPORT_EXTRA_S);

	return status == EXIT_OK ? session_look(session) : status;
}

static int look_and_print(const struct options *options, struct session *session,
			  bool is_first)
{
	const struct table_command *command = options->command;
	unsigned interval_s = options->interval_s;
	int status = options->of_definitions ? session_look_at_definitions(session)
					     : session_look(session);

	if (status == EXIT_OK)
		status = selection_check(&options->selection, &session->cycle.snapshot,
					 kind_of(options));
	if (interval_s == 0 && command->needs_interval)
		interval_s = DEFAULT_INTERVAL_S;
	if (status == EXIT_OK && command->acts)
		status = prepare_statistics(session);
	/* A watched table has the sample before. */
	if (status == EXIT_OK && interval_s && is_first) {
		status = session_wait(session, interval_s);
		if (status == EXIT_OK)
			status = session_look(session);
	}
	if (status == EXIT_OK && command->plans && cycle_plan(&session->cycle) < 0) {
		log_error("cannot plan: out of memory");
		status = EXIT_FAILED;
	}
	if (status != EXIT_OK)
		return status;
	if (command->shows_settings)
		warn_of_metadata(options, &session->cycle);
	return command->acts ? act(options, session)
			     : print(options, &session->cycle, NULL);
}

static int watch(const struct options *options, struct session *session)
{
	int status;

	if (options->watch_s)
		output_watch_reader();
	status = look_and_print(options, session, true);
	while (status == EXIT_OK && options->watch_s) {
		status = session_wait(session, options->watch_s);
		if (status != EXIT_OK)
			break;
		if (!is_drawn(options))
			putchar('\n');
		status = look_and_print(options, session, false);
	}
	return status;
}

int table_command_run(const struct table_command *command, struct invocation *invocation,
		      int argc, char **argv)
{
	struct options options = { .command = command, .invocation = invocation };
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
	struct session session;
	int status;

	usage_parse(&argp, argc, argv, 0, NULL, &options);
	status = choose_columns(&options);
	if (status != EXIT_OK)
		return status;
	status = session_open(&session, invocation, !command->acts);
	if (status == EXIT_OK) {
		session.hypervisor->is_brief = is_brief(&options);
		/* Not every driver has these events; samples are a little vaguer then. */
		if (command->needs_interval || options.interval_s)
			cycle_listen(&session.cycle);
		status = watch(&options, &session);
	}
	session_close(&session);
	return status;
}
