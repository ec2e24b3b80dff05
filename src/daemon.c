/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "cmd.h"
#include "cycle.h"
#include "daemon.h"
#include "log.h"
#include "monotonic.h"
#include "sat.h"
#include "signals.h"
#include "size.h"
#include "stats-period.h"

struct loop {
	const struct daemon *daemon;
	struct settings *settings;
	struct cycle cycle; /* its hypervisor is NULL while there is no connection */
	int signal_fd;
	bool is_admitted;
	bool has_failed; /* the last cycle */
	bool is_overloaded, has_warned;
	int64_t overloaded_ms; /* since then */
	bool is_over;
	int status;
};

static void finish(struct loop *loop, int status)
{
	loop->is_over = true;
	loop->status = status;
}

static void disconnect(struct loop *loop)
{
	hypervisor_close(loop->cycle.hypervisor);
	loop->cycle.hypervisor = NULL;
}

static void connect_or_tell(struct loop *loop)
{
	CLEANUP_FREE char *error = NULL;
	const struct daemon *daemon = loop->daemon;
	int r = daemon->open(daemon->data, loop->settings->uri, &loop->cycle.hypervisor,
			     &error);

	if (r < 0 && !loop->is_admitted && !daemon->does_wait) {
		log_error("%s", error ? error : "out of memory");
		finish(loop, EXIT_FAILED);
		return;
	}
	if (r < 0) {
		log_warning("%s, trying again in %u s", error ? error : "out of memory",
			    loop->settings->period_s);
		return;
	}
	if (!loop->is_admitted) {
		int status = daemon->admit(daemon->data, loop->cycle.hypervisor);

		if (status != EXIT_OK) {
			finish(loop, status);
			return;
		}
		loop->is_admitted = true;
	}
	if (cycle_listen(&loop->cycle) < 0)
		log_warning("balloon events are not available, going on without: %s",
			    hypervisor_error(loop->cycle.hypervisor));
	log_info("coordinating %s every %u s, policy %s", loop->cycle.hypervisor->uri,
		 loop->settings->period_s, loop->settings->policy->name);
}

static void log_move(void *data, const struct cycle *cycle, const struct move *move,
		     int result)
{
	const struct domain *domains = cycle->snapshot.domains;
	const char *name = domains[move->domain].name;
	int64_t change_kib = sat_diff(move->to_kib, move->from_kib);
	char from[SIZE_TEXT_LENGTH], to[SIZE_TEXT_LENGTH], change[SIZE_TEXT_LENGTH];

	(void)data;
	if (result == -ENOENT) {
		log_info("%s: has ended, its move is dropped", name);
		return;
	}
	if (result < 0) {
		log_warning("%s: cannot change its memory, leaving it for a minute: %s",
			    name, hypervisor_error(cycle->hypervisor));
		return;
	}
	log_info("%s: %s -> %s (%s%s) %s %s: %s", name, size_format(move->from_kib, from),
		 size_format(move->to_kib, to), change_kib < 0 ? "-" : "+",
		 size_format((uint64_t)llabs(change_kib), change),
		 change_kib < 0 ? "to" : "from",
		 move->has_peer ? domains[move->peer].name : "the host",
		 reason_text(move->reason));
}

/* How 'fair' came to its decision. */
static void log_share(const char *name, const struct demand *demand,
		      const struct share *share)
{
	char used[SIZE_TEXT_LENGTH], peak[SIZE_TEXT_LENGTH], need[SIZE_TEXT_LENGTH],
		want[SIZE_TEXT_LENGTH], fair[SIZE_TEXT_LENGTH];

	log_debug("%s: used %s, rate %+.1f MiB/s, trend %+.1f MiB/s, peak %s, need %s, "
		  "want %s, share %s: %s",
		  name, size_format(demand->used_kib, used),
		  demand->has_rate ? (double)demand->rate_bytes / 1048576 : 0.0,
		  (double)demand->trend_bytes / 1048576,
		  size_format(demand->peak_kib, peak),
		  size_format(share->need.need_kib, need),
		  size_format(share->need.want_kib, want),
		  size_format(share->share_kib, fair), reason_text(share->bound));
}

static void log_verdicts(const struct cycle *cycle)
{
	const struct plan *plan = &cycle->plan;

	for (size_t i = 0; i < plan->n_verdicts; i++) {
		const char *name = cycle->snapshot.domains[i].name;

		log_debug("%s: %s, %s", name, class_name(plan->verdicts[i].class),
			  reason_text(plan->verdicts[i].reason));
		if (plan->shares)
			log_share(name, &cycle->history.records[i].demand,
				  &plan->shares[i]);
	}
}

/* Growing guests overload a host for moments; what lasts needs somebody's attention. */
#define OVERLOAD_WARN_MS 120000

