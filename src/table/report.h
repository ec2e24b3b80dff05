/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Print what a cycle saw and planned, as tables or as one JSON document.
 *
 * No decisions are made here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cycle/cycle.h"
#include "table/column.h"

struct report_style {
	bool json;
	bool raw; /* single spaces, no alignment */
	bool no_headings;
	bool bytes; /* exact numbers instead of 1.5G */
};

/* A choice of columns, in order. */
struct column_list {
	size_t n;
	const struct column *columns[64];
};

struct report {
	const struct cycle *cycle;
	struct report_style style;
	const struct column_list *domain_list; /* NULL: no table of domains */
	const struct column_list *move_list;   /* NULL: no table of moves */
	const bool *is_shown;		       /* by domain */
	const char *const *results; /* by move; NULL: nothing was carried out */
	FILE *stream;		    /* for tables; NULL: standard output */
};

/*
 * Parse a comma separated list of names of @columns. Returns 0, or -EINVAL with
 * @ret_unknown set to the first name that is not there (it points into @text).
 */
int column_list_parse(struct column_list *list, const struct column *columns,
		      const char *text, const char **ret_unknown, size_t *ret_length);

/* All of @columns. */
void column_list_all(struct column_list *list, const struct column *columns);

/* Print @report. Returns 0 or a negative errno. */
int report_print(const struct report *report);

/*
 * Print @rows to @stream as one table, or to standard output as a JSON document with the
 * one member @key. Returns 0 or a negative errno.
 */
int report_print_rows(const char *key, const struct column_list *list,
		      const struct row *rows, size_t n_rows,
		      const struct report_style *style, FILE *stream);
