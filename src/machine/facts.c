/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/sat.h"
#include "machine/facts.h"

static FILE *open_below(const char *root, const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s%s", root, path);
	return fopen(name, "re");
}

static void read_swap(const char *root, struct host_facts *facts)
{
	FILE *file = open_below(root, "/proc/meminfo");
	char line[128];
	int found = 0;

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		found += sscanf(line, "SwapTotal: %" SCNu64 " kB",
				&facts->swap_total_kib) == 1;
		found += sscanf(line, "SwapFree: %" SCNu64 " kB",
				&facts->swap_free_kib) == 1;
	}
	fclose(file);
	facts->has_swap_figures = found == 2;
}

static bool read_number(const char *root, const char *path, uint64_t *ret_number)
{
	FILE *file = open_below(root, path);
	bool is_read;

	if (!file)
		return false;
	is_read = fscanf(file, "%" SCNu64, ret_number) == 1;
	fclose(file);
	return is_read;
}

static void read_ksm(const char *root, struct host_facts *facts)
{
	uint64_t run, n_sharing;

	/* pages_sharing counts those that would be there besides the shared ones. */
	if (!read_number(root, "/sys/kernel/mm/ksm/run", &run) ||
	    !read_number(root, "/sys/kernel/mm/ksm/pages_sharing", &n_sharing))
		return;
	facts->has_ksm = true;
	facts->is_ksm_running = run == 1;
	facts->ksm_saved_kib =
		sat_mul_div(n_sharing, (uint64_t)sysconf(_SC_PAGESIZE), 1024);
}

int local_facts_read(const char *root, struct host_facts *facts)
{
	read_swap(root, facts);
	read_ksm(root, facts);
	facts->now_s = (uint64_t)time(NULL);
	return process_facts_read(root, facts);
}
