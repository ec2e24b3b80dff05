/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains of any names and figures through the tables, JSON, the metrics and the log: a
 * row is one line, JSON can be parsed, metrics can be and give the names back, and
 * nothing reaches the terminal that it would obey.
 */
#include <errno.h>
#include <locale.h>

#include <json-c/json.h>

#include "base/plain.h"
#include "core/defaults.h"
#include "cycle/hypervisor.h"
#include "run/metrics.h"
#include "system/log.h"
#include "table/report.h"
#include "fuzz.h"

enum { DOMAINS_MAX = 4, NAME_LENGTH = 40 };

/* A host with domains, what is said of it, and how. */
struct scene {
	struct settings settings;
	struct hypervisor hypervisor;
	struct cycle cycle;
	struct domain domains[DOMAINS_MAX];
	struct move moves[DOMAINS_MAX];
	const char *results[DOMAINS_MAX];
	bool is_shown[DOMAINS_MAX];
	char names[DOMAINS_MAX][NAME_LENGTH];
	char uri[NAME_LENGTH], result[NAME_LENGTH], columns[NAME_LENGTH];
	struct column_list domain_list, move_list;
	struct report report;
};

/* As main() does it; no colours, even where the fuzzer runs on a terminal. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	REQUIRE(setlocale(LC_CTYPE, "C.UTF-8"));
	REQUIRE(setenv("NO_COLOR", "1", 1) == 0);
	return 0;
}

static void take_domain(struct bytes *bytes, struct scene *scene, size_t index)
{
	struct domain *domain = &scene->domains[index];
	unsigned flags = take_byte(bytes);

	*domain = (struct domain){
		.name = scene->names[index],
		.id = (int)take_byte(bytes) - 1,
		.state = (enum domain_state)take_below(bytes, DOMAIN_SHUT_OFF + 1),
		.has_balloon = flags & 1,
		.present = flags & 2 ? 2 * DOMAIN_STATS_PERIOD - 1 : take_byte(bytes),
		.current_kib = take_kib(bytes),
		.maximum_kib = take_kib(bytes),
		.usable_kib = take_kib(bytes),
		.rss_kib = take_kib(bytes),
		.last_update_s = take_byte(bytes),
		.stats_period_s = take_byte(bytes),
	};
	snprintf(domain->uuid, sizeof(domain->uuid), "00000000-0000-0000-0000-%012zu",
		 index);
	scene->is_shown[index] = !(flags & 4);
	scene->results[index] = flags & 8 ? scene->result : NULL;
	scene->moves[index] = (struct move){
		.domain = index,
		.from_kib = domain->current_kib,
		.to_kib = take_kib(bytes),
		.has_peer = flags & 16,
		.reason = (enum reason)take_below(bytes, REASON_A_QUARTER_A_TIME + 1),
	};
}

/* The columns that the text names, or all. */
static void choose_columns(struct column_list *list, const struct column *columns,
			   const char *text)
{
	const char *unknown = NULL;
	size_t length = 0;

	if (column_list_parse(list, columns, text, &unknown, &length) == 0)
		return;
	REQUIRE(unknown >= text && unknown + length <= text + strlen(text));
	column_list_all(list, columns);
}

static void take_scene(struct bytes *bytes, struct scene *scene)
{
	unsigned flags = take_byte(bytes);
	size_t n = take_below(bytes, DOMAINS_MAX + 1);

	*scene = (struct scene){ .cycle = { .settings = &scene->settings } };
	defaults_init(&scene->settings);
	scene->cycle.snapshot = (struct snapshot){
		.now_ms = 1000000,
		.host = { take_kib(bytes), take_kib(bytes) },
		.n_domains = n,
		.domains = scene->domains,
	};
	for (size_t i = 0; i < n; i++)
		take_domain(bytes, scene, i);
	take_text(bytes, scene->columns, sizeof(scene->columns));
	take_text(bytes, scene->uri, sizeof(scene->uri));
	take_text(bytes, scene->result, sizeof(scene->result));
	for (size_t i = 0; i < n; i++)
		take_text(bytes, scene->names[i], sizeof(scene->names[i]));

	choose_columns(&scene->domain_list, domain_columns, scene->columns);
	choose_columns(&scene->move_list, move_columns, scene->columns);
	scene->hypervisor.uri = scene->uri;
	scene->cycle.hypervisor = &scene->hypervisor;
	scene->report = (struct report){
		.cycle = &scene->cycle,
		.style = { .raw = flags & 1,
			   .no_headings = flags & 2,
			   .bytes = flags & 4 },
		.domain_list = &scene->domain_list,
		.move_list = flags & 8 ? &scene->move_list : NULL,
		.is_shown = scene->is_shown,
		.results = flags & 16 ? scene->results : NULL,
	};
}

/* Exchange @stream for memory; its text is the caller's once @restore has been called. */
static FILE *divert(FILE **stream, char **ret_text, size_t *ret_size)
{
	FILE *old = *stream, *memory = open_memstream(ret_text, ret_size);

	REQUIRE(memory);
	*stream = memory;
	return old;
}

static void restore(FILE **stream, FILE *old)
{
	fclose(*stream);
	*stream = old;
}

/* What is printed of @report. */
static char *print(const struct report *report)
{
	char *text;
	size_t size;
	FILE *old = divert(&stdout, &text, &size);
	int r = report_print(report);

	restore(&stdout, old);
	REQUIRE(r == 0);
	REQUIRE(strlen(text) == size);
	return text;
}

