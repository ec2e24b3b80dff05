/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sat.h"
#include "base/size.h"
#include "cycle/cycle.h"
#include "cycle/stats-period.h"
#include "run/daemon-log.h"
#include "run/daemon-metrics.h"
#include "run/daemon.h"
#include "run/notify.h"
#include "run/restore.h"
#include "system/cleanup.h"
#include "system/event-loop.h"
#include "system/exit-status.h"
#include "system/log.h"
#include "system/monotonic.h"
#include "system/signals.h"

/* libvirtd restarts within a second or two; nobody has to wait for it much longer. */
#define RECONNECT_MIN_MS 250
/* However long the period is: work resumes soon after libvirt is back. */
#define RECONNECT_MAX_MS 30000

/* A call is given up after a period, so that one domain holds up the others no longer. */
#define PATIENCE_MIN_MS 1000
#define PATIENCE_MAX_MS 5000

/* However many balloons move at once: looking has a price. */
#define LOOK_GAP_MS 250

struct loop {
	const struct daemon *daemon;
	struct settings *settings;
	struct signals signals;
	unsigned n_stops;   /* of these, heard of */
	struct cycle cycle; /* its hypervisor is NULL while there is no connection */
	bool is_admitted, is_ready;
	unsigned n_attempts; /* to connect, in vain, one after the other */
	int64_t lost_ms;     /* when the connection was lost */
	bool has_failed;     /* the last cycle */
	struct overload_log overload;
	struct daemon_metrics metrics;
	bool is_woken;	 /* while there is no connection */
	bool is_hurried; /* a stop has been asked for, again if for restoring */
	bool is_over;
	int status;
};

static void finish(struct loop *loop, int status)
{
	loop->is_over = true;
	loop->status = status;
}

/* From within the event loop, also in the middle of a call. */
static void note_signal(void *data)
{
	struct loop *loop = data;

	if (loop->signals.n_stops > loop->n_stops) {
		loop->n_stops = loop->signals.n_stops;
		loop->is_hurried = true;
		if (!loop->is_over) {
			log_info("stopping as asked");
			finish(loop, EXIT_OK);
		}
	}
	loop->is_woken = true;
	if (loop->cycle.hypervisor)
		hypervisor_wake(loop->cycle.hypervisor);
}

static void disconnect(struct loop *loop)
{
	hypervisor_close(loop->cycle.hypervisor);
	loop->cycle.hypervisor = NULL;
	loop->lost_ms = monotonic_now_ms();
}

static unsigned patience_ms(const struct settings *settings)
{
	unsigned period_ms = settings->period_s * 1000;

	return period_ms < PATIENCE_MIN_MS   ? PATIENCE_MIN_MS
	       : period_ms > PATIENCE_MAX_MS ? PATIENCE_MAX_MS
					     : period_ms;
}

static void tell_failure(struct loop *loop, const char *error)
{
	const char *text = error ? error : "out of memory";

	if (loop->is_over)
		return; /* given up on request */
	daemon_metrics_note_error(&loop->metrics);
	if (!loop->is_admitted && !loop->daemon->does_wait) {
		log_error("%s", text);
		finish(loop, EXIT_FAILED);
	} else if (loop->n_attempts++ == 0) {
		log_warning("%s; trying again and again", text);
		notify_status("waiting for libvirt");
	}
}

static void tell_connected(const struct loop *loop)
{
	if (loop->is_admitted)
		log_info("connected again after %.1f s",
			 (double)(monotonic_now_ms() - loop->lost_ms) / 1000);
	else
		log_info("coordinating %s every %u s, policy %s",
			 loop->cycle.hypervisor->uri, loop->settings->period_s,
			 loop->settings->policy->name);
}

static void connect_or_tell(struct loop *loop)
{
	CLEANUP_FREE char *error = NULL;
	const struct daemon *daemon = loop->daemon;
	int r = daemon->open(daemon->data, loop->settings->uri, &loop->is_hurried,
			     &loop->cycle.hypervisor, &error);

	if (r < 0) {
		tell_failure(loop, error);
		return;
	}
	if (!loop->is_admitted) {
		int status = daemon->admit(daemon->data, &loop->cycle);

		if (status != EXIT_OK) {
			finish(loop, status);
			return;
		}
	}
	loop->cycle.hypervisor->patience_ms = patience_ms(loop->settings);
	tell_connected(loop);
	loop->is_admitted = true;
	loop->n_attempts = 0;
	if (cycle_listen(&loop->cycle) < 0)
		log_warning("events are not available, going on without: %s",
			    hypervisor_error(loop->cycle.hypervisor));
}

