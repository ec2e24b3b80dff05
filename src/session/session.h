/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection with its settings, for the commands that are not a daemon. */
#pragma once

#include <sys/types.h>

#include "cycle/cycle.h"
#include "session/invocation.h"
#include "system/exit-status.h"
#include "system/signals.h"

struct session {
	struct settings settings;
	struct hypervisor *hypervisor;
	struct cycle cycle;
	int lock_fd;	    /* of the URI, or of settings; -1: none */
	bool holds_signals; /* else they have their default effect */
	struct signals signals;
	bool is_interrupted;
	bool has_told; /* who hangs */
};

/*
 * Open read-only, or read-write with the lock of the URI and signals held back. Logs what
 * fails. Returns an exit status; session_close() is due in any case.
 */
int session_open(struct session *session, const struct invocation *invocation,
		 bool read_only);

/*
 * The same, read-write without the lock, for what does not get in a coordinator's way.
 * Once a signal has come, calls are given up soon.
 */
int session_open_unlocked(struct session *session, const struct invocation *invocation);

/*
 * Take the lock of the settings of the domain @uuid, which session_close() gives back; a
 * rewrite_lock_fn, where @data is the session. Waits for it as long as a call may take.
 */
int session_lock_settings(void *data, const char *uuid, pid_t *ret_holder);

/*
 * Look once, and take in what a running coordinator has learned. Returns 0 or a negative
 * errno; hypervisor_error() has the text.
 */
int session_try_look(struct session *session);

/* The same, logging a failure. Returns an exit status. */
int session_look(struct session *session);

/* The same at the persistent definitions. */
int session_look_at_definitions(struct session *session);

/*
 * Wait, delivering events. Returns an exit status; EXIT_FAILED with a message when a
 * signal came first.
 */
int session_wait(struct session *session, unsigned seconds);

/* Give back the statistics periods, close everything. */
void session_close(struct session *session);

/* Take the lock of @hypervisor's URI into @ret_fd. Logs a failure; an exit status. */
int lock_hypervisor(const struct hypervisor *hypervisor, int *ret_fd);
