/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sat.h"
#include "core/ledger.h"
#include "simulate/hypervisor.h"

/* Short against a balloon's way, which is some seconds. */
#define STEP_MS 250

/* What the virtual domains' XML says, and libvirt shows. */
#define STATS_PERIOD_MS 2000

/* QEMU tells of a moving balloon once a second at most. */
#define EVENT_INTERVAL_MS 1000

static struct simulation *downcast(struct hypervisor *base)
{
	return (struct simulation *)base;
}

static void make_uuid(size_t index, char uuid[DOMAIN_UUID_SIZE])
{
	snprintf(uuid, DOMAIN_UUID_SIZE, "51b0a7ed-0000-4000-8000-%012x",
		 (unsigned)index);
}

/* The guest of @uuid if it is up, or NULL. */
static struct sim_guest *find_guest(struct simulation *simulation, const char *uuid)
{
	char wanted[DOMAIN_UUID_SIZE];
	size_t index = strlen(uuid) > 24 ? strtoul(uuid + 24, NULL, 16) : SIZE_MAX;

	if (index >= simulation->scenario->n_guests || !simulation->guests[index].is_up)
		return NULL;
	make_uuid(index, wanted);
	return strcmp(uuid, wanted) == 0 ? &simulation->guests[index] : NULL;
}

static int64_t now_ms(struct hypervisor *base)
{
	return downcast(base)->now_ms;
}

static void look_at_host(struct simulation *simulation)
{
	const struct scenario *scenario = simulation->scenario;
	int64_t free_kib = sat_diff(scenario->host_kib, scenario->host_base_kib);

	for (size_t i = 0; i < scenario->n_guests; i++)
		if (simulation->guests[i].is_up)
			free_kib -= (int64_t)simulation->guests[i].rss_kib;
	simulation->host.free_kib = free_kib;
}

static void show_stats(struct domain *domain, const struct sim_stats *stats)
{
	domain->present |= DOMAIN_LAST_UPDATE;
	domain->last_update_s = stats->last_update_s;
	if (!stats->is_there)
		return;
	domain->present |= DOMAIN_USABLE | DOMAIN_UNUSED | DOMAIN_AVAILABLE |
			   DOMAIN_DISK_CACHES | DOMAIN_SWAP_IN | DOMAIN_SWAP_OUT;
	domain->usable_kib = stats->usable_kib;
	domain->unused_kib = stats->unused_kib;
	domain->available_kib = stats->current_kib;
	domain->disk_caches_kib = stats->disk_caches_kib;
	domain->swap_in_kib = stats->swap_in_kib;
	domain->swap_out_kib = stats->swap_out_kib;
}

static int show_domain(const struct simulation *simulation, size_t index,
		       struct domain *domain)
{
	const struct sim_guest *guest = &simulation->guests[index];

	*domain = (struct domain){
		.name = strdup(guest->spec->name),
		.id = (int)index + 1,
		.state = DOMAIN_RUNNING,
		.has_balloon = true,
		.present = DOMAIN_CURRENT | DOMAIN_MAXIMUM | DOMAIN_RSS |
			   DOMAIN_STATS_PERIOD,
		.current_kib = guest->current_kib,
		.maximum_kib = guest->spec->maximum_kib,
		.rss_kib = guest->rss_kib + OVERHEAD_MIN_KIB,
		.stats_period_s = simulation->xmls[index].stats_period_s,
		.period_mark = simulation->period_marks[index],
	};
	make_uuid(index, domain->uuid);
	show_stats(domain, &guest->stats);
	return domain->name ? 0 : -ENOMEM;
}

static void read_xml(struct simulation *simulation, size_t index)
{
	struct sim_xml *xml = &simulation->xmls[index];

	if (!xml->is_known)
		xml->stats_period_s =
			(unsigned)(simulation->guests[index].stats_period_ms / 1000);
	xml->is_known = true;
}

