/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/table.h"
#include "cycle/stats-period.h"
#include "run/daemon-log.h"
#include "session/session.h"
#include "system/cleanup.h"
#include "system/log.h"
#include "system/output.h"
#include "system/screen.h"

/* Long enough for one new sample of a guest with a statistics period of 1 s. */
#define DEFAULT_INTERVAL_S 2

/* One statistics period and the guest's answer, before the first look counts. */
#define FIRST_REPORT_EXTRA_S 1

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

static const char *kind_of(const struct table_options *options)
{
	return options->of_definitions ? "persistent" : "active";
}

static int print_settings(FILE *stream, const struct table_options *options,
			  const struct cycle *cycle)
{
	const struct report_style *style = &options->style.style;
	const struct snapshot *snapshot = &cycle->snapshot;
	struct row *rows = calloc(snapshot->n_domains + 1, sizeof(*rows));
	size_t n_rows = 0;
	int r = -ENOMEM;

	for (size_t i = 0; rows && i < snapshot->n_domains; i++)
		if (selection_has(&options->common.selection, &snapshot->domains[i]))
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
static bool is_drawn(const struct table_options *options)
{
	return options->common.watch_s && !options->style.style.json && screen_is_there();
}

static int print_report(FILE *stream, const struct table_options *options,
			const struct cycle *cycle, const struct results *results)
{
	CLEANUP_FREE bool *is_shown =
		selection_choose(&options->common.selection, &cycle->snapshot);
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

static int print_to(FILE *stream, const struct table_options *options,
		    const struct cycle *cycle, const struct results *results)
{
	return options->command->shows_settings
		       ? print_settings(stream, options, cycle)
		       : print_report(stream, options, cycle, results);
}

static int draw(const struct table_options *options, const struct cycle *cycle)
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

static int print(const struct table_options *options, const struct cycle *cycle,
		 const struct results *results)
{
	int r = is_drawn(options) ? draw(options, cycle)
				  : print_to(stdout, options, cycle, results);

	return r == 0 ? EXIT_OK : output_failed(-r);
}

static void warn_of(const struct domain *domain, const char *cure)
{
	const struct log_subject subject = {
		.domain = domain->name,
		.uuid = domain->uuid,
	};

	if (domain->definition_error)
		log_about(&subject, LOG_WARNING,
			  "%s: its persistent definition cannot be read: %s",
			  domain->name, domain->definition_error);
	else
		daemon_log_metadata(domain, cure);
}

/* Of what is shown. Returns EXIT_FAILED if a definition is not known. */
static int warn_of_settings(const struct table_options *options,
			    const struct cycle *cycle)
{
	const struct snapshot *snapshot = &cycle->snapshot;
	const char *cure = options->of_definitions ? "--clear --config" : "--clear";
	int status = EXIT_OK;

	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct domain *domain = &snapshot->domains[i];

		if (!selection_has(&options->common.selection, domain))
			continue;
		if (domain->definition_error)
			status = EXIT_FAILED;
		if (record_has_new_fault(&cycle->history.records[i], snapshot->now_ms))
			warn_of(domain, cure);
	}
	return status;
}

static int show_settings(const struct table_options *options, const struct cycle *cycle)
{
	int status = warn_of_settings(options, cycle);
	int printed = print(options, cycle, NULL);

	/* Who watches waits for the next look. */
	return printed == EXIT_OK && !options->common.watch_s ? status : printed;
}

static int act(const struct table_options *options, struct session *session)
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

static int look_and_print(const struct table_options *options, struct session *session,
			  bool is_first)
{
	const struct table_command *command = options->command;
	unsigned interval_s = options->common.interval_s;
	int status = options->of_definitions ? session_look_at_definitions(session)
					     : session_look(session);

	if (status == EXIT_OK)
		status = selection_check(&options->common.selection,
					 &session->cycle.snapshot, kind_of(options));
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
		return show_settings(options, &session->cycle);
	return command->acts ? act(options, session)
			     : print(options, &session->cycle, NULL);
}

static int watch(const struct table_options *options, struct session *session)
{
	int status;

	if (options->common.watch_s)
		output_watch_reader();
	status = look_and_print(options, session, true);
	while (status == EXIT_OK && options->common.watch_s) {
		status = session_wait(session, options->common.watch_s);
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
	struct table_options options = {
		.command = command,
		.common.invocation = invocation,
	};
	struct session session;
	int status = table_options_parse(&options, argc, argv);

	if (status != EXIT_OK)
		return status;
	status = session_open(&session, invocation, !command->acts);
	if (status == EXIT_OK) {
		session.hypervisor->is_brief = table_options_are_brief(&options);
		/* Not every driver has these events; samples are a little vaguer then. */
		if (command->needs_interval || options.common.interval_s)
			cycle_listen(&session.cycle);
		status = watch(&options, &session);
	}
	session_close(&session);
	return status;
}
