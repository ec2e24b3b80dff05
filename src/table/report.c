/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <libsmartcols/libsmartcols.h>

#include "base/sat.h"
#include "base/size.h"
#include "system/output.h"
#include "system/screen.h"
#include "table/document.h"
#include "table/fit.h"
#include "table/report.h"

enum { KEY_LENGTH = 64 };

void column_list_all(struct column_list *list, const struct column *columns)
{
	list->n = 0;
	while (columns[list->n].name) {
		list->columns[list->n] = &columns[list->n];
		list->n++;
	}
}

int column_list_parse(struct column_list *list, const struct column *columns,
		      const char *text, const char **ret_unknown, size_t *ret_length)
{
	const size_t max = sizeof(list->columns) / sizeof(list->columns[0]);

	list->n = 0;
	for (;;) {
		size_t length = strcspn(text, ",");
		const struct column *column = column_find(columns, text, length);

		if (!column || list->n == max) { /* nobody needs one twice */
			*ret_unknown = text;
			*ret_length = length;
			return -EINVAL;
		}
		list->columns[list->n++] = column;
		if (text[length] == '\0')
			return 0;
		text += length + 1;
	}
}

static const char *class_color(const struct column *column, const struct value *value)
{
	if (strcmp(column->name, "CLASS") != 0 || value->type != VALUE_TEXT)
		return NULL;
	if (strcmp(value->text, "STARVING") == 0)
		return "red";
	if (strcmp(value->text, "WASTING") == 0)
		return "yellow";
	return strcmp(value->text, "BALANCED") == 0 ? "green" : NULL;
}

static int fill_line(struct libscols_line *line, const struct column_list *list,
		     const struct row *row, const struct report_style *style)
{
	int r = 0;

	for (size_t i = 0; i < list->n && r == 0; i++) {
		struct value value = list->columns[i]->get(row);
		const char *color = class_color(list->columns[i], &value);
		char cell[VALUE_CELL_LENGTH];

		r = scols_line_set_data(line, i,
					value_format(&value, style->bytes, cell));
		if (r == 0 && color)
			r = scols_cell_set_color(scols_line_get_cell(line, i), color);
	}
	return r;
}

static struct libscols_table *new_table(const struct column_list *list,
					const struct report_style *style)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	scols_table_enable_raw(table, style->raw);
	scols_table_enable_noheadings(table, style->no_headings);
	scols_table_enable_colors(table, output_has_colors());
	for (size_t i = 0; i < list->n; i++) {
		const struct column *column = list->columns[i];

		if (!scols_table_new_column(table, column->name, 0,
					    column->is_text ? 0 : SCOLS_FL_RIGHT)) {
			scols_unref_table(table);
			return NULL;
		}
	}
	return table;
}

static int print_table(const struct column_list *list, const struct row *rows,
		       size_t n_rows, const struct report_style *style, FILE *stream)
{
	struct libscols_table *table = new_table(list, style);
	int r = table ? scols_table_set_stream(table, stream) : -ENOMEM;

	for (size_t i = 0; i < n_rows && r == 0; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);

		r = line ? fill_line(line, list, &rows[i], style) : -ENOMEM;
	}
	if (r == 0 && !style->raw && screen_columns() > 0)
		r = fit_table(table, screen_columns());
	if (r == 0 && n_rows > 0)
		r = scols_print_table(table);
	scols_unref_table(table);
	return r;
}

/* "FREE%" is free_percent in JSON, and the rest likewise in lower case. */
static void make_key(const char *name, char key[KEY_LENGTH])
{
	size_t n = 0;

	for (; *name && n < KEY_LENGTH - sizeof("_percent"); name++) {
		if (*name == '%')
			n += (size_t)sprintf(key + n, "_percent");
		else
			key[n++] = (char)(*name == '-' ? '_'
						       : tolower((unsigned char)*name));
	}
	key[n] = '\0';
}

static struct json_object *make_json_object(const struct column_list *list,
					    const struct row *row)
{
	struct json_object *object = json_object_new_object();
	char key[KEY_LENGTH];

	for (size_t i = 0; object && i < list->n; i++) {
		struct value value = list->columns[i]->get(row);

		make_key(list->columns[i]->name, key);
		json_object_object_add(object, key, document_value(&value));
	}
	return object;
}