/* Say once that there is not enough for all, loudly if it lasts, and when it is over. */
static void log_overload(struct loop *loop)
{
	bool is_overloaded = loop->cycle.plan.is_overloaded;
	int64_t now_ms = loop->cycle.snapshot.now_ms;

	if (is_overloaded && !loop->is_overloaded) {
		log_info("OVERLOAD: the domains need more memory than the host has");
		loop->overloaded_ms = now_ms;
		loop->has_warned = false;
	} else if (!is_overloaded && loop->is_overloaded) {
		log_info("the overload is over");
	} else if (is_overloaded && !loop->has_warned &&
		   now_ms - loop->overloaded_ms >= OVERLOAD_WARN_MS) {
		log_warning(
			"OVERLOAD for over 2 minutes: balloons cannot cure this, stop "
			"or move a domain, or add memory");
		loop->has_warned = true;
	}
	loop->is_overloaded = is_overloaded;
}

static void tick(struct loop *loop)
{
	struct cycle *cycle = &loop->cycle;
	int r = cycle_look(cycle);

	loop->has_failed = r < 0;
	if (r < 0) {
		log_warning("cannot read the domains, skipping this cycle: %s",
			    r == -ENOMEM ? "out of memory"
					 : hypervisor_error(cycle->hypervisor));
		if (!hypervisor_is_alive(cycle->hypervisor))
			disconnect(loop);
		return;
	}
	if (cycle->snapshot.n_domains == 0 && !loop->daemon->does_wait) {
		log_info("no active domain is left, stopping");
		finish(loop, EXIT_OK);
		return;
	}
	stats_periods_borrow(cycle);
	if (cycle_plan(cycle) < 0) {
		log_warning("cannot plan, skipping this cycle: out of memory");
		return;
	}
	log_verdicts(cycle);
	log_overload(loop);
	cycle_act(cycle, log_move, NULL);
}

static bool is_same_uri(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void reload(struct loop *loop)
{
	CLEANUP_FREE char *error = NULL;
	struct settings settings;

	if (loop->daemon->load(loop->daemon->data, &settings, &error) < 0) {
		log_error("%s; the old settings stay", error ? error : "out of memory");
		return;
	}
	if (!is_same_uri(settings.uri, loop->settings->uri))
		log_warning("uri has changed: that takes effect after a restart");
	free(settings.uri);
	settings.uri = loop->settings->uri;
	if (settings.metric != loop->settings->metric)
		history_forget_samples(&loop->cycle.history);
	*loop->settings = settings;
	log_info("settings reloaded: every %u s, policy %s", settings.period_s,
		 settings.policy->name);
}

static void handle_signal(struct loop *loop)
{
	switch (signals_read(loop->signal_fd)) {
	case SIGNAL_STOP:
		log_info("stopping as asked");
		finish(loop, EXIT_OK);
		break;
	case SIGNAL_RELOAD:
		reload(loop);
		break;
	case SIGNAL_NONE:
		break;
	}
}

/* Wait until @until_ms, or until a balloon has moved that a domain waits for. */
static void pause_until(struct loop *loop, int64_t until_ms)
{
	int64_t left_ms;

	if (loop->is_over)
		return;
	/* At least once, or cycles longer than a period would shut signals out. */
	do {
		left_ms = until_ms - monotonic_now_ms();
		if (!loop->cycle.hypervisor) {
			struct pollfd fd = { .fd = loop->signal_fd, .events = POLLIN };

			poll(&fd, 1, left_ms > 0 ? (int)left_ms : 0);
		} else if (hypervisor_wait(loop->cycle.hypervisor, until_ms,
					   loop->signal_fd) < 0) {
			disconnect(loop);
		}
		handle_signal(loop);
		if (loop->cycle.hypervisor && loop->cycle.hypervisor->is_woken)
			return;
	} while (!loop->is_over && monotonic_now_ms() < until_ms);
}

static void run(struct loop *loop)
{
	unsigned n_cycles = 0;

	while (!loop->is_over) {
		int64_t begun_ms = monotonic_now_ms();

		loop->daemon->tidy(loop->daemon->data);
		if (!loop->cycle.hypervisor)
			connect_or_tell(loop);
		loop->has_failed = !loop->cycle.hypervisor && !loop->daemon->does_wait;
		if (loop->cycle.hypervisor && !loop->is_over)
			tick(loop);
		if (!loop->is_over && loop->daemon->n_cycles &&
		    ++n_cycles == loop->daemon->n_cycles)
			finish(loop, loop->has_failed ? EXIT_FAILED : EXIT_OK);
		pause_until(loop, cycle_next_ms(&loop->cycle, begun_ms));
	}
}

int daemon_run(const struct daemon *daemon, struct settings *settings)
{
	struct loop loop = {
		.daemon = daemon,
		.settings = settings,
		.cycle = { .settings = settings },
		.signal_fd = signals_open(),
	};

	if (loop.signal_fd < 0) {
		log_error("cannot wait for signals: %s", strerror(-loop.signal_fd));
		return EXIT_FAILED;
	}
	run(&loop);
	stats_periods_return(&loop.cycle);
	disconnect(&loop);
	cycle_clear(&loop.cycle);
	close(loop.signal_fd);
	return loop.status;
}
