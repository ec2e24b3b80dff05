/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals as a descriptor, so that an event loop can wait for them. */
#pragma once

enum signal_event {
	SIGNAL_NONE,
	SIGNAL_STOP,   /* SIGTERM or SIGINT */
	SIGNAL_RELOAD, /* SIGHUP */
};

/*
 * Block SIGTERM, SIGINT and SIGHUP and return a descriptor that is readable when one of
 * them is pending, or a negative errno. SIGPIPE is ignored: at Ctrl-C the reader of a
 * pipe goes first, and what was borrowed must still be given back.
 */
int signals_open(void);

/* Take the next pending signal; SIGNAL_STOP goes before all others. Does not block. */
enum signal_event signals_read(int fd);