/* Guests come in the order of their UUIDs. */
static int sample(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	struct simulation *simulation = downcast(base);
	const struct scenario *scenario = simulation->scenario;
	int64_t free_kib = simulation->host.free_kib;
	struct snapshot snapshot = {
		.now_ms = simulation->now_ms,
		.has_time = true,
		.time_s = SIM_EPOCH_S + (uint64_t)simulation->now_ms / 1000,
		.host = { scenario->host_kib, free_kib > 0 ? (uint64_t)free_kib : 0 },
		.domains = calloc(scenario->n_guests, sizeof(*snapshot.domains)),
	};
	int r = snapshot.domains ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < scenario->n_guests; i++) {
		if (!simulation->guests[i].is_up)
			continue;
		read_xml(simulation, i);
		r = show_domain(simulation, i, &snapshot.domains[snapshot.n_domains++]);
	}
	if (r < 0)
		snapshot_clear(&snapshot);
	else
		*ret_snapshot = snapshot;
	return r;
}

__attribute__((format(printf, 3, 4))) static int fail(struct hypervisor *base, int error,
						      const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(base->error, sizeof(base->error), format, arguments);
	va_end(arguments);
	return error;
}

static int set_target(struct hypervisor *base, const char *uuid, uint64_t target_kib)
{
	struct simulation *simulation = downcast(base);
	struct sim_guest *guest = find_guest(simulation, uuid);

	if (!guest)
		return fail(base, -ENOENT, "no domain with UUID '%s'", uuid);
	if (target_kib > guest->spec->maximum_kib)
		return fail(base, -ERANGE, "%s: cannot set memory higher than max memory",
			    guest->spec->name);
	if (target_kib != guest->target_kib)
		sim_metrics_note_command(&simulation->metrics, guest, target_kib,
					 simulation->now_ms);
	guest->target_kib = target_kib;
	return 0;
}

void simulation_change_stats_period(struct simulation *simulation, size_t index,
				    unsigned period_s)
{
	struct sim_guest *guest = &simulation->guests[index];

	guest->stats_period_ms = (int64_t)period_s * 1000;
	guest->next_stats_ms = simulation->now_ms + guest->stats_period_ms;
}

static int set_stats_period(struct hypervisor *base, const char *uuid, unsigned period_s)
{
	struct simulation *simulation = downcast(base);
	struct sim_guest *guest = find_guest(simulation, uuid);

	if (!guest)
		return fail(base, -ENOENT, "no domain with UUID '%s'", uuid);
	simulation_change_stats_period(simulation, (size_t)(guest - simulation->guests),
				       period_s);
	simulation->xmls[guest - simulation->guests].stats_period_s = period_s;
	return 0;
}

static int mark_stats_period(struct hypervisor *base, const char *uuid,
			     const struct period_mark *mark)
{
	struct simulation *simulation = downcast(base);
	struct sim_guest *guest = find_guest(simulation, uuid);

	if (!guest)
		return fail(base, -ENOENT, "no domain with UUID '%s'", uuid);
	simulation->period_marks[guest - simulation->guests] =
		mark ? *mark : (struct period_mark){ 0 };
	return 0;
}

static int refresh(struct hypervisor *base, const char *uuid)
{
	struct simulation *simulation = downcast(base);
	struct sim_guest *guest = find_guest(simulation, uuid);

	if (!guest)
		return fail(base, -ENOENT, "no domain with UUID '%s'", uuid);
	simulation->xmls[guest - simulation->guests].is_known = false;
	return 0;
}

static int listen_to_balloons(struct hypervisor *base)
{
	downcast(base)->is_listening = true;
	return 0;
}

/* Tell of the balloons that have moved. */
static void tell(struct simulation *simulation, size_t index)
{
	struct sim_guest *guest = &simulation->guests[index];
	char uuid[DOMAIN_UUID_SIZE];

	if (!guest->is_up || guest->current_kib == guest->told_kib ||
	    simulation->now_ms - guest->told_ms < EVENT_INTERVAL_MS)
		return;
	guest->told_kib = guest->current_kib;
	guest->told_ms = simulation->now_ms;
	make_uuid(index, uuid);
	if (simulation->is_listening)
		hypervisor_tell(&simulation->base,
				&(struct hypervisor_event){
					.kind = HYPERVISOR_BALLOON,
					.uuid = uuid,
					.current_kib = guest->current_kib,
					.at_ms = simulation->now_ms,
				});
}

