/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics as libvirt hands them over, any fields of any types with any values, to a
 * domain, and a row of these to what is known of its use of memory.
 */
#include <libvirt/virterror.h>

#include "core/defaults.h"
#include "core/history.h"
#include "libvirt/figures.h"
#include "fuzz.h"

enum { PARAMETERS_MAX = 16, SAMPLES_MAX = 64 };

static const char *const fields[] = {
	"state.state",	       "balloon.current",
	"balloon.maximum",     "balloon.usable",
	"balloon.unused",      "balloon.available",
	"balloon.rss",	       "balloon.disk_caches",
	"balloon.swap_in",     "balloon.swap_out",
	"balloon.major_fault", "balloon.last-update",
	"balloon.surprises",   "",
};

/* Errors of libvirt are expected here. */
static void ignore(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	REQUIRE(virInitialize() == 0);
	virSetErrorFunc(NULL, ignore);
	virResetLastError(); /* makes room for errors, which else looks like a leak */
	return 0;
}

static void take_parameter(struct bytes *bytes, virTypedParameterPtr parameter)
{
	static char text[] = "512";
	unsigned which = take_byte(bytes);

	snprintf(parameter->field, sizeof(parameter->field), "%s",
		 fields[which % (sizeof(fields) / sizeof(fields[0]))]);
	parameter->type = VIR_TYPED_PARAM_ULLONG;
	parameter->value.ul = take_kib(bytes);
	if (which < 192 && strcmp(parameter->field, "state.state") != 0)
		return;
	parameter->type = (int)take_below(bytes, VIR_TYPED_PARAM_STRING + 2);
	if (parameter->type == VIR_TYPED_PARAM_STRING)
		parameter->value.s = text;
}

static void check_demand(const struct demand *demand, const struct domain *domain,
			 enum metric metric, int64_t now_ms)
{
	REQUIRE(demand->balloon.n <= BALLOON_SIZES_LENGTH);
	for (unsigned i = 1; i < demand->balloon.n; i++)
		REQUIRE(demand->balloon.sizes[i - 1].at_ms <=
			demand->balloon.sizes[i].at_ms);
	if (!demand->has_sample)
		return;
	REQUIRE(demand->sample_ms <= now_ms);
	REQUIRE(demand->peak_kib >= demand->used_kib);
	REQUIRE(demand->recent_kib >= demand->used_kib);
	REQUIRE(metric == METRIC_UNUSED || !domain_has(domain, DOMAIN_CURRENT) ||
		demand_free_kib(demand, domain, metric) <= domain->current_kib);
}

/* Take in one sample that came @elapsed_ms after the last one. */
static void look(struct bytes *bytes, struct history *history, int64_t now_ms,
		 const struct settings *settings)
{
	virTypedParameter parameters[PARAMETERS_MAX];
	virDomainStatsRecord record = { .params = parameters };
	struct domain domain = {
		.uuid = "00000000-0000-0000-0000-000000000001",
		.id = 1,
		.has_balloon = true,
		.present = DOMAIN_STATS_PERIOD,
		.stats_period_s = take_below(bytes, 8),
	};
	struct snapshot snapshot = {
		.now_ms = now_ms,
		.n_domains = 1,
		.domains = &domain,
	};

	record.nparams = (int)take_below(bytes, PARAMETERS_MAX + 1);
	for (int i = 0; i < record.nparams; i++)
		take_parameter(bytes, &parameters[i]);
	libvirt_read_bulk(&record, &domain);
	REQUIRE(domain_state_name(domain.state));
	REQUIRE(history_update(history, &snapshot, settings) == 0);
	check_demand(&history->records[0].demand, &domain, settings->metric, now_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct history history = { 0 };
	struct settings settings;
	int64_t now_ms = 1000000;

	defaults_init(&settings);
	settings.metric = (enum metric)take_below(&bytes, METRIC_UNUSED + 1);
	for (int i = 0; i < SAMPLES_MAX && bytes.left > 0; i++) {
		look(&bytes, &history, now_ms, &settings);
		now_ms += (int64_t)take_byte(&bytes) * 50;
	}
	history_clear(&history);
	virResetLastError();
	return 0;
}
