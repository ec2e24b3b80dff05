/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of every table: name, help text, and where their values come from.
 *
 * Tables, JSON, --help and the manual page are all made from these.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/value.h"
#include "cycle/cycle.h"

struct sim_outcome;

/* What one line of a table is about; unused members are 0. */
struct row {
	const struct cycle *cycle;
	const char *uri;
	size_t domain;
	const struct move *move;
	const char *result;
	const struct sim_outcome *outcome;
};

struct column {
	const char *name; /* as in the heading; ends a list if NULL */
	const char *help;
	bool is_text; /* aligned to the left */
	struct value (*get)(const struct row *row);
};

extern const struct column host_columns[];
extern const struct column domain_columns[];
extern const struct column move_columns[];

/* Those of domain_columns, comma separated, for which a brief sample is enough. */
extern const char domain_brief_columns[];

/* Of the domain of @row, for any table that has one. */
struct value column_get_name(const struct row *row);
struct value column_get_uuid(const struct row *row);

/* Print the names and help texts of @columns, for --help. */
void column_print_help(FILE *stream, const struct column *columns);

/* The column of @columns of that name in any case, or NULL. */
const struct column *column_find(const struct column *columns, const char *name,
				 size_t length);