static void tell_unreadable(struct loop *loop, int r)
{
	struct hypervisor *hypervisor = loop->cycle.hypervisor;

	loop->has_failed = true;
	if (loop->is_over)
		return; /* given up on request */
	daemon_metrics_note_error(&loop->metrics);
	if (hypervisor_is_alive(hypervisor)) {
		log_warning("cannot read the domains, skipping this cycle: %s",
			    r == -ENOMEM ? "out of memory"
					 : hypervisor_error(hypervisor));
		return;
	}
	log_warning("connection lost: %s", hypervisor_error(hypervisor));
	disconnect(loop);
}

static void note_move(void *data, const struct cycle *cycle, const struct move *move,
		      int result)
{
	struct loop *loop = data;

	daemon_log_move(NULL, cycle, move, result);
	daemon_metrics_note_move(&loop->metrics, cycle, move, result);
}

static void tick(struct loop *loop)
{
	struct cycle *cycle = &loop->cycle;
	int r;

	daemon_metrics_begin(&loop->metrics);
	r = cycle_look(cycle);
	loop->has_failed = false;
	if (r < 0) {
		tell_unreadable(loop, r);
		return;
	}
	daemon_metrics_look(&loop->metrics, cycle);
	if (cycle->snapshot.n_domains == 0 && !loop->daemon->does_wait) {
		log_info("no active domain is left, stopping");
		finish(loop, EXIT_OK);
		return;
	}
	daemon_log_lessons(cycle);
	stats_periods_borrow(cycle);
	cycle_refresh(cycle);
	if (cycle_plan(cycle) < 0) {
		log_warning("cannot plan, skipping this cycle: out of memory");
		loop->has_failed = true;
		return;
	}
	daemon_log_verdicts(cycle);
	daemon_log_overload(&loop->overload, cycle);
	notify_status("coordinating %s: %zu domain%s%s", cycle->hypervisor->uri,
		      cycle->snapshot.n_domains,
		      cycle->snapshot.n_domains == 1 ? "" : "s",
		      cycle->plan.is_overloaded ? ", OVERLOAD" : "");
	cycle_act(cycle, note_move, loop);
	daemon_metrics_complete(&loop->metrics, cycle);
}

