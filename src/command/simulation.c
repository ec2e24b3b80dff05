/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command/options.h"
#include "command/simulation.h"
#include "command/usage.h"
#include "core/defaults.h"
#include "core/policy.h"
#include "simulate/bench.h"
#include "simulate/scenario-find.h"
#include "system/cleanup.h"
#include "system/log.h"
#include "system/output.h"
#include "table/report.h"

enum { KEY_POLICIES = OPTION_FIRST_OWN, KEY_SEEDS, KEY_CSV, KEY_LIST, KEY_ALL };
enum { SEEDS_MAX = 1000 };

/* Three random hosts are enough to see luck. */
#define DEFAULT_SEEDS 3

/* What guests are taken to need at least; below that some scenarios would be too easy. */
#define SIMULATED_FLOOR_KIB ((uint64_t)200 * 1024)

struct options {
	struct common_options common;
	struct style_options style;
	struct column_list list;
	const char *policies, *csv_path;
	unsigned first_seed, last_seed;
	bool lists, takes_all;
	char **names;
	size_t n_names;
	size_t n_known;
	struct contender known[SIM_CONTENDERS_MAX];
};

static const struct argp_option argp_options[] = {
	{ "policy", KEY_POLICIES, "POLICY[,POLICY...]", 0, "Policies to try, or 'all'",
	  0 },
	{ "seeds", KEY_SEEDS, "[FIRST-]LAST", 0,
	  "Simulate with each seed from FIRST (1) to LAST (3)", 0 },
	{ "period", OPTION_PERIOD, "SECONDS", 0, "Length of a cycle", 0 },
	{ "csv", KEY_CSV, "FILE", 0, "Write a time series to FILE", 0 },
	{ "list", KEY_LIST, NULL, 0, "List the scenarios that come with memcoord", 0 },
	{ "all", KEY_ALL, NULL, 0, "Simulate all of these", 0 },
	{ 0 },
};

/* "LAST" or "FIRST-LAST" */
static void parse_seeds(struct options *options, char *text, struct argp_state *state)
{
	char *dash = strchr(text, '-');

	options->first_seed = 1;
	if (dash) {
		*dash = '\0';
		options->first_seed =
			options_number(state, "--seeds", text, 1, SEEDS_MAX);
		text = dash + 1;
	}
	options->last_seed =
		options_number(state, "--seeds", text, options->first_seed, SEEDS_MAX);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->style;
		return 0;
	case KEY_POLICIES:
		options->policies = argument;
		return 0;
	case KEY_SEEDS:
		parse_seeds(options, argument, state);
		return 0;
	case KEY_CSV:
		options->csv_path = argument;
		return 0;
	case KEY_LIST:
		options->lists = true;
		return 0;
	case KEY_ALL:
		options->takes_all = true;
		return 0;
	case ARGP_KEY_ARGS:
		options->names = state->argv + state->next;
		options->n_names = (size_t)(state->argc - state->next);
		return 0;
	default:
		return options_parse(key, argument, state, &options->common);
	}
}

static void print_contenders(FILE *stream, const void *input)
{
	const struct options *options = input;

	fputs("Policies:\n", stream);
	for (size_t i = 0; i < options->n_known; i++)
		fprintf(stream, "  %-10s %s\n", options->known[i].name,
			options->known[i].summary);
	fputs("  all        all of these\n\n", stream);
	column_print_help(stream, outcome_columns);
	fprintf(stream, "\nDefault: all columns, policy %s.", policy_default()->name);
}

static char *filter_help(int key, const char *text, void *input)
{
	return usage_append(key, text, print_contenders, input);
}

/* Everybody who may compete; what does not fit is a mistake of the program. */
static void gather(struct options *options, const struct contender *contenders)
{
	options->known[options->n_known++] =
		(struct contender){ .name = "none", .summary = "nobody coordinates" };
	for (size_t i = 0; policies[i] && options->n_known < SIM_CONTENDERS_MAX; i++)
		options->known[options->n_known++] = (struct contender){
			.name = policies[i]->name,
			.summary = policies[i]->summary,
			.policy = policies[i],
		};
	for (; contenders->name && options->n_known < SIM_CONTENDERS_MAX; contenders++)
		options->known[options->n_known++] = *contenders;
}

static const struct contender *find_contender(const struct options *options,
					      const char *name, size_t length)
{
	for (size_t i = 0; i < options->n_known; i++)
		if (strlen(options->known[i].name) == length &&
		    strncmp(options->known[i].name, name, length) == 0)
			return &options->known[i];
	return NULL;
}

/* Choose those that --policy names. */
static int choose_contenders(const struct options *options, struct sim_bench *bench)
{
	const char *names =
		options->policies ? options->policies : bench->settings.policy->name;
	bool takes_all = strcmp(names, "all") == 0;

	for (size_t i = 0; takes_all && i < options->n_known; i++)
		bench->contenders[bench->n_contenders++] = &options->known[i];
	while (!takes_all) {
		size_t length = strcspn(names, ",");
		const struct contender *contender =
			find_contender(options, names, length);

		if (!contender || bench->n_contenders == SIM_CONTENDERS_MAX) {
			log_error("--policy: unknown policy '%.*s' (--help lists them)",
				  (int)length, names);
			return EX_USAGE;
		}
		bench->contenders[bench->n_contenders++] = contender;
		if (names[length] == '\0')
			break;
		names += length + 1;
	}
	return EXIT_OK;
}

