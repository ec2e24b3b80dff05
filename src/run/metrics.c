/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ledger.h"
#include "core/suitability.h"
#include "run/metrics.h"
#include "system/cleanup.h"

static struct value number(enum value_type type, uint64_t value)
{
	return (struct value){ .type = type, .number = value };
}

static const struct value absent = { .type = VALUE_ABSENT };

/* Host, and memcoord itself */

static void print_build_info(struct exposition *exposition,
			     const struct metric_subject *subject, const char *labels)
{
	(void)subject;
	exposition_print(exposition, &(struct sample){ .labels = labels,
						       .key = "version",
						       .word = PACKAGE_VERSION,
						       .value = number(VALUE_COUNT, 1) });
}

static struct value get_connected(const struct metric_subject *subject)
{
	return number(VALUE_COUNT, subject->view->is_connected);
}

static struct value get_period(const struct metric_subject *subject)
{
	return number(VALUE_COUNT, subject->view->cycle->settings->period_s);
}

static struct value get_completed(const struct metric_subject *subject)
{
	const struct metrics_view *view = subject->view;

	return view->has_completed ? number(VALUE_DECIMAL, (uint64_t)view->completed_ms)
				   : absent;
}

#define HOST_COUNT(member)                                                               \
	static struct value get_##member(const struct metric_subject *subject)           \
	{                                                                                \
		return number(VALUE_COUNT, subject->view->tally->member);                \
	}

HOST_COUNT(n_cycles)
HOST_COUNT(n_failed_cycles)
HOST_COUNT(n_errors)

/* "0.005", "2.5", "10". Returns @text. */
static const char *format_bound(unsigned bound_ms, char text[16])
{
	int length = snprintf(text, 16, "%u.%03u", bound_ms / 1000, bound_ms % 1000);

	while (text[length - 1] == '0')
		text[--length] = '\0';
	if (text[length - 1] == '.')
		text[length - 1] = '\0';
	return text;
}

static void print_durations(struct exposition *exposition,
			    const struct metric_subject *subject, const char *labels)
{
	const struct durations *durations = &subject->view->tally->durations;
	uint64_t n = 0;

	for (size_t i = 0; i <= TALLY_N_BOUNDS; i++) {
		char bound[16];

		n += durations->n[i];
		exposition_print(
			exposition,
			&(struct sample){
				.suffix = "_bucket",
				.labels = labels,
				.key = "le",
				.word = i < TALLY_N_BOUNDS
						? format_bound(tally_bounds_ms[i], bound)
						: "+Inf",
				.value = number(VALUE_COUNT, n),
			});
	}
	exposition_print(exposition,
			 &(struct sample){
				 .suffix = "_sum",
				 .labels = labels,
				 .value = number(VALUE_DECIMAL, durations->sum_us / 1000),
			 });
	exposition_print(exposition, &(struct sample){ .suffix = "_count",
						       .labels = labels,
						       .value = number(VALUE_COUNT, n) });
}

static struct value get_overload(const struct metric_subject *subject)
{
	const struct metrics_view *view = subject->view;

	return view->is_fresh ? number(VALUE_COUNT, view->cycle->plan.is_overloaded)
			      : absent;
}

static struct value get_short(const struct metric_subject *subject)
{
	const struct cycle *cycle = subject->view->cycle;

	return subject->view->is_fresh
		       ? number(VALUE_SIZE,
				ledger_short_kib(&cycle->snapshot, &cycle->history,
						 cycle->settings))
		       : absent;
}

const struct metric_family host_metrics[] = {
	{ "memcoord_build_info", "gauge",
	  "Always 1; its label is the version of memcoord.", .print = print_build_info },
	{ "memcoord_connected", "gauge", "Whether there is a connection to libvirt.",
	  .get = get_connected },
	{ "memcoord_period_seconds", "gauge", "Length of a cycle, as configured.",
	  .get = get_period },
	{ "memcoord_last_cycle_timestamp_seconds", "gauge",
	  "When the last complete cycle ended, in seconds since 1970.",
	  .get = get_completed },
	{ "memcoord_cycles_total", "counter",
	  "Complete cycles: looked, planned and acted.", .get = get_n_cycles },
	{ "memcoord_failed_cycles_total", "counter",
	  "Cycles that were skipped, mostly as libvirt could not be reached.",
	  .get = get_n_failed_cycles },
	{ "memcoord_libvirt_errors_total", "counter",
	  "Connections lost or not made, looks and requests without an answer.",
	  .get = get_n_errors },
	{ "memcoord_cycle_duration_seconds", "histogram",
	  "How long it took to look, plan and act.", .print = print_durations },
	{ "memcoord_overload", "gauge",
	  "Whether the domains need more memory than the host has.",
	  .get = get_overload },
	{ "memcoord_host_total_bytes", "gauge", "Memory of the host.",
	  .column = "TOTAL" },
	{ "memcoord_host_available_bytes", "gauge",
	  "Memory of the host that can be had without swapping.", .column = "AVAILABLE" },
	{ "memcoord_host_capacity_bytes", "gauge", "host_capacity, where it is set.",
	  .column = "CAPACITY" },
	{ "memcoord_host_reserve_bytes", "gauge", "Memory of the host to be kept free.",
	  .column = "RESERVE" },
	{ "memcoord_host_short_bytes", "gauge", "What is missing of the reserve now.",
	  .get = get_short },
	{ "memcoord_host_grantable_bytes", "gauge",
	  "Memory that can be handed out now; negative: short of it.",
	  .column = "GRANTABLE" },
	{ 0 },
};