/* A terminal obeys the C0 controls and, in two bytes of UTF-8, the C1 controls. */
static bool is_harmless(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if ((*p < ' ' && *p != '\n') || *p == 0x7f ||
		    (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return false;
	return true;
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* How many lines a table of @n_rows has. */
static size_t table_lines(const struct report *report, size_t n_rows)
{
	bool for_scripts = report->style.raw || report->style.no_headings;

	if (n_rows == 0)
		return for_scripts ? 0 : 1; /* that there are none */
	return n_rows + !report->style.no_headings;
}

static void check_tables(const struct report *report, size_t n_shown)
{
	bool for_scripts = report->style.raw || report->style.no_headings;
	size_t n_expected = table_lines(report, n_shown) + (for_scripts ? 0 : 3);
	char *text = print(report);

	if (report->move_list)
		n_expected += table_lines(report, n_shown) + !for_scripts;
	REQUIRE(count_lines(text) == n_expected);
	REQUIRE(is_harmless(text));
	free(text);
}

static void check_json(const struct report *report, size_t n_shown)
{
	struct report all = *report;
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *document, *domains;
	char *text;

	all.style.json = true;
	text = print(&all);
	REQUIRE(tokener);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	document = json_tokener_parse_ex(tokener, text, (int)strlen(text));
	REQUIRE(json_tokener_get_error(tokener) == json_tokener_success);
	REQUIRE(json_object_object_get_ex(document, "domains", &domains));
	REQUIRE(json_object_array_length(domains) == n_shown);
	json_object_put(document);
	json_tokener_free(tokener);
	free(text);
}

static void check_log(const char *name)
{
	char *text;
	size_t size;
	FILE *old = divert(&stderr, &text, &size);

	log_warning("%s: cannot be moved: %s", name, name);
	restore(&stderr, old);
	REQUIRE(count_lines(text) == 1 && text[size - 1] == '\n');
	REQUIRE(is_harmless(text));
	free(text);
}

/* Read the value of a label behind its first quote; returns what is behind the last. */
static const char *read_label(const char *at, char *value, size_t size)
{
	size_t n = 0;

	for (; *at != '"'; at++) {
		REQUIRE(*at && *at != '\n' && n + 1 < size);
		if (*at == '\\') {
			at++;
			REQUIRE(strchr("\\\"n", *at));
			value[n++] = *at;
			if (*at == 'n')
				value[n - 1] = '\n';
		} else {
			value[n++] = *at;
		}
	}
	value[n] = '\0';
	return at + 1;
}

/* Is it the name of a domain of @cycle, as far as it is UTF-8? */
static bool is_name(const struct cycle *cycle, const char *name)
{
	bool is_there = false;

	for (size_t i = 0; i < cycle->snapshot.n_domains; i++) {
		char *valid = plain_repair(cycle->snapshot.domains[i].name);

		REQUIRE(valid);
		is_there |= strcmp(valid, name) == 0;
		free(valid);
	}
	return is_there;
}

static void check_line(const struct cycle *cycle, const char *line)
{
	static const char before[] = "{domain=\"";
	const char *value = strrchr(line, ' ') + 1, *labels;
	char name[3 * NAME_LENGTH];

	if (*line == '#')
		return;
	REQUIRE(strncmp(line, "memcoord_", 9) == 0);
	REQUIRE(*value && strspn(value, "-.0123456789") == strlen(value));
	if (strncmp(line, "memcoord_domain_", 16) != 0)
		return;
	labels = strchr(line, '{');
	REQUIRE(labels && strncmp(labels, before, strlen(before)) == 0);
	labels = read_label(labels + strlen(before), name, sizeof(name));
	REQUIRE(strncmp(labels, ",uuid=\"00000000-", 16) == 0);
	REQUIRE(is_name(cycle, name));
}

static void check_metrics(const struct cycle *cycle)
{
	struct tally tally = { 0 };
	const struct metrics_view view = { .cycle = cycle,
					   .tally = &tally,
					   .is_fresh = true };
	struct exposition exposition = { 0 };
	char *text, *next, *line;

	tally_look(&tally, &cycle->snapshot, &cycle->history);
	tally_complete(&tally, &cycle->history, &cycle->plan);
	REQUIRE(metrics_print(&view, &exposition) == 0);
	text = next = strndup(exposition.text, exposition.length);
	REQUIRE(text && strlen(text) == exposition.length);
	while ((line = strsep(&next, "\n")) && *line)
		check_line(cycle, line);
	REQUIRE(!next); /* no empty line but behind the last */
	free(text);
	exposition_clear(&exposition);
	tally_clear(&tally);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scene scene;
	struct bytes bytes = { data, size };
	struct cycle *cycle = &scene.cycle;
	size_t n_shown = 0;

	take_scene(&bytes, &scene);
	for (size_t i = 0; i < cycle->snapshot.n_domains; i++)
		n_shown += scene.is_shown[i];
	REQUIRE(history_update(&cycle->history, &cycle->snapshot, &scene.settings) == 0);
	REQUIRE(cycle_plan(cycle) == 0);
	check_metrics(cycle);

	struct move *planned = cycle->plan.moves;

	cycle->plan.moves = scene.moves;
	cycle->plan.n_moves = cycle->snapshot.n_domains;
	check_tables(&scene.report, n_shown);
	check_json(&scene.report, n_shown);
	check_log(scene.names[0]);
	cycle->plan.moves = planned;
	plan_clear(&cycle->plan);
	history_clear(&cycle->history);
	return 0;
}
