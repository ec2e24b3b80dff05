/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reconnect URI N: connect N times as memcoord does, and print what that leaves behind:
 * open files and resident KiB after the first hundred and after all.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "libvirt/hypervisor.h"
#include "system/event-loop.h"
#include "system/monotonic.h"

enum { WARM_UP = 100 };

static bool note_nothing(void *data, const struct hypervisor_event *event)
{
	(void)data;
	(void)event;
	return false;
}

static int connect_once(const char *uri)
{
	struct hypervisor *hypervisor;
	struct snapshot snapshot = { 0 };
	char *error = NULL;

	if (libvirt_hypervisor_open(uri, false, NULL, &hypervisor, &error) < 0) {
		fprintf(stderr, "reconnect: %s\n", error ? error : "out of memory");
		free(error);
		return -1;
	}
	int r = hypervisor_listen(hypervisor, note_nothing, NULL);

	if (r == 0)
		r = hypervisor_sample(hypervisor, &snapshot);
	if (r == 0)
		r = hypervisor_wait(hypervisor, monotonic_now_ms());
	if (r < 0)
		fprintf(stderr, "reconnect: %s\n", hypervisor_error(hypervisor));
	snapshot_clear(&snapshot);
	hypervisor_close(hypervisor);
	return r;
}

static unsigned count_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	while (dir && readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static unsigned resident_kib(void)
{
	char line[256];
	unsigned kib = 0;
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmRSS: %u", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

static void show(void)
{
	/* what libvirt leaves to the event loop */
	static const bool is_over = false;

	event_loop_run(monotonic_now_ms() + 100, &is_over);
	printf("%u %u\n", count_files(), resident_kib());
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return EXIT_FAILURE;
	for (int i = 0; i < atoi(argv[2]); i++) {
		if (i == WARM_UP)
			show();
		if (connect_once(argv[1]) < 0)
			return EXIT_FAILURE;
	}
	show();
	return EXIT_SUCCESS;
}