static void step(struct simulation *simulation, int64_t step_ms)
{
	size_t n = simulation->scenario->n_guests;

	simulation->now_ms += step_ms;
	for (size_t i = 0; i < n; i++) {
		sim_guest_step(&simulation->guests[i], simulation->now_ms, step_ms);
		sim_guest_report(&simulation->guests[i], simulation->now_ms,
				 &simulation->prng);
	}
	look_at_host(simulation);
	sim_metrics_note_step(&simulation->metrics, &simulation->host, simulation->guests,
			      n, simulation->now_ms, step_ms);
	if (simulation->on_step)
		simulation->on_step(simulation->on_step_data, simulation);
	for (size_t i = 0; i < n; i++)
		tell(simulation, i);
}

static int wait_until(struct hypervisor *base, int64_t until_ms)
{
	struct simulation *simulation = downcast(base);

	while (simulation->now_ms < until_ms && !base->is_woken) {
		int64_t left_ms = until_ms - simulation->now_ms;
		/* Keep to multiples of a step, whatever the caller's periods are. */
		int64_t step_ms = STEP_MS - simulation->now_ms % STEP_MS;

		step(simulation, left_ms < step_ms ? left_ms : step_ms);
	}
	return 0;
}

static bool is_alive(struct hypervisor *base)
{
	(void)base;
	return true;
}

static void close_simulation(struct hypervisor *base)
{
	struct simulation *simulation = downcast(base);

	free(simulation->guests);
	free(simulation->xmls);
	free(simulation->period_marks);
	free(simulation->base.uri);
	free(simulation);
}

static const struct hypervisor_ops sim_ops = {
	.now_ms = now_ms,
	.sample = sample,
	.set_target = set_target,
	.set_stats_period = set_stats_period,
	.mark_stats_period = mark_stats_period,
	.refresh = refresh,
	.listen = listen_to_balloons,
	.wait = wait_until,
	.is_alive = is_alive,
	.close = close_simulation,
};

static void populate(struct simulation *simulation, const struct settings *settings)
{
	const struct scenario *scenario = simulation->scenario;
	struct host host = { .total_kib = scenario->host_kib };

	for (size_t i = 0; i < scenario->n_guests; i++)
		sim_guest_init(&simulation->guests[i], &scenario->guests[i],
			       STATS_PERIOD_MS, &simulation->prng);
	look_at_host(simulation);
	simulation->host.reserve_kib = ledger_reserve_kib(&host, settings);
	simulation->host.floor_kib = settings->domain_floor_kib;
	sim_metrics_init(&simulation->metrics);
	simulation->metrics.lowest_free_kib = simulation->host.free_kib;
}

int simulation_open(const struct scenario *scenario, const struct settings *settings,
		    uint64_t seed, struct simulation **ret_simulation)
{
	struct simulation *simulation = calloc(1, sizeof(*simulation));

	if (!simulation)
		return -ENOMEM;
	simulation->base.ops = &sim_ops;
	simulation->base.is_private = true;
	simulation->scenario = scenario;
	simulation->prng.state = seed;
	simulation->guests = calloc(scenario->n_guests, sizeof(*simulation->guests));
	simulation->xmls = calloc(scenario->n_guests, sizeof(*simulation->xmls));
	simulation->period_marks =
		calloc(scenario->n_guests, sizeof(*simulation->period_marks));
	if (!simulation->guests || !simulation->xmls || !simulation->period_marks ||
	    asprintf(&simulation->base.uri, "simulation:///%s", scenario->name) < 0) {
		simulation->base.uri = NULL;
		close_simulation(&simulation->base);
		return -ENOMEM;
	}
	populate(simulation, settings);
	*ret_simulation = simulation;
	return 0;
}

void simulation_reconnect(struct simulation *simulation)
{
	for (size_t i = 0; i < simulation->scenario->n_guests; i++)
		simulation->xmls[i].is_known = false;
}
