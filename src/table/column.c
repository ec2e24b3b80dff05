/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "base/sat.h"
#include "core/ledger.h"
#include "table/column.h"

/* Host */

static struct value get_uri(const struct row *row)
{
	return value_text(row->uri);
}

static struct value get_total(const struct row *row)
{
	return value_number(VALUE_SIZE, row->cycle->snapshot.host.total_kib);
}

static struct value get_host_available(const struct row *row)
{
	return value_number(VALUE_SIZE, row->cycle->snapshot.host.available_kib);
}

static struct value get_capacity(const struct row *row)
{
	const struct settings *settings = row->cycle->settings;

	return settings->has_host_capacity
		       ? value_number(VALUE_SIZE, settings->host_capacity_kib)
		       : value_absent;
}

static struct value get_reserve(const struct row *row)
{
	return value_number(VALUE_SIZE, ledger_reserve_kib(&row->cycle->snapshot.host,
							   row->cycle->settings));
}

static struct value get_grantable(const struct row *row)
{
	const struct cycle *cycle = row->cycle;

	return value_difference(VALUE_CHANGE, cycle->settings->policy->grantable_kib(
						      &cycle->snapshot, &cycle->history,
						      cycle->settings));
}

const struct column host_columns[] = {
	{ "URI", "libvirt URI of the host", true, get_uri },
	{ "TOTAL", "memory of the host", false, get_total },
	{ "AVAILABLE", "memory that can be had without swapping", false,
	  get_host_available },
	{ "CAPACITY", "host_capacity, where it is set", false, get_capacity },
	{ "RESERVE", "memory that is kept free", false, get_reserve },
	{ "GRANTABLE", "memory that can be handed out now; negative: short of it", false,
	  get_grantable },
	{ NULL, NULL, false, NULL },
};

/* Moves */

static struct value get_from(const struct row *row)
{
	return value_number(VALUE_SIZE, row->move->from_kib);
}

static struct value get_to(const struct row *row)
{
	return value_number(VALUE_SIZE, row->move->to_kib);
}

static struct value get_change(const struct row *row)
{
	return value_difference(VALUE_CHANGE,
				sat_diff(row->move->to_kib, row->move->from_kib));
}

static struct value get_with(const struct row *row)
{
	const struct move *move = row->move;

	return value_text(move->has_peer ? row->cycle->snapshot.domains[move->peer].name
					 : "(host)");
}

static struct value get_move_why(const struct row *row)
{
	return value_text(reason_text(row->move->reason));
}

static struct value get_move_reason(const struct row *row)
{
	return value_text(reason_word(row->move->reason));
}

static struct value get_result(const struct row *row)
{
	return row->result ? value_text(row->result) : value_absent;
}

const struct column move_columns[] = {
	{ "NAME", "name of the domain", true, column_get_name },
	{ "UUID", "UUID of the domain", true, column_get_uuid },
	{ "FROM", "its size now", false, get_from },
	{ "TO", "its target", false, get_to },
	{ "CHANGE", "TO - FROM", false, get_change },
	{ "WITH", "the domain on the other side, or (host)", true, get_with },
	{ "RESULT", "done, or why not", true, get_result },
	{ "REASON", "reason of the move, as a word for scripts", true, get_move_reason },
	{ "WHY", "reason of the move", true, get_move_why },
	{ NULL, NULL, false, NULL },
};

void column_print_help(FILE *stream, const struct column *columns)
{
	fputs("Columns for --output:\n", stream);
	for (; columns->name; columns++)
		fprintf(stream, "  %-10s %s\n", columns->name, columns->help);
}

const struct column *column_find(const struct column *columns, const char *name,
				 size_t length)
{
	for (; columns->name; columns++)
		if (strlen(columns->name) == length &&
		    strncasecmp(columns->name, name, length) == 0)
			return columns;
	return NULL;
}