/* Domains */

static struct value get_target(const struct metric_subject *subject)
{
	const struct record *record =
		&subject->view->cycle->history.records[subject->domain];

	return subject->view->is_fresh && record->promise.is_open
		       ? number(VALUE_SIZE, record->promise.target_kib)
		       : absent;
}

static void print_classes(struct exposition *exposition,
			  const struct metric_subject *subject, const char *labels)
{
	const struct plan *plan = &subject->view->cycle->plan;
	enum domain_class actual;

	if (!subject->view->is_fresh || subject->domain >= plan->n_verdicts)
		return;
	actual = plan->verdicts[subject->domain].class;
	for (enum domain_class each = CLASS_UNMANAGED; each <= CLASS_WASTING; each++)
		exposition_print(exposition,
				 &(struct sample){
					 .labels = labels,
					 .key = "class",
					 .word = class_name(each),
					 .value = number(VALUE_COUNT, each == actual),
				 });
}

#define DOMAIN_COUNT(member, type)                                                       \
	static struct value get_##member(const struct metric_subject *subject)           \
	{                                                                                \
		const struct tally *tally = subject->view->tally;                        \
                                                                                         \
		return subject->domain < tally->n_domains                                \
			       ? number(type, tally->domains[subject->domain].member)    \
			       : absent;                                                 \
	}

DOMAIN_COUNT(n_grows, VALUE_COUNT)
DOMAIN_COUNT(n_shrinks, VALUE_COUNT)
DOMAIN_COUNT(n_refusals, VALUE_COUNT)
DOMAIN_COUNT(n_stuck, VALUE_COUNT)
DOMAIN_COUNT(grown_kib, VALUE_SIZE)
DOMAIN_COUNT(shrunk_kib, VALUE_SIZE)
DOMAIN_COUNT(starving_ms, VALUE_DECIMAL)
DOMAIN_COUNT(unrelieved_ms, VALUE_DECIMAL)

static struct value get_held(const struct metric_subject *subject)
{
	const struct cycle *cycle = subject->view->cycle;
	const struct domain *domain = &cycle->snapshot.domains[subject->domain];
	const struct record *record = &cycle->history.records[subject->domain];

	return number(VALUE_COUNT,
		      suitability_judge(domain, record).suitability == SUITABILITY_HELD);
}

