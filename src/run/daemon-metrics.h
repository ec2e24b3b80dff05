/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the loop of 'memcoord run' counts of its cycles, and the file that tells of it. */
#pragma once

#include "core/tally.h"
#include "cycle/cycle.h"
#include "run/owned-file.h"

/* All zero in the beginning; to be ended with daemon_metrics_end(). */
struct daemon_metrics {
	struct tally tally;
	int64_t begun_us;   /* the cycle that goes on; 0: none */
	bool is_fresh;	    /* the last cycle came to its end */
	bool has_completed; /* one did: */
	int64_t completed_ms;
	struct owned_file file;
	char *refused_path; /* owned; told to be somebody else's, or NULL */
};

/* A cycle begins; it has looked; it comes to its end. */
void daemon_metrics_begin(struct daemon_metrics *metrics);
void daemon_metrics_look(struct daemon_metrics *metrics, const struct cycle *cycle);
void daemon_metrics_complete(struct daemon_metrics *metrics, const struct cycle *cycle);

/* A move was made, or was not; as a cycle_result_fn gets to know it. */
void daemon_metrics_note_move(struct daemon_metrics *metrics, const struct cycle *cycle,
			      const struct move *move, int result);

/* libvirt cannot be reached, is lost, or has not answered. */
void daemon_metrics_note_error(struct daemon_metrics *metrics);

/*
 * A turn of the loop is over, with a cycle or without: count it, and write the file where
 * the settings want it; where they do not any more, remove it. Trouble with it is logged,
 * and that is all.
 */
void daemon_metrics_turn(struct daemon_metrics *metrics, const struct cycle *cycle);

/* Remove the file: a stale one would look alive. Free what @metrics owns. */
void daemon_metrics_end(struct daemon_metrics *metrics);
