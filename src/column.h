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

#include "cycle.h"

enum value_type {
	VALUE_ABSENT,
	VALUE_TEXT,    /* .text, not owned */
	VALUE_COUNT,   /* .number */
	VALUE_SIZE,    /* .number, KiB */
	VALUE_CHANGE,  /* .difference, KiB */
	VALUE_BALANCE, /* the same, where only what is negative has a sign */
	VALUE_RATE,    /* .difference, bytes per second */
	VALUE_PERCENT, /* .number, in thousandths */
	VALUE_DECIMAL, /* the same, of anything */
};

struct value {
	enum value_type type;
	union {
		const char *text;
		uint64_t number;
		int64_t difference;
	};
};

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

/* Print the names and help texts of @columns, for --help. */
void column_print_help(FILE *stream, const struct column *columns);

/* The column of @columns of that name in any case, or NULL. */
const struct column *column_find(const struct column *columns, const char *name,
				 size_t length);
