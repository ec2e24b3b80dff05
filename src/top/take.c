/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "base/sat.h"
#include "core/suitability.h"
#include "paint/host.h"
#include "table/column.h"
#include "top/take.h"

/* Columns that the tables have, too. */
static const char *const shared_columns[TOP_N_COLUMNS] = {
	[TOP_FREE_PERCENT] = "FREE%", [TOP_USED] = "USED", [TOP_CURRENT] = "CURRENT",
	[TOP_MAXIMUM] = "MAXIMUM",    [TOP_RATE] = "RATE",
};

static struct value get(const struct row *row, const char *name)
{
	return column_find(domain_columns, name, strlen(name))->get(row);
}

static void read_values(struct top_row *top_row, const struct row *row)
{
	for (size_t i = 0; i < TOP_N_COLUMNS; i++)
		if (shared_columns[i])
			top_row->values[i] = get(row, shared_columns[i]);
}

static uint64_t number_or_0(const struct value *value)
{
	return value->type == VALUE_ABSENT ? 0 : value->number;
}

static void measure_parts(struct top_row *row)
{
	uint64_t current_kib = number_or_0(&row->values[TOP_CURRENT]);
	uint64_t used_kib = min_u64(number_or_0(&row->values[TOP_USED]), current_kib);
	bool is_told = row->values[TOP_USED].type != VALUE_ABSENT;

	row->parts_kib[TOP_PART_USED] = used_kib;
	row->parts_kib[is_told ? TOP_PART_USABLE : TOP_PART_CURRENT] =
		current_kib - used_kib;
	row->parts_kib[TOP_PART_ROOM] =
		sat_sub(number_or_0(&row->values[TOP_MAXIMUM]), current_kib);
}

/* See what has changed since the last look. */
static void trace(struct top_row *row, const struct domain *domain,
		  const struct demand *demand, int64_t now_ms)
{
	if (domain_has(domain, DOMAIN_CURRENT))
		top_change_see(&row->change, domain->current_kib, now_ms);
	if (!(demand->counters.known & DOMAIN_SWAP_OUT) || !demand->has_sample ||
	    demand->is_hearsay)
		row->swap = (struct top_swap){ 0 };
	else
		top_swap_see(&row->swap, demand->counters.swap_out_kib,
			     demand->sample_ms);

	if (row->change.has_change)
		row->values[TOP_CHANGE] = (struct value){
			.type = VALUE_CHANGE,
			.difference = row->change.difference_kib,
		};
	if (row->swap.has_rate)
		row->values[TOP_SWAP] = (struct value){
			.type = VALUE_RATE,
			.difference = row->swap.rate_bytes,
		};
}

static const struct top_row *find(const struct top_model *model,
				  const struct domain *domain)
{
	const struct top_row *row =
		model->n_rows ? bsearch(domain->uuid, model->rows, model->n_rows,
					sizeof(*model->rows), domain_compare_uuid)
			      : NULL;

	return row && row->id == domain->id ? row : NULL;
}

static int fill_row(struct top_row *row, const struct top_model *model,
		    const struct cycle *cycle, size_t i)
{
	const struct domain *domain = &cycle->snapshot.domains[i];
	const struct top_row *before = find(model, domain);
	struct suitability_verdict held =
		suitability_judge(domain, &cycle->history.records[i]);

	*row = (struct top_row){ .id = domain->id, .name = strdup(domain->name) };
	if (!row->name)
		return -ENOMEM;
	plain_flatten(row->name);
	memcpy(row->uuid, domain->uuid, sizeof(row->uuid));
	if (i < cycle->plan.n_verdicts)
		row->verdict = cycle->plan.verdicts[i];
	if (held.suitability == SUITABILITY_HELD)
		row->verdict.reason = held.reason;
	if (before) {
		row->change = before->change;
		row->swap = before->swap;
	}
	read_values(row, &(struct row){ .cycle = cycle, .domain = i });
	measure_parts(row);
	trace(row, domain, &cycle->history.records[i].demand, cycle->snapshot.now_ms);
	return 0;
}

int top_model_take(struct top_model *model, const struct cycle *cycle, const bool *chosen)
{
	struct top_model next = {
		.now_ms = cycle->snapshot.now_ms,
		.host = top_host_of(&cycle->snapshot, &cycle->history, &cycle->plan,
				    cycle->settings),
		.rows = calloc(cycle->snapshot.n_domains + 1, sizeof(*next.rows)),
	};
	int r = next.rows ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < cycle->snapshot.n_domains; i++) {
		if (!chosen[i])
			continue;
		r = fill_row(&next.rows[next.n_rows], model, cycle, i);
		if (r == 0)
			next.n_rows++;
	}
	top_model_clear(r == 0 ? model : &next);
	if (r == 0)
		*model = next;
	return r;
}
