/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/plain.h"
#include "libvirt/hypervisor.h"
#include "paint/paint.h"
#include "paint/row.h"
#include "system/cleanup.h"
#include "system/event-loop.h"
#include "system/log.h"
#include "system/monotonic.h"
#include "top/screen.h"
#include "top/signals.h"
#include "top/take.h"
#include "top/top.h"

/* Who looks at the screen wants to see it again soon. */
#define RECONNECT_MS 1000

/* Rather an old screen that says so than one that just stands still. */
#define PATIENCE_MS 2000

enum { CLOCK_LENGTH = sizeof("23:59:59") };

struct top {
	struct session *session; /* without a hypervisor while there is no connection */
	const struct selection *selection; /* not owned */
	struct signals signals;
	struct top_signals terminal_signals;
	struct top_screen *screen;
	struct top_frame frame;
	struct top_model model;
	struct top_view view;
	char *uri;    /* fit to be shown; owned */
	char *notice; /* the same; owned; NULL: nothing is wrong */
	char clock[CLOCK_LENGTH];
	bool is_lost;
	int64_t lost_ms; /* then: since when */
	bool is_woken;	 /* whatever is waited for, go on */
	bool is_to_look; /* now */
	bool is_over;
	const char *failure; /* NULL, or why it is over */
};

static void wake(struct top *top)
{
	top->is_woken = true;
	if (top->session->hypervisor)
		hypervisor_wake(top->session->hypervisor);
}

static void finish(struct top *top, const char *failure)
{
	top->is_over = true;
	top->failure = failure;
	top->session->is_interrupted = true; /* hurries the call that is under way */
	wake(top);
}

/* Take over @notice, which may be NULL. */
static void set_notice(struct top *top, char *notice)
{
	free(top->notice);
	top->notice = notice;
	if (!notice)
		return;
	plain_hide_passwords(notice);
	plain_flatten(notice);
}

static void show(struct top *top)
{
	unsigned width, height;

	top_screen_measure(top->screen, &width, &height);
	if (top_frame_reset(&top->frame, width, height) < 0 ||
	    top_view_arrange(&top->view, &top->model) < 0) {
		finish(top, "out of memory");
		return;
	}
	top_paint(&top->frame, &top->model, &top->view,
		  &(struct top_words){
			  .uri = top->uri,
			  .policy = top->session->settings.policy->name,
			  .clock = top->clock,
			  .notice = top->notice,
			  .period_s = top->session->settings.period_s,
		  });
	top_screen_show(top->screen, &top->frame);
}

static void obey(struct top *top, enum top_request request)
{
	unsigned *period_s = &top->session->settings.period_s;

	switch (request) {
	case TOP_QUIT:
		finish(top, NULL);
		break;
	case TOP_LOOK:
		top->is_to_look = true;
		break;
	case TOP_LONGER_PERIOD:
		*period_s += *period_s < PERIOD_MAX_S;
		break;
	case TOP_SHORTER_PERIOD:
		*period_s -= *period_s > PERIOD_MIN_S;
		break;
	case TOP_REDRAW:
		top_screen_forget(top->screen);
		break;
	case TOP_NOTHING:
		break;
	}
	wake(top);
}

/* From within the event loop, also in the middle of a call. */
static void read_keys(void *data)
{
	struct top *top = data;
	uint32_t key;
	int r = top_screen_read(top->screen, &key);

	/* Readable, but nothing to read: that is the end of it. */
	if (r < 0) {
		if (r != -EAGAIN)
			finish(top, "the terminal is gone");
		return;
	}
	do
		obey(top, top_view_key(&top->view, key));
	while (!top->is_over && top_screen_read(top->screen, &key) == 0);
	if (!top->is_over)
		show(top);
}

static void note_signal(void *data)
{
	finish(data, NULL);
}

static void note_terminal_signal(void *data, int signal)
{
	struct top *top = data;

	if (signal == SIGQUIT) {
		finish(top, NULL);
		return;
	}
	if (signal == SIGTSTP) {
		top_screen_leave(top->screen);
		top_signals_stop();
	}
	/* Somebody else has written there, or the terminal has moved its lines about. */
	top_screen_forget(top->screen);
	show(top);
}

static void tell_lost(struct top *top, const char *error)
{
	char age[TOP_AGE_LENGTH], *notice;

	if (!top->is_lost)
		top->lost_ms = monotonic_now_ms();
	top->is_lost = true;
	top_format_age(monotonic_now_ms() - top->lost_ms, age);
	if (asprintf(&notice, "connection lost %s ago, trying again: %s", age, error) < 0)
		notice = NULL;
	set_notice(top, notice);
}

static void disconnect(struct top *top)
{
	hypervisor_close(top->session->hypervisor);
	top->session->hypervisor = top->session->cycle.hypervisor = NULL;
}

/* Returns whether there is a connection. */
static bool connect_again(struct top *top)
{
	CLEANUP_FREE char *error = NULL;
	struct session *session = top->session;

	if (session->hypervisor)
		return true;
	if (libvirt_hypervisor_open(session->settings.uri, true, &session->is_interrupted,
				    &session->hypervisor, &error) < 0) {
		tell_lost(top, error ? error : "out of memory");
		return false;
	}
	session->cycle.hypervisor = session->hypervisor;
	cycle_listen(&session->cycle); /* not every driver has these events */
	return true;
}

