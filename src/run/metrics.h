/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The metrics of 'run' for Prometheus: name, type, help text, and where their values come
 * from.
 *
 * The file of metrics is made from these, and memcoord-metrics(7) is compared with them.
 */
#pragma once

#include "core/tally.h"
#include "cycle/cycle.h"
#include "run/exposition.h"

/* What is to be told. */
struct metrics_view {
	const struct cycle *cycle;
	const struct tally *tally;
	bool is_connected;
	bool is_fresh; /* the last cycle came to its end, and what it saw holds */
	bool has_completed;
	int64_t completed_ms; /* when the last one did, since 1970 */
};

/* What a sample is about. */
struct metric_subject {
	const struct metrics_view *view;
	size_t domain; /* index into the snapshot */
};

struct metric_family {
	const char *name; /* ends a list if NULL */
	const char *type;
	const char *help;
	/* Of these, one: */
	const char *column; /* it is the figure of that column */
	struct value (*get)(const struct metric_subject *subject);
	void (*print)(struct exposition *exposition, const struct metric_subject *subject,
		      const char *labels);
};

extern const struct metric_family host_metrics[];
extern const struct metric_family domain_metrics[];

/*
 * Print all metrics of @view, each family in one place. What is not known is left out;
 * counts are always known. Returns 0 or -ENOMEM.
 */
int metrics_print(const struct metrics_view *view, struct exposition *exposition);
