/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "column.h"
#include "sat.h"

static struct value text(const char *string)
{
	return (struct value){ .type = VALUE_TEXT, .text = string };
}

static struct value number(enum value_type type, uint64_t value)
{
	return (struct value){ .type = type, .number = value };
}

static struct value difference(enum value_type type, int64_t value)
{
	return (struct value){ .type = type, .difference = value };
}

static const struct value absent = { .type = VALUE_ABSENT };

static const struct domain *domain_of(const struct row *row)
{
	return &row->cycle->snapshot.domains[row->domain];
}

static const struct record *record_of(const struct row *row)
{
	return &row->cycle->history.records[row->domain];
}

/* Host */

static struct value get_uri(const struct row *row)
{
	return text(row->uri);
}

static struct value get_total(const struct row *row)
{
	return number(VALUE_SIZE, row->cycle->snapshot.host.total_kib);
}

static struct value get_host_available(const struct row *row)
{
	return number(VALUE_SIZE, row->cycle->snapshot.host.available_kib);
}

static struct value get_capacity(const struct row *row)
{
	const struct settings *settings = row->cycle->settings;

	return settings->has_host_capacity
		       ? number(VALUE_SIZE, settings->host_capacity_kib)
		       : absent;
}

static struct value get_reserve(const struct row *row)
{
	return number(VALUE_SIZE, ledger_reserve_kib(&row->cycle->snapshot.host,
						     row->cycle->settings));
}

static struct value get_grantable(const struct row *row)
{
	const struct cycle *cycle = row->cycle;

	return difference(VALUE_CHANGE,
			  cycle->settings->policy->grantable_kib(
				  &cycle->snapshot, &cycle->history, cycle->settings));
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

/* Domains */

static struct value get_name(const struct row *row)
{
	return text(domain_of(row)->name);
}

static struct value get_uuid(const struct row *row)
{
	return text(domain_of(row)->uuid);
}

static struct value get_id(const struct row *row)
{
	return number(VALUE_COUNT, (uint64_t)domain_of(row)->id);
}

static struct value get_state(const struct row *row)
{
	return text(domain_state_name(domain_of(row)->state));
}

#define FIGURE(name, bit, type, member)                                                  \
	static struct value get_##name(const struct row *row)                            \
	{                                                                                \
		const struct domain *domain = domain_of(row);                            \
                                                                                         \
		return domain_has(domain, bit) ? number(type, domain->member) : absent;  \
	}

FIGURE(current, DOMAIN_CURRENT, VALUE_SIZE, current_kib)
FIGURE(maximum, DOMAIN_MAXIMUM, VALUE_SIZE, maximum_kib)
FIGURE(usable, DOMAIN_USABLE, VALUE_SIZE, usable_kib)
FIGURE(unused, DOMAIN_UNUSED, VALUE_SIZE, unused_kib)
FIGURE(available, DOMAIN_AVAILABLE, VALUE_SIZE, available_kib)
FIGURE(disk_caches, DOMAIN_DISK_CACHES, VALUE_SIZE, disk_caches_kib)
FIGURE(rss, DOMAIN_RSS, VALUE_SIZE, rss_kib)
FIGURE(swap_in, DOMAIN_SWAP_IN, VALUE_SIZE, swap_in_kib)
FIGURE(swap_out, DOMAIN_SWAP_OUT, VALUE_SIZE, swap_out_kib)
FIGURE(major_faults, DOMAIN_MAJOR_FAULTS, VALUE_COUNT, major_faults)
FIGURE(last_update, DOMAIN_LAST_UPDATE, VALUE_COUNT, last_update_s)
FIGURE(stats_period, DOMAIN_STATS_PERIOD, VALUE_COUNT, stats_period_s)

static bool has_free(const struct row *row)
{
	return record_of(row)->demand.has_sample &&
	       domain_has(domain_of(row), DOMAIN_CURRENT);
}

static uint64_t free_kib(const struct row *row)
{
	return demand_free_kib(&record_of(row)->demand, domain_of(row),
			       row->cycle->settings->metric);
}

static struct value get_used(const struct row *row)
{
	return has_free(row) ? number(VALUE_SIZE,
				      sat_sub(domain_of(row)->current_kib, free_kib(row)))
			     : absent;
}

static struct value get_free(const struct row *row)
{
	return has_free(row) ? number(VALUE_SIZE, free_kib(row)) : absent;
}

static struct value get_free_percent(const struct row *row)
{
	if (!has_free(row) || domain_of(row)->current_kib == 0)
		return absent;
	return number(VALUE_PERCENT, sat_mul_div(free_kib(row), (uint64_t)100 * 1000,
						 domain_of(row)->current_kib));
}

static struct value get_rate(const struct row *row)
{
	const struct demand *demand = &record_of(row)->demand;

	return demand->has_sample && demand->has_rate
		       ? difference(VALUE_RATE, demand->rate_bytes)
		       : absent;
}

static struct value get_weight(const struct row *row)
{
	return number(VALUE_COUNT, record_of(row)->settings.weight);
}

static struct value get_floor(const struct row *row)
{
	return number(VALUE_SIZE, record_of(row)->settings.floor_kib);
}

static struct value get_ceiling(const struct row *row)
{
	const struct domain_settings *settings = &record_of(row)->settings;

	return settings->has_ceiling ? number(VALUE_SIZE, settings->ceiling_kib) : absent;
}

static struct value get_class(const struct row *row)
{
	const struct plan *plan = &row->cycle->plan;