static int load_scenario(struct sim_bench *bench, const char *name)
{
	CLEANUP_FREE char *path = scenario_path(name);
	CLEANUP_FREE char *error = NULL;
	int r = path ? scenario_load(path, &bench->scenarios[bench->n_scenarios], &error)
		     : -ENOMEM;

	if (r == 0) {
		bench->n_scenarios++;
		return EXIT_OK;
	}
	if (r == -ENOENT && !strchr(name, '/')) {
		log_error(
			"unknown scenario '%s' (--list lists them; a file of yours needs "
			"a slash: ./%s)",
			name, name);
		return EX_USAGE;
	}
	log_error("%s", error ? error : "out of memory");
	return EXIT_FAILED;
}

static int load_scenarios(struct sim_bench *bench, char **names, size_t n_names)
{
	int status = EXIT_OK;

	bench->scenarios = calloc(n_names + 1, sizeof(*bench->scenarios));
	if (!bench->scenarios)
		return EXIT_FAILED;
	for (size_t i = 0; i < n_names && status == EXIT_OK; i++)
		status = load_scenario(bench, names[i]);
	return status;
}

static int load_shipped(struct sim_bench *bench)
{
	char **names;
	size_t n = 0;
	int status;
	int r = scenario_names(&names);

	if (r < 0) {
		log_error("%s: cannot list the scenarios: %s", scenario_directory(),
			  strerror(-r));
		return EXIT_FAILED;
	}
	while (names[n])
		n++;
	status = load_scenarios(bench, names, n);
	scenario_names_free(names);
	return status;
}

static int list(struct sim_bench *bench)
{
	int status = load_shipped(bench);

	for (size_t i = 0; i < bench->n_scenarios; i++)
		printf("%-10s %s\n", bench->scenarios[i].name,
		       bench->scenarios[i].description);
	return status;
}

static int print(const struct options *options, const struct sim_bench *bench)
{
	struct row *rows = calloc(bench->n_outcomes, sizeof(*rows));
	int r = -ENOMEM;

	for (size_t i = 0; rows && i < bench->n_outcomes; i++)
		rows[i].outcome = &bench->outcomes[i];
	if (rows)
		r = report_print_rows("outcomes", &options->list, rows, bench->n_outcomes,
				      &options->style.style, stdout);
	free(rows);
	return r == 0 ? EXIT_OK : output_failed(-r);
}

/*
 * A configuration counts only if it is asked for: the outcome is not to depend on the
 * machine that it is found on.
 */
static int load_settings(const struct invocation *invocation, struct settings *settings)
{
	int status = EXIT_OK;

	if (invocation->config_path) {
		status = invocation_load(invocation, settings);
	} else {
		defaults_init(settings);
		settings->domain_floor_kib = SIMULATED_FLOOR_KIB;
		if (invocation->period_s)
			settings->period_s = invocation->period_s;
	}
	return status;
}

static int simulate(const struct options *options, struct sim_bench *bench)
{
	int r = sim_bench_run(bench);

	if (r < 0) {
		log_error("cannot simulate: %s", strerror(-r));
		return EXIT_FAILED;
	}
	return print(options, bench);
}

/* Simulate with the time series open, if one is wanted. */
static int simulate_with_series(const struct options *options, struct sim_bench *bench)
{
	FILE *file = NULL;
	int status;

	if (options->csv_path) {
		file = fopen(options->csv_path, "we");
		if (!file) {
			log_error("%s: %s", options->csv_path, strerror(errno));
			return EXIT_FAILED;
		}
		bench->series.file = file;
		sim_series_begin(&bench->series);
	}
	status = simulate(options, bench);
	errno = 0;
	if (file && (ferror(file) | fclose(file))) {
		log_error("%s: cannot be written: %s", options->csv_path,
			  strerror(errno ? errno : EIO));
		return EXIT_FAILED;
	}
	return status;
}

static int run(struct options *options, struct sim_bench *bench)
{
	int status = style_choose_columns(&options->style, outcome_columns, NULL,
					  &options->list);

	bench->first_seed = options->first_seed;
	bench->last_seed = options->last_seed;
	if (status == EXIT_OK)
		status = load_settings(options->common.invocation, &bench->settings);
	if (status == EXIT_OK)
		status = choose_contenders(options, bench);
	if (status == EXIT_OK)
		status = options->takes_all ? load_shipped(bench)
					    : load_scenarios(bench, options->names,
							     options->n_names);
	return status == EXIT_OK ? simulate_with_series(options, bench) : status;
}

/* Scenarios are named, or taken all, or listed. */
static int check_arguments(const struct options *options)
{
	if ((options->lists || options->takes_all) && options->n_names > 0) {
		log_error("%s takes no scenarios, but got '%s'",
			  options->lists ? "--list" : "--all", options->names[0]);
		return EX_USAGE;
	}
	if (!options->lists && !options->takes_all && options->n_names == 0) {
		log_error(
			"a scenario is missing ('memcoord simulate --list' lists them)");
		return EX_USAGE;
	}
	return EXIT_OK;
}

int simulate_command_run(const struct contender *contenders,
			 struct invocation *invocation, int argc, char **argv)
{
	struct options options = {
		.common.invocation = invocation,
		.first_seed = 1,
		.last_seed = DEFAULT_SEEDS,
	};
	const struct argp argp = {
		.options = argp_options,
		.parser = parse_option,
		.args_doc = "[SCENARIO...]",
		.doc = "Let policies coordinate a simulated host, and tell how its "
		       "guests "
		       "fared. No hypervisor is needed.\v",
		.children =
			(const struct argp_child[]){ { &style_argp, 0, NULL, 0 }, { 0 } },
		.help_filter = filter_help,
	};
	struct sim_bench bench = { 0 };
	int status;

	gather(&options, contenders);
	usage_parse(&argp, argc, argv, 0, NULL, &options);
	status = check_arguments(&options);
	if (status == EXIT_OK)
		status = options.lists ? list(&bench) : run(&options, &bench);
	sim_bench_clear(&bench);
	return status;
}
