/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sample-domains URI : what a sample of memcoord costs, beside the bare calls that get
 * the same figures: one for all domains and one for each, where the driver needs that.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "cycle/hypervisor.h"
#include "libvirt/hypervisor.h"
#include "bench.h"

enum { N_ROUNDS = 100 };

static void fail(const char *text)
{
	fprintf(stderr, "sample-domains: %s\n", text);
	exit(1);
}

/* As virsh finds them: "domstats" first, then a "dommemstat" by name for each. */
static size_t make_bare_calls(virConnectPtr connection)
{
	virDomainStatsRecordPtr *records = NULL;
	int n = virConnectGetAllDomainStats(connection, VIR_DOMAIN_STATS_BALLOON,
					    &records,
					    VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE);

	if (n < 0)
		fail(virGetLastErrorMessage());
	for (int i = 0; i < n; i++) {
		virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
		virDomainPtr domain = virDomainLookupByName(
			connection, virDomainGetName(records[i]->dom));

		if (!domain ||
		    virDomainMemoryStats(domain, stats, VIR_DOMAIN_MEMORY_STAT_NR, 0) < 0)
			fail(virGetLastErrorMessage());
		virDomainFree(domain);
	}
	virDomainStatsRecordListFree(records);
	return (size_t)n;
}

static void sample(struct hypervisor *hypervisor)
{
	struct snapshot snapshot;

	if (hypervisor_sample(hypervisor, &snapshot) < 0)
		fail(hypervisor_error(hypervisor));
	snapshot_clear(&snapshot);
}

/* Two ways to the same figures, and what each round of them took. */
struct times {
	double wall_ms[N_ROUNDS], cpu_ms[N_ROUNDS];
};

static void begin(struct times *times, size_t round)
{
	times->wall_ms[round] = -now_ms();
	times->cpu_ms[round] = -cpu_ms();
}

static void end(struct times *times, size_t round)
{
	times->wall_ms[round] += now_ms();
	times->cpu_ms[round] += cpu_ms();
}

static void show(const char *name, size_t n, double *value, double *reference)
{
	print_row(&(struct bench_row){ .name = name,
				       .unit = "ms",
				       .value = median(value, N_ROUNDS),
				       .reference = median(reference, N_ROUNDS),
				       .of = "bare calls",
				       .goal = "ratio <= 1.15" },
		  "sample, %zu domains", n);
}

static void measure(struct hypervisor *hypervisor, virConnectPtr connection)
{
	static struct times ours, bare;
	size_t n = make_bare_calls(connection);

	sample(hypervisor); /* the first reads the live XML, which is kept */
	for (size_t i = 0; i < N_ROUNDS; i++) {
		begin(&ours, i);
		sample(hypervisor);
		end(&ours, i);
		begin(&bare, i);
		make_bare_calls(connection);
		end(&bare, i);
	}
	show("wall time", n, ours.wall_ms, bare.wall_ms);
	show("CPU time", n, ours.cpu_ms, bare.cpu_ms);
}

int main(int argc, char **argv)
{
	struct hypervisor *hypervisor;
	virConnectPtr connection;
	char *error = NULL;

	if (argc != 2)
		fail("the one argument is a URI");
	if (libvirt_hypervisor_open(argv[1], true, NULL, &hypervisor, &error) < 0)
		fail(error);
	connection = virConnectOpenReadOnly(argv[1]);
	if (!connection)
		fail(virGetLastErrorMessage());
	measure(hypervisor, connection);
	virConnectClose(connection);
	hypervisor_close(hypervisor);
	return 0;
}
