/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cycles URI PID ROUNDS: what an idle cycle of 'run' takes, beside the one libvirt call
 * that it cannot do without, made bare on the same connection by turns; PID is
 * libvirtd's, whose processor time belongs to it. Without PID and ROUNDS: does the memory
 * of 10,000 cycles grow?
 */
#include <dirent.h>
#include <unistd.h>

#include <libvirt/libvirt.h>

#include "core/defaults.h"
#include "cycle/stats-period.h"
#include "libvirt/crew.h"
#include "libvirt/hypervisor.h"
#include "run/daemon-metrics.h"
#include "system/cleanup.h"
#include "bench.h"

enum { N_FOR_GROWTH = 10000, N_TO_WARM_UP = 100 };

struct cost {
	double wall_ms, cpu_ms, daemon_ms;
};

static struct settings settings;
static struct cycle cycle = { .settings = &settings };
static struct daemon_metrics metrics;
static struct cost bare; /* of the last bare call */
static const char *daemon_pid;

static void fail(const char *text)
{
	fprintf(stderr, "cycles: %s\n", text);
	exit(1);
}

/* Processor time of all threads of libvirtd, by the scheduler's own clock. */
static double daemon_ms(void)
{
	char path[64];
	double sum_ms = 0;

	snprintf(path, sizeof(path), "/proc/%s/task", daemon_pid);
	DIR *dir = opendir(path);
	if (!dir)
		fail("cannot see libvirtd");
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		char name[512];
		unsigned long long ns = 0;

		snprintf(name, sizeof(name), "%s/%s/schedstat", path, entry->d_name);
		FILE *file = fopen(name, "re");
		if (file && fscanf(file, "%llu", &ns) == 1)
			sum_ms += (double)ns / 1e6;
		if (file)
			fclose(file);
	}
	closedir(dir);
	return sum_ms;
}

/* The call alone, in the thread that makes all calls of memcoord. */
static int call_bare(struct libvirt_link *link, struct libvirt_call *call)
{
	virDomainStatsRecordPtr *records = NULL;
	double thread_ms = clock_ms(CLOCK_THREAD_CPUTIME_ID), begun_ms = now_ms();
	int n = virConnectGetAllDomainStats(
		link->connection, VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_BALLOON,
		&records,
		VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE |
			VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);

	(void)call;
	if (n >= 0)
		virDomainStatsRecordListFree(records);
	bare.wall_ms = now_ms() - begun_ms;
	bare.cpu_ms = clock_ms(CLOCK_THREAD_CPUTIME_ID) - thread_ms;
	return n < 0 ? libvirt_fail(link) : 0;
}

static void make_bare_call(void)
{
	struct libvirt_call *call = libvirt_call_new(call_bare);
	double begun_ms = daemon_ms();

	if (libvirt_carry_out(cycle.hypervisor, call) < 0)
		fail(hypervisor_error(cycle.hypervisor));
	libvirt_call_free(&call->job);
	bare.daemon_ms = daemon_ms() - begun_ms;
}

/* As the daemon's loop makes one. */
static void make_cycle(void)
{
	daemon_metrics_begin(&metrics);
	if (cycle_look(&cycle) < 0)
		fail(hypervisor_error(cycle.hypervisor));
	daemon_metrics_look(&metrics, &cycle);
	stats_periods_borrow(&cycle);
	if (cycle_plan(&cycle) < 0)
		fail("out of memory");
	cycle_act(&cycle, NULL, NULL);
	daemon_metrics_complete(&metrics, &cycle);
	daemon_metrics_turn(&metrics, &cycle);
	/* and deliver the events that there are */
	if (hypervisor_wait(cycle.hypervisor, (int64_t)now_ms()) < 0)
		fail(hypervisor_error(cycle.hypervisor));
}

static struct cost measure_cycle(void)
{
	struct cost cost;
	double begun_daemon_ms = daemon_ms(), begun_cpu_ms = cpu_ms(),
	       begun_ms = now_ms();

	make_cycle();
	cost.wall_ms = now_ms() - begun_ms;
	cost.cpu_ms = cpu_ms() - begun_cpu_ms;
	cost.daemon_ms = daemon_ms() - begun_daemon_ms;
	return cost;
}

static void show(const char *name, double *value, double *reference, size_t n)
{
	print_row(&(struct bench_row){ .name = name,
				       .unit = "ms",
				       .value = median(value, n),
				       .reference = median(reference, n),
				       .of = "bare call",
				       .goal = "ratio <= 1.15" },
		  "%zu guests", cycle.snapshot.n_domains);
}

static void compare(size_t n)
{
	double *figures = calloc(6 * n, sizeof(*figures));

	if (!figures)
		fail("out of memory");
	for (size_t i = 0; i < n; i++) {
		make_bare_call();
		struct cost cost = measure_cycle();

		figures[i] = cost.wall_ms;
		figures[n + i] = bare.wall_ms;
		figures[2 * n + i] = cost.cpu_ms;
		figures[3 * n + i] = bare.cpu_ms;
		figures[4 * n + i] = cost.cpu_ms + cost.daemon_ms;
		figures[5 * n + i] = bare.cpu_ms + bare.daemon_ms;
	}
	show("idle cycle, wall time", figures, figures + n, n);
	show("idle cycle, CPU time, its own", figures + 2 * n, figures + 3 * n, n);
	show("idle cycle, CPU time with libvirtd's", figures + 4 * n, figures + 5 * n, n);
	free(figures);
}

static double resident_kib(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (!file || fscanf(file, "%*u %lu", &pages) != 1)
		fail("cannot read /proc/self/statm");
	fclose(file);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1024;
}

static void watch_growth(void)
{
	double begun_kib = 0;

	for (unsigned i = 0; i < N_FOR_GROWTH; i++) {
		if (i == N_TO_WARM_UP)
			begun_kib = resident_kib();
		make_cycle();
	}
	print_row(&(struct bench_row){ .name = "resident memory after 10,000 cycles",
				       .unit = "KiB",
				       .value = resident_kib(),
				       .reference = begun_kib,
				       .of = "after 100",
				       .goal = "ratio <= 1.01" },
		  "%zu guests", cycle.snapshot.n_domains);
}

int main(int argc, char **argv)
{
	CLEANUP_FREE char *error = NULL;

	if (argc != 2 && argc != 4)
		fail("Usage: cycles URI [PID ROUNDS]");
	defaults_init(&settings);
	if (libvirt_hypervisor_open(argv[1], false, NULL, &cycle.hypervisor, &error) < 0)
		fail(error ? error : "out of memory");
	if (cycle_listen(&cycle) < 0)
		fail(hypervisor_error(cycle.hypervisor));
	make_cycle(); /* the first one reads the XML of all */
	if (argc == 4) {
		daemon_pid = argv[2];
		compare((size_t)atoi(argv[3]));
	} else {
		watch_growth();
	}
	daemon_metrics_end(&metrics);
	hypervisor_close(cycle.hypervisor);
	cycle_clear(&cycle);
	settings_clear(&settings);
	return 0;
}
