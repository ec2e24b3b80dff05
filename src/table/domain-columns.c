/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of tables of domains. */
#include "base/sat.h"
#include "core/suitability.h"
#include "table/column.h"

static const struct domain *domain_of(const struct row *row)
{
	return &row->cycle->snapshot.domains[row->domain];
}

/* What a definition tells is not known where it cannot be read. */
static bool is_unread(const struct row *row)
{
	return domain_of(row)->definition_error != NULL;
}

static const struct record *record_of(const struct row *row)
{
	return &row->cycle->history.records[row->domain];
}

struct value column_get_name(const struct row *row)
{
	return value_text(domain_of(row)->name);
}

struct value column_get_uuid(const struct row *row)
{
	return value_text(domain_of(row)->uuid);
}

static struct value get_id(const struct row *row)
{
	int id = domain_of(row)->id;

	return id < 0 ? value_absent : value_number(VALUE_COUNT, (uint64_t)id);
}

static struct value get_state(const struct row *row)
{
	return value_text(domain_state_name(domain_of(row)->state));
}

#define FIGURE(name, bit, type, member)                                                  \
	static struct value get_##name(const struct row *row)                            \
	{                                                                                \
		const struct domain *domain = domain_of(row);                            \
                                                                                         \
		return domain_has(domain, bit) ? value_number(type, domain->member)      \
					       : value_absent;                           \
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
	return has_free(row)
		       ? value_number(VALUE_SIZE,
				      sat_sub(domain_of(row)->current_kib, free_kib(row)))
		       : value_absent;
}

static struct value get_free(const struct row *row)
{
	return has_free(row) ? value_number(VALUE_SIZE, free_kib(row)) : value_absent;
}

static struct value get_free_percent(const struct row *row)
{
	if (!has_free(row) || domain_of(row)->current_kib == 0)
		return value_absent;
	return value_number(VALUE_PERCENT,
			    sat_mul_div(free_kib(row), (uint64_t)100 * 1000,
					domain_of(row)->current_kib));
}

static struct value get_rate(const struct row *row)
{
	const struct demand *demand = &record_of(row)->demand;

	return demand->has_sample && demand->has_rate
		       ? value_difference(VALUE_RATE, demand->rate_bytes)
		       : value_absent;
}

static struct value get_weight(const struct row *row)
{
	return is_unread(row)
		       ? value_absent
		       : value_number(VALUE_COUNT, record_of(row)->settings.weight);
}

static struct value get_floor(const struct row *row)
{
	return is_unread(row)
		       ? value_absent
		       : value_number(VALUE_SIZE, record_of(row)->settings.floor_kib);
}

static struct value get_ceiling(const struct row *row)
{
	const struct domain_settings *settings = &record_of(row)->settings;

	return settings->has_ceiling && !is_unread(row)
		       ? value_number(VALUE_SIZE, settings->ceiling_kib)
		       : value_absent;
}

static struct value get_managed(const struct row *row)
{
	return is_unread(row)
		       ? value_absent
		       : value_text(record_of(row)->settings.is_managed ? "yes" : "no");
}

static struct value get_source(const struct row *row)
{
	return is_unread(row) ? value_absent
			      : value_text(settings_sources_name(
					record_of(row)->settings.sources));
}

static struct value get_class(const struct row *row)
{
	const struct plan *plan = &row->cycle->plan;

	return row->domain < plan->n_verdicts
		       ? value_text(class_name(plan->verdicts[row->domain].class))
		       : value_absent;
}

static struct suitability_verdict suitability_of(const struct row *row)
{
	return suitability_judge(domain_of(row), record_of(row));
}

static struct value get_mode(const struct row *row)
{
	return is_unread(row)
		       ? value_absent
		       : value_text(suitability_name(suitability_of(row).suitability));
}

static struct value get_traits(const struct row *row)
{
	return is_unread(row) ? value_absent
			      : value_words(domain_of(row)->traits, domain_trait_names);
}

