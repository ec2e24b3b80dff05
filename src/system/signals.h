/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals as events of the event loop. */
#pragma once

#include <stdbool.h>

struct signals {
	unsigned n_stops; /* SIGTERM or SIGINT came so often */
	bool is_reload;	  /* SIGHUP came; to be cleared by whoever reloads */
	/* Called for each from within the event loop; may be NULL. */
	void (*on_signal)(void *data);
	void *data;
	int fd, watch; /* of signals.c */
};

/*
 * Block SIGTERM, SIGINT and SIGHUP and have the event loop count them from now on.
 * SIGPIPE is ignored: at Ctrl-C the reader of a pipe goes first, and what was borrowed
 * must still be given back. @signals must stay where it is. Returns 0 or a negative
 * errno.
 */
int signals_open(struct signals *signals);

/* Count no more; the signals stay blocked. */
void signals_close(struct signals *signals);
