/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of 'memcoord run'. */
#pragma once

#include <stdbool.h>

#include "core/settings.h"
#include "cycle/cycle.h"

struct daemon {
	/* Read the settings (again); see invocation_settings(). */
	int (*load)(void *data, struct settings *ret_settings, char **ret_error);
	/*
	 * Connect, giving up soon when *@is_hurried becomes true. Returns 0, or a
	 * negative errno with @ret_error set, the caller's.
	 */
	int (*open)(void *data, const char *uri, const bool *is_hurried,
		    struct hypervisor **ret_hypervisor, char **ret_error);
	/*
	 * Called with the first connection; anything but 0 ends the daemon with that.
	 * @cycle stays until daemon_run() returns.
	 */
	int (*admit)(void *data, const struct cycle *cycle);
	/* Called when the daemon ends, if it was admitted. */
	void (*dismiss)(void *data);
	void *data;
	bool does_wait;	   /* for libvirt, and for domains */
	unsigned n_cycles; /* 0: without end */
};

/*
 * Coordinate until a signal, the last cycle, or, unless @daemon->does_wait, the end of
 * the last domain. @settings are taken over. Returns an exit status.
 */
int daemon_run(const struct daemon *daemon, struct settings *settings);
