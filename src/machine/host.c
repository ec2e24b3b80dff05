/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "machine/host.h"

int host_read_meminfo(const char *path, struct host *ret_host)
{
	FILE *file = fopen(path, "re");
	struct host host;
	int found = 0;
	char line[128];

	if (!file)
		return -errno;
	while (found < 2 && fgets(line, sizeof(line), file)) {
		found += sscanf(line, "MemTotal: %" SCNu64 " kB", &host.total_kib) == 1;
		found += sscanf(line, "MemAvailable: %" SCNu64 " kB",
				&host.available_kib) == 1;
	}
	fclose(file);
	if (found < 2)
		return -ENODATA;
	*ret_host = host;
	return 0;
}