	return row->domain < plan->n_verdicts
		       ? text(class_name(plan->verdicts[row->domain].class))
		       : absent;
}

static struct value get_trend(const struct row *row)
{
	const struct demand *demand = &record_of(row)->demand;

	return demand->has_sample && demand->has_rate
		       ? difference(VALUE_RATE, demand->trend_bytes)
		       : absent;
}

static struct value get_peak(const struct row *row)
{
	return has_free(row) ? number(VALUE_SIZE, record_of(row)->demand.peak_kib)
			     : absent;
}

/* Of policies that deal out shares. */
static const struct share *share_of(const struct row *row)
{
	const struct plan *plan = &row->cycle->plan;

	return plan->shares && row->domain < plan->n_verdicts ? &plan->shares[row->domain]
							      : NULL;
}

static struct value get_need(const struct row *row)
{
	const struct share *share = share_of(row);

	return share ? number(VALUE_SIZE, share->need.need_kib) : absent;
}

static struct value get_want(const struct row *row)
{
	const struct share *share = share_of(row);

	return share ? number(VALUE_SIZE, share->need.want_kib) : absent;
}

static struct value get_share(const struct row *row)
{
	const struct share *share = share_of(row);

	return share ? number(VALUE_SIZE, share->share_kib) : absent;
}

static struct value get_bound(const struct row *row)
{
	const struct share *share = share_of(row);

	return share ? text(reason_text(share->bound)) : absent;
}

static struct value get_why(const struct row *row)
{
	const struct plan *plan = &row->cycle->plan;

	return row->domain < plan->n_verdicts
		       ? text(reason_text(plan->verdicts[row->domain].reason))
		       : absent;
}

static struct value get_reason(const struct row *row)
{
	const struct plan *plan = &row->cycle->plan;

	return row->domain < plan->n_verdicts
		       ? text(reason_word(plan->verdicts[row->domain].reason))
		       : absent;
}

const struct column domain_columns[] = {
	{ "NAME", "name of the domain", true, get_name },
	{ "UUID", "UUID of the domain", true, get_uuid },
	{ "ID", "number of this start of the domain", false, get_id },
	{ "STATE", "running, paused, suspended, crashed or shutting down", true,
	  get_state },
	{ "CLASS", "STARVING, BALANCED, WASTING, UNKNOWN, FROZEN or UNMANAGED", true,
	  get_class },
	{ "CURRENT", "size of the balloon: what the domain has", false, get_current },
	{ "MAXIMUM", "what the domain can have at most", false, get_maximum },
	{ "USED", "what its guest cannot do without: CURRENT - FREE", false, get_used },
	{ "FREE", "what its guest could give, by the chosen metric", false, get_free },
	{ "FREE%", "FREE in percent of CURRENT", false, get_free_percent },
	{ "RATE", "memory consumed per second; negative: freed", false, get_rate },
	{ "USABLE", "available without swapping (guest's MemAvailable)", false,
	  get_usable },
	{ "UNUSED", "used for nothing at all (guest's MemFree)", false, get_unused },
	{ "AVAILABLE", "what the guest believes to have (guest's MemTotal)", false,
	  get_available },
	{ "CACHES", "page cache that the guest can drop", false, get_disk_caches },
	{ "RSS", "what the domain costs the host", false, get_rss },
	{ "SWAP-IN", "swapped in since the guest's boot", false, get_swap_in },
	{ "SWAP-OUT", "swapped out since the guest's boot", false, get_swap_out },
	{ "FAULTS", "major page faults since the guest's boot", false, get_major_faults },
	{ "UPDATED", "when the guest last reported, in seconds since 1970", false,
	  get_last_update },
	{ "PERIOD", "seconds between two reports of the guest; 0: never", false,
	  get_stats_period },
	{ "WEIGHT", "its weight against others when memory is scarce", false,
	  get_weight },
	{ "FLOOR", "it is not made smaller than this", false, get_floor },
	{ "CEILING", "it is not made larger than this, where that is set", false,
	  get_ceiling },
	{ "TREND", "RATE without noise: up at once, down smoothly", false, get_trend },
	{ "PEAK", "recent peak of USED, fading", false, get_peak },
	{ "NEED", "just out of STARVING, for the coming period too", false, get_need },
	{ "WANT", "what would be comfortable", false, get_want },
	{ "SHARE", "what would be fair now", false, get_share },
	{ "BOUND", "why it is not moved, or not further", true, get_bound },
	{ "REASON", "reason of CLASS, as a word for scripts", true, get_reason },
	{ "WHY", "reason of CLASS", true, get_why },
	{ NULL, NULL, false, NULL },
};

/* Moves */

static struct value get_from(const struct row *row)
{
	return number(VALUE_SIZE, row->move->from_kib);
}

static struct value get_to(const struct row *row)
{
	return number(VALUE_SIZE, row->move->to_kib);
}

static struct value get_change(const struct row *row)
{
	return difference(VALUE_CHANGE, sat_diff(row->move->to_kib, row->move->from_kib));
}

static struct value get_with(const struct row *row)
{
	const struct move *move = row->move;

	return text(move->has_peer ? row->cycle->snapshot.domains[move->peer].name
				   : "(host)");
}

static struct value get_move_why(const struct row *row)
{
	return text(reason_text(row->move->reason));
}

static struct value get_move_reason(const struct row *row)
{
	return text(reason_word(row->move->reason));
}

static struct value get_result(const struct row *row)
{
	return row->result ? text(row->result) : absent;
}

const struct column move_columns[] = {
	{ "NAME", "name of the domain", true, get_name },
	{ "UUID", "UUID of the domain", true, get_uuid },
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