const struct metric_family domain_metrics[] = {
	{ "memcoord_domain_current_bytes", "gauge",
	  "Size of the balloon: what the domain has.", .column = "CURRENT" },
	{ "memcoord_domain_target_bytes", "gauge",
	  "What its balloon was asked for, until it has arrived.", .get = get_target },
	{ "memcoord_domain_maximum_bytes", "gauge", "What the domain can have at most.",
	  .column = "MAXIMUM" },
	{ "memcoord_domain_floor_bytes", "gauge", "It is not made smaller than this.",
	  .column = "FLOOR" },
	{ "memcoord_domain_ceiling_bytes", "gauge",
	  "It is not made larger than this, where that is set.", .column = "CEILING" },
	{ "memcoord_domain_weight", "gauge",
	  "Its weight against others when memory is scarce.", .column = "WEIGHT" },
	{ "memcoord_domain_class", "gauge",
	  "1 for the class of the domain, 0 for the others.", .print = print_classes },
	{ "memcoord_domain_held", "gauge",
	  "1 while libvirt cannot change the domain, 0 otherwise.", .get = get_held },
	{ "memcoord_domain_used_bytes", "gauge", "What its guest cannot do without.",
	  .column = "USED" },
	{ "memcoord_domain_free_bytes", "gauge",
	  "What its guest could give, by the chosen metric.", .column = "FREE" },
	{ "memcoord_domain_usable_bytes", "gauge",
	  "Available to its guest without swapping (MemAvailable).", .column = "USABLE" },
	{ "memcoord_domain_unused_bytes", "gauge",
	  "Used by its guest for nothing at all (MemFree).", .column = "UNUSED" },
	{ "memcoord_domain_rss_bytes", "gauge", "What the domain costs the host.",
	  .column = "RSS" },
	{ "memcoord_domain_rate_bytes_per_second", "gauge",
	  "Memory that its guest consumes; negative: frees.", .column = "RATE" },
	{ "memcoord_domain_need_bytes", "gauge",
	  "Just out of STARVING, for the coming period too.", .column = "NEED" },
	{ "memcoord_domain_want_bytes", "gauge", "What would be comfortable.",
	  .column = "WANT" },
	{ "memcoord_domain_share_bytes", "gauge", "What would be fair now.",
	  .column = "SHARE" },
	{ "memcoord_domain_starving_seconds_total", "counter",
	  "Time for which the domain was seen STARVING.", .get = get_starving_ms },
	{ "memcoord_domain_unrelieved_seconds_total", "counter",
	  "Of that, the time with no memory on its way to it.",
	  .get = get_unrelieved_ms },
	{ "memcoord_domain_grows_total", "counter",
	  "Requests for more memory that were accepted.", .get = get_n_grows },
	{ "memcoord_domain_shrinks_total", "counter",
	  "Requests for less memory that were accepted.", .get = get_n_shrinks },
	{ "memcoord_domain_grown_bytes_total", "counter",
	  "By how much its balloon has made it larger, as asked.", .get = get_grown_kib },
	{ "memcoord_domain_shrunk_bytes_total", "counter",
	  "By how much its balloon has made it smaller, as asked.",
	  .get = get_shrunk_kib },
	{ "memcoord_domain_refusals_total", "counter", "Requests that were refused.",
	  .get = get_n_refusals },
	{ "memcoord_domain_stuck_total", "counter", "How often its balloon did not move.",
	  .get = get_n_stuck },
	{ 0 },
};

static struct value find_value(const struct metric_family *family,
			       const struct column *column,
			       const struct metric_subject *subject)
{
	const struct metrics_view *view = subject->view;

	if (family->get)
		return family->get(subject);
	return view->is_fresh && column
		       ? column->get(&(struct row){ .cycle = view->cycle,
						    .domain = subject->domain })
		       : absent;
}

/* One sample for each of @labels. */
static void print_family(const struct metrics_view *view,
			 const struct metric_family *family, const struct column *column,
			 char *const *labels, size_t n, struct exposition *exposition)
{
	exposition_begin(exposition, family->name, family->type, family->help);
	for (size_t i = 0; i < n; i++) {
		const struct metric_subject subject = { view, i };
		struct sample sample = { .labels = labels[i] };

		if (family->print) {
			family->print(exposition, &subject, labels[i]);
			continue;
		}
		sample.value = find_value(family, column, &subject);
		exposition_print(exposition, &sample);
	}
}

static const struct column *column_of(const struct metric_family *family,
				      const struct column *columns)
{
	return family->column
		       ? column_find(columns, family->column, strlen(family->column))
		       : NULL;
}

static char *make_labels(const struct domain *domain)
{
	CLEANUP_FREE char *name = exposition_label("domain", domain->name);
	char *labels = NULL;

	if (!name || asprintf(&labels, "%s,uuid=\"%s\"", name, domain->uuid) < 0)
		return NULL;
	return labels;
}

int metrics_print(const struct metrics_view *view, struct exposition *exposition)
{
	const struct snapshot *snapshot = &view->cycle->snapshot;
	char *no_labels = NULL;
	/* Made once: they are printed some thirty times. */
	char **labels = calloc(snapshot->n_domains + 1, sizeof(*labels));
	int r = labels ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < snapshot->n_domains; i++) {
		labels[i] = make_labels(&snapshot->domains[i]);
		r = labels[i] ? 0 : -ENOMEM;
	}
	if (r == 0) {
		for (const struct metric_family *f = host_metrics; f->name; f++)
			print_family(view, f, column_of(f, host_columns), &no_labels, 1,
				     exposition);
		for (const struct metric_family *f = domain_metrics; f->name; f++)
			print_family(view, f, column_of(f, domain_columns), labels,
				     snapshot->n_domains, exposition);
	}
	for (size_t i = 0; labels && i < snapshot->n_domains; i++)
		free(labels[i]);
	free(labels);
	return exposition->has_failed ? -ENOMEM : r;
}