static struct json_object *make_json_array(const struct column_list *list,
					   const struct row *rows, size_t n_rows)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; array && i < n_rows; i++)
		json_object_array_add(array, make_json_object(list, &rows[i]));
	return array;
}

/* The lines of all tables, made once for either form of output. */
struct lines {
	struct row host;
	size_t n_domains, n_moves;
	struct row *domains, *moves;
};

static int collect_lines(const struct report *report, struct lines *lines)
{
	const struct cycle *cycle = report->cycle;
	size_t n_moves = report->move_list ? cycle->plan.n_moves : 0;

	*lines = (struct lines){
		.host = { .cycle = cycle, .uri = cycle->hypervisor->uri },
		.domains = calloc(cycle->snapshot.n_domains + 1, sizeof(struct row)),
		.moves = calloc(n_moves + 1, sizeof(struct row)),
	};
	if (!lines->domains || !lines->moves)
		return -ENOMEM;
	for (size_t i = 0; i < cycle->snapshot.n_domains; i++)
		if (report->is_shown[i])
			lines->domains[lines->n_domains++] =
				(struct row){ .cycle = cycle, .domain = i };
	for (size_t i = 0; i < n_moves; i++) {
		const struct move *move = &cycle->plan.moves[i];

		if (report->is_shown[move->domain])
			lines->moves[lines->n_moves++] = (struct row){
				.cycle = cycle,
				.domain = move->domain,
				.move = move,
				.result = report->results ? report->results[i] : NULL,
			};
	}
	return 0;
}

static int print_json(const struct report *report, const struct lines *lines)
{
	struct json_object *document = json_object_new_object();
	struct column_list all_host, all_domain;

	if (!document)
		return -ENOMEM;
	column_list_all(&all_host, host_columns);
	column_list_all(&all_domain, domain_columns);
	json_object_object_add(document, "host",
			       make_json_object(&all_host, &lines->host));
	json_object_object_add(
		document, "domains",
		make_json_array(report->domain_list ? report->domain_list : &all_domain,
				lines->domains, lines->n_domains));
	if (report->move_list)
		json_object_object_add(
			document, "moves",
			make_json_array(report->move_list, lines->moves, lines->n_moves));
	return document_print(document);
}

static int print_tables(const struct report *report, const struct lines *lines)
{
	const struct report_style *style = &report->style;
	bool for_scripts = style->raw || style->no_headings;
	FILE *stream = report->stream ? report->stream : stdout;
	struct column_list all_host;
	int r = 0;

	if (!for_scripts) {
		column_list_all(&all_host, host_columns);
		r = print_table(&all_host, &lines->host, 1, style, stream);
		fputc('\n', stream);
	}
	if (r == 0 && report->domain_list) {
		r = print_table(report->domain_list, lines->domains, lines->n_domains,
				style, stream);
		if (lines->n_domains == 0 && !for_scripts)
			fputs("No active domains.\n", stream);
	}
	if (r == 0 && report->domain_list && report->move_list && !for_scripts)
		fputc('\n', stream);
	if (r == 0 && report->move_list) {
		r = print_table(report->move_list, lines->moves, lines->n_moves, style,
				stream);
		if (lines->n_moves == 0 && !for_scripts)
			fputs("Nothing to do.\n", stream);
	}
	return r;
}

int report_print(const struct report *report)
{
	struct lines lines;
	int r = collect_lines(report, &lines);

	if (r == 0)
		r = report->style.json ? print_json(report, &lines)
				       : print_tables(report, &lines);
	free(lines.domains);
	free(lines.moves);
	return r == 0 ? output_flush(report->stream ? report->stream : stdout) : r;
}

int report_print_rows(const char *key, const struct column_list *list,
		      const struct row *rows, size_t n_rows,
		      const struct report_style *style, FILE *stream)
{
	struct json_object *document;
	int r;

	if (!style->json) {
		r = print_table(list, rows, n_rows, style, stream);
	} else {
		document = json_object_new_object();
		if (!document)
			return -ENOMEM;
		json_object_object_add(document, key,
				       make_json_array(list, rows, n_rows));
		r = document_print(document);
	}
	return r == 0 ? output_flush(stream) : r;
}