static struct value get_trend(const struct row *row)
{
	const struct demand *demand = &record_of(row)->demand;

	return demand->has_sample && demand->has_rate
		       ? value_difference(VALUE_RATE, demand->trend_bytes)
		       : value_absent;
}

static struct value get_peak(const struct row *row)
{
	return has_free(row) ? value_number(VALUE_SIZE, record_of(row)->demand.peak_kib)
			     : value_absent;
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

	return share ? value_number(VALUE_SIZE, share->need.need_kib) : value_absent;
}

static struct value get_want(const struct row *row)
{
	const struct share *share = share_of(row);

	return share ? value_number(VALUE_SIZE, share->need.want_kib) : value_absent;
}

static struct value get_share(const struct row *row)
{
	const struct share *share = share_of(row);

	return share ? value_number(VALUE_SIZE, share->share_kib) : value_absent;
}

static struct value get_bound(const struct row *row)
{
	const struct share *share = share_of(row);

	return share ? value_text(reason_text(share->bound)) : value_absent;
}

/* Of what can be done with the domain; else of the class, where that is known. */
static enum reason reason_of(const struct row *row, bool *ret_is_known)
{
	const struct plan *plan = &row->cycle->plan;
	struct suitability_verdict verdict = suitability_of(row);
	bool is_planned = row->domain < plan->n_verdicts;

	*ret_is_known = !is_unread(row) && (is_planned || verdict.reason != REASON_NONE);
	return verdict.reason == REASON_NONE && is_planned
		       ? plan->verdicts[row->domain].reason
		       : verdict.reason;
}

static struct value get_why(const struct row *row)
{
	bool is_known;
	enum reason reason = reason_of(row, &is_known);

	return is_known ? value_text(reason_text(reason)) : value_absent;
}

static struct value get_reason(const struct row *row)
{
	bool is_known;
	enum reason reason = reason_of(row, &is_known);

	return is_known ? value_text(reason_word(reason)) : value_absent;
}

const struct column domain_columns[] = {
	{ "NAME", "name of the domain", true, column_get_name },
	{ "UUID", "UUID of the domain", true, column_get_uuid },
	{ "ID", "number of this start of the domain", false, get_id },
	{ "STATE", "running, paused, suspended, crashed, shutting down or shut off", true,
	  get_state },
	{ "CLASS", "STARVING, BALANCED, WASTING, UNKNOWN, FROZEN or UNMANAGED", true,
	  get_class },
	{ "MODE", "MANAGED, GROW-ONLY, HELD or UNMANAGED: what can be done with it", true,
	  get_mode },
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
	{ "MANAGED", "yes, or no if it is left alone", true, get_managed },
	{ "SOURCE", "who chose WEIGHT, FLOOR, CEILING and MANAGED", true, get_source },
	{ "TREND", "RATE without noise: up at once, down smoothly", false, get_trend },
	{ "PEAK", "recent peak of USED, fading", false, get_peak },
	{ "NEED", "just out of STARVING, for the coming period too", false, get_need },
	{ "WANT", "what would be comfortable", false, get_want },
	{ "SHARE", "what would be fair now", false, get_share },
	{ "BOUND", "why it is not moved, or not further", true, get_bound },
	{ "TRAITS", "what its XML tells that matters for its memory", true, get_traits },
	{ "REASON", "WHY as a word for scripts", true, get_reason },
	{ "WHY", "reason of MODE; of CLASS where that is MANAGED", true, get_why },
	{ NULL, NULL, false, NULL },
};

const char domain_brief_columns[] =
	"NAME,UUID,ID,STATE,CURRENT,MAXIMUM,USED,FREE,FREE%,USABLE,UNUSED,AVAILABLE,"
	"CACHES,RSS,SWAP-IN,SWAP-OUT,FAULTS,UPDATED";
