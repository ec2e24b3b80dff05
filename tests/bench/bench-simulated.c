/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memcoord's own share of a cycle on large simulated hosts: look, plan and act, less what
 * the hypervisor itself takes. The host is that of the scenario "diurnal", many times
 * over, where guests grow and shrink all the time.
 */
#include "core/defaults.h"
#include "cycle/cycle.h"
#include "simulate/hypervisor.h"
#include "simulate/scenario-find.h"
#include "simulate/scenario.h"
#include "bench.h"

enum { N_CYCLES = 60 };

static struct hypervisor_ops counting_ops;
static const struct hypervisor_ops *simulated;
static double hypervisor_ms; /* what the hypervisor took, of this cycle */
static size_t n_moves;

static int sample(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	double begun_ms = cpu_ms();
	int r = simulated->sample(base, ret_snapshot);

	hypervisor_ms += cpu_ms() - begun_ms;
	return r;
}

static int set_target(struct hypervisor *base, const char *uuid, uint64_t target_kib)
{
	double begun_ms = cpu_ms();
	int r = simulated->set_target(base, uuid, target_kib);

	hypervisor_ms += cpu_ms() - begun_ms;
	n_moves++;
	return r;
}

static void count_calls(struct hypervisor *hypervisor)
{
	simulated = hypervisor->ops;
	counting_ops = *simulated;
	counting_ops.sample = sample;
	counting_ops.set_target = set_target;
	hypervisor->ops = &counting_ops;
}

/* Put @n guests in the place of those in @scenario, and as much more of its host. */
static void multiply(struct scenario *scenario, size_t n)
{
	struct sim_guest_spec *guests = calloc(n, sizeof(*guests));

	if (!guests)
		abort();
	for (size_t i = 0; i < n; i++) {
		guests[i] = scenario->guests[i % scenario->n_guests];
		snprintf(guests[i].name, sizeof(guests[i].name), "guest-%zu", i);
	}
	free(scenario->guests);
	scenario->host_kib = scenario->host_kib * n / scenario->n_guests;
	scenario->host_base_kib = scenario->host_base_kib * n / scenario->n_guests;
	scenario->guests = guests;
	scenario->n_guests = n;
}

/* One cycle; returns memcoord's own milliseconds. */
static double tick(struct cycle *cycle)
{
	double begun_ms = cpu_ms();

	hypervisor_ms = 0;
	if (cycle_look(cycle) < 0 || cycle_plan(cycle) < 0)
		abort();
	cycle_act(cycle, NULL, NULL);
	return cpu_ms() - begun_ms - hypervisor_ms;
}

static void measure(const struct policy *policy, const struct scenario *scenario)
{
	double own_ms[N_CYCLES];
	struct settings settings;
	struct cycle cycle = { .settings = &settings };
	struct simulation *simulation;

	defaults_init(&settings);
	settings.policy = policy;
	if (simulation_open(scenario, &settings, 1, &simulation) < 0)
		abort();
	cycle.hypervisor = &simulation->base;
	count_calls(cycle.hypervisor);
	n_moves = 0;
	if (cycle_listen(&cycle) < 0)
		abort();
	for (size_t i = 0; i < N_CYCLES; i++) {
		hypervisor_wait(cycle.hypervisor,
				hypervisor_now_ms(cycle.hypervisor) + 2000);
		own_ms[i] = tick(&cycle);
	}
	print_row(&(struct bench_row){ .name = "own share of a cycle",
				       .unit = "ms",
				       .value = median(own_ms, N_CYCLES),
				       .reference = 2000,
				       .of = "period" },
		  "%s, %zu domains", policy->name, scenario->n_guests);
	print_row(&(struct bench_row){ .name = "moves per cycle",
				       .value = (double)n_moves / N_CYCLES },
		  "%s, %zu domains", policy->name, scenario->n_guests);
	cycle_clear(&cycle);
	hypervisor_close(&simulation->base);
	settings_clear(&settings);
}

int main(void)
{
	static const size_t sizes[] = { 1000, 10000 };
	char *path = scenario_path("diurnal"), *error = NULL;
	struct scenario scenario;

	if (!path || scenario_load(path, &scenario, &error) < 0) {
		fprintf(stderr, "bench-simulated: %s\n", error ? error : "no scenario");
		return 1;
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		multiply(&scenario, sizes[i]);
		for (size_t p = 0; policies[p]; p++)
			measure(policies[p], &scenario);
	}
	scenario_clear(&scenario);
	free(path);
	return 0;
}