static void tell_unreadable(struct top *top, int r)
{
	struct hypervisor *hypervisor = top->session->hypervisor;
	char *notice;

	if (!hypervisor_is_alive(hypervisor)) {
		tell_lost(top, hypervisor_error(hypervisor));
		disconnect(top);
		return;
	}
	if (asprintf(&notice, "cannot read the domains, trying again: %s",
		     r == -ENOMEM ? "out of memory" : hypervisor_error(hypervisor)) < 0)
		notice = NULL;
	set_notice(top, notice);
}

/* Take in what the cycle has seen. */
static int take(struct top *top)
{
	struct cycle *cycle = &top->session->cycle;
	CLEANUP_FREE bool *chosen = selection_choose(top->selection, &cycle->snapshot);
	time_t now = time(NULL);
	struct tm local;
	int r = chosen ? cycle_plan(cycle) : -ENOMEM;

	if (r == 0)
		r = top_model_take(&top->model, cycle, chosen);
	if (localtime_r(&now, &local))
		strftime(top->clock, sizeof(top->clock), "%H:%M:%S", &local);
	return r;
}

static void look(struct top *top)
{
	int r;

	if (!connect_again(top))
		return;
	top->session->hypervisor->patience_ms = PATIENCE_MS;
	/* Paused, there is only a connection to be made. */
	r = top->view.is_paused ? 0 : session_try_look(top->session);
	if (r == 0 && !top->view.is_paused)
		r = take(top);
	if (r < 0) {
		tell_unreadable(top, r);
		return;
	}
	top->is_lost = false;
	set_notice(top, NULL);
}

/* When to look again after a look that began at @begun_ms, if nothing is pressed. */
static int64_t due_ms(const struct top *top, int64_t begun_ms)
{
	int64_t wait_ms = (int64_t)top->session->settings.period_s * 1000;

	if (top->is_lost)
		return begun_ms + RECONNECT_MS;
	return top->view.is_paused ? INT64_MAX : begun_ms + wait_ms;
}

/* Wait until @until_ms, or until woken. */
static void wait_until(struct top *top, int64_t until_ms)
{
	struct hypervisor *hypervisor = top->session->hypervisor;
	int r;

	top->is_woken = false;
	if (!hypervisor) {
		if (event_loop_run(until_ms, &top->is_woken) < 0)
			finish(top, "the event loop of libvirt fails");
		return;
	}
	r = hypervisor_wait(hypervisor, until_ms);
	if (r == 0 && hypervisor_is_alive(hypervisor))
		return;
	tell_lost(top, r < 0 ? hypervisor_error(hypervisor) : "libvirt has closed it");
	disconnect(top);
	show(top);
}

static void run(struct top *top)
{
	int64_t begun_ms = monotonic_now_ms();

	if (take(top) < 0)
		finish(top, "out of memory");
	while (!top->is_over) {
		show(top);
		while (!top->is_over && !top->is_to_look &&
		       monotonic_now_ms() < due_ms(top, begun_ms))
			wait_until(top, due_ms(top, begun_ms));
		begun_ms = monotonic_now_ms();
		top->is_to_look = false;
		if (!top->is_over)
			look(top);
	}
}

static int fail(const char *what, int r)
{
	log_error("%s: %s", what, strerror(-r));
	return EXIT_FAILED;
}

/* With the terminal taken over; signals cannot end the program any more. */
static int run_on_screen(struct top *top)
{
	int r = top_screen_open(&top->screen), watch;

	if (r < 0) {
		log_error("cannot use this terminal: %s",
			  r == -ENODEV ? "its type is not known or too simple (set TERM, "
					 "or use 'memcoord stats --watch 2')"
				       : strerror(-r));
		return EXIT_FAILED;
	}
	watch = event_loop_watch(STDIN_FILENO, read_keys, top);
	if (watch < 0)
		finish(top, "cannot read keys");
	else
		run(top);
	event_loop_unwatch(watch);
	top_screen_close(top->screen);
	if (!top->failure)
		return EXIT_OK;
	log_error("%s", top->failure);
	return EXIT_FAILED;
}

static int run_with_signals(struct top *top)
{
	int status, r = signals_open(&top->signals);

	if (r < 0)
		return fail("cannot wait for signals", r);
	r = top_signals_open(&top->terminal_signals);
	if (r < 0) {
		status = fail("cannot wait for signals", r);
	} else {
		status = run_on_screen(top);
		top_signals_close(&top->terminal_signals);
	}
	signals_close(&top->signals);
	return status;
}

int top_run(struct session *session, const struct selection *selection)
{
	struct top top = {
		.session = session,
		.selection = selection,
		.signals = { .on_signal = note_signal, .data = &top },
		.terminal_signals = { .on_signal = note_terminal_signal, .data = &top },
		.frame = { .is_unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 },
		.uri = strdup(session->hypervisor->uri),
	};
	int status = EXIT_FAILED;

	if (!top.uri) {
		log_error("out of memory");
	} else {
		plain_hide_passwords(top.uri);
		plain_flatten(top.uri);
		status = run_with_signals(&top);
	}
	top_model_clear(&top.model);
	top_view_clear(&top.view);
	top_frame_clear(&top.frame);
	free(top.notice);
	free(top.uri);
	return status;
}
