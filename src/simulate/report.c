/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "base/sat.h"
#include "simulate/report.h"

#define KIB_PER_GIB ((uint64_t)1024 * 1024)

/* The mean over the seeds, in the unit of @sum. */
static uint64_t mean(const struct row *row, uint64_t sum)
{
	return (sum + row->outcome->n_seeds / 2) / row->outcome->n_seeds;
}

static struct value decimal(uint64_t thousandths)
{
	return (struct value){ .type = VALUE_DECIMAL,
			       .difference = sat_diff(thousandths, 0) };
}

static struct value get_scenario(const struct row *row)
{
	return (struct value){ .type = VALUE_TEXT, .text = row->outcome->scenario };
}

static struct value get_policy(const struct row *row)
{
	return (struct value){ .type = VALUE_TEXT, .text = row->outcome->policy };
}

static struct value get_starved(const struct row *row)
{
	return decimal(mean(row, row->outcome->sum.starved_ms));
}

static struct value get_kills(const struct row *row)
{
	return decimal(mean(row, row->outcome->sum.n_oom_kills * 1000));
}

static struct value get_unmet(const struct row *row)
{
	return decimal(mean(row, row->outcome->sum.unmet_kib_ms) / KIB_PER_GIB);
}

static struct value get_idle(const struct row *row)
{
	return decimal(mean(row, row->outcome->sum.idle_kib_ms) / KIB_PER_GIB);
}

static struct value get_churn(const struct row *row)
{
	return (struct value){ .type = VALUE_SIZE,
			       .number = mean(row, row->outcome->sum.churn_kib) };
}

static struct value get_commands(const struct row *row)
{
	return decimal(mean(row, row->outcome->sum.n_commands * 1000));
}

static struct value get_reversals(const struct row *row)
{
	return decimal(mean(row, row->outcome->sum.n_reversals * 1000));
}

static struct value get_short(const struct row *row)
{
	return decimal(mean(row, row->outcome->sum.below_reserve_ms));
}

static struct value get_lowest(const struct row *row)
{
	return (struct value){ .type = VALUE_BALANCE,
			       .difference = row->outcome->sum.lowest_free_kib };
}

const struct column outcome_columns[] = {
	{ "SCENARIO", "name of the scenario, or total", true, get_scenario },
	{ "POLICY", "name of the policy", true, get_policy },
	{ "STARVED", "seconds for which guests starved, summed up", false, get_starved },
	{ "KILLS", "applications killed for want of memory", false, get_kills },
	{ "UNMET", "memory missing to guests, GiB times seconds", false, get_unmet },
	{ "IDLE", "memory idle in guests, GiB times seconds", false, get_idle },
	{ "CHURN", "memory moved by balloons, either way", false, get_churn },
	{ "COMMANDS", "targets set", false, get_commands },
	{ "REVERSALS", "larger moves taken back within 30 s", false, get_reversals },
	{ "SHORT", "seconds the host was below its reserve", false, get_short },
	{ "LOWEST", "least free memory of the host", false, get_lowest },
	{ NULL, NULL, false, NULL },
};

void sim_series_begin(const struct sim_series *series)
{
	fputs("scenario,policy,seed,time_s,host_free_kib,guest,current_kib,target_kib,"
	      "need_kib,resident_kib,usable_kib,cache_kib,swapped_kib,rss_kib,oom_"
	      "kills\n",
	      series->file);
}

void sim_series_note(void *data, const struct simulation *simulation)
{
	const struct sim_series *series = data;

	if (simulation->now_ms % 1000 != 0)
		return;
	for (size_t i = 0; i < simulation->scenario->n_guests; i++) {
		const struct sim_guest *guest = &simulation->guests[i];

		if (!guest->is_up)
			continue;
		fprintf(series->file,
			"%s,%s,%" PRIu64 ",%" PRId64 ",%" PRId64 ",%s,%" PRIu64
			",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
			",%" PRIu64 ",%" PRIu64 ",%u\n",
			series->scenario, series->policy, series->seed,
			simulation->now_ms / 1000, simulation->host.free_kib,
			guest->spec->name, guest->current_kib, guest->target_kib,
			sim_guest_owed_kib(guest, simulation->now_ms),
			guest->spec->base_kib + guest->anonymous_kib,
			sim_guest_usable_kib(guest), guest->cache_kib, guest->swapped_kib,
			guest->rss_kib, guest->n_oom_kills);
	}
}