static bool is_same_uri(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void read_settings(struct loop *loop)
{
	CLEANUP_FREE char *error = NULL;
	struct settings settings;

	if (loop->daemon->load(loop->daemon->data, &settings, &error) < 0) {
		log_error("%s; the old settings stay", error ? error : "out of memory");
		return;
	}
	if (!is_same_uri(settings.uri, loop->settings->uri))
		log_warning("uri has changed: that takes effect after a restart");
	/* The old one stays, and moves over. */
	free(settings.uri);
	settings.uri = loop->settings->uri;
	loop->settings->uri = NULL;
	if (settings.metric != loop->settings->metric)
		history_forget_samples(&loop->cycle.history);
	settings_clear(loop->settings);
	*loop->settings = settings;
	if (loop->cycle.hypervisor)
		loop->cycle.hypervisor->patience_ms = patience_ms(&settings);
	log_info("settings reloaded: every %u s, policy %s", settings.period_s,
		 settings.policy->name);
}

static void reload(struct loop *loop)
{
	loop->signals.is_reload = false;
	notify_reloading();
	log_flush(); /* somebody waits for the answer, were it the same as before */
	read_settings(loop);
	notify_ready();
}

/* Full of jitter, so that the coordinators of many hosts do not come all at once. */
static int64_t reconnect_delay_ms(const struct loop *loop)
{
	int64_t limit_ms = (int64_t)loop->settings->period_s * 1000;
	int64_t delay_ms = RECONNECT_MIN_MS;

	if (limit_ms > RECONNECT_MAX_MS)
		limit_ms = RECONNECT_MAX_MS;
	for (unsigned i = 1; i < loop->n_attempts && delay_ms < limit_ms; i++)
		delay_ms *= 2;
	if (delay_ms > limit_ms)
		delay_ms = limit_ms;
	return delay_ms - random() % (delay_ms / 4);
}

static void wait_connected(struct loop *loop, int64_t until_ms)
{
	struct hypervisor *hypervisor = loop->cycle.hypervisor;

	/* By something that came while there was no connection, or was being made. */
	if (loop->is_woken)
		hypervisor_wake(hypervisor);
	if (hypervisor_wait(hypervisor, until_ms) == 0)
		return;
	log_warning("connection lost: %s", hypervisor_error(hypervisor));
	daemon_metrics_note_error(&loop->metrics);
	disconnect(loop);
}

/* Wait until @until_ms; less if there is something to do. */
static void wait_until(struct loop *loop, int64_t until_ms)
{
	if (!loop->cycle.hypervisor)
		event_loop_run(until_ms, &loop->is_woken);
	else
		wait_connected(loop, until_ms);
	loop->is_woken = false;
	if (loop->signals.is_reload)
		reload(loop);
}

static void pause_after(struct loop *loop, int64_t begun_ms)
{
	int64_t least_ms = begun_ms + LOOK_GAP_MS;
	int64_t until_ms = loop->cycle.hypervisor
				   ? cycle_next_ms(&loop->cycle, begun_ms)
				   : monotonic_now_ms() + reconnect_delay_ms(loop);

	if (loop->has_failed && until_ms > begun_ms + RECONNECT_MAX_MS)
		until_ms = begun_ms + RECONNECT_MAX_MS;

	if (loop->is_over)
		return;
	wait_until(loop, until_ms);
	while (!loop->is_over && monotonic_now_ms() < least_ms)
		wait_until(loop, least_ms);
}

static void run(struct loop *loop)
{
	unsigned n_cycles = 0;

	while (!loop->is_over) {
		int64_t begun_ms = monotonic_now_ms();

		log_remind();
		if (!loop->cycle.hypervisor)
			connect_or_tell(loop);
		if (!loop->is_over && !loop->is_ready)
			notify_ready(); /* with --wait also before libvirt is there */
		loop->is_ready = true;
		loop->has_failed = !loop->cycle.hypervisor && !loop->daemon->does_wait;
		if (loop->cycle.hypervisor && !loop->is_over)
			tick(loop);
		if (!loop->is_over && loop->daemon->n_cycles &&
		    ++n_cycles == loop->daemon->n_cycles)
			finish(loop, loop->has_failed ? EXIT_FAILED : EXIT_OK);
		if (!loop->is_over)
			daemon_metrics_turn(&loop->metrics, &loop->cycle);
		pause_after(loop, begun_ms);
	}
}

/* Also during a call that takes long: the loop turns, and calls end. */
static void feed_watchdog(void)
{
	notify_watchdog();
}

int daemon_run(const struct daemon *daemon, struct settings *settings)
{
	struct loop loop = {
		.daemon = daemon,
		.settings = settings,
		.cycle = { .settings = settings },
		.signals = { .on_signal = note_signal, .data = &loop },
	};
	int r = signals_open(&loop.signals);

	if (r < 0) {
		log_error("cannot wait for signals: %s", strerror(-r));
		return EXIT_FAILED;
	}
	if (notify_watchdog_interval_ms() > 0)
		event_loop_every(notify_watchdog_interval_ms(), feed_watchdog);
	srandom((unsigned)monotonic_now_ms() ^ (unsigned)getpid());
	run(&loop);
	notify_stopping();
	daemon_metrics_end(&loop.metrics);
	if (settings->on_exit == ON_EXIT_RESTORE) {
		loop.is_hurried = loop.signals.n_stops > 1;
		restore_run(&loop.cycle, &loop.is_hurried);
	}
	loop.is_hurried = true;
	stats_periods_return(&loop.cycle);
	disconnect(&loop);
	if (loop.is_admitted)
		daemon->dismiss(daemon->data);
	cycle_clear(&loop.cycle);
	signals_close(&loop.signals);
	return loop.status;
}
