/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/daemon-metrics.h"
#include "run/metrics-file.h"
#include "system/cleanup.h"
#include "system/log.h"
#include "system/monotonic.h"

void daemon_metrics_begin(struct daemon_metrics *metrics)
{
	metrics->begun_us = monotonic_now_us();
	metrics->is_fresh = false;
}

void daemon_metrics_look(struct daemon_metrics *metrics, const struct cycle *cycle)
{
	tally_look(&metrics->tally, &cycle->snapshot, &cycle->history);
}

/* For others, who have no clock in common with this machine but that of the world. */
static int64_t world_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void daemon_metrics_complete(struct daemon_metrics *metrics, const struct cycle *cycle)
{
	tally_complete(&metrics->tally, &cycle->history, &cycle->plan);
	metrics->is_fresh = metrics->has_completed = true;
	metrics->completed_ms = world_now_ms();
}

void daemon_metrics_note_move(struct daemon_metrics *metrics, const struct cycle *cycle,
			      const struct move *move, int result)
{
	if (result == 0)
		tally_note_move(&metrics->tally, move);
	else if (result != -ENOENT && hypervisor_is_refusal(cycle->hypervisor, result))
		tally_note_refusal(&metrics->tally, move);
	else if (result != -ENOENT)
		daemon_metrics_note_error(metrics);
}

void daemon_metrics_note_error(struct daemon_metrics *metrics)
{
	metrics->tally.n_errors++;
}

static void remove_file(struct daemon_metrics *metrics)
{
	char *path = metrics->file.path ? strdup(metrics->file.path) : NULL;
	int r = owned_file_remove(&metrics->file);

	if (r < 0)
		log_warning("cannot remove %s, which is stale now: %s",
			    path ? path : "the metrics", strerror(-r));
	free(path);
}

static int write_file(struct daemon_metrics *metrics, const struct cycle *cycle,
		      const char *path)
{
	bool is_connected = cycle->hypervisor && hypervisor_is_alive(cycle->hypervisor);
	const struct metrics_view view = {
		.cycle = cycle,
		.tally = &metrics->tally,
		.is_connected = is_connected,
		.is_fresh = metrics->is_fresh && is_connected,
		.has_completed = metrics->has_completed,
		.completed_ms = metrics->completed_ms,
	};

	return metrics_file_write(&metrics->file, path, &view);
}

/* Once: who waits for the other one to end may wait for long. */
static void tell_refusal(struct daemon_metrics *metrics, const char *path)
{
	if (metrics->refused_path && strcmp(metrics->refused_path, path) == 0)
		return;
	log_warning(
		"%s is written by another memcoord: writing no metrics as long as that "
		"runs (give this one a metrics_file of its own)",
		path);
	free(metrics->refused_path);
	metrics->refused_path = strdup(path);
}

static void tell_result(struct daemon_metrics *metrics, const char *path, int r)
{
	if (r == -EBUSY) {
		tell_refusal(metrics, path);
		return;
	}
	free(metrics->refused_path);
	metrics->refused_path = NULL;
	if (r < 0)
		log_warning("cannot write metrics to %s, trying again with the next "
			    "cycle: %s",
			    path ? path : "their file",
			    r == -EEXIST ? "something else than a file has that name"
					 : strerror(-r));
}

/* Or remove it. */
static void update_file(struct daemon_metrics *metrics, const struct cycle *cycle)
{
	const char *old = metrics->file.path;
	CLEANUP_FREE char *path = NULL;
	int r = metrics_file_path(cycle->settings, &path);

	if (r == 0 && old && (!path || strcmp(path, old) != 0))
		remove_file(metrics);
	if (r == 0 && path)
		r = write_file(metrics, cycle, path);
	tell_result(metrics, path, r);
}

void daemon_metrics_turn(struct daemon_metrics *metrics, const struct cycle *cycle)
{
	if (metrics->begun_us > 0)
		tally_note_duration(&metrics->tally,
				    monotonic_now_us() - metrics->begun_us);
	else
		metrics->is_fresh = false;
	if (!metrics->is_fresh)
		tally_fail(&metrics->tally);
	metrics->begun_us = 0;
	update_file(metrics, cycle);
}

void daemon_metrics_end(struct daemon_metrics *metrics)
{
	remove_file(metrics);
	free(metrics->refused_path);
	metrics->refused_path = NULL;
	tally_clear(&metrics->tally);
}
