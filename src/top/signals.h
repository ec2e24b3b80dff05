/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that a terminal sends, as events of the event loop. */
#pragma once

/* Its member must stay where it is. */
struct top_signals {
	/* Called with SIGWINCH, SIGCONT, SIGTSTP or SIGQUIT from within the loop. */
	void (*on_signal)(void *data, int signal);
	void *data;
	int fd, watch; /* of top-signals.c */
};

/* Block these signals and have the loop tell them. Returns 0 or a negative errno. */
int top_signals_open(struct top_signals *signals);

/* Tell no more; the signals stay blocked. */
void top_signals_close(struct top_signals *signals);

/* Stop as SIGTSTP does by default; returns when the process goes on. */
void top_signals_stop(void);
