/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long it takes to write the file of metrics, by number of domains, beside a cycle's
 * own work. The best of many rounds is taken, as the machine may have other work.
 */
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/defaults.h"
#include "run/metrics-file.h"
#include "bench.h"

static const char *path;

static void take(double begun_ms, double *best_ms)
{
	*best_ms = fmin(*best_ms, now_ms() - begun_ms);
}

static void measure(size_t n)
{
	struct settings settings;
	struct cycle cycle = { .settings = &settings };
	struct tally tally = { 0 };
	const struct metrics_view view = {
		.cycle = &cycle, .tally = &tally, .is_connected = true, .is_fresh = true
	};
	double plan_ms = INFINITY, tally_ms = INFINITY, file_ms = INFINITY;
	struct owned_file file = { 0 };
	struct stat status = { 0 };

	defaults_init(&settings);
	fill(&cycle.snapshot, n);
	for (size_t i = 0; i < 20 + 2000 / n; i++) {
		let_time_pass(&cycle.snapshot);
		double begun_ms = now_ms();
		if (history_update(&cycle.history, &cycle.snapshot, &settings) < 0 ||
		    cycle_plan(&cycle) < 0)
			abort();
		take(begun_ms, &plan_ms);
		begun_ms = now_ms();
		tally_look(&tally, &cycle.snapshot, &cycle.history);
		tally_complete(&tally, &cycle.history, &cycle.plan);
		take(begun_ms, &tally_ms);
		begun_ms = now_ms();
		if (metrics_file_write(&file, path, &view) < 0 || stat(path, &status) < 0)
			abort();
		take(begun_ms, &file_ms);
	}
	print_row(&(struct bench_row){ .name = "count a cycle",
				       .unit = "ms",
				       .value = tally_ms,
				       .reference = plan_ms,
				       .of = "plan" },
		  "%zu domains", n);
	print_row(&(struct bench_row){ .name = "write the file",
				       .unit = "ms",
				       .value = file_ms,
				       .reference = plan_ms,
				       .of = "plan" },
		  "%zu domains", n);
	print_row(&(struct bench_row){ .name = "its size",
				       .unit = "KiB",
				       .value = (double)status.st_size / 1024 },
		  "%zu domains", n);
	owned_file_remove(&file);
	tally_clear(&tally);
	cycle_clear(&cycle);
	settings_clear(&settings);
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = { 10, 100, 1000, 10000 };

	char own[64]; /* two of these may run */

	snprintf(own, sizeof(own), "/dev/shm/memcoord-bench-%d.prom", (int)getpid());
	path = argc > 1 ? argv[1] : own;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		measure(sizes[i]);
	return 0;
}
